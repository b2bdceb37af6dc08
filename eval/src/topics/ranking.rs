//! How well probabilities rank the articles of a topic: average precision, area under the ROC curve, the curve.
//!
//! Owns the arithmetic on ranked articles. Articles of the same probability are one step, as in scikit-learn 1.7, so
//! the order of the articles changes nothing.

use super::averages::mean;
use super::probabilities::{self, Scored, column, scored, told};
use crate::align::Pair;
use crate::figure::{Direction, Figure};

/// A figure of one topic's ranked articles.
type OfTopic = fn(&mut [Scored]) -> Option<f64>;

/// The mean of `of` over the topics where it is defined; with one topic, the topic's own figure.
fn figure(name: &str, pairs: &[Pair], topics: &[&str], of: OfTopic) -> Figure {
    let count = topics.len();
    let formula = move |rows: &[&[f64]]| {
        let mut ranked = Vec::with_capacity(rows.len());
        mean((0..count).map(|topic| {
            column(rows, topic, &mut ranked);
            of(&mut ranked)
        }))
    };
    probabilities::figure(name, Direction::Higher, pairs, topics, formula)
}

/// The macro figures.
pub(super) fn figures(pairs: &[Pair], topics: &[&str]) -> Vec<Figure> {
    [
        ("macro-average-precision", average_precision as OfTopic),
        ("macro-roc-auc", roc_auc),
    ]
    .into_iter()
    .map(|(name, of)| figure(name, pairs, topics, of).with_parameters("undefined:left-out"))
    .collect()
}

/// The figures of one topic.
pub(super) fn of_topic(pairs: &[Pair], topic: &str) -> Vec<Figure> {
    vec![
        figure("average-precision", pairs, &[topic], average_precision),
        figure("roc-auc", pairs, &[topic], roc_auc),
    ]
}

/// (recall, precision) at each threshold, recall falling; empty if nothing is to be found or probabilities are missing.
///
/// The points of `sklearn.metrics.precision_recall_curve` without its last one, (0, 1), which belongs to no threshold.
pub(super) fn curve(pairs: &[Pair], topic: &str) -> Vec<(f64, f64)> {
    if !told(pairs, &[topic]) {
        return Vec::new();
    }
    let mut ranked: Vec<Scored> = pairs.iter().map(|pair| scored(pair, topic)).collect();
    let positives = positives(&ranked);
    let mut points = Vec::new();
    if positives > 0.0 {
        steps(&mut ranked, |found, invented| {
            points.push((found / positives, found / (found + invented)));
        });
        points.reverse();
    }
    points
}

/// Σ (Rₙ − Rₙ₋₁) Pₙ over the thresholds from high to low, without interpolation, as
/// `sklearn.metrics.average_precision_score`; `None` if there is nothing to find (there: 0 and a warning).
fn average_precision(ranked: &mut [Scored]) -> Option<f64> {
    let positives = positives(ranked);
    let (mut sum, mut before) = (0.0, 0.0);
    steps(ranked, |found, invented| {
        sum += (found - before) * found / (found + invented);
        before = found;
    });
    (positives > 0.0).then(|| sum / positives)
}

/// The share of (yes, no) pairs of articles that are in the right order, ties as one half (Hanley and McNeil, "The
/// Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve", Radiology 143, 1982), as
/// `sklearn.metrics.roc_auc_score`; `None` if there is no such pair (there: nan and a warning).
fn roc_auc(ranked: &mut [Scored]) -> Option<f64> {
    let yes = positives(ranked);
    let pairs = yes * (ranked.len() as f64 - yes);
    let (mut area, mut found_before, mut invented_before) = (0.0, 0.0, 0.0);
    steps(ranked, |found, invented| {
        area += (invented - invented_before) * (found + found_before) / 2.0;
        (found_before, invented_before) = (found, invented);
    });
    (pairs > 0.0).then(|| area / pairs)
}

fn positives(ranked: &[Scored]) -> f64 {
    ranked.iter().filter(|(_, gold)| *gold).count() as f64
}

/// Walks down the thresholds: at each, how many articles from there on up have the topic, and how many do not.
fn steps(ranked: &mut [Scored], mut at: impl FnMut(f64, f64)) {
    ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut found, mut invented) = (0.0, 0.0);
    for step in ranked.chunk_by(|a, b| a.0 == b.0) {
        let right = positives(step);
        found += right;
        invented += step.len() as f64 - right;
        at(found, invented);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probabilities of what has the topic and of what has not → (average precision, ROC AUC).
    type Case = (&'static [f64], &'static [f64], Option<f64>, Option<f64>);

    fn near(a: Option<f64>, b: Option<f64>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-12,
            (a, b) => a == b,
        }
    }

    #[test]
    fn table() {
        let cases: [Case; 8] = [
            (&[], &[], None, None),
            (&[], &[0.3], None, None),
            (&[0.3], &[], Some(1.0), None),
            (&[0.9, 0.8], &[0.7, 0.1], Some(1.0), Some(1.0)),
            (&[0.1], &[0.9], Some(0.5), Some(0.0)),
            (&[0.5], &[0.5], Some(0.5), Some(0.5)),
            (&[0.0, 1.0], &[0.0, 1.0], Some(0.5), Some(0.5)),
            // Thresholds 0.8, 0.4, 0.35: 1/1 at recall 1/2, then 2/3 at recall 1 (scikit-learn's own example).
            (&[0.35, 0.8], &[0.1, 0.4], Some(5.0 / 6.0), Some(0.75)),
        ];
        for (yes, no, precision, auc) in cases {
            let yes = yes.iter().map(|p| (*p, true));
            let mut ranked: Vec<Scored> = yes.chain(no.iter().map(|p| (*p, false))).collect();
            assert!(
                near(average_precision(&mut ranked), precision),
                "{ranked:?}"
            );
            assert!(near(roc_auc(&mut ranked), auc), "{ranked:?}");
        }
    }
}
