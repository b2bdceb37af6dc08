//! An article's sentences → a draft abstract: select, put into English what could go wrong, generate.

use super::shape::shape;
use super::{BUDGET_WORDS, Glossary, Material, prompt, tell};
use crate::generator::{
    GenerationRequest, Generator, GeneratorError, Message, Sampling, StopReason,
};
use crate::record::{Summary, SummaryStatus};
use crate::text::Sentence;
use serde::Serialize;

/// What the generator is given, and how it is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    /// The lead and the sentences worth telling, with numbers, dates, terms and names in English, with instructions
    /// and an example.
    #[default]
    Leading,
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
    /// Longest abstract in words, as asked of the model.
    pub max_words: usize,
    /// Token budget of an abstract; a text that reaches it is truncated.
    pub max_new_tokens: usize,
}

impl Default for SummarySettings {
    fn default() -> Self {
        Self {
            approach: Approach::default(),
            max_words: 60,
            max_new_tokens: 128,
        }
    }
}

/// An abstract as written, not yet checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The abstract with the sentences that it was written from.
    pub summary: Summary,
    /// True when the token budget cut it inside its first sentence.
    pub truncated: bool,
    /// Tokens read by the model.
    pub prompt_tokens: usize,
    /// Tokens written by the model.
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
}

/// Writes abstracts with a generator.
pub struct Summariser {
    generator: Box<dyn Generator>,
    glossary: Glossary,
    settings: SummarySettings,
}

impl Summariser {
    /// A summariser that gives the generator these terms.
    pub fn new(
        generator: Box<dyn Generator>,
        glossary: Glossary,
        settings: SummarySettings,
    ) -> Self {
        Self {
            generator,
            glossary,
            settings,
        }
    }

    /// Writes the abstract of one article. Its status is `unchecked`.
    ///
    /// # Errors
    /// There is nothing to write from, or the generator fails.
    pub fn write(&mut self, material: Material) -> Result<Draft, SummaryError> {
        if material.sentences.is_empty() {
            return Err(SummaryError::NoSentence);
        }
        let (chosen, messages) = self.ask(&material);
        let request = GenerationRequest {
            messages,
            max_new_tokens: self.settings.max_new_tokens,
            sampling: Sampling::Greedy,
        };
        let mut generations = self.generator.generate(std::slice::from_ref(&request));
        let generation = generations.pop().ok_or(SummaryError::NothingWritten)??;
        let shaped = shape(&generation.text, self.settings.max_words);
        if shaped.text.is_empty() {
            return Err(SummaryError::NothingWritten);
        }
        Ok(Draft {
            summary: Summary {
                text: shaped.text,
                status: SummaryStatus::Unchecked,
                checks: Vec::new(),
                sources: chosen
                    .iter()
                    .map(|place| material.sentences[*place].span)
                    .collect(),
            },
            truncated: generation.stop == StopReason::TokenBudget && !shaped.whole,
            prompt_tokens: generation.prompt_tokens,
            new_tokens: generation.new_tokens,
        })
    }

    /// The sentences that the model is given, in order, and what it is asked.
    fn ask(&self, material: &Material) -> (Vec<usize>, Vec<Message>) {
        let texts = |sentences: &[Sentence]| -> Vec<String> {
            sentences.iter().map(|s| s.text.clone()).collect()
        };
        let max_words = self.settings.max_words;
        match self.settings.approach {
            Approach::Leading => {
                let told = tell(material, &self.glossary, BUDGET_WORDS);
                (told.places, prompt::messages(&told.text, max_words))
            }
            Approach::Lead => {
                let lead = material.sentences.first().map_or("", |s| s.text.as_str());
                let places = (0..material.sentences.len().min(1)).collect();
                (places, prompt::translation(lead))
            }
            Approach::Article => {
                let places = (0..material.sentences.len()).collect();
                let article = texts(material.sentences).join(" ");
                (places, prompt::plain(&article, max_words))
            }
        }
    }
}
