//! Causal attention of grouped query heads over the caches of several texts, with an optional sliding window.
//!
//! Query heads which share a key head are rows of one product, so keys and values are never repeated; a mask is a range
//! for each row inside the softmax, so none is materialised; a block of queries of a text is one task, so that all
//! cores work and a text's result depends on nothing but the text.

use super::cache::LayerCache;
use super::config::RopeStyle;
use super::layer::Rows;
use super::linear::RmsNorm;
use super::rope::RopeTable;
use crate::kernels::{self, Strided, for_each_mut};

/// Queries of a task: 6 heads × 32 × 450 keys are 350 KB of scores.
const QUERY_BLOCK: usize = 32;

/// What the heads of a layer have in common.
#[derive(Debug)]
pub(super) struct Heads {
    pub(super) heads: usize,
    /// As many keys and values as these serve all query heads.
    pub(super) kv_heads: usize,
    pub(super) head_dim: usize,
    /// Scores are multiplied by this.
    pub(super) scale: f32,
    pub(super) rope_style: RopeStyle,
    /// Norms of query and key heads, if the model has them.
    pub(super) norms: Option<(RmsNorm, RmsNorm)>,
    /// Positions that a token sees, itself included; all if `None`.
    pub(super) window: Option<usize>,
}

/// Some queries of one text.
struct Task<'a> {
    /// (queries, heads · head_dim)
    queries: &'a [f32],
    out: &'a mut [f32],
    /// Position of the first of them.
    position: usize,
    cache: &'a LayerCache,
    rope: &'a RopeTable,
}

impl Heads {
    /// Writes the keys and values of all texts' new tokens, (tokens, kv_heads · head_dim), to their caches.
    pub(super) fn remember(&self, layer: usize, texts: &mut [Rows], keys: &[f32], values: &[f32]) {
        let width = self.kv_heads * self.head_dim;
        let mut first = 0;
        let mut parts = Vec::with_capacity(texts.len());
        for text in texts {
            let rows = first * width..(first + text.count) * width;
            first += text.count;
            parts.push((text, &keys[rows.clone()], &values[rows]));
        }
        for_each_mut(&mut parts, |(text, keys, values)| {
            let start = text.cache.tokens();
            let (rope, cache) = text.cache.part(layer, self.window.is_some());
            for head in 0..self.kv_heads {
                for (row, keys) in keys.chunks_exact(width).enumerate() {
                    let at = head * self.head_dim;
                    let (key, value) = cache.at(head, start + row);
                    key.copy_from_slice(&keys[at..at + self.head_dim]);
                    self.place(
                        key,
                        self.norms.as_ref().map(|(_, key)| key),
                        rope,
                        start + row,
                    );
                    value.copy_from_slice(&values[row * width + at..][..self.head_dim]);
                }
            }
        });
    }

    /// softmax(scale · Q Kᵀ, masked) V for the last tokens of each text: as many as `queries`, (queries, heads · head_dim),
    /// has for it by `counts`. The caches hold their keys. Returns the shape of `queries`.
    pub(super) fn attend(
        &self,
        layer: usize,
        texts: &[Rows],
        counts: &[usize],
        queries: &[f32],
    ) -> Vec<f32> {
        let width = self.heads * self.head_dim;
        let mut mixed = vec![0.0; queries.len()];
        let mut tasks = Vec::new();
        let (mut rest, mut left) = (mixed.as_mut_slice(), queries);
        for (text, count) in texts.iter().zip(counts) {
            let (rope, cache) = text.cache.shared_part(layer, self.window.is_some());
            let first = text.cache.tokens() + text.count - count;
            for done in (0..*count).step_by(QUERY_BLOCK) {
                let rows = QUERY_BLOCK.min(count - done);
                let (queries, after) = left.split_at(rows * width);
                let (out, unwritten) = rest.split_at_mut(rows * width);
                (rest, left) = (unwritten, after);
                tasks.push(Task {
                    queries,
                    out,
                    position: first + done,
                    cache,
                    rope,
                });
            }
        }
        for_each_mut(&mut tasks, |task| self.run(task));
        mixed
    }

    fn run(&self, task: &mut Task) {
        let (width, dim) = (self.heads * self.head_dim, self.head_dim);
        let group = self.heads / self.kv_heads;
        let tokens = task.queries.len() / width;
        let end = task.position + tokens;
        let first_key = self
            .window
            .map_or(0, |window| (task.position + 1).saturating_sub(window));
        let keys = end - first_key;
        let rows = tokens * group;
        let mut queries = vec![0.0; rows * dim]; // (tokens, group, head_dim)
        let mut scores = vec![0.0; rows * keys];
        let mut mixed = vec![0.0; rows * dim];
        for kv_head in 0..self.kv_heads {
            let at = kv_head * group * dim;
            for (token, part) in queries.chunks_exact_mut(group * dim).enumerate() {
                part.copy_from_slice(&task.queries[token * width + at..][..group * dim]);
                for query in part.chunks_exact_mut(dim) {
                    let norm = self.norms.as_ref().map(|(query, _)| query);
                    self.place(query, norm, task.rope, task.position + token);
                }
            }
            let by_rows = |values, rows| Strided {
                values,
                rows,
                columns: 1,
            };
            let (cached_keys, cached_values) = task.cache.read(kv_head, first_key..end);
            let transposed = Strided {
                values: cached_keys,
                rows: 1,
                columns: dim,
            };
            let product = [rows, dim, keys];
            kernels::multiply(
                product,
                1.0,
                by_rows(&queries, dim),
                transposed,
                &mut scores,
                keys,
            );
            for (row, scores) in scores.chunks_exact_mut(keys).enumerate() {
                self.softmax(scores, task.position + row / group - first_key);
            }
            let values = by_rows(cached_values, dim);
            kernels::multiply(
                [rows, keys, dim],
                1.0,
                by_rows(&scores, keys),
                values,
                &mut mixed,
                dim,
            );
            for (token, mixed) in mixed.chunks_exact(group * dim).enumerate() {
                task.out[token * width + at..][..group * dim].copy_from_slice(mixed);
            }
        }
    }

    /// Softmax over the keys that the query in place `own` may see; the others become 0.
    fn softmax(&self, scores: &mut [f32], own: usize) {
        let first = self
            .window
            .map_or(0, |window| (own + 1).saturating_sub(window));
        let (before, rest) = scores.split_at_mut(first);
        let (seen, after) = rest.split_at_mut(own + 1 - first);
        before.fill(0.0);
        after.fill(0.0);
        let inverse = 1.0 / kernels::exponentials(seen, self.scale);
        seen.iter_mut().for_each(|score| *score *= inverse);
    }

    /// Norms a head's values and turns them to their position.
    fn place(&self, head: &mut [f32], norm: Option<&RmsNorm>, rope: &RopeTable, position: usize) {
        if let Some(norm) = norm {
            norm.in_place(head);
        }
        rope.rotate(head, position, self.rope_style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn softmax(own: usize, window: Option<usize>, scale: f32, scores: &[f32]) -> Vec<f32> {
        let heads = Heads {
            heads: 1,
            kv_heads: 1,
            head_dim: 2,
            scale,
            rope_style: RopeStyle::HalfSplit,
            norms: None,
            window,
        };
        let mut scores = scores.to_vec();
        heads.softmax(&mut scores, own);
        scores
    }

    #[test]
    fn rows_see_their_past_only() {
        let third = 1.0 / 3.0;
        assert_eq!(softmax(2, None, 1.0, &[1.0; 4]), [third, third, third, 0.0]);
        assert_eq!(softmax(3, None, 1.0, &[1.0; 4]), [0.25; 4]);
    }

    #[test]
    fn a_window_of_two_sees_itself_and_one_before() {
        assert_eq!(softmax(2, Some(2), 1.0, &[1.0; 4]), [0.0, 0.5, 0.5, 0.0]);
        assert_eq!(softmax(0, Some(2), 1.0, &[1.0; 4]), [1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn scale_applies_before_the_exponential() {
        let sum = 1.0 + 1f32.exp();
        let expected = [1.0 / sum, 1f32.exp() / sum];
        let found = softmax(1, None, 0.5, &[0.0, 2.0]);
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-6),
            "{found:?}"
        );
    }
}
