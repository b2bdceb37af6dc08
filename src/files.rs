//! Bytes on disk: files written whole or not at all, and hashes. Knows nothing of what is in them.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes the whole file or leaves the old one: a temporary file beside it, synced, renamed. Creates its folder.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder_of(path))?;
    replace(path, &mut tempfile::Builder::new(), |file| {
        file.write_all(content)
    })
}

/// Writes a file with `fill` and puts it in the place of the one at `path`, if there is one, in one step; `builder` says
/// how it is called until then. The new file is as open as the old one, else as the user's umask says.
pub(crate) fn replace<E: From<io::Error>>(
    path: &Path,
    builder: &mut tempfile::Builder,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), E>,
) -> Result<(), E> {
    let folder = folder_of(path);
    // Temporary files are private.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    let mut buffer = BufWriter::new(file.as_file_mut());
    fill(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    if let Ok(old) = std::fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// The path with `suffix` behind its last name: `out.jsonl`, `.journal`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    parent.unwrap_or(Path::new("."))
}

/// Makes a rename in `folder` outlast a power cut, where the system can sync a folder.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(handle) = File::open(folder) {
        let _ = handle.sync_all();
    }
}

/// The SHA-256 of some bytes, 64 hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_filled_leaves_the_old_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_atomically(&path, b"old").unwrap();
        let failing = replace(&path, &mut tempfile::Builder::new(), |file| {
            file.write_all(b"half of")?;
            Err(io::Error::other("as the test wants it"))
        });
        assert!(failing.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_folder_of_a_bare_name_is_the_working_folder() {
        for (path, folder) in [("a", "."), ("b/a", "b"), ("/a", "/")] {
            assert_eq!(folder_of(Path::new(path)), Path::new(folder));
        }
    }
}
