//! The dimensions of a BERT encoder, and what of `config.json` this project can compute.
//!
//! Input: the bytes of a Hugging Face `config.json` of architecture `bert` or `xlm-roberta`,
//! or the header of a pack. Does not know tensors.

use std::path::Path;

use serde::Deserialize;

use super::EncoderError;

/// Dimensions of a BERT-like encoder.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BertConfig {
    /// Rows of the word table.
    pub vocabulary: usize,
    /// Width of a hidden state, which is the length of a text's vector.
    pub hidden: usize,
    /// Number of transformer layers.
    pub layers: usize,
    /// Attention heads a layer; divides `hidden`.
    pub heads: usize,
    /// Width between the two feed-forward matrices.
    pub feed_forward: usize,
    /// Rows of the position table.
    pub positions: usize,
    /// Position of a window's first token: 0 for `bert`, padding id + 1 for `xlm-roberta`.
    pub first_position: usize,
    /// Rows of the token type table, of which row 0 is used.
    pub token_types: usize,
    /// Added to the variance in layer norms.
    pub layer_norm_eps: f64,
}

/// The fields of `config.json` that matter here.
#[derive(Deserialize)]
struct ConfigFile {
    model_type: String,
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    type_vocab_size: usize,
    layer_norm_eps: f64,
    pad_token_id: Option<usize>,
    #[serde(default = "gelu")]
    hidden_act: String,
    position_embedding_type: Option<String>,
}

fn gelu() -> String {
    "gelu".to_owned()
}

impl BertConfig {
    /// Reads the content of a `config.json`; `path` is named in errors.
    pub fn from_json(path: &Path, json: &[u8]) -> Result<Self, EncoderError> {
        let unsupported = |reason: String| EncoderError::Unsupported {
            path: path.to_owned(),
            reason,
        };
        let file: ConfigFile =
            serde_json::from_slice(json).map_err(|source| EncoderError::ConfigSyntax {
                path: path.to_owned(),
                source,
            })?;
        let first_position = match file.model_type.as_str() {
            "bert" => 0,
            // RoBERTa keeps the position rows up to the padding id unused:
            // `create_position_ids_from_input_ids` in transformers' modeling_roberta.py.
            "xlm-roberta" => file.pad_token_id.unwrap_or(1).saturating_add(1),
            other => {
                return Err(unsupported(format!(
                    "model_type `{other}` is not supported; supported are `bert` and `xlm-roberta`"
                )));
            }
        };
        if file.hidden_act != "gelu" {
            let found = file.hidden_act;
            return Err(unsupported(format!(
                "hidden_act `{found}` is not supported; supported is `gelu`"
            )));
        }
        if let Some(kind) = file
            .position_embedding_type
            .filter(|kind| kind != "absolute")
        {
            return Err(unsupported(format!(
                "position_embedding_type `{kind}` is not supported; supported is `absolute`"
            )));
        }
        let config = Self {
            vocabulary: file.vocab_size,
            hidden: file.hidden_size,
            layers: file.num_hidden_layers,
            heads: file.num_attention_heads,
            feed_forward: file.intermediate_size,
            positions: file.max_position_embeddings,
            first_position,
            token_types: file.type_vocab_size,
            layer_norm_eps: file.layer_norm_eps,
        };
        config.check().map_err(unsupported)?;
        Ok(config)
    }

    /// Refuses dimensions that no model can have; the reason names the field.
    pub fn check(&self) -> Result<(), String> {
        let fields = [
            ("vocabulary", self.vocabulary),
            ("hidden size", self.hidden),
            ("layers", self.layers),
            ("heads", self.heads),
            ("feed-forward size", self.feed_forward),
            ("token types", self.token_types),
        ];
        if let Some((name, _)) = fields.iter().find(|(_, value)| *value == 0) {
            return Err(format!("{name} is 0"));
        }
        if !self.hidden.is_multiple_of(self.heads) {
            return Err(format!(
                "hidden size {} is not a multiple of {} heads",
                self.hidden, self.heads
            ));
        }
        // A window holds an opening token, a closing token and something between.
        if self.positions < self.first_position.saturating_add(3) {
            return Err(format!(
                "{} positions are too few for one window",
                self.positions
            ));
        }
        if !(self.layer_norm_eps.is_finite() && self.layer_norm_eps > 0.0) {
            return Err(format!(
                "layer norm epsilon {} is not a positive number",
                self.layer_norm_eps
            ));
        }
        Ok(())
    }

    /// Longest window in tokens, opening and closing token included.
    pub fn max_tokens(&self) -> usize {
        self.positions - self.first_position
    }

    /// Width of one attention head.
    pub fn head_size(&self) -> usize {
        self.hidden / self.heads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const E5: &str = r#"{"model_type": "bert", "vocab_size": 250037, "hidden_size": 384,
        "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 1536,
        "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
        "pad_token_id": 0, "hidden_act": "gelu", "position_embedding_type": "absolute"}"#;

    fn read(json: &str) -> Result<BertConfig, EncoderError> {
        BertConfig::from_json(Path::new("config.json"), json.as_bytes())
    }

    #[test]
    fn e5_small_reads_512_tokens_from_position_0() {
        let config = read(E5).unwrap();
        assert_eq!(
            (
                config.max_tokens(),
                config.first_position,
                config.head_size()
            ),
            (512, 0, 32)
        );
    }

    #[test]
    fn xlm_roberta_starts_after_its_padding_id() {
        let json = E5
            .replace("\"bert\"", "\"xlm-roberta\"")
            .replace("_id\": 0", "_id\": 1")
            .replace(": 512", ": 514");
        let config = read(&json).unwrap();
        assert_eq!((config.max_tokens(), config.first_position), (512, 2));
    }

    #[test]
    fn what_cannot_be_computed_is_named() {
        let table = [
            ("\"bert\"", "\"deberta-v2\"", "model_type `deberta-v2`"),
            ("\"gelu\"", "\"relu\"", "hidden_act `relu`"),
            (
                "\"absolute\"",
                "\"relative_key\"",
                "position_embedding_type `relative_key`",
            ),
            ("heads\": 12", "heads\": 0", "heads is 0"),
            ("heads\": 12", "heads\": 7", "not a multiple of 7 heads"),
            ("\": 512", "\": 2", "2 positions"),
            ("1e-12", "-1.0", "layer norm epsilon"),
        ];
        for (from, to, expected) in table {
            let message = read(&E5.replace(from, to)).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        assert!(matches!(read("{"), Err(EncoderError::ConfigSyntax { .. })));
    }
}
