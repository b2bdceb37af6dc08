//! Rotary position embedding (RoPE, arXiv 2104.09864): tables of cosines and sines, and their application.
//!
//! A table covers the positions that one generation can reach, not the whole context window.

use candle_core::{Device, Result, Tensor};

use super::config::RopeStyle;

/// Turning speeds of one kind of layer: the angle per position of each pair of values.
#[derive(Debug, Clone)]
pub(super) struct Frequencies(Vec<f32>);

impl Frequencies {
    /// θᵢ = base^(−2i/d) / divisor, with Llama 3.1's factor for pair i dividing it too if the file has factors.
    pub(super) fn new(head_dim: usize, base: f32, divisor: f32, factors: Option<&[f32]>) -> Self {
        let pairs = (0..head_dim).step_by(2).enumerate();
        Self(
            pairs
                .map(|(pair, i)| {
                    let slow = factors.map_or(1.0, |f| f[pair]);
                    1.0 / (base.powf(i as f32 / head_dim as f32) * divisor * slow)
                })
                .collect(),
        )
    }

    /// The table for positions 0 to `positions - 1`.
    pub(super) fn table(&self, positions: usize) -> Result<RopeTable> {
        let angles: Vec<f32> = (0..positions)
            .flat_map(|p| self.0.iter().map(move |f| p as f32 * f))
            .collect();
        let angles = Tensor::from_vec(angles, (positions, self.0.len()), &Device::Cpu)?;
        Ok(RopeTable {
            cos: angles.cos()?,
            sin: angles.sin()?,
        })
    }
}

/// Cosines and sines of each position and pair: (positions, head_dim / 2).
#[derive(Debug, Clone)]
pub(super) struct RopeTable {
    cos: Tensor,
    sin: Tensor,
}

impl RopeTable {
    /// Rotates `heads` (heads, tokens, head_dim), contiguous, whose first token stands at position `start`.
    pub(super) fn rotate(&self, heads: &Tensor, start: usize, style: RopeStyle) -> Result<Tensor> {
        let tokens = heads.dim(1)?;
        let cos = self.cos.narrow(0, start, tokens)?;
        let sin = self.sin.narrow(0, start, tokens)?;
        let heads = heads.unsqueeze(0)?; // (1, heads, tokens, head_dim)
        let turned = match style {
            RopeStyle::Interleaved => candle_nn::rotary_emb::rope_i(&heads, &cos, &sin)?,
            RopeStyle::HalfSplit => candle_nn::rotary_emb::rope(&heads, &cos, &sin)?,
        };
        turned.squeeze(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_turn_their_own_pairs() -> Result<()> {
        let table = Frequencies::new(4, 10_000.0, 1.0, None).table(2)?;
        let x = Tensor::new(&[[[1f32, 0., 0., 0.]]], &Device::Cpu)?; // (1, 1, 4)
        let (sin, cos) = 1f32.sin_cos();
        let turned = |style| table.rotate(&x, 1, style)?.flatten_all()?.to_vec1::<f32>();
        assert_eq!(turned(RopeStyle::Interleaved)?, [cos, sin, 0., 0.]);
        assert_eq!(turned(RopeStyle::HalfSplit)?, [cos, 0., sin, 0.]);
        Ok(())
    }

    #[test]
    fn divisor_and_factors_slow_the_rotation() {
        let plain = Frequencies::new(4, 100.0, 1.0, None).0;
        assert_eq!(plain, [1.0, 0.1]);
        let slowed = Frequencies::new(4, 100.0, 2.0, Some(&[1.0, 4.0])).0;
        assert_eq!(slowed, [0.5, 0.0125]);
    }
}
