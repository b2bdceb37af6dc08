//! Phrases that lean on the date of publication: `hier`, `ce mardi`, `l'an dernier`, `le même jour`.
//!
//! Owns which of them are certain. An archive is read years later, so `last year` helps nobody; but a wrong day is
//! worse, so what could mean two days stays as it is: `demain` and `aujourd'hui` are mostly figures of speech, a
//! bare weekday is certain only on that very day.

use super::dates::{english_weekday, in_full, month_in_full, weekday_at};
use super::glossary::capitalised;
use crate::article::PublicationDate;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// `ce mardi` is the Tuesday at most so many days from the date of publication.
const NEAR_DAYS: i64 = 2;

/// What becomes of one phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// First byte of the phrase in the sentence.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What stands there in English.
    pub english: String,
}

static PHRASES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?P<year_before>\b[Ll]'(?:an\ (?:dernier|passé)|année\ (?:dernière|passée))\b)
        | (?P<year_after>\b[Ll]'(?:an\ prochain|année\ prochaine)\b)
        | (?P<this_year>\b[Cc]ette\ année\b)
        | (?P<month_before>\b[Ll]e\ mois\ (?:dernier|passé)\b)
        | (?P<month_after>\b[Ll]e\ mois\ prochain\b)
        | (?P<same_day>\b(?:[Ll]e|[Cc]e)\ même\ jour\b)
        | (?P<two_days_before>\b[Aa]vant-hier\b)
        | (?P<day_before>\b[Hh]ier\b)
        | (?P<this>\b[Cc]e\ )?(?P<weekday>\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b)(?:\ (?P<last>dernier)\b)?
        ",
    )
    .expect("invariant: the pattern is constant")
});

/// Words behind which a date needs no `in` or `on`.
const PREPOSITIONS: [&str; 16] = [
    "de", "d", "du", "à", "au", "dès", "depuis", "jusqu'à", "avant", "après", "pour", "par",
    "vers", "pendant", "en", "sur",
];

/// The changes that are certain. `same_day` gives the day that `le même jour` at an offset means, if that is certain.
pub fn changes(
    text: &str,
    published: Option<PublicationDate>,
    same_day: impl Fn(usize) -> Option<NaiveDate>,
) -> Vec<Change> {
    PHRASES
        .captures_iter(text)
        .filter_map(|phrase| change(text, &phrase, published, &same_day))
        .collect()
}

fn change(
    text: &str,
    phrase: &Captures,
    published: Option<PublicationDate>,
    same_day: &impl Fn(usize) -> Option<NaiveDate>,
) -> Option<Change> {
    let whole = phrase.get(0)?;
    let (before, after) = (&text[..whole.start()], &text[whole.end()..]);
    let is = |name: &str| phrase.name(name).is_some();
    let today = published.and_then(day_of);
    let year = published.map(|date| i32::from(date.year));
    let month =
        published.and_then(|date| Some(i32::from(date.year) * 12 + i32::from(date.month?) - 1));
    let english = if is("year_before") {
        // "l'année passée à étudier" is a year spent.
        let spent = whole.as_str().ends_with("ée") && after.starts_with(" à ");
        placed(before, "in", (year.filter(|_| !spent)? - 1).to_string())
    } else if is("year_after") {
        placed(before, "in", (year? + 1).to_string())
    } else if is("this_year") {
        this_year(before, after, year?)?
    } else if is("month_before") {
        placed(before, "in", month_in_full(month? - 1))
    } else if is("month_after") {
        placed(before, "in", month_in_full(month? + 1))
    } else if is("same_day") {
        placed(before, "on", in_full(same_day(whole.start())?, false))
    } else if is("day_before") || is("two_days_before") {
        let days = if is("day_before") { 1 } else { 2 };
        yesterday(before, after, today?.checked_sub_days(Days::new(days))?)?
    } else {
        weekday(phrase, before, after, today)?
    };
    let capital = whole.as_str().starts_with(char::is_uppercase);
    Some(Change {
        start: whole.start(),
        end: whole.end(),
        english: if capital {
            capitalised(&english)
        } else {
            english
        },
    })
}

/// `cette année` as a time; as a subject (`cette année marque`) and in `cette année-là` it stays.
fn this_year(before: &str, after: &str, year: i32) -> Option<String> {
    let time = PREPOSITIONS.contains(&last_word(before))
        || after.is_empty()
        || after.starts_with([',', '.', ';', ')'])
        || after.starts_with(" à ");
    time.then(|| placed(before, "in", year.to_string()))
}

/// `hier`, unless it stands for the past: `d'hier`, `hier encore`, `hier comme aujourd'hui`.
fn yesterday(before: &str, after: &str, day: NaiveDate) -> Option<String> {
    let next = after
        .trim_start()
        .split([' ', ',', '.'])
        .next()
        .unwrap_or_default();
    let figure =
        before.ends_with("d'") || matches!(next, "encore" | "comme" | "et" | "ou" | "ennemis");
    (!figure).then(|| placed(before, "on", in_full(day, false)))
}

/// A weekday with its date where that is certain, else its English name; `None` for names such as Mardi gras.
fn weekday(
    phrase: &Captures,
    before: &str,
    after: &str,
    today: Option<NaiveDate>,
) -> Option<String> {
    let weekday = weekday_at(&phrase["weekday"])?;
    let next = after.trim_start();
    if ["gras", "saint", "noir", "de Pâques", "prochain"]
        .iter()
        .any(|word| next.starts_with(word))
    {
        return None;
    }
    // "jeudi soir 30 janvier": the day stands behind.
    let hour = ["soir ", "matin ", "après-midi "]
        .into_iter()
        .find_map(|hour| next.strip_prefix(hour));
    if hour.is_some_and(|behind| behind.starts_with(|c: char| c.is_ascii_digit())) {
        return Some(english_weekday(weekday).to_owned());
    }
    let date = today.and_then(|today| {
        let distance = nearest(weekday, today);
        let days = if phrase.name("last").is_some() {
            // Today's weekday with "dernier" is a week ago.
            if distance < 0 { distance } else { distance - 7 }
        } else if phrase.name("this").is_some() {
            Some(distance).filter(|days| days.abs() <= NEAR_DAYS)?
        } else {
            let habit = [
                "le", "les", "du", "au", "un", "chaque", "tous", "prochain", "et", "ou",
            ];
            Some(distance).filter(|days| *days == 0 && !habit.contains(&last_word(before)))?
        };
        today.checked_add_signed(chrono::TimeDelta::days(days))
    });
    match date {
        Some(date) => Some(placed(before, "on", in_full(date, true))),
        None if phrase.name("this").is_some() || phrase.name("last").is_some() => None,
        None => Some(english_weekday(weekday).to_owned()),
    }
}

/// Days from `today` to the nearest such weekday, from −3 to 3.
fn nearest(weekday: Weekday, today: NaiveDate) -> i64 {
    let ahead = i64::from(weekday.num_days_from_monday())
        - i64::from(today.weekday().num_days_from_monday());
    (ahead + 3).rem_euclid(7) - 3
}

/// `in 2023`, or `2023` behind a preposition.
fn placed(before: &str, preposition: &str, date: String) -> String {
    match PREPOSITIONS.contains(&last_word(before)) {
        true => date,
        false => format!("{preposition} {date}"),
    }
}

/// The word before a phrase in small letters, the `d` of `d'` included; empty behind a comma.
fn last_word(before: &str) -> &str {
    let before = before.strip_suffix(' ').unwrap_or(before);
    let before = before.strip_suffix('\'').unwrap_or(before);
    before
        .rsplit([' ', '(', '"', '\u{ab}'])
        .next()
        .unwrap_or_default()
}

fn day_of(date: PublicationDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(
        i32::from(date.year),
        u32::from(date.month?),
        u32::from(date.day?),
    )
}
