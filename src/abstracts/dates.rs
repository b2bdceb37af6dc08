//! French dates → English dates, with their year, put into the source before generation.
//!
//! A model copies `6 March 2020` and guesses at `le 6 mars`. The year is the one written, else the one that
//! the date of publication gives to a day and month (`text::dates`); a month alone gets no year.

use crate::article::PublicationDate;
use crate::text::dates::{DateMention, find};

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

/// The text with its dates in English. Years alone and the first day of `15-16 mai` stay as they are.
pub fn in_english(text: &str, published: Option<PublicationDate>) -> String {
    let published = published.map(|date| date.to_string());
    let mut english = String::with_capacity(text.len() + 16);
    let mut copied = 0;
    for mention in find(text) {
        let written = &text[mention.span.start..mention.span.end];
        let is_number_alone = written.chars().all(|c| c.is_ascii_digit());
        let Some(date) = date(&mention, published.as_deref()).filter(|_| !is_number_alone) else {
            continue;
        };
        english.push_str(&text[copied..mention.span.start]);
        english.push_str(&date);
        copied = mention.span.end;
    }
    english.push_str(&text[copied..]);
    english
}

/// `6 March 2020`, `March 2020` or `March`; `None` without a month.
fn date(mention: &DateMention, published: Option<&str>) -> Option<String> {
    let month = MONTHS.get(usize::from(mention.month?).checked_sub(1)?)?;
    let year = match (mention.year, mention.day, published) {
        (None, Some(_), Some(published)) => mention.year_seen_from(published),
        (written, _, _) => written,
    };
    let day = mention.day.map(|day| day.to_string());
    let year = year.map(|year| year.to_string());
    let parts = [day.as_deref(), Some(month), year.as_deref()];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_get_their_year_and_months_their_english_name() {
        let table = [
            (
                "tenu le 6 mars à Hanoï",
                "2020-03",
                "tenu le 6 March 2020 à Hanoï",
            ),
            ("le mercredi 15 mai", "2024-05-16", "le 15 May 2024"),
            ("le 28 décembre", "2021-01", "le 28 December 2020"),
            ("le 1er juillet 2019", "2024-05", "le 1 July 2019"),
            ("les 15-16 mai", "2024-05", "les 15-16 May 2024"),
            ("en mars 2020", "2024-05", "en March 2020"),
            ("d'ici 2025", "2024-05", "d'ici 2025"),
            ("le 11e Dialogue", "2020-03", "le 11e Dialogue"),
        ];
        for (french, published, expected) in table {
            let english = in_english(french, PublicationDate::parse(published));
            assert_eq!(english, expected);
        }
        assert_eq!(in_english("le 6 mars", None), "le 6 March");
    }
}
