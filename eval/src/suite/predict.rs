//! A system's predictions for a task: kept from an earlier run where nothing changed, made otherwise.
//!
//! Owns the folder `WORK/TASK/SYSTEM`: the predictions, what the program says of its run, and the key of what decided them.
//! A run that was killed leaves its key there; the program is then started again on the same output, so that one that can
//! go on where it was does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::identity::{self, DryRunError};
use super::system::{Method, Program, System};
use super::task::{Availability, Datasets, Task};
use crate::ReadError;
use crate::baselines::{Baseline, BaselineError};
use crate::read::gold::Gold;
use crate::read::prediction::Prediction;
use crate::read::run_report::RunReport;

/// Predictions and what is known of the run that made them.
#[derive(Debug, Clone)]
pub struct Made {
    /// The predictions.
    pub predictions: Vec<Prediction>,
    /// Speed and memory, if the program told.
    pub run: Option<RunReport>,
    /// Key of everything that decided the predictions: `sha256:` and 12 hex digits.
    pub key: String,
}

/// Why a system has no predictions. The report says so, and the other systems go on.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It is announced only.
    #[error("not built yet: {0}")]
    NotBuilt(String),
    /// The articles to learn from are not here.
    #[error("skipped: its articles to learn from are {0}")]
    NoTrain(String),
    /// It cannot be told what decides its predictions.
    #[error(transparent)]
    DryRun(#[from] DryRunError),
    /// A baseline cannot predict.
    #[error("cannot predict: {0}")]
    Baseline(#[from] BaselineError),
    /// The program cannot be started.
    #[error("{program:?} cannot be started: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The program failed.
    #[error("`{command}` ended with {status}; what it said is above")]
    Ended {
        /// The command as run.
        command: String,
        /// How it ended.
        status: String,
    },
    /// The predictions or the articles to learn from cannot be read.
    #[error("{}", chain(.0))]
    Read(#[from] ReadError),
    /// The work folder cannot be used.
    #[error("{}: cannot be written: {source}", path.display())]
    Work {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

fn chain(error: &ReadError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// What stands beside predictions that are kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Key of what decided them.
    key: String,
    /// False while they are being made.
    complete: bool,
}

/// Where a system's predictions for a task are made.
pub(super) struct Predictor<'a> {
    /// The task.
    pub task: &'a Task,
    /// Its articles.
    pub articles: &'a [Gold],
    /// The same as the program gets them, and where: `WORK/TASK/input.jsonl`.
    pub input: (&'a Path, &'a [u8]),
    /// The program that `{depeche}` stands for.
    pub program: &'a Path,
    /// Finds files of data sets.
    pub datasets: &'a Datasets,
    /// Says what is being done.
    pub progress: &'a dyn Fn(&str),
}

impl Predictor<'_> {
    /// The predictions of a system, whose folder is `folder`.
    pub fn predictions(&self, system: &System, folder: &Path) -> Result<Made, Failure> {
        let places = Places::new(self, folder);
        let train = self.train(system)?;
        if let Some(train) = &train {
            write(&places.train, &rows(train, true))?;
        }
        let learnt = train.as_deref().map(|train| rows(train, true));
        let fill_in = |word: &str| places.fill_in(word);
        let key = identity::key(system, self.input.1, learnt.as_deref(), &fill_in)?;
        let kept = read_kept(&places.key);
        let same = kept.as_ref().is_some_and(|kept| kept.key == key);
        if !same {
            remove(&places.output)?;
            remove(&places.run)?;
            remove(&places.journal)?;
        }
        if !(same && kept.is_some_and(|kept| kept.complete) && places.is_there(system)) {
            (self.progress)("predicting");
            self.keep(&places, &key, false)?;
            self.make(system, train.as_deref(), &places)?;
            self.keep(&places, &key, true)?;
        }
        let path = match &system.method {
            Method::File(path) => path,
            _ => &places.output,
        };
        Ok(Made {
            predictions: Prediction::read(path)?,
            run: RunReport::beside(path),
            key,
        })
    }

    /// The articles to learn from; `None` for a system that does not learn.
    fn train(&self, system: &System) -> Result<Option<Vec<Gold>>, Failure> {
        let learns = match &system.method {
            Method::Program(program) => program.train.is_some(),
            Method::Baseline(baseline) => !matches!(baseline, Baseline::Keywords { .. }),
            Method::File(_) => false,
            Method::NotBuilt(missing) => return Err(Failure::NotBuilt(missing.clone())),
        };
        if !learns {
            return Ok(None);
        }
        match self.task.train(self.datasets) {
            Some(Availability::Here(path)) => Ok(Some(Gold::read_with(&path, &self.task.fields)?)),
            Some(Availability::Absent(why)) => Err(Failure::NoTrain(why)),
            None => Err(Failure::NoTrain(
                "not named by the task (`train`)".to_owned(),
            )),
        }
    }

    fn make(
        &self,
        system: &System,
        train: Option<&[Gold]>,
        places: &Places,
    ) -> Result<(), Failure> {
        match &system.method {
            Method::Program(Program { command, train, .. }) => {
                if let Some(train) = train {
                    start(train, places)?;
                }
                start(command, places)
            }
            Method::Baseline(baseline) => {
                let made = baseline.predict(train, self.articles, &self.task.topics)?;
                let lines: Vec<String> = made
                    .iter()
                    .map(|row| json!(row).to_string() + "\n")
                    .collect();
                write(&places.output, lines.concat().as_bytes())
            }
            Method::File(_) | Method::NotBuilt(_) => Ok(()),
        }
    }

    fn keep(&self, places: &Places, key: &str, complete: bool) -> Result<(), Failure> {
        let kept = json!({ "key": key, "complete": complete });
        write(&places.key, kept.to_string().as_bytes())
    }
}

/// The files of a system's folder, and what the placeholders of its commands stand for.
struct Places {
    program: PathBuf,
    input: PathBuf,
    folder: PathBuf,
    output: PathBuf,
    run: PathBuf,
    journal: PathBuf,
    train: PathBuf,
    key: PathBuf,
}

impl Places {
    fn new(predictor: &Predictor, folder: &Path) -> Places {
        Places {
            program: predictor.program.to_owned(),
            input: predictor.input.0.to_owned(),
            output: folder.join("predictions.jsonl"),
            run: folder.join("predictions.jsonl.run.json"),
            journal: folder.join("predictions.jsonl.journal"),
            train: folder.join("train.jsonl"),
            key: folder.join("key.json"),
            folder: folder.to_owned(),
        }
    }

    fn fill_in(&self, word: &str) -> String {
        let names = [
            ("{depeche}", &self.program),
            ("{input}", &self.input),
            ("{output}", &self.output),
            ("{train}", &self.train),
            ("{work}", &self.folder),
        ];
        names.iter().fold(word.to_owned(), |word, (name, path)| {
            word.replace(name, &path.to_string_lossy())
        })
    }

    fn is_there(&self, system: &System) -> bool {
        matches!(system.method, Method::File(_)) || self.output.is_file()
    }
}

/// Runs a command to its end. Exit status 1 means that some articles failed, which the predictions say themselves.
fn start(command: &[String], places: &Places) -> Result<(), Failure> {
    let words: Vec<String> = command.iter().map(|word| places.fill_in(word)).collect();
    let [program, arguments @ ..] = words.as_slice() else {
        return Ok(());
    };
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|source| Failure::Start {
            program: program.clone(),
            source,
        })?;
    match status.code() {
        Some(0) => Ok(()),
        Some(1) if places.output.is_file() => Ok(()),
        _ => Err(Failure::Ended {
            command: words.join(" "),
            status: status.to_string(),
        }),
    }
}

/// Articles as JSON Lines: what a program may see of them, and with `labels` what it may learn from.
pub(super) fn rows(articles: &[Gold], labels: bool) -> Vec<u8> {
    let mut lines = String::new();
    for article in articles {
        let mut row = json!({ "id": article.id, "text": article.text });
        let known = [("title", &article.title), ("date", &article.date)];
        for (name, value) in known.iter().filter(|(_, value)| value.is_some()) {
            row[*name] = json!(value);
        }
        if labels {
            row["topics"] = json!(article.topics);
        }
        lines += &row.to_string();
        lines += "\n";
    }
    lines.into_bytes()
}

fn read_kept(path: &Path) -> Option<Kept> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn remove(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Failure::Work {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Writes a file and the folders that it is in.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let folders = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    folders
        .and_then(|()| std::fs::write(path, content))
        .map_err(|source| Failure::Work {
            path: path.to_owned(),
            source,
        })
}
