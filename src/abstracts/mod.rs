//! Sentences → an English abstract. Owns the choice of sentences, the numbers, dates, terms and names given to the
//! generator in English, the prompt, and what becomes of its answers.
//!
//! ```text
//! sentences → select → source (passages) → render (prompt, figures, verify, repair) → compose → abstract
//! ```

mod compose;
mod craft;
mod dates;
mod english;
mod figures;
mod given_names;
mod glossary;
mod numbers;
mod plain;
mod prompt;
mod reference;
mod relative;
mod render;
mod repair;
mod salience;
mod select;
mod shape;
mod source;
mod summariser;
mod translit;
pub mod verify;
mod vietnamese;
mod written;

use regex::Regex;

pub use craft::{Approach, SummarySettings};
pub use english::in_english;
pub use glossary::{Glossary, GlossaryError};
pub use prompt::messages;
pub use select::{FEATURES, features};
pub use source::{Material, Passage, Source};
pub use summariser::Summariser;
pub use written::{Draft, SummaryError};

/// A pattern that is part of the program.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("invariant: the pattern is constant")
}
