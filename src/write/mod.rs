//! Records → output. Owns the output formats, one file each, and the recovery of a run that was cut short.
//!
//! A record is on disk before the next article is begun: each is written and flushed whole.

mod csv;
mod jsonl;
mod output;
mod recover;
mod table;

pub use output::{Destination, Output, OutputFormat};

use crate::record::Record;
use std::path::PathBuf;

/// Lays records out in one format.
pub trait RecordWriter {
    /// Bytes that stand before the first record (a header row, for instance).
    fn header(&self) -> Result<Vec<u8>, WriteError>;

    /// One record as it is written.
    fn record(&self, record: &Record) -> Result<Vec<u8>, WriteError>;
}

/// Why output could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The operating system refused.
    #[error(
        "cannot write {path}; check that its folder exists, that you may write there, and the free space"
    )]
    Io {
        /// The file, or `standard output`.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// Another run holds the file.
    #[error("{0} is being written by another run; wait for it or choose another -o")]
    Locked(PathBuf),
    /// The file exists and is not ours to go on with.
    #[error(
        "{path}, line {line}: not a record of depeche in this format; choose another -o, or replace the file with --overwrite"
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// First line that is not a record.
        line: u64,
    },
    /// The file was made with other settings or models.
    #[error(
        "{path} was made with other settings ({difference}); use the same ones, choose another -o, or start anew with --overwrite"
    )]
    OtherSettings {
        /// The file.
        path: PathBuf,
        /// What differs: `name: then → now`.
        difference: String,
    },
    /// A record that cannot be laid out in the format.
    #[error("cannot encode the record of {id:?}")]
    Encode {
        /// The article's id.
        id: String,
        /// The encoder's reason.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
