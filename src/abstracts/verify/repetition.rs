//! Check `repetition`: nothing is said twice.

use super::{Candidate, Finding};

pub(super) const NAME: &str = "repetition";

/// A run of so many words that comes again is a repetition. Names of bodies and offices are shorter.
const RUN: usize = 7;

/// Finds a run of words that comes again, and a word doubled.
pub(super) fn check(candidate: &Candidate) -> Vec<Finding> {
    let words = &candidate.words;
    let folded: Vec<&str> = words.iter().map(|word| word.folded.as_str()).collect();
    let again = (RUN..folded.len().saturating_sub(RUN - 1)).find(|at| {
        let run = &folded[*at..at + RUN];
        folded[..at + RUN - 1]
            .windows(RUN)
            .take(at + 1 - RUN)
            .any(|earlier| earlier == run)
    });
    if let Some(at) = again {
        let span = super::words::bytes(words, at..at + RUN);
        return vec![Finding::new(NAME, span, "these words come twice")];
    }
    let double = (1..words.len()).find(|at| {
        let letters = folded[*at].chars().all(char::is_alphabetic) && !words[*at].capital;
        letters
            && folded[at - 1] == folded[*at]
            && words[*at].joint == super::words::Joint::Space
            && !matches!(folded[*at], "had" | "that")
    });
    double
        .map(|at| {
            Finding::new(
                NAME,
                super::words::bytes(words, at - 1..at + 1),
                "a word doubled",
            )
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_doubled_words() {
        let table = [
            (
                "The two sides agreed to hold regular talks, and the two sides agreed to hold regular talks.",
                1,
            ),
            ("He met the the president.", 1),
            (
                "He met the president of Laos and then the president of Cuba.",
                0,
            ),
            ("", 0),
        ];
        for (text, expected) in table {
            assert_eq!(check(&Candidate::new(text)).len(), expected, "{text}");
        }
    }
}
