//! `depeche eval`: scores prediction files, or runs the suite of systems on tasks.
//!
//! All of the work is done by the crate `depeche_eval`, which knows no model: it starts this program again to predict.

use anyhow::Context;
use clap::Args;
use depeche_eval::gate::{self, Baseline, Present};
use depeche_eval::report::{self, Machine, Report, Resampling};
use depeche_eval::suite::{self, Datasets, Options, Outcome, System, Task};
use depeche_eval::test_log;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::eval_files;
use super::store::StoreArgs;
use crate::registry::Store;

const EXAMPLES: &str = "Examples:
  depeche eval --predictions out.jsonl --gold corpus/gold      score a file: ours, or another program's
  depeche eval --predictions a.jsonl b.jsonl --gold gold.jsonl compare two files on the same articles
  depeche eval --systems product,naive                         run two systems of the suite on its tasks and compare
  depeche eval --quick                                         a look at the dev articles, in minutes

Predictions are JSON Lines with `id` and `topics` and/or `abstract`, as `depeche label` writes them, or in short:
  {\"id\": \"a\", \"topics\": [\"trade\"], \"abstract\": \"Trade grew.\"}
  {\"id\": \"a\", \"topics\": [{\"id\": \"trade\", \"probability\": 0.9}]}
Gold rows have `id`, `topics` and, for abstracts, `text`, `abstract` and `facts`.

Without --predictions the suite runs: every eval/systems/*.toml on every eval/tasks/*.toml that it can do. Predictions are
kept in --work and made again only when something that decides them has changed.

Exit status: 0 scored, 1 a deciding figure fell against --baseline, 2 could not run.";

/// Arguments of `depeche eval`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct EvalArgs {
    /// Prediction files to score; several are compared with each other
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "gold", help_heading = "Scoring files")]
    predictions: Vec<PathBuf>,

    /// Labelled articles: a JSON Lines, CSV or TSV file, or a folder with SPLIT.jsonl
    #[arg(
        long,
        value_name = "PATH",
        requires = "predictions",
        help_heading = "Scoring files"
    )]
    gold: Option<PathBuf>,

    /// Which file of a --gold folder
    #[arg(
        long,
        value_name = "SPLIT",
        default_value = "test",
        requires = "gold",
        help_heading = "Scoring files"
    )]
    split: String,

    /// The folder of the suite, with tasks/ and systems/
    #[arg(
        long,
        value_name = "DIR",
        default_value = "eval",
        env = "DEPECHE_SUITE",
        help_heading = "Running the suite"
    )]
    suite: PathBuf,

    /// Only these systems
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with = "predictions",
        help_heading = "Running the suite"
    )]
    systems: Vec<String>,

    /// Only these tasks
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with = "predictions",
        help_heading = "Running the suite"
    )]
    tasks: Vec<String>,

    /// The quick tasks instead of the full ones: dev articles, in minutes
    #[arg(long, conflicts_with_all = ["predictions", "tasks"], help_heading = "Running the suite")]
    quick: bool,

    /// Where predictions are kept between runs
    #[arg(
        long,
        value_name = "DIR",
        default_value = "target/eval",
        env = "DEPECHE_EVAL_WORK",
        help_heading = "Running the suite"
    )]
    work: PathBuf,

    /// Write report.json, report.md and report.html here
    #[arg(long, value_name = "DIR", env = "DEPECHE_REPORT")]
    report: Option<PathBuf>,

    /// Accepted figures: a deciding figure that fell against them makes the exit status 1
    #[arg(long, value_name = "FILE", env = "DEPECHE_BASELINE")]
    baseline: Option<PathBuf>,

    /// Take the figures of this run as accepted: they replace those of --baseline for the tasks and systems that ran
    #[arg(long, requires = "baseline")]
    accept: bool,

    /// Add a line for every scoring of a test split here; nothing is written if the file is not there
    #[arg(
        long,
        value_name = "FILE",
        default_value = "eval/test_log.md",
        env = "DEPECHE_TEST_LOG"
    )]
    test_log: PathBuf,

    /// Bootstrap samples for each interval
    #[arg(long, value_name = "N", default_value_t = Resampling::default().bootstrap)]
    bootstrap: usize,

    /// Seed of intervals and tests
    #[arg(long, value_name = "N", default_value_t = Resampling::default().seed)]
    seed: u64,

    #[command(flatten)]
    store: StoreArgs,
}

/// Runs `depeche eval`.
pub fn run(args: &EvalArgs, quiet: bool) -> anyhow::Result<ExitCode> {
    let (tasks, systems) = match &args.gold {
        Some(gold) => eval_files::tasks_and_systems(&args.predictions, gold, &args.split)?,
        None => args.suite()?,
    };
    let options = Options {
        tasks,
        systems,
        program: std::env::current_exe().context("cannot tell where this program is")?,
        work: args.work.clone(),
        resampling: Resampling {
            bootstrap: args.bootstrap,
            seed: args.seed,
            ..Resampling::default()
        },
        datasets: datasets(args.store.open(quiet)?),
        progress: Box::new(move |line| {
            if !quiet {
                eprintln!("{line}");
            }
        }),
    };
    let outcomes = suite::run(&options)?;
    let date = today();
    log_test_scorings(&args.test_log, &outcomes, &date)?;
    let gate = args.gate(&outcomes, &options.resampling, &date)?;
    let failed = gate.as_ref().is_some_and(|gate| !gate.passed);
    let report = Report {
        schema: report::SCHEMA_VERSION,
        program: format!("depeche-eval {}", depeche_eval::Signature::VERSION),
        date,
        machine: machine(),
        resampling: options.resampling,
        tasks: outcomes.into_iter().map(|outcome| outcome.report).collect(),
        gate,
    };
    print!("{}", report::terminal(&report));
    if let Some(folder) = &args.report {
        report::write(&report, folder)?;
        if !quiet {
            eprintln!("wrote {}", folder.join("report.html").display());
        }
    }
    Ok(ExitCode::from(u8::from(failed)))
}

impl EvalArgs {
    /// The tasks and systems of the suite that are asked for.
    fn suite(&self) -> anyhow::Result<(Vec<Task>, Vec<System>)> {
        let mut tasks = Task::read_all(&self.suite.join("tasks"))?;
        match self.tasks.is_empty() {
            true => tasks.retain(|task| task.quick == self.quick),
            false => tasks = suite::choose(tasks, &self.tasks, "task", |task| &task.name)?,
        }
        let systems = System::read_all(&self.suite.join("systems"))?;
        let systems = match self.systems.is_empty() {
            true => systems,
            false => suite::choose(systems, &self.systems, "system", |system| &system.name)?,
        };
        Ok((tasks, systems))
    }

    /// Tests against the accepted figures, and takes the present ones as accepted if that is asked for.
    fn gate(
        &self,
        outcomes: &[Outcome],
        resampling: &Resampling,
        date: &str,
    ) -> anyhow::Result<Option<report::GateReport>> {
        let Some(path) = &self.baseline else {
            return Ok(None);
        };
        let present: Vec<Present> = outcomes.iter().flat_map(present).collect();
        let accepted = Baseline::read(path)?;
        if self.accept {
            Baseline::accept(accepted, &present, date).write(path)?;
            return Ok(None);
        }
        let accepted = accepted.with_context(|| {
            format!(
                "there are no accepted figures in {}; make them with --accept",
                path.display()
            )
        })?;
        Ok(Some(gate::test(&accepted, &present, resampling)))
    }
}

/// Finds `ID/FILE` in the model store, which fetches it when it is not there.
fn datasets(store: Store) -> Box<Datasets> {
    Box::new(move |name| {
        let (id, file) = name.split_once('/').unwrap_or((name, ""));
        let set = store.ensure(id).map_err(|error| in_one_line(&error))?;
        set.file(file)
            .map(PathBuf::from)
            .ok_or_else(|| format!("data set {id:?} has no file {file:?}"))
    })
}

fn in_one_line(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// The deciding figures of a task as the gate takes them.
fn present(outcome: &Outcome) -> impl Iterator<Item = Present<'_>> {
    outcome.scored.iter().flat_map(move |scored| {
        scored
            .primary
            .iter()
            .map(move |(figure, signature, margin)| Present {
                task: &outcome.task.name,
                system: &scored.report.name,
                figure,
                signature,
                ids: &outcome.ids,
                margin: *margin,
            })
    })
}

fn log_test_scorings(path: &Path, outcomes: &[Outcome], date: &str) -> anyhow::Result<()> {
    let lines = test_log::lines(outcomes, date);
    if lines.is_empty() || !path.exists() {
        return Ok(());
    }
    test_log::append(path, &lines).with_context(|| format!("cannot write {}", path.display()))
}

/// Today, UTC: `YYYY-MM-DD`.
fn today() -> String {
    chrono::Utc::now().date_naive().to_string()
}

/// This machine, as far as the system tells.
fn machine() -> Machine {
    let field = |file: &str, name: &str| -> Option<String> {
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let kibibytes = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    Machine {
        processor: field("/proc/cpuinfo", "model name"),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        memory_bytes: kibibytes.map(|kibibytes| kibibytes * 1024),
    }
}
