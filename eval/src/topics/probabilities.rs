//! Which probability a system gave to each topic of each article, and whether it gave any.
//!
//! Owns the rules for what is missing: **an article without a prediction, and a topic that a prediction does not list,
//! have probability 0**; a system that lists a topic without a probability has no figure of probabilities over that
//! topic. What is made of the probabilities is the business of `ranking` and `calibration`.

use std::sync::Arc;

use crate::align::Pair;
use crate::figure::{Direction, Figure};

/// The probability of one topic of one article, and whether gold says yes.
pub(super) type Scored = (f64, bool);

/// Whether the system tells the probability of each of `topics`.
pub(super) fn told(pairs: &[Pair], topics: &[&str]) -> bool {
    topics.iter().all(|topic| topic_told(pairs, topic))
}

/// Whether the system tells the topic's probability wherever it lists it.
///
/// A topic that is listed nowhere has probability 0 everywhere, unless the system is one that leaves probabilities out:
/// then nothing is known of this topic either.
fn topic_told(pairs: &[Pair], topic: &str) -> bool {
    let mut predictions = pairs.iter().filter_map(|pair| pair.prediction).peekable();
    let listed: Vec<_> = predictions
        .clone()
        .filter_map(|prediction| prediction.topic(topic))
        .collect();
    if listed.is_empty() {
        predictions.all(|prediction| {
            let mut all = prediction.topics.iter();
            all.all(|topic| topic.probability.is_some())
        })
    } else {
        listed.iter().all(|topic| topic.probability.is_some())
    }
}

/// The topic's probability; 0 where the system did not list it.
pub(super) fn scored(pair: &Pair, topic: &str) -> Scored {
    let probability = pair
        .prediction
        .and_then(|prediction| prediction.probability(topic));
    (probability.unwrap_or(0.0), pair.gold.has_topic(topic))
}

/// Two columns for each topic, whether gold says yes (0 or 1) and the probability, and a formula over them.
///
/// Undefined, whichever articles are chosen, if a probability of one of the topics is not told.
pub(super) fn figure(
    name: &str,
    direction: Direction,
    pairs: &[Pair],
    topics: &[&str],
    formula: impl Fn(&[&[f64]]) -> Option<f64> + Send + Sync + 'static,
) -> Figure {
    let row = |pair: &Pair| {
        let columns = topics.iter().flat_map(|topic| {
            let (probability, gold) = scored(pair, topic);
            [f64::from(u8::from(gold)), probability]
        });
        columns.collect()
    };
    let undefined = !told(pairs, topics);
    Figure {
        name: name.to_owned(),
        direction,
        parameters: String::new(),
        rows: match undefined {
            true => vec![Vec::new(); pairs.len()],
            false => pairs.iter().map(row).collect(),
        },
        formula: match undefined {
            true => Arc::new(|_| None),
            false => Arc::new(formula),
        },
    }
}

/// One topic's pairs of columns of [`figure`], put into `into`.
pub(super) fn column(rows: &[&[f64]], topic: usize, into: &mut Vec<Scored>) {
    into.clear();
    into.extend(
        rows.iter()
            .map(|row| (row[2 * topic + 1], row[2 * topic] > 0.0)),
    );
}
