//! Why a report could not be made or written.

use std::io;
use std::path::PathBuf;

/// Why a report could not be made or written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The page's template and its data do not fit: a fault of this crate.
    #[error("the report page could not be made from its template; please report this as a bug")]
    Template(#[from] minijinja::Error),
    /// The report could not be turned into JSON.
    #[error("the report could not be turned into JSON")]
    Json(#[from] serde_json::Error),
    /// A file or folder could not be written.
    #[error("{} could not be written; name another folder or make room for it", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
