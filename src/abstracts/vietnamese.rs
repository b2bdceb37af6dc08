//! Vietnamese names without their diacritics, as the English press writes them.
//!
//! French papers keep some of the marks (`Tô Lâm`, `Nguyên Phu Trong`). Owns what is surely a Vietnamese name: a word
//! with a letter that only Vietnamese has, or a run of two and more capitalised words that are all possible
//! Vietnamese syllables. A syllable of such a name is known in the whole article (`Mai Xuân Thuân` … `M. Thuân`).

use super::pattern;
use regex::Regex;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A syllable, letters without marks: onset, nucleus, coda. Diphthongs that end in a glide take no coda.
static SYLLABLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)^(?:b|ch?|d|gh?|gi|kh?|h|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?
        (?:(?:a|e|i|o|u|y|ie|ye|oa|oe|oo|ua|ue|uo|uy|uye)(?:ch?|m|ngh?|nh?|p|t)?
        |ai|ao|au|ay|eo|eu|ia|ieu|iu|oai|oay|oi|uay|ui|uoi|uou|uu|uya|uyu|yeu)$",
    )
});

static WORDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{L}+"));

/// French words that could be syllables, at the front of a sentence or a name.
const FRENCH: [&str; 10] = [
    "à", "côte", "dès", "là", "né", "ô", "où", "thé", "tôt", "très",
];

/// The text with its Vietnamese names without diacritics. `known` are syllables of names of the same article.
pub fn without_diacritics(text: &str, known: &BTreeSet<String>) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut copied = 0;
    let in_names = names(text);
    for word in WORDS.find_iter(text) {
        let written = word.as_str();
        let named = in_names
            .iter()
            .any(|name| name.start <= word.start() && word.end() <= name.end);
        if written.is_ascii() || !(named || known.contains(written) || is_vietnamese(written)) {
            continue;
        }
        plain.push_str(&text[copied..word.start()]);
        plain.push_str(&folded(written));
        copied = word.end();
    }
    plain.push_str(&text[copied..]);
    plain
}

/// The marked syllables of the full names in a sentence.
pub fn syllables(text: &str) -> Vec<String> {
    names(text)
        .into_iter()
        .flat_map(|name| {
            WORDS
                .find_iter(&text[name])
                .map(|word| word.as_str())
                .collect::<Vec<_>>()
        })
        .filter(|word| !word.is_ascii())
        .map(str::to_owned)
        .collect()
}

/// Runs of two and more capitalised syllables, joined by a space or hyphen.
fn names(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
    for word in WORDS.find_iter(text) {
        if !is_syllable(word.as_str()) {
            continue;
        }
        match runs.last_mut() {
            Some((run, words)) if matches!(&text[run.end..word.start()], " " | "-" | " - ") => {
                run.end = word.end();
                *words += 1;
            }
            _ => runs.push((word.range(), 1)),
        }
    }
    let several = runs.into_iter().filter(|(_, words)| *words > 1);
    several.map(|(run, _)| run).collect()
}

/// A capitalised word that can be a Vietnamese syllable.
fn is_syllable(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        && !word.chars().skip(1).any(char::is_uppercase)
        && !FRENCH.contains(&word.to_lowercase().as_str())
        && SYLLABLE.is_match(&folded(word))
}

/// True for a word with a letter that no language of the wire but Vietnamese has: `ơ`, `ư`, `đ`, `ạ` … `ỹ`.
fn is_vietnamese(word: &str) -> bool {
    let only = |c: char| {
        matches!(
            c,
            '\u{1ea0}'..='\u{1ef9}' | 'ơ' | 'Ơ' | 'ư' | 'Ư' | 'đ' | 'Đ'
        )
    };
    word.chars().any(only)
}

/// The word without marks; `đ` is a letter of its own and becomes `d`.
fn folded(word: &str) -> String {
    word.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> String {
        without_diacritics(text, &syllables(text).into_iter().collect())
    }

    #[test]
    fn vietnamese_names_lose_their_marks() {
        let table = [
            ("Nguyên Phu Trong et Tô Lâm", "Nguyen Phu Trong et To Lam"),
            ("Mme Vũ Tường An", "Mme Vu Tuong An"),
            ("Lưu Đình Khải", "Luu Dinh Khai"),
            (
                "Trân Quôc Hiêp, Phùng Đức Thịnh",
                "Tran Quoc Hiep, Phung Duc Thinh",
            ),
            (
                "Quách Thế Vinh, Kiêu Thuc Anh",
                "Quach The Vinh, Kieu Thuc Anh",
            ),
            ("Bà Ria-Vung Tau et Hôi An", "Ba Ria-Vung Tau et Hoi An"),
            (
                "Mai Xuân Thuân a parlé. M. Thuân",
                "Mai Xuan Thuan a parlé. M. Thuan",
            ),
            ("Trinh Thuỷ Nguyên", "Trinh Thuy Nguyen"),
        ];
        for (french, expected) in table {
            assert_eq!(english(french), expected);
        }
    }

    #[test]
    fn french_words_keep_their_marks() {
        let table = [
            "À Hanoï, où il est né",
            "Benoît Léger, Hervé, René Côté",
            "la Côte d'Ivoire, le Rhône, Nîmes, Bâle",
            "l'École française d'Extrême-Orient",
            "Là Marie est née",
            "Mme Élodie Hà",
        ];
        for french in table {
            assert_eq!(english(french), french);
        }
    }
}
