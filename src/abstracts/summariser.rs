//! The generator put to work on an article: how abstracts are asked for, what comes of it, and the baselines.

use super::salience::Salience;
use super::shape::shape;
use super::{Glossary, Material, prompt};
use crate::encoder::{Encoder, EncoderError};
use crate::generator::{GenerationRequest, Generator, GeneratorError, Message, StopReason};
use crate::record::{Summary, SummaryStatus};
use serde::Serialize;
use std::sync::Arc;

/// What the generator is given, and how it is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    /// The sentences worth telling, one by one, with numbers, dates, terms and names in English, with instructions and
    /// an example; figures that the sentence has not cannot be written; sentences and abstract are checked.
    #[default]
    Selection,
    /// The first sentence, to be translated: a baseline to compare with.
    Lead,
    /// The whole article with a plain request: a baseline to compare with.
    Article,
}

/// How abstracts are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummarySettings {
    /// What the generator is given, and how it is asked.
    pub approach: Approach,
    /// Longest abstract in words.
    pub max_words: usize,
    /// Token budget of a text that is generated; one that reaches it is truncated.
    pub max_new_tokens: usize,
    /// Texts that are written at most for a sentence, at least 1: one if the first passes the checks, else so many.
    pub attempts: usize,
    /// With the generator's adapter, if there is one for it.
    pub adapted: bool,
}

impl Default for SummarySettings {
    fn default() -> Self {
        Self {
            approach: Approach::default(),
            max_words: 60,
            max_new_tokens: 136,
            attempts: 4,
            adapted: true,
        }
    }
}

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

/// Writes abstracts with a generator.
pub struct Summariser {
    generator: Box<dyn Generator>,
    pub(super) encoder: Arc<dyn Encoder>,
    pub(super) glossary: Glossary,
    pub(super) salience: Salience,
    pub(super) settings: SummarySettings,
}

impl Summariser {
    /// A summariser that gives the generator these terms; the encoder says which of several attempts is most like the
    /// article.
    pub fn new(
        generator: Box<dyn Generator>,
        encoder: Arc<dyn Encoder>,
        glossary: Glossary,
        settings: SummarySettings,
    ) -> Self {
        Self {
            generator,
            encoder,
            glossary,
            salience: Salience::built_in(),
            settings,
        }
    }

    /// Writes the abstracts of several articles at the same time, one answer for each: `verified` if all checks pass, else
    /// `needs_review`; a baseline's is `unchecked`. An abstract does not depend on the other articles.
    ///
    /// # Errors
    /// For each article by itself: there is nothing to write from, or a model fails.
    pub fn write(&mut self, materials: &[Material]) -> Vec<Result<Draft, SummaryError>> {
        match self.settings.approach {
            Approach::Selection => self.compose(materials),
            Approach::Lead => self.write_plain(materials, |material| {
                (1, prompt::translation(&material.sentences[0].text))
            }),
            Approach::Article => {
                let max_words = self.settings.max_words;
                self.write_plain(materials, |material| {
                    let texts: Vec<&str> = material.sentences.iter().map(|s| &*s.text).collect();
                    (texts.len(), prompt::plain(&texts.join(" "), max_words))
                })
            }
        }
    }

    /// Makes the generator fit for the next article after [`Summariser::write`] panicked.
    pub fn reset(&mut self) {
        self.generator.reset();
    }

    /// What the generator answers; `ask` says how many sentences it is told, and how it is asked.
    fn write_plain(
        &mut self,
        materials: &[Material],
        ask: impl Fn(&Material) -> (usize, Vec<Message>),
    ) -> Vec<Result<Draft, SummaryError>> {
        let full = materials.iter().filter(|m| !m.sentences.is_empty());
        let (told, requests): (Vec<usize>, Vec<GenerationRequest>) = full
            .map(|material| {
                let (told, messages) = ask(material);
                let budget = self.settings.max_new_tokens;
                (told, GenerationRequest::greedy(messages, budget))
            })
            .unzip();
        let mut written = told.into_iter().zip(self.generate(&requests));
        let drafts = materials.iter().map(|material| {
            if material.sentences.is_empty() {
                return Err(SummaryError::NoSentence);
            }
            let (told, written) = written.next().ok_or(SummaryError::NothingWritten)?;
            let written = written?;
            let sources = material.sentences[..told].iter();
            let summary = Summary {
                text: written.text,
                status: SummaryStatus::Unchecked,
                checks: Vec::new(),
                sources: sources.map(|sentence| sentence.span).collect(),
            };
            written.cost.draft(summary, written.truncated)
        });
        drafts.collect()
    }

    /// Texts in form, one for each request.
    pub(super) fn generate(
        &mut self,
        requests: &[GenerationRequest],
    ) -> Vec<Result<Written, SummaryError>> {
        let generations = self.generator.generate(requests).into_iter();
        let written = generations.map(|generation| {
            let generation = generation?;
            let shaped = shape(&generation.text, self.settings.max_words);
            Ok(Written {
                text: shaped.text,
                log_probability: generation.log_probability,
                truncated: generation.stop != StopReason::StopToken && !shaped.whole,
                cost: Cost {
                    prompt_tokens: generation.prompt_tokens,
                    new_tokens: generation.new_tokens,
                },
            })
        });
        written.collect()
    }
}

/// Tokens read and written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    prompt_tokens: usize,
    new_tokens: usize,
}

/// What the generator wrote.
pub(super) struct Written {
    pub(super) text: String,
    /// Mean natural logarithm of the probability of a token.
    pub(super) log_probability: f32,
    /// True when it was cut inside its first sentence.
    pub(super) truncated: bool,
    pub(super) cost: Cost,
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

#[cfg(test)]
#[path = "summariser_tests.rs"]
mod tests;
