//! Topics without training: each sentence is set against each topic's prototypes and terms.
//!
//! A topic's evidence in a sentence is its likeness margin (the best cosine to one of the topic's prototypes
//! minus the best cosine to a generic sentence), plus a constant when the sentence has one of its terms. An
//! article has a topic when one sentence is enough for it: the codebook's rule. So the article's evidence is
//! that of its best sentence.

use super::terms::fold;
use super::{Taxonomy, TermMatcher};
use crate::encoder::{Encoder, EncoderError};
use crate::record::Decision;
use ndarray::{Array2, ArrayView1, s};
use std::sync::Arc;

/// The constants that turn evidence into probabilities.
///
/// Chosen by eye on corpus/sample: the scores rank topics, they are not calibrated frequencies.
pub mod calibration {
    /// Steepness of the logistic curve over the likeness margin (cosine units).
    pub const SLOPE: f32 = 60.0;
    /// Margin at which a sentence without terms has probability one half.
    pub const MIDPOINT: f32 = 0.045;
    /// What a term adds to the margin.
    pub const TERM: f32 = 0.065;
    /// From this probability on a topic is assigned.
    pub const ASSIGNED: f64 = 0.5;
    /// From this probability on, and below [`ASSIGNED`], a topic is unsure.
    pub const UNSURE: f64 = 0.35;
    /// At most so many sentences are given as evidence for a topic.
    pub const MAX_EVIDENCE: usize = 3;
}

/// One topic of an article, as tagged.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicScore {
    /// Topic id of the taxonomy.
    pub id: String,
    /// In 0..=1, rounded to 4 decimals.
    pub probability: f64,
    /// What follows from it.
    pub decision: Decision,
    /// Indices of the sentences that carried it, strongest first; empty when rejected.
    pub evidence: Vec<usize>,
}

/// Tags articles by their sentences' likeness to the taxonomy.
pub struct ZeroShotTagger {
    encoder: Arc<dyn Encoder>,
    topics: Vec<Topic>,
    generic: Array2<f32>, // (prototypes, dimension)
}

struct Topic {
    id: String,
    prototypes: Array2<f32>, // (prototypes, dimension)
    terms: TermMatcher,
}

impl ZeroShotTagger {
    /// Encodes the taxonomy's prototypes once.
    ///
    /// # Errors
    /// The encoder fails.
    pub fn new(taxonomy: &Taxonomy, encoder: Arc<dyn Encoder>) -> Result<Self, EncoderError> {
        let encode = |texts: &[String]| {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            encoder.encode(&texts)
        };
        let generic = encode(&taxonomy.generic.descriptions)?;
        let topics = taxonomy
            .topics
            .iter()
            .map(|entry| {
                Ok(Topic {
                    id: entry.id.clone(),
                    prototypes: encode(&entry.descriptions)?,
                    terms: TermMatcher::new(&entry.terms, &entry.not_terms),
                })
            })
            .collect::<Result<_, EncoderError>>()?;
        Ok(Self {
            encoder,
            topics,
            generic,
        })
    }

    /// Scores every topic of the taxonomy on an article's sentences, most probable first.
    ///
    /// Ties keep the order of the taxonomy. Without sentences every topic has probability 0.
    ///
    /// # Errors
    /// The encoder fails.
    pub fn tag(&self, sentences: &[&str]) -> Result<Vec<TopicScore>, EncoderError> {
        let vectors = self.encoder.encode(sentences)?; // (sentences, dimension)
        let generic: Vec<f32> = vectors
            .rows()
            .into_iter()
            .map(|vector| best_cosine(&self.generic, vector))
            .collect();
        let folded: Vec<String> = sentences.iter().map(|text| fold(text)).collect();
        let mut scores: Vec<TopicScore> = self
            .topics
            .iter()
            .map(|topic| {
                let evidence: Vec<f32> = folded
                    .iter()
                    .enumerate()
                    .map(|(at, sentence)| {
                        let margin =
                            best_cosine(&topic.prototypes, vectors.slice(s![at, ..])) - generic[at];
                        match topic.terms.finds_folded(sentence) {
                            true => margin + calibration::TERM,
                            false => margin,
                        }
                    })
                    .collect();
                score(&topic.id, &evidence)
            })
            .collect();
        scores.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        Ok(scores)
    }
}

/// Best cosine of a unit vector to the rows of a matrix of unit vectors.
fn best_cosine(rows: &Array2<f32>, vector: ArrayView1<f32>) -> f32 {
    rows.dot(&vector)
        .fold(-1.0, |best, cosine| best.max(*cosine))
}

/// Probability, decision and evidence of a topic from the evidence of each sentence.
fn score(id: &str, evidence: &[f32]) -> TopicScore {
    let mut order: Vec<usize> = (0..evidence.len()).collect();
    order.sort_by(|a, b| evidence[*b].total_cmp(&evidence[*a]));
    let best = order
        .first()
        .map_or(0.0, |best| probability(evidence[*best]));
    let decision = match best {
        p if p >= calibration::ASSIGNED => Decision::Assigned,
        p if p >= calibration::UNSURE => Decision::Unsure,
        _ => Decision::Rejected,
    };
    order.retain(|at| probability(evidence[*at]) >= calibration::UNSURE);
    order.truncate(calibration::MAX_EVIDENCE);
    TopicScore {
        id: id.to_owned(),
        probability: best,
        decision,
        evidence: order,
    }
}

/// Logistic curve over the margin, rounded to 4 decimals.
fn probability(evidence: f32) -> f64 {
    let logit = calibration::SLOPE * (evidence - calibration::MIDPOINT);
    let probability = 1.0 / (1.0 + (-f64::from(logit)).exp());
    (probability * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One axis a word: texts that share words point the same way.
    struct BagOfWords(Vec<&'static str>);

    impl Encoder for BagOfWords {
        fn dimension(&self) -> usize {
            self.0.len() + 1
        }

        fn fingerprint(&self) -> &str {
            "bag-of-words"
        }

        fn encode(&self, texts: &[&str]) -> Result<Array2<f32>, EncoderError> {
            let mut vectors = Array2::zeros((texts.len(), self.dimension()));
            for (mut row, text) in vectors.rows_mut().into_iter().zip(texts) {
                for (at, word) in self.0.iter().enumerate() {
                    row[at] = if text.to_lowercase().contains(word) {
                        1.0
                    } else {
                        0.0
                    };
                }
                if row.iter().all(|value| *value == 0.0) {
                    row[self.0.len()] = 1.0;
                }
                let norm: f32 = row.dot(&row);
                row /= norm.sqrt();
            }
            Ok(vectors)
        }
    }

    fn tagger() -> ZeroShotTagger {
        let encoder = BagOfWords(vec!["militaire", "commerc", "vaccin", "coopération"]);
        ZeroShotTagger::new(&Taxonomy::built_in(), Arc::new(encoder)).unwrap()
    }

    #[test]
    fn one_sentence_is_enough_and_is_the_evidence() {
        let sentences = [
            "Le temps est beau.",
            "La campagne de vaccination contre la grippe a débuté.",
        ];
        let scores = tagger().tag(&sentences).unwrap();
        assert_eq!(scores.len(), 12);
        assert_eq!(scores[0].id, "health");
        assert_eq!(scores[0].decision, Decision::Assigned);
        assert_eq!(scores[0].evidence, [1]);
        let defence = scores.iter().find(|score| score.id == "defence").unwrap();
        assert_eq!(defence.decision, Decision::Rejected);
        assert!(defence.evidence.is_empty());
    }

    #[test]
    fn no_sentences_no_topics() {
        let scores = tagger().tag(&[]).unwrap();
        assert!(
            scores
                .iter()
                .all(|score| score.probability == 0.0 && score.evidence.is_empty())
        );
    }

    #[test]
    fn probabilities_rise_with_evidence_and_are_rounded() {
        let steps: Vec<f64> = (-10..=20)
            .map(|step| probability(step as f32 / 100.0))
            .collect();
        assert!(steps.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(
            steps
                .iter()
                .all(|p| (0.0..=1.0).contains(p) && (p * 1e4).round() / 1e4 == *p)
        );
    }
}
