//! Tasks with exactly one label an article.
//!
//! Owns which label a prediction means, and the figures of such tasks; averages are those of `averages`.

use std::sync::Arc;

use super::averages::{mean, over_topics, weighted_mean};
use super::counts::Counts;
use super::decisions::distinct;
use crate::align::Pair;
use crate::figure::{Direction, Figure};

/// `accuracy`, `macro-f1` and `weighted-f1` over `labels`.
///
/// The gold label is the article's first topic. The predicted one is the most probable of `labels`, whatever was decided;
/// of equals, the first in the order of `labels`. Without any probability it is the first label that is assigned. No
/// label is wrong, and so is one outside `labels`, on either side.
///
/// `accuracy` is `sklearn.metrics.accuracy_score`; the others are `f1_score(labels=labels, average=…,
/// zero_division=np.nan)`: a label that no article has and that is never predicted is left out of the macro mean, and
/// the weighted mean is undefined if no article has any of `labels` (scikit-learn: the plain mean of the labels' F1).
///
/// ```
/// use depeche_eval::{Gold, Prediction, align, topics::label_figures};
/// use std::path::Path;
///
/// let gold = r#"{"id": "a", "topics": ["sport"]}"#;
/// let gold = Gold::parse(gold.as_bytes(), Path::new("gold.jsonl"))?;
/// let record = r#"{"id": "a", "topics": [{"id": "sport", "probability": 0.4}, {"id": "health", "probability": 0.1}]}"#;
/// let predictions = Prediction::parse(record.as_bytes(), Path::new("out.jsonl"))?;
/// let labels = ["health".to_owned(), "sport".to_owned()];
/// let (pairs, _) = align(&gold, &predictions, &labels);
/// let figures = label_figures(&pairs, &labels);
/// assert_eq!(figures[0].name, "accuracy");
/// assert_eq!(figures[0].value(), Some(1.0));
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn label_figures(pairs: &[Pair], labels: &[String]) -> Vec<Figure> {
    let labels = distinct(labels);
    let count = labels.len();
    let rows: Vec<Vec<f64>> = pairs
        .iter()
        .map(|pair| {
            vec![
                column(&labels, gold(pair)),
                column(&labels, predicted(pair, &labels)),
            ]
        })
        .collect();
    let right = rows.iter().map(|row| {
        Some(f64::from(u8::from(
            row[0] < count as f64 && row[0] == row[1],
        )))
    });
    vec![
        Figure::mean("accuracy", Direction::Higher, right),
        over_topics(
            "macro-f1",
            rows.clone(),
            Arc::new(move |rows| mean(tally(rows, count).iter().map(Counts::f1))),
        ),
        over_topics(
            "weighted-f1",
            rows,
            Arc::new(move |rows| weighted_mean(&tally(rows, count))),
        ),
    ]
}

/// A label as a number of a row: its place in `labels`, or the number of labels if it is none of them.
fn column(labels: &[&str], label: Option<&str>) -> f64 {
    let place = label.and_then(|label| labels.iter().position(|known| *known == label));
    place.unwrap_or(labels.len()) as f64
}

/// The label of gold: the first topic.
fn gold<'a>(pair: &Pair<'a>) -> Option<&'a str> {
    pair.gold.topics.first().map(String::as_str)
}

/// The label of the prediction, one of `labels`.
fn predicted<'a>(pair: &Pair, labels: &[&'a str]) -> Option<&'a str> {
    let prediction = pair.prediction?;
    let mut best: Option<(f64, &str)> = None;
    for label in labels {
        let Some(probability) = prediction.probability(label) else {
            continue;
        };
        if best.is_none_or(|(highest, _)| probability > highest) {
            best = Some((probability, label));
        }
    }
    if let Some((_, label)) = best {
        return Some(label);
    }
    let mut assigned = prediction
        .topics
        .iter()
        .filter(|topic| prediction.assigns(&topic.id));
    assigned.find_map(|topic| labels.iter().copied().find(|label| *label == topic.id))
}

/// Decisions on each label, from rows of (gold, predicted).
fn tally(rows: &[&[f64]], labels: usize) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); labels];
    for row in rows {
        for (place, counts) in counts.iter_mut().enumerate() {
            let place = place as f64;
            counts.add(row[0] == place, row[1] == place);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::gold::Gold;
    use crate::read::prediction::Prediction;
    use std::path::Path;

    #[test]
    fn which_label_a_prediction_means() {
        let p =
            |id: &str, probability: f64| format!(r#"{{"id":"{id}","probability":{probability}}}"#);
        let cases = [
            (String::new(), None),
            (format!("{},{}", p("y", 0.2), p("x", 0.3)), Some("x")),
            (format!("{},{}", p("y", 0.3), p("x", 0.3)), Some("x")),
            (format!("{},{}", p("z", 0.9), p("y", 0.0)), Some("y")),
            (format!(r#""z",{}"#, p("y", 0.1)), Some("y")),
            (r#""z","y","x""#.to_owned(), Some("y")),
            (
                r#"{"id":"x","decision":"unsure"},"y""#.to_owned(),
                Some("y"),
            ),
            (r#"{"id":"x","decision":"rejected"}"#.to_owned(), None),
        ];
        let gold = Gold::default();
        for (topics, expected) in cases {
            let text = format!(r#"{{"id":"a","topics":[{topics}]}}"#);
            let predictions =
                Prediction::parse(text.as_bytes(), Path::new("out.jsonl")).expect("a good row");
            let pair = Pair {
                gold: &gold,
                prediction: predictions.first(),
            };
            assert_eq!(predicted(&pair, &["x", "y"]), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_label_is_wrong() {
        let of = |topics: &[&str]| Gold {
            topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
            ..Gold::default()
        };
        let labels = ["x".to_owned(), "y".to_owned()];
        for gold in [of(&[]), of(&["z"]), of(&["x"])] {
            let pairs = [Pair {
                gold: &gold,
                prediction: None,
            }];
            assert_eq!(label_figures(&pairs, &labels)[0].value(), Some(0.0));
        }
        let values = label_figures(&[], &labels);
        assert!(values.iter().all(|figure| figure.value().is_none()));
    }
}
