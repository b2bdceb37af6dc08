//! Baselines to compare with: one plain request for an article.

use super::craft::{Approach, SummarySettings};
use super::written::{Draft, SummaryError, Written};
use super::{Material, prompt};
use crate::article::Span;
use crate::generator::GenerationRequest;
use crate::record::{Summary, SummaryStatus};

/// An article that the generator was asked about in one request.
pub(super) struct Plain {
    /// The sentences that it was told.
    sources: Vec<Span>,
}

impl Plain {
    /// The request of a baseline: the first sentence, or the whole article.
    ///
    /// # Errors
    /// There is no sentence.
    pub(super) fn begin(
        material: &Material,
        settings: &SummarySettings,
    ) -> Result<(Self, GenerationRequest), SummaryError> {
        let lead = material.sentences.first();
        let lead = lead.ok_or(SummaryError::NoSentence)?;
        let (told, messages) = match settings.approach {
            Approach::Lead => (1, prompt::translation(&lead.text)),
            Approach::Article | Approach::Selection => {
                let texts: Vec<&str> = material.sentences.iter().map(|s| &*s.text).collect();
                let messages = prompt::plain(&texts.join(" "), settings.max_words);
                (texts.len(), messages)
            }
        };
        let sources = material.sentences[..told].iter();
        let plain = Self {
            sources: sources.map(|sentence| sentence.span).collect(),
        };
        let request = GenerationRequest::greedy(messages, settings.max_new_tokens);
        Ok((plain, request))
    }

    /// What was written, unchecked.
    pub(super) fn draft(self, written: Written) -> Result<Draft, SummaryError> {
        let summary = Summary {
            text: written.text,
            status: SummaryStatus::Unchecked,
            checks: Vec::new(),
            sources: self.sources,
        };
        written.cost.draft(summary, written.truncated)
    }
}
