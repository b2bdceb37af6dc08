//! Probability → decision. Owns the thresholds and how the band of unsure ones is chosen.

use crate::record::Decision;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// Where a topic's decisions change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Band {
    /// From this probability on the topic is assigned.
    pub assigned: f64,
    /// From this probability on, and below `assigned`, it is unsure.
    pub unsure: f64,
}

impl Band {
    /// Rejects whatever the probability is.
    pub const NEVER: Self = Self {
        assigned: f64::INFINITY,
        unsure: f64::INFINITY,
    };

    /// The narrowest band below a threshold that makes this share of the articles unsure about some topic: the most
    /// probable ones of all topics not assigned. Probabilities are `(articles, topics)`.
    ///
    /// A band on both sides of the threshold holds as many of the errors, but topics that are more probable than not
    /// would be withheld (macro-F1 of the assigned topics lower by 0.005 in nested cross-validation).
    fn below(threshold: f64, probabilities: &Array2<f64>, unsure_share: f64) -> Self {
        let mut highest: Vec<f64> = probabilities
            .rows()
            .into_iter()
            .map(|row| {
                let below = row.iter().copied().filter(|p| *p < threshold);
                below.fold(0.0, f64::max)
            })
            .collect();
        highest.sort_by(|a, b| b.total_cmp(a));
        let count = (unsure_share * highest.len() as f64).round() as usize;
        let last = count.checked_sub(1).and_then(|last| highest.get(last));
        Self {
            assigned: threshold,
            unsure: last.copied().unwrap_or(threshold),
        }
    }

    /// What follows from a probability.
    pub fn decide(self, probability: f64) -> Decision {
        match probability {
            p if p >= self.assigned => Decision::Assigned,
            p if p >= self.unsure => Decision::Unsure,
            _ => Decision::Rejected,
        }
    }
}

/// Rounded to 4 decimals, as records have it: decisions are taken on what is written.
pub(super) fn rounded(probability: f64) -> f64 {
    (probability * 1e4).round() / 1e4
}

/// The threshold with the highest F1 on these labels: half-way to the next lower probability.
pub(super) fn best_threshold(probabilities: &[f64], labels: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]));
    let positives: f64 = labels.iter().sum();
    let (mut found, mut best, mut threshold) = (0.0, 0.0, 0.5);
    for (rank, at) in order.iter().enumerate() {
        found += labels[*at];
        let next = order.get(rank + 1).map_or(0.0, |at| probabilities[*at]);
        if next == probabilities[*at] {
            continue;
        }
        let f1 = 2.0 * found / ((rank + 1) as f64 + positives);
        if f1 > best {
            best = f1;
            threshold = (probabilities[*at] + next) / 2.0;
        }
    }
    threshold
}

/// The decisions of trained topics, from out-of-fold probabilities `(articles, topics)`.
///
/// Their probabilities are calibrated, so one half is the threshold. Thresholds tuned to each topic's F1, also when
/// shrunk towards one half, were no better in nested cross-validation (three seeds: core macro-F1 lower by up to 0.013,
/// more hard negatives assigned).
pub(super) fn trained(probabilities: &Array2<f64>, unsure_share: f64) -> Band {
    Band::below(0.5, probabilities, unsure_share)
}

/// The decisions of a regression shared by all topics, from its probabilities and labels: the threshold has the highest
/// F1 on them. It stands between topics of different frequency, so one half is not the best.
pub(super) fn shared(probabilities: &[f64], labels: &[f64], unsure_share: f64) -> Band {
    let threshold = best_threshold(probabilities, labels);
    let column = Array2::from_shape_fn((probabilities.len(), 1), |(at, _)| probabilities[at]);
    Band::below(threshold, &column, unsure_share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_threshold_lies_between_the_classes() {
        let threshold = best_threshold(&[0.9, 0.3, 0.8, 0.1], &[1.0, 0.0, 1.0, 0.0]);
        assert!((threshold - 0.55).abs() < 1e-12, "{threshold}");
        assert_eq!(best_threshold(&[0.2], &[0.0]), 0.5, "nothing to find");
    }

    #[test]
    fn the_band_holds_the_wanted_share_of_articles() {
        let probabilities = Array2::from_shape_fn((50, 2), |(article, topic)| {
            (article as f64 + 0.5) / 50.0 * if topic == 0 { 1.0 } else { 0.1 }
        });
        let band = trained(&probabilities, 0.1);
        assert_eq!(band.assigned, 0.5);
        let unsure = |p: &f64| band.decide(*p) == Decision::Unsure;
        let rows = probabilities.rows().into_iter();
        assert_eq!(rows.filter(|row| row.iter().any(unsure)).count(), 5);
        let none = trained(&probabilities, 0.0);
        assert_eq!(none.decide(0.5), Decision::Assigned);
        assert_eq!(none.decide(0.4999), Decision::Rejected);
    }
}
