//! What a user sees while files are fetched and checked.
//!
//! Owns the trait [`Progress`] and its three forms: a bar on a terminal, plain lines elsewhere, and
//! silence. All of it goes to standard error: standard output is for data.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, MultiProgress, ProgressBar, ProgressStyle};

/// Hears what happens.
pub trait Progress: Send + Sync {
    /// A piece of work on `total` bytes (if known) begins; it ends when the task is dropped.
    fn begin(&self, what: &str, total: Option<u64>) -> Arc<dyn Task>;

    /// One line for the user: a source that failed, a file that is ready, a wait.
    fn note(&self, line: &str);
}

/// A piece of work under way.
pub trait Task: Send + Sync {
    /// So many bytes of it were done earlier, by a download that was interrupted.
    fn resume_at(&self, done: u64);

    /// So many bytes of it are done.
    fn set(&self, done: u64);

    /// What is being done just now (`part 3 of 22`).
    fn detail(&self, text: &str);
}

/// Bars if standard error is a terminal, else lines; nothing at all when `quiet`.
pub fn for_stderr(quiet: bool) -> Arc<dyn Progress> {
    if quiet {
        Arc::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Arc::new(Bars::default())
    } else {
        Arc::new(Lines)
    }
}

/// Says nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: Option<u64>) -> Arc<dyn Task> {
        Arc::new(Silent)
    }

    fn note(&self, _line: &str) {}
}

impl Task for Silent {
    fn resume_at(&self, _done: u64) {}

    fn set(&self, _done: u64) {}

    fn detail(&self, _text: &str) {}
}

/// Bars with bytes, rate and time left, on a terminal.
#[derive(Debug, Default)]
pub struct Bars(MultiProgress);

struct Bar(ProgressBar);

impl Progress for Bars {
    fn begin(&self, what: &str, total: Option<u64>) -> Arc<dyn Task> {
        let (bar, template) = match total {
            Some(total) => (
                ProgressBar::new(total),
                "{prefix} [{bar:24}] {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} ETA {eta} {msg}",
            ),
            None => (
                ProgressBar::no_length(),
                "{prefix} {spinner} {decimal_bytes} {decimal_bytes_per_sec} {msg}",
            ),
        };
        let style = ProgressStyle::with_template(template)
            .expect("the templates above are well formed")
            .progress_chars("=> ");
        let bar = self
            .0
            .add(bar.with_style(style).with_prefix(what.to_owned()));
        // A wheel arrives in one piece: without a tick the screen would look dead meanwhile.
        bar.enable_steady_tick(Duration::from_millis(250));
        Arc::new(Bar(bar))
    }

    fn note(&self, line: &str) {
        self.0.suspend(|| eprintln!("{line}"));
    }
}

impl Task for Bar {
    fn resume_at(&self, done: u64) {
        self.0.set_position(done);
        // Rate and time left are of this run.
        self.0.reset_eta();
    }

    fn set(&self, done: u64) {
        self.0.set_position(done);
    }

    fn detail(&self, text: &str) {
        self.0.set_message(text.to_owned());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Lines on standard error, for logs: at most one in ten seconds for a piece of work.
#[derive(Debug, Clone, Copy)]
pub struct Lines;

const BETWEEN_LINES: Duration = Duration::from_secs(10);

struct Counter {
    what: String,
    total: Option<u64>,
    state: Mutex<CounterState>,
}

struct CounterState {
    last: Instant,
    done: u64,
    detail: String,
}

impl Progress for Lines {
    fn begin(&self, what: &str, total: Option<u64>) -> Arc<dyn Task> {
        Arc::new(Counter {
            what: what.to_owned(),
            total,
            state: Mutex::new(CounterState {
                last: Instant::now(),
                done: 0,
                detail: String::new(),
            }),
        })
    }

    fn note(&self, line: &str) {
        eprintln!("{line}");
    }
}

impl Counter {
    fn update(&self, change: impl FnOnce(&mut CounterState)) {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        change(&mut state);
        if state.last.elapsed() >= BETWEEN_LINES {
            state.last = Instant::now();
            eprintln!(
                "{}",
                line(&self.what, state.done, self.total, &state.detail)
            );
        }
    }
}

impl Task for Counter {
    fn resume_at(&self, done: u64) {
        eprintln!(
            "{}, going on from there",
            line(&self.what, done, self.total, "")
        );
        self.update(|state| state.done = done);
    }

    fn set(&self, done: u64) {
        self.update(|state| state.done = done);
    }

    fn detail(&self, text: &str) {
        self.update(|state| state.detail = text.to_owned());
    }
}

fn line(what: &str, done: u64, total: Option<u64>, detail: &str) -> String {
    let mut line = format!("{what}: {}", DecimalBytes(done));
    if let Some(total) = total {
        line.push_str(&format!(" of {}", DecimalBytes(total)));
    }
    if !detail.is_empty() {
        line.push_str(&format!(", {detail}"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_says_what_how_far_and_where() {
        assert_eq!(
            line(
                "m/model.gguf",
                50_000_000,
                Some(1_117_320_768),
                "part 2 of 22"
            ),
            "m/model.gguf: 50.00 MB of 1.12 GB, part 2 of 22"
        );
        assert_eq!(line("m/x", 0, None, ""), "m/x: 0 B");
    }

    #[test]
    fn the_bars_templates_are_well_formed() {
        let bars = Bars(MultiProgress::with_draw_target(
            indicatif::ProgressDrawTarget::hidden(),
        ));
        for total in [Some(10), None] {
            let task = bars.begin("m/x", total);
            task.set(5);
            task.detail("part 1 of 2");
        }
    }
}
