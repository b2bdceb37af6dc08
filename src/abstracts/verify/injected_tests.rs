//! The checks on errors put into right abstracts: the share that is found, kind by kind.
//!
//! Each error is one change, made by rule and without looking at the article: some of them by chance say what
//! the article says.

use super::corpus_tests::{Row, rows};
use super::names::{Origin, origin};
use super::*;
use std::collections::BTreeMap;

/// Names that replace others: invented, of the four languages that the wire names people in.
const NAMES: [&str; 12] = [
    "Quoc",
    "Morozov",
    "Lefebvre",
    "Thanh",
    "Kuznetsova",
    "Andersen",
    "Phuong",
    "Baranov",
    "Whitfield",
    "Khoi",
    "Orlenko",
    "Sato",
];
const COUNTRIES_IN: [(&str, &str); 10] = [
    ("Japan", "Japanese"),
    ("Cuba", "Cuban"),
    ("India", "Indian"),
    ("France", "French"),
    ("Brazil", "Brazilian"),
    ("Laos", "Lao"),
    ("China", "Chinese"),
    ("Poland", "Polish"),
    ("Russia", "Russian"),
    ("Vietnam", "Vietnamese"),
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WORDS: [&str; 12] = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen",
];
/// Ranks and offices exchanged.
const OFFICES: [(&str, &str); 16] = [
    ("Deputy Foreign Minister", "Foreign Minister"),
    ("deputy foreign minister", "foreign minister"),
    ("deputy defence minister", "defence minister"),
    ("Deputy Defence Minister", "Deputy Health Minister"),
    ("Deputy Minister", "Minister"),
    ("deputy minister", "ambassador"),
    ("foreign minister", "defence minister"),
    ("Ambassador", "Deputy Minister"),
    ("ambassador", "president"),
    ("president", "prime minister"),
    ("prime minister", "ambassador"),
    ("Prime Minister", "President"),
    ("health minister", "defence minister"),
    ("defence minister", "deputy defence minister"),
    ("foreign ministers", "deputy foreign ministers"),
    ("deputy prime minister", "prime minister"),
];
/// What is said, denied or turned round.
const TURNED: [(&str, &str); 34] = [
    (" will ", " will not "),
    (" agreed ", " refused "),
    (" agreed ", " did not agree "),
    (" signed in ", " did not sign in "),
    (" adopted ", " rejected "),
    (" adopted ", " did not adopt "),
    (" approved ", " rejected "),
    (" rose ", " fell "),
    (" fell ", " rose "),
    (" exports ", " imports "),
    (" imports ", " exports "),
    (" support ", " opposition to "),
    (" received ", " did not receive "),
    (", up ", ", down "),
    (" more than ", " less than "),
    (" called for ", " rejected "),
    (" not ", " "),
    (" no ", " a "),
    (" without ", " with "),
    (" said ", " did not say "),
    (" announced ", " did not announce "),
    (" set a ", " did not set a "),
    (" are ", " are not "),
    (" was ", " was not "),
    (" were ", " were not "),
    (" is ", " is not "),
    (" have ", " have not "),
    (" raise ", " reduce "),
    (" deficit", " surplus"),
    (" opened ", " did not open "),
    (" welcomed ", " condemned "),
    (" backed ", " opposed "),
    (" reaffirmed ", " did not reaffirm "),
    (" discussed ", " did not discuss "),
];

/// A changed text; `turn` counts the changes so far, to vary them.
type Change = fn(&Candidate, &Facts, usize) -> Vec<String>;

fn replaced(text: &str, span: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..span.start], &text[span.end..])
}

fn numbers_changed(candidate: &Candidate, _: &Facts, turn: usize) -> Vec<String> {
    let outside = candidate
        .numbers
        .iter()
        .filter(|number| !candidate.in_date(&number.span));
    let change = |number: &Number| {
        let written = &candidate.text[number.span.clone()];
        let other = if number.in_letters {
            let place = WORDS
                .iter()
                .position(|word| written.eq_ignore_ascii_case(word))?;
            WORDS[(place + 2 + turn % 3) % WORDS.len()].to_owned()
        } else {
            let digit = written.find(|c: char| c.is_ascii_digit())?;
            let value = written[digit..=digit].parse::<usize>().ok()?;
            replaced(
                written,
                digit..digit + 1,
                &((value + turn % 7) % 9 + 1).to_string(),
            )
        };
        (other != written).then(|| replaced(candidate.text, number.span.clone(), &other))
    };
    outside.filter_map(change).collect()
}

fn dates_changed(candidate: &Candidate, _: &Facts, turn: usize) -> Vec<String> {
    let change = |date: &EnglishDate| {
        let written = &candidate.text[date.span.clone()];
        let month = date
            .month
            .and_then(|month| MONTHS.get(month as usize - 1).copied());
        let other = match (turn % 3, date.year, date.day, month) {
            (0, Some(year), _, _) => written.replace(
                &year.to_string(),
                &(year + 1 - 2 * (turn as i32 / 3 % 2)).to_string(),
            ),
            (1, _, Some(day), _) => {
                written.replacen(&day.to_string(), &((day + 3) % 28 + 1).to_string(), 1)
            }
            (_, _, _, Some(month)) => {
                written.replace(month, MONTHS[(date.month.unwrap() as usize + turn) % 12])
            }
            (_, Some(year), _, _) => written.replace(&year.to_string(), &(year - 2).to_string()),
            _ => return None,
        };
        (other != written).then(|| replaced(candidate.text, date.span.clone(), &other))
    };
    candidate.dates.iter().filter_map(change).collect()
}

fn names_changed(candidate: &Candidate, facts: &Facts, turn: usize) -> Vec<String> {
    let words = candidate.words.iter().enumerate();
    let names = words.filter(|(at, word)| {
        let own = matches!(origin(word, facts), Origin::Places(_));
        word.capital
            && own
            && word.folded.len() > 3
            && !candidate.is_known_name(*at)
            && !candidate.in_date(&word.span)
            && !word.starts
            && !names::is_common(&word.folded)
    });
    names
        .map(|(at, word)| {
            replaced(
                candidate.text,
                word.span.clone(),
                NAMES[(turn + at) % NAMES.len()],
            )
        })
        .collect()
}

fn countries_changed(candidate: &Candidate, _: &Facts, turn: usize) -> Vec<String> {
    let change = |(at, mention): (usize, &Mention)| {
        let (name, adjective) = COUNTRIES_IN[(turn + at) % COUNTRIES_IN.len()];
        let other = match mention.kind {
            lexicon::Kind::Name => name,
            lexicon::Kind::Adjective => adjective,
            lexicon::Kind::Metonym | lexicon::Kind::City => return None,
        };
        let span = words::bytes(&candidate.words, mention.words.clone());
        let same = COUNTRIES.name(mention.id) == name;
        let behind = candidate.text[span.end..].trim_start_matches([' ', '-']);
        let other_sense = behind.starts_with("Sea") || behind.starts_with("dollar");
        (!same && !other_sense).then(|| replaced(candidate.text, span, other))
    };
    candidate
        .countries
        .iter()
        .enumerate()
        .filter_map(change)
        .collect()
}

fn pairs_changed(text: &str, pairs: &[(&str, &str)]) -> Vec<String> {
    let change =
        |(from, to): &(&str, &str)| text.contains(from).then(|| text.replacen(from, to, 1));
    pairs.iter().filter_map(change).collect()
}

fn offices_changed(candidate: &Candidate, _: &Facts, _: usize) -> Vec<String> {
    pairs_changed(candidate.text, &OFFICES)
}

fn sense_turned(candidate: &Candidate, _: &Facts, _: usize) -> Vec<String> {
    pairs_changed(candidate.text, &TURNED)
}

/// Changes made and found in one row; `before` is the number of findings in the right abstract.
fn found_in(
    row: &Row,
    verifier: &Verifier,
    before: usize,
    change: Change,
    turn: usize,
) -> (usize, usize) {
    let changed = change(&Candidate::new(&row.summary), &verifier.facts, turn);
    let is_found = |text: &&String| {
        let found = verifier.check(text, usize::MAX).len() > before;
        if !found {
            println!("missed in {}: {text}", row.id);
        }
        found
    };
    (changed.len(), changed.iter().filter(is_found).count())
}

#[test]
fn injected_errors_are_found() {
    let glossary = Glossary::load(None).unwrap();
    let kinds: [(&str, Change, f64); 6] = [
        ("numbers", numbers_changed, 0.94),
        ("dates", dates_changed, 0.94),
        ("names", names_changed, 0.97),
        ("countries", countries_changed, 0.85),
        ("offices", offices_changed, 0.80),
        ("sense", sense_turned, 0.78),
    ];
    let mut shares: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (turn, row) in rows("gold/train")
        .iter()
        .chain(&rows("gold/dev"))
        .enumerate()
    {
        let verifier = row.verifier(&glossary);
        let before = verifier.check(&row.summary, usize::MAX).len();
        for (kind, change, _) in &kinds {
            let (made, found) = found_in(row, &verifier, before, *change, turn);
            let share = shares.entry(kind).or_default();
            *share = (share.0 + made, share.1 + found);
        }
    }
    println!("found of made: {shares:?}");
    for (kind, _, least) in kinds {
        let (made, found) = shares[kind];
        let share = found as f64 / made as f64;
        println!("{kind}: {found} of {made} found ({:.1} %)", 100.0 * share);
        assert!(made >= 50, "{kind}: only {made} errors made");
        assert!(share >= least, "{kind}: {found} of {made}");
    }
}
