//! An adapter over a tiny model: what it changes, when, and what is refused.

use candle_core::quantized::GgmlDType;
use candle_core::{Device, Tensor};
use std::collections::HashMap;

use super::decoder::Decoder;
use super::gguf::GgufFile;
use super::tiny_gguf::TinyGguf;
use super::{Constraint, GenerationRequest, Generator, GgufGenerator, Message, Role};
use crate::lora::Adapter;

const MODULES: [(&str, usize, usize); 7] = [
    ("self_attn.q_proj", 256, 256),
    ("self_attn.k_proj", 128, 256),
    ("self_attn.v_proj", 128, 256),
    ("self_attn.o_proj", 256, 256),
    ("mlp.gate_proj", 512, 256),
    ("mlp.up_proj", 512, 256),
    ("mlp.down_proj", 256, 512),
];
/// `<|im_start|>`, which begins the tiny template's turns, has no fixed number: it is looked up.
const CONFIG: &str =
    r#"{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "alora_invocation_tokens": INVOCATION}"#;

/// An adapter of these modules of layer 1, its second factors `size` everywhere.
fn adapter(modules: &[(&str, usize, usize)], size: f32, invocation: &str) -> Adapter {
    let mut tensors = HashMap::new();
    for (module, outputs, inputs) in modules {
        let name = |half: &str| format!("base_model.model.model.layers.1.{module}.{half}.weight");
        let down = Tensor::ones((2, *inputs), candle_core::DType::F32, &Device::Cpu).unwrap();
        let wave: Vec<f32> = (0..outputs * 2).map(|i| (i as f32).sin() * size).collect();
        let up = Tensor::from_vec(wave, (*outputs, 2), &Device::Cpu).unwrap();
        tensors.insert(name("lora_A"), down);
        tensors.insert(name("lora_B"), up);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    candle_core::safetensors::save(&tensors, file.path()).unwrap();
    let config = CONFIG.replace("INVOCATION", invocation);
    Adapter::parse(
        "tiny",
        config.as_bytes(),
        &std::fs::read(file.path()).unwrap(),
    )
    .unwrap()
}

fn decoder(tiny: &TinyGguf) -> Decoder {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny.write(&path);
    Decoder::read(&GgufFile::open(&path).unwrap()).unwrap()
}

fn scores(decoder: &Decoder, adapted: bool) -> Vec<f32> {
    let mut cache = decoder.new_cache(4);
    decoder.score(&[70, 71, 72], &mut cache, adapted)
}

#[test]
fn each_module_counts_and_only_when_asked_for() {
    for dtype in [GgmlDType::Q8_0, GgmlDType::F32] {
        let tiny = TinyGguf {
            dtype,
            ..TinyGguf::new("qwen2")
        };
        let plain = scores(&decoder(&tiny), false);
        for module in MODULES {
            let mut adapted = decoder(&tiny);
            adapted.adapt(&adapter(&[module], 0.3, "null")).unwrap();
            assert_eq!(scores(&adapted, false), plain, "{module:?}");
            assert_ne!(scores(&adapted, true), plain, "{module:?}");
        }
        let mut unchanged = decoder(&tiny);
        unchanged.adapt(&adapter(&MODULES, 0.0, "null")).unwrap();
        assert_eq!(scores(&unchanged, true), plain);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let strange = [("self_attn.rotary", 256, 256)];
    let cases = [
        ("qwen2", &MODULES[..], true),
        ("qwen2", &strange[..], false),
        ("qwen2", &[("self_attn.q_proj", 128, 256)][..], false),
        ("llama", &MODULES[..], false),
    ];
    for (architecture, modules, fits) in cases {
        let mut decoder = decoder(&TinyGguf::new(architecture));
        let result = decoder.adapt(&adapter(modules, 0.3, "null"));
        assert_eq!(
            result.is_ok(),
            fits,
            "{architecture} {modules:?}: {result:?}"
        );
    }
}

fn generator() -> GgufGenerator {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    TinyGguf::new("qwen2").write(&path);
    GgufGenerator::load(&path, "tiny@sha256:000000000000").unwrap()
}

fn request(content: &str, adapted: bool) -> GenerationRequest {
    let messages = vec![Message {
        role: Role::User,
        content: content.to_owned(),
    }];
    GenerationRequest {
        adapted,
        ..GenerationRequest::greedy(messages, 12)
    }
}

fn text(generator: &mut GgufGenerator, request: &GenerationRequest) -> String {
    generator
        .generate(std::slice::from_ref(request))
        .remove(0)
        .unwrap()
        .text
}

/// The tokens by which the template begins an answer, as JSON.
fn invocation() -> String {
    let generator = generator();
    let ids = |content: &str| generator.encode(&request(content, false).messages).unwrap();
    let (one, other) = (ids("a"), ids("bb"));
    let common = one.iter().rev().zip(other.iter().rev());
    let common = common.take_while(|(a, b)| a == b).count();
    // The end of the turn and its line belong to the prompt.
    format!("{:?}", &one[one.len() - common + 2..])
}

#[test]
fn attempts_with_and_without_do_not_disturb_each_other() {
    let invocation = invocation();
    let fresh = || {
        let adapter = adapter(&MODULES, 0.3, &invocation);
        generator().with_adapter(&adapter).unwrap()
    };
    let asked = [request("Paris", true), request("Paris", false)];
    let expected = asked.clone().map(|asked| text(&mut fresh(), &asked));
    assert_ne!(expected[0], expected[1]);
    assert_eq!(text(&mut generator(), &asked[1]), expected[1]);
    let mut one = fresh();
    for turns in [[0, 1, 0], [1, 0, 1]] {
        let together = one.generate(&turns.map(|turn| asked[turn].clone()));
        for (turn, found) in turns.iter().zip(together) {
            assert_eq!(found.unwrap().text, expected[*turn]);
        }
    }
    for turn in [0, 1, 1, 0, 0] {
        assert_eq!(text(&mut one, &asked[turn]), expected[turn]);
        text(&mut one, &request("Moscou et Hanoï", turn == 0));
    }
    let always = adapter(&MODULES, 0.3, "null");
    let refused = generator().with_adapter(&always).unwrap_err();
    assert!(
        refused.to_string().contains("only activated adapters"),
        "{refused}"
    );
}

/// Refuses what the plain text begins with.
#[derive(Debug)]
struct Not(String);

impl Constraint for Not {
    fn admits(&self, written: &str, _ended: bool) -> bool {
        !written.starts_with(&self.0)
    }
}

#[test]
fn a_constraint_is_kept() {
    let mut generator = generator();
    let free = request("Paris", false);
    let first: String = text(&mut generator, &free).chars().take(2).collect();
    let bound = GenerationRequest {
        constraint: Some(std::sync::Arc::new(Not(first.clone()))),
        ..free
    };
    let found = text(&mut generator, &bound);
    assert!(!found.starts_with(&first), "{first:?} {found:?}");
}
