//! Where English sentences end, and whether a text is whole.
//!
//! Owns [`lines`], which puts each sentence on its own line for ROUGE-Lsum, and [`is_complete`]. Grammar is not looked at.

use std::sync::LazyLock;

use regex::Regex;

/// Marks that end a sentence with the quotes and brackets that close after them, before white space or the end.
static END: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[.!?…]+["”'’»)\]]*(?:\s+|$)"#).expect("the pattern is valid"));

/// Words whose full stop ends no sentence, because what they belong to follows: titles and `No. 4`.
const NEVER_LAST: [&str; 24] = [
    "Mr", "Mrs", "Ms", "Dr", "Prof", "Gen", "Col", "Lt", "Capt", "Maj", "Sgt", "Adm", "Amb", "St",
    "Gov", "Sen", "Rep", "Messrs", "No", "Nos", "Art", "vs", "e.g", "i.e",
];
/// What may stand before the first letter of a sentence.
const OPENERS: [char; 12] = [
    '"', '“', '\'', '‘', '«', '(', '[', '$', '€', '£', '¥', '\u{a0}',
];
/// What may stand after the mark that ends a sentence.
const CLOSERS: [char; 8] = ['"', '”', '\'', '’', '»', ')', ']', '\u{a0}'];

/// The text with each sentence on a line of its own; lines that it has already stay lines.
///
/// A sentence ends at `.`, `!`, `?` or `…` before white space and what can begin the next one (a capital or a digit,
/// perhaps in quotes or brackets), unless the full stop belongs to a title, an initial or an abbreviation like `U.S.`.
pub(super) fn lines(text: &str) -> String {
    let lines = text.lines().flat_map(sentences);
    lines.collect::<Vec<_>>().join("\n")
}

fn sentences(line: &str) -> Vec<&str> {
    let (mut sentences, mut start) = (Vec::new(), 0);
    for end in END.find_iter(line) {
        let abbreviated = end.as_str().starts_with('.') && {
            let word = last_word(&line[..end.start()]);
            NEVER_LAST.contains(&word) || word.contains('.') || is_initial(word)
        };
        if !abbreviated && begins_sentence(&line[end.end()..]) {
            sentences.push(line[start..end.end()].trim());
            start = end.end();
        }
    }
    sentences.push(line[start..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// Whether a text reads as whole: it begins as a sentence does and its last sentence is not cut.
///
/// It begins with a capital or a digit (or a letter of a script without capitals), perhaps after quotes, a bracket or a
/// currency sign. It ends in `.`, `!` or `?`, perhaps before closing quotes or brackets; not in an ellipsis, nor in the
/// full stop of a title (`Mr.`, `No.`) or of an initial within a name (`Nguyen V.`). No bracket and no double quotation
/// mark is left open. An empty text is not complete.
///
/// ```
/// use depeche_eval::text::is_complete;
///
/// assert!(is_complete("ASEAN ministers met in Vientiane. They signed \"a new plan.\""));
/// assert!(is_complete("24 sappers will leave for the U.S."));
/// assert!(!is_complete("ASEAN ministers met in Vientiane and"));
/// assert!(!is_complete("They were received by Mr."));
/// assert!(!is_complete("and trade grew."));
/// ```
pub fn is_complete(text: &str) -> bool {
    let text = text.trim();
    let body = text.trim_end_matches(CLOSERS);
    let ends = match body.strip_suffix(['.', '!', '?']) {
        None => false,
        Some(before) if body.ends_with('.') => !before.ends_with('.') && !is_cut_after(before),
        Some(_) => true,
    };
    ends && begins_sentence(text) && is_balanced(text)
}

/// Whether a text can begin a sentence; nothing at all can.
fn begins_sentence(text: &str) -> bool {
    match text.trim_start_matches(OPENERS).chars().next() {
        Some(first) => first.is_alphanumeric() && !first.is_lowercase(),
        None => true,
    }
}

/// Whether a text that stopped at this full stop was stopped before its end.
fn is_cut_after(before: &str) -> bool {
    let word = last_word(before);
    let rest = &before[..before.len() - word.len()];
    // "hepatitis B." and "World War I." are whole; "Nguyen V." is not.
    let in_name = is_initial(word)
        && word != "I"
        && last_word(rest.trim_end()).starts_with(char::is_uppercase);
    NEVER_LAST.contains(&word) || in_name
}

fn is_initial(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.next().is_none()
}

/// What follows the last space, bracket or quote.
fn last_word(text: &str) -> &str {
    let cut = |c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '‘');
    text.rsplit(cut).next().unwrap_or_default()
}

/// Whether each kind of bracket and double quotation mark is closed as often as it is opened.
fn is_balanced(text: &str) -> bool {
    let count = |sign: char| text.matches(sign).count();
    let pairs = [('(', ')'), ('[', ']'), ('“', '”'), ('«', '»')];
    count('"').is_multiple_of(2)
        && pairs
            .iter()
            .all(|(open, close)| count(*open) <= count(*close))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_sentence_on_its_line() {
        let table = [
            ("", ""),
            ("One two", "One two"),
            ("One two. Three.", "One two.\nThree."),
            (
                "One.\n\n two! \"Three?\" (Four.) 5",
                "One.\ntwo!\n\"Three?\"\n(Four.)\n5",
            ),
            (
                "Mr. Tran and V. N. Ivanov met.",
                "Mr. Tran and V. N. Ivanov met.",
            ),
            (
                "The U.S. President left. He",
                "The U.S. President left.\nHe",
            ),
            (
                "It rose 3.5% to 2.1 a.m. today.",
                "It rose 3.5% to 2.1 a.m. today.",
            ),
            (
                "Ring Road No. 4 opened. 2023 ends",
                "Ring Road No. 4 opened.\n2023 ends",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(lines(text), expected, "{text}");
        }
    }

    #[test]
    fn whole_and_cut_texts() {
        let whole = [
            "They met.",
            " They met!\n",
            "They said \"no.\"",
            "He asked: (Why?)",
            "$5 million was paid.",
            "“Peace” came.",
            "3,500 tonnes were sold in 2022.",
            "Doses against hepatitis B.",
            "It ended World War I.",
            "Élysée staff left for the U.S.",
            "会议结束了 2022.",
        ];
        for text in whole {
            assert!(is_complete(text), "{text}");
        }
        let cut = [
            "",
            "   ",
            "They met",
            "they met.",
            "They met...",
            "They met…",
            "They met;",
            "- They met.",
            "They met (in Hanoi.",
            "They said \"no.",
            "Received by Mr.",
            "Received by Ivan V.",
            "On Ring Road No.",
            ".",
        ];
        for text in cut {
            assert!(!is_complete(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "[A-Ca-c .!?\"\n]{0,40}") {
            let words = |text: &str| Vec::from_iter(text.split_whitespace().map(str::to_owned));
            prop_assert_eq!(words(&lines(&text)), words(&text));
        }
    }
}
