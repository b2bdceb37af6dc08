//! The generator's text → an abstract in form: one paragraph of whole sentences within the word limit.

use regex::Regex;
use std::sync::LazyLock;

/// The end of an English sentence: a full stop, question or exclamation mark, with closing quotes, before a
/// space and a capital, a digit or an opening quote, or at the end.
static SENTENCE_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"[.!?]["”'’)]*(?:\s+["“'‘(]*[\p{Lu}\p{N}]|\s*$)"#).expect("the pattern is valid")
});

/// Words before a full stop that do not end a sentence, besides single capitals ("V. N. Ivanov").
const ABBREVIATIONS: [&str; 12] = [
    "Mr", "Mrs", "Ms", "Dr", "Prof", "Gen", "Col", "Lt", "St", "No", "U.S", "U.N",
];

/// An abstract put into form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shaped {
    /// One paragraph, single spaces.
    pub text: String,
    /// False when its last sentence has no end.
    pub whole: bool,
}

/// Keeps the leading whole sentences that stay within `max_words`, at least the first.
///
/// A text without any whole sentence is kept as it is and is not `whole`.
pub fn shape(text: &str, max_words: usize) -> Shaped {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = sentence_ends(&text);
    let words = |end: &usize| text[..*end].split(' ').count();
    let kept = ends.iter().take_while(|end| words(end) <= max_words).last();
    match kept.or(ends.first()) {
        Some(&end) => Shaped {
            text: text[..end].to_owned(),
            whole: true,
        },
        None => Shaped { text, whole: false },
    }
}

/// Byte offsets one past each sentence.
pub(super) fn sentence_ends(text: &str) -> Vec<usize> {
    SENTENCE_END
        .find_iter(text)
        .filter(|found| !is_abbreviation(&text[..found.start()]))
        .map(|found| {
            let mark = found.as_str();
            let end = mark.find(char::is_whitespace).unwrap_or(mark.len());
            found.start() + end
        })
        .collect()
}

/// True when the text ends in a word whose full stop is part of it.
fn is_abbreviation(before: &str) -> bool {
    let word = before
        .rsplit([' ', '(', '"', '“'])
        .next()
        .unwrap_or_default();
    let last_part = word.rsplit(['.', '-']).next().unwrap_or_default();
    let initial = last_part.chars().count() == 1 && last_part.chars().all(char::is_uppercase);
    initial || ABBREVIATIONS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_sentences_within_the_limit() {
        let table = [
            (
                "One two. Three four. Five",
                10,
                "One two. Three four.",
                true,
            ),
            ("One two. Three four.", 3, "One two.", true),
            ("One two three four.", 3, "One two three four.", true),
            ("One two", 3, "One two", false),
            (
                "He said \"yes.\" Then  he\nleft.",
                9,
                "He said \"yes.\" Then he left.",
                true,
            ),
            (
                "V. N. Ivanov met Mr. Tran. He le",
                9,
                "V. N. Ivanov met Mr. Tran.",
                true,
            ),
            (
                "It rose by 3.5 percent to 2.1",
                9,
                "It rose by 3.5 percent to 2.1",
                false,
            ),
            ("It ended in 2022. 2023 was", 9, "It ended in 2022.", true),
            ("", 9, "", false),
        ];
        for (text, max_words, expected, whole) in table {
            let shaped = shape(text, max_words);
            assert_eq!(
                (shaped.text.as_str(), shaped.whole),
                (expected, whole),
                "{text}"
            );
        }
    }
}
