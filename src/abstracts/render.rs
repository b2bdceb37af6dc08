//! Passages → an English sentence of each: written, checked against the passage, mended or written again.

use super::Material;
use super::figures::Figures;
use super::prompt;
use super::repair::repair;
use super::source::Passage;
use super::summariser::{Cost, Summariser, SummaryError, Written};
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

/// A passage on its way into English.
struct Job<'a> {
    passage: &'a Passage,
    verifier: Verifier,
    /// Asks for it by the best words.
    request: GenerationRequest,
    attempts: Vec<Rendered>,
    /// Whether more attempts are worth it: what the model does not understand it does not understand the second time.
    again: bool,
}

impl Summariser {
    /// The passages in English, in their order, all written at the same time; `None` where nothing was written.
    ///
    /// One attempt if it passes the checks or the model is not sure of it, else all of them, and the best.
    pub(super) fn render(
        &mut self,
        material: &Material,
        passages: &[Passage],
        max_words: usize,
        cost: &mut Cost,
    ) -> Result<Vec<Option<Rendered>>, SummaryError> {
        let jobs = passages.iter().map(|passage| self.job(material, passage));
        let mut jobs: Vec<Job> = jobs.collect();
        let requests: Vec<GenerationRequest> = jobs.iter().map(|job| job.request.clone()).collect();
        for (job, written) in jobs.iter_mut().zip(self.generate(&requests, cost)?) {
            job.take(written, max_words);
        }
        let drawn: Vec<Sampling> = draws(self.settings.attempts.saturating_sub(1)).collect();
        let again = jobs.iter().filter(|job| job.again);
        let requests: Vec<GenerationRequest> = again
            .flat_map(|job| drawn.iter().map(|&sampling| job.drawn(sampling)))
            .collect();
        let mut written = self.generate(&requests, cost)?.into_iter();
        for job in jobs.iter_mut().filter(|job| job.again) {
            for written in written.by_ref().take(drawn.len()) {
                job.take(written, max_words);
            }
        }
        jobs.into_iter()
            .map(|job| self.best(job.attempts, &job.passage.text))
            .collect()
    }

    fn job<'a>(&self, material: &Material, passage: &'a Passage) -> Job<'a> {
        let heard = passage.heard(material);
        let heard = material.with(&heard);
        let messages = prompt::messages(&passage.text);
        Job {
            passage,
            verifier: Verifier::new(&heard, &self.glossary),
            request: GenerationRequest {
                adapted: self.settings.adapted,
                constraint: Some(Arc::new(Figures::of(&heard, &passage.text))),
                ..GenerationRequest::greedy(messages, self.settings.max_new_tokens)
            },
            attempts: Vec::new(),
            again: false,
        }
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

impl Job<'_> {
    fn drawn(&self, sampling: Sampling) -> GenerationRequest {
        GenerationRequest {
            sampling,
            ..self.request.clone()
        }
    }

    /// Mends and checks what was written.
    fn take(&mut self, written: Written, max_words: usize) {
        if written.text.is_empty() {
            self.again = true;
            return;
        }
        let check = |text: &str| self.verifier.check(text, max_words);
        let (text, mut findings) = repair(&written.text, &self.passage.text, check);
        let sure = written.log_probability >= SURE;
        self.again = sure && !findings.is_empty();
        findings.extend((!sure).then(|| unsure(&text, written.log_probability)));
        let rendered = Rendered {
            place: self.passage.place,
            text,
            findings,
            truncated: written.truncated,
        };
        tracing::debug!(?rendered, written.log_probability, "{}", self.passage.text);
        self.attempts.push(rendered);
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

/// How attempts after the first are made.
fn draws(count: usize) -> impl Iterator<Item = Sampling> {
    (1..=count as u64).map(|seed| Sampling::Nucleus {
        temperature: 0.6,
        top_p: 0.9,
        seed,
    })
}
