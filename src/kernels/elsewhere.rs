//! What the kernels look like to the other rooms on processors that have none of them.

use std::ops::Range;
use std::sync::Arc;

use candle_core::quantized::GgmlDType;

/// There is none.
#[derive(Debug)]
pub(crate) enum Matrix {}

/// There are none.
#[derive(Debug)]
pub(super) enum Rows {}

impl Matrix {
    /// `None`.
    pub(crate) fn of_blocks(
        _dtype: GgmlDType,
        _shape: (usize, usize),
        _held: Arc<impl AsRef<[u8]> + Send + Sync + 'static>,
        _bytes: Range<usize>,
    ) -> Option<Self> {
        None
    }

    /// # Panics
    /// Always: [`super::available`] says so before.
    pub(crate) fn pack<E: Send>(
        _shape: (usize, usize),
        _rows: impl Fn(Range<usize>) -> Result<Vec<f32>, E> + Sync,
    ) -> Result<Self, E> {
        unreachable!("the caller looks at the processor")
    }

    /// Rows of the matrix.
    pub(crate) fn outputs(&self) -> usize {
        match *self {}
    }

    /// Columns of the matrix.
    pub(crate) fn inputs(&self) -> usize {
        match *self {}
    }
}

impl Rows {
    /// # Panics
    /// Always: [`super::available`] says so before.
    pub(super) fn quantize(_x: &[f32], _width: usize) -> Self {
        unreachable!("the caller looks at the processor")
    }
}

/// Cannot be called.
pub(super) fn products<const N: usize>(_matrices: [&Matrix; N], x: &Rows) -> [Vec<f32>; N] {
    match *x {}
}
