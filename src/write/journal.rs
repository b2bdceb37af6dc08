//! The journal of a run, `<output>.journal`: its records, one line each, in the order in which they were made.
//!
//! A line is a checksum (CRC-32, 8 hexadecimal digits), a space, and JSON. The first says by what the records are made,
//! the others hold one record each, laid out as in the output. A line is written whole, by one call, as soon
//! as the record is made: a run that is killed loses nothing but the articles in hand. It is made to outlast a power cut
//! (fdatasync) every [`SYNC_RECORDS`] records or [`SYNC_INTERVAL`], whichever comes first, and at the end: a power cut
//! loses at most what was labelled since.
//!
//! The journal is held and locked for the whole run, so that no second one writes to the same output. It is the right
//! file to lock, since the output itself is replaced.

use super::holdings::{Origin, Place};
use super::{OutputFormat, WriteError};
use crate::files::{folder_of, sync_folder};
use crate::record::Provenance;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Version of the journal's shape.
const VERSION: u32 = 1;
/// Records after which the journal is synced.
const SYNC_RECORDS: usize = 64;
/// Time after which it is, when the next record is written.
const SYNC_INTERVAL: Duration = Duration::from_secs(5);
/// Characters of the checksum before a line's space.
const CHECKSUM: usize = 8;

/// The first line: by what the records are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    journal: u32,
    /// How the records are laid out.
    pub format: OutputFormat,
    /// True when the output is to be replaced: its records do not count.
    pub anew: bool,
    /// Stamped on every record.
    pub provenance: Provenance,
    /// The settings whose hash is in the provenance.
    pub settings: serde_json::Value,
}

impl Header {
    pub fn new(
        format: OutputFormat,
        anew: bool,
        provenance: Provenance,
        settings: serde_json::Value,
    ) -> Self {
        Self {
            journal: VERSION,
            format,
            anew,
            provenance,
            settings,
        }
    }
}

/// A line with a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line<'a> {
    /// The article's id.
    pub id: Cow<'a, str>,
    /// Hash of what was labelled.
    pub content: Option<Cow<'a, str>>,
    /// True when the record says that something failed.
    pub failed: bool,
    /// The record as it stands in the output.
    pub record: Cow<'a, str>,
}

/// An open journal, locked.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// Written with the first record, so that a run that labels nothing leaves what was there.
    header: Option<Header>,
    /// Of the usable part, in bytes.
    length: u64,
    unsynced: usize,
    synced: Instant,
}

impl Journal {
    /// Opens the journal, creating it, and locks it; what it holds is not yet looked at.
    ///
    /// # Errors
    /// It cannot be written, or another run holds it.
    pub fn open(path: &Path) -> Result<Self, WriteError> {
        let io = WriteError::io(path);
        loop {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(path)
                .map_err(io)?;
            match file.try_lock() {
                // A file system without locks (some network mounts) is no reason to refuse.
                Ok(()) | Err(TryLockError::Error(_)) => {}
                Err(TryLockError::WouldBlock) => return Err(WriteError::Locked(path.to_owned())),
            }
            // Between opening and locking, another run may have come to its end and taken its journal away.
            if is_at(&file, path) {
                return Ok(Self {
                    path: path.to_owned(),
                    file,
                    header: None,
                    length: 0,
                    unsynced: 0,
                    synced: Instant::now(),
                });
            }
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it holds records of the run that is under way, or of one that this run goes on with.
    pub fn has_records(&self) -> bool {
        self.header.is_none() && self.length > 0
    }

    /// Reads what a run that was cut short left. A torn last line is cut off.
    ///
    /// # Errors
    /// A line before the last is damaged, or the file cannot be read.
    pub fn recover(
        &mut self,
        mut take: impl FnMut(Line<'_>, Place),
    ) -> Result<Option<Header>, WriteError> {
        let damaged = |line| WriteError::Damaged {
            path: self.path.clone(),
            line,
        };
        let io = WriteError::io(&self.path);
        let mut input = BufReader::new(&self.file);
        input.rewind().map_err(io)?;
        let (mut header, mut start, mut line) = (None, 0, Vec::new());
        for number in 1.. {
            line.clear();
            let length = input.read_until(b'\n', &mut line).map_err(io)? as u64;
            if length == 0 {
                break;
            }
            let Some(json) = payload(&line) else {
                let last = input.fill_buf().map_err(io)?.is_empty();
                if last && (number > 1 || may_be_ours(&line)) {
                    let path = self.path.display();
                    tracing::warn!(
                        "{path}, line {number}: torn by the end of an earlier run, cut off"
                    );
                    break;
                }
                return Err(damaged(number));
            };
            if header.is_none() {
                let found: Header = serde_json::from_slice(json).map_err(|_| damaged(number))?;
                if found.journal != VERSION {
                    return Err(damaged(number));
                }
                header = Some(found);
            } else {
                let line = serde_json::from_slice(json).map_err(|_| damaged(number))?;
                take(line, place(start, length));
            }
            start += length;
        }
        self.file.set_len(start).map_err(io)?;
        self.length = start;
        Ok(header)
    }

    /// The records to come are made by this; what the journal holds goes when the first of them is written.
    pub fn begin(&mut self, header: Header) {
        self.header = Some(header);
    }

    /// Adds a record.
    ///
    /// # Errors
    /// [`WriteError::Journal`]: nothing of the record is left in the file then, as far as the system lets us.
    pub fn append(&mut self, line: &Line<'_>) -> Result<Place, WriteError> {
        let mut bytes = Vec::new();
        let mut start = self.length;
        if let Some(header) = &self.header {
            bytes = encode(header);
            start = bytes.len() as u64;
            self.cut(0)?;
        }
        bytes.extend(encode(line));
        let written = self
            .file
            .seek(SeekFrom::Start(self.length))
            .and_then(|_| self.file.write_all(&bytes));
        if let Err(source) = written {
            // A full disk leaves the beginning of a line: the next run would cut it off, too.
            let _ = self.file.set_len(self.length);
            return Err(self.failed(source));
        }
        self.length += bytes.len() as u64;
        if self.header.take().is_some() {
            sync_folder(folder_of(&self.path));
        }
        self.unsynced += 1;
        if self.unsynced >= SYNC_RECORDS || self.synced.elapsed() >= SYNC_INTERVAL {
            self.sync()?;
        }
        Ok(place(start, self.length - start))
    }

    /// Makes everything written outlast a power cut.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn sync(&mut self) -> Result<(), WriteError> {
        self.file
            .sync_data()
            .map_err(|source| self.failed(source))?;
        self.unsynced = 0;
        self.synced = Instant::now();
        Ok(())
    }

    /// The record of a line, as it stands in the output.
    pub fn record(&mut self, place: Place) -> Result<Vec<u8>, WriteError> {
        let bytes = read_at(&mut self.file, place).map_err(|source| self.failed(source))?;
        let line = payload(&bytes).and_then(|json| serde_json::from_slice::<Line>(json).ok());
        let line = line.ok_or_else(|| {
            let reason = format!("the line at byte {} changed during the run", place.start);
            self.failed(std::io::Error::other(reason))
        })?;
        Ok(line.record.into_owned().into_bytes())
    }

    /// Takes the journal away: everything in it is in the output.
    ///
    /// # Errors
    /// The system refuses.
    pub fn remove(self) -> Result<(), WriteError> {
        // Before the lock is let go of, so that the next run makes a file of its own.
        std::fs::remove_file(&self.path).map_err(WriteError::io(&self.path))
    }

    /// Takes the journal away if it holds nothing.
    pub fn discard(self) {
        if self.file.metadata().is_ok_and(|file| file.len() == 0) {
            // What cannot be removed is an empty file: no harm.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn cut(&mut self, length: u64) -> Result<(), WriteError> {
        self.file
            .set_len(length)
            .map_err(|source| self.failed(source))?;
        self.length = length;
        Ok(())
    }

    fn failed(&self, source: std::io::Error) -> WriteError {
        WriteError::Journal {
            path: self.path.clone(),
            source,
        }
    }
}

fn place(start: u64, length: u64) -> Place {
    Place {
        origin: Origin::Journal,
        start,
        length,
    }
}

/// The bytes at a place of a file.
pub(super) fn read_at(file: &mut File, place: Place) -> std::io::Result<Vec<u8>> {
    let length = usize::try_from(place.length).map_err(std::io::Error::other)?;
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(place.start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A value as a line with its checksum.
fn encode(value: &impl Serialize) -> Vec<u8> {
    let json = serde_json::to_vec(value).expect("invariant: lines are plain data");
    let mut line = format!("{:08x} ", crc32fast::hash(&json)).into_bytes();
    line.extend(json);
    line.push(b'\n');
    line
}

/// The JSON of a line that is whole; `None` when it is torn or damaged.
fn payload(line: &[u8]) -> Option<&[u8]> {
    let (checksum, rest) = line.split_at_checked(CHECKSUM)?;
    let json = rest.strip_prefix(b" ")?.strip_suffix(b"\n")?;
    let checksum = std::str::from_utf8(checksum).ok()?;
    (format!("{:08x}", crc32fast::hash(json)) == checksum).then_some(json)
}

/// Whether a torn first line may be the beginning of a journal, and not somebody else's file.
fn may_be_ours(line: &[u8]) -> bool {
    let start = &line[..line.len().min(CHECKSUM)];
    // A power cut can leave zeros.
    start
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || *byte == 0)
}

/// Whether this file still lies at `path`.
fn is_at(file: &File, path: &Path) -> bool {
    let open = file.try_clone().and_then(same_file::Handle::from_file);
    let there = same_file::Handle::from_path(path);
    matches!((open, there), (Ok(open), Ok(there)) if open == there)
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
