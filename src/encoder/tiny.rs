//! Test models of a few kilobytes: seeded weights as a safetensors folder or as a pack, and a tokenizer.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

use super::config::BertConfig;
use super::windows::Batch;

/// A Unigram tokenizer in the manner of XLM-R, special names among its pieces included.
pub(super) const TOKENIZER: &str = r#"{
  "version": "1.0", "truncation": null, "padding": null,
  "added_tokens": [
    {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 1, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 2, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 3, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 17, "content": "<mask>", "single_word": false, "lstrip": true, "rstrip": false, "normalized": false, "special": true}
  ],
  "normalizer": null,
  "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}, "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
  "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
  "model": {"type": "Unigram", "unk_id": 3, "byte_fallback": false, "vocab": [
    ["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0],
    ["▁", -2.0], ["a", -3.0], ["b", -3.5], ["s", -3.0], ["p", -4.0], ["m", -4.0], ["k", -4.0], ["d", -4.0],
    ["<", -6.0], [">", -6.0], ["/", -6.0], ["▁query", -5.0], [":", -4.0], ["<mask>", 0.0]]}
}"#;

/// Ids of [`TOKENIZER`].
pub(super) const VOCABULARY: usize = 18;
/// Its ids that no text may give.
pub(super) const SPECIAL_IDS: [u32; 4] = [0, 1, 2, 17];
/// The id of a character without piece.
pub(super) const UNKNOWN_ID: u32 = 3;

/// Dimensions of the test models: windows of 16 tokens.
pub(super) fn config(first_position: usize) -> BertConfig {
    BertConfig {
        vocabulary: VOCABULARY,
        hidden: 64,
        layers: 2,
        heads: 4,
        feed_forward: 96,
        positions: 16 + first_position,
        first_position,
        token_types: 2,
        layer_norm_eps: 1e-5,
    }
}

/// A `config.json` that says the same as [`config`].
pub(super) fn config_json(model_type: &str, config: &BertConfig) -> String {
    serde_json::json!({
        "model_type": model_type, "vocab_size": config.vocabulary, "hidden_size": config.hidden,
        "num_hidden_layers": config.layers, "num_attention_heads": config.heads,
        "intermediate_size": config.feed_forward, "max_position_embeddings": config.positions,
        "type_vocab_size": config.token_types, "layer_norm_eps": config.layer_norm_eps,
        "pad_token_id": config.first_position.saturating_sub(1), "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "initializer_range": 0.02,
        "position_embedding_type": "absolute",
    })
    .to_string()
}

/// Names and shapes of all tensors, in the order of a checkpoint.
fn shapes(config: &BertConfig) -> Vec<(String, Vec<usize>)> {
    let (hidden, wide) = (config.hidden, config.feed_forward);
    let mut shapes = vec![
        (
            "embeddings.word_embeddings.weight".to_owned(),
            vec![config.vocabulary, hidden],
        ),
        (
            "embeddings.position_embeddings.weight".to_owned(),
            vec![config.positions, hidden],
        ),
        (
            "embeddings.token_type_embeddings.weight".to_owned(),
            vec![config.token_types, hidden],
        ),
    ];
    let mut pair = |module: String, dims: &[usize]| {
        shapes.push((format!("{module}.weight"), dims.to_vec()));
        shapes.push((format!("{module}.bias"), vec![dims[0]]));
    };
    pair("embeddings.LayerNorm".to_owned(), &[hidden]);
    for layer in 0..config.layers {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        for part in [
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
        ] {
            pair(name(part), &[hidden, hidden]);
        }
        pair(name("attention.output.LayerNorm"), &[hidden]);
        pair(name("intermediate.dense"), &[wide, hidden]);
        pair(name("output.dense"), &[hidden, wide]);
        pair(name("output.LayerNorm"), &[hidden]);
    }
    shapes
}

/// Weights by name, the same for the same seed. Scales of layer norms lie around 1.
pub(super) fn weights(config: &BertConfig, seed: u32) -> HashMap<String, Tensor> {
    let mut state = seed;
    let mut draw = move || {
        // Numerical Recipes' linear congruential generator.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    let mut tensor = |(name, shape): (String, Vec<usize>)| {
        let centre = if name.ends_with("LayerNorm.weight") {
            1.0
        } else {
            0.0
        };
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| centre + draw()).collect();
        (name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap())
    };
    shapes(config).into_iter().map(&mut tensor).collect()
}

/// Three windows of different lengths.
pub(super) fn batch(first_position: usize) -> Batch {
    let mut batch = Batch::default();
    for content in [
        &[4, 5, 6, 7, 8][..],
        &[],
        &[9, 10, 3, 12, 13, 14, 15, 16, 5, 5, 5],
    ] {
        batch.push([0, 2], content, first_position);
    }
    batch
}

/// Writes a safetensors folder.
pub(super) fn write_folder(
    folder: &Path,
    model_type: &str,
    config: &BertConfig,
    weights: &HashMap<String, Tensor>,
) {
    std::fs::write(folder.join("config.json"), config_json(model_type, config)).unwrap();
    std::fs::write(folder.join("tokenizer.json"), TOKENIZER).unwrap();
    candle_core::safetensors::save(weights, folder.join("model.safetensors")).unwrap();
}

/// A pack of `weights` and the weights that its Q4_0 blocks stand for.
pub(super) fn pack(
    config: &BertConfig,
    weights: &HashMap<String, Tensor>,
) -> (Vec<u8>, HashMap<String, Tensor>) {
    let mut directory = Vec::new();
    let mut data = Vec::new();
    let mut twin = HashMap::new();
    for (name, shape) in shapes(config) {
        let tensor = &weights[&name];
        let matrix = shape.len() == 2 && !name.contains("position") && !name.contains("token_type");
        let (bytes, stored) = if matrix {
            let quantized = QTensor::quantize(tensor, GgmlDType::Q4_0).unwrap();
            (
                quantized.data().unwrap().into_owned(),
                quantized.dequantize(&Device::Cpu).unwrap(),
            )
        } else {
            let values = tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            (
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
                tensor.clone(),
            )
        };
        data.resize(data.len().next_multiple_of(64), 0);
        directory.push((
            super::pack::pack_name(&name),
            u8::from(matrix),
            tensor.elem_count(),
            data.len(),
            bytes.len(),
        ));
        data.extend(bytes);
        twin.insert(name, stored);
    }
    let mut head = pack_header(config);
    head.extend((directory.len() as i32).to_le_bytes());
    let base = head.len()
        + directory
            .iter()
            .map(|entry| 2 + entry.0.len() + 21)
            .sum::<usize>();
    let base = base.next_multiple_of(64);
    for (name, kind, elements, offset, size) in directory {
        head.extend((name.len() as u16).to_le_bytes());
        head.extend(name.as_bytes());
        head.push(kind);
        head.extend((elements as u32).to_le_bytes());
        head.extend(((base + offset) as u64).to_le_bytes());
        head.extend((size as u64).to_le_bytes());
    }
    head.resize(base, 0);
    head.extend(data);
    (head, twin)
}

/// Magic to the end of the tokenizer, which has one piece of three bytes and a character map of five.
fn pack_header(config: &BertConfig) -> Vec<u8> {
    let mut head = b"E5S1".to_vec();
    head.extend(1u32.to_le_bytes());
    let counts = [
        config.hidden,
        config.layers,
        config.heads,
        config.feed_forward,
        config.vocabulary,
        config.positions,
        config.token_types,
    ];
    head.extend(
        counts
            .iter()
            .flat_map(|count| (*count as i32).to_le_bytes()),
    );
    head.extend((config.layer_norm_eps as f32).to_le_bytes());
    head.extend(32i32.to_le_bytes());
    head.extend(
        [1i32, 0, 2, 1, 3]
            .iter()
            .flat_map(|number| number.to_le_bytes()),
    );
    head.extend(3u64.to_le_bytes());
    head.extend([0u32, 3].iter().flat_map(|offset| offset.to_le_bytes()));
    head.extend(0f32.to_le_bytes());
    head.extend(b"<s>");
    head.extend(1i32.to_le_bytes());
    head.extend(5u32.to_le_bytes());
    head.extend([0; 5]);
    head
}

/// The real model's `tokenizer.json` in depeche's cache, if it is there.
pub(super) fn cached_tokenizer() -> Option<PathBuf> {
    let cache = crate::registry::StoreOptions::from_env().ok()?.cache;
    let path = cache.join("models/multilingual-e5-small-q4/tokenizer.json");
    path.is_file().then_some(path)
}

#[test]
#[ignore = "writes the pack that the fuzzer begins with, fuzz/seeds/tiny.pack"]
fn seeds() {
    let config = BertConfig {
        hidden: 32,
        layers: 1,
        heads: 2,
        feed_forward: 32,
        ..config(0)
    };
    let (bytes, _) = pack(&config, &weights(&config, 1));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/tiny.pack");
    std::fs::write(path, bytes).unwrap();
}
