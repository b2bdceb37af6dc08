//! What abstracts are written with besides the generator: terms, a sense of what matters, settings.

use super::Glossary;
use super::salience::Salience;
use crate::encoder::Encoder;
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

/// What abstracts are written with besides the generator.
pub(super) struct Craft {
    /// Says which of several attempts is most like the article.
    pub(super) encoder: Arc<dyn Encoder>,
    pub(super) glossary: Glossary,
    pub(super) salience: Salience,
    pub(super) settings: SummarySettings,
}
