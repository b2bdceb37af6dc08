//! Two systems' decisions on the same questions.

use crate::report::McNemarReport;

/// McNemar's exact test: whether one system is right more often than the other (`true`: right; same order in both).
///
/// Only decisions on which the two differ count; if the systems are equally good, each of these falls to either side
/// like a coin, and p is the two-sided binomial tail, 2 · P(X ≤ min(b, c)) with X ~ Bin(b + c, ½), at most 1 (McNemar,
/// "Note on the sampling error of the difference between correlated proportions", Psychometrika 12, 1947; the exact
/// form as in `scipy.stats.binomtest`). Where nothing differs, p is 1. What one list has beyond the other's end is no
/// pair and does not count.
///
/// The test takes decisions as independent. Those of one article are not quite, so it is a second opinion beside
/// [`compare`](super::compare()), which resamples whole articles.
///
/// ```
/// let a = [true, true, true, true, true, true, false];
/// let b = [false, false, false, false, false, false, false];
/// let test = depeche_eval::stats::mcnemar(&a, &b);
/// assert_eq!((test.only_a, test.only_b), (6, 0));
/// assert!((test.p - 2.0 / 64.0).abs() < 1e-12);
/// ```
pub fn mcnemar(a: &[bool], b: &[bool]) -> McNemarReport {
    let count = |wanted: (bool, bool)| {
        a.iter()
            .zip(b)
            .filter(|(a, b)| (**a, **b) == wanted)
            .count()
    };
    let (only_a, only_b) = (count((true, false)), count((false, true)));
    McNemarReport {
        only_a,
        only_b,
        p: two_sided(only_a.min(only_b), only_a + only_b),
    }
}

/// 2 · P(X ≤ k), X ~ Bin(n, ½), at most 1; `k` is at most n ÷ 2.
fn two_sided(k: usize, n: usize) -> f64 {
    // ln P(X = k), then P(X ≤ k) ÷ P(X = k) = 1 + k/(n−k+1) · (1 + (k−1)/(n−k+2) · (…)): all terms below 1, so that
    // nothing overflows and small p-values stay exact. Counts are far below 2^53.
    let n = n as f64;
    let (mut log, mut tail) = (-n * std::f64::consts::LN_2, 1.0);
    for i in 1..=k {
        let i = i as f64;
        log += ((n - i + 1.0) / i).ln();
        tail = 1.0 + i / (n - i + 1.0) * tail;
    }
    (2.0 * tail * log.exp()).min(1.0)
}
