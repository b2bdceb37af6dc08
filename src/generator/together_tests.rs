//! Texts written together are the texts written alone.

use candle_core::quantized::GgmlDType;

use super::tiny_gguf::TinyGguf;
use super::{
    Generation, GenerationRequest, Generator, GeneratorError, GgufGenerator, Message, Role,
    Sampling,
};

fn generator(tiny: &TinyGguf) -> GgufGenerator {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny.write(&path);
    GgufGenerator::load(&path, "tiny@sha256:000000000000").unwrap()
}

fn request(content: &str, max_new_tokens: usize, seed: Option<u64>) -> GenerationRequest {
    let turn = |role, content: &str| Message {
        role,
        content: content.to_owned(),
    };
    let messages = vec![
        turn(Role::System, "Put the text into English."),
        turn(Role::User, content),
    ];
    let mut request = GenerationRequest::greedy(messages, max_new_tokens);
    if let Some(seed) = seed {
        request.sampling = Sampling::Nucleus {
            temperature: 0.8,
            top_p: 0.9,
            seed,
        };
    }
    request
}

/// More than are written at the same time, of many lengths, some twice, one without an answer.
fn requests() -> Vec<GenerationRequest> {
    let contents = [
        "Hanoï",
        "",
        "Le président a reçu l'ambassadeur de Russie à Hanoï.",
        "Hanoï",
    ];
    let long = "Les échanges ont augmenté de 12 % en un an. ".repeat(20);
    let mut requests: Vec<_> = (0..18)
        .map(|at| request(contents[at % 4], 3 + at, (at % 3 == 0).then_some(at as u64)))
        .collect();
    requests.insert(4, request(&long, 12, None));
    requests.insert(7, request("Moscou", 0, None));
    // Four with a beginning in common, two of which say so, and one whose cut is nowhere.
    let lead = "Le Premier ministre est arrivé lundi à Hanoï";
    for (at, end) in [". Il part.", ". Il a signé.", ", dit-on.", ""]
        .iter()
        .enumerate()
    {
        let mut one = request(&format!("{lead}{end}"), 8, None);
        one.common = if at < 2 {
            lead.len()
        } else {
            10_000 * (at - 2)
        };
        requests.push(one);
    }
    requests
}

fn same(found: &Result<Generation, GeneratorError>, alone: &Generation) {
    assert_eq!(found.as_ref().unwrap(), alone);
}

#[test]
fn texts_written_together_are_those_written_alone() {
    let kinds = ["qwen2", "qwen3", "gemma3", "llama"].map(TinyGguf::new);
    let quantised = [GgmlDType::Q4K, GgmlDType::Q6K].map(|dtype| TinyGguf {
        dtype,
        ..TinyGguf::new("qwen2")
    });
    for tiny in kinds.into_iter().chain(quantised) {
        let requests = requests();
        let alone: Vec<Generation> = requests
            .iter()
            .map(|request| {
                let mut fresh = generator(&tiny);
                fresh
                    .generate(std::slice::from_ref(request))
                    .remove(0)
                    .unwrap()
            })
            .collect();
        let mut one = generator(&tiny);
        // Twice: the second time from memory.
        for _ in 0..2 {
            for (found, alone) in one.generate(&requests).iter().zip(&alone) {
                same(found, alone);
            }
        }
        let backwards: Vec<_> = requests.iter().rev().cloned().collect();
        for (found, alone) in one.generate(&backwards).iter().zip(alone.iter().rev()) {
            same(found, alone);
        }
    }
}

#[test]
fn texts_that_come_while_others_are_written_are_those_written_alone() {
    for tiny in ["qwen2", "gemma3"].map(TinyGguf::new) {
        let requests = requests();
        let mut one = generator(&tiny);
        let mut tickets = Vec::new();
        let mut ended = std::collections::BTreeMap::new();
        while ended.len() < requests.len() {
            // Two more after each step, whatever the others have come to.
            for request in requests.iter().skip(tickets.len()).take(2) {
                tickets.push(one.submit(request));
            }
            ended.extend(one.step());
        }
        assert_eq!(one.room(), generator(&tiny).room());
        assert!(one.step().is_empty());
        for (request, ticket) in requests.iter().zip(tickets) {
            let alone = generator(&tiny).generate(std::slice::from_ref(request));
            same(&ended[&ticket], alone[0].as_ref().unwrap());
        }
    }
}

#[test]
fn long_texts_wait_for_each_other() {
    let tiny = TinyGguf::new("qwen2");
    let long = "Les échanges ont augmenté de 12 % en un an. ".repeat(20);
    let requests = (0..16).map(|at| request(&format!("{at} {long}"), 2, None));
    let requests: Vec<GenerationRequest> = requests.collect();
    let found = generator(&tiny).generate(&requests);
    let alone = generator(&tiny).generate(&requests[15..]);
    assert_eq!(found.len(), 16);
    same(&found[15], alone[0].as_ref().unwrap());
}

#[test]
fn one_that_cannot_be_written_leaves_the_others() {
    let mut one = generator(&TinyGguf::new("qwen2"));
    let good = request("Hanoï", 8, None);
    let alone = one.generate(std::slice::from_ref(&good)).remove(0).unwrap();
    let too_long = request(&"x".repeat(3000), 8, None);
    let senseless = GenerationRequest {
        sampling: Sampling::Nucleus {
            temperature: -1.0,
            top_p: 0.9,
            seed: 0,
        },
        ..good.clone()
    };
    let found = one.generate(&[good.clone(), too_long, senseless, good]);
    same(&found[0], &alone);
    assert!(matches!(
        found[1],
        Err(GeneratorError::PromptTooLong { .. })
    ));
    assert!(matches!(
        found[2],
        Err(GeneratorError::InvalidRequest { .. })
    ));
    same(&found[3], &alone);
}
