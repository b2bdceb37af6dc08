//! Scores topics and abstracts that a program predicted against labelled examples.
//!
//! This crate is a leaf: it reads files, starts programs and computes numbers. It knows no model, no Candle and nothing
//! of the package `depeche`; the part of a record that is scored is its own [`Prediction`].
//!
//! ```text
//! gold.jsonl → Gold ──────────┐
//!                             ├→ align → topics, text, support → Figures → stats → Report → JSON, Markdown, HTML
//! records.jsonl → Prediction ─┘                                              └→ gate
//!
//! suite: tasks/*.toml × systems/*.toml → a program or a baseline predicts, or an earlier prediction is used again → the above
//! ```

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod align;
pub mod baselines;
pub mod figure;
pub mod gate;
pub mod read;
pub mod report;
pub mod signature;
pub mod stats;
pub mod suite;
pub mod support;
pub mod test_log;
pub mod text;
pub mod topics;

pub use align::{Alignment, Pair, align};
pub use figure::{Direction, Figure, Formula};
pub use read::gold::{Fact, Gold, HardNegative, Split};
pub use read::prediction::{
    AbstractStatus, Decision, PredictedAbstract, PredictedTopic, Prediction,
};
pub use read::rows::ReadError;
pub use signature::Signature;
pub use topics::counts::Counts;
