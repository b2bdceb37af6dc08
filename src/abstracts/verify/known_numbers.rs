//! The numbers that an article gives, with their units: those that it writes, and those that it leaves half unsaid.

use super::english_numbers::french_unit;
use super::words::lists;
use crate::text::dates::{self, DateMention};
use crate::text::numbers::{self, NumberKind};
use std::ops::Range;

/// One number of the article that is not part of a date.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KnownNumber {
    /// What it is worth.
    pub value: f64,
    /// Class of the unit behind it, if known.
    pub unit: Option<&'static str>,
    /// Whether it is a place in an order (`11e`), not a count.
    pub ordinal: bool,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// Farthest that a number stands behind the one that it is said like, in bytes.
const FAR: usize = 160;
/// Between the ends of a range, and between a part and its whole: `de 47 à 39 %`, `70 des 118 millions`.
const LINKS: [&str; 7] = ["à", "et", "ou", "des", "sur", "contre", "-"];
/// Words behind a number that are not what it counts.
const BEHIND: &str = "par sur à dont au aux en pour ainsi quand lorsque tandis contre et ou";

/// The numbers of the text without those of its dates, and what `22 heures` is by a twelve-hour clock.
pub(super) fn of(text: &str) -> Vec<KnownNumber> {
    let dates = dates::find(text);
    let in_date = |start: usize| {
        dates
            .iter()
            .any(|date| (date.span.start..date.span.end).contains(&start))
    };
    let mut known = Vec::new();
    for number in numbers::find(text)
        .into_iter()
        .filter(|number| !in_date(number.span.start))
    {
        let span = number.span.start..number.span.end;
        let behind: String = text[span.end..].chars().take(40).collect();
        let unit = french_unit(&behind);
        let clock =
            behind.trim_start().starts_with(['h', 'H']) && (13.0..24.0).contains(&number.value);
        if clock {
            known.push(KnownNumber {
                value: number.value - 12.0,
                unit: None,
                ordinal: false,
                span: span.clone(),
            });
        }
        known.push(KnownNumber {
            value: number.value,
            unit,
            ordinal: number.kind == NumberKind::Ordinal,
            span,
        });
    }
    known.extend(elliptical(text, &known));
    known.extend(said_otherwise(text, &dates));
    known
}

/// Numbers that `text::numbers` rightly leaves out: `le milliard`, `de janvier à août` (eight months).
fn said_otherwise(text: &str, dates: &[DateMention]) -> Vec<KnownNumber> {
    let mut known = Vec::new();
    for (word, value) in [
        ("le milliard", 1e9),
        ("le million", 1e6),
        ("un million", 1e6),
        ("un milliard", 1e9),
    ] {
        let places = text
            .match_indices(word)
            .filter(|(at, _)| !text[at + word.len()..].starts_with('s'));
        known.extend(places.map(|(at, _)| {
            let behind: String = text[at + word.len()..].chars().take(40).collect();
            KnownNumber {
                value,
                unit: french_unit(&behind),
                ordinal: false,
                span: at..at + word.len(),
            }
        }));
    }
    for word in ["second ", "seconde "] {
        let places = text.match_indices(word).map(|(at, _)| KnownNumber {
            value: 2.0,
            unit: None,
            ordinal: true,
            span: at..at + word.len(),
        });
        known.extend(places);
    }
    for pair in dates.windows(2) {
        let between = &text[pair[0].span.end..pair[1].span.start.max(pair[0].span.end)];
        let months = (pair[0].month, pair[1].month);
        if let ((Some(first), Some(last)), " à ") = (months, between)
            && first < last
        {
            known.push(KnownNumber {
                value: f64::from(last - first + 1),
                unit: Some("month"),
                ordinal: false,
                span: pair[0].span.start..pair[1].span.end,
            });
        }
    }
    known
}

/// What numbers are worth of which the unit or the magnitude is said with another one: `de 3.310 à 3.390 milliards`,
/// `un prêt de 430 millions, alors que le gouvernement en avait sollicité 600`.
fn elliptical(text: &str, known: &[KnownNumber]) -> Vec<KnownNumber> {
    let written = |number: &KnownNumber| &text[number.span.clone()];
    let bare = |number: &KnownNumber| {
        number.unit.is_none() && magnitude(written(number)).is_none() && !number.ordinal
    };
    let alike = |number: &KnownNumber, other: &KnownNumber| {
        let unsaid = magnitude(written(other)).unwrap_or(1.0);
        let tells = unsaid > 1.0 || other.unit == Some("percent");
        tells.then(|| KnownNumber {
            value: number.value * unsaid,
            unit: other.unit,
            ..number.clone()
        })
    };
    let mut found = Vec::new();
    for pair in known.windows(2).filter(|pair| bare(&pair[0])) {
        let between = text.get(pair[0].span.end..pair[1].span.start);
        if between.is_some_and(|between| LINKS.contains(&between.trim())) {
            found.extend(alike(&pair[0], &pair[1]));
        }
    }
    for (at, number) in known.iter().enumerate() {
        if !bare(number) || !counts_nothing(&text[number.span.end..]) {
            continue;
        }
        let mut before = known[..at].iter().rev().take_while(|other| {
            let between = text.get(other.span.end..number.span.start);
            between.is_some_and(|between| between.len() < FAR && !between.contains(". "))
        });
        found.extend(before.find_map(|other| alike(number, other)));
    }
    found
}

/// The power of ten that is written with a number, if there is one.
fn magnitude(number: &str) -> Option<f64> {
    let powers = [("million", 1e6), ("milliard", 1e9), ("billion", 1e12)];
    let power = powers.iter().find(|(word, _)| number.contains(word));
    power.map(|(_, power)| *power)
}

/// Whether no noun stands behind a number.
fn counts_nothing(behind: &str) -> bool {
    let Some(rest) = behind.strip_prefix(' ') else {
        return !behind.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    };
    let word = rest.split(|c: char| !c.is_alphabetic()).next();
    word.is_some_and(|word| lists(BEHIND, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_unsaid_is_known() {
        let table = [
            ("relevées de 3.310 à 3.390 milliards", 3.31e12, None),
            ("tombera de 47 à 39 %", 47.0, Some("percent")),
            ("livrer 70 des 118 millions d'exemplaires", 7e7, None),
            (
                "offre 2,8 % sur deux ans, quand il en demande 6 sur un an",
                6.0,
                Some("percent"),
            ),
            (
                "prête 70 millions d'euros, le Vietnam en apporte 38.",
                3.8e7,
                Some("euro"),
            ),
            ("une seconde offensive", 2.0, None),
        ];
        for (text, value, unit) in table {
            let found = of(text);
            let has = |known: &KnownNumber| {
                (known.value - value).abs() < 1e-6 * value && (unit.is_none() || known.unit == unit)
            };
            assert!(found.iter().any(has), "{text}: {found:?}");
        }
        for text in [
            "prête 70 millions d'euros à 38 communes",
            "70 millions d'euros. Il en apporte 38.",
        ] {
            assert!(of(text).iter().all(|known| known.value != 3.8e7), "{text}");
        }
        // A place in an order has no share in the unit.
        let ordinal = of("le 47e et 39 %");
        assert!(
            ordinal
                .iter()
                .all(|known| known.value != 47.0 || known.unit.is_none())
        );
    }
}
