//! The dates that an article gives without writing them: by the time between them and its own (`il y a dix ans`,
//! `dans deux mois`, `le mois dernier`), as feasts (`à Noël`) and as decades in words (`les années soixante`).
//!
//! A month or year that is counted in months or weeks may be meant loosely: the check only asks whether it can be.

use super::english_dates::EnglishDate;
use super::words::fold;
use crate::article::PublicationDate;
use crate::text::numbers;
use chrono::{Datelike, Days, Months, NaiveDate};

/// Words before a count that lead back, and on.
const BACK: [&str; 4] = ["il y a ", "voici ", "voila ", "depuis "];
const ON: [&str; 5] = ["dans ", "d'ici ", "d'ici a ", "dans les ", "sous "];
/// Words behind a counted time that lead back, and on.
const EARLIER: [&str; 4] = ["plus tot", "auparavant", "avant", "en arriere"];
const LATER: [&str; 1] = ["plus tard"];
/// Months without a count: folded phrase, months from the one of publication.
const MONTHS: [(&str, i32); 11] = [
    ("mois dernier", -1),
    ("mois passe", -1),
    ("mois precedent", -1),
    ("mois ecoule", -1),
    ("il y a un mois", -1),
    ("il y a deux mois", -2),
    ("il y a quelques semaines", -1),
    ("semaine derniere", 0),
    ("mois prochain", 1),
    ("mois suivant", 1),
    ("dans un mois", 1),
];
/// Days without a count: folded phrase, days from the one of publication.
const DAYS: [(&str, i64); 6] = [
    ("avant-hier", -2),
    ("apres-demain", 2),
    ("semaine derniere", -7),
    ("il y a une semaine", -7),
    ("semaine prochaine", 7),
    ("dans une semaine", 7),
];

/// Feasts of one day: folded phrase, day, month.
const FEASTS: [(&str, u32, u32); 16] = [
    ("noel", 25, 12),
    ("saint-sylvestre", 31, 12),
    ("fin de l'annee", 31, 12),
    ("fin d'annee", 31, 12),
    ("nouvel an", 1, 1),
    ("jour de l'an", 1, 1),
    ("debut de l'annee", 1, 1),
    ("saint-valentin", 14, 2),
    ("journee internationale des femmes", 8, 3),
    ("journee internationale des droits des femmes", 8, 3),
    ("fete du travail", 1, 5),
    ("jour de la victoire", 9, 5),
    ("fete de la musique", 21, 6),
    ("14-juillet", 14, 7),
    ("assomption", 15, 8),
    ("toussaint", 1, 11),
];
/// Decades in words, folded.
const DECADES: [(&str, i32); 9] = [
    ("annees vingt", 1920),
    ("annees trente", 1930),
    ("annees quarante", 1940),
    ("annees cinquante", 1950),
    ("annees soixante", 1960),
    ("annees soixante-dix", 1970),
    ("annees quatre-vingt", 1980),
    ("annees quatre-vingts", 1980),
    ("annees quatre-vingt-dix", 1990),
];

/// The dates that follow from the text and its date of publication; their spans are empty.
pub(super) fn find(text: &str, published: Option<PublicationDate>) -> Vec<EnglishDate> {
    let Some(published) = published else {
        return Vec::new();
    };
    let mut found = counted(text, published);
    let folded = fold(text);
    if folded.contains("fin de la decennie") || folded.contains("fin de cette decennie") {
        found.push(year(i32::from(published.year) / 10 * 10 + 10));
    }
    let decades = DECADES.iter().filter(|(phrase, _)| folded.contains(phrase));
    found.extend(decades.map(|(_, first)| year(*first)));
    let feasts = FEASTS.iter().filter(|(phrase, ..)| folded.contains(phrase));
    found.extend(feasts.flat_map(|(_, day, month)| {
        let now = i32::from(published.year);
        (now - 1..=now + 1).map(|of| EnglishDate {
            day: Some(*day),
            month: Some(*month),
            ..year(of)
        })
    }));
    let months = MONTHS.iter().filter(|(phrase, _)| folded.contains(phrase));
    found.extend(months.filter_map(|(_, distance)| moved(published, *distance)));
    let days = DAYS.iter().filter(|(phrase, _)| folded.contains(phrase));
    // A week ago is seldom that very day: its month is meant.
    found.extend(days.filter_map(|(phrase, distance)| {
        let day = day(published, *distance)?;
        Some(match phrase.contains("semaine") {
            true => month_of(day),
            false => EnglishDate {
                day: Some(day.day()),
                ..month_of(day)
            },
        })
    }));
    found
}

/// `il y a dix ans`, `trente ans auparavant`, `dans cinq mois`.
fn counted(text: &str, published: PublicationDate) -> Vec<EnglishDate> {
    let mut found = Vec::new();
    for number in numbers::find(text) {
        let behind: String = text[number.span.end..].chars().take(30).collect();
        let before: Vec<char> = text[..number.span.start].chars().rev().take(12).collect();
        let (behind, before) = (
            fold(&behind),
            fold(&before.iter().rev().collect::<String>()),
        );
        if number.value < 0.0 || number.value >= 500.0 {
            continue;
        }
        // Below 500, so nothing is lost.
        let count = number.value as i32;
        let back = BACK.iter().any(|cue| before.ends_with(cue))
            || EARLIER.iter().any(|cue| behind.contains(cue));
        let on = ON.iter().any(|cue| before.ends_with(cue))
            || LATER.iter().any(|cue| behind.contains(cue));
        for sign in [(back, -1), (on, 1)].iter().filter(|(is, _)| *is) {
            found.extend(at_distance(behind.trim_start(), count * sign.1, published));
        }
    }
    found
}

/// The date so many units (the word at the front) from the one of publication.
fn at_distance(unit: &str, count: i32, published: PublicationDate) -> Option<EnglishDate> {
    match unit {
        unit if unit.starts_with("an") => Some(year(i32::from(published.year) + count)),
        unit if unit.starts_with("mois") => moved(published, count),
        unit if unit.starts_with("semaine") => day(published, i64::from(count) * 7).map(month_of),
        unit if unit.starts_with("jour") => {
            day(published, i64::from(count)).map(|day| EnglishDate {
                day: Some(day.day()),
                ..month_of(day)
            })
        }
        _ => None,
    }
}

fn year(year: i32) -> EnglishDate {
    EnglishDate {
        span: 0..0,
        day: None,
        month: None,
        year: Some(year),
        weekday: None,
    }
}

fn month_of(date: NaiveDate) -> EnglishDate {
    EnglishDate {
        month: Some(date.month()),
        ..year(date.year())
    }
}

/// The month so many months from the one of publication.
fn moved(published: PublicationDate, months: i32) -> Option<EnglishDate> {
    let first = NaiveDate::from_ymd_opt(published.year.into(), published.month?.into(), 1)?;
    let distance = Months::new(months.unsigned_abs());
    match months < 0 {
        true => first.checked_sub_months(distance),
        false => first.checked_add_months(distance),
    }
    .map(month_of)
}

/// The day so many days from the one of publication.
fn day(published: PublicationDate, days: i64) -> Option<NaiveDate> {
    let (month, day) = (published.month?.into(), published.day?.into());
    let today = NaiveDate::from_ymd_opt(published.year.into(), month, day)?;
    let distance = Days::new(days.unsigned_abs());
    match days < 0 {
        true => today.checked_sub_days(distance),
        false => today.checked_add_days(distance),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_at_a_distance() {
        let table = [
            ("il y a dix ans", (None, None, Some(2014))),
            ("trente ans plus tôt", (None, None, Some(1994))),
            ("dans cinq mois", (None, Some(8), Some(2024))),
            ("le mois dernier", (None, Some(2), Some(2024))),
            ("il y a trois jours", (Some(27), Some(2), Some(2024))),
            ("la semaine dernière", (None, Some(2), Some(2024))),
            ("d'ici la fin de la décennie", (None, None, Some(2030))),
            ("à la Toussaint", (Some(1), Some(11), Some(2024))),
            ("dans les années soixante-dix", (None, None, Some(1970))),
        ];
        for (text, expected) in table {
            let found = find(text, PublicationDate::parse("2024-03-01"));
            let parts: Vec<_> = found
                .iter()
                .map(|date| (date.day, date.month, date.year))
                .collect();
            assert!(parts.contains(&expected), "{text}: {parts:?}");
        }
        assert_eq!(find("il y a dix ans", None), []);
        assert_eq!(find("dix ans", PublicationDate::parse("2024-03-01")), []);
    }
}
