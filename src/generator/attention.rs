//! Causal attention of grouped query heads over a cache, with an optional sliding window.
//!
//! Query heads which share a key head are rows of one product, so keys and values are never repeated; the mask is a
//! range for each row inside the softmax, so none is materialised; queries go in blocks, so that memory grows with the
//! block and not with the square of the prompt.

use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Tensor, bail};
use rayon::prelude::*;

use super::cache::LayerCache;

/// Queries handled at once: (heads × 128 × keys) scores are 25 MB for 12 heads and 4,096 keys, and a block computes
/// at most 127 scores a row that the mask then drops.
const QUERY_BLOCK: usize = 128;
/// Below this many scores one thread is faster than two.
const PARALLEL_SCORES: usize = 1 << 15;

/// softmax(scale · Q Kᵀ, masked) V for `queries` (heads, tokens, head_dim), contiguous, of which the first stands at
/// position `start`; the cache already holds their own keys. A query sees positions up to its own, and with `window`
/// only the last `window` of them. Returns (tokens, heads · head_dim).
pub(super) fn attend(
    queries: &Tensor,
    cache: &LayerCache,
    start: usize,
    window: Option<usize>,
    scale: f32,
) -> Result<Tensor> {
    let tokens = queries.dim(1)?;
    let mut blocks = Vec::with_capacity(tokens.div_ceil(QUERY_BLOCK));
    for first in (0..tokens).step_by(QUERY_BLOCK) {
        let len = QUERY_BLOCK.min(tokens - first);
        let block = queries.narrow(1, first, len)?;
        blocks.push(attend_block(&block, cache, start + first, window, scale)?);
    }
    match <[Tensor; 1]>::try_from(blocks) {
        Ok([block]) => Ok(block),
        Err(blocks) => Tensor::cat(&blocks, 0),
    }
}

fn attend_block(
    queries: &Tensor,
    cache: &LayerCache,
    start: usize,
    window: Option<usize>,
    scale: f32,
) -> Result<Tensor> {
    let (heads, tokens, head_dim) = queries.dims3()?;
    let end = start + tokens;
    let first_key = window.map_or(0, |window| (start + 1).saturating_sub(window));
    let (keys, values) = cache.read(first_key, end)?; // (kv_heads, keys, head_dim)
    let kv_heads = keys.dim(0)?;
    let rows = heads / kv_heads * tokens;
    let queries = queries.contiguous()?.reshape((kv_heads, rows, head_dim))?;
    let scores = queries.matmul(&keys.transpose(1, 2)?)?; // (kv_heads, groups · tokens, keys)
    scores.inplace_op1(&CausalSoftmax {
        tokens,
        position: start - first_key,
        window,
        scale,
    })?;
    let mixed = scores.matmul(&values)?.reshape((heads, tokens, head_dim))?;
    mixed.transpose(0, 1)?.reshape((tokens, heads * head_dim))
}

/// Softmax over the keys that each row may see; the others become 0.
struct CausalSoftmax {
    /// Rows repeat with this period: one for each query of the block.
    tokens: usize,
    /// Column of the first query's own key.
    position: usize,
    window: Option<usize>,
    scale: f32,
}

impl CausalSoftmax {
    fn row(&self, row: usize, scores: &mut [f32]) {
        let end = (self.position + row % self.tokens + 1).min(scores.len());
        let first = self.window.map_or(0, |window| end.saturating_sub(window));
        scores[..first].fill(0.0);
        scores[end..].fill(0.0);
        let seen = &mut scores[first..end];
        let max = seen.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for score in seen.iter_mut() {
            *score = ((*score - max) * self.scale).exp();
            sum += *score;
        }
        let inverse = 1.0 / sum;
        seen.iter_mut().for_each(|score| *score *= inverse);
    }
}

impl InplaceOp1 for CausalSoftmax {
    fn name(&self) -> &'static str {
        "causal-softmax"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(data), Some((first, end))) = (storage, layout.contiguous_offsets())
        else {
            bail!("{} wants contiguous f32 scores", self.name())
        };
        let keys = layout.dims()[layout.dims().len() - 1];
        let scores = &mut data[first..end];
        if scores.len() < PARALLEL_SCORES {
            scores
                .chunks_exact_mut(keys)
                .enumerate()
                .for_each(|(i, row)| self.row(i, row));
        } else {
            scores
                .par_chunks_exact_mut(keys)
                .enumerate()
                .for_each(|(i, row)| self.row(i, row));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn softmax(tokens: usize, position: usize, window: Option<usize>) -> Vec<Vec<f32>> {
        let scores = Tensor::ones((tokens, 4), candle_core::DType::F32, &Device::Cpu).unwrap();
        scores
            .inplace_op1(&CausalSoftmax {
                tokens,
                position,
                window,
                scale: 1.0,
            })
            .unwrap();
        scores.to_vec2().unwrap()
    }

    #[test]
    fn rows_see_their_past_only() {
        assert_eq!(
            softmax(2, 2, None),
            [[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 0.], [0.25; 4]]
        );
    }

    #[test]
    fn a_window_of_two_sees_itself_and_one_before() {
        assert_eq!(
            softmax(2, 2, Some(2)),
            [[0., 0.5, 0.5, 0.], [0., 0., 0.5, 0.5]]
        );
    }

    #[test]
    fn scale_applies_before_the_exponential() {
        let scores = Tensor::new(&[[0f32, 2.0]], &Device::Cpu).unwrap();
        let op = CausalSoftmax {
            tokens: 1,
            position: 1,
            window: None,
            scale: 0.5,
        };
        scores.inplace_op1(&op).unwrap();
        let sum = 1.0 + 1f32.exp();
        let expected = [1.0 / sum, 1f32.exp() / sum];
        let found = scores.to_vec2::<f32>().unwrap();
        assert!(
            found[0]
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-6),
            "{found:?}"
        );
    }
}
