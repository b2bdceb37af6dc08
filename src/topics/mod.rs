//! Sentences → topics with probability, decision and evidence. Owns the taxonomy, the trained heads and the tagger.
//!
//! ```text
//! taxonomy → cues ─┐
//! encoder → vectors ┴→ head (one logit a sentence, pair or clause, pooled; calibrated) → tagger → scores
//! ```
//!
//! A topic that a user adds to the taxonomy works at once, without training: what the trained topics teach about likeness
//! to prototypes and about terms is applied to it.

mod clauses;
mod cues;
pub mod head;
mod tagger;
mod taxonomy;
mod terms;

pub use clauses::{Encoded, clauses, encode};
pub use cues::CueFinder;
pub use tagger::{Tagger, TopicScore, Training, prototypes};
pub use taxonomy::{Generic, Names, Taxonomy, TaxonomyError, Together, TopicEntry};
pub use terms::TermMatcher;
