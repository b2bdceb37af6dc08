//! `layer_norm(x + bias + residual)` in one pass over memory: Ba et al. 2016, equation 4.
//!
//! Input: the result of a matrix product and what the layer read.

use crate::kernels::{for_each_mut, widest};
use candle_core::{CpuStorage, InplaceOp2, Layout, Result, bail};

/// Rows that one core takes at a time.
const ROWS: usize = 16;

/// Sums run in this many lanes, so that they are vectorized, and in the same order on every machine.
const LANES: usize = 16;

/// Adds bias and residual to each row and normalizes it, in place: `(tokens, hidden)`.
#[derive(Debug)]
pub(super) struct AddNorm {
    pub bias: Vec<f32>,
    pub scale: Vec<f32>,
    pub shift: Vec<f32>,
    pub eps: f32,
}

widest! {
    /// Adds bias and residual to each row and normalizes it.
    fn add_and_norm(rows: &mut [f32], residual: &[f32], norm: &AddNorm) {
        let width = norm.scale.len();
        for (row, residual) in rows.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
            for ((x, bias), residual) in row.iter_mut().zip(&norm.bias).zip(residual) {
                *x += bias + residual;
            }
            let width = row.len() as f32;
            let mean = sum(row, |x| x) / width;
            let variance = sum(row, |x| (x - mean) * (x - mean)) / width;
            let inverse = 1.0 / (variance + norm.eps).sqrt();
            for ((x, scale), shift) in row.iter_mut().zip(&norm.scale).zip(&norm.shift) {
                *x = (*x - mean) * inverse * scale + shift;
            }
        }
    }
}

impl InplaceOp2 for AddNorm {
    fn name(&self) -> &'static str {
        "add-norm"
    }

    fn cpu_fwd(
        &self,
        storage: &mut CpuStorage,
        layout: &Layout,
        residual: &CpuStorage,
        residual_layout: &Layout,
    ) -> Result<()> {
        let (CpuStorage::F32(values), Some((start, end))) = (storage, layout.contiguous_offsets())
        else {
            bail!("add-norm wants contiguous f32");
        };
        let (CpuStorage::F32(residual), Some((first, last))) =
            (residual, residual_layout.contiguous_offsets())
        else {
            bail!("add-norm wants a contiguous f32 residual");
        };
        let width = self.scale.len();
        let parts = values[start..end].chunks_mut(ROWS * width);
        let parts = parts.zip(residual[first..last].chunks(ROWS * width));
        for_each_mut(&mut parts.collect::<Vec<_>>(), |(rows, residual)| {
            add_and_norm(rows, residual, self);
        });
        Ok(())
    }
}

/// Sum of `f(x)` over `values`.
#[inline(always)]
fn sum(values: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().map(|x| f(*x)).sum();
    for chunk in chunks {
        lanes
            .iter_mut()
            .zip(chunk)
            .for_each(|(lane, x)| *lane += f(*x));
    }
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn it_is_candles_layer_norm_of_the_sum() {
        // 40 is no multiple of the lanes.
        let tensor = |factor: f32| {
            let values: Vec<f32> = (0..120).map(|i| (i as f32 * factor).sin()).collect();
            Tensor::from_vec(values, (3, 40), &Device::Cpu).unwrap()
        };
        let (x, residual, rows) = (tensor(1.3), tensor(0.7), tensor(2.1));
        let [bias, scale, shift] = [0, 1, 2].map(|i| rows.get(i).unwrap());
        let values = |t: &Tensor| t.to_vec1::<f32>().unwrap();
        let sum = (&x + &residual).unwrap().broadcast_add(&bias).unwrap();
        let expected = candle_nn::ops::layer_norm(&sum, &scale, &shift, 1e-5).unwrap();
        let op = AddNorm {
            bias: values(&bias),
            scale: values(&scale),
            shift: values(&shift),
            eps: 1e-5,
        };
        x.inplace_op2(&residual, &op).unwrap();
        let difference = (x - expected).unwrap().abs().unwrap().max_all().unwrap();
        assert!(difference.to_scalar::<f32>().unwrap() < 1e-5);
    }
}
