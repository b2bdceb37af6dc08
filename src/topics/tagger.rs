//! An article's sentences → its topics, by a trained head.
//!
//! Owns [`Tagger`]: which topics there are, and which of them the head was trained on. A topic that it was not is scored
//! from its entry in the taxonomy alone.

use super::head::{Article, Cue, Head, Untrained};
use super::{CueFinder, Encoded, Taxonomy, encode};
use crate::encoder::{Encoder, EncoderError};
use crate::record::Decision;
use ndarray::Array2;
use std::sync::Arc;

/// One topic of an article, as tagged.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicScore {
    /// Topic id.
    pub id: String,
    /// In 0..=1, rounded to 4 decimals.
    pub probability: f64,
    /// What follows from it.
    pub decision: Decision,
    /// Indices of the sentences that carried it, strongest first; empty when rejected.
    pub evidence: Vec<usize>,
}

/// Whether the head's training of a topic is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Training {
    /// Where the head knows the topic.
    Used,
    /// Every topic is scored as if the head had never seen it: to compare with.
    Ignored,
}

/// Tags articles.
pub struct Tagger {
    encoder: Arc<dyn Encoder>,
    head: Head,
    /// In the order of the head's names, then of `untrained`.
    cues: CueFinder,
    topics: Vec<Topic>,
}

/// One topic and who scores it.
struct Topic {
    id: String,
    scorer: Scorer,
}

enum Scorer {
    /// The head's topic of this index.
    Trained(usize),
    /// The column of cues behind the head's of this index.
    Untrained(usize, Box<Untrained>),
}

impl Tagger {
    /// A tagger for these topics, in this order: those that the head knows by its training, the others by their entries
    /// in the taxonomy.
    ///
    /// # Errors
    /// The encoder fails on a prototype.
    pub fn new(
        topics: &[String],
        taxonomy: &Taxonomy,
        head: Head,
        training: Training,
        encoder: Arc<dyn Encoder>,
    ) -> Result<Self, EncoderError> {
        let names = head.names().to_vec();
        let mut columns = names.clone();
        let mut found = Vec::new();
        for id in topics {
            let known = names.iter().position(|name| name == id);
            let scorer = match known.filter(|_| training == Training::Used) {
                Some(at) => Scorer::Trained(at),
                None => {
                    let prototypes = prototypes(taxonomy, id, &*encoder)?;
                    columns.push(id.clone());
                    let untrained = Box::new(head.untrained(id, &prototypes));
                    Scorer::Untrained(columns.len() - 1, untrained)
                }
            };
            found.push(Topic {
                id: id.clone(),
                scorer,
            });
        }
        Ok(Self {
            cues: CueFinder::new(taxonomy, columns.iter().map(String::as_str)),
            encoder,
            head,
            topics: found,
        })
    }

    /// The ids of all topics.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.iter().map(|topic| topic.id.as_str())
    }

    /// Scores every topic on an article, most probable first; ties keep the order of the topics.
    ///
    /// # Errors
    /// The encoder fails.
    pub fn tag(
        &self,
        title: Option<&str>,
        sentences: &[&str],
    ) -> Result<Vec<TopicScore>, EncoderError> {
        let texts: Vec<&str> = title.into_iter().chain(sentences.iter().copied()).collect();
        let cues = self.cues.find(&texts);
        let columns = |range: std::ops::Range<usize>| -> Vec<Vec<Cue>> {
            cues.iter().map(|row| row[range.clone()].to_vec()).collect()
        };
        let Encoded { vectors, clause_of } = encode(&*self.encoder, &texts)?;
        let mut article = Article {
            vectors,
            clause_of,
            has_title: title.is_some(),
            cues: columns(0..self.head.names().len()),
        };
        let trained = self.head.score(&article);
        let mut scores = Vec::with_capacity(self.topics.len());
        for topic in &self.topics {
            let verdict = match &topic.scorer {
                Scorer::Trained(at) => trained[*at].clone(),
                Scorer::Untrained(column, untrained) => {
                    article.cues = columns(*column..column + 1);
                    untrained.score(&article)
                }
            };
            // The headline is no sentence of the text: it counts, and cannot be pointed at.
            let first = usize::from(title.is_some());
            let evidence = verdict
                .evidence
                .iter()
                .filter_map(|at| at.checked_sub(first));
            scores.push(TopicScore {
                id: topic.id.clone(),
                probability: verdict.probability,
                decision: verdict.decision,
                evidence: evidence.collect(),
            });
        }
        scores.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        Ok(scores)
    }
}

/// The vectors of a topic's prototypes, (prototypes, dimension); none for a topic that the taxonomy does not have.
pub fn prototypes(
    taxonomy: &Taxonomy,
    topic: &str,
    encoder: &dyn Encoder,
) -> Result<Array2<f32>, EncoderError> {
    let entry = taxonomy.topics.iter().find(|entry| entry.id == topic);
    let texts = entry
        .map(|entry| entry.descriptions.as_slice())
        .unwrap_or_default();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    match texts.is_empty() {
        true => Ok(Array2::zeros((0, encoder.dimension()))),
        false => encoder.encode(&texts),
    }
}
