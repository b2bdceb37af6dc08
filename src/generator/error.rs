//! Why generation could not be done: the one error type of this room.
//!
//! Load errors name the file and what would work instead; request errors name the numbers that do not fit.

use std::path::{Path, PathBuf};

/// Why a model could not be loaded or a text not be generated.
#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    /// The weight file cannot be opened or read.
    #[error("{}: cannot read the model file; check the path or run `depeche models fetch`", path.display())]
    Open {
        /// The weight file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a well-formed GGUF file (truncated, tampered with, or of another format).
    #[error("{}: not a well-formed GGUF file: {reason}; run `depeche models verify`", path.display())]
    Malformed {
        /// The weight file.
        path: PathBuf,
        /// What is wrong in it.
        reason: String,
    },
    /// The architecture has no implementation here.
    #[error("{}: architecture `{found}` is not supported; supported are {supported}", path.display())]
    Architecture {
        /// The weight file.
        path: PathBuf,
        /// `general.architecture` of the file.
        found: String,
        /// The supported names, comma-separated.
        supported: String,
    },
    /// The architecture is supported, but this file asks for a variant of it which is not.
    #[error("{}: {reason}; choose another file of architecture qwen2, qwen3, gemma3 or llama", path.display())]
    Unsupported {
        /// The weight file.
        path: PathBuf,
        /// The metadata key or tensor, and why it cannot be used.
        reason: String,
    },
    /// The chat template of the model refused or failed to render the messages.
    #[error("the model's chat template cannot render these messages: {reason}")]
    Template {
        /// Which message or statement, and why.
        reason: String,
        /// The template engine's own error, if it was one.
        #[source]
        source: Option<minijinja::Error>,
    },
    /// The prompt leaves no room for an answer.
    #[error(
        "the prompt has {prompt_tokens} tokens, the model reads {context_tokens}: shorten the text"
    )]
    PromptTooLong {
        /// Tokens of the prompt after templating.
        prompt_tokens: usize,
        /// The model's context window, which must also hold the answer.
        context_tokens: usize,
    },
    /// The request itself makes no sense.
    #[error("invalid generation request: {reason}")]
    InvalidRequest {
        /// Which field, its value, and what is allowed.
        reason: String,
    },
    /// The text could not be turned into tokens or back.
    #[error("the tokenizer failed: {reason}")]
    Tokenizer {
        /// What the tokenizer said.
        reason: String,
    },
    /// The model's scores were not numbers: its weights are damaged.
    #[error("the model computed scores that are not numbers; run `depeche models verify`")]
    NotFinite,
    /// A tensor operation failed.
    #[error("a tensor operation failed")]
    Compute {
        /// What Candle said.
        #[source]
        source: Box<candle_core::Error>,
    },
}

impl From<candle_core::Error> for GeneratorError {
    fn from(source: candle_core::Error) -> Self {
        Self::Compute {
            source: Box::new(source),
        }
    }
}

impl GeneratorError {
    pub(super) fn malformed(path: &Path, reason: impl Into<String>) -> Self {
        Self::Malformed {
            path: path.to_path_buf(),
            reason: reason.into(),
        }
    }

    pub(super) fn unsupported(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unsupported {
            path: path.to_path_buf(),
            reason: reason.into(),
        }
    }
}
