//! What gold and a system decided on one topic of one article.
//!
//! Owns the rules for what is missing: **an article without a prediction, and a topic that a prediction does not list,
//! count as not assigned**; `unsure` counts as not assigned too. Probabilities are the business of `probabilities`.

use std::collections::HashSet;

use super::counts::Counts;
use crate::align::Pair;
use crate::read::prediction::Decision;

/// Whether the system assigned the topic.
pub(super) fn assigned(pair: &Pair, topic: &str) -> bool {
    pair.prediction
        .is_some_and(|prediction| prediction.assigns(topic))
}

/// Whether the system left the topic to a person.
pub(super) fn unsure(pair: &Pair, topic: &str) -> bool {
    pair.prediction
        .and_then(|prediction| prediction.topic(topic))
        .is_some_and(|found| found.decision == Decision::Unsure)
}

/// The article's decisions on `topics`, counted.
pub(super) fn counts<'t>(pair: &Pair, topics: impl IntoIterator<Item = &'t str>) -> Counts {
    let mut counts = Counts::default();
    for topic in topics {
        counts.add(pair.gold.has_topic(topic), assigned(pair, topic));
    }
    counts
}

/// One column for each topic: see [`code`].
pub(super) fn rows(pairs: &[Pair], topics: &[&str]) -> Vec<Vec<f64>> {
    let row = |pair: &Pair| {
        topics
            .iter()
            .map(|topic| code(pair.gold.has_topic(topic), assigned(pair, topic)))
            .collect()
    };
    pairs.iter().map(row).collect()
}

/// A decision as a number of a row: 1 if gold says yes, and 2 more if the system does.
fn code(gold: bool, assigned: bool) -> f64 {
    f64::from(u8::from(gold) + 2 * u8::from(assigned))
}

/// Counts each column of [`rows`] of `topics` topics.
pub(super) fn tally(rows: &[&[f64]], topics: usize) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); topics];
    for row in rows {
        for (counts, code) in counts.iter_mut().zip(*row) {
            // Codes are whole numbers from 0 to 3: the comparisons are exact.
            counts.add(*code == 1.0 || *code == 3.0, *code >= 2.0);
        }
    }
    counts
}

/// The topics in their order, each once: a topic that is asked for twice is scored once.
pub(super) fn distinct(topics: &[String]) -> Vec<&str> {
    let mut seen = HashSet::new();
    topics
        .iter()
        .map(String::as_str)
        .filter(|topic| seen.insert(*topic))
        .collect()
}
