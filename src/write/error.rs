//! Why output could not be written, and what to do next.

use std::path::{Path, PathBuf};

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
    /// The operating system refused in the middle of a run.
    #[error(
        "cannot write {path}; what was labelled before is safe in it: check the disk and its free space, then run the same command again (without --overwrite)"
    )]
    Journal {
        /// The journal.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The records are made, and the output cannot be put together.
    #[error(
        "cannot write {path}; it is as it was, and the new records are safe in {journal}: make room for a second copy of the file, then run the same command again (without --overwrite)"
    )]
    Publish {
        /// The output.
        path: PathBuf,
        /// Where the records are.
        journal: PathBuf,
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
    /// A line of the journal is damaged that is not its last.
    #[error(
        "{path}, line {line}: damaged or written by another version, so what comes after it cannot be trusted; move the file away to go on from the last finished run, or start anew with --overwrite"
    )]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// The first damaged line.
        line: u64,
    },
    /// A table has a column that would be lost.
    #[error(
        "{path} has a column {column:?} that is not of depeche and would be lost; take it out, choose another -o, or start anew with --overwrite"
    )]
    ForeignColumn {
        /// The file.
        path: PathBuf,
        /// The column's name.
        column: String,
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
        /// The settings then, spelled out, where the file tells them.
        settings: Option<serde_json::Value>,
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

impl WriteError {
    /// What the system said when the file at `path` was opened, read or written.
    pub(super) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self + Copy + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    /// True when the reader of standard output went away.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }
}
