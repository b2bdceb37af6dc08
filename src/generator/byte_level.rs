//! A `tokenizers` tokenizer from a GGUF file of the kind `tokenizer.ggml.model = gpt2`: byte-level BPE.
//!
//! Candle builds it, but takes GPT-2's way to split words for every `tokenizer.ggml.pre` that it does not know, without
//! a word. Here a `pre` is either known to come out right or refused.

use std::collections::HashMap;

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::tokenizer::TokenizerFromGguf;
use tokenizers::Tokenizer;

use super::GeneratorError;
use super::gguf::GgufFile;

/// Builds the tokenizer of `file`.
pub(super) fn build(file: &GgufFile) -> Result<Tokenizer, GeneratorError> {
    let pre = file.text("tokenizer.ggml.pre")?.unwrap_or("(none)");
    let built = match pre {
        "qwen2" => Tokenizer::from_gguf(file.content()),
        // Candle knows Llama 3's splitter by another name and not by the one that files have; in Llama 3 a word that is
        // a token is not taken apart and merged again.
        "llama-bpe" | "llama3" => {
            let metadata = file.content().metadata.iter();
            let mut metadata: HashMap<_, _> = metadata
                .filter(|(key, _)| key.starts_with("tokenizer.ggml."))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            metadata.insert("tokenizer.ggml.pre".into(), Value::String("llama3".into()));
            metadata.insert("tokenizer.ggml.ignore_merges".into(), Value::Bool(true));
            Tokenizer::from_gguf(&Content {
                magic: file.content().magic,
                metadata,
                tensor_infos: Default::default(),
                tensor_data_offset: 0,
            })
        }
        other => {
            let reason = format!(
                "word splitter `{other}` (tokenizer.ggml.pre) is not known: supported are qwen2, llama-bpe"
            );
            return Err(GeneratorError::unsupported(file.path(), reason));
        }
    };
    built.map_err(|e| GeneratorError::malformed(file.path(), format!("tokenizer: {e}")))
}
