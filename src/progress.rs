//! How far a run is, on standard error: a bar on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often a run without a terminal says how far it is.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Whether what is said goes into the logs, which are JSON.
static AS_JSON: AtomicBool = AtomicBool::new(false);

/// From now on lines are log entries: standard error is read by a program.
pub(crate) fn say_as_json() {
    AS_JSON.store(true, Ordering::Relaxed);
}

/// A line on standard error. If nobody reads that any more, the run goes on all the same.
pub(crate) fn say(line: &str) {
    if AS_JSON.load(Ordering::Relaxed) {
        tracing::info!("{line}");
    } else {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

/// Progress on standard error: a bar on a terminal, a line now and then elsewhere.
pub(crate) struct Progress {
    bar: ProgressBar,
    lines: bool,
    last_line: Instant,
}

impl Progress {
    pub(crate) fn new(total: usize, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal() && !AS_JSON.load(Ordering::Relaxed);
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
            say(&format!("0/{total} articles"));
        }
        Self {
            bar,
            lines: !quiet && !terminal,
            last_line: Instant::now(),
        }
    }

    pub(crate) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    pub(crate) fn advance(&mut self) {
        self.bar.inc(1);
        if self.lines && self.last_line.elapsed() >= LINE_INTERVAL {
            self.last_line = Instant::now();
            let (done, total) = (self.bar.position(), self.bar.length().unwrap_or_default());
            // A hidden bar estimates nothing, so the rate is the mean since the start.
            let per_article = self.bar.elapsed().as_secs_f64() / done as f64;
            let left = per_article * total.saturating_sub(done) as f64;
            say(&format!(
                "{done}/{total} articles, {per_article:.1} s each, {left:.0} s left"
            ));
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
