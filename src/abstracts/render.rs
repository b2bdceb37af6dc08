//! Passages → an English sentence of each: written, checked against the passage, mended or written again.

use super::Material;
use super::figures::Figures;
use super::prompt;
use super::repair::repair;
use super::select::words;
use super::source::Passage;
use super::summariser::{Cost, Summariser, SummaryError, Written};
use super::verify::{CONFIDENCE, Finding, Verifier};
use crate::generator::{GenerationRequest, Sampling};
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

/// A passage on its way into English.
struct Job<'a> {
    passage: &'a Passage,
    /// Words of the sentence itself.
    french_words: usize,
    verifier: Verifier,
    /// Asks for it by the best words.
    request: GenerationRequest,
    attempts: Vec<Rendered>,
    /// Whether more attempts are worth it: what the model does not understand it does not understand the second time.
    again: bool,
    cost: Cost,
    failed: Option<SummaryError>,
}

/// What came of an article's passages, in their order, `None` where nothing was written; and what they cost.
pub(super) type Told = Result<(Vec<Option<Rendered>>, Cost), SummaryError>;

impl Summariser {
    /// The passages of several articles in English, all written at the same time; one answer for each article.
    ///
    /// One attempt if it passes the checks or the model is not sure of it, else all of them, and the best.
    pub(super) fn render(&mut self, articles: &[(&Material, &[Passage])]) -> Vec<Told> {
        let jobs = articles.iter().map(|(material, passages)| {
            let jobs = passages.iter().map(|passage| self.job(material, passage));
            jobs.collect()
        });
        let mut jobs: Vec<Vec<Job>> = jobs.collect();
        self.attempt(jobs.iter_mut().flatten().collect(), &[Sampling::Greedy]);
        let drawn: Vec<Sampling> = draws(self.settings.attempts.saturating_sub(1)).collect();
        let again = jobs.iter_mut().flatten().filter(|job| job.again);
        self.attempt(again.collect(), &drawn);
        jobs.into_iter().map(|jobs| self.told(jobs)).collect()
    }

    /// Writes each passage once for each of the ways to choose words.
    fn attempt(&mut self, jobs: Vec<&mut Job>, samplings: &[Sampling]) {
        let requests = jobs.iter().flat_map(|job| {
            let drawn = |&sampling| GenerationRequest {
                sampling,
                ..job.request.clone()
            };
            samplings.iter().map(drawn)
        });
        let requests: Vec<GenerationRequest> = requests.collect();
        let max_words = self.settings.max_words;
        let mut written = self.generate(&requests).into_iter();
        for job in jobs {
            for written in written.by_ref().take(samplings.len()) {
                job.take(written, max_words);
            }
        }
    }

    fn told(&self, jobs: Vec<Job>) -> Told {
        let mut cost = Cost::default();
        let mut told = Vec::with_capacity(jobs.len());
        for job in jobs {
            cost.add(job.cost);
            told.push(match job.failed {
                Some(error) => return Err(error),
                None => self.best(job.attempts, &job.passage.text)?,
            });
        }
        Ok((told, cost))
    }

    fn job<'a>(&self, material: &Material, passage: &'a Passage) -> Job<'a> {
        let heard = passage.heard(material);
        let heard = material.with(&heard);
        let messages = prompt::messages(&passage.text);
        Job {
            passage,
            french_words: words(&material.sentences[passage.place].text),
            verifier: Verifier::new(&heard, &self.glossary),
            request: GenerationRequest {
                common: passage.common,
                adapted: self.settings.adapted,
                constraint: Some(Arc::new(Figures::of(&heard, &passage.text))),
                ..GenerationRequest::greedy(messages, self.settings.max_new_tokens)
            },
            attempts: Vec::new(),
            again: false,
            cost: Cost::default(),
            failed: None,
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
    /// Mends and checks what was written.
    fn take(&mut self, written: Result<Written, SummaryError>, max_words: usize) {
        let written = match written {
            Ok(written) => written,
            Err(error) => {
                self.failed = Some(error);
                return;
            }
        };
        self.cost.add(written.cost);
        if written.text.is_empty() {
            self.again = true;
            return;
        }
        let check = |text: &str| self.verifier.check(text, max_words);
        let (text, mut findings) = repair(&written.text, &self.passage.text, check);
        let right = probability_right(written.log_probability, self.french_words);
        let sure = right >= LEAST_RIGHT;
        self.again = sure && !findings.is_empty();
        findings.extend((!sure).then(|| unsure(&text, right)));
        let rendered = Rendered {
            place: self.passage.place,
            text,
            findings,
            truncated: written.truncated,
        };
        tracing::debug!(?rendered, "{}", self.passage.text);
        self.attempts.push(rendered);
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
