//! The dates that a French sentence mentions.
//!
//! Owns the forms (`6 mars`, `15-16 mai`, `mars 2020`, `en 2025`, `06/07/2022`) and the year that a
//! date without one means, seen from the article's date. Input is plain or raw text; nothing is
//! compared here.

use std::sync::LazyLock;

use regex::{Captures, Match, Regex};

use crate::article::Span;

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
/// Years outside are other numbers.
const YEARS: std::ops::RangeInclusive<u16> = 1800..=2199;

/// One date in a text. At least one of day, month and year is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateMention {
    /// Where it stands in the text that was searched; a weekday before it belongs to it. The
    /// first day of `15-16 mai` has only its own number as span.
    pub span: Span,
    /// Day of the month, 1 to 31.
    pub day: Option<u8>,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Year, as written or as a date tied to this one gives it (`du 3 mai au 5 juin 2023`).
    pub year: Option<u16>,
}

impl DateMention {
    /// The year that the mention means: its own, else the one that puts its month nearest to the
    /// article's date (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`). Six months either way count as past.
    ///
    /// ```
    /// let january = depeche::text::dates::find("le 28 décembre")[0];
    /// assert_eq!(january.year_seen_from("2020-01"), Some(2019));
    /// assert_eq!(january.year_seen_from("2020"), Some(2020));
    /// ```
    pub fn year_seen_from(&self, published: &str) -> Option<u16> {
        if self.year.is_some() {
            return self.year;
        }
        let month = i32::from(self.month?);
        let mut parts = published.split('-');
        let year: u16 = parts.next()?.parse().ok()?;
        let Some(now) = parts.next().and_then(|part| part.parse::<i32>().ok()) else {
            return Some(year);
        };
        match month - now {
            6.. => year.checked_sub(1),
            ..-6 => year.checked_add(1),
            _ => Some(year),
        }
    }
}

static DATES: LazyLock<Regex> = LazyLock::new(|| {
    let month = r"(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre)";
    let weekday = r"(?:(?i:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )";
    let day = r"\d{1,2}(?: ?er)?";
    let link = r"(?: ?[-–/] ?|,? (?:et|au|ou|à) (?:le )?|, )";
    let cue = r"(?:[Ee]n|[Dd]e|[Dd]|[Pp]our|[Ff]in|[Dd]ébut|[Mm]i|[Dd]epuis|[Dd]ès|[Cc]ourant|[Dd]'ici|[Jj]usqu'en|[Jj]usqu'à|[Mm]ois de|[Mm]ois d|[Aa]vant|[Aa]près|[Ee]ntre|[ÀA]|[àa]|[Ee]t)";
    let year_cue = r"(?:[Ee]n|[Dd]'ici(?: à| fin)?|[Dd]epuis|[Dd]ès|[Aa]vant|[Aa]près|[Ff]in|[Dd]ébut|[Mm]i|[Cc]ourant|[Vv]ers|l'an|[Aa]nnées?|[Jj]usqu'en|[Jj]usqu'à|été|hiver|automne|printemps|horizon|exercice|saison|[Dd]e|[Ee]ntre|période)";
    let unit = r" ?%| (?:ans|dollars|euros|exemplaires|habitants|hectares|hommes|kilomètres|km|mètres|personnes|soldats|tonnes|USD)\b";
    let forms = [
        format!(
            r"\b(?P<days>{weekday}?{day}(?:{link}{weekday}?{day}){{0,5}}) (?P<of>(?i:{month}))\b(?: (?P<of_year>\d{{4}})\b)?"
        ),
        r"\b(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})\b".to_owned(),
        r"\b(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2})\b".to_owned(),
        format!(r"\b{cue}[ '-](?P<cued>{month})\b(?: (?P<cued_year>\d{{4}})\b)?"),
        format!(r"\b(?P<month>(?i:{month})) (?P<month_year>\d{{4}})\b"),
        format!(
            r"\b{year_cue}[ -](?P<first>\d{{4}})\b(?P<more>(?:(?:,| et| ou| à| ?[-–/]) ?(?:en )?\d{{4}}\b){{0,4}})(?P<unit>{unit})?"
        ),
        r"(?P<open>\b\d{4}[-–/]\d{4}\b|\(\d{4}\))".to_owned(),
    ];
    Regex::new(&forms.join("|")).expect("invariant: the pattern is constant")
});
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d+").expect("invariant: the pattern is constant"));

/// Finds the dates in `text`, in order.
///
/// ```
/// let dates = depeche::text::dates::find("Il viendra du 3 au 5 juin 2023.");
/// assert_eq!((dates[0].day, dates[0].month, dates[0].year), (Some(3), Some(6), Some(2023)));
/// assert_eq!((dates[1].day, dates[1].month, dates[1].year), (Some(5), Some(6), Some(2023)));
/// ```
pub fn find(text: &str) -> Vec<DateMention> {
    let mut dates = Vec::new();
    for found in DATES.captures_iter(text) {
        let before = dates.len();
        add(&found, &mut dates);
        tie_years(text, &mut dates, before);
    }
    dates
}

/// Adds the dates of one match.
fn add(found: &Captures, dates: &mut Vec<DateMention>) {
    let group = |name: &str| found.name(name);
    let whole = found.get(0).map_or(0..0, |whole| whole.range());
    if let (Some(days), Some(of)) = (group("days"), group("of")) {
        let year = group("of_year").and_then(year_of);
        let end = if year.is_some() { whole.end } else { of.end() };
        add_days(days, month_of(of.as_str()), year, end, dates);
    } else if let (Some(d), Some(m), Some(y)) = (group("d"), group("m"), group("y")) {
        add_numeric(whole, [d, m, y], dates);
    } else if let (Some(d), Some(m), Some(y)) = (group("id"), group("im"), group("iy")) {
        add_numeric(whole, [d, m, y], dates);
    } else if let Some(month) = group("cued").or(group("month")) {
        let written = group("cued_year").or(group("month_year"));
        let year = written.and_then(year_of);
        let end = if year.is_some() {
            whole.end
        } else {
            month.end()
        };
        dates.push(DateMention {
            span: Span {
                start: month.start(),
                end,
            },
            day: None,
            month: month_of(month.as_str()),
            year,
        });
    } else if group("unit").is_none() {
        let list = group("open").map_or_else(
            || group("first").map_or(0, |m| m.start())..group("more").map_or(0, |m| m.end()),
            |open| open.range(),
        );
        let text = &found[0][list.start - whole.start..list.end - whole.start];
        for number in NUMBER.find_iter(text) {
            if let Some(year) = year_of(number) {
                dates.push(DateMention {
                    span: Span {
                        start: list.start + number.start(),
                        end: list.start + number.end(),
                    },
                    day: None,
                    month: None,
                    year: Some(year),
                });
            }
        }
    }
}

/// `15-16 mai 2023`: each day is a date; the last one has the month and year in its span.
fn add_days(
    days: Match,
    month: Option<u8>,
    year: Option<u16>,
    end: usize,
    dates: &mut Vec<DateMention>,
) {
    let numbers: Vec<Match> = NUMBER.find_iter(days.as_str()).collect();
    for (index, number) in numbers.iter().enumerate() {
        let day = day_of(number.as_str(), month);
        let last = index + 1 == numbers.len();
        let start = days.start() + if index == 0 { 0 } else { number.start() };
        let own_end = days.start() + number.end();
        if day.is_some() {
            dates.push(DateMention {
                span: Span {
                    start,
                    end: if last { end } else { own_end },
                },
                day,
                month,
                year,
            });
        }
    }
}

fn add_numeric(whole: std::ops::Range<usize>, [d, m, y]: [Match; 3], dates: &mut Vec<DateMention>) {
    let month = m.as_str().parse().ok().filter(|m| (1..=12).contains(m));
    let (day, year) = (day_of(d.as_str(), month), year_of(y));
    if month.is_some() && day.is_some() && year.is_some() {
        dates.push(DateMention {
            span: Span {
                start: whole.start,
                end: whole.end,
            },
            day,
            month,
            year,
        });
    }
}

/// Gives a date without year the year of the one tied to it: `du 3 mai au 5 juin 2023`.
fn tie_years(text: &str, dates: &mut [DateMention], before: usize) {
    let (earlier, new) = dates.split_at_mut(before);
    let (Some(previous), Some(next)) = (earlier.last_mut(), new.first()) else {
        return;
    };
    let between = text[previous.span.end..next.span.start].trim();
    let tied = matches!(
        between,
        "au" | "à" | "et" | "et le" | "et en" | "-" | "–" | "jusqu'au"
    );
    if previous.year.is_none() && next.month.is_some() && next.month >= previous.month && tied {
        previous.year = next.year;
    }
}

fn month_of(name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    let plain = |text: &str| text.replace('é', "e").replace('û', "u");
    let place = MONTHS
        .iter()
        .position(|month| plain(month) == plain(&name))?;
    u8::try_from(place + 1).ok()
}

/// A day that the month can have.
fn day_of(digits: &str, month: Option<u8>) -> Option<u8> {
    let longest = match month? {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    digits
        .parse()
        .ok()
        .filter(|day| (1..=longest).contains(day))
}

fn year_of(digits: Match) -> Option<u16> {
    digits
        .as_str()
        .parse()
        .ok()
        .filter(|year| YEARS.contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Parts = (Option<u8>, Option<u8>, Option<u16>);

    fn read(text: &str) -> Vec<(&str, Parts)> {
        find(text)
            .into_iter()
            .map(|date| {
                let words = &text[date.span.start..date.span.end];
                (words, (date.day, date.month, date.year))
            })
            .collect()
    }

    fn date(day: u8, month: u8, year: u16) -> Parts {
        let known = |n: u8| (n > 0).then_some(n);
        (known(day), known(month), (year > 0).then_some(year))
    }

    #[test]
    fn forms_of_dates() {
        let cases: [(&str, &[(&str, Parts)]); 21] = [
            ("tenu le 6 mars à Hanoï", &[("6 mars", date(6, 3, 0))]),
            (
                "le 1er juillet 2022",
                &[("1er juillet 2022", date(1, 7, 2022))],
            ),
            ("le 1 er août", &[("1 er août", date(1, 8, 0))]),
            (
                "Mercredi 15 mai, il",
                &[("Mercredi 15 mai", date(15, 5, 0))],
            ),
            (
                "les 15-16 mai",
                &[("15", date(15, 5, 0)), ("16 mai", date(16, 5, 0))],
            ),
            (
                "les 9 et 10 juin",
                &[("9", date(9, 6, 0)), ("10 juin", date(10, 6, 0))],
            ),
            (
                "du 3 au 5 juin 2023",
                &[("3", date(3, 6, 2023)), ("5 juin 2023", date(5, 6, 2023))],
            ),
            (
                "du 28 mai au 2 juin 2023",
                &[
                    ("28 mai", date(28, 5, 2023)),
                    ("2 juin 2023", date(2, 6, 2023)),
                ],
            ),
            (
                "du 28 décembre au 2 janvier 2023",
                &[
                    ("28 décembre", date(28, 12, 0)),
                    ("2 janvier 2023", date(2, 1, 2023)),
                ],
            ),
            ("en mars 2020", &[("mars 2020", date(0, 3, 2020))]),
            ("fin mars", &[("mars", date(0, 3, 0))]),
            ("Mars 2020 fut froid", &[("Mars 2020", date(0, 3, 2020))]),
            ("sur Mars, les mars", &[]),
            ("d'ici 2025", &[("2025", date(0, 0, 2025))]),
            (
                "en 2019, 2020 et 2021",
                &[
                    ("2019", date(0, 0, 2019)),
                    ("2020", date(0, 0, 2020)),
                    ("2021", date(0, 0, 2021)),
                ],
            ),
            (
                "le plan 2021-2030",
                &[("2021", date(0, 0, 2021)), ("2030", date(0, 0, 2030))],
            ),
            ("depuis 2000 ans, en 3.500 lieux, de 2000 personnes", &[]),
            (
                "le 06/07/2022 ou 2022-07-06",
                &[
                    ("06/07/2022", date(6, 7, 2022)),
                    ("2022-07-06", date(6, 7, 2022)),
                ],
            ),
            ("le 31 juin, le 45 mai, le 45/13/2020", &[]),
            ("1999 dollars et 2.020 voix", &[]),
            ("le 6 AOUT 2021", &[("6 AOUT 2021", date(6, 8, 2021))]),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn years_seen_from_the_date_of_the_article() {
        let cases = [
            ("le 6 juillet", "2022-07", Some(2022)),
            ("le 28 décembre", "2020-01-03", Some(2019)),
            ("le 5 janvier", "2020-12", Some(2021)),
            ("le 5 janvier", "2020-07", Some(2020)),
            ("le 5 juillet", "2020-01", Some(2019)),
            ("le 5 juillet 2018", "2020-01", Some(2018)),
            ("le 5 juillet", "2020", Some(2020)),
            ("le 5 juillet", "hier", None),
            ("en 2018", "2020-01", Some(2018)),
        ];
        for (text, published, year) in cases {
            assert_eq!(
                find(text)[0].year_seen_from(published),
                year,
                "{text} {published}"
            );
        }
    }

    proptest! {
        #[test]
        fn dates_are_ordered_and_possible(text in "(?:[0-3]?[0-9]|20[0-9]{2}|mai|mars|au|et|en|le|-|,|/|\\PC| ){0,30}") {
            let mut last = 0;
            for date in find(&text) {
                prop_assert!(date.span.start >= last && date.span.start < date.span.end);
                prop_assert!(text.get(date.span.start..date.span.end).is_some());
                prop_assert!(date.day.is_none_or(|day| (1..=31).contains(&day) && date.month.is_some()));
                prop_assert!(date.month.is_some() || date.year.is_some());
                last = date.span.end;
            }
        }
    }
}
