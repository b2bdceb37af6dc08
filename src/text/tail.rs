//! Where an article ends although its page goes on.
//!
//! Owns the two rules that find teasers of other articles: after `Voir plus`, and after the last
//! signature. Both leave real text alone: a signature or dateline in the middle cuts nothing.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::agency::{compile, dateline, is_signature_line, signatures};
use super::lines;

/// An article is at least this long, in bytes, before teasers are looked for.
const SHORTEST_ARTICLE: usize = 100;
/// A teaser paragraph is not longer than this, in bytes.
const LONGEST_TEASER: usize = 300;

static SEE_MORE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?m)(?:^\s*|[.!?…»"”)]\s*|<AGENCY>\s+)(Voir plus)\b[^\S\n]*[:>»…]*[^\S\n]*(?:$|[\p{Lu}«"\d>])"#,
    )
});

/// The byte of `text` at which other articles begin, if they do.
pub(super) fn start(text: &str) -> Option<usize> {
    let see_more = SEE_MORE
        .captures_iter(text)
        .filter_map(|found| found.get(1))
        .map(|words| words.start())
        .find(|&at| text[..at].trim().len() >= SHORTEST_ARTICLE);
    let end = see_more.unwrap_or(text.len());
    after_signature(&text[..end]).or(see_more)
}

/// Where teasers begin after the last signature of `text`: what follows must be much shorter than
/// what precedes, in short paragraphs, and the first of them must not be a dateline.
///
/// A headline-like start (no full stop at its end) is taken up to the length of the article;
/// whole sentences only up to half of it.
fn after_signature(text: &str) -> Option<usize> {
    let at = last_signature(text)?;
    let before = text[..at].trim().len();
    let paragraphs: Vec<&str> = lines(&text[at..])
        .map(|line| &text[at..][line])
        .filter(|line| !line.is_empty())
        .collect();
    let first = paragraphs.first()?;
    let after = paragraphs.iter().map(|line| line.len()).sum::<usize>();
    let headline = !first.ends_with(['.', '!', '?', '…']);
    let bound = if headline { before } else { before / 2 };
    let short = paragraphs.iter().all(|line| line.len() <= LONGEST_TEASER);
    (before >= SHORTEST_ARTICLE && after <= bound && short && dateline(first).is_none())
        .then_some(at)
}

/// The byte after the last signature.
fn last_signature(text: &str) -> Option<usize> {
    let mut last = None;
    for line in lines(text) {
        let end = if is_signature_line(&text[line.clone()]) {
            Some(line.end)
        } else {
            let found: Option<Range<usize>> = signatures(&text[line.clone()]).pop();
            found.map(|range| line.start + range.end)
        };
        last = end.or(last);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTICLE: &str = "Le ministre de la Culture a ouvert mardi à Hanoï une exposition de photographies \
        qui montre la vie des pêcheurs du delta. Quarante artistes de six pays y prennent part, et \
        les visiteurs sont attendus jusqu'à la fin du mois.";

    fn tail(after: &str) -> Option<String> {
        let text = format!("{ARTICLE}{after}");
        start(&text).map(|at| text[at..].trim().to_owned())
    }

    #[test]
    fn teasers_are_cut() {
        let cases = [
            (
                " -VNA\n\nLe marché du riz en hausse",
                "Le marché du riz en hausse",
            ),
            (
                " -VNA Le marché du riz en hausse",
                "Le marché du riz en hausse",
            ),
            ("\n\nVNA/CVN\n\nLe riz\n\nLe thé", "Le riz\n\nLe thé"),
            (
                "\n\nVoir plus\n\nLe riz se vend bien. Le thé aussi.",
                "Voir plus\n\nLe riz se vend bien. Le thé aussi.",
            ),
            (
                " -VNA Voir plus Le riz se vend bien.",
                "Voir plus Le riz se vend bien.",
            ),
            (
                " -VNA\n\nLe riz se vend bien cette année.",
                "Le riz se vend bien cette année.",
            ),
        ];
        for (after, expected) in cases {
            assert_eq!(tail(after).as_deref(), Some(expected), "{after}");
        }
    }

    #[test]
    fn real_text_is_kept() {
        let long = "Le vernissage a réuni l'ambassadeur et plusieurs artistes. ".repeat(6);
        for after in [
            " -VNA".to_owned(),
            "\n\nIl veut voir plus de visiteurs.".to_owned(),
            "\n\nVoir plus loin est son but.".to_owned(),
            format!(" -VNA\n\n{long}"),
            format!(" -VNA\n\nMoscou (VNA) – {long} -VNA"),
            " -VNA\n\nMoscou (VNA) – Le ministre est arrivé.".to_owned(),
        ] {
            assert_eq!(tail(&after), None, "{after}");
        }
        assert_eq!(start("Voir plus\n\nLe riz"), None);
    }
}
