//! What training needs of its examples and prototypes, checked before anything is learnt.

use super::{Background, Example, Prototypes, TrainError};
use ndarray::Array2;
use std::collections::HashSet;

/// A topic needs so many articles that have it, and as many that do not.
pub(super) const NEEDED: usize = 8;

/// Checks names and examples and gives the prototypes back with matrices of one width.
pub(super) fn check(
    names: &[String],
    examples: &[Example],
    prototypes: &Prototypes,
) -> Result<Prototypes, TrainError> {
    let dimension = match examples.first() {
        Some(example) if !names.is_empty() => example.article.vectors.ncols(),
        _ => {
            return Err(TrainError::Nothing {
                topics: names.len(),
                examples: examples.len(),
            });
        }
    };
    let mut seen = HashSet::new();
    if let Some(topic) = names.iter().find(|name| !seen.insert(*name)) {
        let topic = topic.clone();
        return Err(TrainError::Doubled { topic });
    }
    for example in examples {
        if let Some(problem) = problem(example, names.len(), dimension) {
            let id = example.id.clone();
            return Err(TrainError::Example { id, problem });
        }
    }
    for (at, name) in names.iter().enumerate() {
        enough(name, examples.iter().map(|example| example.topics[at]))?;
    }
    if prototypes.topics.len() != names.len() {
        let (found, wanted) = (prototypes.topics.len(), names.len());
        let problem = format!("there are those of {found} topics, not of {wanted}");
        return Err(TrainError::Prototypes { problem });
    }
    Ok(Prototypes {
        topics: prototypes
            .topics
            .iter()
            .zip(names)
            .map(|(rows, name)| fitted(rows, dimension, name))
            .collect::<Result<_, _>>()?,
        generic: fitted(&prototypes.generic, dimension, "generic")?,
    })
}

/// Checks background articles against examples that have been checked.
pub(super) fn check_background(
    names: &[String],
    examples: &[Example],
    background: &[Background],
) -> Result<(), TrainError> {
    let (topics, dimension) = (names.len(), examples[0].article.vectors.ncols());
    let fits = |article: &Background| {
        let (rows, columns) = article.vectors.dim();
        let finite = article.vectors.iter().all(|value| value.is_finite());
        rows > 0 && columns == dimension && article.lacks.len() == topics && finite
    };
    match background.iter().position(|article| !fits(article)) {
        Some(number) => Err(TrainError::Background { number }),
        None => Ok(()),
    }
}

/// What is wrong with an example.
pub(super) fn problem(example: &Example, topics: usize, dimension: usize) -> Option<String> {
    let article = &example.article;
    let (rows, columns) = (article.sentences(), article.vectors.ncols());
    if example.topics.len() != topics {
        let found = example.topics.len();
        return Some(format!(
            "has {found} labels, not {topics}; label every topic"
        ));
    }
    if rows == 0 {
        return Some("has no sentences; leave it out".to_owned());
    }
    if columns != dimension {
        return Some(format!(
            "has vectors of length {columns}, not {dimension}; encode all examples with one encoder"
        ));
    }
    if article.cues.len() != rows || article.cues.iter().any(|row| row.len() != topics) {
        return Some(format!(
            "has cues of another shape than {rows} sentences × {topics} topics; find them again"
        ));
    }
    if article.clause_of.iter().any(|sentence| *sentence >= rows) {
        return Some("has a clause of a sentence that there is not; encode it again".to_owned());
    }
    let finite = article.vectors.iter().all(|value| value.is_finite());
    (!finite).then(|| "has vectors that are not numbers; encode it again".to_owned())
}

/// Checks that a topic has enough articles on either side.
pub(super) fn enough(name: &str, labels: impl Iterator<Item = bool>) -> Result<(), TrainError> {
    let (with, without): (Vec<bool>, Vec<bool>) = labels.partition(|has| *has);
    let topic = name.to_owned();
    match (with.len(), without.len()) {
        (found, _) if found < NEEDED => Err(TrainError::TooFewPositives {
            topic,
            found,
            needed: NEEDED,
        }),
        (_, found) if found < NEEDED => Err(TrainError::TooFewNegatives {
            topic,
            found,
            needed: NEEDED,
        }),
        _ => Ok(()),
    }
}

/// Prototypes as `(prototypes, dimension)`, even when there are none.
pub(super) fn fitted(
    rows: &Array2<f32>,
    dimension: usize,
    name: &str,
) -> Result<Array2<f32>, TrainError> {
    if rows.nrows() == 0 {
        return Ok(Array2::zeros((0, dimension)));
    }
    let problem = match rows.ncols() {
        columns if columns != dimension => {
            format!("those of {name:?} have length {columns}, not {dimension}")
        }
        _ if rows.iter().any(|value| !value.is_finite()) => {
            format!("those of {name:?} are not numbers")
        }
        _ => return Ok(rows.clone()),
    };
    Err(TrainError::Prototypes { problem })
}
