//! Scaled dot-product attention inside each window of a ragged batch: Vaswani et al. 2017, equation 1.
//!
//! Input: queries, keys and values of all tokens, side by side. A block of query rows is one task: its
//! scores stay in cache, and where the blocks begin depends on the window alone, so that a
//! window's result has the same bits in any batch.

use std::ops::Range;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, bail};

use crate::kernels::{Strided, exponentials, for_each_mut, multiply};

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
            let key = Strided {
                values: &task.window[hidden + head..],
                rows: 1,
                columns: 3 * hidden,
            };
            let query = Strided {
                values: query,
                rows: 3 * hidden,
                columns: 1,
            };
            multiply(
                [rows, self.head_size, keys],
                scale,
                query,
                key,
                &mut scores,
                keys,
            );
            let sums: Vec<f32> = scores
                .chunks_exact_mut(keys)
                .map(|row| exponentials(row, 1.0))
                .collect();
            let value = Strided {
                values: &task.window[2 * hidden + head..],
                rows: 3 * hidden,
                columns: 1,
            };
            let weights = Strided {
                values: &scores,
                rows: keys,
                columns: 1,
            };
            multiply(
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
        for_each_mut(&mut tasks, |(task, block)| self.run(task, block));
        Ok((CpuStorage::F32(context), (tokens, hidden).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{D, Device, Tensor};

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
