//! The matrices of a model: of a linear layer, and of the table of embeddings.
//!
//! Quantised matrices are multiplied by the [`kernels`] room where the processor allows it, from the mapped file if it has
//! them for the format; elsewhere by Candle, which copies and packs them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{Device, Module, Tensor};

use super::GeneratorError;
use super::gguf::{GgufFile, Stored};
use super::widen::widen;
use crate::kernels::{self, Matrix};

/// Candle's fused product is made for fewer rows than these.
const MANY_ROWS: usize = 32;

/// A matrix (outputs, inputs) to multiply with.
#[derive(Debug)]
pub(super) enum Weight {
    /// By [`kernels`].
    Bytes(Matrix),
    /// By Candle.
    Candle(QMatMul),
}

impl Weight {
    /// The tensor `name` of the file, which must be (outputs, inputs); `None` if the file has none.
    pub(super) fn read(
        file: &GgufFile,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> Result<Option<Self>, GeneratorError> {
        let shape = [outputs, inputs];
        let Some(stored) = file.stored(name, &shape)? else {
            return Ok(None);
        };
        let Stored { dtype, map, bytes } = stored;
        let whole = Matrix::of_blocks(dtype, (outputs, inputs), Arc::clone(&map), bytes.clone());
        if let Some(matrix) = whole {
            return Ok(Some(Self::Bytes(matrix)));
        }
        let dense = matches!(dtype, GgmlDType::F32 | GgmlDType::F16 | GgmlDType::BF16);
        if !dense && kernels::available() {
            let table = Table {
                stored: Stored { dtype, map, bytes },
                width: inputs,
            };
            let rows = |rows: Range<usize>| table.rows(rows).and_then(values);
            return Ok(Some(Self::Bytes(Matrix::pack((outputs, inputs), rows)?)));
        }
        let tensor = file.tensor(name, &shape)?;
        Ok(Some(Self::Candle(QMatMul::from_qtensor(widen(tensor)?)?)))
    }

    /// (outputs, inputs)
    pub(super) fn shape(&self) -> (usize, usize) {
        match self {
            Self::Bytes(matrix) => (matrix.outputs(), matrix.inputs()),
            Self::Candle(QMatMul::QTensor(weight)) => matrix_shape(weight.shape().dims()),
            Self::Candle(QMatMul::Tensor(weight) | QMatMul::TensorF16(weight)) => {
                matrix_shape(weight.dims())
            }
        }
    }

    /// (rows, inputs) → (rows, outputs) for each of the matrices.
    pub(super) fn products<const N: usize>(
        weights: [&Self; N],
        x: &Tensor,
    ) -> candle_core::Result<[Vec<f32>; N]> {
        let mut matrices = Vec::with_capacity(N);
        let mut candles = Vec::with_capacity(N);
        for weight in weights {
            match weight {
                Self::Bytes(matrix) => matrices.push(matrix),
                Self::Candle(weight) => candles.push(weight),
            }
        }
        if let Ok(matrices) = <[&Matrix; N]>::try_from(matrices) {
            return kernels::products(matrices, x);
        }
        let tensors = match <[&QMatMul; N]>::try_from(candles) {
            Ok(weights) if x.dim(0)? < MANY_ROWS => fused(weights, x)?,
            _ => None,
        };
        if let Some(products) = tensors {
            return all(products.into_iter().map(values));
        }
        all(weights.into_iter().map(|weight| match weight {
            Self::Bytes(matrix) => kernels::products([matrix], x).map(|[product]| product),
            Self::Candle(weight) => candle_product(weight, x).and_then(values),
        }))
    }
}

/// As many as there are matrices.
fn all<const N: usize>(
    products: impl Iterator<Item = candle_core::Result<Vec<f32>>>,
) -> candle_core::Result<[Vec<f32>; N]> {
    let products: Vec<Vec<f32>> = products.collect::<candle_core::Result<_>>()?;
    Ok(products.try_into().expect("one product for each weight"))
}

fn values(x: Tensor) -> candle_core::Result<Vec<f32>> {
    x.flatten_all()?.to_vec1()
}

fn matrix_shape(dims: &[usize]) -> (usize, usize) {
    match *dims {
        [outputs, inputs] => (outputs, inputs),
        _ => unreachable!("a weight is read as a matrix"),
    }
}

/// One quantisation of the input and one meeting of the threads in place of one for each product, where Candle can.
fn fused<const N: usize>(
    weights: [&QMatMul; N],
    x: &Tensor,
) -> candle_core::Result<Option<[Tensor; N]>> {
    let mut tensors = Vec::with_capacity(N);
    for weight in weights {
        match weight {
            QMatMul::QTensor(weight) => tensors.push(weight.as_ref()),
            QMatMul::Tensor(_) | QMatMul::TensorF16(_) => return Ok(None),
        }
    }
    let products = QTensor::gemv_fused_shared_lhs(&tensors, x)?;
    Ok(products.and_then(|products| products.try_into().ok()))
}

fn candle_product(weight: &QMatMul, x: &Tensor) -> candle_core::Result<Tensor> {
    // Candle multiplies one row by Q6_K weights with another kernel than several, which rounds otherwise: a text
    // would depend on whether others are written beside it.
    let six_bits = matches!(weight, QMatMul::QTensor(weight) if weight.dtype() == GgmlDType::Q6K);
    match x.dim(0)? == 1 && six_bits {
        true => weight.forward(&Tensor::cat(&[x, x], 0)?)?.narrow(0, 0, 1),
        false => weight.forward(x),
    }
}

/// A matrix in the file whose rows are read: embeddings (vocabulary, hidden).
pub(super) struct Table {
    stored: Stored,
    width: usize,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({:?}, {} wide)", self.stored.dtype, self.width)
    }
}

impl Table {
    /// The tensor `name` of the file.
    pub(super) fn read(
        file: &GgufFile,
        name: &str,
        rows: usize,
        width: usize,
    ) -> Result<Self, GeneratorError> {
        let stored = file.stored(name, &[rows, width])?;
        let stored = stored.ok_or_else(|| file.missing(name))?;
        Ok(Self { stored, width })
    }

    /// Some of its rows, which must be there: (rows, width), f32.
    pub(super) fn rows(
        &self,
        rows: impl IntoIterator<Item = usize>,
    ) -> candle_core::Result<Tensor> {
        let Stored { dtype, map, bytes } = &self.stored;
        let row_bytes = self.width / dtype.block_size() * dtype.type_size();
        let table = &map[bytes.clone()];
        let rows = rows
            .into_iter()
            .map(|row| &table[row * row_bytes..][..row_bytes]);
        let rows: Vec<u8> = rows.flatten().copied().collect();
        let count = rows.len() / row_bytes;
        let storage = QStorage::from_data(Cow::Owned(rows), &Device::Cpu, *dtype)?;
        QTensor::new(storage, (count, self.width))?.dequantize(&Device::Cpu)
    }
}
