//! Scores topics and abstracts that a program predicted against labelled examples.
//!
//! This crate is a leaf: it reads files and computes numbers. It knows no model, no Candle and nothing of the
//! package `depeche`; the part of a record that is scored is its own [`Prediction`].
//!
//! ```text
//! gold.jsonl → Gold ───────┐
//!                          ├→ score → TopicScores (+ Signature) → report
//! records.jsonl → Prediction ┘
//! ```
//!
//! ```
//! use depeche_eval::{Gold, Prediction, score};
//! use std::path::Path;
//!
//! let gold = Gold::parse(
//!     r#"{"id": "a", "topics": ["trade"]}
//!        {"id": "b", "topics": ["asean", "trade"]}"#.as_bytes(),
//!     Path::new("gold.jsonl"),
//! )?;
//! let predictions = Prediction::parse(
//!     r#"{"id": "a", "topics": [{"id": "trade", "probability": 0.91, "decision": "assigned"}]}
//!        {"id": "b", "topics": [{"id": "trade", "probability": 0.40, "decision": "unsure"}]}"#.as_bytes(),
//!     Path::new("out.jsonl"),
//! )?;
//!
//! let scores = score(&gold, &predictions, &["trade", "asean"]);
//! assert_eq!(scores.n, 2);
//! assert_eq!(scores.topics[0].counts.f1(), Some(2.0 / 3.0));
//! assert_eq!(scores.topics[1].counts.recall(), Some(0.0));
//! assert_eq!(scores.micro().precision(), Some(1.0));
//! # Ok::<(), depeche_eval::ReadError>(())
//! ```

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod f1;
pub mod gold;
pub mod prediction;
pub mod rows;
pub mod score;
pub mod signature;

pub use f1::Counts;
pub use gold::{Gold, Split};
pub use prediction::{AbstractStatus, Decision, PredictedAbstract, PredictedTopic, Prediction};
pub use rows::ReadError;
pub use score::{Alignment, TopicScore, TopicScores, score};
pub use signature::Signature;
