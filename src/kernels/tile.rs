//! A tile of weights as bytes, and the product of rows with it: the one loop where the time goes.
//!
//! The instruction is AVX-512 VNNI's `vpdpbusd`: in each of 16 lanes four unsigned bytes times four signed ones, added to a 32-bit sum.
//! A lane is an output, so a tile stores four inputs of one output side by side, then the next output.

use std::arch::x86_64::*;

use super::rows::Block;

/// Outputs of a tile: two vectors of 16 lanes.
pub(super) const OUTPUTS: usize = 32;
/// Inputs of a tile at most: they share a scale, as the inputs of a block of activations do.
pub(super) const BLOCK: usize = 256;
/// Inputs that one instruction takes of each output.
const STEP: usize = 4;

/// Weights of [`OUTPUTS`] outputs for up to [`BLOCK`] inputs. The weight is `low + step · value`.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(super) struct Tile {
    /// (inputs / 4, outputs, 4)
    pub(super) values: [[u8; STEP * OUTPUTS]; BLOCK / STEP],
    /// For each output the difference between two neighbouring values.
    pub(super) step: [f32; OUTPUTS],
    /// For each output the weight of value 0.
    pub(super) low: [f32; OUTPUTS],
}

impl Tile {
    /// All weights 0.
    pub(super) const ZERO: Self = Self {
        values: [[0; STEP * OUTPUTS]; BLOCK / STEP],
        step: [0.0; OUTPUTS],
        low: [0.0; OUTPUTS],
    };

    /// The nearest values to `weights`, (outputs, inputs): at most [`OUTPUTS`] slices of the same length, at most [`BLOCK`].
    pub(super) fn pack<'a>(weights: impl Iterator<Item = &'a [f32]>) -> Self {
        let mut tile = Self::ZERO;
        for (output, weights) in weights.enumerate() {
            let low = weights.iter().copied().fold(f32::INFINITY, f32::min);
            let high = weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let step = (high - low) / 255.0;
            let inverse = if step > 0.0 { step.recip() } else { 0.0 };
            for (input, weight) in weights.iter().enumerate() {
                let value = ((weight - low) * inverse).round() as u8;
                tile.values[input / STEP][output * STEP + input % STEP] = value;
            }
            // Weights that are not numbers stay visible.
            let all_finite = weights.iter().all(|weight| weight.is_finite());
            tile.step[output] = step;
            tile.low[output] = if all_finite { low } else { f32::NAN };
        }
        tile
    }

    /// Adds to `sums`, (rows, outputs), the products of the block's rows with the tile's first `inputs` inputs.
    ///
    /// A row's sums do not depend on the rows beside it: the integer part is exact, and what follows runs row by row.
    ///
    /// # Panics
    /// The block has fewer rows than `sums`.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    pub(super) fn add_products(&self, x: Block, inputs: usize, sums: &mut [[f32; OUTPUTS]]) {
        // Beyond the inputs the rows are 0.
        let steps = inputs.min(BLOCK).div_ceil(STEP).next_multiple_of(4);
        let mut first = 0;
        while first < sums.len() {
            first += match sums.len() - first {
                8.. => self.add_group::<8, 1>(x, first, steps, sums),
                4.. => self.add_group::<4, 1>(x, first, steps, sums),
                2.. => self.add_group::<2, 2>(x, first, steps, sums),
                _ => self.add_group::<1, 4>(x, first, steps, sums),
            };
        }
    }

    /// As [`add_products`](Self::add_products) for `ROWS` rows from `first` on, whose sums stay in registers; in `CHAINS`
    /// sums each, so that few rows do not wait for one another's additions. Returns `ROWS`.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn add_group<const ROWS: usize, const CHAINS: usize>(
        &self,
        x: Block,
        first: usize,
        steps: usize,
        sums: &mut [[f32; OUTPUTS]],
    ) -> usize {
        let sums = &mut sums[first..first + ROWS];
        let rows = &x.values[first..first + ROWS];
        let mut dots = [[[_mm512_setzero_si512(); 2]; CHAINS]; ROWS];
        for (step, weights) in self.values[..steps].chunks_exact(CHAINS).enumerate() {
            for (chain, weights) in weights.iter().enumerate() {
                let [left, right] = halves(weights);
                for (dots, row) in dots.iter_mut().zip(rows) {
                    let at = (step * CHAINS + chain) * STEP;
                    let four = [row[at], row[at + 1], row[at + 2], row[at + 3]];
                    let four = _mm512_set1_epi32(i32::from_le_bytes(four));
                    let dots = &mut dots[chain];
                    dots[0] = _mm512_dpbusd_epi32(dots[0], left, four);
                    dots[1] = _mm512_dpbusd_epi32(dots[1], right, four);
                }
            }
        }
        for (row, (sums, dots)) in sums.iter_mut().zip(dots).enumerate() {
            let scale = _mm512_set1_ps(x.scales[first + row]);
            let total = _mm512_set1_ps(x.totals[first + row]);
            for half in 0..2 {
                let at = half * 16;
                let mut dot = _mm512_setzero_si512();
                for chain in &dots {
                    dot = _mm512_add_epi32(dot, chain[half]);
                }
                let dot = _mm512_mul_ps(_mm512_cvtepi32_ps(dot), scale);
                let sum = load(&sums[at..]);
                let sum = _mm512_fmadd_ps(total, load(&self.low[at..]), sum);
                store(
                    &mut sums[at..],
                    _mm512_fmadd_ps(dot, load(&self.step[at..]), sum),
                );
            }
        }
        ROWS
    }
}

#[target_feature(enable = "avx512f")]
fn halves(weights: &[u8; STEP * OUTPUTS]) -> [__m512i; 2] {
    let at = weights.as_ptr();
    // SAFETY: 128 bytes are two vectors of 64.
    unsafe {
        [
            _mm512_loadu_si512(at.cast()),
            _mm512_loadu_si512(at.add(64).cast()),
        ]
    }
}

#[target_feature(enable = "avx512f")]
fn load(values: &[f32]) -> __m512 {
    let values = &values[..16];
    // SAFETY: 16 values are one vector.
    unsafe { _mm512_loadu_ps(values.as_ptr()) }
}

#[target_feature(enable = "avx512f")]
fn store(values: &mut [f32], vector: __m512) {
    let values = &mut values[..16];
    // SAFETY: 16 values are one vector.
    unsafe { _mm512_storeu_ps(values.as_mut_ptr(), vector) }
}
