//! Weights that multiply: quantised linear layers and RMS norms, as they stand in a GGUF file.

use candle_core::{Device, Tensor};

use super::GeneratorError;
use super::gguf::GgufFile;
use super::weight::Weight;
use crate::kernels::values_of;
use crate::kernels::{self, for_each_mut};
use crate::lora::{Adapter, LoraError};

/// Rows that are normed by one core at a time.
const ROWS: usize = 16;

/// y = W x + b, W quantised, and with an adapter y = W x + b + B A x.
#[derive(Debug)]
pub(super) struct Linear {
    weight: Weight,
    bias: Option<Vec<f32>>,
    adapter: Option<LowRank>,
}

/// The factors of an adapter.
#[derive(Debug)]
struct LowRank {
    /// (rank, inputs)
    down: Vec<f32>,
    /// (rank, outputs), times the adapter's scale
    up: Vec<f32>,
}

impl Linear {
    /// Reads `{name}.weight` (outputs, inputs) and, if there is one, `{name}.bias` (outputs).
    pub(super) fn read(
        file: &GgufFile,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> Result<Self, GeneratorError> {
        let tensor = format!("{name}.weight");
        let weight = Weight::read(file, &tensor, outputs, inputs)?;
        let weight = weight.ok_or_else(|| file.missing(&tensor))?;
        let bias = match file.optional_tensor(&format!("{name}.bias"), &[outputs])? {
            Some(bias) => Some(bias.dequantize(&Device::Cpu)?.to_vec1()?),
            None => None,
        };
        Ok(Self {
            weight,
            bias,
            adapter: None,
        })
    }

    /// Lays the adapter's factors for `module` over the layer, if it has any.
    pub(super) fn adapt(&mut self, adapter: &Adapter, module: &str) -> Result<(), LoraError> {
        let (outputs, inputs) = self.weight.shape();
        let factors = adapter.factors(module, outputs, inputs)?;
        let values = |factor: Tensor| factor.flatten_all()?.to_vec1::<f32>();
        let read = |(up, down)| {
            Ok(LowRank {
                down: values(down)?,
                up: values(up)?,
            })
        };
        let factors = factors.map(read).transpose();
        self.adapter = factors.map_err(|e: candle_core::Error| adapter.misfit(e.to_string()))?;
        Ok(())
    }

    /// (tokens, inputs) → (tokens, outputs), the last `adapted` of them with the adapter.
    pub(super) fn forward(&self, x: &Tensor, adapted: usize) -> candle_core::Result<Tensor> {
        let [y] = Self::forward_together([self], x, adapted)?;
        Ok(y)
    }

    /// The same input through several layers, which is quantised once.
    pub(super) fn forward_together<const N: usize>(
        layers: [&Self; N],
        x: &Tensor,
        adapted: usize,
    ) -> candle_core::Result<[Tensor; N]> {
        let products = Weight::products(layers.map(|layer| &layer.weight), x)?;
        let outputs = layers.into_iter().zip(products);
        let outputs = outputs.map(|(layer, product)| layer.add_small(product, x, adapted));
        let outputs: Vec<Tensor> = outputs.collect::<candle_core::Result<_>>()?;
        Ok(outputs.try_into().expect("one output for each layer"))
    }

    /// The product W x with what is added to it: bias and adapter.
    fn add_small(
        &self,
        mut product: Vec<f32>,
        x: &Tensor,
        adapted: usize,
    ) -> candle_core::Result<Tensor> {
        let (rows, inputs) = x.dims2()?;
        let outputs = product.len() / rows;
        if let Some(bias) = &self.bias {
            kernels::add_to_rows(&mut product, bias);
        }
        if let Some(LowRank { down, up }) = &self.adapter {
            let plain = rows - adapted;
            let x = values_of(x)?;
            let rows = x[plain * inputs..]
                .chunks_exact(inputs)
                .zip(product[plain * outputs..].chunks_exact_mut(outputs));
            for_each_mut(&mut rows.collect::<Vec<_>>(), |(x, out)| {
                kernels::add_low_rank(x, down, up, out);
            });
        }
        Tensor::from_vec(product, (rows, outputs), &Device::Cpu)
    }
}

/// x / √(mean(x²) + ε) · w over the last dimension (arXiv 1910.07467).
#[derive(Debug)]
pub(super) struct RmsNorm {
    weight: Vec<f32>,
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
            weight: weight.dequantize(&Device::Cpu)?.to_vec1()?,
            epsilon,
        })
    }

    /// (rows, width) → (rows, width).
    pub(super) fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let values = values_of(x)?;
        let mut normed = vec![0.0; values.len()];
        let rows = ROWS * self.weight.len();
        let parts = values.chunks(rows).zip(normed.chunks_mut(rows));
        for_each_mut(&mut parts.collect::<Vec<_>>(), |(x, out)| {
            kernels::rms_norm(x, &self.weight, self.epsilon, out);
        });
        Tensor::from_vec(normed, x.shape(), &Device::Cpu)
    }

    /// For a single row.
    pub(super) fn in_place(&self, row: &mut [f32]) {
        let values = row.to_vec();
        kernels::rms_norm(&values, &self.weight, self.epsilon, row);
    }
}
