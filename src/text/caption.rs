//! Texts under pictures and their credits, alone or glued to a sentence.
//!
//! Owns the patterns of a credit (`Photo : VNA`, `ảnh 1`) and of a place in the picture
//! (`(à droite)`), and how far a credit reaches. [`noise`](super::noise) cuts what is found here;
//! [`header`](mod@super::header) asks whether a line is a caption.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::abbreviations::is_opener;
use super::agency::compile;
use super::clean::prefix;
use super::sentences::split;

/// A caption is at most this long, in bytes, unless it says who stands where.
const LONGEST_CAPTION: usize = 400;
/// A paragraph of its own that ends with a credit is a caption if it is at most this long, in bytes.
const LONGEST_OWN_PARAGRAPH: usize = 300;
/// No source is looked for farther behind its label, in bytes.
const FARTHEST_SOURCE: usize = 200;
/// What follows `Photo :` up to the end of a line names a source if it is at most this long.
const LONGEST_SOURCE: usize = 60;

/// The label of a credit. `ảnh 1` ("photo 1" in Vietnamese) is the number of a picture on the page.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\(?(?:ảnh \d{1,2}\s*|\b)(?:(?:Crédits? )?(?:Photos?|PHOTOS?|Images?)(?: (?:d'(?:illustration|archives?)|:? ?d'archives?))?\s?(?::|©)|Crédits?(?: photos?)?\s?:)\s*|©\s*|ảnh \d{1,2}\b|\b(?:Photo|Image) d'(?:illustration|archives?)\b|\((?:Photo|Photos) (?:d'archives )?",
    )
});
/// Who took the picture: a few names that end with an agency, or a web site.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"^(?:(?:\p{Lu}[\p{L}.'-]*[ ,/–-]+){0,5}?<SIGNED>|[\p{L}\d.-]+\.\p{Ll}{2,4}\b)")
});
/// A source that lost the space before the next sentence: `VNAHanoï (VNA) – …`.
static GLUED_SOURCE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^(<AGENCY>(?:/<AGENCY>)*)\p{Lu}[\p{Ll}']"));
/// Who stands where in the picture.
static POSITION: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\((?:[^()]{0,30}(?:à|de|la|au|en) )?(?:droite|gauche|centre|milieu)\)|\((?:à|au|en|de) [^()]{0,30}\b(?:droite|gauche|centre|milieu)\b[^()]{0,20}\)|\b[Dd]e gauche à droite\b|à partir de la (?:gauche|droite)\b",
    )
});

/// The credits in `text`, in order, each with the brackets and stop that belong to it.
pub(super) fn credits(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for label in LABEL.find_iter(text) {
        if found.last().is_some_and(|last| label.start() < last.end) {
            continue;
        }
        let open = label.as_str().starts_with('(');
        let named = label.as_str().trim_end().ends_with([':', '©']) || open;
        let rest = &text[label.end()..];
        let mut end = label.end() + if named { source_length(rest) } else { 0 };
        end = text[..end].trim_end().len().max(label.start() + 1);
        for mark in [')', '.'] {
            let closes = text[end..].starts_with(mark) && (open || mark == '.');
            end += usize::from(closes);
        }
        found.push(label.start()..end);
    }
    found
}

/// How many bytes of `rest`, which follows `Photo :`, name the source.
fn source_length(rest: &str) -> usize {
    let rest = prefix(rest, FARTHEST_SOURCE);
    if let Some(source) = GLUED_SOURCE.captures(rest) {
        return source[1].len();
    }
    if let Some(source) = SOURCE.find(rest) {
        return source.end();
    }
    let line = rest.split('\n').next().unwrap_or(rest);
    let closed = line.find(['.', ')', ';']).unwrap_or(line.len());
    let whole = closed == line.trim_end().len() || line[closed..].starts_with(')');
    if closed <= LONGEST_SOURCE && (whole || line[closed..].trim_end() == ".") {
        return closed;
    }
    // A sentence is glued behind the source: take the names, stop at a word that opens a sentence.
    let mut length = 0;
    for (count, word) in line.split_inclusive(' ').take(4).enumerate() {
        let name = word.starts_with(char::is_uppercase) && !is_opener(word.trim());
        if count > 0 && !name {
            break;
        }
        length += word.len();
    }
    length
}

/// Where the caption begins that ends at the end of `before`, the text of the paragraph up to a
/// credit. `None` if what stands there is no caption: too long, or a finished sentence after
/// others that does not say who stands where. `alone` means that nothing else is in the paragraph.
pub(super) fn caption_start(before: &str, numbered: bool, alone: bool) -> Option<usize> {
    let sentences = split(before);
    if alone && before.len() <= LONGEST_OWN_PARAGRAPH {
        return sentences.first().map(|first| first.start);
    }
    let last = sentences.last()?.clone();
    let two_back = sentences.len().saturating_sub(2);
    let positioned = sentences[two_back..]
        .iter()
        .find(|range| POSITION.is_match(&before[(*range).clone()]));
    if let Some(range) = positioned {
        return Some(range.start);
    }
    let finished = sentences.len() > 1 && before[last.clone()].ends_with(['.', '!', '?', '…', '»']);
    (numbered || (last.len() <= LONGEST_CAPTION && !finished)).then_some(last.start)
}

/// Whether a paragraph is a caption although it has no credit: one short phrase that says who
/// stands where.
pub(super) fn is_positioned_phrase(paragraph: &str) -> bool {
    let phrase = paragraph.len() <= LONGEST_CAPTION && split(paragraph).len() == 1;
    let political = paragraph.ends_with('.') && !paragraph.contains(" gauche à droite");
    phrase && !political && POSITION.is_match(paragraph)
}

/// Whether a line at the top of a page is a caption or a credit.
pub(super) fn is_caption(line: &str) -> bool {
    !credits(line).is_empty() || POSITION.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_and_their_reach() {
        let cases = [
            ("Photo : VNA", "Photo : VNA"),
            ("À Hanoï. Photo: VNA/CVN", "Photo: VNA/CVN"),
            ("à Hanoï ảnh 1Photo : VNA Le ministre a", "ảnh 1Photo : VNA"),
            ("à Hanoï ảnh 2 Le ministre", "ảnh 2"),
            (
                "à Hanoï (Photo : Duong Giang/VNA). Le",
                "(Photo : Duong Giang/VNA).",
            ),
            ("à Hanoï (Photo VNA) Le", "(Photo VNA)"),
            (
                "Photo d'archives : ministère de la Défense",
                "Photo d'archives : ministère de la Défense",
            ),
            (
                "Photo : Internet Le ministre a déclaré que la coopération va bien et ira mieux",
                "Photo : Internet",
            ),
            ("Photo : exemple.vn Le ministre a", "Photo : exemple.vn"),
            ("Le port. Photo d'illustration.", "Photo d'illustration."),
            ("Le port © AFP", "© AFP"),
            ("Crédit photo : Lan Anh", "Crédit photo : Lan Anh"),
            ("Photo : VNAHanoï (VNA) – Le", "Photo : VNA"),
            ("Photo : VNA/CVNLe port", "Photo : VNA/CVN"),
        ];
        for (text, credit) in cases {
            let found: Vec<&str> = credits(text).into_iter().map(|r| &text[r]).collect();
            assert_eq!(found, [credit], "{text}");
        }
        for text in [
            "sur la photo : le président",
            "une photo d'illustration",
            "photographe",
        ] {
            assert!(credits(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn captions_begin_where_the_picture_is_described() {
        let cases = [
            ("Le ministre (droite) et son hôte. ", false, Some(0)),
            (
                "Le commerce croît. Le ministre (à droite) et son hôte. ",
                false,
                Some(20),
            ),
            ("Le commerce croît. La cérémonie à Moscou ", false, Some(20)),
            ("La cérémonie à Moscou. ", false, Some(0)),
            ("Le commerce croît. Le ministre s'en réjouit. ", false, None),
            ("Le port. La ville. ", true, Some(0)),
        ];
        for (before, alone, start) in cases {
            assert_eq!(caption_start(before, false, alone), start, "{before}");
        }
        let long = format!("Le ministre {}", "a parlé longtemps ".repeat(30));
        assert_eq!(caption_start(&long, false, true), None);
        assert_eq!(caption_start(&long, true, false), Some(0));
    }

    #[test]
    fn lines_that_are_captions() {
        for line in [
            "Le ministre (à droite) et son hôte",
            "La rencontre. Photo : VNA",
            "De gauche à droite : les trois ministres",
            "Le ministre (2e à partir de la gauche) à Moscou",
        ] {
            assert!(is_caption(line), "{line}");
        }
        assert!(!is_caption("La droite et la gauche au parlement"));
        assert!(is_positioned_phrase("Le ministre (droite) et son hôte"));
        assert!(!is_positioned_phrase(
            "Le parti LR (droite) a voté le texte."
        ));
    }
}
