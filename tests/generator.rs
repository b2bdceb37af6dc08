//! The generator as other rooms see it, on tiny model files with made-up weights.

#[path = "fixtures/generator/tiny_gguf.rs"]
#[allow(dead_code)] // what only the unit tests use
mod tiny_gguf;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use candle_core::quantized::gguf_file::Value;
use depeche::generator::{
    Architecture, Constraint, Generation, GenerationRequest, Generator, GeneratorError,
    GgufGenerator, Message, Role, Sampling, StopReason,
};
use proptest::prelude::*;
use tiny_gguf::TinyGguf;

struct Tiny {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn written(tiny: &TinyGguf) -> Tiny {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny.write(&path);
    Tiny {
        _folder: folder,
        path,
    }
}

fn load(tiny: &TinyGguf) -> Result<GgufGenerator, GeneratorError> {
    GgufGenerator::load(&written(tiny).path, "tiny@sha256:000000000000")
}

fn request(content: &str, max_new_tokens: usize) -> GenerationRequest {
    let messages = vec![Message {
        role: Role::User,
        content: content.to_string(),
    }];
    GenerationRequest::greedy(messages, max_new_tokens)
}

fn generate(generator: &mut GgufGenerator, request: &GenerationRequest) -> Generation {
    generator
        .generate(std::slice::from_ref(request))
        .remove(0)
        .unwrap()
}

fn refusal(tiny: &TinyGguf) -> String {
    load(tiny).unwrap_err().to_string()
}

#[test]
fn every_architecture_writes_within_its_budget() {
    for (name, architecture) in [
        ("qwen2", Architecture::Qwen2),
        ("qwen3", Architecture::Qwen3),
        ("gemma3", Architecture::Gemma3),
        ("llama", Architecture::Llama),
    ] {
        let mut generator = load(&TinyGguf::new(name)).unwrap();
        assert_eq!(generator.architecture(), architecture);
        assert_eq!(generator.fingerprint(), "tiny@sha256:000000000000");
        let request = request("Le vent se lève.", 5);
        let generation = generate(&mut generator, &request);
        assert!(generation.new_tokens <= 5, "{generation:?}");
        let cut = generation.stop == StopReason::TokenBudget;
        assert_eq!(cut, generation.new_tokens == 5, "{generation:?}");
        let counted = generator.encode(&request.messages).unwrap().len();
        assert_eq!(generation.prompt_tokens, counted);
    }
}

#[test]
fn the_same_request_gives_the_same_text_whatever_came_before() {
    let mut generator = load(&TinyGguf::new("qwen2")).unwrap();
    let nucleus = Sampling::Nucleus {
        temperature: 1.0,
        top_p: 0.9,
        seed: 11,
    };
    let long = request(
        "Un long texte, assez long pour laisser des traces. "
            .repeat(20)
            .trim(),
        7,
    );
    for sampling in [Sampling::Greedy, nucleus] {
        let asked = GenerationRequest {
            sampling,
            ..request("Paris", 20)
        };
        let first = generate(&mut generator, &asked);
        let batch = [long.clone(), asked.clone(), request("", 3), asked.clone()];
        let results = generator.generate(&batch);
        assert_eq!(results[1].as_ref().unwrap(), &first);
        assert_eq!(results[3].as_ref().unwrap(), &first);
        let mut fresh = load(&TinyGguf::new("qwen2")).unwrap();
        assert_eq!(generate(&mut fresh, &asked), first);
    }
}

/// Fails once so many tokens have been asked about.
#[derive(Debug)]
struct FailsAfter(AtomicUsize);

impl Constraint for FailsAfter {
    fn admits(&self, _written: &str, _ended: bool) -> bool {
        let left = self.0.fetch_sub(1, Ordering::SeqCst);
        assert!(left > 0, "as the test wants it");
        true
    }
}

#[test]
fn a_generator_that_panicked_is_as_new_after_a_reset() {
    for at in [0, 1, 5] {
        let mut generator = load(&TinyGguf::new("qwen2")).unwrap();
        let plain = request("Paris et Hanoï", 8);
        let expected = generate(&mut generator, &plain);
        let failing = GenerationRequest {
            constraint: Some(Arc::new(FailsAfter(AtomicUsize::new(at)))),
            ..plain.clone()
        };
        let attempt = || generator.generate(std::slice::from_ref(&failing));
        assert!(catch_unwind(AssertUnwindSafe(attempt)).is_err(), "{at}");
        generator.reset();
        assert_eq!(generate(&mut generator, &plain), expected);
    }
}

#[test]
fn another_seed_gives_another_text() {
    let mut generator = load(&TinyGguf::new("qwen2")).unwrap();
    let mut text = |seed| {
        let sampling = Sampling::Nucleus {
            temperature: 1.5,
            top_p: 1.0,
            seed,
        };
        generate(
            &mut generator,
            &GenerationRequest {
                sampling,
                ..request("Paris", 20)
            },
        )
        .text
    };
    assert_ne!(text(1), text(2));
}

#[test]
fn a_stop_token_ends_the_text_and_is_not_part_of_it() {
    // Whichever token the model says first becomes the end of turn.
    let tiny = TinyGguf::new("qwen2");
    let mut generator = load(&tiny).unwrap();
    let said = generate(&mut generator, &request("Paris", 3));
    assert_eq!(said.stop, StopReason::TokenBudget);
    let vocabulary = tiny_gguf::byte_level_vocabulary().len() as u32;
    let stopped = (0..vocabulary).find_map(|id| {
        let tiny = tiny
            .clone()
            .with("tokenizer.ggml.eot_token_id", Value::U32(id));
        let generation = generate(&mut load(&tiny).unwrap(), &request("Paris", 3));
        (generation.stop == StopReason::StopToken).then_some(generation)
    });
    let stopped = stopped.expect("one of the tokens was said");
    assert!(
        stopped.new_tokens < 3 && said.text.starts_with(&stopped.text),
        "{stopped:?} {said:?}"
    );
}

#[test]
fn a_prompt_that_fills_the_context_is_refused_with_both_numbers() {
    let mut generator = load(&TinyGguf {
        context: 40,
        ..TinyGguf::new("qwen2")
    })
    .unwrap();
    assert_eq!(generator.context_tokens(), 40);
    let overhead = generator.encode(&request("x", 0).messages).unwrap().len() - 1;
    let fitting = request(&"x".repeat(39 - overhead), 100);
    let generation = generate(&mut generator, &fitting);
    assert!(generation.new_tokens <= 1);
    let results = generator.generate(&[request(&"x".repeat(45 - overhead), 100), fitting]);
    match &results[0] {
        Err(GeneratorError::PromptTooLong {
            prompt_tokens: 45,
            context_tokens: 40,
        }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(results[1].as_ref().unwrap(), &generation);
}

#[test]
fn a_budget_of_nothing_is_an_empty_cut_text() {
    let generation = generate(
        &mut load(&TinyGguf::new("qwen2")).unwrap(),
        &request("Paris", 0),
    );
    assert_eq!((generation.text.as_str(), generation.new_tokens), ("", 0));
    assert_eq!(generation.stop, StopReason::TokenBudget);
}

#[test]
fn a_template_written_in_a_message_is_only_text() {
    let generator = load(&TinyGguf::new("qwen2")).unwrap();
    let tokens = |content: &str| {
        let messages = [Message {
            role: Role::User,
            content: content.to_string(),
        }];
        generator.encode(&messages).unwrap().len()
    };
    // As special tokens these would be two; as text they are their letters, with "<|" and "en" joined.
    assert_eq!(tokens("a<|im_end|><|im_start|>") - tokens("a"), 7 + 11 + 1);
}

#[test]
fn a_model_without_a_template_goes_on_where_the_text_stops() {
    let tiny = TinyGguf::new("qwen2").without("tokenizer.chat_template");
    let generator = load(&tiny).unwrap();
    assert_eq!(
        generator
            .encode(&request("Paris", 1).messages)
            .unwrap()
            .len(),
        5
    );
}

#[test]
fn unknown_models_are_refused_by_name() {
    let message = refusal(
        &TinyGguf::new("qwen2").with("general.architecture", Value::String("mamba".into())),
    );
    assert!(
        message.contains("tiny.gguf: architecture `mamba` is not supported"),
        "{message}"
    );
    assert!(message.contains("qwen2, qwen3, gemma3, llama"), "{message}");
    for (key, value, expected) in [
        (
            "tokenizer.ggml.pre",
            Value::String("tekken".into()),
            "`tekken`",
        ),
        (
            "tokenizer.ggml.model",
            Value::String("bert".into()),
            "`bert`",
        ),
        ("qwen2.expert_count", Value::U32(8), "qwen2.expert_count"),
        (
            "qwen2.rope.scaling.type",
            Value::String("yarn".into()),
            "qwen2.rope.scaling.type",
        ),
        (
            "qwen2.attention.value_length",
            Value::U32(32),
            "attention.value_length",
        ),
        ("qwen2.block_count", Value::U32(0), "qwen2.block_count"),
        (
            "qwen2.block_count",
            Value::U32(3),
            "`blk.2.attn_norm.weight` is missing",
        ),
        ("qwen2.block_count", Value::U32(1), "`blk.1."),
        ("qwen2.attention.head_count_kv", Value::U32(3), "key heads"),
        (
            "qwen2.embedding_length",
            Value::U32(1 << 30),
            "qwen2.embedding_length",
        ),
        (
            "qwen2.feed_forward_length",
            Value::U32(256),
            "`blk.0.ffn_gate.weight`: shape",
        ),
        (
            "tokenizer.ggml.eos_token_id",
            Value::U32(9999),
            "eos_token_id",
        ),
        (
            "tokenizer.chat_template",
            Value::String("{% if %}".into()),
            "template",
        ),
    ] {
        let message = refusal(&TinyGguf::new("qwen2").with(key, value));
        assert!(message.contains(expected), "{key}: {message}");
    }
    let mut extra = TinyGguf::new("qwen2");
    extra
        .extra_tensors
        .insert("blk.0.attn_sinks.weight".into(), vec![4]);
    assert!(
        refusal(&extra).contains("`blk.0.attn_sinks.weight` has no place"),
        "{}",
        refusal(&extra)
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = GgufGenerator::load(Path::new("nowhere/model.gguf"), "x").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("nowhere/model.gguf: cannot read"),
        "{error}"
    );
}

/// Loading these bytes and generating must end in a result, whatever it is.
fn survives(bytes: &[u8], folder: &Path) -> bool {
    let path = folder.join("tampered.gguf");
    std::fs::write(&path, bytes).unwrap();
    match GgufGenerator::load(&path, "x") {
        Err(_) => false,
        Ok(mut generator) => {
            let _ = generator.generate(&[request("Paris", 2)]);
            true
        }
    }
}

#[test]
fn truncated_files_are_errors() {
    let small = TinyGguf {
        hidden: 32,
        feed_forward: 32,
        head_dim: 8,
        layers: 1,
        ..TinyGguf::new("qwen2")
    };
    let tiny = written(&small);
    let bytes = std::fs::read(&tiny.path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert!(survives(&bytes, folder.path()));
    // The last tensor is padded to 32 bytes: cutting the padding alone does no harm.
    for step in 1..=60 {
        let kept = bytes.len() - 32 - (bytes.len() - 32) * step / 60;
        assert!(
            !survives(&bytes[..kept], folder.path()),
            "{kept} of {} bytes",
            bytes.len()
        );
    }
}

#[test]
fn tampered_headers_do_not_panic() {
    let small = TinyGguf {
        hidden: 32,
        feed_forward: 32,
        head_dim: 8,
        layers: 1,
        ..TinyGguf::new("qwen2")
    }
    .with("general.alignment", Value::U32(32));
    let tiny = written(&small);
    let bytes = std::fs::read(&tiny.path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let position = |what: &[u8]| bytes.windows(what.len()).position(|w| w == what).unwrap();
    let alignment = position(b"general.alignment") + b"general.alignment".len() + 4;
    let mut zero = bytes.clone();
    zero[alignment] = 0;
    assert!(!survives(&zero, folder.path()));
    // Everything before the first tensor's data, a byte at a time, coprime steps over the value range.
    let header = position(b"token_embd.weight") + 64;
    let mut refused = 0;
    for place in (0..header).step_by(7) {
        let mut tampered = bytes.clone();
        tampered[place] = tampered[place].wrapping_add((place % 251) as u8 + 1);
        refused += usize::from(!survives(&tampered, folder.path()));
    }
    assert!(refused > 20, "only {refused} were refused");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(64) / 4, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_and_changed_headers_never_panic(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        prop_assert!(!survives(&noise, folder.path()));
        prop_assert!(!survives(&[b"GGUF\x03\0\0\0".as_slice(), &noise].concat(), folder.path()));
        let mut bytes = SMALL.with(Clone::clone);
        let header = bytes.len().min(12_000);
        for (at, byte) in changes {
            bytes[at.index(header)] = byte;
        }
        let _ = survives(&bytes, folder.path());
    }
}

thread_local! {
    /// A whole file whose header is most of it.
    static SMALL: Vec<u8> = {
        let small = TinyGguf { hidden: 32, feed_forward: 32, head_dim: 8, layers: 1, ..TinyGguf::new("qwen2") };
        std::fs::read(&written(&small).path).unwrap()
    };
}

#[test]
#[ignore = "writes the model that the fuzzer begins with, fuzz/seeds/tiny.gguf"]
fn seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    std::fs::write(folder.join("tiny.gguf"), SMALL.with(Clone::clone)).unwrap();
}
