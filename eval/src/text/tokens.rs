//! How a text is cut into words, once for each metric.
//!
//! Owns the tokenisers of ROUGE, BLEU (mteval 13a) and chrF, which must cut as their reference implementations do, and
//! [`folded`], by which an English abstract and a French article are compared. What is counted of the words is not here.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Rules of mteval-v13a in the order in which they apply, as sacreBLEU has them (`tokenizers/tokenizer_re.py`).
static MTEVAL: LazyLock<[(Regex, &str); 4]> = LazyLock::new(|| {
    let rule = |pattern| Regex::new(pattern).expect("the pattern is valid");
    [
        // Signs of ASCII other than the apostrophe, comma, hyphen and full stop, and the space itself.
        (rule(r"([ -&(-+/:-@\[-`{-~])"), " $1 "),
        (rule(r"([^0-9])([.,])"), "$1 $2 "),
        (rule(r"([.,])([^0-9])"), " $1 $2"),
        (rule(r"([0-9])(-)"), "$1 $2 "),
    ]
});

/// White space as Python's `str.split()` knows it: Unicode's and the four separators U+001C to U+001F.
///
/// The reference implementations are Python programs.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// The pieces between white space, as Python's `str.split()` gives them.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// Words of ROUGE: lower case, cut at all that is not `a`–`z` or `0`–`9`; a letter with an accent is a cut.
///
/// As `rouge_score` 0.1.2 (`tokenize.py`) without stemming.
pub(super) fn rouge(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Tokens of mteval-v13a, case kept, as sacreBLEU cuts them by default (`tokenizers/tokenizer_13a.py`).
pub(super) fn mteval(text: &str) -> Vec<String> {
    let mut line = text.trim_end_matches(is_space).replace("<skipped>", "");
    line = line.replace("-\n", "").replace('\n', " ");
    // One after the other, so that "&amp;lt;" becomes "<" as it does there.
    for (entity, sign) in [
        ("&quot;", "\""),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ] {
        line = line.replace(entity, sign);
    }
    line = format!(" {line} ");
    for (rule, put) in MTEVAL.iter() {
        line = rule.replace_all(&line, *put).into_owned();
    }
    split(&line).map(str::to_owned).collect()
}

/// Words of chrF++: one ASCII punctuation mark at the end of a word, or else at its beginning, is a word of its own.
///
/// As sacreBLEU (`metrics/chrf.py`), which follows Popović's chrF++.py: `(hi)` becomes `(hi` and `)`.
pub(super) fn chrf(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in split(text) {
        let (mut first, mut last) = (word.chars(), word.chars());
        let (first_char, last_char) = (first.next(), last.next_back());
        if first.as_str().is_empty() {
            words.push(word);
        } else if last_char.is_some_and(|c| c.is_ascii_punctuation()) {
            words.extend([last.as_str(), &word[last.as_str().len()..]]);
        } else if first_char.is_some_and(|c| c.is_ascii_punctuation()) {
            words.extend([&word[..word.len() - first.as_str().len()], first.as_str()]);
        } else {
            words.push(word);
        }
    }
    words
}

/// How many words a text has: pieces between white space with at least one letter or digit.
///
/// So a dash or a French ` : ` between spaces is no word, and `South-East` or `3,500` is one.
pub(super) fn word_count(text: &str) -> usize {
    let has_content = |word: &&str| word.chars().any(char::is_alphanumeric);
    split(text).filter(has_content).count()
}

/// A word as it is compared across the two languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folded {
    /// Lower case, without accents and diacritics: `Kiêu` and `Kieu` are the same, and so are `đ` and `d`.
    pub word: String,
    /// Whether it is an ordinary word: at least two letters, the first one small. Names and numbers are not.
    pub ordinary: bool,
}

/// Words of a text, cut at all that is neither letter nor digit and folded.
pub(super) fn folded(text: &str) -> Vec<Folded> {
    let composed: String = text.nfc().collect();
    composed
        .split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c)))
        .map(|word| Folded {
            word: fold(word),
            ordinary: word.starts_with(char::is_lowercase) && word.chars().nth(1).is_some(),
        })
        .filter(|folded| !folded.word.is_empty())
        .collect()
}

/// Lower case without diacritics; letters that do not come apart in Unicode are written out.
fn fold(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'đ' => plain.push('d'),
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rouge_keeps_ascii_letters_and_digits() {
        let table: [(&str, &[&str]); 5] = [
            ("", &[]),
            (
                "The U.S. rose 3,500.5",
                &["the", "u", "s", "rose", "3", "500", "5"],
            ),
            ("Kiêu Đat", &["ki", "u", "at"]),
            ("\u{212a}g İ", &["kg", "i"]), // Kelvin sign and dotted I become ASCII in lower case.
            ("…—", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(rouge(text), expected, "{text}");
        }
    }

    #[test]
    fn mteval_cuts_as_13a_does() {
        let table: [(&str, &[&str]); 10] = [
            ("", &[]),
            ("Hello, world.", &["Hello", ",", "world", "."]),
            ("3,500.5 t", &["3,500.5", "t"]),
            ("in 2022.", &["in", "2022", "."]),
            ("24-year-old", &["24", "-", "year-old"]),
            ("Vietnam's", &["Vietnam's"]),
            ("&quot;a&amp;lt;b&quot;", &["\"", "a", "<", "b", "\""]),
            ("co-\noperate\nnow", &["cooperate", "now"]),
            ("U.S.", &["U", ".", "S", "."]),
            ("<skipped>été…", &["été…"]),
        ];
        for (text, expected) in table {
            assert_eq!(mteval(text), expected, "{text}");
        }
    }

    #[test]
    fn chrf_cuts_one_mark_off_a_word() {
        let table: [(&str, &[&str]); 6] = [
            ("", &[]),
            ("(hi) there.", &["(hi", ")", "there", "."]),
            ("(hi", &["(", "hi"]),
            ("a . é", &["a", ".", "é"]),
            ("é. «é»", &["é", ".", "«é»"]),
            ("!! x\u{1f}y", &["!", "!", "x", "y"]),
        ];
        for (text, expected) in table {
            assert_eq!(chrf(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_counted_by_their_content() {
        let table = [
            ("", 0),
            (" – ", 0),
            ("South-East Asia", 2),
            ("« Il dit : 3.500 »", 3),
            ("one\u{a0}two\nthree", 3),
        ];
        for (text, expected) in table {
            assert_eq!(word_count(text), expected, "{text}");
        }
    }

    #[test]
    fn folding_makes_names_of_both_languages_equal() {
        let words = |text| Vec::from_iter(folded(text).into_iter().map(|folded| folded.word));
        assert_eq!(
            words("Kiêu Đình Đạt, bœuf"),
            ["kieu", "dinh", "dat", "boeuf"]
        );
        // Composed and decomposed accents are the same text.
        assert_eq!(words("de\u{301}fense"), words("défense"));
        let ordinary =
            |text| Vec::from_iter(folded(text).into_iter().map(|folded| folded.ordinary));
        assert_eq!(
            ordinary("l'accord de Hanoï en 2022, état"),
            [false, true, true, false, true, false, true]
        );
    }
}
