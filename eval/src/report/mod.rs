//! What an evaluation found, in one serialisable shape, and the files made from it.
//!
//! Owns [`Report`] (its JSON form is `report.json`; [`json_schema`] documents it). [`terminal()`], [`markdown`] and
//! [`html`] only show what is in it: they compute no score. [`write()`] puts all three files into a folder.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::align::Alignment;
use crate::figure::Direction;

mod chart;
mod error;
mod fault;
mod files;
mod gap;
pub mod html;
mod leaderboard;
pub mod markdown;
mod number;
mod terminal;

pub use error::ReportError;
pub use files::write;
pub use terminal::terminal;

/// Version of the shape of `report.json`; raised when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON Schema (2020-12) of `report.json`.
pub fn json_schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<Report>()
        .to_value()
}

/// Everything that one evaluation found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of this shape.
    pub schema: u32,
    /// Program that scored, with its version: `depeche-eval 0.1.0`.
    pub program: String,
    /// Day of scoring, UTC: `YYYY-MM-DD`.
    pub date: String,
    /// Where it ran; speed depends on it.
    pub machine: Machine,
    /// How intervals and p-values were made.
    pub resampling: Resampling,
    /// What was scored, in the order in which it was asked for.
    pub tasks: Vec<TaskReport>,
    /// Whether a figure fell against the accepted ones; null where there is no baseline.
    pub gate: Option<GateReport>,
}

/// A machine, as far as it matters to speed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// Processor model.
    pub processor: Option<String>,
    /// Threads that the system offers.
    pub threads: usize,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
}

/// How intervals and p-values were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resampling {
    /// Bootstrap samples for each interval.
    pub bootstrap: usize,
    /// Random exchanges for each approximate randomization test.
    pub randomization: usize,
    /// Same seed, same intervals.
    pub seed: u64,
}

/// One task: which articles, and how each system did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskReport {
    /// Short name, as in `eval/tasks/NAME.toml`.
    pub name: String,
    /// Raised whenever the task's data or rules change.
    pub version: u32,
    /// For people.
    pub title: String,
    /// What is scored.
    pub kind: TaskKind,
    /// `sha256:` and 12 hex digits of the gold articles' hash.
    pub data: String,
    /// Why nothing was scored; null if something was.
    pub skipped: Option<String>,
    /// Names of the figures that decide, the first one orders the systems.
    pub primary: Vec<String>,
    /// Topics (or labels) that are scored.
    pub topics: Vec<TopicInfo>,
    /// Systems, best first by the first primary figure.
    pub systems: Vec<SystemReport>,
    /// Systems that were asked for and did not run, with the reason.
    pub not_run: Vec<NotRun>,
    /// Systems against each other, on the primary figures.
    pub comparisons: Vec<Comparison>,
    /// The scored articles with their gold labels.
    pub articles: Vec<ArticleView>,
}

/// What a task scores.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Several topics an article.
    Topics,
    /// An English abstract an article.
    Abstracts,
    /// Exactly one label an article; the most probable one is the prediction.
    Labels,
}

/// A scored topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TopicInfo {
    /// Its id.
    pub id: String,
    /// Whether it is one of the core topics, which have figures of their own.
    pub core: bool,
    /// How many of the articles have it by gold.
    pub support: usize,
}

/// A system that did not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotRun {
    /// The system's name.
    pub system: String,
    /// For people.
    pub title: String,
    /// Why, and what to do.
    pub reason: String,
}

/// How one system did on one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SystemReport {
    /// Short name, as in `eval/systems/NAME.toml`.
    pub name: String,
    /// For people.
    pub title: String,
    /// Model and weight hash, where the predictions name one.
    pub model: Option<String>,
    /// All figures.
    pub figures: Vec<FigureReport>,
    /// Figures of each topic; empty for abstracts.
    pub topics: Vec<TopicReport>,
    /// Reliability bins over all topics, lowest probability first; empty for abstracts and without probabilities.
    pub reliability: Vec<Bin>,
    /// What did not fit together.
    pub alignment: Alignment,
    /// Speed and memory; null if the run did not report them.
    pub speed: Option<Speed>,
    /// What was predicted for each article of [`TaskReport::articles`], in the same order.
    pub predictions: Vec<PredictionView>,
}

/// One figure with its interval and signature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FigureReport {
    /// Its name: `core-macro-f1`.
    pub name: String,
    /// Which way it gets better.
    pub direction: Direction,
    /// The number with its interval.
    pub estimate: Estimate,
    /// Everything that changes it, in one line.
    pub signature: String,
}

/// A number with its 95 % bootstrap interval; all null where it is undefined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// The number over all articles.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

/// One topic's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TopicReport {
    /// The topic.
    pub id: String,
    /// Articles to which the system assigned it.
    pub assigned: usize,
    /// Precision of the decisions.
    pub precision: Estimate,
    /// Recall of the decisions.
    pub recall: Estimate,
    /// F1 of the decisions.
    pub f1: Estimate,
    /// Average precision of the probabilities.
    pub average_precision: Estimate,
    /// Area under the ROC curve of the probabilities.
    pub roc_auc: Estimate,
    /// (recall, precision) at each threshold, recall falling; empty without probabilities.
    pub curve: Vec<(f64, f64)>,
}

/// Predictions of about the same probability, and how often they were right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bin {
    /// How many decisions (article and topic) are in it.
    pub count: usize,
    /// Mean probability.
    pub confidence: f64,
    /// Share that gold says yes to.
    pub frequency: f64,
}

/// Speed and memory of the run that made the predictions, from its `run.json`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Speed {
    /// Articles labelled per minute, models already loaded.
    pub articles_per_minute: Option<f64>,
    /// Tokens that the generator wrote, per second of writing abstracts.
    pub new_tokens_per_second: Option<f64>,
    /// Tokens that the generator read, per second of writing abstracts.
    pub prompt_tokens_per_second: Option<f64>,
    /// Seconds to find, verify and load models.
    pub load_seconds: Option<f64>,
    /// Largest resident memory in bytes.
    pub peak_memory_bytes: Option<u64>,
}

/// An article as the report shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArticleView {
    /// Its id.
    pub id: String,
    /// Headline.
    pub title: Option<String>,
    /// Date of publication.
    pub date: Option<String>,
    /// The text as scored; evidence spans point into it (UTF-8 bytes).
    pub text: String,
    /// Topics by gold.
    pub topics: Vec<String>,
    /// Topics that tempt and are not there, with what tempts.
    pub hard_negatives: Vec<(String, String)>,
    /// Reference abstract.
    #[serde(rename = "abstract")]
    pub summary: Option<String>,
}

/// What one system said of one article.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PredictionView {
    /// Topics with their probability and decision, most probable first.
    pub topics: Vec<TopicView>,
    /// The abstract.
    #[serde(rename = "abstract")]
    pub summary: Option<AbstractView>,
    /// What is wrong with it, by kind: `missed`, `invented` (topics); `missing`, `number`, `date`, `name`,
    /// `fact`, `incomplete`, `not_english` (abstracts). Empty if nothing was found.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong with a prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// What kind.
    pub kind: String,
    /// The topic, number, date, name or fact that it is about.
    pub what: String,
}

/// One topic of a prediction as the report shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TopicView {
    /// The topic.
    pub id: String,
    /// Probability, where the program gives one.
    pub probability: Option<f64>,
    /// `assigned`, `unsure` or `rejected`.
    pub decision: String,
    /// Evidence, (start, end) in bytes of the article's text.
    pub evidence: Vec<(usize, usize)>,
}

/// An abstract as the report shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AbstractView {
    /// The text.
    pub text: String,
    /// `verified`, `needs_review` or `unchecked`.
    pub status: String,
    /// The program's own checks: name, passed, reason.
    pub checks: Vec<(String, bool, Option<String>)>,
}

/// Two systems on one figure, paired by article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// The figure.
    pub figure: String,
    /// The first system.
    pub a: String,
    /// The second system.
    pub b: String,
    /// Value of a minus value of b, with its paired bootstrap interval.
    pub difference: Estimate,
    /// Two-sided p-value of the paired bootstrap.
    pub bootstrap_p: Option<f64>,
    /// Two-sided p-value of approximate randomization.
    pub randomization_p: Option<f64>,
    /// `randomization_p` after Holm's correction over all comparisons of this figure.
    pub holm_p: Option<f64>,
    /// McNemar's exact test on the decisions; topics only.
    pub mcnemar: Option<McNemarReport>,
}

/// McNemar's test on decisions (article and topic) that one system got right and the other wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct McNemarReport {
    /// a right, b wrong.
    pub only_a: usize,
    /// b right, a wrong.
    pub only_b: usize,
    /// Two-sided exact p-value.
    pub p: f64,
}

/// Whether a figure fell against the accepted ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// True if no figure fell.
    pub passed: bool,
    /// Each figure that was tested.
    pub tests: Vec<GateTest>,
    /// Accepted figures that could not be tested, each with the reason.
    pub not_comparable: Vec<String>,
}

/// One accepted figure against the present one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateTest {
    /// Task, system and figure.
    pub task: String,
    /// The system.
    pub system: String,
    /// The figure.
    pub figure: String,
    /// The accepted value.
    pub accepted: f64,
    /// The present value.
    pub present: f64,
    /// How far it got worse; negative if it got better.
    pub drop: f64,
    /// A drop up to this is let pass.
    pub margin: f64,
    /// One-sided p-value of approximate randomization.
    pub p: f64,
    /// `p` after Holm's correction over all tests of the gate.
    pub holm_p: f64,
    /// True if the drop is above the margin and `holm_p` below 0.05.
    pub fell: bool,
}
