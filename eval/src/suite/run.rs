//! One run over tasks and systems: predictions are made where there are none to use again, then scored.

use std::path::PathBuf;

use super::SuiteError;
use super::predict::{Failure, Predictor, rows, write};
use super::score::{Scored, compare, score};
use super::system::System;
use super::task::{Availability, Datasets, Task};
use super::views;
use crate::read::gold::Gold;
use crate::report::{NotRun, Resampling, TaskReport};

/// What to run, and where.
pub struct Options {
    /// What is scored.
    pub tasks: Vec<Task>,
    /// Who is scored.
    pub systems: Vec<System>,
    /// The program that `{depeche}` stands for.
    pub program: PathBuf,
    /// Where predictions are kept between runs.
    pub work: PathBuf,
    /// How intervals are made.
    pub resampling: Resampling,
    /// Finds files of data sets.
    pub datasets: Box<Datasets>,
    /// Says what is being done, a line each.
    pub progress: Box<dyn Fn(&str)>,
}

/// One task with the systems' results.
pub struct Outcome {
    /// The task.
    pub task: Task,
    /// What the report says of it.
    pub report: TaskReport,
    /// Ids of the scored articles, in the order of the figures' rows.
    pub ids: Vec<String>,
    /// The systems that were scored, best first.
    pub scored: Vec<Scored>,
}

/// Runs every system on every task that it can do, and scores.
///
/// # Errors
/// Gold cannot be read, or the work folder cannot be written. A system that fails is named in the report.
pub fn run(options: &Options) -> Result<Vec<Outcome>, SuiteError> {
    let outcome = |task: &Task| outcome(task, options);
    options.tasks.iter().map(outcome).collect()
}

fn outcome(task: &Task, options: &Options) -> Result<Outcome, SuiteError> {
    let path = match task.gold(&options.datasets) {
        Availability::Here(path) => path,
        Availability::Absent(why) => {
            (options.progress)(&format!("{}: skipped: {why}", task.name));
            return Ok(finish(
                task,
                &[],
                Some(why),
                Vec::new(),
                Vec::new(),
                options,
            ));
        }
    };
    let articles = task.articles(&path)?;
    let folder = options.work.join(&task.name);
    let input = (folder.join("input.jsonl"), rows(&articles, false));
    write(&input.0, &input.1).map_err(|failure| SuiteError::Work(Box::new(failure)))?;
    let (mut scored, mut not_run) = (Vec::new(), Vec::new());
    for system in options
        .systems
        .iter()
        .filter(|system| takes_part(system, task))
    {
        let say =
            |what: &str| (options.progress)(&format!("{}: {}: {what}", task.name, system.name));
        let predictor = Predictor {
            task,
            articles: &articles,
            input: (&input.0, &input.1),
            program: &options.program,
            datasets: &options.datasets,
            progress: &say,
        };
        match predictor.predictions(system, &folder.join(&system.name)) {
            Ok(made) => {
                say("scoring");
                scored.push(score(task, &articles, system, &made, &options.resampling));
            }
            Err(failure) => {
                say(&failure.to_string());
                not_run.push(left_out(system, &failure));
            }
        }
    }
    Ok(finish(task, &articles, None, scored, not_run, options))
}

fn takes_part(system: &System, task: &Task) -> bool {
    let wanted = task.systems.as_ref();
    system.kinds.contains(&task.kind) && wanted.is_none_or(|wanted| wanted.contains(&system.name))
}

fn left_out(system: &System, failure: &Failure) -> NotRun {
    NotRun {
        system: system.name.clone(),
        title: system.title.clone(),
        reason: failure.to_string(),
    }
}

/// Puts a task's results in order and together.
fn finish(
    task: &Task,
    articles: &[Gold],
    skipped: Option<String>,
    mut scored: Vec<Scored>,
    not_run: Vec<NotRun>,
    options: &Options,
) -> Outcome {
    scored.sort_by(|a, b| b.rank().total_cmp(&a.rank()));
    let report = TaskReport {
        name: task.name.clone(),
        version: task.version,
        title: task.title.clone(),
        kind: task.kind,
        data: super::data_hash(articles),
        skipped,
        primary: task
            .primary
            .iter()
            .map(|primary| primary.figure.clone())
            .collect(),
        topics: views::topics(task, articles),
        systems: scored.iter().map(|scored| scored.report.clone()).collect(),
        not_run,
        comparisons: compare(&scored, &options.resampling),
        articles: articles.iter().map(views::article).collect(),
    };
    Outcome {
        task: task.clone(),
        report,
        ids: articles.iter().map(|article| article.id.clone()).collect(),
        scored,
    }
}
