//! A run over many articles: order, what is already done, progress, and what to say at the end.

use crate::pipeline::{Pipeline, Settings, Spent};
use crate::read::{self, InputFile, ReadError, ReadOptions};
use crate::record::{NoticeCode, Provenance, Record};
use crate::write::{Output, WriteError};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often a run without a terminal says how far it is.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Why a run could not be carried through.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The inputs cannot be read as articles.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The output cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The report of the run cannot be written.
    #[error("cannot write the run's report {path}")]
    Report {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
}

/// What happened to the articles of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Articles in the input (after `--limit`).
    pub articles: usize,
    /// Articles whose record an earlier run had written.
    pub kept: usize,
    /// Articles that this run went through, failed ones included.
    pub labelled: usize,
    /// Failed articles in the output, those of earlier runs included.
    pub failed: usize,
    /// The part of `failed` that an earlier run left: they are not tried again.
    pub failed_before: usize,
    /// Errors of this run by code.
    pub errors: BTreeMap<NoticeCode, usize>,
    /// Warnings of this run by code.
    pub warnings: BTreeMap<NoticeCode, usize>,
}

/// The report of a run: `<output>.run.json`.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// Version of this shape.
    pub schema: u32,
    /// Models and program.
    pub provenance: Provenance,
    /// The settings whose hash is in the provenance.
    pub settings: Settings,
    /// The INPUT arguments.
    pub inputs: Vec<String>,
    /// What happened to the articles.
    pub counts: Counts,
    /// Start of the run, seconds since 1970-01-01 UTC.
    pub started_unix_seconds: u64,
    /// Wall time.
    pub seconds: Seconds,
    /// Articles labelled per minute of labelling, models already loaded.
    pub articles_per_minute: Option<f64>,
    /// Sentences tagged.
    pub sentences: usize,
    /// Tokens that the generator read.
    pub prompt_tokens: usize,
    /// Tokens that the generator wrote.
    pub new_tokens: usize,
    /// Largest resident memory of the process in bytes; null where the system does not tell.
    pub peak_memory_bytes: Option<u64>,
    /// Processor threads that the system offers.
    pub threads: usize,
}

/// Wall time of a run by phase, in seconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Seconds {
    /// Finding, verifying and loading models.
    pub load: f64,
    /// Labelling, reading and writing included.
    pub label: f64,
    /// The part of `label` that went into topics.
    pub topics: f64,
    /// The part of `label` that went into abstracts.
    pub abstracts: f64,
}

/// What to label.
pub struct Batch<'a> {
    /// The files, in order.
    pub files: &'a [InputFile],
    /// How to read them.
    pub options: &'a ReadOptions,
    /// Number of articles in the files.
    pub total: usize,
    /// Stop after so many articles.
    pub limit: Option<usize>,
    /// No progress on standard error.
    pub quiet: bool,
}

impl Batch<'_> {
    /// Labels every article that the output does not hold yet, in the order of the input.
    ///
    /// # Errors
    /// Only what concerns the whole run: an article that fails is a record that says why.
    pub fn run(&self, pipeline: &mut Pipeline, output: &mut Output) -> Result<Counts, BatchError> {
        let total = self.limit.map_or(self.total, |limit| limit.min(self.total));
        let mut progress = Progress::new(total, self.quiet);
        let mut counts = Counts {
            articles: total,
            failed: output.failed_before(),
            failed_before: output.failed_before(),
            ..Counts::default()
        };
        let mut left = total;
        for file in self.files {
            let entries = read::open(file, self.options)?.take(left);
            for entry in entries {
                left -= 1;
                if output.holds(&entry.id) {
                    counts.kept += 1;
                } else {
                    tracing::debug!(id = %entry.id, "labelling");
                    let record = pipeline.label(entry);
                    counts.add(&record);
                    progress.suspend(|| output.write(&record))?;
                }
                progress.advance();
            }
        }
        progress.finish();
        Ok(counts)
    }
}

impl Counts {
    fn add(&mut self, record: &Record) {
        self.labelled += 1;
        self.failed += usize::from(!record.is_done());
        for error in &record.errors {
            *self.errors.entry(error.code).or_default() += 1;
        }
        for warning in &record.warnings {
            *self.warnings.entry(warning.code).or_default() += 1;
        }
    }
}

impl RunReport {
    /// Puts together what a run has to report.
    pub fn new(
        pipeline: &Pipeline,
        settings: Settings,
        inputs: Vec<String>,
        counts: Counts,
        timing: Timing,
    ) -> Self {
        let Spent {
            topics,
            abstracts,
            sentences,
            prompt_tokens,
            new_tokens,
        } = pipeline.spent;
        let label = timing.label.as_secs_f64();
        let started = timing
            .started
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            schema: 1,
            provenance: pipeline.provenance.clone(),
            settings,
            inputs,
            articles_per_minute: (counts.labelled > 0)
                .then(|| counts.labelled as f64 * 60.0 / label),
            counts,
            started_unix_seconds: started.as_secs(),
            seconds: Seconds {
                load: timing.load.as_secs_f64(),
                label,
                topics: topics.as_secs_f64(),
                abstracts: abstracts.as_secs_f64(),
            },
            sentences,
            prompt_tokens,
            new_tokens,
            peak_memory_bytes: peak_memory_bytes(),
            threads: std::thread::available_parallelism().map_or(1, |threads| threads.get()),
        }
    }

    /// Writes the report beside the output: `<output>.run.json`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_beside(&self, output: &Path) -> Result<(), BatchError> {
        let path = report_path(output);
        let json = serde_json::to_string_pretty(self).map_err(std::io::Error::from);
        json.and_then(|json| std::fs::write(&path, json + "\n"))
            .map_err(|source| BatchError::Report { path, source })
    }
}

/// Where the report of a run lies: `<output>.run.json`.
pub fn report_path(output: &Path) -> PathBuf {
    let mut path = output.as_os_str().to_owned();
    path.push(".run.json");
    path.into()
}

/// When a run began and how long its phases took.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Start of the run.
    pub started: SystemTime,
    /// Finding, verifying and loading models.
    pub load: Duration,
    /// Labelling.
    pub label: Duration,
}

/// Progress on standard error: a bar on a terminal, a line now and then elsewhere.
struct Progress {
    bar: ProgressBar,
    lines: bool,
    last_line: Instant,
}

impl Progress {
    fn new(total: usize, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target = match quiet || !terminal {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let template = "{wide_bar} {pos}/{len} articles · {per_minute} · {eta} left";
        let per_minute = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            // The text is a buffer: writing to it cannot fail.
            let _ = match state.pos() {
                0 => write!(text, "starting"),
                _ => write!(text, "{:.1}/min", state.per_sec() * 60.0),
            };
        };
        let style = ProgressStyle::with_template(template)
            .expect("the template is valid")
            .with_key("per_minute", per_minute);
        let bar = ProgressBar::with_draw_target(Some(total as u64), target).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(500));
        if !quiet && !terminal {
            eprintln!("0/{total} articles");
        }
        Self {
            bar,
            lines: !quiet && !terminal,
            last_line: Instant::now(),
        }
    }

    fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    fn advance(&mut self) {
        self.bar.inc(1);
        if self.lines && self.last_line.elapsed() >= LINE_INTERVAL {
            self.last_line = Instant::now();
            let (done, total) = (self.bar.position(), self.bar.length().unwrap_or_default());
            // A hidden bar estimates nothing, so the rate is the mean since the start.
            let per_article = self.bar.elapsed().as_secs_f64() / done as f64;
            let left = per_article * total.saturating_sub(done) as f64;
            eprintln!("{done}/{total} articles, {per_article:.1} s each, {left:.0} s left");
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Largest resident set so far, from the kernel (`VmHWM`); Linux only.
fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
