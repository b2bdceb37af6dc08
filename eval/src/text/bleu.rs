//! BLEU: how many of a text's n-grams are in a reference, over many texts together.
//!
//! Owns [`Bleu`]. The measure is that of Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine
//! Translation" (2002, <https://aclanthology.org/P02-1040/>), as sacreBLEU 2.6.0 computes it by default: tokens of
//! mteval-v13a, case kept, orders 1 to 4, exponential smoothing, one reference.

use std::iter::Sum;
use std::ops::Add;

use super::{ngrams, tokens};

/// Longest n-gram that is counted.
const ORDERS: usize = 4;

/// What BLEU counts of one text and its reference; of several texts, the sums.
///
/// ```
/// use depeche_eval::text::Bleu;
///
/// let pairs = [("Trade grew by 5% in May.", "Trade grew by 5% in June."), ("", "The ministers met.")];
/// let corpus: Bleu = pairs.iter().map(|(hypothesis, reference)| Bleu::of(hypothesis, reference)).sum();
/// assert_eq!(corpus.hypothesis, 8);
/// assert_eq!(corpus.matched, [7, 5, 4, 3]);
/// assert!((corpus.score() - 42.89).abs() < 0.01);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bleu {
    /// Tokens of the hypothesis.
    pub hypothesis: usize,
    /// Tokens of the reference.
    pub reference: usize,
    /// n-grams of the hypothesis that the reference has, at most as often as it has them; orders 1 to 4.
    pub matched: [usize; ORDERS],
    /// n-grams of the hypothesis; orders 1 to 4.
    pub total: [usize; ORDERS],
}

impl Bleu {
    /// What changes the score, in the form and words of sacreBLEU's signature.
    pub const PARAMETERS: &'static str = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp";

    /// Counts one text against its reference.
    pub fn of(hypothesis: &str, reference: &str) -> Bleu {
        let (ours, theirs) = (tokens::mteval(hypothesis), tokens::mteval(reference));
        Bleu {
            hypothesis: ours.len(),
            reference: theirs.len(),
            matched: std::array::from_fn(|at| ngrams::overlap(&ours, &theirs, at + 1)),
            total: std::array::from_fn(|at| ngrams::total(&ours, at + 1)),
        }
    }

    /// BLEU in 0..=100.
    ///
    /// It is 0 where the hypothesis is too short to have an n-gram of each order, even against itself, and where
    /// nothing matches; an order without a match among others counts half a match, the next such order a quarter, and
    /// so on (Chen and Cherry 2014, method 3). All as in sacreBLEU.
    pub fn score(&self) -> f64 {
        if self.matched == [0; ORDERS] || self.total.contains(&0) {
            return 0.0;
        }
        let mut part = 1.0;
        let mut logarithms = 0.0;
        for (matched, total) in self.matched.into_iter().zip(self.total) {
            let matched = match matched {
                0 => {
                    part /= 2.0;
                    part
                }
                some => some as f64,
            };
            logarithms += (matched / total as f64).ln();
        }
        let brevity = match self.hypothesis < self.reference {
            true => 1.0 - self.reference as f64 / self.hypothesis as f64,
            false => 0.0,
        };
        100.0 * (brevity + logarithms / ORDERS as f64).exp()
    }

    /// The counts as a figure's row: hypothesis, reference, matched 1 to 4, total 1 to 4.
    pub(super) fn row(&self) -> Vec<f64> {
        let lengths = [self.hypothesis, self.reference];
        let counts = lengths.into_iter().chain(self.matched).chain(self.total);
        counts.map(|count| count as f64).collect()
    }

    /// The sum of rows; `None` where they hold no reference at all.
    pub(super) fn of_rows(rows: &[&[f64]]) -> Option<Bleu> {
        // The counts are whole numbers far below 2^53: nothing is lost on the way through f64.
        let sum = |column: usize| rows.iter().map(|row| row[column] as usize).sum();
        let bleu = Bleu {
            hypothesis: sum(0),
            reference: sum(1),
            matched: std::array::from_fn(|at| sum(2 + at)),
            total: std::array::from_fn(|at| sum(2 + ORDERS + at)),
        };
        (bleu.reference > 0).then_some(bleu)
    }
}

impl Add for Bleu {
    type Output = Bleu;

    fn add(self, other: Bleu) -> Bleu {
        Bleu {
            hypothesis: self.hypothesis + other.hypothesis,
            reference: self.reference + other.reference,
            matched: std::array::from_fn(|at| self.matched[at] + other.matched[at]),
            total: std::array::from_fn(|at| self.total[at] + other.total[at]),
        }
    }
}

impl Sum for Bleu {
    fn sum<I: Iterator<Item = Bleu>>(counts: I) -> Bleu {
        counts.fold(Bleu::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_paper_s_clipping() {
        // Papineni et al. 2002, section 2.1, example 2: 2 of 7 unigrams, not 7 of 7.
        let bleu = Bleu::of("the the the the the the the", "The cat is on the mat the");
        assert_eq!((bleu.matched[0], bleu.total[0]), (2, 7));
    }

    #[test]
    fn a_short_text_has_no_bleu() {
        assert_eq!(Bleu::of("one two three", "one two three").score(), 0.0);
        assert!(
            (Bleu::of("one two three four", "one two three four").score() - 100.0).abs() < 1e-9
        );
        assert_eq!(Bleu::default().score(), 0.0);
        assert_eq!(Bleu::of("", "one two").score(), 0.0);
        assert_eq!(Bleu::of("a b c d e", "v w x y z").score(), 0.0);
    }

    #[test]
    fn orders_without_a_match_are_smoothed() {
        // Unigrams 5/5; bigrams 0/4 → 1/8, trigrams 0/3 → 1/12, 4-grams 0/2 → 1/16.
        let bleu = Bleu::of("e d c b a", "a b c d e");
        let expected = 100.0 * (1.0f64 / 8.0 / 12.0 / 16.0).powf(0.25);
        assert!((bleu.score() - expected).abs() < 1e-9);
    }

    #[test]
    fn rows_hold_all_that_the_score_needs() {
        let (one, other) = (Bleu::of("a b c d e f", "a b c d e g"), Bleu::of("", "x y"));
        let (rows, none) = ([one.row(), other.row()], Bleu::default().row());
        let rows = [&rows[0][..], &rows[1], &rows[0], &none];
        assert_eq!(Bleu::of_rows(&rows), Some(one + other + one));
        assert_eq!(Bleu::of_rows(&[&none]), None);
        assert_eq!(Bleu::of_rows(&[]), None);
    }

    proptest! {
        #[test]
        fn the_score_is_bounded(one in "[a-c ]{0,24}", other in "[a-c ]{0,24}") {
            let score = Bleu::of(&one, &other).score();
            prop_assert!((0.0..=100.0 + 1e-9).contains(&score));
        }
    }
}
