//! What a run has to report besides its records: `<output>.run.json`.

use crate::batch::{Counts, Outcome};
use crate::files::{beside, write_atomically};
use crate::pipeline::{Pipeline, Settings, Spent};
use crate::record::Provenance;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The report cannot be written. The records are.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the run's report {path}; the records are written")]
pub struct ReportError {
    /// The file.
    pub path: PathBuf,
    /// The operating system's reason.
    #[source]
    pub source: std::io::Error,
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
    /// Articles that had changed since an earlier run and were labelled again, by id.
    pub changed: Vec<String>,
    /// Whether the run came to its end; false when a signal ended it.
    pub finished: bool,
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

impl RunReport {
    /// Puts together what a run has to report.
    pub fn new(
        pipeline: &Pipeline,
        settings: Settings,
        inputs: Vec<String>,
        outcome: Outcome,
        timing: Timing,
    ) -> Self {
        let counts = outcome.counts;
        let Spent {
            topics,
            abstracts,
            sentences,
            prompt_tokens,
            new_tokens,
        } = pipeline.spent();
        let label = timing.label.as_secs_f64();
        Self {
            schema: 1,
            provenance: pipeline.provenance().clone(),
            settings,
            inputs,
            articles_per_minute: (counts.labelled > 0)
                .then(|| counts.labelled as f64 * 60.0 / label),
            counts,
            changed: outcome.changed,
            finished: outcome.interrupted.is_none(),
            started_unix_seconds: unix_seconds(timing.started),
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
    pub fn write_beside(&self, output: &Path) -> Result<(), ReportError> {
        let path = report_path(output);
        let json = serde_json::to_string_pretty(self).map_err(std::io::Error::from);
        json.and_then(|json| write_atomically(&path, (json + "\n").as_bytes()))
            .map_err(|source| ReportError { path, source })
    }
}

/// Where the report of a run lies: `<output>.run.json`.
pub fn report_path(output: &Path) -> PathBuf {
    beside(output, ".run.json")
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

/// Seconds since 1970-01-01 UTC; 0 on a clock that stands before it.
fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_1970_is_no_reason_to_fail() {
        let table = [
            (UNIX_EPOCH - Duration::from_secs(5), 0),
            (UNIX_EPOCH + Duration::from_secs(5), 5),
        ];
        for (time, seconds) in table {
            assert_eq!(unix_seconds(time), seconds);
        }
    }
}
