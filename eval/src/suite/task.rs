//! What is scored: one file of `eval/tasks`.
//!
//! Owns [`Task`]: which articles, which labels, which figures decide. Reading the articles is `read`'s business.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::SuiteError;
use crate::read::fields::Fields;
use crate::read::gold::{Gold, Split};
use crate::report::TaskKind;

/// One task.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The file's name without extension.
    #[serde(skip)]
    pub name: String,
    /// Raised whenever the data or the rules change; part of every signature.
    pub version: u32,
    /// For people.
    pub title: String,
    /// What is scored.
    pub kind: TaskKind,
    /// Where the labelled articles are, relative to the working folder. `${NAME}` stands for an environment variable,
    /// `${dataset:ID/FILE}` for a file of a data set that the program can find.
    pub gold: String,
    /// Only rows of this split; all rows if left out. Scorings of `test` are logged.
    #[serde(default)]
    pub split: Option<Split>,
    /// Only these articles, in the order of the file.
    #[serde(default)]
    pub ids: Option<Vec<String>>,
    /// Labelled articles for systems that learn, like `gold`.
    #[serde(default)]
    pub train: Option<String>,
    /// What the fields of the rows are called, where they have other names than in our corpus.
    #[serde(default)]
    pub fields: Fields,
    /// The topics or labels that are scored.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Those of `topics` that have figures of their own.
    #[serde(default)]
    pub core: Vec<String>,
    /// The figures that decide: the first one orders the systems, all are tested by the gate.
    pub primary: Vec<Primary>,
    /// Part of the quick suite, which leaves the other tasks out; such a task is left out of the full suite.
    #[serde(default)]
    pub quick: bool,
    /// Only these systems; all of the task's kind if left out.
    #[serde(default)]
    pub systems: Option<Vec<String>>,
}

/// A figure that decides.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Primary {
    /// Its name.
    pub figure: String,
    /// How far it may get worse before the gate says so, in units of the figure.
    pub margin: f64,
}

/// Finds a file of a data set, `ID/FILE`, or says why it is not here.
pub type Datasets = dyn Fn(&str) -> Result<PathBuf, String>;

/// Whether a task's data is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// It is at this path.
    Here(PathBuf),
    /// It is not, and this says why.
    Absent(String),
}

impl Task {
    /// Reads all tasks of a folder, sorted by name.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read or is not right; the error names it.
    pub fn read_all(folder: &Path) -> Result<Vec<Task>, SuiteError> {
        let files = super::toml_files(folder)?;
        files.iter().map(|path| Task::read(path)).collect()
    }

    /// Reads one task.
    ///
    /// # Errors
    /// As [`Task::read_all`].
    pub fn read(path: &Path) -> Result<Task, SuiteError> {
        let (name, task): (String, Task) = super::read_toml(path, "task")?;
        let task = Task { name, ..task };
        match task.problem() {
            None => Ok(task),
            Some(problem) => Err(SuiteError::Invalid {
                path: path.to_owned(),
                problem,
            }),
        }
    }

    fn problem(&self) -> Option<String> {
        if self.kind == TaskKind::Abstracts && !self.topics.is_empty() {
            return Some("a task of abstracts has no topics; delete `topics`".to_owned());
        }
        if self.kind != TaskKind::Abstracts && self.topics.is_empty() {
            return Some("`topics` must name what is scored".to_owned());
        }
        if let Some(stranger) = self.core.iter().find(|core| !self.topics.contains(core)) {
            return Some(format!(
                "the core topic {stranger:?} is not one of `topics`"
            ));
        }
        if self.primary.is_empty() {
            return Some("`primary` must name a figure with its margin".to_owned());
        }
        None
    }

    /// Where the labelled articles are.
    pub fn gold(&self, datasets: &Datasets) -> Availability {
        locate(&self.gold, datasets)
    }

    /// Where the labelled articles for learning are; `None` if the task has none.
    pub fn train(&self, datasets: &Datasets) -> Option<Availability> {
        self.train.as_deref().map(|train| locate(train, datasets))
    }

    /// Reads the task's articles from the file at `path`.
    ///
    /// # Errors
    /// A row is not right, or an article that `ids` names is not there.
    pub fn articles(&self, path: &Path) -> Result<Vec<Gold>, SuiteError> {
        let mut rows = Gold::read_with(path, &self.fields)?;
        if let Some(split) = self.split {
            rows.retain(|row| row.split == Some(split));
        }
        if let Some(ids) = &self.ids {
            rows.retain(|row| ids.contains(&row.id));
            if let Some(missing) = ids.iter().find(|id| rows.iter().all(|row| row.id != **id)) {
                return Err(SuiteError::Invalid {
                    path: path.to_owned(),
                    problem: format!(
                        "has no article {missing:?}, which task {:?} names",
                        self.name
                    ),
                });
            }
        }
        Ok(rows)
    }
}

/// The path that `place` names, names filled in, if there is something there.
fn locate(place: &str, datasets: &Datasets) -> Availability {
    let mut path = String::new();
    let mut rest = place;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else {
            return Availability::Absent(format!("{place:?} has a `${{` without a `}}`"));
        };
        let value = match name.strip_prefix("dataset:") {
            Some(file) => datasets(file).map(|path| path.to_string_lossy().into_owned()),
            None => std::env::var(name)
                .ok()
                .filter(|value| !value.is_empty())
                .ok_or_else(|| format!("the environment variable {name} is not set")),
        };
        path += before;
        match value {
            Ok(value) => path += &value,
            Err(why) => return Availability::Absent(format!("not found at {place}: {why}")),
        }
        rest = after;
    }
    path += rest;
    match Path::new(&path).exists() {
        true => Availability::Here(path.into()),
        false => Availability::Absent(format!("not found at {path}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_data_says_where_it_was_looked_for() {
        let none = |name: &str| Err(format!("no data set {name}"));
        let Availability::Absent(why) = locate("${DEPECHE_NO_SUCH_VARIABLE}/x.jsonl", &none) else {
            panic!("there is no such variable");
        };
        assert!(why.contains("DEPECHE_NO_SUCH_VARIABLE"), "{why}");
        let Availability::Absent(why) = locate("no/such/file.jsonl", &none) else {
            panic!("there is no such file");
        };
        assert_eq!(why, "not found at no/such/file.jsonl");
        let here = |place: &str, datasets: &Datasets| {
            matches!(locate(place, datasets), Availability::Here(_))
        };
        assert!(here("${CARGO_MANIFEST_DIR}/Cargo.toml", &none));
        let found = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert!(here("${dataset:x/y}", &|_| Ok(found.into())));
        assert!(!here("${dataset:x/y}", &none));
    }

    #[test]
    fn a_task_that_contradicts_itself_is_refused() {
        let task = |text: &str| -> Option<String> {
            toml::from_str::<Task>(text).expect("well-formed").problem()
        };
        let head = "version = 1\ntitle = \"t\"\ngold = \"g\"\n";
        let primary = "primary = [{ figure = \"f\", margin = 0.1 }]\n";
        let cases = [
            (format!("{head}kind = \"topics\"\n{primary}"), "`topics`"),
            (
                format!("{head}kind = \"abstracts\"\ntopics = [\"a\"]\n{primary}"),
                "no topics",
            ),
            (
                format!("{head}kind = \"topics\"\ntopics = [\"a\"]\ncore = [\"b\"]\n{primary}"),
                "\"b\"",
            ),
            (
                format!("{head}kind = \"topics\"\ntopics = [\"a\"]\nprimary = []\n"),
                "`primary`",
            ),
        ];
        for (text, expected) in cases {
            let problem = task(&text).unwrap_or_default();
            assert!(problem.contains(expected), "{problem}: {text}");
        }
        assert_eq!(
            task(&format!("{head}kind = \"abstracts\"\n{primary}")),
            None
        );
    }
}
