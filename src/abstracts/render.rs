//! A passage → an English sentence: written, checked against the passage, mended or written again.

use super::Material;
use super::craft::{Craft, SummarySettings};
use super::figures::Figures;
use super::prompt;
use super::repair::repair;
use super::select::words;
use super::source::Passage;
use super::verify::{CONFIDENCE, Finding, Verifier};
use super::written::{Cost, SummaryError, Written};
use crate::encoder::Encoder;
use crate::generator::{GenerationRequest, Sampling};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A sentence that is more likely wrong than right is not told.
const LEAST_RIGHT: f32 = 0.5;
/// Weights of [`probability_right`]: constant, mean logarithm of the probability of a token, words of the French
/// sentence. A logistic regression on 70 sentences of articles that the adapter was not learnt from, judged by strict
/// readers; see models/README.md.
const RIGHT: [f32; 3] = [4.09, 5.74, -0.059];

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

/// A passage on its way into English: one attempt if it passes the checks or the model is not sure of it, else all of
/// them, and the best.
pub(super) struct Job {
    passage: Passage,
    /// Words of the sentence itself.
    french_words: usize,
    verifier: Verifier,
    /// Asks for it by the best words.
    request: GenerationRequest,
    /// By their place among the requests.
    attempts: BTreeMap<usize, Rendered>,
    asked: usize,
    answered: usize,
    pub(super) cost: Cost,
}

impl Job {
    pub(super) fn new(material: &Material, passage: Passage, craft: &Craft) -> Self {
        let heard = passage.heard(material);
        let heard = material.with(&heard);
        let messages = prompt::messages(&passage.text);
        Self {
            french_words: words(&material.sentences[passage.place].text),
            verifier: Verifier::new(&heard, &craft.glossary),
            request: GenerationRequest {
                common: passage.common,
                adapted: craft.settings.adapted,
                constraint: Some(Arc::new(Figures::of(&heard, &passage.text))),
                ..GenerationRequest::greedy(messages, craft.settings.max_new_tokens)
            },
            passage,
            attempts: BTreeMap::new(),
            asked: 0,
            answered: 0,
            cost: Cost::default(),
        }
    }

    /// The first request.
    pub(super) fn first(&mut self) -> GenerationRequest {
        self.asked = 1;
        self.request.clone()
    }

    /// Whether all that was asked for is there.
    pub(super) fn is_done(&self) -> bool {
        self.answered == self.asked
    }

    /// Mends and checks what was written for the request in place `attempt`; returns what is to be asked for now.
    ///
    /// # Errors
    /// The generator's.
    pub(super) fn take(
        &mut self,
        attempt: usize,
        written: Result<Written, SummaryError>,
        settings: &SummarySettings,
    ) -> Result<Vec<GenerationRequest>, SummaryError> {
        self.answered += 1;
        let written = written?;
        self.cost.add(written.cost);
        // What the model does not understand it does not understand the second time.
        let again = match written.text.is_empty() {
            true => true,
            false => self.check(attempt, written, settings.max_words),
        };
        if attempt > 0 || !again {
            return Ok(Vec::new());
        }
        let drawn = draws(settings.attempts.saturating_sub(1));
        let drawn = drawn.map(|sampling| GenerationRequest {
            sampling,
            ..self.request.clone()
        });
        let drawn: Vec<GenerationRequest> = drawn.collect();
        self.asked += drawn.len();
        Ok(drawn)
    }

    /// Mends and checks a text; returns whether more attempts are worth it.
    fn check(&mut self, attempt: usize, written: Written, max_words: usize) -> bool {
        let check = |text: &str| self.verifier.check(text, max_words);
        let (text, mut findings) = repair(&written.text, &self.passage.text, check);
        let right = probability_right(written.log_probability, self.french_words);
        let sure = right >= LEAST_RIGHT;
        let again = sure && !findings.is_empty();
        findings.extend((!sure).then(|| unsure(&text, right)));
        let rendered = Rendered {
            place: self.passage.place,
            text,
            findings,
            truncated: written.truncated,
        };
        tracing::debug!(?rendered, "{}", self.passage.text);
        self.attempts.insert(attempt, rendered);
        again
    }

    /// The attempt with the fewest findings; of equals the one most like the passage. `None` if nothing was written.
    pub(super) fn best(&mut self, encoder: &dyn Encoder) -> Result<Option<Rendered>, SummaryError> {
        let attempts = std::mem::take(&mut self.attempts).into_values();
        let attempts: Vec<Rendered> = attempts.collect();
        let fewest = attempts.iter().map(|attempt| attempt.findings.len()).min();
        let mut left: Vec<Rendered> = attempts
            .into_iter()
            .filter(|attempt| Some(attempt.findings.len()) == fewest)
            .collect();
        if left.len() > 1 {
            let texts = left.iter().map(|attempt| attempt.text.as_str());
            let texts: Vec<&str> = std::iter::once(&*self.passage.text).chain(texts).collect();
            let vectors = encoder.encode(&texts)?;
            let likeness = |place: &usize| vectors.row(0).dot(&vectors.row(place + 1));
            // The first of equals: `max_by` would take the last.
            let places = (0..left.len()).rev();
            let best = places.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            left.swap(0, best.unwrap_or(0));
        }
        Ok(left.into_iter().next())
    }
}

/// Probability that a sentence says nothing wrong: the surer the model is of its words and the shorter the French, the
/// more.
fn probability_right(log_probability: f32, french_words: usize) -> f32 {
    let [constant, sureness, length] = RIGHT;
    let logit = constant + sureness * log_probability + length * french_words as f32;
    1.0 / (1.0 + (-logit).exp())
}

/// What is found of a sentence that is not likely right.
fn unsure(text: &str, right: f32) -> Finding {
    Finding {
        check: CONFIDENCE,
        span: 0..text.len(),
        reason: format!(
            "the sentence is right with a probability of {right:.2}, less than {LEAST_RIGHT:.2}"
        ),
    }
}

/// How attempts after the first are made.
fn draws(count: usize) -> impl Iterator<Item = Sampling> {
    (1..=count as u64).map(|seed| Sampling::Nucleus {
        temperature: 0.6,
        top_p: 0.9,
        seed,
    })
}
