//! Files on disk: hashing, the record of hashes already computed, locks, atomic writes.
//!
//! Owns `checks.json` and `locks/` in the cache. Knows nothing of models.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256 as Hasher};

use super::RegistryError;
use super::manifest::Sha256;
use super::progress::Progress;
use crate::files::write_atomically;

/// Bytes read at a time: large enough that reading costs nothing beside hashing.
pub(super) const CHUNK: usize = 1 << 20;

/// The hash of what remains of `reader`, and how many bytes that was.
pub(super) fn hash_reader(
    mut reader: impl Read,
    mut on_bytes: impl FnMut(u64),
) -> io::Result<(Sha256, u64)> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; CHUNK];
    let mut done = 0;
    loop {
        let n = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&buffer[..n]);
        done += n as u64;
        on_bytes(done);
    }
    Ok((Sha256::from_bytes(&hasher.finalize()), done))
}

/// What tells that a file is still the one that was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    bytes: u64,
    /// Nanoseconds since 1970 (which fit until the year 2262); negative before.
    mtime_ns: i64,
    /// `None` where the system has no inode numbers.
    inode: Option<u64>,
    /// When the system last saw a change, which a program cannot set back as it can `mtime_ns`; `None` where the system
    /// does not tell.
    ctime_ns: Option<i64>,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        let mtime = metadata.modified()?;
        #[cfg(unix)]
        let (inode, ctime_ns) = {
            use std::os::unix::fs::MetadataExt;
            let seconds = metadata.ctime().saturating_mul(1_000_000_000);
            let ctime_ns = seconds.saturating_add(metadata.ctime_nsec());
            (Some(metadata.ino()), Some(ctime_ns))
        };
        #[cfg(not(unix))]
        let (inode, ctime_ns) = (None, None);
        Ok(Self {
            bytes: metadata.len(),
            mtime_ns: match mtime.duration_since(UNIX_EPOCH) {
                Ok(after) => nanoseconds(after),
                Err(before) => -nanoseconds(before.duration()),
            },
            inode,
            ctime_ns,
        })
    }
}

fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

#[derive(Debug, Serialize, Deserialize)]
struct Check {
    #[serde(flatten)]
    stamp: Stamp,
    sha256: Sha256,
}

/// The record of hashes already computed, so that a start does not read a gigabyte again.
///
/// It is only a memory: a record that is lost, torn or not writable costs time, not correctness.
#[derive(Debug)]
pub(super) struct Checks {
    file: PathBuf,
}

impl Checks {
    pub fn new(cache: &Path) -> Self {
        Self {
            file: cache.join("checks.json"),
        }
    }

    /// The hash of `path`: remembered if size, times and inode are as they were, else computed.
    pub fn digest(&self, path: &Path, progress: &dyn Progress) -> Result<Sha256, RegistryError> {
        let stamp = Stamp::of(path).map_err(RegistryError::io("read", path))?;
        match self.read().remove(&key(path)) {
            Some(check) if check.stamp == stamp => Ok(check.sha256),
            _ => self.rehash(path, progress),
        }
    }

    /// The hash of `path`, computed whatever is remembered, and remembered.
    pub fn rehash(&self, path: &Path, progress: &dyn Progress) -> Result<Sha256, RegistryError> {
        let fail = |error| RegistryError::io("read", path)(error);
        let stamp = Stamp::of(path).map_err(fail)?;
        let task = progress.begin(&format!("checking {}", path.display()), Some(stamp.bytes));
        let (sha256, _) = File::open(path)
            .and_then(|file| hash_reader(file, |done| task.set(done)))
            .map_err(fail)?;
        // A file that changed under our hands is not remembered.
        if Stamp::of(path).map_err(fail)? == stamp {
            self.remember(path, stamp, &sha256);
        }
        Ok(sha256)
    }

    /// Remembers a hash that was computed elsewhere, from the very bytes that are now at `path`.
    pub fn record(&self, path: &Path, sha256: &Sha256) {
        if let Ok(stamp) = Stamp::of(path) {
            self.remember(path, stamp, sha256);
        }
    }

    fn read(&self) -> BTreeMap<String, Check> {
        let text = fs::read(&self.file).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn remember(&self, path: &Path, stamp: Stamp, sha256: &Sha256) {
        let mut checks = self.read();
        checks.retain(|path, _| Path::new(path).exists());
        checks.insert(
            key(path),
            Check {
                stamp,
                sha256: sha256.clone(),
            },
        );
        let written = serde_json::to_vec_pretty(&checks)
            .map_err(io::Error::from)
            .and_then(|json| write_atomically(&self.file, &json));
        if let Err(error) = written {
            tracing::debug!(file = %self.file.display(), %error, "hash not remembered");
        }
    }
}

fn key(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    absolute.to_string_lossy().into_owned()
}

/// Holds the lock named `name` until dropped. A second process or thread waits, and says so.
pub(super) fn lock(
    cache: &Path,
    name: &str,
    progress: &dyn Progress,
) -> Result<File, RegistryError> {
    let path = cache.join("locks").join(format!("{name}.lock"));
    let folder = cache.join("locks");
    fs::create_dir_all(&folder).map_err(RegistryError::io("create", &folder))?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(RegistryError::io("create", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            progress.note(&format!(
                "{name}: another depeche is fetching this file; waiting for it"
            ));
            file.lock().map_err(RegistryError::io("lock", &path))?;
        }
        // Some network file systems know no locks. One program at a time is safe there too.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            progress.note(&format!(
                "{}: cannot be locked here; fetch with one program at a time",
                path.display()
            ));
        }
        Err(TryLockError::Error(error)) => return Err(RegistryError::io("lock", &path)(error)),
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::registry::progress::{Silent, Task};

    /// Counts how often a file is read.
    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Progress for Count {
        fn begin(&self, _what: &str, _total: Option<u64>) -> Arc<dyn Task> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Arc::new(Silent)
        }

        fn note(&self, _line: &str) {}
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // FIPS 180-4, example "abc".
        let (digest, bytes) = hash_reader(&b"abc"[..], |_| ()).expect("memory");
        assert_eq!(bytes, 3);
        assert_eq!(
            digest.as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_file_is_read_again_only_when_it_changed() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let (checks, count) = (Checks::new(folder.path()), Count::default());
        let file = folder.path().join("weights");
        let reads = || count.0.load(Ordering::Relaxed);

        fs::write(&file, "one").expect("write");
        let one = checks.digest(&file, &count).expect("readable");
        assert_eq!(
            (checks.digest(&file, &count).expect("readable"), reads()),
            (one.clone(), 1)
        );
        assert_eq!(
            (checks.rehash(&file, &count).expect("readable"), reads()),
            (one.clone(), 2)
        );

        // Same length, same name, another inode: what a replaced file looks like.
        write_atomically(&file, b"two").expect("write");
        assert_ne!(checks.digest(&file, &count).expect("readable"), one);
        assert_eq!(reads(), 3);

        fs::write(folder.path().join("checks.json"), "{ torn").expect("write");
        checks
            .digest(&file, &count)
            .expect("a torn record is no record");
        assert_eq!(reads(), 4);
    }

    #[cfg(unix)]
    #[test]
    fn a_byte_changed_in_place_is_seen_although_the_time_was_set_back() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let checks = Checks::new(folder.path());
        let file = folder.path().join("weights");
        fs::write(&file, "one").expect("write");
        let modified = fs::metadata(&file)
            .and_then(|m| m.modified())
            .expect("a time");
        let one = checks.digest(&file, &Silent).expect("readable");
        // The system's clock for files ticks some hundred times a second.
        std::thread::sleep(Duration::from_millis(50));
        fs::write(&file, "onf").expect("write");
        let open = File::options().write(true).open(&file).expect("open");
        open.set_modified(modified).expect("set");
        assert_ne!(checks.digest(&file, &Silent).expect("readable"), one);
    }

    #[test]
    fn a_missing_file_is_an_error_that_names_it() {
        let checks = Checks::new(Path::new("/nonexistent"));
        let error = checks
            .digest(Path::new("/nonexistent/w"), &Silent)
            .expect_err("missing");
        assert!(
            error.to_string().starts_with("cannot read /nonexistent/w"),
            "{error}"
        );
    }

    #[test]
    fn a_lock_that_cannot_be_made_names_its_path() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let cache = folder.path().join("file");
        fs::write(&cache, "").expect("write");
        let error = lock(&cache, "m--x", &Silent).expect_err("a file is no folder");
        assert!(error.to_string().contains("file/locks"), "{error}");
    }
}
