//! Two systems on one figure, paired by article.

use super::enough;
use super::estimate::interval;
use super::resample::{Draws, Exchanges};
use crate::figure::{Direction, Figure};
use crate::report::{Estimate, Resampling};

/// How two systems differ on one figure. Whatever cannot be had is `None`; see [`compare`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Difference {
    /// Value of a minus value of b, with its 95 % paired bootstrap interval.
    pub difference: Estimate,
    /// Two-sided p-value of the paired bootstrap.
    pub bootstrap_p: Option<f64>,
    /// Two-sided p-value of approximate randomization.
    pub randomization_p: Option<f64>,
    /// One-sided p-value of approximate randomization: small if a is worse than b by more than chance would have it.
    /// `None` for a figure without a better or worse.
    pub p_worse: Option<f64>,
}

/// Compares two systems on the same figure of the same articles in the same order.
///
/// - The interval is the percentile bootstrap of the difference, each resample drawing the same articles for both
///   (Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004; Efron & Tibshirani 1993,
///   chapter 13).
/// - `bootstrap_p` shifts the resampled differences to mean zero and counts those that are at least as far from zero as
///   the observed one: (c + 1) ÷ (B + 1) (Efron & Tibshirani 1993, section 16.4; Riezler & Maxwell, "On Some Pitfalls in
///   Automatic Evaluation and Significance Testing for MT", ACL workshop 2005). sacreBLEU takes absolute values before
///   it shifts, which counts one tail of the two: its p is about half of this one where the difference is large.
/// - `randomization_p` exchanges the two systems' rows, each article with probability one half, and counts differences
///   at least as far from zero as the observed one: (c + 1) ÷ (R + 1) (Noreen, "Computer-Intensive Methods for Testing
///   Hypotheses", 1989; Riezler & Maxwell 2005). `p_worse` counts those in which a is at least as much worse.
///
/// "At least as far" includes ties (sacreBLEU: "further"), so that two equal systems have p = 1.
///
/// The formula and direction of `a` are used for both. Everything is `None` if one value is undefined or the two have
/// not the same number of articles. A number of resamples of 0 turns that half off.
///
/// ```
/// use depeche_eval::{Direction, Figure, report::Resampling, stats};
///
/// let accuracy = |every: usize| {
///     let right = (0..100).map(|article| Some(f64::from(u8::from(article % every != 0))));
///     Figure::mean("accuracy", Direction::Higher, right)
/// };
/// let test = stats::compare(&accuracy(3), &accuracy(9), &Resampling::default());
/// assert!(test.difference.high.is_some_and(|high| high < 0.0));
/// assert!(test.randomization_p.is_some_and(|p| p < 0.001));
/// assert!(test.p_worse.is_some_and(|p| p < 0.001));
/// ```
pub fn compare(a: &Figure, b: &Figure, resampling: &Resampling) -> Difference {
    if a.rows.len() != b.rows.len() {
        return Difference::default();
    }
    let pairs = Pairs {
        a: &a.rows,
        b: &b.rows,
        formula: &*a.formula,
    };
    let Some(observed) = pairs.observed() else {
        return Difference::default();
    };
    let (low_high, bootstrap_p) = pairs.bootstrap(&observed, resampling);
    let (randomization_p, above, below) = pairs.randomization(&observed, resampling);
    Difference {
        difference: Estimate {
            value: Some(observed.difference),
            low: low_high.map(|(low, _)| low),
            high: low_high.map(|(_, high)| high),
        },
        bootstrap_p,
        randomization_p,
        p_worse: match a.direction {
            Direction::Higher => below,
            Direction::Lower => above,
            Direction::Neutral => None,
        },
    }
}

/// The rows of two systems on the same articles.
struct Pairs<'a> {
    a: &'a [Vec<f64>],
    b: &'a [Vec<f64>],
    formula: &'a dyn Fn(&[&[f64]]) -> Option<f64>,
}

/// What was measured.
struct Observed {
    /// Value of a minus value of b.
    difference: f64,
    /// Differences that are closer than this are ties: sums of the same rows in another order differ in their last
    /// bits.
    tie: f64,
}

impl Pairs<'_> {
    fn observed(&self) -> Option<Observed> {
        let value =
            |rows: &[Vec<f64>]| (self.formula)(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let (a, b) = (value(self.a)?, value(self.b)?);
        Some(Observed {
            difference: a - b,
            tie: 1e-10 * a.abs().max(b.abs()),
        })
    }

    /// Interval and two-sided p-value.
    fn bootstrap(
        &self,
        observed: &Observed,
        resampling: &Resampling,
    ) -> (Option<(f64, f64)>, Option<f64>) {
        let n = self.a.len();
        let mut draws = Draws::new(n, resampling.seed);
        let (mut a, mut b) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let differences: Vec<f64> = (0..resampling.bootstrap)
            .filter_map(|_| {
                a.clear();
                b.clear();
                for at in draws.draw() {
                    a.push(self.a[*at].as_slice());
                    b.push(self.b[*at].as_slice());
                }
                Some((self.formula)(&a)? - (self.formula)(&b)?)
            })
            .collect();
        if !enough(differences.len(), resampling.bootstrap) {
            return (None, None);
        }
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        let extreme = differences
            .iter()
            .filter(|d| (**d - mean).abs() >= observed.difference.abs() - observed.tie)
            .count();
        let p = p_value(extreme, differences.len());
        (interval(differences), Some(p))
    }

    /// p-values: two-sided; that the difference is so far above what chance gives; so far below.
    fn randomization(
        &self,
        observed: &Observed,
        resampling: &Resampling,
    ) -> (Option<f64>, Option<f64>, Option<f64>) {
        if self.a == self.b && resampling.randomization > 0 {
            // Every exchange changes nothing.
            return (Some(1.0), Some(1.0), Some(1.0));
        }
        let n = self.a.len();
        let mut exchanges = Exchanges::new(n, resampling.seed);
        let (mut a, mut b) = (vec![&[][..]; n], vec![&[][..]; n]);
        let (mut defined, mut two_sided, mut above, mut below) = (0, 0, 0, 0);
        let Observed { difference, tie } = *observed;
        for _ in 0..resampling.randomization {
            let flags = exchanges.draw();
            for (at, exchange) in flags.iter().enumerate() {
                // An index costs less than a branch that nothing can predict.
                let (first, second) = (usize::from(*exchange), usize::from(!*exchange));
                let both = [self.a[at].as_slice(), self.b[at].as_slice()];
                (a[at], b[at]) = (both[first], both[second]);
            }
            let (Some(of_a), Some(of_b)) = ((self.formula)(&a), (self.formula)(&b)) else {
                continue;
            };
            let exchanged = of_a - of_b;
            defined += 1;
            two_sided += usize::from(exchanged.abs() >= difference.abs() - tie);
            above += usize::from(exchanged >= difference - tie);
            below += usize::from(exchanged <= difference + tie);
        }
        if !enough(defined, resampling.randomization) {
            return (None, None, None);
        }
        let p = |extreme| Some(p_value(extreme, defined));
        (p(two_sided), p(above), p(below))
    }
}

/// (c + 1) ÷ (R + 1): what was observed is itself one of the ways that chance could have it (Noreen 1989).
fn p_value(extreme: usize, all: usize) -> f64 {
    // Counts are far below 2^53.
    (extreme + 1) as f64 / (all + 1) as f64
}
