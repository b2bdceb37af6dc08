//! Precision, recall and F1 from counts of right and wrong decisions.
//!
//! Owns [`Counts`] and the rule for division by zero: **a quotient whose denominator is 0 is undefined (`None`)**, never
//! 0 and never 1. Which decisions are counted is the business of `decisions`.

use std::iter::Sum;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// How often a yes-or-no decision was right and wrong.
///
/// ```
/// use depeche_eval::Counts;
///
/// let counts = Counts { true_positive: 3, false_positive: 1, false_negative: 2, true_negative: 4 };
/// assert_eq!(counts.precision(), Some(0.75));
/// assert_eq!(counts.recall(), Some(0.6));
/// assert_eq!(counts.f1(), Some(2.0 / 3.0));
///
/// // Nothing to find and nothing found: there is no score.
/// assert_eq!(Counts { true_negative: 10, ..Counts::default() }.f1(), None);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Gold says yes, the prediction says yes.
    pub true_positive: usize,
    /// Gold says no, the prediction says yes.
    pub false_positive: usize,
    /// Gold says yes, the prediction says no.
    pub false_negative: usize,
    /// Gold says no, the prediction says no.
    pub true_negative: usize,
}

impl Counts {
    /// Counts one decision.
    pub fn add(&mut self, gold: bool, predicted: bool) {
        match (gold, predicted) {
            (true, true) => self.true_positive += 1,
            (false, true) => self.false_positive += 1,
            (true, false) => self.false_negative += 1,
            (false, false) => self.true_negative += 1,
        }
    }

    /// How many decisions were counted.
    pub fn total(&self) -> usize {
        self.support() + self.false_positive + self.true_negative
    }

    /// How often gold says yes.
    pub fn support(&self) -> usize {
        self.true_positive + self.false_negative
    }

    /// TP / (TP + FP); `None` if nothing was predicted.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.true_positive, self.true_positive + self.false_positive)
    }

    /// TP / (TP + FN); `None` if there was nothing to find.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.true_positive, self.support())
    }

    /// 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall (van Rijsbergen, Information Retrieval, 1979).
    ///
    /// `None` only if there was nothing to find and nothing was predicted. It is 0 where one of precision and recall
    /// is undefined and there were mistakes.
    pub fn f1(&self) -> Option<f64> {
        let twice = 2 * self.true_positive;
        ratio(twice, twice + self.false_positive + self.false_negative)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.true_positive += other.true_positive;
        self.false_positive += other.false_positive;
        self.false_negative += other.false_negative;
        self.true_negative += other.true_negative;
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(iter: I) -> Counts {
        iter.fold(Counts::default(), |mut sum, counts| {
            sum += counts;
            sum
        })
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    // Counts of articles are far below 2^53, where an f64 stops holding every integer.
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (true positive, false positive, false negative, true negative) → (precision, recall, F1)
    type Case = (
        (usize, usize, usize, usize),
        (Option<f64>, Option<f64>, Option<f64>),
    );

    #[test]
    fn table() {
        let cases: [Case; 8] = [
            ((0, 0, 0, 0), (None, None, None)),
            ((0, 0, 0, 5), (None, None, None)),
            ((0, 0, 2, 0), (None, Some(0.0), Some(0.0))),
            ((0, 2, 0, 0), (Some(0.0), None, Some(0.0))),
            ((0, 1, 1, 0), (Some(0.0), Some(0.0), Some(0.0))),
            ((4, 0, 0, 9), (Some(1.0), Some(1.0), Some(1.0))),
            ((1, 1, 0, 0), (Some(0.5), Some(1.0), Some(2.0 / 3.0))),
            ((6, 2, 4, 1), (Some(0.75), Some(0.6), Some(2.0 / 3.0))),
        ];
        for ((tp, fp, fn_, tn), expected) in cases {
            let counts = Counts {
                true_positive: tp,
                false_positive: fp,
                false_negative: fn_,
                true_negative: tn,
            };
            assert_eq!(
                (counts.precision(), counts.recall(), counts.f1()),
                expected,
                "{counts:?}"
            );
            assert_eq!(counts.total(), tp + fp + fn_ + tn);
            assert_eq!(counts.support(), tp + fn_);
        }
    }

    #[test]
    fn f1_is_the_harmonic_mean_where_both_are_defined() {
        for tp in 1..6 {
            for fp in 0..6 {
                for fn_ in 0..6 {
                    let counts = Counts {
                        true_positive: tp,
                        false_positive: fp,
                        false_negative: fn_,
                        true_negative: 0,
                    };
                    let precision = counts.precision().expect("something was predicted");
                    let recall = counts.recall().expect("there was something to find");
                    let f1 = counts.f1().expect("both are defined");
                    let harmonic = 2.0 * precision * recall / (precision + recall);
                    assert!((f1 - harmonic).abs() < 1e-12, "{counts:?}");
                }
            }
        }
    }

    #[test]
    fn adding_counts_each_decision_once() {
        let mut counts = Counts::default();
        for (gold, predicted) in [
            (true, true),
            (true, false),
            (false, true),
            (false, false),
            (true, true),
        ] {
            counts.add(gold, predicted);
        }
        let expected = Counts {
            true_positive: 2,
            false_positive: 1,
            false_negative: 1,
            true_negative: 1,
        };
        assert_eq!(counts, expected);
        let sum: Counts = [counts, expected].into_iter().sum();
        assert_eq!((sum.true_positive, sum.total()), (4, 10));
    }
}
