//! Hidden states of a text's windows → one unit vector.
//!
//! Input: the hidden states of a batch as one row-major slice. Plain arithmetic, no Candle.

use std::ops::Range;

/// How the hidden states of one window become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooling {
    /// The mean over all tokens of the window (E5 and most sentence encoders).
    #[default]
    Mean,
    /// The state of the opening token (BGE, GTE).
    Cls,
}

impl Pooling {
    /// Pools the rows `tokens` of `states`, shape `(all tokens, width)`, and adds the result,
    /// times `weight`, to `sum`, whose length is `width`.
    pub(super) fn add_window(
        self,
        states: &[f32],
        tokens: Range<usize>,
        weight: f32,
        sum: &mut [f32],
    ) {
        let width = sum.len();
        let rows = match self {
            Self::Mean => tokens,
            Self::Cls => tokens.start..tokens.start + 1,
        };
        let count = rows.len() as f32;
        let mut mean = vec![0.0f32; width];
        for row in states[rows.start * width..rows.end * width].chunks_exact(width) {
            mean.iter_mut().zip(row).for_each(|(m, x)| *m += x);
        }
        sum.iter_mut()
            .zip(&mean)
            .for_each(|(s, m)| *s += weight * (m / count));
    }
}

/// Scales `vector` to L2 norm 1; false when it has no direction (zero or not finite).
pub(super) fn normalize(vector: &mut [f32]) -> bool {
    let norm = vector
        .iter()
        .map(|x| f64::from(*x) * f64::from(*x))
        .sum::<f64>()
        .sqrt();
    if !norm.is_finite() || norm == 0.0 {
        return false;
    }
    vector
        .iter_mut()
        .for_each(|x| *x = (f64::from(*x) / norm) as f32);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_cls_read_only_their_window() {
        // (3 tokens, width 2); the window is tokens 1 and 2.
        let states = [9.0, 9.0, 1.0, 2.0, 3.0, 6.0];
        let mut mean = [0.0; 2];
        Pooling::Mean.add_window(&states, 1..3, 2.0, &mut mean);
        assert_eq!(mean, [4.0, 8.0]);
        let mut cls = [1.0; 2];
        Pooling::Cls.add_window(&states, 1..3, 2.0, &mut cls);
        assert_eq!(cls, [3.0, 5.0]);
    }

    #[test]
    fn normalize_refuses_what_has_no_direction() {
        let mut vector = [3.0, 4.0];
        assert!(normalize(&mut vector));
        assert_eq!(vector, [0.6, 0.8]);
        assert!(!normalize(&mut [0.0, 0.0]));
        assert!(!normalize(&mut [f32::NAN, 1.0]));
        assert!(!normalize(&mut [f32::INFINITY, 1.0]));
    }
}
