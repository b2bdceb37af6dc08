//! `f(x + bias)` in one pass over memory, with the exact (erf) GELU that BERT was trained with.
//!
//! Input: the result of a matrix product. Candle's own `gelu_erf` calls libm for each element, which
//! took a third as long as the products themselves.

use crate::kernels::{add_to_rows, for_each_mut, widest};
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, bail};

/// Rows that one core takes at a time.
const ROWS: usize = 16;

/// Adds a bias to each row and applies a function, in place: `(tokens, bias length)`.
#[derive(Debug)]
pub(super) struct Activation {
    pub bias: Vec<f32>,
    pub function: Function,
}

/// What is applied after the bias.
#[derive(Debug, Clone, Copy)]
pub(super) enum Function {
    /// x
    Identity,
    /// [`gelu`]
    Gelu,
}

impl InplaceOp1 for Activation {
    fn name(&self) -> &'static str {
        "bias-activation"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(values), Some((start, end))) = (storage, layout.contiguous_offsets())
        else {
            bail!("bias-activation wants contiguous f32");
        };
        let values = &mut values[start..end];
        let add_and_apply = match self.function {
            Function::Identity => add_to_rows,
            Function::Gelu => add_and_gelu,
        };
        let mut parts: Vec<&mut [f32]> = values.chunks_mut(ROWS * self.bias.len()).collect();
        for_each_mut(&mut parts, |rows| add_and_apply(rows, &self.bias));
        Ok(())
    }
}

widest! {
    /// Adds the bias to each row and applies [`gelu`].
    fn add_and_gelu(rows: &mut [f32], bias: &[f32]) {
        for row in rows.chunks_exact_mut(bias.len()) {
            for (x, bias) in row.iter_mut().zip(bias) {
                *x = gelu(*x + bias);
            }
        }
    }
}

/// `x · Φ(x)`: Hendrycks and Gimpel 2016, equation 1.
#[inline(always)]
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function as a rational function on [-4, 4], with the coefficients that Eigen
/// (`generic_fast_erf_float`) and XLA use. Within 3e-7 of libm's; has no branch, so loops over it are vectorized.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let x = if x > 4.0 { 4.0 } else { x };
    let x = if x < -4.0 { -4.0 } else { x };
    let square = x * x;
    let numerator = horner(
        square,
        &[
            -2.726_142_3e-10,
            2.770_681_4e-8,
            -2.101_024e-6,
            -5.692_506_4e-5,
            -7.349_906_4e-4,
            -2.954_6e-3,
            -1.609_603_3e-2,
        ],
    );
    let denominator = horner(
        square,
        &[
            -1.456_607_2e-5,
            -2.133_740_5e-4,
            -1.682_827e-3,
            -7.373_329_4e-3,
            -1.426_473_9e-2,
        ],
    );
    x * numerator / denominator
}

/// Σ c xⁱ, the coefficient of the highest power first.
#[inline(always)]
fn horner(x: f32, coefficients: &[f32]) -> f32 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn gelu_is_candles_gelu_with_bias() {
        let values: Vec<f32> = (-4000..4000).map(|i| i as f32 / 400.0).collect();
        let x = Tensor::from_vec(values, (1000, 8), &Device::Cpu).unwrap();
        let bias: Vec<f32> = (0..8).map(|i| i as f32 / 8.0).collect();
        let shifted = x
            .broadcast_add(&Tensor::new(bias.as_slice(), &Device::Cpu).unwrap())
            .unwrap();
        let expected = shifted.gelu_erf().unwrap();
        x.inplace_op1(&Activation {
            bias,
            function: Function::Gelu,
        })
        .unwrap();
        let difference = (x - expected).unwrap().abs().unwrap().max_all().unwrap();
        let difference = difference.to_scalar::<f32>().unwrap();
        assert!(difference < 2e-6, "{difference}");
    }

    #[test]
    fn nan_stays_nan() {
        assert!(gelu(f32::NAN).is_nan());
    }
}
