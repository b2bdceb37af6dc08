//! ROUGE: how much of a reference's wording is in a text.
//!
//! Owns [`rouge`] and [`RougeScores`]. The measures are those of Lin, "ROUGE: A Package for Automatic Evaluation of
//! Summaries" (2004, <https://aclanthology.org/W04-1013/>); where the paper leaves room, those of Google's
//! `rouge-score` 0.1.2 with `use_stemmer=False`, with which the numbers are equal. How a figure cuts a text into
//! sentences for ROUGE-Lsum is decided in the parent module.

use std::collections::{BTreeSet, HashMap};

use super::{ngrams, tokens};

/// Precision, recall and their harmonic mean, each in 0..=1.
///
/// Where a side has no n-grams, its quotient is 0 and not undefined, as in the reference implementation.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RougeScore {
    /// Share of the hypothesis that is in the reference.
    pub precision: f64,
    /// Share of the reference that is in the hypothesis.
    pub recall: f64,
    /// 2PR / (P + R), and 0 where P + R is 0.
    pub f: f64,
}

impl RougeScore {
    /// From how many units are shared, and how many the hypothesis and the reference have.
    fn of(shared: usize, hypothesis: usize, reference: usize) -> RougeScore {
        let share = |whole: usize| shared as f64 / whole.max(1) as f64;
        let (precision, recall) = (share(hypothesis), share(reference));
        let f = match precision + recall {
            sum if sum > 0.0 => 2.0 * precision * recall / sum,
            _ => 0.0,
        };
        RougeScore {
            precision,
            recall,
            f,
        }
    }
}

/// The four measures that summaries are commonly reported with.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RougeScores {
    /// Single words.
    pub one: RougeScore,
    /// Pairs of neighbouring words.
    pub two: RougeScore,
    /// The longest common subsequence of the two texts.
    pub l: RougeScore,
    /// The union of the longest common subsequences of each reference line with all hypothesis lines.
    pub lsum: RougeScore,
}

/// Compares a text with a reference.
///
/// Words are what is left of the lower-case text when everything but `a`–`z` and `0`–`9` is a cut; there is no
/// stemming. `lsum` takes each line as a sentence; the other measures do not look at lines.
///
/// ```
/// use depeche_eval::text::rouge;
///
/// let scores = rouge("Trade grew fast.", "Trade grew by 5%.");
/// assert_eq!(scores.one.precision, 2.0 / 3.0);
/// assert_eq!(scores.one.recall, 0.5);
/// assert_eq!(scores.two.f, 0.4);
/// assert_eq!(rouge("", "Trade grew.").l.f, 0.0);
/// ```
pub fn rouge(hypothesis: &str, reference: &str) -> RougeScores {
    let (ours, theirs) = (tokens::rouge(hypothesis), tokens::rouge(reference));
    let n_grams = |n| {
        RougeScore::of(
            ngrams::overlap(&ours, &theirs, n),
            ngrams::total(&ours, n),
            ngrams::total(&theirs, n),
        )
    };
    RougeScores {
        one: n_grams(1),
        two: n_grams(2),
        l: RougeScore::of(subsequence_length(&theirs, &ours), ours.len(), theirs.len()),
        lsum: by_lines(hypothesis, reference),
    }
}

/// ROUGE-Lsum: section 3.2 of the paper, with the limit of `rouge-score` (and of ROUGE-1.5.5) that a word counts at most
/// as often as either text has it.
fn by_lines(hypothesis: &str, reference: &str) -> RougeScore {
    let lines = |text: &str| Vec::from_iter(text.split('\n').map(tokens::rouge));
    let (ours, theirs) = (lines(hypothesis), lines(reference));
    let (mut our_words, mut their_words) = (word_counts(&ours), word_counts(&theirs));
    let mut hits = 0;
    for line in &theirs {
        let union: BTreeSet<usize> = ours
            .iter()
            .flat_map(|other| subsequence(line, other))
            .collect();
        for at in union {
            let word = line[at].as_str();
            if let (Some(left @ 1..), Some(needed @ 1..)) =
                (our_words.get_mut(word), their_words.get_mut(word))
            {
                hits += 1;
                *left -= 1;
                *needed -= 1;
            }
        }
    }
    let words = |lines: &[Vec<String>]| lines.iter().map(Vec::len).sum();
    RougeScore::of(hits, words(&ours), words(&theirs))
}

fn word_counts(lines: &[Vec<String>]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for word in lines.iter().flatten() {
        *counts.entry(word.as_str()).or_insert(0) += 1;
    }
    counts
}

/// Length of the longest common subsequence; time is the product of the lengths, memory one of them.
fn subsequence_length(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (at, other_word) in other.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if word == other_word {
                diagonal + 1
            } else {
                above.max(row[at])
            };
            diagonal = above;
        }
    }
    row[other.len()]
}

/// Places in `one` of a longest common subsequence, the last one first.
///
/// There can be several. Which one is taken changes ROUGE-Lsum, so the walk back through the table breaks ties as
/// `rouge-score` does: it gives up a word of `one`.
fn subsequence(one: &[String], other: &[String]) -> Vec<usize> {
    let width = other.len() + 1;
    let mut table = vec![0u32; (one.len() + 1) * width]; // (words of one + 1, words of other + 1)
    for (i, word) in one.iter().enumerate() {
        for (j, other_word) in other.iter().enumerate() {
            let here = (i + 1) * width + j + 1;
            table[here] = if word == other_word {
                table[i * width + j] + 1
            } else {
                table[i * width + j + 1].max(table[here - 1])
            };
        }
    }
    let (mut i, mut j) = (one.len(), other.len());
    let mut places = Vec::new();
    while i > 0 && j > 0 {
        if one[i - 1] == other[j - 1] {
            places.push(i - 1);
            (i, j) = (i - 1, j - 1);
        } else if table[i * width + j - 1] > table[(i - 1) * width + j] {
            j -= 1;
        } else {
            i -= 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_paper_s_examples() {
        // Lin 2004, section 3.1: S1, S2 and S3.
        let reference = "police killed the gunman";
        assert_eq!(rouge("police kill the gunman", reference).l.f, 0.75);
        assert_eq!(rouge("the gunman kill police", reference).l.f, 0.5);
        // Section 3.2: r = w1..w5 against c1 = w1 w2 w6 w7 w8 and c2 = w1 w3 w8 w9 w5 has the union w1 w2 w3 w5.
        let lines = rouge("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5").lsum;
        assert_eq!((lines.recall, lines.precision), (0.8, 0.4));
    }

    #[test]
    fn nothing_shared_or_nothing_there_is_nought() {
        for (hypothesis, reference) in [("", ""), ("", "a"), ("a", ""), ("é", "é"), ("a", "b")] {
            let scores = rouge(hypothesis, reference);
            assert_eq!(
                scores,
                RougeScores::default(),
                "{hypothesis:?} {reference:?}"
            );
        }
    }

    #[test]
    fn lines_matter_to_lsum_alone() {
        let (lines, spaces) = ("c d\na b", "c d a b");
        let (one, other) = (rouge(lines, "a b\nc d"), rouge(spaces, "a b\nc d"));
        assert_eq!((one.one, one.two, one.l), (other.one, other.two, other.l));
        assert_eq!((one.lsum.f, other.lsum.f), (1.0, 1.0));
        assert_eq!((rouge(lines, "a b c d").lsum.f, one.l.f), (1.0, 0.5));
    }

    proptest! {
        #[test]
        fn a_text_is_itself_and_measures_are_bounded(one in "[a-c ]{0,20}", other in "[a-c ]{0,20}") {
            let scores = rouge(&one, &other);
            for score in [scores.one, scores.two, scores.l, scores.lsum] {
                for part in [score.precision, score.recall, score.f] {
                    prop_assert!((0.0..=1.0).contains(&part));
                }
            }
            // On one line the union of subsequences is one subsequence.
            prop_assert_eq!(scores.l, scores.lsum);
            prop_assert!(scores.l.f <= scores.one.f);
            if !one.trim().is_empty() {
                prop_assert_eq!(rouge(&one, &one).l.f, 1.0);
            }
        }

        #[test]
        fn the_places_are_a_longest_subsequence(one in "[a-c ]{0,16}", other in "[a-c ]{0,16}") {
            let (one, other) = (tokens::rouge(&one), tokens::rouge(&other));
            let places = subsequence(&one, &other);
            prop_assert_eq!(places.len(), subsequence_length(&one, &other));
            let mut rest = other.iter();
            prop_assert!(places.iter().rev().all(|at| rest.any(|word| *word == one[*at])));
        }
    }
}
