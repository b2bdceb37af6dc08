//! The dates that an English text mentions: `6 March 2020`, `March 6, 2020`, `14 to 16 April`, `2022-2025`.
//!
//! The English twin of `text::dates`. Owns the forms; compares nothing.

use super::words::lists;
use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::LazyLock;

/// One date of an English text; at least one part is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnglishDate {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Day of the month.
    pub day: Option<u32>,
    /// 1 to 12.
    pub month: Option<u32>,
    /// Year of the common era.
    pub year: Option<i32>,
    /// Days from Monday.
    pub weekday: Option<u32>,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

static DATES: LazyLock<Regex> = LazyLock::new(|| {
    let month = "(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan\\.|Feb\\.|Aug\\.|Sept\\.|Oct\\.|Nov\\.|Dec\\.)";
    let day = r"\d{1,2}(?:st|nd|rd|th)?";
    let link = r"(?: ?[-–] ?| and | to | or |, )";
    let weekday = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
    let forms = [
        format!(
            r"\b(?P<days>{day}(?:{link}{day}){{0,3}})(?: of)? (?P<of>{month})\b(?:,? (?P<of_year>\d{{4}})\b)?"
        ),
        format!(
            r"\b(?P<of2>{month}) (?P<days2>{day}(?:{link}{day}){{0,3}})\b(?:,? (?P<of_year2>\d{{4}})\b)?"
        ),
        format!(r"\b(?P<month>{month}),? (?:of )?(?P<month_year>\d{{4}})\b"),
        format!(r"\b(?P<alone>{month})\b"),
        format!(r"\b(?P<weekday>{weekday})\b"),
        r"\b(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2})\b".to_owned(),
        r"\b(?P<year>(?:1[89]|20|21)\d{2})(?:s\b|\b)".to_owned(),
    ];
    Regex::new(&forms.join("|")).expect("the pattern is constant")
});
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d+").expect("the pattern is constant"));

/// Finds the dates in `text`, in order. A day of `14 to 16 April` is a date of its own with the whole span.
pub(super) fn find(text: &str) -> Vec<EnglishDate> {
    let mut dates = Vec::new();
    for found in DATES.captures_iter(text) {
        add(text, &found, &mut dates);
    }
    dates
}

fn add(text: &str, found: &Captures, dates: &mut Vec<EnglishDate>) {
    let Some(whole) = found.get(0).map(|whole| whole.range()) else {
        return;
    };
    let group = |name: &str| found.name(name).map(|part| part.as_str());
    let number = |name: &str| group(name).and_then(|digits| digits.parse::<i32>().ok());
    let date = |day, month, year, weekday| EnglishDate {
        span: whole.clone(),
        day,
        month,
        year,
        weekday,
    };
    let days = group("days").or(group("days2"));
    if let (Some(days), Some(month)) = (days, group("of").or(group("of2"))) {
        let year = number("of_year").or(number("of_year2"));
        for day in NUMBER.find_iter(days) {
            dates.push(date(
                day.as_str().parse().ok(),
                place(&MONTHS, month),
                year,
                None,
            ));
        }
    } else if let Some(month) = group("month") {
        dates.push(date(
            None,
            place(&MONTHS, month),
            number("month_year"),
            None,
        ));
    } else if let Some(month) = group("alone") {
        if is_month(text, &whole, month) {
            dates.push(date(None, place(&MONTHS, month), None, None));
        }
    } else if let Some(weekday) = group("weekday") {
        dates.push(date(None, None, None, place(&WEEKDAYS, weekday)));
    } else if let Some(year) = number("iy") {
        let part = |name: &str| number(name).and_then(|part| u32::try_from(part).ok());
        dates.push(date(part("id"), part("im"), Some(year), None));
    } else if let Some(year) = number("year")
        && is_year(text, &whole)
    {
        dates.push(date(None, None, Some(year), None));
    }
}

/// `May` and `March` are months where a preposition or another sign of time stands before them.
fn is_month(text: &str, span: &Range<usize>, month: &str) -> bool {
    if !matches!(month, "May" | "March") {
        return true;
    }
    let before = text[..span.start].trim_end();
    let last = before
        .rsplit([' ', '-'])
        .next()
        .unwrap_or_default()
        .to_lowercase();
    const CUES: &str = "in since by until till from to late early mid of last next before after during and through end this";
    lists(CUES, &last)
}

/// Four digits are a year unless a unit follows or they belong to a longer number.
fn is_year(text: &str, span: &Range<usize>) -> bool {
    let after = &text[span.end..];
    let before = &text[..span.start];
    let longer = before.ends_with([',', '.', '$', '€'])
        || after.starts_with(',') && after[1..].starts_with(|c: char| c.is_ascii_digit());
    let stuck = before.ends_with(|c: char| c.is_alphanumeric());
    const UNITS: [&str; 22] = [
        "%",
        " percent",
        " per cent",
        " tonnes",
        " people",
        " megawatt",
        "-megawatt",
        " MW",
        " km",
        " kilomet",
        " met",
        " million",
        " billion",
        " US dollars",
        " dollars",
        " euros",
        " households",
        " patients",
        " visas",
        "-metre",
        "-kilomet",
        " hectares",
    ];
    !longer && !stuck && !UNITS.iter().any(|unit| after.starts_with(unit))
}

fn place(names: &[&str], name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let place = names.iter().position(|known| name.starts_with(known))?;
    u32::try_from(place)
        .ok()
        .map(|place| if names.len() == 12 { place + 1 } else { place })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts = (Option<u32>, Option<u32>, Option<i32>);

    #[test]
    fn forms_of_dates() {
        let table: [(&str, &[Parts]); 12] = [
            ("on 6 March 2020 in", &[(Some(6), Some(3), Some(2020))]),
            ("on March 6, 2020,", &[(Some(6), Some(3), Some(2020))]),
            (
                "from 14 to 16 April",
                &[(Some(14), Some(4), None), (Some(16), Some(4), None)],
            ),
            (
                "on 23 and 24 January 2024",
                &[
                    (Some(23), Some(1), Some(2024)),
                    (Some(24), Some(1), Some(2024)),
                ],
            ),
            ("in May", &[(None, Some(5), None)]),
            ("it may; May it be; the March of time", &[]),
            ("in March 2026", &[(None, Some(3), Some(2026))]),
            (
                "a 2022-2025 programme",
                &[(None, None, Some(2022)), (None, None, Some(2025))],
            ),
            ("2,050 tonnes, 2000 people, 1.2030", &[]),
            ("the 1990s", &[(None, None, Some(1990))]),
            ("the 15 May 2nd", &[(Some(15), Some(5), None)]),
            ("2024-05-15", &[(Some(15), Some(5), Some(2024))]),
        ];
        for (text, expected) in table {
            let found: Vec<Parts> = find(text)
                .iter()
                .map(|date| (date.day, date.month, date.year))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(find("on Wednesday")[0].weekday, Some(2));
    }
}
