//! The memory of one text being generated: its keys and values, and the rotary tables for its positions.
//!
//! Allocated once for all tokens that the generation can reach; each step writes its rows in place.

use candle_core::{DType, Device, Result, Tensor};

use super::config::DecoderConfig;
use super::rope::{Frequencies, RopeTable};

/// Keys, values and positions of one sequence.
#[derive(Debug)]
pub(super) struct KvCache {
    layers: Vec<LayerCache>,
    /// Rotary table of the layers which see everything.
    pub(super) rope: RopeTable,
    /// Rotary table of the layers with a window, if the model has any.
    pub(super) local_rope: Option<RopeTable>,
    tokens: usize,
    capacity: usize,
}

/// Keys and values of one layer, each (kv_heads, capacity, head_dim).
#[derive(Debug)]
pub(super) struct LayerCache {
    keys: Tensor,
    values: Tensor,
}

impl KvCache {
    /// An empty cache for `capacity` tokens.
    pub(super) fn new(
        config: &DecoderConfig,
        rope: &Frequencies,
        local_rope: Option<&Frequencies>,
        capacity: usize,
    ) -> Result<Self> {
        let shape = (config.kv_heads, capacity, config.head_dim);
        let zeros = || Tensor::zeros(shape, DType::F32, &Device::Cpu);
        let layers = (0..config.layers)
            .map(|_| {
                Ok(LayerCache {
                    keys: zeros()?,
                    values: zeros()?,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            layers,
            rope: rope.table(capacity)?,
            local_rope: local_rope.map(|f| f.table(capacity)).transpose()?,
            tokens: 0,
            capacity,
        })
    }

    /// A cache for `capacity` tokens of which the first `tokens` are the first of `other`.
    pub(super) fn continuing(
        config: &DecoderConfig,
        rope: (&Frequencies, Option<&Frequencies>),
        other: &Self,
        tokens: usize,
        capacity: usize,
    ) -> Result<Self> {
        let mut cache = Self::new(config, rope.0, rope.1, capacity)?;
        for (own, others) in cache.layers.iter().zip(&other.layers) {
            let (keys, values) = others.read(0, tokens)?;
            own.write(&keys.contiguous()?, &values.contiguous()?, 0)?;
        }
        cache.tokens = tokens;
        Ok(cache)
    }

    /// Tokens that have been written.
    pub(super) fn tokens(&self) -> usize {
        self.tokens
    }

    /// Tokens that there is still room for.
    pub(super) fn room(&self) -> usize {
        self.capacity - self.tokens
    }

    /// Counts `tokens` more as written, once every layer holds them.
    pub(super) fn advance(&mut self, tokens: usize) {
        self.tokens += tokens;
    }

    /// The part of one layer.
    pub(super) fn layer(&self, layer: usize) -> &LayerCache {
        &self.layers[layer]
    }
}

impl LayerCache {
    /// Writes `keys` and `values`, both (kv_heads, tokens, head_dim) and contiguous, at position `start`.
    pub(super) fn write(&self, keys: &Tensor, values: &Tensor, start: usize) -> Result<()> {
        self.keys.slice_set(keys, 1, start)?;
        self.values.slice_set(values, 1, start)
    }

    /// Views of the keys and values of positions `first` to `end - 1`.
    pub(super) fn read(&self, first: usize, end: usize) -> Result<(Tensor, Tensor)> {
        let view = |t: &Tensor| t.narrow(1, first, end - first);
        Ok((view(&self.keys)?, view(&self.values)?))
    }
}
