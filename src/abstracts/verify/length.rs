//! Check `length`: the abstract has words, and not too many.

use super::{Candidate, Finding};

pub(super) const NAME: &str = "length";

/// Finds a text of no words or of more than `max_words`, counted between white space.
pub(super) fn check(candidate: &Candidate, max_words: usize) -> Vec<Finding> {
    let count = candidate.text.split_whitespace().count();
    let reason = match count {
        0 => "no text".to_owned(),
        count if count > max_words => format!("{count} words, at most {max_words} are allowed"),
        _ => return Vec::new(),
    };
    vec![Finding::new(NAME, 0..candidate.text.len(), reason)]
}
