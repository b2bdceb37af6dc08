//! The file of accepted figures.
//!
//! Owns [`Baseline`]: for each task the ids of its articles, once, and for each figure its rows in that order. The file
//! has one figure a line, so that a diff shows which ones were accepted anew. Rows are written in full: whole numbers
//! without a decimal point, others with the digits that read back as the same number.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};

use super::Present;
use crate::signature::Signature;

/// Version of the shape of the file; raised when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// Accepted figures with what they were made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Version of this shape: [`SCHEMA_VERSION`].
    pub schema: u32,
    /// Day on which figures were last accepted, UTC: `YYYY-MM-DD`.
    pub accepted: String,
    /// Article ids of each task, each once.
    pub articles: BTreeMap<String, Vec<String>>,
    /// The figures, by task, system and figure.
    pub entries: Vec<BaselineEntry>,
}

/// One accepted figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaselineEntry {
    /// The task's name.
    pub task: String,
    /// The system's name.
    pub system: String,
    /// The figure's name.
    pub figure: String,
    /// What it was measured with.
    pub signature: Signature,
    /// The number over all articles.
    pub value: f64,
    /// One row for each article, in the order of [`Baseline::articles`]; see [`Figure::rows`](crate::Figure::rows).
    #[serde(serialize_with = "short_rows")]
    pub rows: Vec<Vec<f64>>,
}

impl BaselineEntry {
    fn key(&self) -> (&str, &str, &str) {
        (&self.task, &self.system, &self.figure)
    }
}

/// Why the file of accepted figures could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The file is there and cannot be read.
    #[error("{path}: cannot be read; check that it is a file and may be read", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file has not the shape of a baseline.
    #[error("{path}: not a baseline; restore it, or delete it and accept a new one with --accept", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
    /// The file was written by another version of this program.
    #[error("{path}: has schema {found}, this program reads {SCHEMA_VERSION}; accept a new baseline with --accept", path = .path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
    },
    /// An entry contradicts itself or another one.
    #[error("{path}: {task}, {system}, {figure}: {fault}; accept a new baseline with --accept", path = .path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// The entry's task.
        task: String,
        /// Its system.
        system: String,
        /// Its figure.
        figure: String,
        /// What is wrong.
        fault: String,
    },
    /// The file could not be written; the old one is as it was.
    #[error("{path}: cannot be written; check that the folder may be written and has room", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Baseline {
    /// Reads the file at `path`; `None` if there is no such file: nothing was accepted yet.
    ///
    /// # Errors
    /// [`GateError`] if the file is there and cannot be read, or is not a baseline of this schema.
    pub fn read(path: &Path) -> Result<Option<Baseline>, GateError> {
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(GateError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let syntax = |source| GateError::Syntax {
            path: path.to_owned(),
            source,
        };
        let Schema { schema: found } = serde_json::from_slice(&text).map_err(syntax)?;
        if found != SCHEMA_VERSION {
            return Err(GateError::Schema {
                path: path.to_owned(),
                found,
            });
        }
        let baseline: Baseline = serde_json::from_slice(&text).map_err(syntax)?;
        baseline.check(path)?;
        Ok(Some(baseline))
    }

    /// Writes the file at `path`, or leaves the old one as it was. Same content, same bytes.
    ///
    /// # Errors
    /// [`GateError::Write`]; [`GateError::Entry`] for content that could not be read back.
    pub fn write(&self, path: &Path) -> Result<(), GateError> {
        self.check(path)?;
        self.text()
            .map_err(io::Error::from)
            .and_then(|text| write_atomically(path, text.as_bytes()))
            .map_err(|source| GateError::Write {
                path: path.to_owned(),
                source,
            })
    }

    /// The baseline in which the present figures are accepted.
    ///
    /// Of `previous` remain the tasks that were not run now, and the systems that did not run now on tasks whose
    /// articles are the same. A figure that is undefined now, or whose articles are not those of the first present
    /// figure of its task, cannot be held on to and is left out. `date` is today, `YYYY-MM-DD`.
    ///
    /// ```
    /// use depeche_eval::gate::Baseline;
    ///
    /// let empty = Baseline::accept(None, &[], "2026-01-01");
    /// assert!(empty.entries.is_empty());
    /// ```
    pub fn accept(previous: Option<Baseline>, present: &[Present], date: &str) -> Baseline {
        let mut articles: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for now in present {
            articles
                .entry(now.task.to_owned())
                .or_insert_with(|| now.ids.to_vec());
        }
        let mut entries: Vec<BaselineEntry> = present
            .iter()
            .filter(|now| articles.get(now.task).is_some_and(|ids| ids == now.ids))
            .filter_map(|now| {
                Some(BaselineEntry {
                    task: now.task.to_owned(),
                    system: now.system.to_owned(),
                    figure: now.figure.name.clone(),
                    signature: now.signature.clone(),
                    value: now.figure.value()?,
                    rows: now.figure.rows.clone(),
                })
            })
            .collect();
        if let Some(previous) = previous {
            for (task, ids) in &previous.articles {
                articles.entry(task.clone()).or_insert_with(|| ids.clone());
            }
            let ran = |entry: &BaselineEntry| {
                let mut present = present.iter();
                present.any(|now| now.task == entry.task && now.system == entry.system)
            };
            let same = |entry: &BaselineEntry| {
                articles.get(&entry.task) == previous.articles.get(&entry.task)
            };
            let kept = previous.entries.into_iter();
            entries.extend(kept.filter(|entry| !ran(entry) && same(entry)));
        }
        articles.retain(|task, _| entries.iter().any(|entry| entry.task == *task));
        entries.sort_by(|a, b| a.key().cmp(&b.key()));
        Baseline {
            schema: SCHEMA_VERSION,
            accepted: date.to_owned(),
            articles,
            entries,
        }
    }

    /// Refuses what the gate could not use.
    fn check(&self, path: &Path) -> Result<(), GateError> {
        let mut seen = HashSet::new();
        for entry in &self.entries {
            let ids = self
                .articles
                .get(&entry.task)
                .map_or(&[][..], Vec::as_slice);
            let mut numbers = entry.rows.iter().flatten().chain([&entry.value]);
            let fault = if ids.len() != entry.rows.len() {
                format!("{} rows for {} articles", entry.rows.len(), ids.len())
            } else if ids.iter().collect::<HashSet<_>>().len() != ids.len() {
                "an article of the task is named twice".to_owned()
            } else if !seen.insert(entry.key()) {
                "it is there twice".to_owned()
            } else if !numbers.all(|number| number.is_finite()) {
                "a number is infinite or not a number".to_owned()
            } else if entry
                .rows
                .iter()
                .any(|row| row.len() != entry.rows[0].len())
            {
                "its rows have different lengths".to_owned()
            } else {
                continue;
            };
            return Err(GateError::Entry {
                path: path.to_owned(),
                task: entry.task.clone(),
                system: entry.system.clone(),
                figure: entry.figure.clone(),
                fault,
            });
        }
        Ok(())
    }

    /// JSON with one task and one figure a line.
    fn text(&self) -> Result<String, serde_json::Error> {
        let mut entries: Vec<&BaselineEntry> = self.entries.iter().collect();
        entries.sort_by_key(|entry| entry.key());
        let articles = self.articles.iter().map(|(task, ids)| {
            Ok(format!(
                "{}: {}",
                serde_json::to_string(task)?,
                serde_json::to_string(ids)?
            ))
        });
        let articles = articles.collect::<Result<Vec<_>, serde_json::Error>>()?;
        let entries = entries.into_iter().map(serde_json::to_string);
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        Ok(format!(
            "{{\n\"schema\": {},\n\"accepted\": {},\n\"articles\": {{\n{}\n}},\n\"entries\": [\n{}\n]\n}}\n",
            self.schema,
            serde_json::to_string(&self.accepted)?,
            articles.join(",\n"),
            entries.join(",\n"),
        ))
    }
}

/// A number as JSON writes it shortest.
#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Other(f64),
}

fn short_rows<S: Serializer>(rows: &[Vec<f64>], serializer: S) -> Result<S::Ok, S::Error> {
    let short = |number: &f64| match *number {
        // Below 2^53 every whole number is exact in both forms.
        whole if whole.fract() == 0.0 && whole.abs() < 9e15 => Number::Whole(whole as i64),
        other => Number::Other(other),
    };
    serializer.collect_seq(
        rows.iter()
            .map(|row| row.iter().map(short).collect::<Vec<_>>()),
    )
}

/// A temporary file beside it, synced, renamed.
fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // Temporary files are private; a baseline is as open as the user's umask says.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
