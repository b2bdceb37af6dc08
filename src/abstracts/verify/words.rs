//! The words of a text, folded so that French and English spellings can be compared.
//!
//! Owns folding (case and diacritics), word boundaries and sentence starts. Knows neither language.

use std::collections::HashSet;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One word: letters and digits between other characters. `Vietnam's` is `Vietnam`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Lower case without diacritics: `étrangères` is `etrangeres`.
    pub folded: String,
    /// Begins with a capital.
    pub capital: bool,
    /// At least two letters, all of them capitals.
    pub acronym: bool,
    /// First word of a sentence.
    pub starts: bool,
    /// Followed by `'s` or `s'`.
    pub possessive: bool,
    /// The mark that parts it from the word before.
    pub joint: Joint,
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// White space.
    Space,
    /// Nothing but a hyphen or dash without spaces, an apostrophe, or a full stop inside of a word.
    Tight,
    /// A comma.
    Comma,
    /// Any other mark, and the start of the text.
    Stop,
}

/// Lower case without diacritics and ligatures.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfd().filter(|&c| !is_combining_mark(c)) {
        match c {
            'Đ' | 'đ' | 'ð' => folded.push('d'),
            'Ł' | 'ł' => folded.push('l'),
            'Ø' | 'ø' => folded.push('o'),
            'ı' => folded.push('i'),
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            '’' => folded.push('\''),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// The words of `text`, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut end_of_last = 0;
    for span in spans(text) {
        let between = &text[end_of_last..span.start];
        let written = &text[span.clone()];
        if written == "s" && matches!(between, "'" | "’") {
            if let Some(last) = words.last_mut() {
                last.possessive = true;
            }
            end_of_last = span.end;
            continue;
        }
        let plural_possessive =
            between.starts_with(['\'', '’']) && between.len() > between.trim_end().len();
        let joint = joint(between, words.is_empty());
        let starts = match words.last_mut() {
            None => true,
            Some(last) => {
                last.possessive |= plural_possessive && last.folded.ends_with('s');
                ends_sentence(&text[last.span.clone()], between)
            }
        };
        let letters = written.chars().filter(|c| c.is_alphabetic()).count();
        words.push(Word {
            folded: fold(written),
            capital: written.starts_with(char::is_uppercase),
            acronym: letters > 1 && !written.chars().any(char::is_lowercase),
            starts,
            possessive: false,
            joint,
            span: span.clone(),
        });
        end_of_last = span.end;
    }
    words
}

/// Whether `word` is one of the words of a list that is parted by spaces.
pub(in crate::abstracts) fn lists(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// The set of folded words.
pub(super) fn folded_set(words: &[Word]) -> HashSet<String> {
    words.iter().map(|word| word.folded.clone()).collect()
}

fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric() || is_combining_mark(c);
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                spans.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    spans.extend(start.map(|from| from..text.len()));
    spans
}

fn joint(between: &str, first: bool) -> Joint {
    let marks = between.trim();
    if first {
        return Joint::Stop;
    }
    match marks {
        "" => Joint::Space,
        "," => Joint::Comma,
        "'" | "’" if between.len() > marks.len() => Joint::Space,
        "-" | "–" | "'" | "’" | "." | "‑" if between.len() == marks.len() => Joint::Tight,
        // An initial: "V. N. Ivanov".
        "." => Joint::Stop,
        _ => Joint::Stop,
    }
}

/// Whether the sentence ends between `last` and the word behind `between`.
fn ends_sentence(last: &str, between: &str) -> bool {
    let initial = last.chars().count() == 1 && last.starts_with(char::is_uppercase);
    let title = matches!(
        last,
        "Mr" | "Mrs" | "Ms" | "Dr" | "Gen" | "Col" | "Lt" | "St" | "No" | "M"
    );
    between.contains(['!', '?'])
        || (between.contains(". ") || between.contains(".\"")) && !initial && !title
}

/// Where `phrase` (folded words) begins in `words`, from each possible place.
pub(super) fn phrase_at(words: &[Word], at: usize, phrase: &[String]) -> bool {
    words.len() >= at + phrase.len()
        && phrase
            .iter()
            .zip(&words[at..])
            .all(|(part, word)| *part == word.folded)
}

/// The bytes from the first to the last word of a range.
pub(super) fn bytes(words: &[Word], range: Range<usize>) -> Range<usize> {
    match (
        words.get(range.start),
        words.get(range.end.saturating_sub(1)),
    ) {
        (Some(first), Some(last)) => first.span.start..last.span.end,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_know_their_place() {
        let text = "Le vice-Premier ministre Lê Hoài, d'Odessa, est venu. M. Đoàn l'a vu.";
        let found = words(text);
        let folded: Vec<&str> = found.iter().map(|w| w.folded.as_str()).collect();
        let expected = "le vice premier ministre le hoai d odessa est venu m doan l a vu";
        assert_eq!(folded.join(" "), expected);
        assert_eq!(found[2].joint, Joint::Tight);
        assert_eq!(found[6].joint, Joint::Comma);
        assert!(found[10].starts && !found[11].starts);
    }

    #[test]
    fn possessives_belong_to_their_word() {
        let found = words("Vietnam's and the ministers' visit to the U.S. in 2024.");
        assert!(found[0].possessive && found[3].possessive && !found[4].possessive);
        assert_eq!(found[1].folded, "and");
    }
}
