//! Who is scored: one file of `eval/systems`.
//!
//! Owns [`System`]: a name and a way to predictions.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::SuiteError;
use crate::baselines::Baseline;
use crate::report::TaskKind;

/// One system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct System {
    /// The file's name without extension.
    pub name: String,
    /// For people.
    pub title: String,
    /// The kinds of task that it can do.
    pub kinds: Vec<TaskKind>,
    /// How it predicts.
    pub method: Method,
}

/// How a system predicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Method {
    /// A program, run on a file.
    Program(Program),
    /// One of the built-in systems without a model.
    Baseline(Baseline),
    /// Predictions that are there already.
    File(PathBuf),
    /// Not there yet, and what is missing: the report says so.
    NotBuilt(String),
}

/// A program that turns a file of articles into a file of predictions.
///
/// In commands, `{depeche}` stands for this program, `{input}` for the articles (JSON Lines with `id`, `text` and, where
/// known, `title` and `date`), `{output}` for the predictions to write, `{train}` for labelled articles to learn from and
/// `{work}` for a folder of the system's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Program {
    /// Program and arguments.
    pub command: Vec<String>,
    /// Run before `command` by a system that learns; it has nothing to do with a task without articles to learn from.
    pub train: Option<Vec<String>>,
    /// A flag which, added to `command`, makes it print what decides its predictions instead of making them. Without
    /// it, the content of the files that `command` names decides.
    pub dry_run: Option<String>,
}

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemFile {
    title: String,
    kinds: Vec<TaskKind>,
    #[serde(default)]
    command: Option<Vec<String>>,
    #[serde(default)]
    train: Option<Vec<String>>,
    #[serde(default)]
    dry_run: Option<String>,
    #[serde(default)]
    baseline: Option<Baseline>,
    #[serde(default)]
    not_built: Option<String>,
}

impl System {
    /// Reads all systems of a folder, sorted by name.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read or is not right; the error names it.
    pub fn read_all(folder: &Path) -> Result<Vec<System>, SuiteError> {
        let files = super::toml_files(folder)?;
        files.iter().map(|path| System::read(path)).collect()
    }

    /// Reads one system.
    ///
    /// # Errors
    /// As [`System::read_all`].
    pub fn read(path: &Path) -> Result<System, SuiteError> {
        let (name, file): (String, SystemFile) = super::read_toml(path, "system")?;
        let invalid = |problem: &str| SuiteError::Invalid {
            path: path.to_owned(),
            problem: problem.to_owned(),
        };
        let method = match (file.command, file.baseline, file.not_built) {
            (Some(command), None, None) if command.is_empty() => {
                return Err(invalid("`command` is empty; name a program"));
            }
            (Some(command), None, None) => Method::Program(Program {
                command,
                train: file.train,
                dry_run: file.dry_run,
            }),
            (None, Some(baseline), None) => Method::Baseline(baseline),
            (None, None, Some(missing)) => Method::NotBuilt(missing),
            _ => {
                return Err(invalid(
                    "exactly one of `command`, `baseline` and `not_built` must be given",
                ));
            }
        };
        Ok(System {
            name,
            title: file.title,
            kinds: file.kinds,
            method,
        })
    }
}
