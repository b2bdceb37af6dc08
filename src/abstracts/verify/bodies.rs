//! Check `organisations`: a country or an international body in the abstract is in the article as itself.
//!
//! A country may stand for its adjective or its capital and the other way round (`Moscow`, `Russia`); a body
//! has its own forms in both languages. What no list has is a name like others (see `names`).

use super::facts::Facts;
use super::lexicon::{BODIES, COUNTRIES, Kind, Mention};
use super::names::{Origin, origin};
use super::words::{Joint, Word, bytes, lists};
use super::{Candidate, Finding};

pub(super) const NAME: &str = "organisations";

/// Finds countries and bodies that the article does not mention.
pub(super) fn check(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let words = &candidate.words;
    let finding = |mention: &Mention, reason: String| {
        Finding::new(NAME, bytes(words, mention.words.clone()), reason)
    };
    let mut findings = Vec::new();
    for mention in &candidate.countries {
        if inside_body(mention, candidate) || has_country(mention, candidate, facts) {
            continue;
        }
        findings.push(finding(
            mention,
            format!(
                "the article does not mention {}",
                COUNTRIES.name(mention.id)
            ),
        ));
    }
    for mention in &candidate.bodies {
        let known = facts.bodies.iter().any(|known| known.id == mention.id);
        if !known && !has_words(mention, candidate, facts) {
            findings.push(finding(
                mention,
                format!("the article does not mention {}", BODIES.name(mention.id)),
            ));
        }
    }
    findings.extend(misnamed(candidate));
    findings
}

/// Seas that are called after a country, and the US dollar and cent, which the article may call dollar.
const NOT_COUNTRIES: [(&str, &str); 10] = [
    ("south", "sea"),
    ("east", "sea"),
    ("of", "sea"),
    ("", "dollar"),
    ("", "dollars"),
    ("", "cents"),
    ("", "strait"),
    ("gulf of", ""),
    ("sea of", ""),
    ("strait of", ""),
];

/// `China` inside of `South China Sea` or of a body's name, `US` in `US dollars`: not the country.
fn inside_body(mention: &Mention, candidate: &Candidate) -> bool {
    let words = &candidate.words;
    let folded = |at: usize| words.get(at).map_or("", |word| word.folded.as_str());
    let (start, end) = (mention.words.start, mention.words.end);
    let before = start.checked_sub(1).map_or("", folded);
    let before_that = start.checked_sub(2).map_or("", folded);
    let country = COUNTRIES.name(mention.id);
    let other = NOT_COUNTRIES.iter().any(|(first, last)| {
        let first_fits =
            first.is_empty() || *first == before || *first == format!("{before_that} {before}");
        first_fits && (last.is_empty() || folded(end) == *last)
    });
    let body = |body: &Mention| body.words.start <= start && end <= body.words.end;
    (other
        && matches!(
            country,
            "China" | "Japan" | "Thailand" | "Taiwan" | "United States"
        ))
        || candidate.bodies.iter().any(body)
}

fn has_country(mention: &Mention, candidate: &Candidate, facts: &Facts) -> bool {
    let known: Vec<&Mention> = facts
        .countries
        .iter()
        .filter(|known| known.id == mention.id)
        .collect();
    match mention.kind {
        // A capital must itself be named, or meant by "la capitale russe", or stand for the government.
        Kind::Metonym => {
            let capital =
                COUNTRIES.has_capital(&candidate.words, mention.words.start, &facts.words);
            capital
                || (!known.is_empty()
                    && (facts.has_stem("capitale") || !is_place(mention, &candidate.words)))
                || has_words(mention, candidate, facts)
        }
        _ => !known.is_empty() || has_words(mention, candidate, facts),
    }
}

/// Whether the capital is said as a place: `in Moscow`, not `Moscow's offer`.
fn is_place(mention: &Mention, words: &[Word]) -> bool {
    let before = mention
        .words
        .start
        .checked_sub(1)
        .map_or("", |before| words[before].folded.as_str());
    lists(
        "in at near to from outside around leave left reach reached visit visited via through across",
        before,
    )
}

/// The article has the very words: a name that is not the country (`Chad` Smith).
fn has_words(mention: &Mention, candidate: &Candidate, facts: &Facts) -> bool {
    candidate.words[mention.words.clone()]
        .iter()
        .all(|word| matches!(origin(word, facts), Origin::Places(_)))
}

/// `European Union (EAEU)`: an acronym in brackets that is another body's.
fn misnamed(candidate: &Candidate) -> Vec<Finding> {
    let pairs = candidate.bodies.iter().zip(candidate.bodies.iter().skip(1));
    let wrong = pairs.filter(|(long, short)| {
        let bracket =
            candidate.text[bytes(&candidate.words, long.words.clone()).end..].starts_with(" (");
        long.words.end == short.words.start
            && bracket
            && long.id != short.id
            && candidate.words[short.words.start].joint == Joint::Stop
            && candidate.words[short.words.start].acronym
    });
    wrong
        .map(|(long, short)| {
            let span = bytes(&candidate.words, long.words.start..short.words.end);
            Finding::new(
                NAME,
                span,
                format!("{} is not {}", BODIES.name(long.id), BODIES.name(short.id)),
            )
        })
        .collect()
}
