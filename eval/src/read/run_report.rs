//! What a program told of its run: the part of `OUTPUT.run.json` that is scored.

use std::path::Path;

use serde::Deserialize;

use crate::report::Speed;

/// A run, as `depeche label` reports it beside its output.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct RunReport {
    /// Articles labelled per minute, models already loaded.
    #[serde(default)]
    pub articles_per_minute: Option<f64>,
    /// Tokens that the generator read.
    #[serde(default)]
    pub prompt_tokens: u64,
    /// Tokens that the generator wrote.
    #[serde(default)]
    pub new_tokens: u64,
    /// Largest resident memory in bytes.
    #[serde(default)]
    pub peak_memory_bytes: Option<u64>,
    /// Wall time by phase.
    #[serde(default)]
    pub seconds: Seconds,
}

/// Wall time by phase, in seconds.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Seconds {
    /// Finding, verifying and loading models.
    #[serde(default)]
    pub load: Option<f64>,
    /// Writing abstracts.
    #[serde(default)]
    pub abstracts: Option<f64>,
}

impl RunReport {
    /// Reads the report that lies beside predictions; `None` if there is none that can be read.
    pub fn beside(predictions: &Path) -> Option<RunReport> {
        let mut path = predictions.as_os_str().to_owned();
        path.push(".run.json");
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    /// The same in rates.
    ///
    /// ```
    /// use depeche_eval::read::run_report::RunReport;
    ///
    /// let run: RunReport = serde_json::from_str(r#"{"new_tokens": 60, "seconds": {"abstracts": 12.0}}"#)?;
    /// assert_eq!(run.speed().new_tokens_per_second, Some(5.0));
    /// assert_eq!(run.speed().load_seconds, None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn speed(&self) -> Speed {
        let seconds = self.seconds.abstracts.filter(|seconds| *seconds > 0.0);
        let rate = |tokens: u64| {
            seconds
                .filter(|_| tokens > 0)
                .map(|seconds| tokens as f64 / seconds)
        };
        Speed {
            articles_per_minute: self.articles_per_minute,
            new_tokens_per_second: rate(self.new_tokens),
            prompt_tokens_per_second: rate(self.prompt_tokens),
            load_seconds: self.seconds.load,
            peak_memory_bytes: self.peak_memory_bytes,
        }
    }
}
