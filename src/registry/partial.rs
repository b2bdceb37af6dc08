//! A file that is not complete yet: what arrived so far, and how to go on from there.
//!
//! Owns the folder `.<file>.partial` beside the file's place in the cache: `data` holds the bytes,
//! `parts.json` says which parts they are. Beside, not in a temporary folder of the system: the
//! final rename must not cross file systems. The caller holds the file's lock.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::RegistryError;
use super::cache::hash_reader;
use super::manifest::{Sha256, WheelSource};
use crate::files::write_atomically;

pub(super) struct Partial {
    folder: PathBuf,
}

/// The finished parts of a file that is joined from several.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Parts {
    /// The source they are from: parts of another one are of no use.
    source: WheelSource,
    finished: Vec<Part>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Part {
    bytes: u64,
    sha256: Sha256,
}

impl Parts {
    /// How many parts are complete.
    pub fn count(&self) -> usize {
        self.finished.len()
    }

    /// How many bytes they are together.
    pub fn bytes(&self) -> u64 {
        self.finished.iter().map(|part| part.bytes).sum()
    }
}

impl Partial {
    pub fn beside(target: &Path) -> Self {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        Self {
            folder: target.with_file_name(format!(".{name}.partial")),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bytes so far.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Forgets everything.
    pub fn clear(&self) -> Result<(), RegistryError> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(RegistryError::io("remove", &self.folder)(error))
            }
            _ => Ok(()),
        }
    }

    /// Makes `data` the content of `source`: a hard link if both are on one disk, else a copy.
    pub fn copy_from(&self, source: &Path) -> Result<(), RegistryError> {
        self.clear()?;
        self.create()?;
        // The hub's cache hands out symbolic links; a hard link must be to the file behind them.
        let file = source
            .canonicalize()
            .map_err(RegistryError::io("read", source))?;
        if fs::hard_link(&file, self.data()).is_err() {
            fs::copy(&file, self.data()).map_err(RegistryError::io("write", &self.data()))?;
        }
        Ok(())
    }

    /// The file to append to, and the parts it holds already. Parts are believed only if size and
    /// hash are as noted; from the first that is not, everything is cut off.
    pub fn resume(&self, source: &WheelSource) -> Result<(File, Parts), RegistryError> {
        self.create()?;
        let path = self.data();
        let noted = fs::read(self.record()).unwrap_or_default();
        let noted: Option<Parts> = serde_json::from_slice(&noted).ok();
        let mut parts = Parts {
            source: source.clone(),
            finished: Vec::new(),
        };
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(RegistryError::io("create", &path))?;
        for part in noted
            .into_iter()
            .filter(|n| n.source == *source)
            .flat_map(|n| n.finished)
        {
            let (sha256, bytes) = hash_reader((&file).take(part.bytes), |_| ())
                .map_err(RegistryError::io("read", &path))?;
            if (bytes, &sha256) != (part.bytes, &part.sha256) {
                break;
            }
            parts.finished.push(part);
        }
        let keep = parts.bytes();
        file.set_len(keep)
            .and_then(|()| file.seek(SeekFrom::Start(keep)))
            .map_err(RegistryError::io("write", &path))?;
        Ok((file, parts))
    }

    /// Notes that one more part is complete, once its bytes are on disk.
    pub fn finish_part(
        &self,
        file: &File,
        parts: &mut Parts,
        bytes: u64,
        sha256: Sha256,
    ) -> Result<(), RegistryError> {
        let path = self.data();
        file.sync_data()
            .map_err(RegistryError::io("write", &path))?;
        parts.finished.push(Part { bytes, sha256 });
        let json = serde_json::to_vec_pretty(parts).expect("plain strings and numbers");
        write_atomically(&self.record(), &json).map_err(RegistryError::io("write", &self.record()))
    }

    fn record(&self) -> PathBuf {
        self.folder.join("parts.json")
    }

    fn create(&self) -> Result<(), RegistryError> {
        fs::create_dir_all(&self.folder).map_err(RegistryError::io("create", &self.folder))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn source(version: u32) -> WheelSource {
        WheelSource {
            packages: vec![format!("p{{n}}=={version}")],
            parts: Some(3),
            member: "*".to_owned(),
            platform: None,
        }
    }

    fn append(partial: &Partial, file: &mut File, parts: &mut Parts, content: &str) {
        file.write_all(content.as_bytes()).expect("write");
        let (sha256, bytes) = hash_reader(content.as_bytes(), |_| ()).expect("memory");
        partial
            .finish_part(file, parts, bytes, sha256)
            .expect("noted");
    }

    fn two_parts() -> (tempfile::TempDir, Partial) {
        let folder = tempfile::tempdir().expect("temporary folder");
        let partial = Partial::beside(&folder.path().join("model.gguf"));
        let (mut file, mut parts) = partial.resume(&source(1)).expect("new");
        append(&partial, &mut file, &mut parts, "first ");
        append(&partial, &mut file, &mut parts, "second ");
        file.write_all(b"half of the th").expect("write");
        (folder, partial)
    }

    #[test]
    fn finished_parts_are_kept_and_the_rest_is_cut_off() {
        let (_folder, partial) = two_parts();
        let (mut file, mut parts) = partial.resume(&source(1)).expect("resumed");
        assert_eq!((parts.count(), parts.bytes()), (2, 13));
        append(&partial, &mut file, &mut parts, "third");
        assert_eq!(
            fs::read(partial.data()).expect("there"),
            b"first second third"
        );
    }

    #[test]
    fn a_part_that_changed_on_disk_is_not_believed() {
        let (_folder, partial) = two_parts();
        fs::write(partial.data(), "first SECOND ").expect("write");
        let (_, parts) = partial.resume(&source(1)).expect("resumed");
        assert_eq!((parts.count(), parts.bytes()), (1, 6));
        assert_eq!(fs::read(partial.data()).expect("there"), b"first ");
    }

    #[test]
    fn parts_of_another_source_are_not_joined() {
        let (_folder, partial) = two_parts();
        let (_, parts) = partial.resume(&source(2)).expect("resumed");
        assert_eq!(parts.count(), 0);
        assert_eq!(fs::read(partial.data()).expect("there"), b"");
    }

    #[test]
    fn clearing_twice_is_no_error() {
        let (folder, partial) = two_parts();
        partial.clear().expect("removed");
        partial.clear().expect("nothing to remove");
        assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 0);
    }
}
