//! The decoder against Candle's own models, and against itself, on tiny files of every architecture.
//!
//! Gemma 3 is compared with Candle's unquantised implementation: its quantised one uses SiLU where Gemma has GELU.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{gemma3, quantized_llama, quantized_qwen2, quantized_qwen3};

use super::decoder::Decoder;
use super::gguf::GgufFile;
use super::tiny_gguf::TinyGguf;
use crate::kernels;

const PROMPT: [u32; 9] = [3, 141, 59, 26, 53, 58, 97, 93, 23];
const CONTINUATION: [u32; 4] = [84, 62, 64, 33];
/// Largest difference of two scores where both sides add in the same order, or round nothing; scores are of order 1.
const EXACT: f32 = 1e-3;
/// The same where one side rounds otherwise: both round activations to 8 bits before they multiply, and a value at the
/// edge may fall to the other side; our kernels round weights once more (`kernels`).
const ROUNDED: f32 = 0.2;
/// Scores that differ by less would hide a mistake behind the rounding.
const SPREAD: f32 = 0.5;

fn decoder(tiny: &TinyGguf) -> (tempfile::TempDir, Decoder) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny.write(&path);
    let decoder = Decoder::read(&GgufFile::open(&path).unwrap()).unwrap();
    (folder, decoder)
}

fn best(scores: &[f32]) -> usize {
    scores
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1))
        .unwrap()
        .0
}

fn assert_close(found: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let difference = found
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(
        difference < tolerance,
        "{what}: scores differ by {difference}"
    );
    // The same token is the best, or one that is as good within what is rounded.
    let behind = expected[best(expected)] - expected[best(found)];
    assert!(behind <= tolerance, "{what}: the best is {behind} behind");
    let spread = found[best(found)] - found[0].min(found[1]);
    assert!(spread > SPREAD, "{what}: scores too flat to tell anything");
}

/// Scores of our decoder and of `reference` (ids as (1, tokens), position) after the prompt and each further token.
fn compare(
    (tiny, tolerance): &(TinyGguf, f32),
    reference: impl FnOnce(&Path) -> Box<dyn FnMut(&Tensor, usize) -> candle_core::Result<Tensor>>,
) {
    let (folder, decoder) = decoder(tiny);
    let mut reference = reference(&folder.path().join("tiny.gguf"));
    let mut cache = decoder.new_cache(PROMPT.len() + CONTINUATION.len());
    let mut steps: Vec<&[u32]> = vec![&PROMPT];
    steps.extend(CONTINUATION.chunks(1));
    for step in steps {
        let position = cache.tokens();
        let ids = Tensor::new(step, &Device::Cpu)
            .unwrap()
            .unsqueeze(0)
            .unwrap();
        let expected = reference(&ids, position).unwrap().flatten_all().unwrap();
        let found = decoder.score(step, &mut cache, false);
        let what = format!("{} {:?} at {position}", tiny.architecture, tiny.dtype);
        assert_close(
            &found,
            &expected.to_vec1::<f32>().unwrap(),
            *tolerance,
            &what,
        );
    }
}

fn open(path: &Path) -> (Content, File) {
    let mut file = File::open(path).unwrap();
    (Content::read(&mut file).unwrap(), file)
}

/// Q8_0 rows of 256 go through the packed kernels, F32 through plain products, and Q4_0 and Q5_0 rows of other lengths
/// through those for small blocks.
fn variants(architecture: &'static str) -> Vec<(TinyGguf, f32)> {
    let tiny = TinyGguf::new(architecture);
    let head_dim = if architecture == "qwen3" {
        tiny.head_dim
    } else {
        40
    };
    let odd = TinyGguf {
        hidden: 160,
        feed_forward: 288,
        head_dim,
        ..tiny.clone()
    };
    // Candle's Qwen3 has an attention kernel of its own, and we widen Q5_0.
    let rounded = if kernels::available() || architecture == "qwen3" {
        ROUNDED
    } else {
        EXACT
    };
    vec![
        (
            TinyGguf {
                dtype: GgmlDType::F32,
                ..tiny.clone()
            },
            EXACT,
        ),
        (tiny, rounded),
        (
            TinyGguf {
                dtype: GgmlDType::Q4_0,
                ..odd.clone()
            },
            rounded,
        ),
        (
            TinyGguf {
                dtype: GgmlDType::Q5_0,
                ..odd
            },
            ROUNDED,
        ),
    ]
}

#[test]
fn qwen2_equals_candle() {
    for tiny in variants("qwen2") {
        compare(&tiny, |path| {
            let (content, mut file) = open(path);
            let mut model =
                quantized_qwen2::ModelWeights::from_gguf(content, &mut file, &Device::Cpu).unwrap();
            Box::new(move |ids, position| model.forward(ids, position))
        });
    }
}

#[test]
fn qwen3_equals_candle() {
    for tiny in variants("qwen3") {
        compare(&tiny, |path| {
            let (content, mut file) = open(path);
            let mut model =
                quantized_qwen3::ModelWeights::from_gguf(content, &mut file, &Device::Cpu).unwrap();
            Box::new(move |ids, position| model.forward(ids, position))
        });
    }
}

#[test]
fn llama_equals_candle() {
    for tiny in variants("llama") {
        compare(&tiny, |path| {
            let (content, mut file) = open(path);
            let mut model =
                quantized_llama::ModelWeights::from_gguf(content, &mut file, &Device::Cpu).unwrap();
            Box::new(move |ids, position| model.forward(ids, position))
        });
    }
}

#[test]
fn gemma3_equals_candle() {
    let tiny = TinyGguf {
        dtype: GgmlDType::F32,
        layers: 6,
        ..TinyGguf::new("gemma3")
    }
    .with("gemma3.rope.freq_base", Value::F32(1_000_000.0));
    compare(&(tiny.clone(), EXACT), |_| {
        let vocabulary = tiny.tensors()["token_embd.weight"].dim(0).unwrap();
        let config = gemma3::Config {
            attention_bias: false,
            head_dim: tiny.head_dim,
            hidden_activation: candle_nn::Activation::GeluPytorchTanh,
            hidden_size: tiny.hidden,
            intermediate_size: tiny.feed_forward,
            num_attention_heads: tiny.heads,
            num_hidden_layers: tiny.layers,
            num_key_value_heads: tiny.kv_heads,
            rms_norm_eps: 1e-6,
            rope_theta: 1_000_000.0,
            rope_local_base_freq: 10_000.0,
            vocab_size: vocabulary,
            final_logit_softcapping: None,
            attn_logit_softcapping: None,
            query_pre_attn_scalar: tiny.head_dim,
            sliding_window: 512,
            sliding_window_pattern: 6,
            max_position_embeddings: 64,
        };
        let weights = VarBuilder::from_tensors(gemma_names(&tiny), DType::F32, &Device::Cpu);
        let mut model = gemma3::Model::new(false, &config, weights).unwrap();
        // Its cache refuses several tokens at once.
        Box::new(move |ids, position| {
            let one = |i| model.forward(&ids.narrow(1, i, 1)?, position + i);
            (0..ids.dim(1)?)
                .map(one)
                .last()
                .expect("at least one token")
        })
    });
}

/// The file's tensors under the names of the transformers library, whose norms lack the 1.
fn gemma_names(tiny: &TinyGguf) -> HashMap<String, Tensor> {
    let parts = HashMap::from([
        ("attn_norm", "input_layernorm"),
        ("attn_q", "self_attn.q_proj"),
        ("attn_k", "self_attn.k_proj"),
        ("attn_v", "self_attn.v_proj"),
        ("attn_output", "self_attn.o_proj"),
        ("attn_q_norm", "self_attn.q_norm"),
        ("attn_k_norm", "self_attn.k_norm"),
        ("post_attention_norm", "post_attention_layernorm"),
        ("ffn_norm", "pre_feedforward_layernorm"),
        ("ffn_gate", "mlp.gate_proj"),
        ("ffn_up", "mlp.up_proj"),
        ("ffn_down", "mlp.down_proj"),
        ("post_ffw_norm", "post_feedforward_layernorm"),
    ]);
    let rename = |(name, tensor): (String, Tensor)| {
        let tensor = if tensor.rank() == 1 {
            (tensor - 1.0).unwrap()
        } else {
            tensor
        };
        let name = match name.split('.').collect::<Vec<_>>()[..] {
            ["token_embd", _] => "model.embed_tokens.weight".to_string(),
            ["output_norm", _] => "model.norm.weight".to_string(),
            [_, layer, part, end] => format!("model.layers.{layer}.{}.{end}", parts[part]),
            ref other => panic!("unknown tensor {other:?}"),
        };
        (name, tensor)
    };
    tiny.tensors().into_iter().map(rename).collect()
}

#[test]
fn steps_equal_one_pass_for_every_architecture() {
    // Quantised products round activations to 8 bits, so that a last bit of f32 may become a step of the scale.
    let kinds = [(GgmlDType::F32, EXACT), (GgmlDType::Q8_0, ROUNDED)];
    let architectures = ["qwen2", "qwen3", "gemma3", "llama"];
    for (architecture, (dtype, tolerance)) in architectures
        .into_iter()
        .flat_map(|architecture| kinds.map(|kind| (architecture, kind)))
    {
        let (_folder, decoder) = decoder(&TinyGguf {
            dtype,
            ..TinyGguf::new(architecture)
        });
        // Longer than a chunk of the prompt and several blocks of queries.
        let tokens: Vec<u32> = (0..600).map(|i| (i * 37 + 11) % 256).collect();
        let all = |parts: &[usize]| {
            let mut cache = decoder.new_cache(tokens.len());
            let (mut rest, mut scores) = (&tokens[..], Vec::new());
            for &part in parts {
                let (now, later) = rest.split_at(part);
                scores = decoder.score(now, &mut cache, false);
                rest = later;
            }
            assert_eq!(cache.tokens(), tokens.len());
            scores
        };
        let at_once = all(&[600]);
        assert_close(&all(&[100, 499, 1]), &at_once, tolerance, architecture);
        let mut stepwise = vec![590];
        stepwise.extend([1; 10]);
        assert_close(&all(&stepwise), &at_once, tolerance, architecture);
        assert_eq!(
            all(&[600]),
            at_once,
            "{architecture}: the same work gives the same bits"
        );
    }
}

#[test]
fn a_window_hides_exactly_what_lies_before_it() {
    let windowed = TinyGguf {
        kv_heads: 1,
        ..TinyGguf::new("gemma3")
    }
    .with("gemma3.attention.sliding_window", Value::U32(4));
    let everything = windowed
        .clone()
        .with("gemma3.attention.sliding_window_pattern", Value::U32(1));
    let tokens: Vec<u32> = (0..200).map(|i| (i * 91 + 5) % 256).collect();
    // Does changing the token `back` places before the last change the last scores?
    let seen = |tiny: &TinyGguf, back: usize, stepwise: bool| {
        let (_folder, decoder) = decoder(tiny);
        let scores = |tokens: &[u32]| {
            let mut cache = decoder.new_cache(tokens.len());
            if !stepwise {
                return decoder.score(tokens, &mut cache, false);
            }
            let each = tokens
                .chunks(1)
                .map(|one| decoder.score(one, &mut cache, false));
            each.last().unwrap()
        };
        let mut changed = tokens.clone();
        let place = tokens.len() - 1 - back;
        changed[place] = (changed[place] + 128) % 256;
        scores(&tokens) != scores(&changed)
    };
    for stepwise in [false, true] {
        // Two layers, each with 3 tokens before the own one: 6 back is the farthest.
        assert!(seen(&windowed, 6, stepwise));
        assert!(!seen(&windowed, 7, stepwise));
        assert!(seen(&everything, 7, stepwise));
        assert!(seen(&everything, 199, stepwise));
    }
}
