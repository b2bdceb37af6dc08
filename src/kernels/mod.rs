//! Products of 8-bit rows with quantised weights, for processors with AVX-512 VNNI.
//!
//! ```text
//! rows of f32 → bytes and scales ─┐
//! GGUF blocks → tile of bytes ────┴→ sums of products → rows of f32
//! ```
//!
//! Weights stay as they are in the mapped file. Each thread takes a strip of 32 outputs, unpacks 256 inputs of it at a time
//! into a tile that fits the first-level cache, and multiplies all rows with it, so that with many rows unpacking costs
//! little. Candle's kernels, which other processors use, hold a packed copy of the weights and read it again for each
//! four rows.

mod cores;
mod cpu;
mod dense;
#[cfg(target_arch = "x86_64")]
mod matrix;
#[cfg(not(target_arch = "x86_64"))]
#[path = "elsewhere.rs"]
mod matrix;
#[cfg(target_arch = "x86_64")]
mod rows;
#[cfg(target_arch = "x86_64")]
mod tile;
#[cfg(target_arch = "x86_64")]
mod unpack;
mod values;
mod widest;

use candle_core::{Result, Tensor};

pub(crate) use cores::{for_each_mut, spread};
pub use cpu::{detect, features};
pub(crate) use dense::{
    Strided, add_low_rank, add_to_rows, exponentials, log_sum_exp, multiply, rms_norm, silu_times,
};
pub(crate) use matrix::Matrix;
#[cfg(not(target_arch = "x86_64"))]
use matrix::Rows;
#[cfg(target_arch = "x86_64")]
use rows::Rows;
pub(crate) use values::values_of;
pub(crate) use widest::widest;

/// x Wᵀ for each of the matrices: (rows, inputs) → (rows, outputs) each.
///
/// # Errors
/// `x` is not contiguous f32.
pub(crate) fn products<const N: usize>(
    matrices: [&Matrix; N],
    x: &Tensor,
) -> Result<[Vec<f32>; N]> {
    let rows = Rows::quantize(&values_of(x)?, x.dim(1)?);
    Ok(matrix::products(matrices, &rows))
}

/// Whether this processor has what the kernels of this room need.
pub(crate) fn available() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vnni");
    #[cfg(not(target_arch = "x86_64"))]
    false
}
