//! Topics that an article tempts to assign and does not have.
//!
//! Owns the one figure of them; which topics tempt is said by gold.

use std::collections::BTreeSet;

use super::averages::number;
use super::decisions::assigned;
use crate::align::Pair;
use crate::figure::{Direction, Figure};

/// The share of hard negatives (article, topic) that the system assigned; undefined if there are none.
///
/// A topic that tempts an article in two ways counts once. Topics that are not scored do not count.
pub(super) fn figure(pairs: &[Pair], topics: &[&str]) -> Figure {
    let parts = pairs.iter().map(|pair| {
        let tempting: BTreeSet<&str> = pair
            .gold
            .hard_negatives
            .iter()
            .map(|negative| negative.topic.as_str())
            .filter(|topic| topics.contains(topic))
            .collect();
        let fallen = tempting.iter().filter(|topic| assigned(pair, topic));
        (number(fallen.count()), number(tempting.len()))
    });
    Figure::ratio("hard-negative-false-positives", Direction::Lower, parts)
}
