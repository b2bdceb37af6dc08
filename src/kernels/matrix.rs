//! Weights of a linear layer, and the product of rows with them, over all cores.

use std::ops::Range;
use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use rayon::prelude::*;

use super::rows::Rows;
use super::spread;
use super::tile::{BLOCK, OUTPUTS, Tile};
use super::unpack::Format;

/// Bytes that something holds: a mapped file, or a vector.
type Held = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A matrix (outputs, inputs).
pub(crate) struct Matrix {
    outputs: usize,
    inputs: usize,
    weights: Weights,
}

enum Weights {
    /// Blocks of a GGUF file as they stand there, unpacked at each product.
    Blocks {
        format: Format,
        held: Held,
        bytes: Range<usize>,
    },
    /// (strips of outputs, blocks of inputs)
    Tiles(Vec<Vec<Tile>>),
}

impl std::fmt::Debug for Matrix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Matrix({} × {})", self.outputs, self.inputs)
    }
}

impl Matrix {
    /// The matrix whose rows of blocks of type `dtype` are `bytes` of `held`, without a copy. `None` if there is no
    /// kernel for the type or the shape; [`Matrix::pack`] takes any.
    pub(crate) fn of_blocks(
        dtype: GgmlDType,
        (outputs, inputs): (usize, usize),
        held: Arc<impl AsRef<[u8]> + Send + Sync + 'static>,
        bytes: Range<usize>,
    ) -> Option<Self> {
        let format = match dtype {
            GgmlDType::Q4K => Format::Q4K,
            GgmlDType::Q6K => Format::Q6K,
            _ => return None,
        };
        if !super::available() {
            return None;
        }
        let held: Held = held;
        let whole = outputs.is_multiple_of(OUTPUTS) && inputs.is_multiple_of(BLOCK);
        let wanted = outputs * inputs / BLOCK * format.block_bytes();
        let held_bytes = (*held).as_ref().get(bytes.clone())?;
        (whole && held_bytes.len() == wanted).then_some(Self {
            outputs,
            inputs,
            weights: Weights::Blocks {
                format,
                held,
                bytes,
            },
        })
    }

    /// Packs weights, (outputs, inputs), as bytes with a step for each output and 256 inputs. `rows` gives some of the rows
    /// of weights: never all at once, so that a large matrix is not in memory as f32.
    ///
    /// # Errors
    /// What `rows` fails with.
    pub(crate) fn pack<E: Send>(
        (outputs, inputs): (usize, usize),
        rows: impl Fn(Range<usize>) -> Result<Vec<f32>, E> + Sync,
    ) -> Result<Self, E> {
        let strips = (0..outputs.div_ceil(OUTPUTS)).into_par_iter();
        let strips = strips.map(|strip| {
            let first = strip * OUTPUTS;
            let weights = rows(first..(first + OUTPUTS).min(outputs))?;
            let tile = |start: usize| {
                let columns = start..(start + BLOCK).min(inputs);
                Tile::pack(
                    weights
                        .chunks_exact(inputs)
                        .map(|row| &row[columns.clone()]),
                )
            };
            Ok((0..inputs).step_by(BLOCK).map(tile).collect())
        });
        let strips: Vec<Vec<Tile>> = strips.collect::<Result<_, E>>()?;
        Ok(Self {
            outputs,
            inputs,
            weights: Weights::Tiles(strips),
        })
    }

    /// Rows of the matrix.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Columns of the matrix.
    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    fn strips(&self) -> usize {
        self.outputs.div_ceil(OUTPUTS)
    }

    /// Fills `sums`, (rows, outputs of the strip), with the products.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn strip(&self, strip: usize, x: &Rows, scratch: &mut Tile, sums: &mut [[f32; OUTPUTS]]) {
        sums.fill([0.0; OUTPUTS]);
        let blocks = self.inputs.div_ceil(BLOCK);
        for block in 0..blocks {
            let tile = match &self.weights {
                Weights::Tiles(strips) => &strips[strip][block],
                Weights::Blocks {
                    format,
                    held,
                    bytes,
                } => {
                    let held = &(**held).as_ref()[bytes.clone()];
                    let row_bytes = blocks * format.block_bytes();
                    let strip_bytes = OUTPUTS * row_bytes;
                    let at = strip * strip_bytes + block * format.block_bytes();
                    let part = OUTPUTS * format.block_bytes();
                    let next = (strip + 1) * strip_bytes + block * part;
                    let soon = held.get(next..next + part).unwrap_or_default();
                    format.unpack(&held[at..], row_bytes, soon, scratch);
                    &*scratch
                }
            };
            tile.add_products(x.block(block), self.inputs - block * BLOCK, sums);
        }
    }
}

/// x Wᵀ for each of the matrices: (rows, inputs) → (rows, outputs) each. All have the width of `x`.
///
/// A row's result has the same bits whatever the other rows are.
pub(super) fn products<const N: usize>(matrices: [&Matrix; N], x: &Rows) -> [Vec<f32>; N] {
    assert!(matrices.iter().all(|matrix| matrix.inputs == x.width()));
    let mut results = matrices.map(|matrix| vec![0.0; x.count() * matrix.outputs]);
    let mut strips = Vec::new();
    for (matrix, result) in matrices.iter().zip(&mut results) {
        let result = Columns(result.as_mut_ptr());
        strips.extend((0..matrix.strips()).map(|strip| (*matrix, strip, result)));
    }
    spread(strips.len(), |drawn| {
        let mut scratch = Tile::ZERO;
        let mut sums = vec![[0.0; OUTPUTS]; x.count()];
        for &(matrix, strip, result) in &strips[drawn] {
            // SAFETY: `Rows` exist only where the instructions do.
            unsafe { matrix.strip(strip, x, &mut scratch, &mut sums) };
            let first = strip * OUTPUTS;
            let wide = OUTPUTS.min(matrix.outputs - first);
            for (row, sums) in sums.iter().enumerate() {
                // SAFETY: row < rows and first + wide ≤ outputs, so this lies inside the result, which
                // nothing else touches until all strips are done; no two strips have an output in common.
                unsafe { result.write(row * matrix.outputs + first, sums, wide) };
            }
        }
    });
    results
}

/// A result to whose columns several threads write.
#[derive(Clone, Copy)]
struct Columns(*mut f32);

// SAFETY: see `products`: each thread writes to columns of its own.
unsafe impl Send for Columns {}
// SAFETY: the same.
unsafe impl Sync for Columns {}

impl Columns {
    /// # Safety
    /// `wide` values from `at` on belong to the result and nothing else reads or writes them.
    unsafe fn write(self, at: usize, sums: &[f32; OUTPUTS], wide: usize) {
        // SAFETY: the caller's. The usual width is a constant, so that it is copied without a call.
        unsafe {
            match wide {
                OUTPUTS => self.0.add(at).cast::<[f32; OUTPUTS]>().write(*sums),
                _ => std::ptr::copy_nonoverlapping(sums.as_ptr(), self.0.add(at), wide),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::quantized::QTensor;
    use candle_core::{Device, Tensor};

    /// Numbers between -1 and 1 without a pattern, others for each seed.
    fn noise(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let draws = (0..count).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        });
        draws.collect()
    }

    fn exact(weights: &[f32], inputs: usize, x: &[f32]) -> Vec<f32> {
        let rows = x.chunks(inputs);
        let dot =
            |row: &[f32], w: &[f32]| row.iter().zip(w).map(|(a, b)| (a * b) as f64).sum::<f64>();
        rows.flat_map(|row| weights.chunks(inputs).map(move |w| dot(row, w) as f32))
            .collect()
    }

    fn packed(weights: &[f32], inputs: usize) -> Matrix {
        let shape = (weights.len() / inputs, inputs);
        let rows = |rows: Range<usize>| -> Result<Vec<f32>, ()> {
            Ok(weights[rows.start * inputs..rows.end * inputs].to_vec())
        };
        Matrix::pack(shape, rows).unwrap()
    }

    /// ‖a − b‖ / ‖b‖
    fn distance(a: &[f32], b: &[f32]) -> f32 {
        let square = |x: f32| x * x;
        let difference: f32 = a.iter().zip(b).map(|(a, b)| square(a - b)).sum();
        (difference / b.iter().map(|b| square(*b)).sum::<f32>()).sqrt()
    }

    #[test]
    fn packed_products_are_close_to_exact_ones() {
        if !super::super::available() {
            return eprintln!("skipped: this processor has no AVX-512 VNNI");
        }
        // 33 outputs and 388 inputs: neither strips nor blocks are whole.
        for (rows, outputs, inputs) in [(1, 33, 388), (7, 64, 384), (19, 5, 256), (16, 32, 12)] {
            let (weights, x) = (noise(outputs * inputs, 7), noise(rows * inputs, 13));
            let matrix = packed(&weights, inputs);
            let [found] = products([&matrix], &Rows::quantize(&x, inputs));
            let distance = distance(&found, &exact(&weights, inputs, &x));
            assert!(distance < 0.02, "{rows} × {outputs} × {inputs}: {distance}");
        }
    }

    #[test]
    fn blocks_are_what_candle_reads() {
        if !super::super::available() {
            return eprintln!("skipped: this processor has no AVX-512 VNNI");
        }
        let (rows, outputs, inputs) = (11, 96, 768);
        for dtype in [GgmlDType::Q4K, GgmlDType::Q6K] {
            let weights =
                Tensor::from_vec(noise(outputs * inputs, 7), (outputs, inputs), &Device::Cpu);
            let quantised = QTensor::quantize(&weights.unwrap(), dtype).unwrap();
            let weights = quantised.dequantize(&Device::Cpu).unwrap();
            let weights: Vec<f32> = weights.flatten_all().unwrap().to_vec1().unwrap();
            let bytes = quantised.data().unwrap().to_vec();
            let all = 0..bytes.len();
            let matrix = Matrix::of_blocks(dtype, (outputs, inputs), Arc::new(bytes), all).unwrap();
            let x = noise(rows * inputs, 13);
            let [found] = products([&matrix], &Rows::quantize(&x, inputs));
            let distance = distance(&found, &exact(&weights, inputs, &x));
            assert!(distance < 0.01, "{dtype:?}: {distance}");
            // Each row by itself.
            for (row, expected) in x.chunks(inputs).zip(found.chunks(outputs)) {
                let [alone] = products([&matrix], &Rows::quantize(row, inputs));
                assert_eq!(alone, expected);
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_visible() {
        if !super::super::available() {
            return eprintln!("skipped: this processor has no AVX-512 VNNI");
        }
        let mut x = noise(512, 3);
        let weights = noise(512 * 2, 9);
        x[300] = f32::NAN;
        let [found] = products([&packed(&weights, 512)], &Rows::quantize(&x, 512));
        assert!(found.iter().all(|x| x.is_nan()), "{found:?}");
        x[300] = f32::INFINITY;
        let [found] = products([&packed(&weights, 512)], &Rows::quantize(&x, 512));
        assert!(found.iter().all(|x| !x.is_finite()), "{found:?}");
    }
}
