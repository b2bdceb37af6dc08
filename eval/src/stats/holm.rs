//! p-values that may be read side by side.

/// Holm's step-down adjustment: `p[i]` adjusted for the fact that all of `p` were looked at, in the same order.
///
/// Rejecting where the adjusted value is below α keeps the chance of any false rejection at α, whatever the dependence
/// between the tests (Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
/// Statistics 6, 1979). The i-th smallest of m values is multiplied by m − i + 1, made at least as large as the one
/// before it, and at most 1; as R's `p.adjust(p, "holm")`.
///
/// ```
/// assert_eq!(depeche_eval::stats::holm(&[0.5, 0.0625]), [0.5, 0.125]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut floor = 0.0_f64;
    for (left, at) in (1..=p.len()).rev().zip(order) {
        // A count of tests is far below 2^53.
        floor = floor.max(p[at] * left as f64).min(1.0);
        adjusted[at] = floor;
    }
    adjusted
}
