//! Sentences → an English abstract. Owns the choice of sentences, the numbers, dates, terms and names given to the
//! generator in English, and the prompt.

mod dates;
mod english;
mod figures;
mod given_names;
mod glossary;
mod numbers;
mod prompt;
mod relative;
mod repair;
mod select;
mod shape;
mod source;
mod summariser;
mod translit;
pub mod verify;
mod vietnamese;

use regex::Regex;

pub use english::in_english;
pub use glossary::{Glossary, GlossaryError};
pub use prompt::messages;
pub use select::BUDGET_WORDS;
pub use source::{Material, Told, tell};
pub use summariser::{Approach, Draft, Summariser, SummaryError, SummarySettings};

/// A pattern that is part of the program.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("invariant: the pattern is constant")
}
