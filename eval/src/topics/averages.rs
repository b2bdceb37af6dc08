//! Precision, recall and F1 over several topics: macro, micro, weighted and by article; exact match and Hamming loss.
//!
//! Owns the averaging only: the quotients and their undefined cases are those of [`Counts`]. Definitions as in
//! scikit-learn 1.7 with `zero_division=np.nan`, which leaves out what has no score (Tsoumakas, Katakis, Vlahavas,
//! "Mining Multi-label Data", 2010, section 3.3, for the multi-label measures).

use std::sync::Arc;

use super::counts::Counts;
use super::decisions::{counts, rows, tally};
use crate::align::Pair;
use crate::figure::{Direction, Figure, Formula};

/// Says in a signature what a mean does with topics or articles that have no score.
const LEFT_OUT: &str = "undefined:left-out";

/// All averages of decisions over `topics`.
pub(super) fn figures(pairs: &[Pair], topics: &[&str]) -> Vec<Figure> {
    let each: Vec<Counts> = pairs
        .iter()
        .map(|pair| counts(pair, topics.iter().copied()))
        .collect();
    let macro_mean = |name: &str, of: fn(&Counts) -> Option<f64>| {
        over_topics(name, rows(pairs, topics), macro_formula(topics.len(), of))
    };
    let weighted = weighted_f1(topics.len());
    let samples = Figure::mean("samples-f1", Direction::Higher, each.iter().map(Counts::f1));
    vec![
        macro_mean("macro-f1", Counts::f1),
        pooled("micro-f1", &each, f1_parts),
        over_topics("weighted-f1", rows(pairs, topics), weighted),
        samples.with_parameters(LEFT_OUT),
        macro_mean("macro-precision", Counts::precision),
        macro_mean("macro-recall", Counts::recall),
        pooled("micro-precision", &each, precision_parts),
        pooled("micro-recall", &each, recall_parts),
        Figure::ratio(
            "subset-accuracy",
            Direction::Higher,
            each.iter().map(exact_parts),
        ),
        Figure::ratio(
            "hamming-loss",
            Direction::Lower,
            each.iter()
                .map(|counts| (number(mistakes(counts)), number(counts.total()))),
        ),
    ]
}

/// A quotient of counts summed over articles: `parts` gives an article's numerator and denominator.
pub(super) fn pooled(name: &str, each: &[Counts], parts: fn(&Counts) -> (f64, f64)) -> Figure {
    Figure::ratio(name, Direction::Higher, each.iter().map(parts))
}

/// Numerator and denominator of [`Counts::f1`].
pub(super) fn f1_parts(counts: &Counts) -> (f64, f64) {
    let twice = 2 * counts.true_positive;
    (number(twice), number(twice + mistakes(counts)))
}

/// Numerator and denominator of [`Counts::precision`].
pub(super) fn precision_parts(counts: &Counts) -> (f64, f64) {
    let assigned = counts.true_positive + counts.false_positive;
    (number(counts.true_positive), number(assigned))
}

/// Numerator and denominator of [`Counts::recall`].
pub(super) fn recall_parts(counts: &Counts) -> (f64, f64) {
    (number(counts.true_positive), number(counts.support()))
}

/// Whether all decisions on an article are right; it does not count if nothing was decided.
fn exact_parts(counts: &Counts) -> (f64, f64) {
    let decided = counts.total() > 0;
    let exact = decided && mistakes(counts) == 0;
    (f64::from(u8::from(exact)), f64::from(u8::from(decided)))
}

fn mistakes(counts: &Counts) -> usize {
    counts.false_positive + counts.false_negative
}

/// Counts of articles are far below 2^53, where an f64 stops holding every integer.
pub(super) fn number(count: usize) -> f64 {
    count as f64
}

/// A figure that needs every topic's counts: `rows` as [`rows`] makes them.
pub(super) fn over_topics(name: &str, rows: Vec<Vec<f64>>, formula: Formula) -> Figure {
    Figure {
        name: name.to_owned(),
        direction: Direction::Higher,
        parameters: LEFT_OUT.to_owned(),
        rows,
        formula,
    }
}

/// The mean of the topics' scores: every topic counts the same, however rare. Topics without a score are left out.
fn macro_formula(topics: usize, of: fn(&Counts) -> Option<f64>) -> Formula {
    Arc::new(move |rows| mean(tally(rows, topics).iter().map(of)))
}

/// The mean of the topics' F1, each weighted by how many articles have it by gold. `None` if none has any.
fn weighted_f1(topics: usize) -> Formula {
    Arc::new(move |rows| weighted_mean(&tally(rows, topics)))
}

/// See [`weighted_f1`].
pub(super) fn weighted_mean(topics: &[Counts]) -> Option<f64> {
    let support: usize = topics.iter().map(Counts::support).sum();
    let sum: f64 = topics
        .iter()
        .map(|counts| counts.f1().unwrap_or(0.0) * number(counts.support()))
        .sum();
    (support > 0).then(|| sum / number(support))
}

/// The mean of what is defined; `None` if nothing is.
pub(super) fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, count) = values
        .flatten()
        .fold((0.0, 0_usize), |(sum, count), value| {
            (sum + value, count + 1)
        });
    (count > 0).then(|| sum / number(count))
}
