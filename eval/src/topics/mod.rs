//! Figures of topics: decisions, rankings, probabilities.
//!
//! Owns what is scored of topics and the rows that it is made from. Counting is in `counts`, means over topics in
//! `averages`, rankings in `ranking`, probabilities in `calibration`, single labels in `labels`.

mod averages;
mod calibration;
pub mod counts;
mod labels;
mod ranking;

use std::sync::Arc;

pub use calibration::reliability;
pub use labels::label_figures;

use crate::align::Pair;
use crate::figure::{Direction, Figure};
use crate::read::prediction::Decision;
use averages::Average;
use counts::Counts;

/// The figures of one topic.
#[derive(Debug, Clone)]
pub struct TopicFigures {
    /// `precision`, `recall`, `f1`, `average-precision`, `roc-auc`.
    pub figures: Vec<Figure>,
    /// (recall, precision) at each threshold, recall falling; empty without probabilities.
    pub curve: Vec<(f64, f64)>,
    /// Articles to which the system assigned the topic.
    pub assigned: usize,
    /// Articles that have the topic by gold.
    pub support: usize,
}

/// Everything that is scored of topics: over all `topics`, and with the prefix `core-` over the `core` ones.
///
/// A topic that a prediction does not list, and every topic of an article without prediction, is not assigned and has
/// probability 0. Only `assigned` counts as yes. Figures of probabilities are undefined for a system that lists a topic
/// without one.
pub fn figures(pairs: &[Pair], topics: &[String], core: &[String]) -> Vec<Figure> {
    let mut figures = over(pairs, topics);
    if !core.is_empty() {
        figures.extend(over(pairs, core).into_iter().map(|figure| Figure {
            name: format!("core-{}", figure.name),
            ..figure
        }));
    }
    figures
}

/// The figures of one topic.
pub fn of_topic(pairs: &[Pair], topic: &str) -> TopicFigures {
    let topics = [topic.to_owned()];
    let decisions = decisions(pairs, &topics);
    let counted = |name: &str, value: fn(&Counts) -> Option<f64>| {
        figure(name, Direction::Higher, decisions.clone(), move |rows| {
            value(&averages::counts(rows, 0))
        })
    };
    let ranked = |name: &str, value: fn(&mut [(bool, f64)]) -> Option<f64>| {
        with_probabilities(pairs, &topics, name, Direction::Higher, move |rows| {
            value(&mut ranking::column(rows, 0))
        })
    };
    let all = averages::counts(&slices(&decisions), 0);
    TopicFigures {
        curve: match probabilities(pairs, &topics) {
            Some(rows) => ranking::curve(&mut ranking::column(&slices(&rows), 0)),
            None => Vec::new(),
        },
        assigned: all.true_positive + all.false_positive,
        support: all.support(),
        figures: vec![
            counted("precision", Counts::precision),
            counted("recall", Counts::recall),
            counted("f1", Counts::f1),
            ranked("average-precision", ranking::average_precision),
            ranked("roc-auc", ranking::roc_auc),
        ],
    }
}

/// For each article, whether the decision on each topic was right.
pub fn correct(pairs: &[Pair], topics: &[String]) -> Vec<Vec<bool>> {
    let right = |row: Vec<f64>| {
        row.into_iter()
            .map(|code| code == 0.0 || code == 3.0)
            .collect()
    };
    decisions(pairs, topics).into_iter().map(right).collect()
}

fn over(pairs: &[Pair], topics: &[String]) -> Vec<Figure> {
    let mut figures = of_decisions(pairs, topics);
    let higher = Direction::Higher;
    let ranked = |name: &str, value: fn(&mut [(bool, f64)]) -> Option<f64>| {
        with_probabilities(pairs, topics, name, higher, move |rows| {
            ranking::mean(rows, value)
        })
    };
    figures.push(ranked(
        "macro-average-precision",
        ranking::average_precision,
    ));
    figures.push(ranked("macro-roc-auc", ranking::roc_auc));
    figures.push(with_probabilities(
        pairs,
        topics,
        "brier",
        Direction::Lower,
        calibration::brier,
    ));
    let ece = with_probabilities(pairs, topics, "ece", Direction::Lower, |rows| {
        calibration::expected_error(rows, calibration::ERROR_BINS)
    });
    figures.push(ece.with_parameters("bins:10|edges:quantile"));
    figures
}

fn of_decisions(pairs: &[Pair], topics: &[String]) -> Vec<Figure> {
    use Direction::{Higher, Lower};
    let rows = decisions(pairs, topics);
    let averaged = |name: &str, average: Average, value: fn(&Counts) -> Option<f64>| {
        figure(name, Higher, rows.clone(), move |rows| {
            average.of(rows, value)
        })
    };
    let covered = covered_decisions(pairs, topics);
    vec![
        averaged("macro-f1", Average::Macro, Counts::f1),
        averaged("micro-f1", Average::Micro, Counts::f1),
        averaged("weighted-f1", Average::Weighted, Counts::f1),
        averaged("samples-f1", Average::Samples, Counts::f1),
        averaged("macro-precision", Average::Macro, Counts::precision),
        averaged("macro-recall", Average::Macro, Counts::recall),
        averaged("micro-precision", Average::Micro, Counts::precision),
        averaged("micro-recall", Average::Micro, Counts::recall),
        figure(
            "subset-accuracy",
            Higher,
            rows.clone(),
            averages::subset_accuracy,
        ),
        figure("hamming-loss", Lower, rows.clone(), averages::hamming_loss),
        Figure::ratio("coverage", Higher, covered.iter().map(|row| sure(row))),
        Figure::mean(
            "abstention",
            Lower,
            covered
                .iter()
                .map(|row| Some(f64::from(u8::from(row.iter().any(|code| *code < 0.0))))),
        ),
        figure("covered-micro-f1", Higher, covered.clone(), |rows| {
            Average::Micro.of(rows, Counts::f1)
        }),
        Figure::ratio(
            "hard-negative-false-positives",
            Lower,
            pairs.iter().map(|pair| tempted(pair, topics)),
        ),
    ]
}

/// (decisions that are not `unsure`, decisions)
fn sure(row: &[f64]) -> (f64, f64) {
    let sure = row.iter().filter(|code| **code >= 0.0).count();
    (sure as f64, row.len() as f64)
}

/// (hard negatives that were assigned, hard negatives)
fn tempted(pair: &Pair, topics: &[String]) -> (f64, f64) {
    let tempting = pair
        .gold
        .hard_negatives
        .iter()
        .map(|negative| &negative.topic);
    let tempting: Vec<&String> = tempting.filter(|topic| topics.contains(topic)).collect();
    let assigned = |topic: &&&String| pair.prediction.is_some_and(|found| found.assigns(topic));
    (
        tempting.iter().filter(assigned).count() as f64,
        tempting.len() as f64,
    )
}

/// One row an article, one column a topic: 2 if gold says yes, plus 1 if the prediction does.
fn decisions(pairs: &[Pair], topics: &[String]) -> Vec<Vec<f64>> {
    let code = |pair: &Pair, topic: &String| {
        let predicted = pair
            .prediction
            .is_some_and(|prediction| prediction.assigns(topic));
        f64::from(2 * u8::from(pair.gold.has_topic(topic)) + u8::from(predicted))
    };
    let row = |pair: &Pair| topics.iter().map(|topic| code(pair, topic)).collect();
    pairs.iter().map(row).collect()
}

/// As [`decisions`], with -1 where the system is unsure: such decisions are in no count.
fn covered_decisions(pairs: &[Pair], topics: &[String]) -> Vec<Vec<f64>> {
    let mut rows = decisions(pairs, topics);
    for (row, pair) in rows.iter_mut().zip(pairs) {
        for (code, topic) in row.iter_mut().zip(topics) {
            let found = pair
                .prediction
                .and_then(|prediction| prediction.topic(topic));
            if found.is_some_and(|found| found.decision == Decision::Unsure) {
                *code = -1.0;
            }
        }
    }
    rows
}

/// One row an article, two columns a topic: gold (0 or 1) and probability; `None` if a listed topic has no probability.
fn probabilities(pairs: &[Pair], topics: &[String]) -> Option<Vec<Vec<f64>>> {
    let cell = |pair: &Pair, topic: &String| -> Option<[f64; 2]> {
        let found = pair
            .prediction
            .and_then(|prediction| prediction.topic(topic));
        let probability = found.map_or(Some(0.0), |found| found.probability)?;
        Some([f64::from(u8::from(pair.gold.has_topic(topic))), probability])
    };
    let row = |pair: &Pair| -> Option<Vec<f64>> {
        let cells: Option<Vec<[f64; 2]>> = topics.iter().map(|topic| cell(pair, topic)).collect();
        cells.map(|cells| cells.concat())
    };
    pairs.iter().map(row).collect()
}

fn figure(
    name: &str,
    direction: Direction,
    rows: Vec<Vec<f64>>,
    formula: impl Fn(&[&[f64]]) -> Option<f64> + Send + Sync + 'static,
) -> Figure {
    Figure {
        name: name.to_owned(),
        direction,
        parameters: String::new(),
        rows,
        formula: Arc::new(formula),
    }
}

/// A figure of probabilities; undefined if there are none.
fn with_probabilities(
    pairs: &[Pair],
    topics: &[String],
    name: &str,
    direction: Direction,
    formula: impl Fn(&[&[f64]]) -> Option<f64> + Send + Sync + 'static,
) -> Figure {
    match probabilities(pairs, topics) {
        Some(rows) => figure(name, direction, rows, formula),
        None => figure(name, direction, vec![Vec::new(); pairs.len()], |_| None),
    }
}

fn slices(rows: &[Vec<f64>]) -> Vec<&[f64]> {
    rows.iter().map(Vec::as_slice).collect()
}
