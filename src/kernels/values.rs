//! The numbers of a tensor as a slice.

use std::ops::{Deref, Range};

use candle_core::{CpuStorage, Result, Storage, Tensor, bail};

/// The numbers of a contiguous f32 tensor, without a copy.
struct Values<S> {
    storage: S,
    place: Range<usize>,
}

/// The numbers of `x`, which must be contiguous f32 on the CPU.
pub(crate) fn values_of(x: &Tensor) -> Result<impl Deref<Target = [f32]>> {
    let (storage, layout) = x.storage_and_layout();
    let (Storage::Cpu(CpuStorage::F32(_)), Some((start, end))) =
        (&*storage, layout.contiguous_offsets())
    else {
        bail!("contiguous f32 is wanted here")
    };
    Ok(Values {
        storage,
        place: start..end,
    })
}

impl<S: Deref<Target = Storage>> Deref for Values<S> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match &*self.storage {
            Storage::Cpu(CpuStorage::F32(values)) => &values[self.place.clone()],
            _ => unreachable!("looked at when it was made"),
        }
    }
}
