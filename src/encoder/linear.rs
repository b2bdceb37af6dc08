//! The matrices of linear layers: bytes where the processor multiplies them fast, else f32.

use std::ops::Range;

use candle_core::{Device, Result, Tensor};

use crate::kernels::{self, Matrix};

/// How linear layers are multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    /// Inputs and weights rounded to bytes, with the kernels of this crate.
    Bytes,
    /// f32.
    Floats,
}

impl Arithmetic {
    /// The fastest that the processor has.
    pub(super) fn fastest() -> Self {
        match kernels::available() {
            true => Self::Bytes,
            false => Self::Floats,
        }
    }
}

/// A matrix `(output, input)`.
#[derive(Debug)]
pub(super) enum Linear {
    /// For the kernels of this crate.
    Bytes(Matrix),
    /// For Candle, as `(input, output)`.
    ///
    /// The f32 GEMM reads it in this order in place, and cuts its sums over `input` by the size of the
    /// matrix alone: a row of the result has the same bits for any number of rows.
    Floats(Tensor),
}

impl Linear {
    /// From f32, `(output, input)`.
    pub(super) fn new(matrix: &Tensor, arithmetic: Arithmetic) -> Result<Self> {
        Ok(match arithmetic {
            Arithmetic::Bytes => {
                let values: Vec<f32> = matrix.flatten_all()?.to_vec1()?;
                let (output, input) = matrix.dims2()?;
                let rows = |rows: Range<usize>| -> Result<Vec<f32>> {
                    Ok(values[rows.start * input..rows.end * input].to_vec())
                };
                Self::Bytes(Matrix::pack((output, input), rows)?)
            }
            Arithmetic::Floats => Self::Floats(matrix.t()?.contiguous()?),
        })
    }

    /// `(tokens, input)` → `(tokens, output)`.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Bytes(matrix) => {
                let [product] = kernels::products([matrix], x)?;
                Tensor::from_vec(product, (x.dim(0)?, matrix.outputs()), &Device::Cpu)
            }
            Self::Floats(matrix) => x.matmul(matrix),
        }
    }
}
