//! A figure's value with its interval.

use super::enough;
use super::resample::Draws;
use crate::figure::Figure;
use crate::report::{Estimate, Resampling};

/// The figure over all articles with its 95 % percentile bootstrap interval.
///
/// Articles are drawn with replacement, as many as there are (Efron & Tibshirani, "An Introduction to the Bootstrap",
/// 1993, chapter 13). The ends are the k-th smallest and the k-th largest resampled values with
/// k = ⌊(B + 1) · 0.025⌋, B the number of defined resamples (ibid., section 12.5). There is no interval where the figure
/// is undefined, where more than 5 % of the resamples are, or where B < 39.
///
/// ```
/// use depeche_eval::{Direction, Figure, report::Resampling, stats};
///
/// let right = (0..100).map(|article| Some(f64::from(u8::from(article % 4 != 0))));
/// let accuracy = Figure::mean("accuracy", Direction::Higher, right);
/// let estimate = stats::estimate(&accuracy, &Resampling::default());
/// assert_eq!(estimate.value, Some(0.75));
/// // The normal approximation is 0.75 ± 1.96 · √(0.75 · 0.25 ÷ 100), from 0.665 to 0.835.
/// assert!(estimate.low.is_some_and(|low| (0.64..0.69).contains(&low)));
/// assert!(estimate.high.is_some_and(|high| (0.81..0.86).contains(&high)));
/// ```
pub fn estimate(figure: &Figure, resampling: &Resampling) -> Estimate {
    let value = figure.value();
    if value.is_none() {
        return Estimate::default();
    }
    let mut draws = Draws::new(figure.rows.len(), resampling.seed);
    let mut rows = Vec::with_capacity(figure.rows.len());
    let values: Vec<f64> = (0..resampling.bootstrap)
        .filter_map(|_| {
            rows.clear();
            rows.extend(draws.draw().iter().map(|at| figure.rows[*at].as_slice()));
            (figure.formula)(&rows)
        })
        .collect();
    let interval = enough(values.len(), resampling.bootstrap)
        .then(|| interval(values))
        .flatten();
    Estimate {
        value,
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
    }
}

/// The middle 95 % of the values; `None` of less than 39 of them.
pub(super) fn interval(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    // ⌊(B + 1) · 0.025⌋ in whole numbers.
    let k = (values.len() + 1) / 40;
    (k > 0).then(|| (values[k - 1], values[values.len() - k]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_order_statistics() {
        let values = |count: u32| (1..=count).rev().map(f64::from).collect::<Vec<_>>();
        let cases = [
            (0, None),
            (38, None),
            (39, Some((1.0, 39.0))),
            (1000, Some((25.0, 976.0))),
            (999, Some((25.0, 975.0))),
        ];
        for (count, expected) in cases {
            assert_eq!(interval(values(count)), expected, "{count}");
        }
    }
}
