//! What the generator answers, and the abstract that comes of it.

use super::shape::shape;
use crate::encoder::EncoderError;
use crate::generator::{Generation, GeneratorError, StopReason};
use crate::record::Summary;

/// An abstract as written, with what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The abstract with its checks and the sentences that it was written from.
    pub summary: Summary,
    /// True when the token budget or the constraint cut it inside its first sentence.
    pub truncated: bool,
    /// Tokens of the prompts, those that were recalled from another prompt included.
    pub prompt_tokens: usize,
    /// Tokens written by the model, all sentences and attempts together.
    pub new_tokens: usize,
}

/// Why there is no abstract.
#[derive(Debug, thiserror::Error)]
pub enum SummaryError {
    /// The article has no sentence of its own.
    #[error("the article has no sentence besides captions, teasers and signatures")]
    NoSentence,
    /// The model answered with nothing.
    #[error("the generator wrote nothing")]
    NothingWritten,
    /// The model failed.
    #[error("the generator failed")]
    Generator(#[from] GeneratorError),
    /// Attempts could not be compared with the article.
    #[error("the encoder failed")]
    Encoder(#[from] EncoderError),
}

/// Tokens read and written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    prompt_tokens: usize,
    new_tokens: usize,
}

impl Cost {
    pub(super) fn add(&mut self, other: Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.new_tokens += other.new_tokens;
    }

    /// What came of it.
    ///
    /// # Errors
    /// Nothing was written.
    pub(super) fn draft(self, summary: Summary, truncated: bool) -> Result<Draft, SummaryError> {
        match summary.text.is_empty() {
            true => Err(SummaryError::NothingWritten),
            false => Ok(Draft {
                summary,
                truncated,
                prompt_tokens: self.prompt_tokens,
                new_tokens: self.new_tokens,
            }),
        }
    }
}

/// A text of the generator in form.
pub(super) struct Written {
    pub(super) text: String,
    /// Mean natural logarithm of the probability of a token.
    pub(super) log_probability: f32,
    /// True when it was cut inside its first sentence.
    pub(super) truncated: bool,
    pub(super) cost: Cost,
}

impl Written {
    /// The sentences of a text that fit into `max_words`.
    pub(super) fn of(generation: &Generation, max_words: usize) -> Self {
        let shaped = shape(&generation.text, max_words);
        Self {
            text: shaped.text,
            log_probability: generation.log_probability,
            truncated: generation.stop != StopReason::StopToken && !shaped.whole,
            cost: Cost {
                prompt_tokens: generation.prompt_tokens,
                new_tokens: generation.new_tokens,
            },
        }
    }
}
