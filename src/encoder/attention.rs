//! Scaled dot-product attention inside each window of a ragged batch: Vaswani et al. 2017, equation 1.
//!
//! Input: queries, keys and values of all tokens, side by side. A block of query rows is one task: its
//! scores stay in cache, and where the blocks begin depends on the window alone, so that a
//! window's result has the same bits in any batch.

use std::ops::Range;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, bail};
use rayon::prelude::*;

/// Query rows a task: 64 × 512 scores are 128 KiB.
const ROWS: usize = 64;

/// `(tokens, 3 · hidden)` (queries, keys, values) → `(tokens, hidden)`.
pub(super) struct Attention<'a> {
    pub heads: usize,
    pub head_size: usize,
    /// The tokens of each window; together all tokens, in order.
    pub segments: &'a [Range<usize>],
}

/// The keys and values that one task reads, and where its queries begin.
struct Task<'a> {
    /// (window, 3 · hidden)
    window: &'a [f32],
    first_row: usize,
}

impl Attention<'_> {
    fn hidden(&self) -> usize {
        self.heads * self.head_size
    }

    /// Fills `context`, shape `(rows, hidden)`.
    fn run(&self, task: &Task, context: &mut [f32]) {
        let hidden = self.hidden();
        let keys = task.window.len() / (3 * hidden);
        let rows = context.len() / hidden;
        let scale = 1.0 / (self.head_size as f32).sqrt();
        let mut scores = vec![0.0; rows * keys]; // (rows, keys)
        for head in (0..hidden).step_by(self.head_size) {
            let query = &task.window[task.first_row * 3 * hidden + head..];
            let key = Matrix {
                values: &task.window[hidden + head..],
                rows: 1,
                columns: 3 * hidden,
            };
            let query = Matrix {
                values: query,
                rows: 3 * hidden,
                columns: 1,
            };
            product(
                [rows, self.head_size, keys],
                scale,
                query,
                key,
                &mut scores,
                keys,
            );
            let sums: Vec<f32> = scores.chunks_exact_mut(keys).map(exponentials).collect();
            let value = Matrix {
                values: &task.window[2 * hidden + head..],
                rows: 3 * hidden,
                columns: 1,
            };
            let weights = Matrix {
                values: &scores,
                rows: keys,
                columns: 1,
            };
            product(
                [rows, keys, self.head_size],
                1.0,
                weights,
                value,
                &mut context[head..],
                hidden,
            );
            for (row, sum) in context.chunks_exact_mut(hidden).zip(sums) {
                row[head..head + self.head_size]
                    .iter_mut()
                    .for_each(|x| *x /= sum);
            }
        }
    }
}

impl CustomOp1 for Attention<'_> {
    fn name(&self) -> &'static str {
        "window-attention"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (CpuStorage::F32(values), Some((start, end))) = (storage, layout.contiguous_offsets())
        else {
            bail!("window-attention wants contiguous f32");
        };
        let (tokens, wide) = layout.shape().dims2()?;
        let hidden = self.hidden();
        if wide != 3 * hidden || self.segments.iter().map(Range::len).sum::<usize>() != tokens {
            bail!(
                "window-attention wants (tokens, {}), got {:?}",
                3 * hidden,
                layout.shape()
            );
        }
        let values = &values[start..end];
        let mut context = vec![0.0; tokens * hidden];
        let mut tasks = Vec::new();
        let mut rest = context.as_mut_slice();
        for segment in self.segments {
            let window = &values[segment.start * wide..segment.end * wide];
            for first_row in (0..segment.len()).step_by(ROWS) {
                let rows = ROWS.min(segment.len() - first_row);
                let (block, left) = rest.split_at_mut(rows * hidden);
                tasks.push((Task { window, first_row }, block));
                rest = left;
            }
        }
        tasks
            .into_par_iter()
            .for_each(|(task, block)| self.run(&task, block));
        Ok((CpuStorage::F32(context), (tokens, hidden).into()))
    }
}

/// A matrix inside a slice: distance from one row to the next, and from one column to the next.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
}

impl Matrix<'_> {
    fn holds(&self, rows: usize, columns: usize) -> bool {
        rows > 0
            && columns > 0
            && (rows - 1) * self.rows + (columns - 1) * self.columns < self.values.len()
    }
}

/// `out = scale · a · b` for a `(m, k)` and b `(k, n)`; rows of `out` lie `stride` apart.
fn product(
    [m, k, n]: [usize; 3],
    scale: f32,
    a: Matrix,
    b: Matrix,
    out: &mut [f32],
    stride: usize,
) {
    let destination = Matrix {
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

/// Replaces each x by exp(x - max) and returns their sum.
fn exponentials(row: &mut [f32]) -> f32 {
    const LANES: usize = 16;
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks
        .remainder()
        .iter()
        .copied()
        .fold(f32::NEG_INFINITY, f32::max);
    for chunk in chunks {
        lanes
            .iter_mut()
            .zip(chunk)
            .for_each(|(lane, x)| *lane = if *x > *lane { *x } else { *lane });
    }
    let max = lanes.into_iter().fold(rest, f32::max);
    let mut sums = [0.0; LANES];
    let mut chunks = row.chunks_exact_mut(LANES);
    for chunk in &mut chunks {
        for (x, sum) in chunk.iter_mut().zip(&mut sums) {
            *x = exp(*x - max);
            *sum += *x;
        }
    }
    let mut rest = 0.0;
    for x in chunks.into_remainder() {
        *x = exp(*x - max);
        rest += *x;
    }
    sums.iter().sum::<f32>() + rest
}

/// e^x for x ≤ 0, after Cephes' `expf`: x = n ln 2 + r, then a polynomial in r. Relative error below
/// 2e-7 above -87, where it stops falling. Has no branch and no call, so loops over it are vectorized.
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
    use candle_core::{D, Device, Tensor};

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
    fn it_is_the_textbook_formula_window_by_window() {
        let (heads, head_size, tokens) = (2, 8, 90);
        let values: Vec<f32> = (0..tokens * 48)
            .map(|i| (i as f32 * 0.37).sin() * 2.0)
            .collect();
        let x = Tensor::from_vec(values, (tokens, 48), &Device::Cpu).unwrap();
        let segments = [0..1, 1..20, 20..90];
        let op = Attention {
            heads,
            head_size,
            segments: &segments,
        };
        let context = x.apply_op1_no_bwd(&op).unwrap();
        for segment in segments {
            let window = x.narrow(0, segment.start, segment.len()).unwrap();
            let split = window
                .reshape((segment.len(), 3, heads, head_size))
                .unwrap();
            let part = |i: usize| {
                split
                    .narrow(1, i, 1)
                    .unwrap()
                    .squeeze(1)
                    .unwrap()
                    .transpose(0, 1)
                    .unwrap()
            };
            let part = |i: usize| part(i).contiguous().unwrap(); // (heads, window, head size)
            let scores = (part(0).matmul(&part(1).t().unwrap()).unwrap() / 8f64.sqrt()).unwrap();
            let weights = candle_nn::ops::softmax(&scores, D::Minus1).unwrap();
            let expected = weights
                .matmul(&part(2))
                .unwrap()
                .transpose(0, 1)
                .unwrap()
                .flatten_from(1)
                .unwrap();
            let found = context.narrow(0, segment.start, segment.len()).unwrap();
            let difference = (found - expected)
                .unwrap()
                .abs()
                .unwrap()
                .max_all()
                .unwrap();
            assert!(difference.to_scalar::<f32>().unwrap() < 1e-5, "{segment:?}");
        }
    }
}
