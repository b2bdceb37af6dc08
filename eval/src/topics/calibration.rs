//! Whether a probability of 0.8 is right eight times out of ten: Brier score, expected calibration error, reliability bins.
//!
//! Rows hold two columns a topic: gold (0 or 1) and probability. All topics are pooled.

use crate::align::Pair;
use crate::report::Bin;

/// Bins of the expected calibration error.
pub(super) const ERROR_BINS: usize = 10;

/// Mean squared distance of probability and truth over all decisions (Brier, Monthly Weather Review 78, 1950; its binary
/// form, as scikit-learn's `brier_score_loss` on the pooled decisions).
pub(super) fn brier(rows: &[&[f64]]) -> Option<f64> {
    let decisions = pooled(rows);
    let loss: f64 = decisions.iter().map(|(p, gold)| (p - gold).powi(2)).sum();
    (!decisions.is_empty()).then(|| loss / decisions.len() as f64)
}

/// Mean distance of confidence and frequency over bins, weighted by their size (Guo et al., "On Calibration of Modern
/// Neural Networks", ICML 2017), with bins of about equal mass (Nixon et al., "Measuring Calibration in Deep Learning",
/// CVPR workshops 2019).
pub(super) fn expected_error(rows: &[&[f64]], bins: usize) -> Option<f64> {
    let decisions = pooled(rows);
    let n = decisions.len() as f64;
    let distance = |bin: &Bin| bin.count as f64 / n * (bin.confidence - bin.frequency).abs();
    (n > 0.0).then(|| binned(decisions, bins).iter().map(distance).sum())
}

/// Reliability bins over all topics, lowest probability first; empty if a listed topic has no probability.
///
/// Bin edges are quantiles of the probabilities, as `calibration_curve(strategy="quantile")` of scikit-learn has them:
/// equal probabilities are in one bin, so there may be fewer bins.
pub fn reliability(pairs: &[Pair], topics: &[String], bins: usize) -> Vec<Bin> {
    match super::probabilities(pairs, topics) {
        Some(rows) => binned(pooled(&super::slices(&rows)), bins),
        None => Vec::new(),
    }
}

/// (probability, gold) of every decision.
fn pooled(rows: &[&[f64]]) -> Vec<(f64, f64)> {
    let decisions = rows.iter().flat_map(|row| row.chunks_exact(2));
    decisions.map(|cell| (cell[1], cell[0])).collect()
}

fn binned(mut decisions: Vec<(f64, f64)>, bins: usize) -> Vec<Bin> {
    decisions.sort_by(|a, b| a.0.total_cmp(&b.0));
    let edges: Vec<f64> = (1..bins)
        .map(|at| quantile(&decisions, at as f64 / bins as f64))
        .collect();
    let mut found: Vec<(usize, Bin)> = Vec::new();
    for (probability, gold) in decisions {
        // Number of inner edges below the probability: numpy's searchsorted, side left.
        let bin = edges.partition_point(|edge| *edge < probability);
        if found.last().is_none_or(|(last, _)| *last != bin) {
            let empty = Bin {
                count: 0,
                confidence: 0.0,
                frequency: 0.0,
            };
            found.push((bin, empty));
        }
        if let Some((_, bin)) = found.last_mut() {
            bin.count += 1;
            bin.confidence += probability;
            bin.frequency += gold;
        }
    }
    let mean = |(_, bin): (usize, Bin)| Bin {
        confidence: bin.confidence / bin.count as f64,
        frequency: bin.frequency / bin.count as f64,
        ..bin
    };
    found.into_iter().map(mean).collect()
}

/// The quantile of sorted values with linear interpolation (numpy's default, Hyndman and Fan's definition 7).
fn quantile(sorted: &[(f64, f64)], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let place = share * last as f64;
    let below = place.floor() as usize;
    let (low, high) = (sorted[below].0, sorted[(below + 1).min(last)].0);
    // As numpy interpolates, so that equal neighbours give themselves exactly.
    let part = place - below as f64;
    match part < 0.5 {
        true => low + (high - low) * part,
        false => high - (high - low) * (1.0 - part),
    }
}
