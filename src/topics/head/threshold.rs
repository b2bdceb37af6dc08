//! Probability → decision. Owns the thresholds and how they are chosen from out-of-fold probabilities.

use super::Settings;
use crate::record::Decision;
use ndarray::{Array2, ArrayView1, Axis};
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

fn logit(probability: f64) -> f64 {
    let inside = probability.clamp(1e-6, 1.0 - 1e-6);
    (inside / (1.0 - inside)).ln()
}

fn from_logit(logit: f64) -> f64 {
    super::pooling::sigmoid(logit)
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

/// The decisions of every topic, from out-of-fold probabilities and labels `(articles, topics)`.
///
/// A topic's own best threshold is noisy, its positives being few; it is shrunk towards the common one, 0.5, as if that
/// had been seen on [`Settings::threshold_prior`] positives.
pub(super) fn choose(probabilities: &Array2<f64>, labels: &Array2<f64>, settings: &Settings) -> Vec<Band> {
    let assigned: Vec<f64> = probabilities
        .axis_iter(Axis(1))
        .zip(labels.axis_iter(Axis(1)))
        .map(|(probabilities, labels)| shrunk(probabilities, labels, settings.threshold_prior))
        .collect();
    let width = band_width(probabilities, &assigned, settings.unsure_share);
    let band = |assigned: f64| Band {
        assigned,
        unsure: from_logit(logit(assigned) - width),
    };
    assigned.into_iter().map(band).collect()
}

/// One threshold for all topics together, with the highest F1 on these labels.
pub(super) fn choose_common(probabilities: &[f64], labels: &[f64], share: f64) -> Band {
    let assigned = best_threshold(probabilities, labels);
    let column = Array2::from_shape_fn((probabilities.len(), 1), |(at, _)| probabilities[at]);
    let width = band_width(&column, &[assigned], share);
    Band {
        assigned,
        unsure: from_logit(logit(assigned) - width),
    }
}

fn shrunk(probabilities: ArrayView1<f64>, labels: ArrayView1<f64>, prior: Option<f64>) -> f64 {
    let Some(prior) = prior else {
        return COMMON;
    };
    let own = best_threshold(&probabilities.to_vec(), &labels.to_vec());
    let positives = labels.sum();
    from_logit((positives * logit(own) + prior * logit(COMMON)) / (positives + prior))
}

/// Probabilities are calibrated: where errors either way cost the same, the threshold is one half.
const COMMON: f64 = 0.5;

/// How far below the thresholds, in logits, probabilities are unsure, so that this share of the articles has an unsure
/// topic: the unsure topics are then the most probable ones of all those not assigned.
fn band_width(probabilities: &Array2<f64>, assigned: &[f64], share: f64) -> f64 {
    let mut nearest: Vec<f64> = probabilities
        .rows()
        .into_iter()
        .map(|row| {
            row.iter()
                .zip(assigned)
                .filter(|(p, threshold)| p < threshold)
                .map(|(p, threshold)| logit(*threshold) - logit(*p))
                .fold(f64::INFINITY, f64::min)
        })
        .collect();
    nearest.sort_by(f64::total_cmp);
    let count = (share * nearest.len() as f64).round() as usize;
    let width = count.checked_sub(1).and_then(|last| nearest.get(last));
    width.copied().filter(|width| width.is_finite()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn best_threshold_lies_between_the_classes() {
        let threshold = best_threshold(&[0.9, 0.3, 0.8, 0.1], &[1.0, 0.0, 1.0, 0.0]);
        assert!((threshold - 0.55).abs() < 1e-12, "{threshold}");
        assert_eq!(best_threshold(&[0.2], &[0.0]), 0.5, "nothing to find");
    }

    #[test]
    fn a_topics_own_threshold_is_shrunk() {
        let p = array![0.4, 0.35, 0.2];
        let y = array![1.0, 1.0, 0.0];
        let [free, half, fixed] = [Some(0.0), Some(2.0), None].map(|prior| shrunk(p.view(), y.view(), prior));
        assert!((free - 0.275).abs() < 1e-9 && fixed == 0.5);
        assert!(free < half && half < fixed, "{half}");
    }

    #[test]
    fn the_band_holds_the_wanted_share_of_articles() {
        let probabilities = Array2::from_shape_fn((50, 2), |(article, topic)| {
            (article as f64 + 0.5) / 50.0 * if topic == 0 { 1.0 } else { 0.1 }
        });
        let labels = probabilities.mapv(|p: f64| p.round());
        let settings = Settings { unsure_share: 0.1, ..Settings::default() };
        let bands = choose(&probabilities, &labels, &settings);
        let decide = |row: ArrayView1<f64>| {
            row.iter().zip(&bands).any(|(p, band)| band.decide(*p) == Decision::Unsure)
        };
        let unsure = probabilities.rows().into_iter().filter(|row| decide(*row)).count();
        assert_eq!(unsure, 5);
    }
}
