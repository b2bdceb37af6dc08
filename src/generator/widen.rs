//! Q5_0 weights as Q8_0: the same values in a form that Candle multiplies fast.
//!
//! Candle 0.11 has vector kernels for Q4_0, Q8_0 and the K-quants, none for Q5_0, which llama.cpp's Q4_K_M falls back
//! to where rows are no multiple of 256 (Qwen2.5 0.5B, Gemma 3 270M). Both formats hold blocks of 32 integers and
//! one f16 scale, so the change is exact; it costs 12 bytes more for each 22.

use std::borrow::Cow;

use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{Device, Result};
use rayon::prelude::*;

/// f16 scale, 32 high bits, 16 bytes with two low nibbles each.
const Q5_BLOCK: usize = 22;
/// f16 scale, 32 signed bytes.
const Q8_BLOCK: usize = 34;

/// `weight` itself, or if it is Q5_0 its exact equal in Q8_0.
pub(super) fn widen(weight: QTensor) -> Result<QTensor> {
    if weight.dtype() != GgmlDType::Q5_0 {
        return Ok(weight);
    }
    let narrow = weight.data()?;
    let mut wide = vec![0u8; narrow.len() / Q5_BLOCK * Q8_BLOCK];
    wide.par_chunks_exact_mut(Q8_BLOCK)
        .zip(narrow.par_chunks_exact(Q5_BLOCK))
        .for_each(|(wide, narrow)| widen_block(wide, narrow));
    let storage = QStorage::from_data(Cow::Owned(wide), &Device::Cpu, GgmlDType::Q8_0)?;
    QTensor::new(storage, weight.shape().clone())
}

/// Value i < 16 is the low nibble of byte i with high bit i, value i + 16 its high nibble with high bit i + 16; both
/// minus 16 (`dequantize_row_q5_0` in ggml-quants.c).
fn widen_block(wide: &mut [u8], narrow: &[u8]) {
    let (scale, rest) = narrow.split_at(2);
    let (high, nibbles) = rest.split_at(4);
    wide[..2].copy_from_slice(scale);
    let high_bit = |i: usize| (high[i / 8] >> (i % 8) & 1) << 4;
    for (i, &pair) in nibbles.iter().enumerate() {
        wide[2 + i] = (pair & 0x0F | high_bit(i)).wrapping_sub(16);
        wide[18 + i] = (pair >> 4 | high_bit(i + 16)).wrapping_sub(16);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Tensor;

    #[test]
    fn values_stay_exactly_the_same() -> Result<()> {
        let values = Tensor::randn(0f32, 1.0, (3, 96), &Device::Cpu)?;
        let narrow = QTensor::quantize(&values, GgmlDType::Q5_0)?;
        let expected = narrow.dequantize(&Device::Cpu)?.to_vec2::<f32>()?;
        let wide = widen(narrow)?;
        assert_eq!(wide.dtype(), GgmlDType::Q8_0);
        assert_eq!(wide.dequantize(&Device::Cpu)?.to_vec2::<f32>()?, expected);
        Ok(())
    }

    #[test]
    fn other_formats_stay_as_they_are() -> Result<()> {
        let values = Tensor::randn(0f32, 1.0, (3, 96), &Device::Cpu)?;
        let wide = widen(QTensor::quantize(&values, GgmlDType::Q4_0)?)?;
        assert_eq!(wide.dtype(), GgmlDType::Q4_0);
        Ok(())
    }
}
