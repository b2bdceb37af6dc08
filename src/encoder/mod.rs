//! Text → vectors. Owns the trait [`Encoder`] and its Candle implementation [`CandleEncoder`].
//!
//! Does not own where model files come from (the registry hands over paths and a
//! fingerprint) nor what vectors are used for (topics, sentence selection).
//!
//! One road for every model: text → `tokens` → `windows` → `bert` → `pooling` → unit vector.
//! Weights come from a 4-bit `pack` or from a safetensors `checkpoint`; a low-rank adapter may be added to them.
//!
//! With the default model, multilingual-e5-small, cosines lie close together (0.75 to 0.97 between the
//! 20 texts of tests/fixtures/encoder, median 0.83): compare them with each other, not with zero.

mod activation;
mod adapted;
mod attention;
mod bert;
mod candle_encoder;
mod checkpoint;
mod config;
mod cursor;
mod linear;
mod norm;
mod pack;
mod pooling;
mod tokens;
mod windows;

#[cfg(test)]
mod tiny;

use std::error::Error;
use std::path::{Path, PathBuf};

use ndarray::Array2;

pub use candle_encoder::{CandleEncoder, EncoderFiles, EncoderSettings};
pub use pooling::Pooling;

/// Turns texts into unit vectors whose dot product is their similarity.
pub trait Encoder: Send + Sync {
    /// Length of each vector.
    fn dimension(&self) -> usize;

    /// Model name and weight hash, for provenance: `id@sha256:…` (first 12 hex digits).
    fn fingerprint(&self) -> &str;

    /// Encodes each text whole (long texts in windows); row i belongs to `texts[i]`.
    ///
    /// Shape `(texts, dimension)`, each row of L2 norm 1. A row does not depend on the other texts.
    fn encode(&self, texts: &[&str]) -> Result<Array2<f32>, EncoderError>;
}

/// Why encoding could not be done.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// A model file could not be opened or read.
    #[error("{}: cannot read the encoder file; check the path or run `depeche models fetch`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },

    /// The 4-bit pack is truncated or not what its directory says.
    #[error("{}: not a usable encoder pack: {reason}; run `depeche models verify`", path.display())]
    Pack {
        /// The pack.
        path: PathBuf,
        /// What was found at which place.
        reason: String,
    },

    /// `config.json` is not JSON or lacks a field.
    #[error("{}: cannot be read as a model configuration", path.display())]
    ConfigSyntax {
        /// The configuration file.
        path: PathBuf,
        /// The JSON error with its line.
        #[source]
        source: serde_json::Error,
    },

    /// The model asks for something that this encoder does not compute.
    #[error("{}: {reason}", path.display())]
    Unsupported {
        /// The configuration, pack or tokenizer that asks for it.
        path: PathBuf,
        /// What is asked for and what is supported.
        reason: String,
    },

    /// A tensor is missing, has another shape, or the safetensors header is broken.
    #[error("{}: cannot load tensor `{tensor}`; run `depeche models verify`", path.display())]
    Tensor {
        /// The weight file.
        path: PathBuf,
        /// Name of the tensor in that file.
        tensor: String,
        /// What Candle said.
        #[source]
        source: Box<candle_core::Error>,
    },

    /// The adapter does not fit the model.
    #[error("the encoder cannot be adapted")]
    Adapter(#[from] crate::lora::LoraError),

    /// `tokenizer.json` cannot be used.
    #[error("{}: cannot load the tokenizer; run `depeche models verify`", path.display())]
    Tokenizer {
        /// The tokenizer file.
        path: PathBuf,
        /// What the tokenizer library said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },

    /// The tokenizer failed on a text.
    #[error("text {index}: cannot be cut into tokens")]
    Tokenize {
        /// Position of the text in the call.
        index: usize,
        /// What the tokenizer library said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },

    /// A tensor operation failed.
    #[error("the encoder's forward pass failed")]
    Forward(#[source] Box<candle_core::Error>),

    /// The weights gave a vector without a direction (zero, infinite or not a number).
    #[error(
        "text {index}: the encoder gave a vector without direction; run `depeche models verify`"
    )]
    NoDirection {
        /// Position of the text in the call.
        index: usize,
    },
}

impl EncoderError {
    /// A failed tensor operation; boxed, since Candle's error is large and results are passed around a lot.
    fn forward(source: candle_core::Error) -> Self {
        Self::Forward(Box::new(source))
    }

    /// A tensor of the file at `path` that could not be loaded.
    fn tensor(path: &Path, tensor: impl Into<String>, source: candle_core::Error) -> Self {
        Self::Tensor {
            path: path.to_owned(),
            tensor: tensor.into(),
            source: Box::new(source),
        }
    }
}
