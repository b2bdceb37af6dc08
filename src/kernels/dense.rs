//! f32 arithmetic on slices, with the widest vectors that the processor has: `gemm` multiplies, [`widest`]
//! compiles plain loops.

use super::widest::widest;

/// Sums and maxima run in this many lanes, so that they are vectorised, and in the same order on every processor.
const LANES: usize = 16;

/// A matrix inside a slice: distance from one row to the next, and from one column to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strided<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Strided<'_> {
    fn holds(&self, rows: usize, columns: usize) -> bool {
        rows > 0
            && columns > 0
            && (rows - 1) * self.rows + (columns - 1) * self.columns < self.values.len()
    }
}

/// `out = scale · a · b` for a `(m, k)` and b `(k, n)`, on one core; rows of `out` lie `stride` apart.
///
/// # Panics
/// A matrix reaches over the end of its slice, or one of the sizes is 0.
pub(crate) fn multiply(
    [m, k, n]: [usize; 3],
    scale: f32,
    a: Strided,
    b: Strided,
    out: &mut [f32],
    stride: usize,
) {
    let destination = Strided {
        values: out,
        rows: stride,
        columns: 1,
    };
    assert!(a.holds(m, k) && b.holds(k, n) && destination.holds(m, n) && n <= stride);
    // SAFETY: the assertion says that the last element of each matrix, and so every element, lies inside
    // its slice; `out` is borrowed mutably, so it overlaps neither `a` nor `b`. Strides are lengths of slices
    // in memory and fit an isize.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            stride as isize,
            false,
            a.values.as_ptr(),
            a.columns as isize,
            a.rows as isize,
            b.values.as_ptr(),
            b.columns as isize,
            b.rows as isize,
            0.0,
            scale,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

widest! {
    /// Replaces each x by exp(scale · (x - max)) and returns their sum; `scale` ≥ 0.
    pub(crate) fn exponentials(row: &mut [f32], scale: f32) -> f32 {
        let max = largest(row);
        sum_of(row, |x| {
            *x = exp((*x - max) * scale);
            *x
        })
    }

    /// ln Σ exp(x), without overflow.
    pub(crate) fn log_sum_exp(row: &[f32]) -> f32 {
        let max = largest(row);
        let mut lanes = [0.0; LANES];
        let chunks = row.chunks_exact(LANES);
        let rest: f32 = chunks.remainder().iter().map(|x| exp(x - max)).sum();
        for chunk in chunks {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += exp(x - max);
            }
        }
        max + (lanes.iter().sum::<f32>() + rest).ln()
    }

    /// out = x / √(mean(x²) + ε) · weight for each row (arXiv 1910.07467); `x` and `out` are made of rows as wide as
    /// `weight`.
    pub(crate) fn rms_norm(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
        let width = weight.len();
        for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            let inverse = 1.0 / (dot(x, x) / width as f32 + epsilon).sqrt();
            for ((out, x), weight) in out.iter_mut().zip(x).zip(weight) {
                *out = x * inverse * weight;
            }
        }
    }

    /// gate ← gate · σ(gate) · up.
    pub(crate) fn silu_times(gate: &mut [f32], up: &[f32]) {
        for (gate, up) in gate.iter_mut().zip(up) {
            // e^-|x|, so that nothing overflows.
            let small = exp(-gate.abs());
            let above = if *gate >= 0.0 { 1.0 } else { small };
            *gate = *gate * above / (1.0 + small) * up;
        }
    }

    /// Adds `values` to each row of `rows`, which is as wide.
    pub(crate) fn add_to_rows(rows: &mut [f32], values: &[f32]) {
        for row in rows.chunks_exact_mut(values.len()) {
            row.iter_mut().zip(values).for_each(|(x, value)| *x += value);
        }
    }

    /// out += up · (down · x): `down` is (rank, inputs), `up` (rank, outputs).
    pub(crate) fn add_low_rank(x: &[f32], down: &[f32], up: &[f32], out: &mut [f32]) {
        /// Outputs whose sums are kept while the ranks are added.
        const STRIP: usize = 4 * LANES;
        let mut weights = Vec::with_capacity(up.len() / out.len());
        for down in down.chunks_exact(x.len()) {
            weights.push(dot(x, down));
        }
        let outputs = out.len();
        for (strip, out) in out.chunks_mut(STRIP).enumerate() {
            let mut sums = [0.0; STRIP];
            for (up, weight) in up.chunks_exact(outputs).zip(&weights) {
                for (sum, up) in sums.iter_mut().zip(&up[strip * STRIP..][..out.len()]) {
                    *sum += weight * up;
                }
            }
            out.iter_mut().zip(sums).for_each(|(out, sum)| *out += sum);
        }
    }
}

#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let rest: f32 = rest.map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// NaN is left out.
#[inline(always)]
fn largest(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks.remainder().iter().copied();
    let rest = rest.fold(f32::NEG_INFINITY, f32::max);
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = if *x > *lane { *x } else { *lane };
        }
    }
    lanes.into_iter().fold(rest, f32::max)
}

#[inline(always)]
fn sum_of(row: &mut [f32], f: impl Fn(&mut f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let mut chunks = row.chunks_exact_mut(LANES);
    for chunk in &mut chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += f(x);
        }
    }
    let rest: f32 = chunks.into_remainder().iter_mut().map(f).sum();
    lanes.iter().sum::<f32>() + rest
}

/// e^x for x ≤ 0, after Cephes' `expf`: x = n ln 2 + r, then a polynomial in r. Relative error below
/// 2e-7 above -87, where it stops falling. Has no branch and no call, so loops over it are vectorised.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding and subtracting 1.5 · 2^23 rounds to an integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    // ln 2 in two parts, the first exact in f32.
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let polynomial = [
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ];
    let p = polynomial.iter().fold(0.0, |sum, c| sum * r + c);
    let power = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    (p * r * r + r + 1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_to_libm() {
        for i in 0..87_000 {
            let x = i as f32 / -1000.0;
            let relative = (exp(x) / x.exp() - 1.0).abs();
            assert!(relative < 3e-7, "exp({x}): {relative}");
        }
        assert!(exp(-1e30) > 0.0 && exp(-1e30) < 1e-37);
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn log_sum_exp_is_that_of_the_definition() {
        let row: Vec<f32> = (0..1000).map(|i| (i as f32 * 0.7).sin() * 30.0).collect();
        let sum: f64 = row.iter().map(|x| f64::from(*x).exp()).sum();
        assert!((f64::from(log_sum_exp(&row)) - sum.ln()).abs() < 1e-5);
        assert_eq!(log_sum_exp(&[1e30]), 1e30);
        assert!(log_sum_exp(&[f32::NAN; 40]).is_nan());
    }

    #[test]
    fn silu_is_that_of_the_definition() {
        let x: Vec<f32> = (-3000..3000).map(|i| i as f32 / 30.0).collect();
        let mut gate = x.clone();
        silu_times(&mut gate, &vec![2.0; x.len()]);
        for (gate, x) in gate.into_iter().zip(x) {
            let expected = 2.0 * x / (1.0 + (-x).exp());
            assert!((gate - expected).abs() <= 1e-6 * x.abs(), "{x}: {gate}");
        }
        let mut not_a_number = [f32::NAN];
        silu_times(&mut not_a_number, &[1.0]);
        assert!(not_a_number[0].is_nan());
    }

    #[test]
    fn a_low_rank_product_is_that_of_the_definition() {
        let waves = |count: usize, step: f32| -> Vec<f32> {
            (0..count).map(|i| (i as f32 * step).sin()).collect()
        };
        let (rank, inputs, outputs) = (3, 21, 70);
        let (x, down, up) = (
            waves(inputs, 0.3),
            waves(rank * inputs, 0.7),
            waves(rank * outputs, 1.1),
        );
        let mut out = vec![1.0; outputs];
        add_low_rank(&x, &down, &up, &mut out);
        for (output, found) in out.iter().enumerate() {
            let down = down
                .chunks(inputs)
                .map(|row| row.iter().zip(&x).map(|(a, b)| a * b).sum::<f32>());
            let sum: f32 = down
                .enumerate()
                .map(|(rank, x)| x * up[rank * outputs + output])
                .sum();
            assert!((found - 1.0 - sum).abs() < 1e-5, "{output}: {found}");
        }
    }

    #[test]
    fn a_row_has_the_norm_of_its_weights() {
        // 40 is no multiple of the lanes.
        let x: Vec<f32> = (0..80).map(|i| (i as f32 * 1.3).sin()).collect();
        let weight: Vec<f32> = (0..40).map(|i| 1.0 + i as f32).collect();
        let mut out = vec![0.0; 80];
        rms_norm(&x, &weight, 1e-6, &mut out);
        for (x, out) in x.chunks(40).zip(out.chunks(40)) {
            let mean = x.iter().map(|x| x * x).sum::<f32>() / 40.0;
            for ((x, weight), out) in x.iter().zip(&weight).zip(out) {
                assert!((out - x / (mean + 1e-6).sqrt() * weight).abs() < 1e-4);
            }
        }
    }
}
