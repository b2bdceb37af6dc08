//! One passage → one English sentence: written, checked against the passage, mended or written again.

use super::Material;
use super::figures::Figures;
use super::prompt;
use super::repair::repair;
use super::source::Passage;
use super::summariser::{Cost, Summariser, SummaryError};
use super::verify::{CONFIDENCE, Finding, Verifier};
use crate::generator::{GenerationRequest, Sampling};
use std::sync::Arc;

/// A model that gives its words a mean logarithm of the probability below this is often wrong; see models/README.md.
const SURE: f32 = -0.5;

/// A sentence of an abstract.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    /// Place of the sentence that it tells.
    pub(super) place: usize,
    pub(super) text: String,
    pub(super) findings: Vec<Finding>,
    /// True when the token budget or the constraint cut it.
    pub(super) truncated: bool,
}

impl Summariser {
    /// The passage in English; `None` if nothing was written.
    ///
    /// One attempt if it passes the checks or the model is not sure of it, else all of them, and the best.
    pub(super) fn render(
        &mut self,
        material: &Material,
        passage: &Passage,
        max_words: usize,
        cost: &mut Cost,
    ) -> Result<Option<Rendered>, SummaryError> {
        let heard = passage.heard(material);
        let heard = material.with(&heard);
        let verifier = Verifier::new(&heard, &self.glossary);
        let check = |text: &str| verifier.check(text, max_words);
        let messages = prompt::messages(&passage.text);
        let mut request = GenerationRequest {
            adapted: self.settings.adapted,
            constraint: Some(Arc::new(Figures::of(&heard, &passage.text))),
            ..GenerationRequest::greedy(messages, self.settings.max_new_tokens)
        };
        let mut attempts: Vec<Rendered> = Vec::new();
        for sampling in plan().take(self.settings.attempts.max(1)) {
            request.sampling = sampling;
            let written = self.generate(&request, cost)?;
            if written.text.is_empty() {
                continue;
            }
            let (text, mut findings) = repair(&written.text, &passage.text, check);
            let sure = written.log_probability >= SURE;
            findings.extend((!sure).then(|| unsure(&text, written.log_probability)));
            let rendered = Rendered {
                place: passage.place,
                text,
                findings,
                truncated: written.truncated,
            };
            tracing::debug!(?rendered, "{}", passage.text);
            let passed = rendered.findings.is_empty();
            attempts.push(rendered);
            // What the model does not understand it does not understand the second time.
            if (passed || !sure) && attempts.len() == 1 {
                break;
            }
        }
        self.best(attempts, &passage.text)
    }

    /// The attempt with the fewest findings; of equals the one most like the passage.
    fn best(
        &self,
        attempts: Vec<Rendered>,
        passage: &str,
    ) -> Result<Option<Rendered>, SummaryError> {
        let fewest = attempts.iter().map(|attempt| attempt.findings.len()).min();
        let mut left: Vec<Rendered> = attempts
            .into_iter()
            .filter(|attempt| Some(attempt.findings.len()) == fewest)
            .collect();
        if left.len() > 1 {
            let texts = left.iter().map(|attempt| attempt.text.as_str());
            let texts: Vec<&str> = std::iter::once(passage).chain(texts).collect();
            let vectors = self.encoder.encode(&texts)?;
            let likeness = |place: &usize| vectors.row(0).dot(&vectors.row(place + 1));
            // The first of equals: `max_by` would take the last.
            let places = (0..left.len()).rev();
            let best = places.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            left.swap(0, best.unwrap_or(0));
        }
        Ok(left.into_iter().next())
    }
}

/// What is found of a sentence that the model is not sure of.
fn unsure(text: &str, log_probability: f32) -> Finding {
    let (mean, least) = (log_probability.exp(), SURE.exp());
    Finding {
        check: CONFIDENCE,
        span: 0..text.len(),
        reason: format!(
            "the model gives its words a probability of {mean:.2} on the mean, less than {least:.2}"
        ),
    }
}

/// How attempts are made, the first of them first: by the best words, then drawn.
fn plan() -> impl Iterator<Item = Sampling> {
    let drawn = (1..).map(|seed| Sampling::Nucleus {
        temperature: 0.6,
        top_p: 0.9,
        seed,
    });
    std::iter::once(Sampling::Greedy).chain(drawn)
}
