//! Everything that can go wrong between a model's name and a verified file.
//!
//! Each message names the file, key or id, and what to do next. The cause is not in the message but
//! behind `source()`: print the whole chain.

use std::path::{Path, PathBuf};

/// Why a model could not be listed, fetched, verified or pinned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// A registry file is not TOML of the expected form.
    #[error("{}: not a valid registry file", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser says, with line and column.
        #[source]
        source: Box<toml::de::Error>,
    },

    /// A registry file reads well but says something that cannot be.
    #[error("{}: {key}: {problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Which key, from the outside in: ``model `x`, file `y`, key `sources` ``.
        key: String,
        /// What is wrong with it and what is expected.
        problem: String,
    },

    /// No model of this id.
    #[error("unknown model `{id}`; known: {}. `depeche models list` shows them all", known.join(", "))]
    UnknownModel {
        /// The id that was asked for.
        id: String,
        /// All ids of the registry, in its order.
        known: Vec<String>,
    },

    /// No model is the default of a role.
    #[error(
        "no default {role} in the registry: name a model, or write `default = true` for one in your registry file"
    )]
    NoDefault {
        /// `encoder` or `generator`.
        role: crate::registry::Role,
    },

    /// The model has a file whose hash is not known.
    #[error(
        "model `{id}` is disabled: the sha256 of {file} is not known. \
         `depeche models pin {id}` downloads it, shows the hash and records it"
    )]
    NotPinned {
        /// The model.
        id: String,
        /// Its first file without a hash.
        file: String,
    },

    /// The model is not on this machine (and was not to be fetched).
    #[error("model `{id}` is not fetched: {file} is missing. Run `depeche models fetch {id}`")]
    NotFetched {
        /// The model.
        id: String,
        /// Its first missing file.
        file: String,
    },

    /// A file on this machine is not what the registry says.
    #[error("{}: sha256 is {actual}, expected {expected}. Run `depeche models fetch {id}`", path.display())]
    Damaged {
        /// The model.
        id: String,
        /// The file.
        path: PathBuf,
        /// Its hash as read.
        actual: String,
        /// Its hash in the registry.
        expected: String,
    },

    /// Every source was tried.
    #[error(
        "could not fetch {file} of model `{id}`:\n{}\nnext: {next}",
        reasons.iter().map(|reason| format!("  - {reason}")).collect::<Vec<_>>().join("\n")
    )]
    AllSourcesFailed {
        /// The model.
        id: String,
        /// The file.
        file: String,
        /// One line for each source.
        reasons: Vec<String>,
        /// What the user can do.
        next: String,
    },

    /// A file or folder could not be read or written.
    #[error("cannot {action} {}{}", path.display(), hint(source))]
    Io {
        /// `read`, `write`, `create`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },

    /// Neither a setting nor the environment says where the cache or the registry file is.
    #[error("no home directory: set {variable} to a folder")]
    NoHome {
        /// The variable that would say it.
        variable: &'static str,
    },

    /// The user's registry file could not be changed.
    #[error("cannot record the hashes in {}: {problem}", path.display())]
    Record {
        /// The user's registry file.
        path: PathBuf,
        /// What is in the way.
        problem: String,
    },
}

impl RegistryError {
    /// For `map_err`: says what was done to which path.
    pub(super) fn io<'a>(
        action: &'static str,
        path: &'a Path,
    ) -> impl FnOnce(std::io::Error) -> Self + 'a {
        move |source| Self::Io {
            action,
            path: path.to_path_buf(),
            source,
        }
    }
}

/// The next step for the two causes that a user can mend.
fn hint(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            " (free some space, or set DEPECHE_CACHE to a folder on another disk)"
        }
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            " (set DEPECHE_CACHE to a folder that you may write to)"
        }
        _ => "",
    }
}
