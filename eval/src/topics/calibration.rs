//! Whether probabilities mean what they say: Brier score, reliability bins, expected calibration error.
//!
//! Owns the bins. All topics and articles are pooled: one decision is one observation.

use super::decisions::distinct;
use super::probabilities::{self, Scored, column, scored, told};
use crate::align::Pair;
use crate::figure::{Direction, Figure};
use crate::report::Bin;

/// Bins of the expected calibration error.
const ECE_BINS: usize = 10;

/// The figures of all topics pooled.
pub(super) fn figures(pairs: &[Pair], topics: &[&str]) -> Vec<Figure> {
    let count = topics.len();
    let figure = |name: &str, of: fn(&mut [Scored]) -> Option<f64>| {
        let formula = move |rows: &[&[f64]]| {
            let (mut all, mut topic) = (Vec::with_capacity(rows.len() * count), Vec::new());
            for at in 0..count {
                column(rows, at, &mut topic);
                all.extend_from_slice(&topic);
            }
            of(&mut all)
        };
        probabilities::figure(name, Direction::Lower, pairs, topics, formula)
    };
    vec![
        figure("brier", brier),
        figure("ece", ece).with_parameters("bins:10|binning:equal-mass"),
    ]
}

/// Reliability bins over all `topics`, pooled, of equal mass, lowest probability first.
///
/// The cuts are the k/`bins` quantiles of the probabilities, and equal probabilities stay together in the lower bin: the
/// bins of scikit-learn's `calibration_curve(strategy="quantile")`, free of its rounding of quantiles. So there may be
/// fewer bins than asked for, and they are of equal mass only where probabilities differ. Empty if there is nothing to
/// score or if the system leaves out the probability of a topic that it lists.
///
/// ```
/// use depeche_eval::{Gold, Prediction, align, topics::reliability};
/// use std::path::Path;
///
/// let gold = Gold::parse(r#"{"id": "a", "topics": ["trade"]}"#.as_bytes(), Path::new("gold.jsonl"))?;
/// let record = r#"{"id": "a", "topics": [{"id": "trade", "probability": 0.75}]}"#;
/// let predictions = Prediction::parse(record.as_bytes(), Path::new("out.jsonl"))?;
/// let topics = ["trade".to_owned(), "asean".to_owned()];
/// let (pairs, _) = align(&gold, &predictions, &topics);
/// // asean is not listed: its probability is 0.
/// let bins = reliability(&pairs, &topics, 2);
/// assert_eq!(bins.iter().map(|bin| bin.confidence).collect::<Vec<_>>(), [0.0, 0.75]);
/// assert_eq!(bins.iter().map(|bin| bin.frequency).collect::<Vec<_>>(), [0.0, 1.0]);
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn reliability(pairs: &[Pair], topics: &[String], bins: usize) -> Vec<Bin> {
    let topics = distinct(topics);
    if !told(pairs, &topics) {
        return Vec::new();
    }
    let mut all: Vec<Scored> = pairs
        .iter()
        .flat_map(|pair| topics.iter().map(|topic| scored(pair, topic)))
        .collect();
    equal_mass(&mut all, bins)
}

/// The mean squared distance between probability and truth (Brier, "Verification of Forecasts Expressed in Terms of
/// Probability", 1950, for two classes and halved), as `sklearn.metrics.brier_score_loss`.
fn brier(all: &mut [Scored]) -> Option<f64> {
    let sum: f64 = all
        .iter()
        .map(|(probability, gold)| (probability - f64::from(u8::from(*gold))).powi(2))
        .sum();
    (!all.is_empty()).then(|| sum / all.len() as f64)
}

/// The mean distance between what a bin says and what is so, each bin weighted by its size (Naeini, Cooper, Hauskrecht,
/// "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015; bins of equal mass as in Nguyen and
/// O'Connor, "Posterior calibration and exploratory analysis for natural language processing models", EMNLP 2015).
fn ece(all: &mut [Scored]) -> Option<f64> {
    let total = all.len() as f64;
    let sum: f64 = equal_mass(all, ECE_BINS)
        .iter()
        .map(|bin| bin.count as f64 * (bin.confidence - bin.frequency).abs())
        .sum();
    (total > 0.0).then(|| sum / total)
}

/// Cuts behind the probabilities of rank ⌊k (n − 1) / bins⌋, k = 1, …, bins − 1.
///
/// A quantile that lies between two ranks is interpolated by scikit-learn; no probability lies between, so that cutting
/// behind the lower rank makes the same bins.
fn equal_mass(all: &mut [Scored], bins: usize) -> Vec<Bin> {
    all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let all = &*all;
    let mut cut = 1;
    let in_one_bin = |_: &Scored, after: &Scored| {
        let from = cut;
        while cut < bins && all[cut * (all.len() - 1) / bins].0 < after.0 {
            cut += 1;
        }
        from == cut
    };
    all.chunk_by(in_one_bin).map(bin).collect()
}

/// One bin, which is not empty.
fn bin(scored: &[Scored]) -> Bin {
    let count = scored.len() as f64;
    Bin {
        count: scored.len(),
        confidence: scored
            .iter()
            .map(|(probability, _)| probability)
            .sum::<f64>()
            / count,
        frequency: scored.iter().filter(|(_, gold)| *gold).count() as f64 / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(probabilities: &[f64], bins: usize) -> Vec<usize> {
        let mut all: Vec<Scored> = probabilities.iter().map(|p| (*p, false)).collect();
        equal_mass(&mut all, bins)
            .iter()
            .map(|bin| bin.count)
            .collect()
    }

    #[test]
    fn bins_are_of_equal_mass_and_keep_ties_together() {
        let even: Vec<f64> = (0..100).map(|at| f64::from(at) / 100.0).collect();
        assert_eq!(sizes(&even, 10), [10; 10]);
        assert_eq!(sizes(&even, 1), [100]);
        assert_eq!(sizes(&even, 0), [100]);
        assert!(sizes(&[], 10).is_empty());
        assert_eq!(sizes(&[0.4], 10), [1]);
        assert_eq!(sizes(&[0.0; 30], 10), [30]);
        assert_eq!(sizes(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.5], 3), [4, 2]);
        assert_eq!(sizes(&[0.1, 0.2, 0.3], 10), [1, 1, 1]);
    }

    #[test]
    fn by_hand() {
        let mut all = [(0.5, true), (0.5, false), (1.0, true), (0.0, true)];
        assert_eq!(brier(&mut all), Some(1.5 / 4.0));
        // Bins 0.0 (wrong by 1), 0.5 twice (half of them have it) and 1.0 (right).
        assert_eq!(ece(&mut all), Some(0.25));
        assert_eq!((brier(&mut []), ece(&mut [])), (None, None));
    }
}
