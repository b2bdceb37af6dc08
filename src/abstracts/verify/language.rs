//! Check `language`: the abstract is English.

use super::words::lists;
use super::{Candidate, Finding};
use crate::text::identify;

pub(super) const NAME: &str = "language";

/// Words that every English sentence has some of.
const ENGLISH: &str =
    "the of and in to a on for with by at from that will was were is are has have had its their an";
/// Fewest words of which the share says something.
const LONG_ENOUGH: usize = 12;
/// Smallest share of them in English text: a sentence of names, offices and figures has one in fourteen.
const SMALLEST_SHARE: f64 = 0.05;

/// Finds a text in another language.
pub(super) fn check(candidate: &Candidate) -> Vec<Finding> {
    let whole = 0..candidate.text.len();
    if let Some(language) =
        identify(candidate.text).filter(|language| language.reliable && language.code != "en")
    {
        return vec![Finding::new(
            NAME,
            whole,
            format!("the text is not English ({})", language.code),
        )];
    }
    let english = candidate
        .words
        .iter()
        .filter(|word| lists(ENGLISH, &word.folded))
        .count();
    let few = candidate.words.len() >= LONG_ENOUGH
        && (english as f64) < SMALLEST_SHARE * candidate.words.len() as f64;
    few.then(|| Finding::new(NAME, whole, "hardly a word of English grammar"))
        .into_iter()
        .collect()
}
