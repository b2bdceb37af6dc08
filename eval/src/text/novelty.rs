//! How much of an abstract's wording is the article's own, across two languages.
//!
//! Owns [`Source`], an article prepared for the comparison: novel n-grams and copied French. Words of both sides are
//! folded (lower case, no diacritics), so that a name is the same word in both.

use std::collections::HashSet;

use super::tokens::{self, Folded};

/// Fewest words in a row that count as copied.
pub(super) const COPIED_RUN: usize = 4;
/// Fewest ordinary words in a copied run: "Pham Thi Lan Anh", "Le Courrier du Vietnam" and "15 mars 2023" are the same in
/// good English and are not copying.
pub(super) const ORDINARY_WORDS: usize = 2;

/// An article's headline and text, cut into folded words.
pub(super) struct Source {
    parts: Vec<Vec<String>>,
}

impl Source {
    /// `None` if the text has no words: nothing can be compared then.
    pub(super) fn new(title: Option<&str>, text: &str) -> Option<Source> {
        let words =
            |text| Vec::from_iter(tokens::folded(text).into_iter().map(|folded| folded.word));
        let body = words(text);
        (!body.is_empty()).then(|| Source {
            parts: vec![words(title.unwrap_or_default()), body],
        })
    }

    /// Share of the different n-grams of an abstract that the article does not have; `None` if it has none of them.
    pub(super) fn novel(&self, summary: &[Folded], n: usize) -> Option<f64> {
        let words: Vec<String> = summary.iter().map(|folded| folded.word.clone()).collect();
        let ours: HashSet<&[String]> = words.windows(n).collect();
        let theirs: HashSet<&[String]> =
            self.parts.iter().flat_map(|part| part.windows(n)).collect();
        let novel = ours.difference(&theirs).count();
        (!ours.is_empty()).then(|| novel as f64 / ours.len() as f64)
    }

    /// How many words of an abstract lie in runs of at least [`COPIED_RUN`] words that the article has, in this order
    /// and with [`ORDINARY_WORDS`] or more ordinary words among them.
    pub(super) fn copied(&self, summary: &[Folded]) -> usize {
        let mut copied = vec![false; summary.len()];
        for start in 0..summary.len() {
            let run = &summary[start..start + self.longest_run(&summary[start..])];
            let ordinary = run.iter().filter(|folded| folded.ordinary).count();
            if run.len() >= COPIED_RUN && ordinary >= ORDINARY_WORDS {
                copied[start..start + run.len()].fill(true);
            }
        }
        copied.into_iter().filter(|copied| *copied).count()
    }

    /// Length of the longest beginning of `words` that stands somewhere in the article.
    fn longest_run(&self, words: &[Folded]) -> usize {
        let starts = self
            .parts
            .iter()
            .flat_map(|part| (0..part.len()).map(|at| &part[at..]));
        let shared = |rest: &[String]| {
            let pairs = rest.iter().zip(words);
            pairs.take_while(|(one, other)| **one == other.word).count()
        };
        starts.map(shared).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTICLE: &str = "Le ministre Pham Thi Lan Anh a reçu une délégation russe à Hanoï le 15 mars 2023, \
                           a annoncé Le Courrier du Vietnam.";

    fn source() -> Source {
        Source::new(Some("Visite d'une délégation"), ARTICLE).expect("the article has words")
    }

    #[test]
    fn copied_french_is_found() {
        let table = [
            ("", 0),
            (
                "Minister Pham Thi Lan Anh met Russians in Hanoi on 15 March 2023.",
                0,
            ),
            (
                "Pham Thi Lan Anh said Le Courrier du Vietnam on 15 mars 2023",
                0,
            ),
            ("Minister a recu une delegation russe in Hanoi", 5),
            (
                "Le ministre Pham Thi Lan Anh a reçu une délégation russe",
                11,
            ),
            ("a reçu une", 0),
            // Headline and text are not one run.
            ("Visite d'une délégation Le ministre", 4),
        ];
        for (text, words) in table {
            assert_eq!(source().copied(&tokens::folded(text)), words, "{text}");
        }
    }

    #[test]
    fn novelty_counts_each_n_gram_once() {
        let novel = |text: &str, n| source().novel(&tokens::folded(text), n);
        assert_eq!(novel("Hanoi met Hanoi Russia", 1), Some(2.0 / 3.0));
        assert_eq!(novel("Lan Anh met Lan Anh", 2), Some(2.0 / 3.0));
        assert_eq!(novel(ARTICLE, 3), Some(0.0));
        assert_eq!(novel("Hanoi", 2), None);
    }

    #[test]
    fn without_an_article_there_is_nothing_to_compare() {
        assert!(Source::new(Some("Titre"), " … ").is_none());
    }
}
