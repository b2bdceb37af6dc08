//! Does a sentence stand on its own, or does it lean on the one before ("the text", "this purpose")?
//!
//! Owns the words by which a sentence refers back, in both languages.

use super::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// A French sentence that begins with a word for somebody or something named before.
static FRENCH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^(?:Il|Ils|Elle|Elles|Ce|Cet|Cette|Ces|Celui|Celle|Ceux|Celles|Son|Sa|Ses|Leur|Leurs|Tous|Toutes|
        (?:Le|Ce)\ (?:texte|document|projet)|Les\ deux|Le\ premier|La\ première|Le\ second|La\ seconde)\b
        |\bà\ (?:cet\ effet|cette\ occasion|cette\ fin)\b",
    )
});
/// An English sentence that does.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^(?:It|He|She|They|This|That|These|Those|Its|His|Her|Their|Both|Some|
        The\ (?:text|document|two|three|agreement|project|plan|first|second|other|latter|delegation|exhibition))\b
        |\b(?:this|that)\ (?:purpose|end|occasion)\b",
    )
});
/// An English sentence that begins with a common noun: whose it is, its French may say ("leur objectif", "the goal").
static COMMON: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:The|A|An)\b"));

/// Whether the English sentence, or its French where the English does not name it, refers to a sentence before.
pub(super) fn leans(french: &str, english: &str) -> bool {
    ENGLISH.is_match(english) || COMMON.is_match(english) && FRENCH.is_match(french)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_refers_back_leans() {
        let table = [
            (
                "Le texte supprime les droits.",
                "The text removes duties.",
                true,
            ),
            ("Leur objectif est de 3 %.", "The goal is 3%.", true),
            ("Il a salué l'accord.", "Putin hailed the agreement.", false),
            ("Il a salué l'accord.", "He hailed the agreement.", true),
            (
                "Un crédit a été voté à cet effet.",
                "A loan was voted for this purpose.",
                true,
            ),
            ("Le ministre est parti.", "The minister left.", false),
            (
                "Les deux pays ont signé.",
                "Vietnam and Laos signed.",
                false,
            ),
        ];
        for (french, english, expected) in table {
            assert_eq!(leans(french, english), expected, "{english}");
        }
    }
}
