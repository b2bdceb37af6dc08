//! The memory of one text being generated: its keys and values, and the rotary tables for its positions.
//!
//! Allocated once for all tokens that the generation can reach; each step writes its rows in place.

use std::ops::Range;
use std::sync::Arc;

use super::config::DecoderConfig;
use super::rope::{Frequencies, RopeTable};

/// Keys, values and positions of one sequence.
#[derive(Debug)]
pub(super) struct KvCache {
    layers: Vec<LayerCache>,
    ropes: Ropes,
    tokens: usize,
    capacity: usize,
}

/// Rotary tables.
#[derive(Debug)]
struct Ropes {
    /// Of the layers which see everything.
    all: Arc<RopeTable>,
    /// Of the layers with a window, if the model has any.
    local: Option<Arc<RopeTable>>,
}

impl Ropes {
    fn table(&self, local: bool) -> &RopeTable {
        match &self.local {
            Some(table) if local => table,
            _ => &self.all,
        }
    }
}

/// Keys and values of one layer, each (kv_heads, capacity, head_dim).
#[derive(Debug)]
pub(super) struct LayerCache {
    keys: Vec<f32>,
    values: Vec<f32>,
    capacity: usize,
    head_dim: usize,
}

impl KvCache {
    /// An empty cache for `capacity` tokens.
    pub(super) fn new(
        config: &DecoderConfig,
        rope: &Frequencies,
        local_rope: Option<&Frequencies>,
        capacity: usize,
    ) -> Self {
        let zeros = || vec![0.0; config.kv_heads * capacity * config.head_dim];
        let layers = (0..config.layers).map(|_| LayerCache {
            keys: zeros(),
            values: zeros(),
            capacity,
            head_dim: config.head_dim,
        });
        Self {
            layers: layers.collect(),
            ropes: Ropes {
                all: rope.table(capacity),
                local: local_rope.map(|f| f.table(capacity)),
            },
            tokens: 0,
            capacity,
        }
    }

    /// Makes the first `tokens` of an empty cache those of `other`.
    pub(super) fn begin_as(&mut self, other: &Self, tokens: usize) {
        for (own, others) in self.layers.iter_mut().zip(&other.layers) {
            let values = tokens * own.head_dim;
            let own_heads = own.capacity * own.head_dim;
            let other_heads = others.capacity * own.head_dim;
            let copy = |own: &mut [f32], other: &[f32]| {
                let heads = own
                    .chunks_exact_mut(own_heads)
                    .zip(other.chunks_exact(other_heads));
                heads.for_each(|(own, other)| own[..values].copy_from_slice(&other[..values]));
            };
            copy(&mut own.keys, &others.keys);
            copy(&mut own.values, &others.values);
        }
        self.tokens = tokens;
    }

    /// Tokens that have been written.
    pub(super) fn tokens(&self) -> usize {
        self.tokens
    }

    /// Tokens that there is still room for.
    pub(super) fn room(&self) -> usize {
        self.capacity - self.tokens
    }

    /// Tokens that it was made for.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Forgets all but the first `tokens`.
    pub(super) fn rewind(&mut self, tokens: usize) {
        self.tokens = self.tokens.min(tokens);
    }

    /// Counts `tokens` more as written, once every layer holds them.
    pub(super) fn advance(&mut self, tokens: usize) {
        self.tokens += tokens;
    }

    /// The rotary table and the part of one layer; `local` if it has a window.
    pub(super) fn shared_part(&self, layer: usize, local: bool) -> (&RopeTable, &LayerCache) {
        (self.ropes.table(local), &self.layers[layer])
    }

    /// As [`shared_part`](Self::shared_part), to be written.
    pub(super) fn part(&mut self, layer: usize, local: bool) -> (&RopeTable, &mut LayerCache) {
        (self.ropes.table(local), &mut self.layers[layer])
    }
}

impl LayerCache {
    /// Key and value of a head at a position.
    pub(super) fn at(&mut self, head: usize, position: usize) -> (&mut [f32], &mut [f32]) {
        let first = (head * self.capacity + position) * self.head_dim;
        let place = first..first + self.head_dim;
        (&mut self.keys[place.clone()], &mut self.values[place])
    }

    /// Keys and values of a head at some positions, each (positions, head_dim).
    pub(super) fn read(&self, head: usize, positions: Range<usize>) -> (&[f32], &[f32]) {
        let at = |position| (head * self.capacity + position) * self.head_dim;
        let place = at(positions.start)..at(positions.end);
        (&self.keys[place.clone()], &self.values[place])
    }
}
