//! Weights that multiply: quantised linear layers and RMS norms, as they stand in a GGUF file.

use std::sync::Arc;

use candle_core::quantized::{GgmlDType, QMatMul, QTensor};
use candle_core::{Device, Module, Tensor};

use super::GeneratorError;
use super::gguf::GgufFile;
use super::widen::widen;
use crate::lora::{Adapter, LoraError};

/// From so many rows on Candle has a kernel of its own for processors with AMX, which the fused product has not.
const MANY_ROWS: usize = 32;

/// y = W x + b, W quantised, and with an adapter y = W x + b + B A x.
#[derive(Debug)]
pub(super) struct Linear {
    weight: QMatMul,
    bias: Option<Tensor>,
    adapter: Option<LowRank>,
}

/// The factors of an adapter, transposed for rows of inputs, the scale in the second.
#[derive(Debug)]
struct LowRank {
    down: Tensor, // (inputs, rank)
    up: Tensor,   // (rank, outputs)
}

impl Linear {
    /// Reads `{name}.weight` (outputs, inputs) and, if there is one, `{name}.bias` (outputs).
    pub(super) fn read(
        file: &GgufFile,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> Result<Self, GeneratorError> {
        let weight = widen(file.tensor(&format!("{name}.weight"), &[outputs, inputs])?)?;
        let bias = match file.optional_tensor(&format!("{name}.bias"), &[outputs])? {
            Some(bias) => Some(bias.dequantize(&Device::Cpu)?),
            None => None,
        };
        Ok(Self {
            weight: QMatMul::from_qtensor(weight)?,
            bias,
            adapter: None,
        })
    }

    /// Uses weights that something else holds too, without a copy.
    pub(super) fn shared(weight: Arc<QTensor>) -> candle_core::Result<Self> {
        Ok(Self {
            weight: QMatMul::from_arc(weight)?,
            bias: None,
            adapter: None,
        })
    }

    /// Lays the adapter's factors for `module` over the layer, if it has any.
    pub(super) fn adapt(&mut self, adapter: &Adapter, module: &str) -> Result<(), LoraError> {
        let (outputs, inputs) = match &self.weight {
            QMatMul::QTensor(weight) => weight.shape().dims2(),
            QMatMul::Tensor(weight) | QMatMul::TensorF16(weight) => weight.dims2(),
        }
        .expect("invariant: a linear layer's weight is a matrix");
        let factors = adapter.factors(module, outputs, inputs)?;
        self.adapter = factors.map(|(up, down)| LowRank { down, up });
        Ok(())
    }

    /// (tokens, inputs) → (tokens, outputs), with the adapter if `adapted`.
    pub(super) fn forward(&self, x: &Tensor, adapted: bool) -> candle_core::Result<Tensor> {
        // Candle multiplies one row by Q6_K weights with another kernel than several, which rounds otherwise: a text
        // would depend on whether others are written beside it.
        let alone = x.dim(0)? == 1
            && matches!(&self.weight, QMatMul::QTensor(weight) if weight.dtype() == GgmlDType::Q6K);
        let product = match alone {
            true => self
                .weight
                .forward(&Tensor::cat(&[x, x], 0)?)?
                .narrow(0, 0, 1)?,
            false => self.weight.forward(x)?,
        };
        self.add_small(product, x, adapted)
    }

    /// The same input through several layers. For few tokens the products are fused where Candle can: one quantisation
    /// of the input and one meeting of the threads in place of one for each layer.
    pub(super) fn forward_together<const N: usize>(
        layers: [&Self; N],
        x: &Tensor,
        adapted: bool,
    ) -> candle_core::Result<[Tensor; N]> {
        if x.dim(0)? < MANY_ROWS
            && let Some(outputs) = Self::fused(layers, x, adapted)?
        {
            return Ok(outputs);
        }
        let outputs = layers
            .iter()
            .map(|layer| layer.forward(x, adapted))
            .collect::<candle_core::Result<Vec<_>>>()?;
        Ok(outputs.try_into().expect("one output for each layer"))
    }

    fn fused<const N: usize>(
        layers: [&Self; N],
        x: &Tensor,
        adapted: bool,
    ) -> candle_core::Result<Option<[Tensor; N]>> {
        let mut weights = Vec::with_capacity(N);
        for layer in layers {
            match &layer.weight {
                QMatMul::QTensor(weight) => weights.push(weight.as_ref()),
                QMatMul::Tensor(_) | QMatMul::TensorF16(_) => return Ok(None),
            }
        }
        let Some(products) = QTensor::gemv_fused_shared_lhs(&weights, x)? else {
            return Ok(None);
        };
        let outputs = layers
            .iter()
            .zip(products)
            .map(|(layer, product)| layer.add_small(product, x, adapted))
            .collect::<candle_core::Result<Vec<_>>>()?;
        Ok(outputs.try_into().ok())
    }

    /// The product W x with what is added to it: bias and adapter.
    fn add_small(&self, product: Tensor, x: &Tensor, adapted: bool) -> candle_core::Result<Tensor> {
        let sum = match &self.bias {
            Some(bias) => product.broadcast_add(bias)?,
            None => product,
        };
        match &self.adapter {
            Some(LowRank { down, up }) if adapted => sum + x.matmul(down)?.matmul(up)?,
            _ => Ok(sum),
        }
    }
}

/// x / √(mean(x²) + ε) · w over the last dimension (arXiv 1910.07467).
#[derive(Debug)]
pub(super) struct RmsNorm {
    weight: Tensor,
    epsilon: f32,
}

impl RmsNorm {
    /// Reads `{name}.weight` (width); Gemma's files already have the 1 added to it.
    pub(super) fn read(
        file: &GgufFile,
        name: &str,
        width: usize,
        epsilon: f32,
    ) -> Result<Self, GeneratorError> {
        let weight = file.tensor(&format!("{name}.weight"), &[width])?;
        Ok(Self {
            weight: weight.dequantize(&Device::Cpu)?,
            epsilon,
        })
    }

    /// Any shape whose last dimension is the width, contiguous.
    pub(super) fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        candle_nn::ops::rms_norm(x, &self.weight, self.epsilon)
    }
}
