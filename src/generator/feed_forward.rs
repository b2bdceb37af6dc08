//! The gated feed-forward block: W_down (act(W_gate x) ⊙ W_up x), arXiv 2002.05202.

use candle_core::{CpuStorage, InplaceOp2, Layout, Tensor, bail};

use super::GeneratorError;
use super::config::{Activation, DecoderConfig};
use super::gguf::GgufFile;
use super::linear::Linear;
use crate::kernels::{self, for_each_mut};

/// Values handled by one thread at a time.
const CHUNK: usize = 1 << 13;

/// The weights of one feed-forward block.
#[derive(Debug)]
pub(super) struct FeedForward {
    gate: Linear,
    up: Linear,
    down: Linear,
    activation: Activation,
}

impl FeedForward {
    /// Reads the block whose tensors begin with `prefix`.
    pub(super) fn read(
        file: &GgufFile,
        prefix: &str,
        config: &DecoderConfig,
    ) -> Result<Self, GeneratorError> {
        let (hidden, inner) = (config.hidden, config.feed_forward);
        Ok(Self {
            gate: Linear::read(file, &format!("{prefix}.ffn_gate"), inner, hidden)?,
            up: Linear::read(file, &format!("{prefix}.ffn_up"), inner, hidden)?,
            down: Linear::read(file, &format!("{prefix}.ffn_down"), hidden, inner)?,
            activation: config.activation,
        })
    }

    /// Its linear layers by the names that checkpoints of Hugging Face give them.
    pub(super) fn linears(&mut self) -> [(&'static str, &mut Linear); 3] {
        [
            ("mlp.gate_proj", &mut self.gate),
            ("mlp.up_proj", &mut self.up),
            ("mlp.down_proj", &mut self.down),
        ]
    }

    /// (tokens, hidden) → (tokens, hidden), the last `adapted` rows with the adapter.
    pub(super) fn forward(&self, x: &Tensor, adapted: usize) -> candle_core::Result<Tensor> {
        let [gate, up] = Linear::forward_together([&self.gate, &self.up], x, adapted)?;
        gate.inplace_op2(&up, &Gate(self.activation))?; // (tokens, feed_forward)
        self.down.forward(&gate, adapted)
    }
}

/// gate ← act(gate) · up, in place and without an intermediate tensor.
struct Gate(Activation);

impl Gate {
    fn apply(&self, gate: &mut [f32], up: &[f32]) {
        // √(2/π), Hendrycks & Gimpel, arXiv 1606.08415.
        const SQRT_2_OVER_PI: f32 = 0.797_884_6;
        match self.0 {
            Activation::Silu => kernels::silu_times(gate, up),
            Activation::GeluTanh => {
                for (g, &u) in gate.iter_mut().zip(up) {
                    let x = *g;
                    let inner = SQRT_2_OVER_PI * x * (1.0 + 0.044_715 * x * x);
                    *g = 0.5 * x * (1.0 + inner.tanh()) * u;
                }
            }
        }
    }
}

impl InplaceOp2 for Gate {
    fn name(&self) -> &'static str {
        "gate"
    }

    fn cpu_fwd(
        &self,
        gate: &mut CpuStorage,
        gate_layout: &Layout,
        up: &CpuStorage,
        up_layout: &Layout,
    ) -> candle_core::Result<()> {
        let (CpuStorage::F32(gate), CpuStorage::F32(up)) = (gate, up) else {
            bail!("{} wants f32", self.name())
        };
        let (Some((g0, g1)), Some((u0, u1))) = (
            gate_layout.contiguous_offsets(),
            up_layout.contiguous_offsets(),
        ) else {
            bail!("{} wants contiguous tensors", self.name())
        };
        let chunks = gate[g0..g1].chunks_mut(CHUNK).zip(up[u0..u1].chunks(CHUNK));
        for_each_mut(&mut chunks.collect::<Vec<_>>(), |(gate, up)| {
            self.apply(gate, up)
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn gate_equals_the_separate_operations() -> candle_core::Result<()> {
        let x = Tensor::randn(0f32, 2.0, (3, 5000), &Device::Cpu)?;
        let up = Tensor::randn(0f32, 1.0, (3, 5000), &Device::Cpu)?;
        for (activation, expected) in [
            (Activation::Silu, x.silu()?),
            (Activation::GeluTanh, x.gelu()?),
        ] {
            let gate = x.copy()?;
            gate.inplace_op2(&up, &Gate(activation))?;
            let difference = (gate - (expected * &up)?)?
                .abs()?
                .max_all()?
                .to_scalar::<f32>()?;
            assert!(difference < 1e-5, "{activation:?}: {difference}");
        }
        Ok(())
    }
}
