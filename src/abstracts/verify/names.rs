//! Check `names`: every name of the abstract has its origin in the article.
//!
//! A capital has an origin if the article has the same letters, a French spelling of the same Slavic name, a
//! term of the glossary, the words of an acronym, or a French counterpart
//! ([`counterparts`](super::counterparts)). Countries and bodies are the business of
//! [`bodies`](super::bodies), months of [`dates`](super::dates). Two names beside each other must stand
//! beside each other in the article too.

use super::counterparts::is_listed;
use super::facts::{Facts, LONG};
use super::slavic::english_key;
use super::words::{Joint, Word, bytes};
use super::{Candidate, Finding};
use crate::abstracts::glossary::is_english;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const NAME: &str = "names";

/// English words that titles and institutions are made of: a capital does not make them names.
static TITLE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("title_words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// English and French endings of words that both languages have from one root.
const ENDINGS: [(&str, &str); 36] = [
    ("us", "e"),
    ("ic", "e"),
    ("er", "r"),
    ("y", "ie"),
    ("y", "e"),
    ("ic", "ique"),
    ("ics", "ique"),
    ("al", "el"),
    ("al", "ale"),
    ("al", "aux"),
    ("er", "re"),
    ("or", "eur"),
    ("ary", "aire"),
    ("ory", "oire"),
    ("ity", "ite"),
    ("an", "en"),
    ("an", "ain"),
    ("an", "ienne"),
    ("ian", "ien"),
    ("ese", "ais"),
    ("ese", "ois"),
    ("", "e"),
    ("e", ""),
    ("um", "e"),
    ("us", ""),
    ("a", "e"),
    ("ia", "ie"),
    ("in", "ine"),
    ("ous", "eux"),
    ("s", "es"),
    ("ean", "een"),
    ("en", "e"),
    ("ish", "ais"),
    ("ical", "ique"),
    ("ium", "e"),
    ("ially", "iel"),
];

/// Most words that an acronym in brackets stands for.
const LONGEST: usize = 9;
/// Farthest that two words of one name stand apart in the article, in words.
const NEAR: usize = 3;

/// Where a word comes from.
pub(super) enum Origin {
    /// These words of the article are the same name.
    Places(Vec<usize>),
    /// A term, an acronym, a common word: it has an origin, but not one to compare places with.
    Known,
    /// Nowhere.
    None,
}

/// Finds names without an origin, and names put together from two.
pub(super) fn check(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let words = &candidate.words;
    let mut findings = Vec::new();
    let mut run: Option<Range<usize>> = None;
    let mut flush = |run: &mut Option<Range<usize>>| {
        if let Some(range) = run.take() {
            let span = bytes(words, range);
            let reason = format!("{:?} is not in the article", &candidate.text[span.clone()]);
            findings.push(Finding::new(NAME, span, reason));
        }
    };
    for (at, word) in words.iter().enumerate() {
        let nowhere = is_name(candidate, at)
            && matches!(origin(word, facts), Origin::None)
            && !is_spelt_out(candidate, at)
            && !is_compound(candidate, at, facts);
        if !nowhere || matches!(word.joint, Joint::Comma | Joint::Stop) {
            flush(&mut run);
        }
        if nowhere {
            run = Some(run.map_or(at, |run| run.start)..at + 1);
        }
    }
    flush(&mut run);
    findings.extend(mixed(candidate, facts));
    findings
}

/// A capital that is not a date, country, body, number or ordinary word.
fn is_name(candidate: &Candidate, at: usize) -> bool {
    let word = &candidate.words[at];
    let letters = word.folded.chars().filter(|c| c.is_alphabetic()).count();
    if !word.capital || letters < 2 || candidate.is_known_name(at) || candidate.in_date(&word.span)
    {
        return false;
    }
    let number = candidate
        .numbers
        .iter()
        .any(|number| number.span.contains(&word.span.start));
    let ordinary =
        is_common(&word.folded) || (word.starts && begins_like_a_sentence(candidate, at));
    !number && !ordinary
}

/// A word of titles and institutions, also in the plural.
pub(super) fn is_common(folded: &str) -> bool {
    let singular = folded.strip_suffix("ies").map(|stem| format!("{stem}y"));
    TITLE_WORDS.contains(folded)
        || folded
            .strip_suffix('s')
            .is_some_and(|stem| TITLE_WORDS.contains(stem))
        || singular.is_some_and(|stem| TITLE_WORDS.contains(stem.as_str()))
}

/// A first word that is an ordinary word by its form: `Prosecutors`, `Speaking`, `Recently`.
fn begins_like_a_sentence(candidate: &Candidate, at: usize) -> bool {
    let word = &candidate.words[at].folded;
    let next = candidate.words.get(at + 1);
    // "Start-up", "Floods of the river".
    let compound = next.is_some_and(|next| next.joint == Joint::Tight && !next.capital);
    let ordinary = is_listed(word) || is_english(word);
    if compound || ordinary && next.is_some_and(|next| !next.capital) {
        return true;
    }
    let next = next.filter(|next| next.joint == Joint::Space);
    let before_name = next.is_some_and(|next| next.capital && !candidate.is_known_name(at + 1));
    let form = [
        "ing", "ed", "ly", "ors", "ers", "ants", "ents", "ists", "ions", "ies", "ees", "ments",
        "als", "ial", "ives", "ion",
    ];
    !before_name
        && word.len() > 4
        && form.iter().any(|ending| word.ends_with(ending))
        && !candidate.words[at].possessive
}

/// Where the word comes from.
pub(super) fn origin(word: &Word, facts: &Facts) -> Origin {
    let folded = word.folded.as_str();
    let singular = folded.strip_suffix('s').filter(|stem| stem.len() > 2);
    let forms = || [Some(folded), singular].into_iter().flatten();
    let capitals = |form: &str| -> Vec<usize> {
        let places = facts.places(form).iter().copied();
        places.filter(|place| facts.words[*place].capital).collect()
    };
    let mut by_letters = forms().map(capitals).filter(|places| !places.is_empty());
    if let Some(places) = by_letters.next() {
        return Origin::Places(places);
    }
    // A term of the glossary hides a name that only sounds like it.
    if facts.has_term(folded) {
        return Origin::Known;
    }
    if folded.len() > 2 && !word.acronym {
        let places = facts.slavic_places(&english_key(folded));
        if !places.is_empty() {
            return Origin::Places(places.to_vec());
        }
    }
    let acronym = word.acronym && (facts.has_initials(folded) || facts.has_letters(folded));
    let known = acronym
        || forms().any(|form| facts.has_in_english(form))
        || is_common(folded)
        || (folded.len() > 4
            && (has_cognate(folded, facts) || has_root(folded, facts) || facts.has_stem(folded)));
    if known {
        return Origin::Known;
    }
    let romanised = folded.len() >= LONG && !word.acronym;
    match facts.skeleton_places(&english_key(folded)) {
        places if romanised && !places.is_empty() => Origin::Places(places.to_vec()),
        _ => Origin::None,
    }
}

/// English endings of words whose root both languages have: `Revolutionary`, `révolution`.
const DERIVED: [&str; 24] = [
    "ar", "ary", "ional", "ion", "ation", "al", "ial", "ical", "ment", "mental", "ity", "ism",
    "ist", "ive", "ative", "ance", "ence", "ous", "ure", "able", "ible", "ising", "izing", "ally",
];
/// Least letters of a root that two words share.
const ROOT: usize = 5;

/// Whether the article has another word of the same root.
fn has_root(folded: &str, facts: &Facts) -> bool {
    DERIVED
        .iter()
        .filter_map(|ending| folded.strip_suffix(ending))
        .any(|root| root.len() >= ROOT && facts.has_stem(root))
}

/// Whether the article has the word with a French ending, or nearly so: `Dnieper`, `Dniepr`.
fn has_cognate(folded: &str, facts: &Facts) -> bool {
    ENDINGS.iter().any(|(english, french)| {
        folded
            .strip_suffix(english)
            .filter(|stem| stem.len() > 3)
            .is_some_and(|stem| {
                let form = format!("{stem}{french}");
                !facts.places(&form).is_empty() || !facts.places(&format!("{form}s")).is_empty()
            })
    })
}

/// `Hydro-Meteorological`, which French writes as one word; `USD31`, of which the code has its origin.
fn is_compound(candidate: &Candidate, at: usize, facts: &Facts) -> bool {
    let words = &candidate.words;
    let folded = words[at].folded.as_str();
    let joined = |first: usize| {
        let second = words
            .get(first + 1)
            .filter(|word| word.joint == Joint::Tight)?;
        Some(format!("{}{}", words[first].folded, second.folded))
    };
    let compounds = [at.checked_sub(1).and_then(joined), joined(at)];
    let code = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    (words[at].acronym && code.len() < folded.len() && facts.has_in_english(code))
        || compounds
            .iter()
            .flatten()
            .any(|whole| facts.has_stem(whole) || has_cognate(whole, facts))
}

/// An acronym in brackets behind the abstract's own words for it: `Red Cross Society (RCS)`.
fn is_spelt_out(candidate: &Candidate, at: usize) -> bool {
    let words = &candidate.words;
    let word = &words[at];
    let bracket = candidate.text[..word.span.start].ends_with('(');
    let before: Vec<char> = words[at.saturating_sub(LONGEST)..at]
        .iter()
        .filter(|word| word.capital)
        .filter_map(|word| word.folded.chars().next())
        .collect();
    let letters: Vec<char> = word.folded.chars().collect();
    word.acronym && bracket && before.ends_with(&letters)
}

/// `Vladimir Lavrov`, where the article has `Vladimir Poutine` and `Sergueï Lavrov`.
fn mixed(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let words = &candidate.words;
    let mut findings = Vec::new();
    for at in 1..words.len() {
        let pair = is_name(candidate, at - 1) && is_name(candidate, at);
        let joined =
            matches!(words[at].joint, Joint::Space | Joint::Tight) && !words[at - 1].possessive;
        if !pair || !joined {
            continue;
        }
        let (Origin::Places(first), Origin::Places(second)) =
            (origin(&words[at - 1], facts), origin(&words[at], facts))
        else {
            continue;
        };
        let near = first
            .iter()
            .any(|a| second.iter().any(|b| a.abs_diff(*b) <= NEAR));
        if !near {
            let span = words[at - 1].span.start..words[at].span.end;
            let reason = format!(
                "{:?} stands nowhere together in the article",
                &candidate.text[span.clone()]
            );
            findings.push(Finding::new(NAME, span, reason));
        }
    }
    findings
}
