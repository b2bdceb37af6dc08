//! Tasks, systems and the run that brings them together: what `make eval` does.
//!
//! ```text
//! tasks/*.toml ─┐
//!               ├→ run (predictions, re-used where nothing changed) → score → Report
//! systems/*.toml ┘
//! ```
//!
//! Knows no model: a system is a command that turns a file of articles into a file of predictions, or one of the
//! [`baselines`](crate::baselines).

mod identity;
mod predict;
mod run;
mod score;
mod system;
mod task;
mod views;

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::read::gold::Gold;

pub use identity::{DryRunError, fingerprint};
pub use predict::{Failure, Made};
pub use run::{Options, Outcome, run};
pub use score::{Scored, score};
pub use system::{Method, Program, System};
pub use task::{Availability, Datasets, Primary, Task};

/// Why a suite cannot be read or run.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A folder or file of the suite cannot be read.
    #[error("{}: cannot be read; check --suite", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A task or system file is not right.
    #[error("{}: not a valid {what} file", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// `task` or `system`.
        what: &'static str,
        /// Line and reason.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A task or system file says something that cannot be.
    #[error("{}: {problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// No such task or system.
    #[error("there is no {what} {name:?}; there are: {known}")]
    Unknown {
        /// `task` or `system`.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What could have been.
        known: String,
    },
    /// Gold or predictions cannot be read.
    #[error(transparent)]
    Read(#[from] crate::ReadError),
    /// The work folder cannot be written.
    #[error("{0}; choose another --work")]
    Work(#[source] Box<Failure>),
}

/// `sha256:` and the first 12 hex digits of the hash of labelled articles.
fn data_hash(articles: &[Gold]) -> String {
    let json = serde_json::to_vec(articles).expect("gold is plain data");
    fingerprint(&json)
}

/// Those of `all` that have one of `names`, in the order of `all`.
///
/// # Errors
/// A name that none of them has.
pub fn choose<T>(
    all: Vec<T>,
    names: &[String],
    what: &'static str,
    name_of: fn(&T) -> &String,
) -> Result<Vec<T>, SuiteError> {
    if let Some(name) = names
        .iter()
        .find(|name| all.iter().all(|one| name_of(one) != *name))
    {
        let known: Vec<&str> = all.iter().map(|one| name_of(one).as_str()).collect();
        return Err(SuiteError::Unknown {
            what,
            name: name.clone(),
            known: known.join(", "),
        });
    }
    Ok(all
        .into_iter()
        .filter(|one| names.contains(name_of(one)))
        .collect())
}

/// The TOML files of a folder, sorted.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, SuiteError> {
    let failed = |source| SuiteError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a TOML file and gives it the name that it has without its extension.
fn read_toml<T: DeserializeOwned>(
    path: &Path,
    what: &'static str,
) -> Result<(String, T), SuiteError> {
    let text = std::fs::read_to_string(path).map_err(|source| SuiteError::Io {
        path: path.to_owned(),
        source,
    })?;
    let value = toml::from_str(&text).map_err(|source| SuiteError::Syntax {
        path: path.to_owned(),
        what,
        source: Box::new(source),
    })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok((name.into_owned(), value))
}
