//! Decisions that a system left to a person (`unsure`): how many, and how good the others are.
//!
//! Owns the figures of selective prediction (El-Yaniv and Wiener, "On the Foundations of Noise-free Selective
//! Classification", JMLR 11, 2010: coverage, and the score on what is covered).

use super::averages::{f1_parts, number, pooled, recall_parts};
use super::counts::Counts;
use super::decisions::{counts, unsure};
use crate::align::Pair;
use crate::figure::{Direction, Figure};

/// Coverage, abstention, and micro F1 and recall of the decisions that are not `unsure`.
///
/// There is no covered precision: only what is assigned counts in it, so that it is the precision of all decisions.
pub(super) fn figures(pairs: &[Pair], topics: &[&str]) -> Vec<Figure> {
    // (decisions left to a person, counts of the others)
    let split: Vec<(usize, Counts)> = pairs
        .iter()
        .map(|pair| {
            let sure = topics.iter().copied().filter(|topic| !unsure(pair, topic));
            let counts = counts(pair, sure);
            (topics.len() - counts.total(), counts)
        })
        .collect();
    let covered: Vec<Counts> = split.iter().map(|(_, counts)| *counts).collect();
    let coverage = covered
        .iter()
        .map(|counts| (number(counts.total()), number(topics.len())));
    let abstention = split
        .iter()
        .map(|(left, _)| (!topics.is_empty()).then_some(f64::from(u8::from(*left > 0))));
    vec![
        Figure::ratio("coverage", Direction::Higher, coverage),
        Figure::mean("abstention", Direction::Lower, abstention),
        pooled("covered-micro-f1", &covered, f1_parts),
        pooled("covered-micro-recall", &covered, recall_parts),
    ]
}
