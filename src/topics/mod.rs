//! Sentences → topics with probability, decision and evidence. Owns the taxonomy and the tagger.
//!
//! The tagger is zero-shot: it knows a topic only from its entry in the taxonomy, so a topic that a user
//! adds works at once.

pub mod head;
mod taxonomy;
mod terms;
mod zero_shot;

pub use taxonomy::{Generic, Names, Taxonomy, TaxonomyError, TopicEntry};
pub use terms::TermMatcher;
pub use zero_shot::{ZeroShotTagger, calibration};
