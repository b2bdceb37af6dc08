//! Rows of activations as signed bytes, with a scale for each block of a row.

use std::arch::x86_64::*;

use super::for_each_mut;
use super::tile::BLOCK;

/// From so many values on both cores take part.
const PARALLEL_VALUES: usize = 1 << 15;

/// Rows of one width: `scale · value`, the scale one for each [`BLOCK`] of a row, as in llama.cpp's Q8_K.
#[derive(Debug)]
pub(super) struct Rows {
    count: usize,
    width: usize,
    /// (blocks, rows, 256): signed bytes; the last block of a row is filled with zeros.
    values: Vec<[u8; BLOCK]>,
    /// (blocks, rows)
    scales: Vec<f32>,
    /// Sums of the blocks' values, times the scale: (blocks, rows).
    totals: Vec<f32>,
}

/// The same block of all rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) values: &'a [[u8; BLOCK]],
    pub(super) scales: &'a [f32],
    pub(super) totals: &'a [f32],
}

impl Rows {
    /// `x` is (rows, width).
    ///
    /// # Panics
    /// The processor has no AVX-512: see [`super::available`].
    pub(super) fn quantize(x: &[f32], width: usize) -> Self {
        assert!(super::available(), "the caller looks at the processor");
        let count = x.len() / width;
        assert!(count > 0, "the caller has a row");
        let blocks = width.div_ceil(BLOCK);
        let mut rows = Self {
            count,
            width,
            values: vec![[0; BLOCK]; blocks * count],
            scales: vec![0.0; blocks * count],
            totals: vec![0.0; blocks * count],
        };
        let scales = rows.scales.chunks_mut(count);
        let scales = scales.zip(rows.totals.chunks_mut(count));
        let parts = rows.values.chunks_mut(count).zip(scales).enumerate();
        let fill =
            |block: usize, values: &mut [[u8; BLOCK]], scales: &mut [f32], totals: &mut [f32]| {
                for (row, values) in values.iter_mut().enumerate() {
                    let first = row * width + block * BLOCK;
                    let end = (first + BLOCK).min((row + 1) * width);
                    // SAFETY: `available` has found the instructions.
                    (scales[row], totals[row]) = unsafe { quantize_block(&x[first..end], values) };
                }
            };
        if x.len() < PARALLEL_VALUES {
            parts.for_each(|(block, (values, (scales, totals)))| {
                fill(block, values, scales, totals)
            });
        } else {
            let mut parts: Vec<_> = parts.collect();
            for_each_mut(&mut parts, |(block, (values, (scales, totals)))| {
                fill(*block, values, scales, totals);
            });
        }
        rows
    }

    /// How many rows.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Values of a row.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn block(&self, block: usize) -> Block<'_> {
        let rows = block * self.count..(block + 1) * self.count;
        Block {
            values: &self.values[rows.clone()],
            scales: &self.scales[rows.clone()],
            totals: &self.totals[rows],
        }
    }
}

/// Fills `values` with the nearest multiples of the scale, the largest of which is ±127; returns the scale and the
/// scaled sum of the values. What is not finite makes the scale so, too.
#[target_feature(enable = "avx512f,avx512bw")]
fn quantize_block(x: &[f32], values: &mut [u8; BLOCK]) -> (f32, f32) {
    let chunk = |at: usize| {
        let rest = x.get(at..).unwrap_or_default();
        let mask = if rest.len() >= 16 {
            0xFFFF
        } else {
            (1u16 << rest.len()) - 1
        };
        // SAFETY: the mask keeps the load inside the slice.
        unsafe { _mm512_maskz_loadu_ps(mask, rest.as_ptr()) }
    };
    let chunks = (0..x.len()).step_by(16);
    // The bits of positive floats are ordered as the floats are, infinity and NaN last.
    let mut largest = _mm512_setzero_si512();
    for at in chunks.clone() {
        largest = _mm512_max_epi32(largest, _mm512_castps_si512(_mm512_abs_ps(chunk(at))));
    }
    let largest = f32::from_bits(_mm512_reduce_max_epi32(largest) as u32);
    let inverse = if largest == 0.0 { 0.0 } else { 127.0 / largest };
    let inverse = _mm512_set1_ps(inverse);
    let mut total = _mm512_setzero_si512();
    for at in chunks {
        let rounded = _mm512_cvtps_epi32(_mm512_mul_ps(chunk(at), inverse));
        total = _mm512_add_epi32(total, rounded);
        let bytes = _mm512_cvtsepi32_epi8(rounded);
        // SAFETY: `at` is a multiple of 16 below 256, so 16 bytes are left.
        unsafe { _mm_storeu_si128(values[at..].as_mut_ptr().cast(), bytes) };
    }
    let scale = largest / 127.0;
    (scale, scale * _mm512_reduce_add_epi32(total) as f32)
}
