//! The tokens of a GGUF file: their texts, and which of them are more than text.

use std::collections::HashMap;

use candle_core::quantized::gguf_file::Value;

use super::GeneratorError;
use super::gguf::{GgufFile, whole_number};

/// Tokens that end an answer, by name: the ends of turn and of text of the supported families. A file may name only
/// one of them as its `eos_token_id`.
const STOP_NAMES: [&str; 9] = [
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<eos>",
    "</s>",
    "<|end|>",
];

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Text.
    Normal,
    /// One byte of text.
    Byte,
    /// User-defined, but only a run of white space: text too.
    WhiteSpace,
    /// Control, unknown, unused, and user-defined markup such as `<tool_call>`: never made from a message's text.
    Special,
}

impl TokenKind {
    /// From `tokenizer.ggml.token_type` (llama.cpp's `llama_token_type`).
    fn new(code: usize, text: &str) -> Self {
        match code {
            1 => Self::Normal,
            6 => Self::Byte,
            4 if !text.is_empty() && text.chars().all(char::is_whitespace) => Self::WhiteSpace,
            _ => Self::Special,
        }
    }
}

/// All tokens of a model.
#[derive(Debug)]
pub(super) struct Vocabulary {
    tokens: Vec<(String, TokenKind)>,
    special: HashMap<String, u32>,
    /// Begins every text.
    pub(super) bos: Option<u32>,
    /// Ends every text.
    pub(super) eos: Option<u32>,
    /// Each of these ends an answer.
    pub(super) stop: Vec<u32>,
}

impl Vocabulary {
    /// Reads the tokens of `file`.
    pub(super) fn read(file: &GgufFile) -> Result<Self, GeneratorError> {
        let malformed = |reason: String| GeneratorError::malformed(file.path(), reason);
        let missing = |key: &str| malformed(format!("metadata `{key}` is missing"));
        const TOKENS: &str = "tokenizer.ggml.tokens";
        const KINDS: &str = "tokenizer.ggml.token_type";
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        };
        let texts = file
            .list(TOKENS, "a list of texts", text)?
            .ok_or_else(|| missing(TOKENS))?;
        let codes = file.list(KINDS, "a list of whole numbers", whole_number)?;
        let codes = codes.ok_or_else(|| missing(KINDS))?;
        if texts.len() != codes.len() {
            return Err(malformed(format!(
                "{} tokens, {} types",
                texts.len(),
                codes.len()
            )));
        }
        let mut tokens: Vec<(String, TokenKind)> = texts
            .into_iter()
            .zip(codes)
            .map(|(text, code)| {
                let kind = TokenKind::new(code, &text);
                (text, kind)
            })
            .collect();
        let mut named = [None; 4];
        for (slot, name) in named.iter_mut().zip(["bos", "eos", "eot", "eom"]) {
            let key = format!("tokenizer.ggml.{name}_token_id");
            let Some(id) = file.number(&key)? else {
                continue;
            };
            let Some(token) = tokens.get_mut(id) else {
                return Err(malformed(format!(
                    "metadata `{key}` is {id}, past the last token"
                )));
            };
            token.1 = TokenKind::Special;
            *slot = u32::try_from(id).ok();
        }
        let [bos, eos, eot, eom] = named;
        let special: HashMap<String, u32> = (0u32..)
            .zip(&tokens)
            .filter(|(_, (text, kind))| *kind == TokenKind::Special && !text.is_empty())
            .map(|(id, (text, _))| (text.clone(), id))
            .collect();
        let by_name = STOP_NAMES
            .iter()
            .filter_map(|&name| special.get(name).copied());
        let mut stop: Vec<u32> = [eos, eot, eom]
            .into_iter()
            .flatten()
            .chain(by_name)
            .collect();
        stop.sort_unstable();
        stop.dedup();
        Ok(Self {
            tokens,
            special,
            bos,
            eos,
            stop,
        })
    }

    /// Number of tokens.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Id, text and kind of each token, by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str, TokenKind)> {
        (0u32..)
            .zip(&self.tokens)
            .map(|(id, (text, kind))| (id, text.as_str(), *kind))
    }

    /// The text of a token; empty for an id without a token.
    pub(super) fn text(&self, id: u32) -> &str {
        self.tokens.get(id as usize).map_or("", |(text, _)| text)
    }

    /// Whether a token is more than text. Ids without a token are.
    pub(super) fn is_special(&self, id: u32) -> bool {
        self.tokens
            .get(id as usize)
            .is_none_or(|(_, kind)| *kind == TokenKind::Special)
    }

    /// The special token of this name.
    pub(super) fn special_id(&self, name: &str) -> Option<u32> {
        self.special.get(name).copied()
    }

    /// The names of the special tokens.
    pub(super) fn special_names(&self) -> impl Iterator<Item = &str> {
        self.special.keys().map(String::as_str)
    }
}
