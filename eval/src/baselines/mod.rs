//! Systems without a model: what any model must beat.

mod keywords;
mod majority;
mod words;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::read::gold::Gold;
use crate::read::prediction::{Decision, PredictedTopic, Prediction};

/// A system without a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// Gives every article the topics that more than half of the articles to learn from have, and each topic its share
    /// as probability.
    Majority,
    /// Gives an article the topics of which it contains a term. The file has a `terms` list in each `[[topic]]`, as
    /// `models/taxonomy.toml` has.
    Keywords {
        /// The file.
        terms: PathBuf,
    },
    /// Naive Bayes on the words of the articles to learn from, one classifier a topic.
    Words,
}

/// Why a baseline cannot predict.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It learns, and there is nothing to learn from.
    #[error("it learns, and the task has no articles to learn from")]
    NothingToLearnFrom,
    /// The file of terms cannot be read.
    #[error("{}: cannot be read", path.display())]
    Terms {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file of terms is not one.
    #[error("{}: not a list of [[topic]] with `id` and `terms`", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line and reason.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The file of terms has none of the topics.
    #[error("{}: has no terms for any of the task's topics", path.display())]
    NoTerms {
        /// The file.
        path: PathBuf,
    },
}

impl Baseline {
    /// Predicts the topics of articles, having learnt from labelled ones.
    ///
    /// # Errors
    /// There is nothing to learn from, or the file of terms is not right.
    pub fn predict(
        &self,
        train: Option<&[Gold]>,
        articles: &[Gold],
        topics: &[String],
    ) -> Result<Vec<Prediction>, BaselineError> {
        let train = train.filter(|train| !train.is_empty());
        let train = train.ok_or(BaselineError::NothingToLearnFrom);
        match self {
            Baseline::Majority => Ok(majority::predict(train?, articles, topics)),
            Baseline::Words => Ok(words::predict(train?, articles, topics)),
            Baseline::Keywords { terms } => keywords::predict(terms, articles, topics),
        }
    }
}

/// A prediction of topics with these probabilities; from one half on a topic is assigned.
fn prediction(id: &str, topics: &[String], probabilities: Vec<f64>) -> Prediction {
    let topics = topics.iter().zip(probabilities);
    let mut topics: Vec<PredictedTopic> = topics
        .map(|(topic, probability)| PredictedTopic {
            id: topic.clone(),
            probability: Some(probability),
            decision: match probability >= 0.5 {
                true => Decision::Assigned,
                false => Decision::Rejected,
            },
            evidence: Vec::new(),
        })
        .collect();
    topics.sort_by(|a, b| {
        b.probability
            .unwrap_or(0.0)
            .total_cmp(&a.probability.unwrap_or(0.0))
    });
    Prediction {
        id: id.to_owned(),
        topics,
        ..Prediction::default()
    }
}

/// The words of an article, lower case, headline first.
fn words(article: &Gold) -> impl Iterator<Item = String> {
    let title = article.title.as_deref().unwrap_or_default();
    let words = title.split(|c: char| !c.is_alphanumeric());
    words
        .chain(article.text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}
