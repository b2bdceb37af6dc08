//! Where records go: a file that a later run can continue, or standard output.

use super::recover::{Recovered, recover};
use super::{RecordWriter, WriteError, csv::Csv, jsonl::Jsonl, table::Table};
use crate::record::{Provenance, Record};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How records are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// One JSON object a line.
    Jsonl,
    /// One row an article, for spreadsheets.
    Csv,
    /// Cards for people, as wide as the terminal.
    Table,
}

/// Where records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A file; an earlier run into it is continued.
    File(PathBuf),
    /// Standard output.
    Stdout,
}

/// An open output with what it already holds.
pub struct Output {
    writer: Box<dyn RecordWriter>,
    sink: Box<dyn Write>,
    path: PathBuf,
    recovered: Recovered,
    is_new: bool,
}

impl Output {
    /// Opens the destination before any work is done, so that a bad path fails at once.
    ///
    /// An existing file is continued: a torn last record is cut off, the others are kept. `topic_ids` are the
    /// columns of a CSV; `overwrite` starts the file anew.
    ///
    /// # Errors
    /// The path cannot be written, another run holds it, it is not ours, or it was made with other settings
    /// than `provenance`. The kernels may differ: each record names its own.
    pub fn open(
        destination: &Destination,
        format: OutputFormat,
        topic_ids: Vec<String>,
        provenance: &Provenance,
        overwrite: bool,
    ) -> Result<Self, WriteError> {
        let writer: Box<dyn RecordWriter> = match format {
            OutputFormat::Jsonl => Box::new(Jsonl),
            OutputFormat::Csv => Box::new(Csv::new(topic_ids)),
            OutputFormat::Table => Box::new(Table::fitting_terminal()),
        };
        let mut output = match destination {
            Destination::Stdout => Self {
                writer,
                sink: Box::new(std::io::stdout().lock()),
                path: PathBuf::from("standard output"),
                recovered: Recovered::default(),
                is_new: false,
            },
            Destination::File(path) => {
                let is_new = !path.exists();
                let mut file = lock(path)?;
                let recovered = match overwrite {
                    true => Recovered::default(),
                    false => recover(path, format)?,
                };
                if let Some(made) = &recovered.provenance {
                    refuse_other_settings(path, made, provenance)?;
                }
                file.set_len(recovered.valid_bytes)
                    .and_then(|()| file.seek(SeekFrom::End(0)))
                    .map_err(|source| WriteError::Io {
                        path: path.clone(),
                        source,
                    })?;
                Self {
                    writer,
                    sink: Box::new(file),
                    path: path.clone(),
                    recovered,
                    is_new,
                }
            }
        };
        if output.recovered.valid_bytes == 0 {
            let header = output.writer.header()?;
            output.put(&header)?;
        }
        Ok(output)
    }

    /// Takes back a file that this run created and has not filled, when the run cannot take place after all.
    pub fn discard(self) {
        if self.is_new {
            drop(self.sink);
            // What cannot be removed is an empty file: no harm.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// True when an earlier run wrote the record of this article.
    pub fn holds(&self, id: &str) -> bool {
        self.recovered.done.contains(id)
    }

    /// Failed records that an earlier run left in the file.
    pub fn failed_before(&self) -> usize {
        self.recovered.failed
    }

    /// Writes one record whole.
    pub fn write(&mut self, record: &Record) -> Result<(), WriteError> {
        let bytes = self.writer.record(record)?;
        self.put(&bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.sink
            .write_all(bytes)
            .and_then(|()| self.sink.flush())
            .map_err(|source| WriteError::Io {
                path: self.path.clone(),
                source,
            })
    }
}

fn lock(path: &Path) -> Result<File, WriteError> {
    let io = |source| WriteError::Io {
        path: path.to_owned(),
        source,
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WriteError::Locked(path.to_owned())),
        // A file system without locks (some network mounts, /dev/null) is no reason to refuse.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}

fn refuse_other_settings(
    path: &Path,
    then: &Provenance,
    now: &Provenance,
) -> Result<(), WriteError> {
    let none = "none".to_owned();
    let optional = |model: &Option<String>| model.clone().unwrap_or_else(|| none.clone());
    let pairs = [
        ("version", then.version.clone(), now.version.clone()),
        ("encoder", optional(&then.encoder), optional(&now.encoder)),
        ("head", optional(&then.head), optional(&now.head)),
        (
            "generator",
            optional(&then.generator),
            optional(&now.generator),
        ),
        ("taxonomy", then.taxonomy.clone(), now.taxonomy.clone()),
        ("settings", then.settings.clone(), now.settings.clone()),
    ];
    let differing: Vec<String> = pairs
        .iter()
        .filter(|(_, then, now)| then != now)
        .map(|(name, then, now)| format!("{name}: {then} → {now}"))
        .collect();
    match differing.is_empty() {
        true => Ok(()),
        false => Err(WriteError::OtherSettings {
            path: path.to_owned(),
            difference: differing.join("; "),
        }),
    }
}
