//! Sentences → an English abstract. Owns the choice of sentences, the terms and dates given to the
//! generator, and the prompt.

mod dates;
mod glossary;
mod prompt;
mod select;
mod shape;
mod summariser;
pub mod verify;

pub use glossary::{Glossary, GlossaryError};

pub use summariser::{Approach, Draft, Material, Summariser, SummaryError, SummarySettings};
