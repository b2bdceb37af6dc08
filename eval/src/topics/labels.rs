//! Figures of a single label an article.

use super::averages::Average;
use super::counts::Counts;
use crate::align::Pair;
use crate::figure::{Direction, Figure};
use crate::read::prediction::Prediction;

/// Accuracy, macro and weighted F1 of the most probable label.
///
/// The predicted label is the most probable one of `labels` (the first of equals), without probabilities the first assigned
/// one; an article without either is wrong. The gold label is the first of its topics.
pub fn label_figures(pairs: &[Pair], labels: &[String]) -> Vec<Figure> {
    let rows: Vec<Vec<f64>> = pairs.iter().map(|pair| row(pair, labels)).collect();
    let right = |row: &Vec<f64>| Some(f64::from(u8::from(row.contains(&3.0))));
    let averaged = |name: &str, average: Average| {
        super::figure(name, Direction::Higher, rows.clone(), move |rows| {
            average.of(rows, Counts::f1)
        })
    };
    vec![
        Figure::mean("accuracy", Direction::Higher, rows.iter().map(right)),
        averaged("macro-f1", Average::Macro),
        averaged("weighted-f1", Average::Weighted),
    ]
}

/// One code a label, as in `averages`.
fn row(pair: &Pair, labels: &[String]) -> Vec<f64> {
    let predicted = pair
        .prediction
        .and_then(|prediction| most_probable(prediction, labels));
    let gold = pair.gold.topics.first();
    let code =
        |label: &String| 2 * u8::from(gold == Some(label)) + u8::from(predicted == Some(label));
    labels.iter().map(|label| f64::from(code(label))).collect()
}

fn most_probable<'a>(prediction: &Prediction, labels: &'a [String]) -> Option<&'a String> {
    let mut best: Option<(&String, f64)> = None;
    for label in labels {
        if let Some(probability) = prediction.probability(label)
            && best.is_none_or(|(_, most)| probability > most)
        {
            best = Some((label, probability));
        }
    }
    let first_assigned = || labels.iter().find(|label| prediction.assigns(label));
    best.map(|(label, _)| label).or_else(first_assigned)
}
