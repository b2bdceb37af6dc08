//! Where records go: a file that a later run can continue, or a stream.

use super::holdings::Held;
use super::store::Store;
use super::{RecordWriter, WriteError, csv::Csv, jsonl::Jsonl, table::Table};
use crate::article::Listed;
use crate::record::{Provenance, Record};
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// How records are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputFormat {
    /// One JSON object a line.
    Jsonl,
    /// One row an article, for spreadsheets.
    Csv,
    /// Cards for people, as wide as the terminal.
    Table,
}

impl OutputFormat {
    /// As `--format` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Table => "table",
        }
    }
}

/// Where records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A file; an earlier run into it is continued.
    File(PathBuf),
    /// Standard output.
    Stdout,
}

/// By what the records of a run are made, and what becomes of those that are there.
#[derive(Debug, Clone)]
pub struct Run {
    /// Stamped on every record.
    pub provenance: Provenance,
    /// The settings whose hash is in the provenance.
    pub settings: serde_json::Value,
    /// Whether records of earlier runs are left aside; they are replaced when this run ends.
    pub overwrite: bool,
}

/// An open output with what it already holds.
pub struct Output {
    writer: Box<dyn RecordWriter>,
    sink: Sink,
}

enum Sink {
    /// Records go out at once, in order.
    Stream { path: PathBuf, out: Box<dyn Write> },
    /// Records are gathered; the file is put in its place at the end.
    Store(Box<Store>),
}

impl Output {
    /// Opens the destination before any work is done, so that a bad path fails at once. Nothing that is there changes
    /// before the first record is written.
    ///
    /// `topic_ids` are the columns of a CSV. A file that is none (`/dev/null`, a pipe) is a stream.
    ///
    /// # Errors
    /// The path cannot be written, another run holds it, it is not ours, or it was made with other settings
    /// than `run` has. The kernels may differ: each record names its own.
    pub fn open(
        destination: &Destination,
        format: OutputFormat,
        topic_ids: Vec<String>,
        run: &Run,
    ) -> Result<Self, WriteError> {
        let writer: Box<dyn RecordWriter> = match format {
            OutputFormat::Jsonl => Box::new(Jsonl),
            OutputFormat::Csv => Box::new(Csv::new(topic_ids)),
            OutputFormat::Table => Box::new(Table::fitting_terminal()),
        };
        let mut sink = match destination {
            Destination::Stdout => Sink::Stream {
                path: PathBuf::from("standard output"),
                out: Box::new(std::io::stdout().lock()),
            },
            Destination::File(path) if is_special(path) => Sink::Stream {
                path: path.clone(),
                out: Box::new(
                    OpenOptions::new()
                        .write(true)
                        .open(path)
                        .map_err(WriteError::io(path))?,
                ),
            },
            Destination::File(path) => {
                let store = Store::open(path, format, &writer.columns(), run)?;
                Sink::Store(Box::new(store))
            }
        };
        if let Sink::Stream { path, out } = &mut sink {
            put(path, out, &writer.header()?)?;
        }
        Ok(Self { writer, sink })
    }

    /// Takes back what opening made, when the run cannot take place after all.
    pub fn discard(self) {
        if let Sink::Store(store) = self.sink {
            store.journal.discard();
        }
    }

    /// The record of this article, if an earlier run wrote one or this run did.
    pub fn held(&self, id: &str) -> Option<&Held> {
        match &self.sink {
            Sink::Stream { .. } => None,
            Sink::Store(store) => store.holdings.get(id),
        }
    }

    /// True when a run that was cut short can go on from here.
    pub fn can_be_continued(&self) -> bool {
        matches!(self.sink, Sink::Store(_))
    }

    /// Writes one record whole: to the stream, or to the journal.
    ///
    /// # Errors
    /// The system refuses.
    pub fn write(&mut self, record: &Record) -> Result<(), WriteError> {
        let laid_out = self.writer.record(record)?;
        match &mut self.sink {
            Sink::Stream { path, out } => put(path, out, &laid_out),
            Sink::Store(store) => store.append(record, laid_out),
        }
    }

    /// Ends a run that went through all of its articles: puts the output in its place, in the order of `order`, and
    /// takes the journal away. Returns the number of records whose articles are not in `order`.
    ///
    /// # Errors
    /// The output cannot be written. It is as it was then, and the journal stays.
    pub fn publish(self, order: &[Listed]) -> Result<usize, WriteError> {
        match self.sink {
            Sink::Stream { .. } => Ok(0),
            Sink::Store(store) => store.publish(&*self.writer, order),
        }
    }

    /// Ends a run that was interrupted, like [`Output::publish`]. If nothing was labelled yet the output stays as it is;
    /// cards, which no later run could go on with, stay in the journal.
    ///
    /// # Errors
    /// The output cannot be written. It is as it was then, and the journal stays.
    pub fn publish_part(self, order: &[Listed]) -> Result<usize, WriteError> {
        match self.sink {
            Sink::Stream { .. } => Ok(0),
            Sink::Store(store) if !store.journal.has_records() => {
                store.journal.discard();
                Ok(0)
            }
            Sink::Store(mut store) if store.format == OutputFormat::Table => {
                store.journal.sync().map(|()| 0)
            }
            Sink::Store(store) => store.publish(&*self.writer, order),
        }
    }
}

/// Whether something is there that is neither a file nor a folder: it cannot be replaced.
fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| !file.is_file() && !file.is_dir())
}

fn put(path: &Path, out: &mut dyn Write, bytes: &[u8]) -> Result<(), WriteError> {
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(WriteError::io(path))
}
