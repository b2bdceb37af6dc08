//! Terms of a topic in a sentence. Owns the term syntax of the taxonomy.
//!
//! Terms are compared without case and accents, except one that begins with `=`, which is compared letter for letter ("=les
//! Dix" is a group of states, "les dix" a number). A term starts at the start of a word and ends at the end of
//! one; a trailing `*` lets its last word go on. Old wire pages lose spaces at line breaks: the words of a term
//! may be glued together, and a term of several words may be glued to the word before it.

use regex::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Finds the terms of one topic.
pub struct TermMatcher {
    /// Terms that are compared letter for letter.
    exact: Option<Regex>,
    /// Either kind, longest alternative first: a term inside an other sense is consumed with it.
    either: Option<Regex>,
    other_sense: Option<Regex>,
}

impl TermMatcher {
    /// Compiles the terms and their other senses.
    pub fn new(terms: &[String], not_terms: &[String]) -> Self {
        let (exact, terms): (Vec<String>, Vec<String>) = terms
            .iter()
            .cloned()
            .partition(|term| term.starts_with('='));
        let mut all: Vec<&String> = not_terms.iter().chain(&terms).collect();
        // Longest first; of equal ones the other sense, which comes first in the chain (the sort is stable).
        all.sort_by_key(|term| std::cmp::Reverse(term.chars().count()));
        Self {
            exact: (!exact.is_empty()).then(|| letter_for_letter(&exact)),
            either: (!terms.is_empty()).then(|| alternatives(&all)),
            other_sense: (!not_terms.is_empty())
                .then(|| alternatives(&not_terms.iter().collect::<Vec<_>>())),
        }
    }

    /// True when the text has a term in its own sense.
    ///
    /// ```
    /// use depeche::topics::TermMatcher;
    /// let strings = |list: &[&str]| list.iter().map(|s| s.to_string()).collect::<Vec<_>>();
    /// let trade = TermMatcher::new(&strings(&["commercia*"]), &strings(&["centre commercial"]));
    /// assert!(trade.finds("Les échanges commerciaux ont progressé."));
    /// assert!(!trade.finds("Un centre commercial a ouvert."));
    /// ```
    pub fn finds(&self, text: &str) -> bool {
        self.finds_in(text, &fold(text))
    }

    /// The same for a text with what [`fold`] makes of it, so that many topics share its work.
    pub(super) fn finds_in(&self, text: &str, folded: &str) -> bool {
        let exact = self.exact.as_ref();
        exact.is_some_and(|exact| exact.is_match(text)) || self.finds_folded(folded)
    }

    fn finds_folded(&self, folded: &str) -> bool {
        let Some(either) = &self.either else {
            return false;
        };
        let Some(other_sense) = &self.other_sense else {
            return either.is_match(folded);
        };
        let others: Vec<_> = other_sense
            .find_iter(folded)
            .map(|found| found.range())
            .collect();
        either.find_iter(folded).any(|found| {
            let range = found.range();
            let overlaps =
                |other: &std::ops::Range<usize>| range.start < other.end && other.start < range.end;
            !others.iter().any(overlaps)
        })
    }
}

fn alternatives(terms: &[&String]) -> Regex {
    let patterns: Vec<String> = terms.iter().map(|term| pattern(term)).collect();
    RegexBuilder::new(&patterns.join("|"))
        .size_limit(64 << 20)
        .build()
        .expect("terms are escaped, so their alternation is a valid pattern")
}

fn letter_for_letter(terms: &[String]) -> Regex {
    let patterns: Vec<String> = terms
        .iter()
        .map(|term| format!(r"\b{}\b", regex::escape(term.trim_start_matches('='))))
        .collect();
    Regex::new(&patterns.join("|"))
        .expect("terms are escaped, so their alternation is a valid pattern")
}

fn pattern(term: &str) -> String {
    let folded = fold(term.trim_end_matches('*'));
    let words: Vec<String> = folded.split_whitespace().map(regex::escape).collect();
    let starts_word = words.len() == 1 && folded.starts_with(char::is_alphanumeric);
    let ends_word = !term.ends_with('*') && folded.ends_with(char::is_alphanumeric);
    let edge = |wanted: bool| if wanted { r"\b" } else { "" };
    format!(
        "{}{}{}",
        edge(starts_word),
        words.join(r"\s*"),
        edge(ends_word)
    )
}

/// Lower case, without accents, with straight apostrophes and œ written oe.
pub(super) fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .fold(String::with_capacity(text.len()), |mut folded, c| {
            match c {
                '’' | 'ʼ' => folded.push('\''),
                'œ' => folded.push_str("oe"),
                'đ' => folded.push('d'),
                _ => folded.push(c),
            }
            folded
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(terms: &[&str], not_terms: &[&str]) -> TermMatcher {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        TermMatcher::new(&owned(terms), &owned(not_terms))
    }

    #[test]
    fn terms_are_found_as_the_wire_writes_them() {
        let terms = matcher(
            &[
                "ministère de la défense",
                "aséanien*",
                "ASEAN",
                "sous-marin",
            ],
            &["défense de la démocratie"],
        );
        let table = [
            ("Le MINISTERE DE LA DEFENSE", true),
            ("duministère dela défense", true),
            ("les pays aséaniens", true),
            ("l’ASEAN", true),
            ("Taseana", false),
            ("un sous-marin", true),
            ("des sous-marins", false),
            ("la défense de la démocratie", false),
            ("rien", false),
        ];
        for (text, expected) in table {
            assert_eq!(terms.finds(text), expected, "{text}");
        }
    }

    #[test]
    fn a_term_with_an_equals_sign_is_compared_letter_for_letter() {
        let terms = matcher(&["=les Dix"], &[]);
        assert!(terms.finds("Entre les Dix et la Russie"));
        assert!(!terms.finds("Entre les dix premiers"));
        assert!(!terms.finds("Les Dixmude"));
    }

    #[test]
    fn an_other_sense_blocks_only_the_term_that_it_overlaps() {
        let terms = matcher(&["défense"], &["défense de la démocratie"]);
        assert!(!terms.finds("La défense de la démocratie."));
        assert!(terms.finds("La défense de la démocratie et la Défense."));
    }
}
