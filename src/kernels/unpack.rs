//! Blocks of GGUF's Q4_K and Q6_K → tiles of bytes, on the way to the product.
//!
//! A block has a step and a lowest weight for each 32 (Q4_K) or 16 (Q6_K) of its 256 inputs. A tile has one for all 256, so the
//! product needs no scaling inside; the weights are rounded to 255 levels between the block's lowest and highest, a tenth
//! of the distance that the block's own levels have. Formats: `dequantize_row_q4_K` and `dequantize_row_q6_K` in ggml-quants.c.
//!
//! All is done for 16 outputs at once, each in its own 32-bit lane.

use std::arch::x86_64::*;

use super::tile::{OUTPUTS, Tile};

/// Outputs that are unpacked together.
const LANES: usize = 16;
/// Levels of a byte that are used; the others leave room for rounding.
const LEVELS: f32 = 254.0;

/// A format whose blocks are unpacked at each product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Q4K,
    Q6K,
}

impl Format {
    /// Bytes of a block of 256 weights.
    pub(super) fn block_bytes(self) -> usize {
        match self {
            Self::Q4K => 144,
            Self::Q6K => 210,
        }
    }

    /// Fills `tile` from the blocks which lie `row_bytes` apart in `blocks`, one for each output. Meanwhile memory is asked
    /// for the bytes `soon`: the processor does not see by itself which come next, because blocks are read across rows.
    ///
    /// # Panics
    /// `blocks` ends before the last of them.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    pub(super) fn unpack(self, blocks: &[u8], row_bytes: usize, soon: &[u8], tile: &mut Tile) {
        assert!((OUTPUTS - 1) * row_bytes + self.block_bytes() <= blocks.len());
        for half in 0..OUTPUTS / LANES {
            let lanes = Lanes {
                blocks: &blocks[half * LANES * row_bytes..],
                row_bytes,
                soon: &soon[soon.len() * half / 2..soon.len() * (half + 1) / 2],
            };
            match self {
                Self::Q4K => unpack_q4k(lanes, tile, half),
                Self::Q6K => unpack_q6k(lanes, tile, half),
            }
        }
    }
}

/// The blocks of 16 outputs.
#[derive(Clone, Copy)]
struct Lanes<'a> {
    blocks: &'a [u8],
    row_bytes: usize,
    soon: &'a [u8],
}

impl Lanes<'_> {
    /// Bytes `at..at + 16` of each block as four vectors of four bytes.
    #[target_feature(enable = "avx512f")]
    fn columns(self, at: usize) -> [__m512i; 4] {
        // 16 bytes of 16 blocks are read here, so as many are asked for.
        for line in 0..4 {
            let place = at * LANES + line * 64;
            if let Some(soon) = self.soon.get(place) {
                _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(soon).cast());
            }
        }
        let end = at + 16;
        assert!((LANES - 1) * self.row_bytes + end <= self.blocks.len());
        let row = |row: usize| {
            // SAFETY: row < 16, so by the assertion 16 bytes lie there.
            unsafe { _mm_loadu_si128(self.blocks.as_ptr().add(row * self.row_bytes + at).cast()) }
        };
        // Rows i, i + 4, i + 8 and i + 12 side by side; then four times a 4 × 4 matrix is transposed.
        let four = |i: usize| {
            let rows = _mm512_castsi128_si512(row(i));
            let rows = _mm512_inserti32x4::<1>(rows, row(i + 4));
            let rows = _mm512_inserti32x4::<2>(rows, row(i + 8));
            _mm512_inserti32x4::<3>(rows, row(i + 12))
        };
        let (a, b, c, d) = (four(0), four(1), four(2), four(3));
        let (low_ab, high_ab) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let (low_cd, high_cd) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        [
            _mm512_unpacklo_epi64(low_ab, low_cd),
            _mm512_unpackhi_epi64(low_ab, low_cd),
            _mm512_unpacklo_epi64(high_ab, high_cd),
            _mm512_unpackhi_epi64(high_ab, high_cd),
        ]
    }

    /// The two bytes at `at` of each block as an f16.
    #[target_feature(enable = "avx512f")]
    fn half_float(self, at: usize) -> __m512 {
        let mut bits = [0u16; LANES];
        for (row, bits) in bits.iter_mut().enumerate() {
            let at = row * self.row_bytes + at;
            *bits = u16::from_le_bytes([self.blocks[at], self.blocks[at + 1]]);
        }
        // SAFETY: 16 halves are 32 bytes.
        _mm512_cvtph_ps(unsafe { _mm256_loadu_si256(bits.as_ptr().cast()) })
    }
}

// SAFETY: any bits are a vector of integers.
const NO_BITS: __m512i = unsafe { std::mem::transmute([0u8; 64]) };

/// Where the values of a part of a block lie on the byte scale of the whole block: value ↦ (value · slope + start) / 256.
/// Both as 16-bit numbers, twice in each lane.
#[derive(Clone, Copy)]
struct Placing {
    slope: __m512i,
    start: __m512i,
}

impl Placing {
    const NONE: Self = Self {
        slope: NO_BITS,
        start: NO_BITS,
    };

    /// The bytes for values in the low and the high byte of each 16-bit number.
    #[target_feature(enable = "avx512f,avx512bw")]
    fn place(self, even: __m512i, odd: __m512i) -> __m512i {
        let line = |value| _mm512_add_epi16(_mm512_mullo_epi16(value, self.slope), self.start);
        let even = _mm512_srli_epi16::<8>(line(even));
        // Where the mask is 1 the odd ones, elsewhere the even ones.
        _mm512_ternarylogic_epi32::<0xCA>(_mm512_set1_epi16(!0xFF), line(odd), even)
    }
}

/// Puts `PARTS` lines (value · step + offset, 0 ≤ value ≤ `most`) on one scale and notes it in the tile.
#[target_feature(enable = "avx512f,avx512bw")]
fn on_one_scale<const PARTS: usize>(
    lines: [(__m512, __m512); PARTS],
    most: f32,
    tile: &mut Tile,
    half: usize,
) -> [Placing; PARTS] {
    let (mut low, mut high) = (lines[0].1, lines[0].1);
    for (step, offset) in lines {
        let end = _mm512_fmadd_ps(step, _mm512_set1_ps(most), offset);
        low = _mm512_min_ps(low, _mm512_min_ps(offset, end));
        high = _mm512_max_ps(high, _mm512_max_ps(offset, end));
    }
    let range = _mm512_sub_ps(high, low);
    let step = _mm512_mul_ps(range, _mm512_set1_ps(1.0 / LEVELS));
    let scale = _mm512_div_ps(_mm512_set1_ps(256.0 * LEVELS), range);
    // SAFETY: each array has 32 values, and half is 0 or 1.
    unsafe {
        _mm512_storeu_ps(tile.step.as_mut_ptr().add(half * LANES), step);
        _mm512_storeu_ps(tile.low.as_mut_ptr().add(half * LANES), low);
    }
    let mut placings = [Placing::NONE; PARTS];
    for (placing, (step, offset)) in placings.iter_mut().zip(lines) {
        // Both fit 16 bits; where all weights are equal it does not matter what stands here.
        let slope = _mm512_cvtps_epi32(_mm512_mul_ps(step, scale));
        let start = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_sub_ps(offset, low), scale));
        placing.slope = twice(slope);
        placing.start = twice(_mm512_add_epi32(start, _mm512_set1_epi32(128)));
    }
    placings
}

/// The low 16 bits of each lane, twice.
#[target_feature(enable = "avx512f,avx512bw")]
fn twice(x: __m512i) -> __m512i {
    let low = _mm512_and_si512(x, _mm512_set1_epi32(0xFFFF));
    _mm512_or_si512(low, _mm512_slli_epi32::<16>(x))
}

/// Writes four inputs of 16 outputs.
#[target_feature(enable = "avx512f")]
fn write(tile: &mut Tile, half: usize, step: usize, bytes: __m512i) {
    let values = &mut tile.values[step][half * 64..][..64];
    // SAFETY: 64 bytes are one vector.
    unsafe { _mm512_storeu_si512(values.as_mut_ptr().cast(), bytes) }
}

/// Q4_K: f16 step and f16 offset of the block, 12 bytes with 6 bits of each for eight parts, 128 bytes of two values each.
#[target_feature(enable = "avx512f,avx512bw")]
fn unpack_q4k(blocks: Lanes, tile: &mut Tile, half: usize) {
    const VALUES: usize = 16;
    let [scales, first, second, third] = blocks.columns(0);
    let half_float = |bits| _mm512_cvtph_ps(_mm512_cvtepi32_epi16(bits));
    let step = half_float(scales);
    let offset = half_float(_mm512_srli_epi32::<16>(scales));
    let offset = _mm512_sub_ps(_mm512_setzero_ps(), offset);
    let byte = |x, part: u32, mask| {
        let x = _mm512_srlv_epi32(x, _mm512_set1_epi32(8 * part as i32));
        _mm512_and_si512(x, _mm512_set1_epi32(mask))
    };
    let mut lines = [(step, offset); 8];
    for (part, line) in lines.iter_mut().enumerate() {
        let part = part as u32;
        let (steps, offsets) = if part < 4 {
            (byte(first, part, 63), byte(second, part, 63))
        } else {
            // Four low bits together in the third word, two high ones above the other parts' six.
            let part = part - 4;
            let joined = |low, high| {
                let high = _mm512_srli_epi32::<2>(byte(high, part, 0xC0));
                _mm512_or_si512(low, high)
            };
            let steps = joined(byte(third, part, 0x0F), first);
            let low = _mm512_srli_epi32::<4>(byte(third, part, 0xF0));
            (steps, joined(low, second))
        };
        *line = (
            _mm512_mul_ps(step, _mm512_cvtepi32_ps(steps)),
            _mm512_mul_ps(offset, _mm512_cvtepi32_ps(offsets)),
        );
    }
    let placings = on_one_scale(lines, 15.0, tile, half);
    let mask = _mm512_set1_epi16(0x0F);
    for piece in 0..8 {
        let pair = piece / 2; // 32 bytes hold two parts: the low halves and the high ones
        let columns = blocks.columns(VALUES + piece * 16);
        for (i, four) in columns.into_iter().enumerate() {
            let step = pair * 16 + piece % 2 * 4 + i;
            let shifted = |x: __m512i| _mm512_and_si512(x, mask);
            let even = shifted(four);
            let odd = shifted(_mm512_srli_epi16::<8>(four));
            write(tile, half, step, placings[2 * pair].place(even, odd));
            let even = shifted(_mm512_srli_epi16::<4>(four));
            let odd = _mm512_srli_epi16::<12>(four);
            let bytes = placings[2 * pair + 1].place(even, odd);
            write(tile, half, step + 8, bytes);
        }
    }
}

/// Q6_K: 128 bytes with the low four bits of two values each, 64 with the high two of four, 16 signed steps of parts,
/// f16 step of the block; a value stands for itself minus 32.
#[target_feature(enable = "avx512f,avx512bw")]
fn unpack_q6k(blocks: Lanes, tile: &mut Tile, half: usize) {
    const HIGH: usize = 128;
    const STEPS: usize = 192;
    const STEP: usize = 208;
    let step = blocks.half_float(STEP);
    let steps = blocks.columns(STEPS);
    let mut lines = [(step, step); 16];
    for (part, line) in lines.iter_mut().enumerate() {
        let up = _mm512_set1_epi32(24 - 8 * (part % 4) as i32);
        let signed = _mm512_srai_epi32::<24>(_mm512_sllv_epi32(steps[part / 4], up));
        let step = _mm512_mul_ps(step, _mm512_cvtepi32_ps(signed));
        *line = (step, _mm512_mul_ps(step, _mm512_set1_ps(-32.0)));
    }
    let placings = on_one_scale(lines, 63.0, tile, half);
    let low_bits = _mm512_set1_epi8(0x0F);
    for piece in 0..4 {
        let (part, at) = (piece / 2 * 8 + piece % 2, piece / 2 * 64 + piece % 2 * 16);
        let first = blocks.columns(at);
        let second = blocks.columns(at + 32);
        let high = blocks.columns(HIGH + piece * 16);
        for i in 0..4 {
            let (first, second, high) = (first[i], second[i], high[i]);
            let values = [
                (first, _mm512_slli_epi16::<4>(high)),
                (second, _mm512_slli_epi16::<2>(high)),
                (_mm512_srli_epi16::<4>(first), high),
                (_mm512_srli_epi16::<4>(second), _mm512_srli_epi16::<2>(high)),
            ];
            for (quarter, (low, high)) in values.into_iter().enumerate() {
                let value = _mm512_ternarylogic_epi32::<0xCA>(low_bits, low, high);
                let value = _mm512_and_si512(value, _mm512_set1_epi8(0x3F));
                let even = _mm512_and_si512(value, _mm512_set1_epi16(0xFF));
                let odd = _mm512_srli_epi16::<8>(value);
                let bytes = placings[part + 2 * quarter].place(even, odd);
                let step = piece / 2 * 32 + quarter * 8 + piece % 2 * 4 + i;
                write(tile, half, step, bytes);
            }
        }
    }
}
