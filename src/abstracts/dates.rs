//! French dates → English dates, with their year, put into the source before generation.
//!
//! A model copies `6 March 2020` and guesses at `le 6 mars`. The year is the one written, else the one that the date
//! of publication gives to a day and month (`text::dates`); a month alone gets a year only with `dernier` or
//! `prochain`. Owns what a date becomes; the phrases that lean on the date of publication are
//! [`relative`]'s.

use super::relative::{self, Change};
use crate::article::PublicationDate;
use crate::text::dates::{DateMention, find};
use chrono::{Datelike, NaiveDate, Weekday};
use regex::Regex;
use std::sync::LazyLock;

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

/// French weekdays with their English names, Monday first.
const WEEKDAYS: [(&str, &str); 7] = [
    ("lundi", "Monday"),
    ("mardi", "Tuesday"),
    ("mercredi", "Wednesday"),
    ("jeudi", "Thursday"),
    ("vendredi", "Friday"),
    ("samedi", "Saturday"),
    ("dimanche", "Sunday"),
];

/// A day further than this from the date of publication, in months, may lie in the year before or after.
const NEAR: i32 = 4;

/// Words before a day that comes back each year, or that is a name: `la Fête nationale du 2 septembre`.
static EVERY_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:\b(?:chaque|tous les|(?:fête|journée|anniversaire)[^.,;]{0,40} du|(?:rue|avenue|boulevard|place|pont|stade|mouvement|révolution) du)|\b\d{4}, (?:le|du|les)) $",
    )
    .expect("invariant: the pattern is constant")
});

/// Words before a day that is still to come.
static AHEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:avant le|d'ici (?:le|au)|jusqu'au|à partir du|à compter du|au plus tard le) $",
    )
    .expect("invariant: the pattern is constant")
});

/// Words behind a date that say which year is meant.
static WHICH_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^ (?:(?P<last>dernier|passé|écoulé)|(?P<next>prochain)|de l'(?:an dernier|an passé|année dernière|année passée)(?P<before>)|de l'(?:an prochain|année prochaine)(?P<after>)|de cette année(?P<this>)|de (?:la même année|l'année suivante|l'année précédente)(?P<unknown>))\b",
    )
    .expect("invariant: the pattern is constant")
});

/// Puts the dates of an article's sentences into English, sentence by sentence in their order.
///
/// It remembers the last sentence's day, which `le même jour` means.
pub struct Calendar {
    published: Option<PublicationDate>,
    /// Days of the sentence before, when they are known with their year.
    before: Vec<NaiveDate>,
}

impl Calendar {
    /// A calendar that sees dates from the date of publication.
    pub fn new(published: Option<PublicationDate>) -> Self {
        Self {
            published,
            before: Vec::new(),
        }
    }

    /// The sentence with its dates in English. Years alone and what is not certain stay as they are.
    pub fn in_english(&mut self, sentence: &str) -> String {
        let mentions = find(sentence);
        let mut changes: Vec<Change> = Vec::new();
        let mut days: Vec<(usize, NaiveDate)> = Vec::new();
        for mention in &mentions {
            let Some((change, day)) = change(sentence, mention, self.published) else {
                continue;
            };
            days.extend(day.map(|day| (change.start, day)));
            changes.push(change);
        }
        let certain = days.len() == mentions.iter().filter(|date| date.day.is_some()).count();
        let own = |at: usize| -> Vec<NaiveDate> {
            let own = days.iter().filter(|(start, _)| *start < at);
            own.map(|(_, day)| *day).collect()
        };
        let meant = |at: usize| match own(at).as_slice() {
            [day] => Some(*day).filter(|_| certain),
            [] => match self.before.as_slice() {
                [day] => Some(*day),
                _ => None,
            },
            _ => None,
        };
        let leaning = relative::changes(sentence, self.published, meant);
        // "ce mardi 15 mai" is a date already.
        changes.extend(leaning.into_iter().filter(|phrase| {
            let is_date =
                |date: &DateMention| date.span.start < phrase.end && phrase.start < date.span.end;
            !mentions.iter().any(is_date)
        }));
        self.before = days.into_iter().map(|(_, day)| day).collect();
        if !certain {
            self.before.clear();
        }
        apply(sentence, changes)
    }
}

/// The text with the changes made, the earlier of two that overlap.
fn apply(text: &str, mut changes: Vec<Change>) -> String {
    changes.sort_by_key(|change| change.start);
    let mut english = String::with_capacity(text.len() + 16);
    let mut copied = 0;
    for change in changes {
        if change.start >= copied {
            english.push_str(&text[copied..change.start]);
            english.push_str(&change.english);
            copied = change.end;
        }
    }
    english.push_str(&text[copied..]);
    english
}

/// What one date becomes, and its day if that is known with its year; `None` for years alone.
fn change(
    text: &str,
    mention: &DateMention,
    published: Option<PublicationDate>,
) -> Option<(Change, Option<NaiveDate>)> {
    let (start, end) = (mention.span.start, mention.span.end);
    let written = &text[start..end];
    mention.month?;
    let weekday = weekday_at(written);
    let (year, behind) = year(text, mention, published, weekday);
    let real = |year: i32| {
        let (month, day) = (mention.month?, mention.day?);
        NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day))
    };
    let date = year.and_then(real);
    // A weekday that the calendar contradicts is left out: one of the two is wrong.
    let weekday = weekday.filter(|weekday| date.is_none_or(|date| date.weekday() == *weekday));
    // The 15 of "15-16 mai": the month follows with the last day.
    let first_of_several = written.ends_with(|c: char| c.is_ascii_digit())
        && !written.contains(['/', '-'])
        && !written[weekday_length(written)..].contains(' ');
    let er = match first_of_several {
        true => [" er", "er"]
            .into_iter()
            .find(|er| text[end..].starts_with(er)),
        false => None,
    };
    let behind = if first_of_several { 0 } else { behind };
    let named = match first_of_several {
        true => mention.day?.to_string(),
        false => day_month_year(mention.day, mention.month?, year)?,
    };
    let english = match weekday {
        Some(weekday) => format!("{} {named}", english_weekday(weekday)),
        None => named,
    };
    let end = end + er.map_or(0, str::len) + behind;
    Some((
        Change {
            start,
            end,
            english,
        },
        date,
    ))
}

/// The year that a date means, if it is certain, and the length of the words behind the date that say so.
fn year(
    text: &str,
    mention: &DateMention,
    published: Option<PublicationDate>,
    weekday: Option<Weekday>,
) -> (Option<i32>, usize) {
    if let Some(year) = mention.year {
        return (Some(i32::from(year)), 0);
    }
    let (Some(published), Some(month)) = (published, mention.month) else {
        return (None, 0);
    };
    let this = i32::from(published.year);
    if let Some(said) = WHICH_YEAR.captures(&text[mention.span.end..]) {
        let length = said[0].len();
        return if said.name("before").is_some() {
            (Some(this - 1), length)
        } else if said.name("after").is_some() {
            (Some(this + 1), length)
        } else if said.name("this").is_some() {
            (Some(this), length)
        } else if said.name("unknown").is_some() {
            (None, 0)
        } else {
            match beside(published, month, mention.day, said.name("next").is_some()) {
                Some(year) => (Some(year), length),
                None => (None, 0),
            }
        };
    }
    if mention.day.is_none() || EVERY_YEAR.is_match(&text[..mention.span.start]) {
        return (None, 0);
    }
    let before = &text[..mention.span.start];
    (year_of_day(mention, published, weekday, before), 0)
}

/// The year of a day and month: the nearest to publication, unless the year before or after may be meant as well.
/// Then the weekday decides, or a word that looks ahead (`avant le 31 décembre`); else it is not certain.
fn year_of_day(
    mention: &DateMention,
    published: PublicationDate,
    weekday: Option<Weekday>,
    before: &str,
) -> Option<i32> {
    let (month, day) = (mention.month?, mention.day?);
    let nearest = i32::from(mention.year_seen_from(&published.to_string())?);
    let Some(now) = published.month else {
        return Some(nearest);
    };
    let months =
        |year: i32| (year - i32::from(published.year)) * 12 + i32::from(month) - i32::from(now);
    let ahead = AHEAD.is_match(before);
    if months(nearest).abs() <= NEAR {
        // "avant le 31 décembre", read in February: the one gone by or the one to come?
        return Some(nearest).filter(|_| !ahead || months(nearest) >= 0);
    }
    let possible = || (nearest - 1..=nearest + 1).filter(|year| months(*year).abs() <= 12);
    if let Some(weekday) = weekday {
        let fits = |year: &i32| {
            NaiveDate::from_ymd_opt(*year, u32::from(month), u32::from(day))
                .is_some_and(|date| date.weekday() == weekday)
        };
        return possible().find(fits);
    }
    possible().find(|year| ahead && months(*year) > 0)
}

/// The year of the last or next such month or day beside the date of publication; `None` if it may be this very day.
fn beside(published: PublicationDate, month: u8, day: Option<u8>, next: bool) -> Option<i32> {
    let this = i32::from(published.year);
    let now = published.month?;
    let earlier = match (month == now, day) {
        (true, Some(day)) => match published.day? {
            today if today == day => return None,
            today => day < today,
        },
        // "en mai dernier", read in May, is the May of the year before; "en mai prochain" that of the next.
        (true, None) => next,
        (false, _) => month < now,
    };
    Some(match (earlier, next) {
        (true, true) => this + 1,
        (false, false) => this - 1,
        _ => this,
    })
}

/// `6 March 2020`, `March 2020` or `March`.
fn day_month_year(day: Option<u8>, month: u8, year: Option<i32>) -> Option<String> {
    let month = MONTHS.get(usize::from(month).checked_sub(1)?)?;
    let day = day.map(|day| day.to_string());
    let year = year.map(|year| year.to_string());
    let parts = [day.as_deref(), Some(month), year.as_deref()];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// `Wednesday 15 May 2024`, or without the weekday.
pub(super) fn in_full(date: NaiveDate, with_weekday: bool) -> String {
    let month = MONTHS[date.month0() as usize];
    let plain = format!("{} {month} {}", date.day(), date.year());
    match with_weekday {
        true => format!("{} {plain}", english_weekday(date.weekday())),
        false => plain,
    }
}

/// `May 2024`, counted in months from year 0: 2024 × 12 + 4.
pub(super) fn month_in_full(months: i32) -> String {
    let month = MONTHS[months.rem_euclid(12) as usize];
    format!("{month} {}", months.div_euclid(12))
}

/// The weekday that a French word names, in small or capital letters.
pub(super) fn weekday_at(text: &str) -> Option<Weekday> {
    let word = text.split(' ').next().unwrap_or_default().to_lowercase();
    let place = WEEKDAYS.iter().position(|(french, _)| *french == word)?;
    Weekday::try_from(u8::try_from(place).ok()?).ok()
}

/// Length of a weekday at the front of the text with the space behind it.
fn weekday_length(text: &str) -> usize {
    match (weekday_at(text), text.find(' ')) {
        (Some(_), Some(space)) => space + 1,
        _ => 0,
    }
}

/// `Monday`.
pub(super) fn english_weekday(weekday: Weekday) -> &'static str {
    WEEKDAYS[weekday.num_days_from_monday() as usize].1
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
