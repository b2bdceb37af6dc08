//! Means over topics, articles and decisions.
//!
//! Rows hold one code a topic: 2 if gold says yes, plus 1 if the prediction does; a negative code is not counted. The
//! names and definitions are scikit-learn's (`f1_score(average=…)`), except that what is undefined is left out of a mean
//! instead of counting as 0 (`zero_division=nan`).

use super::counts::Counts;

/// How decisions on several topics become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Average {
    /// All decisions pooled.
    Micro,
    /// The mean over topics, each counting the same.
    Macro,
    /// The mean over topics, weighted by how many articles have them.
    Weighted,
    /// The mean over articles, each counted by itself.
    Samples,
}

impl Average {
    /// The average of a value of counts over all columns of the rows; `None` if it is nowhere defined.
    pub fn of(self, rows: &[&[f64]], value: fn(&Counts) -> Option<f64>) -> Option<f64> {
        let topics = rows.first().map_or(0, |row| row.len());
        let by_topic = || (0..topics).map(|topic| counts(rows, topic));
        match self {
            Average::Micro => value(&by_topic().sum()),
            Average::Macro => {
                mean(by_topic().map(|counts| value(&counts).map(|value| (value, 1.0))))
            }
            Average::Weighted => mean(
                by_topic()
                    .map(|counts| value(&counts).map(|value| (value, counts.support() as f64))),
            ),
            Average::Samples => mean(
                rows.iter()
                    .map(|row| value(&of_row(row)).map(|value| (value, 1.0))),
            ),
        }
    }
}

/// The decisions on one topic.
pub(super) fn counts(rows: &[&[f64]], topic: usize) -> Counts {
    let mut counts = Counts::default();
    rows.iter().for_each(|row| add(&mut counts, row[topic]));
    counts
}

fn of_row(row: &[f64]) -> Counts {
    let mut counts = Counts::default();
    row.iter().for_each(|code| add(&mut counts, *code));
    counts
}

fn add(counts: &mut Counts, code: f64) {
    if code >= 0.0 {
        counts.add(code >= 2.0, code == 1.0 || code == 3.0);
    }
}

/// Weighted mean of (value, weight).
fn mean(parts: impl Iterator<Item = Option<(f64, f64)>>) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (value, weight) in parts.flatten() {
        sum += value * weight;
        weights += weight;
    }
    (weights > 0.0).then(|| sum / weights)
}

/// Share of articles whose topics are all right (scikit-learn's `accuracy_score` on several labels).
pub(super) fn subset_accuracy(rows: &[&[f64]]) -> Option<f64> {
    let right = |row: &&&[f64]| row.iter().all(|code| *code == 0.0 || *code == 3.0);
    let count = rows.iter().filter(right).count();
    (!rows.is_empty()).then(|| count as f64 / rows.len() as f64)
}

/// Share of decisions that are wrong (scikit-learn's `hamming_loss`).
pub(super) fn hamming_loss(rows: &[&[f64]]) -> Option<f64> {
    let decisions: usize = rows.iter().map(|row| row.len()).sum();
    let wrong = |code: &&f64| **code == 1.0 || **code == 2.0;
    let wrong: usize = rows
        .iter()
        .map(|row| row.iter().filter(wrong).count())
        .sum();
    (decisions > 0).then(|| wrong as f64 / decisions as f64)
}
