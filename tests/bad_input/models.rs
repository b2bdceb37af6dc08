//! Models of some kilobytes in a folder: an encoder that fits the built-in head, a generator, and a registry that names
//! them.

#[path = "../fixtures/generator/tiny_gguf.rs"]
#[allow(dead_code)] // what only the generator's tests use
pub mod tiny_gguf;

use assert_cmd::Command;
use candle_core::quantized::GgmlDType;
use candle_core::{Device, Tensor};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tiny_gguf::TinyGguf;

/// The built-in head's dimension.
const HIDDEN: usize = 384;
const WIDE: usize = 64;
/// Tokens of a window.
const POSITIONS: usize = 64;
/// Named in the tokenizer as XLM-R has them, `<mask>` last.
const SPECIAL: [&str; 4] = ["<s>", "<pad>", "</s>", "<unk>"];

/// A folder with the models and what a run needs to use them.
pub struct TinyModels(tempfile::TempDir);

impl TinyModels {
    pub fn new() -> Self {
        let models = Self(tempfile::tempdir().unwrap());
        write_encoder(models.0.path());
        tiny_generator().write(&models.path("model.gguf"));
        models.write_registry();
        models.write_head();
        models
    }

    /// Tells the program to use these models, and no network.
    pub fn choose(&self, command: &mut Command) {
        command
            .env("DEPECHE_REGISTRY", self.path("registry.toml"))
            .env("DEPECHE_CACHE", self.path("cache"))
            .env("DEPECHE_OFFLINE", "1")
            .env("DEPECHE_HEAD", self.path("head"))
            .env("DEPECHE_ENCODER", "tiny-encoder")
            .env("DEPECHE_GENERATOR", "tiny-generator")
            .env_remove("DEPECHE_MODELS_DIR")
            .env_remove("RUST_LOG");
    }

    /// Makes a file another than the one that the registry names.
    pub fn change_a_byte(&self, name: &str) {
        let mut bytes = std::fs::read(self.path(name)).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write_registry(&self) {
        let file = |name: &str| {
            format!(
                "[[model.file]]\nname = \"{name}\"\nsha256 = \"{}\"\nsources = [{{ path = \"{name}\" }}]\n",
                sha256(&self.path(name))
            )
        };
        let model = |id: &str, role: &str, architecture: &str, weights: &str| {
            format!(
                "[[model]]\nid = \"{id}\"\nrole = \"{role}\"\narchitecture = \"{architecture}\"\nlicence = \"MIT\"\n\
                 weights = \"{weights}\"\n"
            )
        };
        let text = [
            "schema = 1\n".to_owned(),
            model("tiny-encoder", "encoder", "bert", "model.safetensors"),
            ["model.safetensors", "config.json", "tokenizer.json"]
                .map(file)
                .concat(),
            model("tiny-generator", "generator", "qwen2", "model.gguf"),
            file("model.gguf"),
        ];
        std::fs::write(self.path("registry.toml"), text.concat()).unwrap();
    }

    /// The built-in head, said to be made for the tiny encoder.
    fn write_head(&self) {
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/heads/default");
        let about = std::fs::read(built_in.join("head.json")).unwrap();
        let mut about: Value = serde_json::from_slice(&about).unwrap();
        let hash = sha256(&self.path("model.safetensors"));
        about["about"]["encoder"] = json!(format!("tiny-encoder@sha256:{}", &hash[..12]));
        std::fs::create_dir(self.path("head")).unwrap();
        std::fs::write(self.path("head/head.json"), about.to_string()).unwrap();
        std::fs::copy(
            built_in.join("head.safetensors"),
            self.path("head/head.safetensors"),
        )
        .unwrap();
    }
}

/// A generator whose every forward pass is a few thousand products, with room for a long prompt in bytes.
pub fn tiny_generator() -> TinyGguf {
    TinyGguf {
        hidden: 32,
        feed_forward: 32,
        heads: 2,
        kv_heads: 1,
        head_dim: 16,
        layers: 1,
        context: 65_536,
        dtype: GgmlDType::F32,
        ..TinyGguf::new("qwen2")
    }
}

fn sha256(path: &Path) -> String {
    let digest = Sha256::digest(std::fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A `tokenizer.json` in the manner of XLM-R: Unigram, special names among its pieces, single letters.
pub fn tokenizer() -> Value {
    let mut pieces: Vec<(String, f64)> = SPECIAL.map(|name| (name.to_owned(), 0.0)).to_vec();
    let letters = "▁abcdefghijklmnopqrstuvwxyzéèàç0123456789.,'<>/|_[]";
    pieces.extend(letters.chars().map(|c| (c.to_string(), -4.0)));
    pieces.push(("<mask>".to_owned(), 0.0));
    let added = |(id, (name, _)): (usize, &(String, f64))| {
        json!({"id": id, "content": name, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true})
    };
    let special = |piece: &(usize, &(String, f64))| piece.1.1 == 0.0;
    let added: Vec<Value> = pieces
        .iter()
        .enumerate()
        .filter(special)
        .map(added)
        .collect();
    let frame = |name: &str, id: u32| json!({"id": name, "ids": [id], "tokens": [name]});
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added, "normalizer": null,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
        "post_processor": {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"<s>": frame("<s>", 0), "</s>": frame("</s>", 2)}},
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
        "model": {"type": "Unigram", "unk_id": 3, "byte_fallback": false, "vocab": pieces},
    })
}

fn write_encoder(folder: &Path) {
    let tokenizer = tokenizer();
    let vocabulary = tokenizer["model"]["vocab"].as_array().unwrap().len();
    let config = json!({
        "model_type": "bert", "vocab_size": vocabulary, "hidden_size": HIDDEN, "num_hidden_layers": 1,
        "num_attention_heads": 4, "intermediate_size": WIDE, "max_position_embeddings": POSITIONS,
        "type_vocab_size": 2, "layer_norm_eps": 1e-5, "pad_token_id": 0, "hidden_act": "gelu",
    });
    let mut weights = HashMap::new();
    let mut state = 7u32;
    let mut add = |name: &str, shape: &[usize]| {
        let count = shape.iter().product();
        let centre = f32::from(u8::from(name.ends_with("LayerNorm.weight")));
        let values: Vec<f32> = (0..count)
            .map(|_| {
                // Numerical Recipes' linear congruential generator.
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                centre + ((state >> 8) as f32 / (1 << 24) as f32 - 0.5) * 0.2
            })
            .collect();
        let tensor = Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
        weights.insert(name.to_owned(), tensor);
    };
    add("embeddings.word_embeddings.weight", &[vocabulary, HIDDEN]);
    add(
        "embeddings.position_embeddings.weight",
        &[POSITIONS, HIDDEN],
    );
    add("embeddings.token_type_embeddings.weight", &[2, HIDDEN]);
    let mut pair = |module: &str, shape: &[usize]| {
        add(&format!("{module}.weight"), shape);
        add(&format!("{module}.bias"), &shape[..1]);
    };
    pair("embeddings.LayerNorm", &[HIDDEN]);
    for part in ["self.query", "self.key", "self.value", "output.dense"] {
        pair(
            &format!("encoder.layer.0.attention.{part}"),
            &[HIDDEN, HIDDEN],
        );
    }
    pair("encoder.layer.0.attention.output.LayerNorm", &[HIDDEN]);
    pair("encoder.layer.0.intermediate.dense", &[WIDE, HIDDEN]);
    pair("encoder.layer.0.output.dense", &[HIDDEN, WIDE]);
    pair("encoder.layer.0.output.LayerNorm", &[HIDDEN]);
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    std::fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    candle_core::safetensors::save(&weights, folder.join("model.safetensors")).unwrap();
}
