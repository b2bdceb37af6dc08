//! An article's sentences → an abstract: tell the generator, check what it writes, mend it or try again.

use super::figures::Figures;
use super::repair::repair;
use super::shape::shape;
use super::verify::{CHECKS, Finding, Verifier};
use super::{BUDGET_WORDS, Glossary, Material, prompt, tell};
use crate::encoder::{Encoder, EncoderError};
use crate::generator::{
    GenerationRequest, Generator, GeneratorError, Message, Sampling, StopReason,
};
use crate::record::{Check, Summary, SummaryStatus};
use serde::Serialize;
use std::sync::Arc;

/// What the generator is given, and how it is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    /// The sentences worth telling, with numbers, dates, terms and names in English, with instructions and an example;
    /// figures that the article has not cannot be written; the abstract is checked.
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
    /// Token budget of an abstract; a text that reaches it is truncated.
    pub max_new_tokens: usize,
    /// Texts that are written at most, at least 1: one if the first passes the checks, else so many.
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
    /// Tokens read by the model, once for all attempts.
    pub prompt_tokens: usize,
    /// Tokens written by the model, all attempts together.
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
    encoder: Arc<dyn Encoder>,
    glossary: Glossary,
    settings: SummarySettings,
}

/// One text that was written.
struct Attempt {
    text: String,
    findings: Vec<Finding>,
    truncated: bool,
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
            settings,
        }
    }

    /// Writes the abstract of one article: `verified` if all checks pass, else `needs_review`; a baseline's is
    /// `unchecked`.
    ///
    /// # Errors
    /// There is nothing to write from, or a model fails.
    pub fn write(&mut self, material: Material) -> Result<Draft, SummaryError> {
        if material.sentences.is_empty() {
            return Err(SummaryError::NoSentence);
        }
        match self.settings.approach {
            Approach::Selection => self.write_checked(&material),
            Approach::Lead => {
                let lead = prompt::translation(&material.sentences[0].text);
                self.write_plain(&material, 1, lead)
            }
            Approach::Article => {
                let texts: Vec<&str> = material.sentences.iter().map(|s| &*s.text).collect();
                let plain = prompt::plain(&texts.join(" "), self.settings.max_words);
                self.write_plain(&material, texts.len(), plain)
            }
        }
    }

    fn write_plain(
        &mut self,
        material: &Material,
        sentences: usize,
        messages: Vec<Message>,
    ) -> Result<Draft, SummaryError> {
        let request = GenerationRequest::greedy(messages, self.settings.max_new_tokens);
        let mut cost = (0, 0);
        let (text, truncated) = self.generate(&request, &mut cost)?;
        let summary = Summary {
            text,
            status: SummaryStatus::Unchecked,
            checks: Vec::new(),
            sources: material.sentences[..sentences]
                .iter()
                .map(|sentence| sentence.span)
                .collect(),
        };
        draft(summary, truncated, cost)
    }

    fn write_checked(&mut self, material: &Material) -> Result<Draft, SummaryError> {
        let told = tell(material, &self.glossary, BUDGET_WORDS);
        let verifier = Verifier::new(material, &self.glossary);
        let max_words = self.settings.max_words;
        let check = |text: &str| verifier.check(text, max_words);
        let figures = Arc::new(Figures::of(material, &told.text));
        let mut attempts: Vec<Attempt> = Vec::new();
        let mut cost = (0, 0);
        let messages = prompt::messages(&told.text, max_words);
        let mut request = GenerationRequest {
            constraint: Some(figures),
            ..GenerationRequest::greedy(messages, self.settings.max_new_tokens)
        };
        for (sampling, adapted) in plan(self.settings.adapted).take(self.settings.attempts.max(1)) {
            (request.sampling, request.adapted) = (sampling, adapted);
            let (text, truncated) = self.generate(&request, &mut cost)?;
            let (text, findings) = match text.is_empty() {
                true => continue,
                false => repair(&text, &told.text, check),
            };
            let passed = findings.is_empty();
            attempts.push(Attempt {
                text,
                findings,
                truncated,
            });
            if passed && attempts.len() == 1 {
                break;
            }
        }
        let best = self.best(attempts, &told.text)?;
        let summary = Summary {
            text: best.text,
            status: match best.findings.is_empty() {
                true => SummaryStatus::Verified,
                false => SummaryStatus::NeedsReview,
            },
            checks: report(&best.findings),
            sources: told
                .places
                .iter()
                .map(|place| material.sentences[*place].span)
                .collect(),
        };
        draft(summary, best.truncated, cost)
    }

    /// The attempt with the fewest findings; of equals the one most like what was told.
    fn best(&self, attempts: Vec<Attempt>, told: &str) -> Result<Attempt, SummaryError> {
        let fewest = attempts.iter().map(|attempt| attempt.findings.len()).min();
        let mut left: Vec<Attempt> = attempts
            .into_iter()
            .filter(|attempt| Some(attempt.findings.len()) == fewest)
            .collect();
        let place = match left.len() {
            0 => return Err(SummaryError::NothingWritten),
            1 => 0,
            _ => {
                let texts = left.iter().map(|attempt| attempt.text.as_str());
                let texts: Vec<&str> = std::iter::once(told).chain(texts).collect();
                let vectors = self.encoder.encode(&texts)?;
                let likeness = |place: &usize| vectors.row(0).dot(&vectors.row(place + 1));
                // The first of equals: `max_by` would take the last.
                let places = (0..left.len()).rev();
                let best = places.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
                best.unwrap_or(0)
            }
        };
        Ok(left.swap_remove(place))
    }

    /// A text in form, and whether it was cut inside its first sentence.
    fn generate(
        &mut self,
        request: &GenerationRequest,
        (prompt_tokens, new_tokens): &mut (usize, usize),
    ) -> Result<(String, bool), SummaryError> {
        let mut generations = self.generator.generate(std::slice::from_ref(request));
        let generation = generations.pop().ok_or(SummaryError::NothingWritten)??;
        *prompt_tokens = generation.prompt_tokens;
        *new_tokens += generation.new_tokens;
        let shaped = shape(&generation.text, self.settings.max_words);
        let cut = generation.stop != StopReason::StopToken && !shaped.whole;
        Ok((shaped.text, cut))
    }
}

/// How attempts are made, the first of them first: by the adapter's best words, by the base's, then drawn.
fn plan(adapted: bool) -> impl Iterator<Item = (Sampling, bool)> {
    let greedy = [adapted, false].map(|adapted| (Sampling::Greedy, adapted));
    let drawn = (1..).map(move |seed| {
        let sampling = Sampling::Nucleus {
            temperature: 0.6,
            top_p: 0.9,
            seed,
        };
        (sampling, adapted)
    });
    greedy
        .into_iter()
        .take(1 + usize::from(adapted))
        .chain(drawn)
}

fn draft(
    summary: Summary,
    truncated: bool,
    (prompt_tokens, new_tokens): (usize, usize),
) -> Result<Draft, SummaryError> {
    match summary.text.is_empty() {
        true => Err(SummaryError::NothingWritten),
        false => Ok(Draft {
            summary,
            truncated,
            prompt_tokens,
            new_tokens,
        }),
    }
}

/// What each check found.
fn report(findings: &[Finding]) -> Vec<Check> {
    CHECKS
        .iter()
        .map(|name| {
            let reasons = findings.iter().filter(|finding| finding.check == *name);
            let reasons: Vec<&str> = reasons.map(|finding| finding.reason.as_str()).collect();
            Check {
                name: (*name).to_owned(),
                passed: reasons.is_empty(),
                reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "summariser_tests.rs"]
mod tests;
