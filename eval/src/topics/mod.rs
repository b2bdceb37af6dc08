//! Figures of topics: decisions, rankings, probabilities.
//!
//! Owns the entry points [`figures`], [`of_topic`], [`reliability`], [`correct`] and [`label_figures`]; the arithmetic is
//! in the files beside. Each figure can be made again from any choice of articles (see [`Figure`]).
//!
//! # What is missing
//! An article without a prediction, and a topic that a prediction does not list, are scored as not assigned with
//! probability 0: leaving out articles cannot raise a score. `unsure` is scored as not assigned. If a system lists a
//! scored topic without a probability, its figures of probabilities are undefined.
//!
//! # What is undefined
//! A quotient whose denominator is 0 has no value (`None`), and means leave out the topics or articles that have none;
//! they have no value if nothing is left. scikit-learn does the same where it is called with `zero_division=np.nan`.
//! "Gold" and "assigned" are arrays (articles, topics) of 0 and 1, "probability" is one of numbers in 0..=1:
//!
//! | figure | scikit-learn 1.7.2 | where it differs |
//! |---|---|---|
//! | `macro-f1`, `macro-precision`, `macro-recall` | `f1_score`, `precision_score`, `recall_score(gold, assigned, average="macro", zero_division=np.nan)` | |
//! | `micro-f1`, `micro-precision`, `micro-recall` | the same, `average="micro"` | |
//! | `weighted-f1` | `f1_score`, `average="weighted"` | no topic in gold: `None`, there the plain mean (0) |
//! | `samples-f1` | `f1_score`, `average="samples"`: articles with no topic on either side are left out | |
//! | `subset-accuracy` | `accuracy_score(gold, assigned)` | |
//! | `hamming-loss` | `hamming_loss(gold, assigned)` | |
//! | `macro-average-precision` | mean of `average_precision_score` of the topics in gold | topics not in gold: left out, there 0 |
//! | `macro-roc-auc` | mean of `roc_auc_score` of the topics that some and not all articles have | other topics: left out, there nan |
//! | `brier` | `brier_score_loss` of the pooled (raveled) arrays | |
//! | `ece` | from the bins of `calibration_curve(n_bins=10, strategy="quantile")` of the pooled arrays | quantiles are not rounded |
//! | `coverage`, `abstention`, `covered-…` | none; `f1_score` and `recall_score` of the pooled decisions that are not `unsure` | |
//! | `hard-negative-false-positives` | none | |
//!
//! With the default `zero_division=0`, scikit-learn counts as 0 what is left out here; its means are then lower.
//! `eval/parity/topics.py` makes the values that the tests compare with.

mod abstention;
mod averages;
mod calibration;
pub mod counts;
mod decisions;
mod hard_negatives;
mod labels;
mod probabilities;
mod ranking;
#[cfg(test)]
mod tests;

pub use calibration::reliability;
pub use labels::label_figures;

use crate::align::Pair;
use crate::figure::Figure;
use averages::{f1_parts, pooled, precision_parts, recall_parts};
use counts::Counts;

/// Everything that is scored of topics: the figures of the table [above](self) over `topics`, then the same over the
/// core topics, their names with `core-` before them.
///
/// A topic that is asked for twice is scored once. Core topics that are not in `topics` are not scored; without any
/// there are no core figures.
///
/// ```
/// use depeche_eval::{Gold, Prediction, align, topics};
/// use std::path::Path;
///
/// let gold = r#"{"id": "a", "topics": ["trade"]}
///               {"id": "b", "topics": ["trade", "asean"]}"#;
/// let gold = Gold::parse(gold.as_bytes(), Path::new("gold.jsonl"))?;
/// let predictions = Prediction::parse(r#"{"id": "a", "topics": ["trade"]}"#.as_bytes(), Path::new("out.jsonl"))?;
/// let scored = ["trade".to_owned(), "asean".to_owned(), "health".to_owned()];
/// let (pairs, _) = align(&gold, &predictions, &scored);
///
/// let figures = topics::figures(&pairs, &scored, &scored[..1]);
/// let value = |name: &str| figures.iter().find(|figure| figure.name == name)?.value();
/// // trade 2/3, asean 0; health has no F1.
/// assert_eq!(value("macro-f1"), Some(1.0 / 3.0));
/// assert_eq!(value("core-macro-f1"), Some(2.0 / 3.0));
/// // No probability was told.
/// assert_eq!(value("brier"), None);
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn figures(pairs: &[Pair], topics: &[String], core: &[String]) -> Vec<Figure> {
    let topics = decisions::distinct(topics);
    let mut core = decisions::distinct(core);
    core.retain(|topic| topics.contains(topic));
    let mut figures = over(pairs, &topics);
    if !core.is_empty() {
        figures.extend(over(pairs, &core).into_iter().map(|figure| Figure {
            name: format!("core-{}", figure.name),
            ..figure
        }));
    }
    figures
}

/// The figures over one choice of topics.
fn over(pairs: &[Pair], topics: &[&str]) -> Vec<Figure> {
    let mut figures = averages::figures(pairs, topics);
    figures.extend(ranking::figures(pairs, topics));
    figures.extend(calibration::figures(pairs, topics));
    figures.extend(abstention::figures(pairs, topics));
    figures.push(hard_negatives::figure(pairs, topics));
    figures
}

/// What [`of_topic`] finds.
#[derive(Debug, Clone)]
pub struct TopicFigures {
    /// `precision`, `recall`, `f1`, `average-precision`, `roc-auc`.
    pub figures: Vec<Figure>,
    /// (recall, precision) at each threshold, recall falling; empty without probabilities or if no article has the topic.
    ///
    /// These are the points of `sklearn.metrics.precision_recall_curve` without its last one, (0, 1), which belongs to
    /// no threshold.
    pub curve: Vec<(f64, f64)>,
    /// Articles to which the system assigned the topic.
    pub assigned: usize,
    /// Articles that have it by gold.
    pub support: usize,
}

/// The figures of one topic: precision, recall and F1 of the decisions, average precision and ROC AUC of the
/// probabilities.
///
/// Undefined are: precision, if it was never assigned; recall and average precision, if no article has it; F1, if both;
/// ROC AUC, if no article or every article has it; both of the probabilities, if one is not told.
///
/// ```
/// use depeche_eval::{Gold, Prediction, align, topics::of_topic};
/// use std::path::Path;
///
/// let gold = r#"{"id": "a", "topics": ["trade"]}
///               {"id": "b", "topics": []}"#;
/// let gold = Gold::parse(gold.as_bytes(), Path::new("gold.jsonl"))?;
/// let records = r#"{"id": "a", "topics": [{"id": "trade", "probability": 0.4}]}
///                  {"id": "b", "topics": [{"id": "trade", "probability": 0.2}]}"#;
/// let predictions = Prediction::parse(records.as_bytes(), Path::new("out.jsonl"))?;
/// let (pairs, _) = align(&gold, &predictions, &["trade".to_owned()]);
///
/// let trade = of_topic(&pairs, "trade");
/// assert_eq!((trade.assigned, trade.support), (0, 1));
/// let values: Vec<_> = trade.figures.iter().map(|figure| figure.value()).collect();
/// assert_eq!(values, [None, Some(0.0), Some(0.0), Some(1.0), Some(1.0)]);
/// assert_eq!(trade.curve, [(1.0, 0.5), (1.0, 1.0)]);
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn of_topic(pairs: &[Pair], topic: &str) -> TopicFigures {
    let each: Vec<Counts> = pairs
        .iter()
        .map(|pair| decisions::counts(pair, [topic]))
        .collect();
    let all: Counts = each.iter().copied().sum();
    let mut figures = vec![
        pooled("precision", &each, precision_parts),
        pooled("recall", &each, recall_parts),
        pooled("f1", &each, f1_parts),
    ];
    figures.extend(ranking::of_topic(pairs, topic));
    TopicFigures {
        figures,
        curve: ranking::curve(pairs, topic),
        assigned: all.true_positive + all.false_positive,
        support: all.support(),
    }
}

/// Whether each decision was right: for each pair, one entry for each of `topics`, in their order (McNemar's test and
/// lists of errors need them).
///
/// ```
/// use depeche_eval::{Gold, align, topics::correct};
/// use std::path::Path;
///
/// let gold = Gold::parse(r#"{"id": "a", "topics": ["trade"]}"#.as_bytes(), Path::new("gold.jsonl"))?;
/// let topics = ["trade".to_owned(), "asean".to_owned()];
/// let (pairs, _) = align(&gold, &[], &topics);
/// assert_eq!(correct(&pairs, &topics), [[false, true]]);
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn correct(pairs: &[Pair], topics: &[String]) -> Vec<Vec<bool>> {
    let right = |pair: &Pair| {
        topics
            .iter()
            .map(|topic| pair.gold.has_topic(topic) == decisions::assigned(pair, topic))
            .collect()
    };
    pairs.iter().map(right).collect()
}
