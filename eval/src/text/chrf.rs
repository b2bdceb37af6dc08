//! chrF: how many of a text's character n-grams are in a reference and the other way round, over many texts together.
//!
//! Owns [`Chrf`]. The measures are those of Popović, "chrF deconstructed" (2016, <https://aclanthology.org/W16-2341/>)
//! and "chrF++: words helping character n-grams" (2017, <https://aclanthology.org/W17-4770/>), as sacreBLEU 2.6.0
//! computes them by default: β = 2, white space left out, case kept, averaged over the orders that both sides have.

use std::iter::Sum;
use std::ops::Add;

use super::{ngrams, tokens};

/// Longest character n-gram.
const CHARACTERS: usize = 6;
/// Longest word n-gram of chrF++.
const WORDS: usize = 2;
/// How much more recall weighs than precision.
const BETA: f64 = 2.0;

/// The n-grams of one length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// n-grams of the hypothesis; 0 if the reference has none of this length, as in sacreBLEU.
    pub hypothesis: usize,
    /// n-grams of the reference.
    pub reference: usize,
    /// n-grams that both have, each at most as often as the one that has it less often.
    pub matched: usize,
}

/// What chrF counts of one text and its reference; of several texts, the sums.
///
/// ```
/// use depeche_eval::text::Chrf;
///
/// let pairs = [("Trade grew.", "Trade grew fast."), ("", "The ministers met.")];
/// let corpus: Chrf = pairs.iter().map(|(hypothesis, reference)| Chrf::characters(hypothesis, reference)).sum();
/// assert_eq!(corpus.orders.len(), 6);
/// assert_eq!(corpus.orders[0].matched, 10);
/// assert!((corpus.score() - 30.35).abs() < 0.01);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chrf {
    /// Characters 1 to 6; for chrF++, words 1 and 2 after them.
    pub orders: Vec<Order>,
}

impl Chrf {
    /// What changes the score of chrF2, in the form and words of sacreBLEU's signature.
    pub const PARAMETERS: &'static str = "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|beta:2";
    /// What changes the score of chrF2++.
    pub const PARAMETERS_WITH_WORDS: &'static str =
        "nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|beta:2";

    /// Counts one text against its reference for chrF2.
    pub fn characters(hypothesis: &str, reference: &str) -> Chrf {
        let characters = |text: &str| Vec::from_iter(tokens::split(text).flat_map(str::chars));
        let (ours, theirs) = (characters(hypothesis), characters(reference));
        let orders = (1..=CHARACTERS).map(|n| Order::of(&ours, &theirs, n));
        Chrf {
            orders: orders.collect(),
        }
    }

    /// Counts one text against its reference for chrF2++.
    pub fn with_words(hypothesis: &str, reference: &str) -> Chrf {
        let mut chrf = Chrf::characters(hypothesis, reference);
        let (ours, theirs) = (tokens::chrf(hypothesis), tokens::chrf(reference));
        let orders = (1..=WORDS).map(|n| Order::of(&ours, &theirs, n));
        chrf.orders.extend(orders);
        chrf
    }

    /// The score in 0..=100; 0 where nothing matches or a side is empty, as in sacreBLEU.
    pub fn score(&self) -> f64 {
        let (mut precision, mut recall, mut orders) = (0.0, 0.0, 0.0);
        for order in &self.orders {
            if order.hypothesis > 0 && order.reference > 0 {
                precision += order.matched as f64 / order.hypothesis as f64;
                recall += order.matched as f64 / order.reference as f64;
                orders += 1.0;
            }
        }
        if precision + recall == 0.0 {
            return 0.0;
        }
        let (precision, recall) = (precision / orders, recall / orders);
        let weight = BETA * BETA;
        100.0 * (1.0 + weight) * precision * recall / (weight * precision + recall)
    }

    /// The counts as a figure's row: hypothesis, reference and matched of each order in turn.
    pub(super) fn row(&self) -> Vec<f64> {
        let counts = |order: &Order| [order.hypothesis, order.reference, order.matched];
        let counts = self.orders.iter().flat_map(counts);
        counts.map(|count| count as f64).collect()
    }

    /// The sum of rows; `None` where they hold no reference at all.
    pub(super) fn of_rows(rows: &[&[f64]]) -> Option<Chrf> {
        let orders = rows.first()?.len() / 3;
        // The counts are whole numbers far below 2^53: nothing is lost on the way through f64.
        let sum = |column: usize| rows.iter().map(|row| row[column] as usize).sum();
        let order = |at: usize| Order {
            hypothesis: sum(3 * at),
            reference: sum(3 * at + 1),
            matched: sum(3 * at + 2),
        };
        let orders: Vec<Order> = (0..orders).map(order).collect();
        (orders.first()?.reference > 0).then_some(Chrf { orders })
    }
}

impl Order {
    fn of<T: Eq + std::hash::Hash>(ours: &[T], theirs: &[T], n: usize) -> Order {
        let reference = ngrams::total(theirs, n);
        Order {
            hypothesis: if reference > 0 {
                ngrams::total(ours, n)
            } else {
                0
            },
            reference,
            matched: ngrams::overlap(ours, theirs, n),
        }
    }
}

impl Add for Order {
    type Output = Order;

    fn add(self, other: Order) -> Order {
        Order {
            hypothesis: self.hypothesis + other.hypothesis,
            reference: self.reference + other.reference,
            matched: self.matched + other.matched,
        }
    }
}

impl Sum for Chrf {
    /// Adds order by order. Of texts that were counted for different measures, the shorter list ends in zeros.
    fn sum<I: Iterator<Item = Chrf>>(counts: I) -> Chrf {
        let mut total = Chrf::default();
        for chrf in counts {
            let orders = total.orders.len().max(chrf.orders.len());
            total.orders.resize(orders, Order::default());
            for (sum, order) in total.orders.iter_mut().zip(chrf.orders) {
                *sum = *sum + order;
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        let table = [
            ("", "", 0.0),
            ("a", "", 0.0),
            ("", "a", 0.0),
            ("a", "a", 100.0),
            ("a b", "ab", 100.0), // White space is left out.
            ("a", "b", 0.0),
            // Unigrams 2/2 and 2/3, bigrams 1/1 and 1/2; trigrams only the reference has.
            ("ab", "abc", 100.0 * 5.0 * (7.0 / 12.0) / (4.0 + 7.0 / 12.0)),
        ];
        for (hypothesis, reference, expected) in table {
            let score = Chrf::characters(hypothesis, reference).score();
            assert!(
                (score - expected).abs() < 1e-9,
                "{hypothesis} {reference}: {score}"
            );
        }
    }

    #[test]
    fn words_count_in_chrf_plus_plus() {
        assert!((Chrf::with_words("ab cd", "ab cd").score() - 100.0).abs() < 1e-9);
        let (with, without) = (Chrf::with_words("a b", "ab"), Chrf::characters("a b", "ab"));
        assert!(with.score() < without.score());
        assert_eq!(with.orders.len(), 8);
    }

    #[test]
    fn rows_hold_all_that_the_score_needs() {
        let (one, other) = (
            Chrf::with_words("abc d.", "abc e."),
            Chrf::with_words("", "xy"),
        );
        let (rows, none) = ([one.row(), other.row()], Chrf::with_words("", "").row());
        let sum: Chrf = [one.clone(), other, one].into_iter().sum();
        let rows = [&rows[0][..], &rows[1], &rows[0], &none];
        assert_eq!(Chrf::of_rows(&rows), Some(sum));
        assert_eq!(Chrf::of_rows(&[&none]), None);
        assert_eq!(Chrf::of_rows(&[]), None);
    }

    proptest! {
        #[test]
        fn the_score_is_bounded(one in "[ab. ]{0,16}", other in "[ab. ]{0,16}") {
            for chrf in [Chrf::characters(&one, &other), Chrf::with_words(&one, &other)] {
                prop_assert!((0.0..=100.0 + 1e-9).contains(&chrf.score()));
            }
        }
    }
}
