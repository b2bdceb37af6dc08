//! The files of a head as bytes: read, written whole or not at all. What is in them is the business of `file`.

use super::HeadError;
use crate::files::write_atomically;
use std::path::Path;

/// The weights.
pub(super) const WEIGHTS_FILE: &str = "head.safetensors";
/// Everything else.
pub(super) const ABOUT_FILE: &str = "head.json";

/// The content of a head's files.
#[derive(Debug, Clone)]
pub struct Files {
    /// `head.json`.
    pub about: Vec<u8>,
    /// `head.safetensors`.
    pub weights: Vec<u8>,
}

impl Files {
    /// Reads the files of the head in `folder`.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn read(folder: &Path) -> Result<Self, HeadError> {
        Ok(Self {
            about: read(&folder.join(ABOUT_FILE))?,
            weights: read(&folder.join(WEIGHTS_FILE))?,
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, HeadError> {
    std::fs::read(path).map_err(|source| HeadError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Writes the whole file or leaves the old one.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), HeadError> {
    write_atomically(path, content).map_err(|source| HeadError::Write {
        path: path.to_owned(),
        source,
    })
}
