//! The files of a head as bytes: read, written whole or not at all, hashed. What is in them is the business of `file`.

use super::HeadError;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
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

/// The hash of some bytes, in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, HeadError> {
    std::fs::read(path).map_err(|source| HeadError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Writes the whole file or leaves the old one.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), HeadError> {
    let attempt = || -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        // Temporary files are private; a head is as open as the user's umask says.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    attempt().map_err(|source| HeadError::Write {
        path: path.to_owned(),
        source,
    })
}
