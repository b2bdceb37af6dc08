//! `depeche label`: from INPUT arguments to labelled records.

use super::plan::Plan;
use super::store::StoreArgs;
use super::summary::in_words;
use crate::abstracts::{Approach, SummarySettings};
use crate::batch::{Batch, Counts, Outcome};
use crate::interrupts::Interrupts;
use crate::pipeline::Settings;
use crate::progress::say;
use crate::read::{self, InputFormat, ReadOptions};
use crate::run_report::{RunReport, Timing, report_path};
use crate::write::{Destination, Output, OutputFormat, Run, WriteError, journal_path};
use anyhow::Context;
use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

const EXAMPLES: &str = "Examples:
  depeche label articles/ -o out.jsonl            label a folder; run it again to go on or to take in what is new
  depeche label 'dump/2024-*.jsonl' -o out.csv    a glob in quotes, a table for spreadsheets
  cat article.txt | depeche label -               one article from standard input
  depeche label articles/ --only topics           topics alone: a second or less an article

Inputs: .txt (the first line may be ` date YYYY-MM ` and a headline), .jsonl, .json, .csv, .tsv with the fields
text (or body, content) and optionally id, title, date, url, language. An article that cannot be read or labelled is
a record that says why.

Run the same command again to go on after an interruption, to label what is new and, again, what has changed. Until a
run ends its records are in FILE.journal; FILE itself is replaced in one step, in the order of the input.

Exit status: 0 all articles done, 1 some failed (they are in the output) or went away during the run, 2 could not run or
not go on, 130 and 143 ended by SIGINT (Ctrl-C) and SIGTERM after the articles in hand (some ten); a second one ends
at once.";

/// Arguments of `depeche label`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct LabelArgs {
    /// Files, folders, globs, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,

    /// Write records here; an existing file is continued. Without it: a table on a terminal, JSON Lines into a pipe
    #[arg(short, long, value_name = "FILE", env = "DEPECHE_OUTPUT")]
    output: Option<PathBuf>,

    /// Output format; by default from the extension of FILE (.csv, else JSON Lines)
    #[arg(long, value_enum, env = "DEPECHE_FORMAT")]
    format: Option<Format>,

    /// Do only one of the two tasks
    #[arg(long, value_enum, env = "DEPECHE_ONLY")]
    pub(super) only: Option<Task>,

    /// How to read inputs; by default from their extension
    #[arg(long, value_enum, env = "DEPECHE_INPUT_FORMAT")]
    input_format: Option<Input>,

    /// Field or column that holds the text; by default text, body or content
    #[arg(long, value_name = "NAME", env = "DEPECHE_TEXT_FIELD")]
    pub(super) text_field: Option<String>,

    /// Larger articles fail, in bytes of UTF-8
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, env = "DEPECHE_MAX_ARTICLE_BYTES")]
    pub(super) max_article_bytes: usize,

    /// Start FILE anew instead of continuing it; it is replaced when the run ends
    #[arg(long, env = "DEPECHE_OVERWRITE")]
    overwrite: bool,

    /// Try again what failed in an earlier run; else it is labelled again only when it has changed
    #[arg(long, env = "DEPECHE_RETRY_FAILED")]
    retry_failed: bool,

    /// Label at most the first so many articles of the input; records of the others stay
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..), env = "DEPECHE_LIMIT")]
    limit: Option<usize>,

    /// Encoder for topics and for comparing abstracts with the article, see `depeche models list`; by default the registry's
    #[arg(long, value_name = "ID", env = "DEPECHE_ENCODER")]
    pub(super) encoder: Option<String>,

    /// Generator for abstracts, see `depeche models list`; by default the registry's
    #[arg(long, value_name = "ID", env = "DEPECHE_GENERATOR")]
    pub(super) generator: Option<String>,

    /// Topics to use instead of the built-in twelve (same form as models/taxonomy.toml)
    #[arg(long, value_name = "FILE", env = "DEPECHE_TAXONOMY")]
    pub(super) taxonomy: Option<PathBuf>,

    /// Topic head to use instead of the built-in one: a folder that `depeche train` wrote
    #[arg(long, value_name = "DIR", env = "DEPECHE_HEAD")]
    pub(super) head: Option<PathBuf>,

    /// Score all topics as if they had never been trained, from the taxonomy alone: to compare with
    #[arg(long, env = "DEPECHE_ZERO_SHOT")]
    pub(super) zero_shot: bool,

    /// French-English terms to add to the built-in ones (same form as models/terms.toml)
    #[arg(long, value_name = "FILE", env = "DEPECHE_TERMS")]
    pub(super) terms: Option<PathBuf>,

    /// Longest abstract, in words
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u16).range(10..=500), env = "DEPECHE_MAX_WORDS")]
    max_words: u16,

    /// Token budget of a text that is generated; an abstract that needs more is marked `truncated`. By default a little above MAX_WORDS
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), env = "DEPECHE_MAX_NEW_TOKENS")]
    max_new_tokens: Option<u32>,

    /// Texts written at most for a sentence: if the first does not pass the checks, so many are written, and the best is kept
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16), env = "DEPECHE_ATTEMPTS")]
    attempts: u8,

    /// Leave out the generator's adapter: the model writes as published
    #[arg(long, env = "DEPECHE_NO_ADAPTER")]
    pub(super) no_adapter: bool,

    /// What the generator is given for an abstract; all but the first are baselines to compare with
    #[arg(long, value_enum, default_value_t = AbstractFrom::Selection, value_name = "WHAT", env = "DEPECHE_ABSTRACT_FROM")]
    abstract_from: AbstractFrom,

    /// Load and label nothing: print as JSON what would be used (models, settings, program) and stop
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    pub(super) store: StoreArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AbstractFrom {
    /// The sentences worth telling, one by one, with names, numbers, dates and terms already in English; each is checked
    Selection,
    /// The first sentence, to be translated as it stands
    Lead,
    /// The whole article as it stands, with a plain request
    Article,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object a line (depeche schema prints its JSON Schema)
    Jsonl,
    /// One row an article
    Csv,
    /// Cards for people
    Table,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Task {
    /// Topics, no abstract
    Topics,
    /// Abstract, no topics
    Abstracts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Input {
    /// One article a file
    Txt,
    /// One JSON object a line
    Jsonl,
    /// An array of JSON objects
    Json,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
}

/// Runs `depeche label`.
pub fn run(args: LabelArgs, quiet: bool) -> anyhow::Result<ExitCode> {
    let started = (SystemTime::now(), Instant::now());
    let options = ReadOptions {
        text_field: args.text_field.clone(),
        max_article_bytes: args.max_article_bytes,
    };
    let (destination, format) = args.destination()?;
    let input_format = args.input_format.map(Input::into_format);
    let files = read::discover(&args.inputs, input_format, &own_files(&destination))?;
    let articles = read::survey(&files, &options)?;
    let plan = Plan::new(&args, quiet)?;
    if args.dry_run {
        serde_json::to_writer_pretty(std::io::stdout(), &plan.identity())?;
        println!();
        return Ok(ExitCode::SUCCESS);
    }
    let run = Run {
        provenance: plan.provenance.clone(),
        settings: serde_json::to_value(&plan.settings)?,
        overwrite: args.overwrite,
    };
    let output = Output::open(&destination, format, plan.topic_ids(), &run)
        .map_err(|error| name_settings(error, &plan.settings, &destination))?;
    let resumable = output.can_be_continued();
    let settings = plan.settings.clone();
    let mut pipeline = match plan.load() {
        Ok(pipeline) => pipeline,
        Err(error) => {
            output.discard();
            return Err(error);
        }
    };
    let (load, labelling) = (started.1.elapsed(), Instant::now());
    // Not before: until here there is nothing to end in order.
    let interrupts = Interrupts::catch(quiet).context("cannot catch signals")?;
    let batch = Batch {
        files: &files,
        options: &options,
        articles: &articles,
        limit: args.limit,
        retry_failed: args.retry_failed,
        interrupts: &interrupts,
        quiet,
    };
    let outcome = batch.run(&mut pipeline, output)?;
    let timing = Timing {
        started: started.0,
        load,
        label: labelling.elapsed(),
    };
    let report = RunReport::new(&pipeline, settings, args.inputs, outcome.clone(), timing);
    if let (Destination::File(path), true) = (&destination, resumable) {
        report.write_beside(path)?;
    }
    if !quiet && !outcome.unheard {
        let rate = report.articles_per_minute;
        say(&in_words(&outcome, rate, resumable, args.overwrite));
    }
    Ok(ExitCode::from(status(&outcome)))
}

/// The exit status of a run that could take place.
fn status(outcome: &Outcome) -> u8 {
    let Counts {
        failed,
        unread,
        missed,
        ..
    } = outcome.counts;
    match outcome.interrupted {
        Some(signal) => signal.exit_status(),
        None => u8::from(failed + unread + missed > 0),
    }
}

impl LabelArgs {
    fn destination(&self) -> anyhow::Result<(Destination, OutputFormat)> {
        let format = self.format.map(|format| match format {
            Format::Jsonl => OutputFormat::Jsonl,
            Format::Csv => OutputFormat::Csv,
            Format::Table => OutputFormat::Table,
        });
        let Some(path) = &self.output else {
            let by_place = match std::io::stdout().is_terminal() {
                true => OutputFormat::Table,
                false => OutputFormat::Jsonl,
            };
            return Ok((Destination::Stdout, format.unwrap_or(by_place)));
        };
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_lowercase());
        let by_name = match extension.as_deref() {
            None | Some("jsonl" | "ndjson" | "json") => Some(OutputFormat::Jsonl),
            Some("csv") => Some(OutputFormat::Csv),
            Some(_) => None,
        };
        let format = format.or(by_name).with_context(|| {
            format!(
                "cannot tell the format of {} from its name; say --format jsonl, csv or table",
                path.display()
            )
        })?;
        Ok((Destination::File(path.clone()), format))
    }

    pub(super) fn summary_settings(&self) -> SummarySettings {
        let max_words = usize::from(self.max_words);
        // Room for names, which take more tokens than other words; not tuned.
        let budget = self
            .max_new_tokens
            .map_or(max_words * 2 + 16, |tokens| tokens as usize);
        SummarySettings {
            approach: match self.abstract_from {
                AbstractFrom::Selection => Approach::Selection,
                AbstractFrom::Lead => Approach::Lead,
                AbstractFrom::Article => Approach::Article,
            },
            max_words,
            max_new_tokens: budget,
            attempts: usize::from(self.attempts),
            adapted: !self.no_adapter,
        }
    }
}

impl Input {
    fn into_format(self) -> InputFormat {
        match self {
            Self::Txt => InputFormat::Txt,
            Self::Jsonl => InputFormat::Jsonl,
            Self::Json => InputFormat::Json,
            Self::Csv => InputFormat::Csv,
            Self::Tsv => InputFormat::Tsv,
        }
    }
}

/// What a run into this destination writes itself, and must not read.
fn own_files(destination: &Destination) -> Vec<PathBuf> {
    match destination {
        Destination::Stdout => Vec::new(),
        Destination::File(path) => vec![path.clone(), report_path(path), journal_path(path)],
    }
}

/// Adds to a refusal of other settings which of them differ, as far as the journal or the report of the earlier run
/// tells.
fn name_settings(error: WriteError, now: &Settings, destination: &Destination) -> anyhow::Error {
    let (WriteError::OtherSettings { settings, .. }, Destination::File(path)) =
        (&error, destination)
    else {
        return error.into();
    };
    let reported = || {
        let report = std::fs::read(report_path(path)).ok()?;
        let report: Value = serde_json::from_slice(&report).ok()?;
        report.get("settings").cloned()
    };
    let then = settings.clone().or_else(reported);
    let (Some(then), Ok(Value::Object(now))) = (then, serde_json::to_value(now)) else {
        return error.into();
    };
    let differing: Vec<String> = now
        .iter()
        .filter(|(name, value)| then[name.as_str()] != **value)
        .map(|(name, value)| format!("{name}: {} → {value}", then[name.as_str()]))
        .collect();
    match differing.is_empty() {
        true => error.into(),
        false => {
            anyhow::Error::from(error).context(format!("other settings: {}", differing.join("; ")))
        }
    }
}
