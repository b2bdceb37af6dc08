//! The dates that an article gives: those that it writes, and those that follow from them and from the date
//! of publication (`mardi`, `hier`, `en juin dernier`, `l'an dernier`). What is counted from it (`il y a dix ans`)
//! is [`elapsed`](super::elapsed)'s.
//!
//! Owns what may be derived. Nothing is derived from a date of publication without a day that needs one.

use super::english_dates::EnglishDate;
use super::words::{Joint, Word, lists};
use crate::article::PublicationDate;
use crate::text::dates;
use chrono::{Datelike, Days, NaiveDate};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

const WEEKDAYS: [&str; 7] = [
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];

/// Folded phrases for the year before the one of publication, and for the year after it.
const LAST_YEAR: &str = "an dernier|an passe|annee derniere|annee passee|annee precedente|annee ecoulee|un an|\
    printemps dernier|ete dernier|automne dernier|hiver dernier|printemps passe|ete passe|automne passe|hiver passe|\
    exercice precedent|saison derniere|saison passee|saison precedente|derniere saison";
const NEXT_YEAR: &str = "an prochain|annee prochaine|annee suivante|prochaine annee|automne prochain|printemps prochain|\
    ete prochain|hiver prochain|saison prochaine|prochaine saison|exercice suivant|prochain exercice";

/// Months from which on the nearest such day need not be the one meant.
const FAR_MONTHS: u32 = 6;
/// Words behind a day that stands without its month.
const BEHIND_DAY: &str =
    "au a et ou dans en par pour avec devant lors le la les l un une il elle ils elles";

/// Every year that the article writes, also where `text::dates` takes it for another number.
static YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:1[89]|20|21)\d{2}").expect("the pattern is constant"));
/// `2022-25`, `2022/25`.
static SHORT_RANGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b((?:1[89]|20|21)\d{2})[-/](\d{2})\b").expect("the pattern is constant")
});

/// What the article says of time.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    /// Day, month and, where it is certain, the year.
    days: BTreeSet<(u32, u32, Option<i32>)>,
    /// Month and, where it is certain, the year.
    months: BTreeSet<(u32, Option<i32>)>,
    years: BTreeSet<i32>,
    /// Years with no other word than a link between them: `2022-2025`, `de 2022 à 2025`.
    ranges: BTreeSet<(i32, i32)>,
    /// Periods of months: `de janvier à août`, `les huit premiers mois`.
    periods: BTreeSet<(u32, u32)>,
    /// Days from Monday.
    weekdays: BTreeSet<u32>,
    /// Year of publication.
    published: Option<i32>,
}

/// Four digits that are no part of a longer number; a page may have lost the space before them (`pour2021`).
fn years_in(text: &str) -> impl Iterator<Item = regex::Match<'_>> {
    let digit = |c: char| c.is_ascii_digit();
    YEAR.find_iter(text).filter(move |year| {
        let (before, after) = (&text[..year.start()], &text[year.end()..]);
        let longer = after
            .strip_prefix(['.', ','])
            .is_some_and(|rest| rest.starts_with(digit));
        !before.ends_with(digit)
            && !before.ends_with(['.', ','])
            && !after.starts_with(digit)
            && !longer
    })
}

impl Calendar {
    /// Reads the article: its text, the same in folded words, and its date of publication.
    pub fn new(text: &str, words: &[Word], published: Option<PublicationDate>) -> Self {
        let mut calendar = Self::default();
        calendar.add_written(text, published);
        calendar.add_years(text, words, published);
        calendar.add_relative(words, published);
        calendar
    }

    /// The same with dates that others have derived from the article; one without a year adds nothing.
    pub fn with(mut self, dates: &[EnglishDate]) -> Self {
        for date in dates.iter().filter(|date| date.year.is_some()) {
            if let (Some(day), Some(month)) = (date.day, date.month) {
                self.days.insert((day, month, date.year));
                self.add_weekday(day, month, date.year);
            }
            self.months
                .extend(date.month.map(|month| (month, date.year)));
            self.years.extend(date.year);
        }
        self
    }

    /// Whether the article has this day; a year, if given, must be the day's year.
    pub fn has_day(&self, day: u32, month: u32, year: Option<i32>) -> bool {
        self.days
            .iter()
            .any(|(d, m, y)| (*d, *m) == (day, month) && self.year_fits(*y, year))
    }

    /// Whether the article has this month; a year, if given, must be the month's year.
    pub fn has_month(&self, month: u32, year: Option<i32>) -> bool {
        self.months
            .iter()
            .any(|(m, y)| *m == month && self.year_fits(*y, year))
    }

    /// Whether the article gives this year.
    pub fn has_year(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Whether the article writes these two years beside each other.
    pub fn has_range(&self, first: i32, last: i32) -> bool {
        self.ranges.contains(&(first, last))
    }

    /// Whether the article speaks of the period from one month to another.
    pub fn has_period(&self, first: u32, last: u32) -> bool {
        self.periods.contains(&(first, last))
    }

    /// Whether the article was published in this year.
    pub fn is_published_in(&self, year: i32) -> bool {
        self.published == Some(year)
    }

    /// Whether the article names this day of the week or has a date on it.
    pub fn has_weekday(&self, weekday: u32) -> bool {
        self.weekdays.contains(&weekday)
    }

    /// Without a date of publication a written year of the article is the best there is.
    fn year_fits(&self, known: Option<i32>, year: Option<i32>) -> bool {
        match (known, year) {
            (_, None) => true,
            (Some(known), Some(year)) => known == year,
            (None, Some(year)) => self.years.contains(&year),
        }
    }

    fn add_written(&mut self, text: &str, published: Option<PublicationDate>) {
        let seen_from = published.map(|date| date.to_string());
        let mentions = dates::find(text);
        for pair in mentions.windows(2) {
            let between = text
                .get(pair[0].span.end..pair[1].span.start)
                .unwrap_or_default();
            let linked = matches!(
                between.trim(),
                "à" | "-" | "–" | "au" | "et" | "à fin" | "à la fin"
            );
            if let (true, Some(first), Some(last)) = (linked, pair[0].month, pair[1].month) {
                self.periods.insert((first.into(), last.into()));
            }
        }
        for mention in mentions {
            let written = mention.year.map(i32::from);
            let seen = seen_from
                .as_deref()
                .and_then(|date| mention.year_seen_from(date))
                .map(i32::from);
            let year = written.or(seen);
            let month = mention.month.map(u32::from);
            if let Some(month) = month {
                self.months.insert((month, year));
                if let (None, None, Some(published)) = (mention.day, mention.year, published) {
                    let after = text.get(mention.span.end..).unwrap_or_default();
                    let before = text.get(..mention.span.start).unwrap_or_default();
                    self.add_month_said(month, (before, after), published);
                }
            }
            if let (Some(day), Some(month)) = (mention.day.map(u32::from), month) {
                self.days.insert((day, month, year));
                if let (None, Some(published)) = (written, published) {
                    self.add_this_year(day, month, published);
                }
                self.add_weekday(day, month, year);
            }
            self.years.extend(year);
        }
        if let Some(date) = published {
            self.published = Some(date.year.into());
            self.years.insert(date.year.into());
            if let Some(month) = date.month {
                self.months.insert((month.into(), Some(date.year.into())));
            }
        }
    }

    /// A day without a year that is nearer in another year may well be this year's.
    fn add_this_year(&mut self, day: u32, month: u32, published: PublicationDate) {
        let now = published.month.map_or(month, u32::from);
        if month.abs_diff(now) >= FAR_MONTHS {
            self.days.insert((day, month, Some(published.year.into())));
        }
    }

    /// `juin dernier`, `juin prochain`: the nearest June before or after the month of publication.
    fn add_month_said(&mut self, month: u32, around: (&str, &str), published: PublicationDate) {
        let Some(now) = published.month.map(u32::from) else {
            return;
        };
        let before: String = around
            .0
            .chars()
            .rev()
            .take_while(|c| *c != '.')
            .take(120)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let after = around.1.trim_start();
        let year = i32::from(published.year);
        let sentence = format!("{before} {}", after.split('.').next().unwrap_or_default());
        if sentence.contains("ront ") || sentence.contains("ra ") {
            // What will be lies after the month of publication.
            self.months
                .insert((month, Some(if month < now { year + 1 } else { year })));
        }
        if ["dernier", "passé", "écoulé"]
            .iter()
            .any(|word| after.starts_with(word))
        {
            self.months
                .insert((month, Some(if month > now { year - 1 } else { year })));
        } else if after.starts_with("prochain") {
            self.months
                .insert((month, Some(if month < now { year + 1 } else { year })));
        }
    }

    fn add_weekday(&mut self, day: u32, month: u32, year: Option<i32>) {
        let date = year.and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        self.weekdays
            .extend(date.map(|date| date.weekday().num_days_from_monday()));
    }

    fn add_years(&mut self, text: &str, words: &[Word], published: Option<PublicationDate>) {
        self.years
            .extend(years_in(text).filter_map(|year| year.as_str().parse::<i32>().ok()));
        let written: Vec<_> = years_in(text).collect();
        for pair in written.windows(2) {
            let near = pair[1].start() - pair[0].end() < 16;
            if let (true, Ok(first), Ok(last)) =
                (near, pair[0].as_str().parse(), pair[1].as_str().parse())
            {
                self.ranges.insert((first, last));
            }
        }
        for range in SHORT_RANGE.captures_iter(text) {
            let part = |number: usize| {
                range
                    .get(number)
                    .and_then(|part| part.as_str().parse::<i32>().ok())
            };
            if let (Some(first), Some(last)) = (part(1), part(2)) {
                self.years.insert(first / 100 * 100 + last);
                self.ranges.insert((first, first / 100 * 100 + last));
            }
        }
        let Some(now) = published.map(|date| i32::from(date.year)) else {
            return;
        };
        let joined: Vec<&str> = words.iter().map(|word| word.folded.as_str()).collect();
        let joined = format!(" {} ", joined.join(" "));
        for (phrases, years) in [(LAST_YEAR, -1), (NEXT_YEAR, 1)] {
            if phrases
                .split('|')
                .any(|phrase| joined.contains(&format!(" {phrase} ")))
            {
                self.years.insert(now + years);
            }
        }
    }

    /// Days of the week and `hier`, seen from a date of publication with its day.
    fn add_relative(&mut self, words: &[Word], published: Option<PublicationDate>) {
        let has = |word: &str| words.iter().any(|known| known.folded == word);
        let named: Vec<u32> = (0..7).filter(|day| has(WEEKDAYS[*day as usize])).collect();
        self.weekdays.extend(&named);
        self.add_months_of_periods(words);
        self.add_bare_days(words);
        let day_of = |date: PublicationDate| {
            NaiveDate::from_ymd_opt(date.year.into(), date.month?.into(), date.day?.into())
        };
        let Some(today) = published.and_then(day_of) else {
            return;
        };
        let mut dates = vec![today];
        if has("hier") || has("veille") {
            dates.extend(today.checked_sub_days(Days::new(1)));
        }
        if has("demain") {
            dates.extend(today.checked_add_days(Days::new(1)));
        }
        for distance in 1..=7 {
            let is_named = |day: &NaiveDate| named.contains(&day.weekday().num_days_from_monday());
            dates.extend(today.checked_sub_days(Days::new(distance)).filter(is_named));
            dates.extend(today.checked_add_days(Days::new(distance)).filter(is_named));
        }
        let next_to: Vec<NaiveDate> = self
            .days
            .iter()
            .filter_map(|(d, m, y)| NaiveDate::from_ymd_opt((*y)?, *m, *d))
            .collect();
        for date in next_to {
            if has("veille") {
                dates.extend(date.checked_sub_days(Days::new(1)));
            }
            if has("lendemain") {
                dates.extend(date.checked_add_days(Days::new(1)));
            }
        }
        for date in dates {
            self.days
                .insert((date.day(), date.month(), Some(date.year())));
            self.months.insert((date.month(), Some(date.year())));
            self.weekdays.insert(date.weekday().num_days_from_monday());
        }
    }

    /// `les huit premiers mois`, `au premier semestre`: months from January on.
    fn add_months_of_periods(&mut self, words: &[Word]) {
        let years: Vec<Option<i32>> = self.years.iter().copied().map(Some).collect();
        let mut add = |last: u32| {
            let months = (1..=last).flat_map(|month| years.iter().map(move |year| (month, *year)));
            self.months.extend(months);
            self.periods.insert((1, last));
        };
        for (at, word) in words.iter().enumerate().skip(1) {
            let before = |back: usize| {
                at.checked_sub(back)
                    .map_or("", |at| words[at].folded.as_str())
            };
            match word.folded.as_str() {
                "mois" if before(1).starts_with("premier") => {
                    let count = crate::text::numbers::find(before(2))
                        .first()
                        .map(|number| number.value);
                    // Twelve at most, so nothing is lost.
                    add(count
                        .filter(|count| (1.0..=12.0).contains(count))
                        .map_or(0, |count| count as u32));
                }
                "trimestre" if before(1) == "premier" => add(3),
                "semestre" if before(1) == "premier" => add(6),
                _ => {}
            }
        }
    }

    /// `a débuté le 1er avril et durera jusqu'au 12`, `le 17, la délégation`: a day without its month takes one
    /// of the article's.
    fn add_bare_days(&mut self, words: &[Word]) {
        let months: Vec<(u32, Option<i32>)> = self.months.iter().copied().collect();
        let day_at = |at: usize| {
            let word = &words.get(at)?.folded;
            let day = word.strip_suffix("er").unwrap_or(word).parse::<u32>();
            day.ok().filter(|day| (1..=31).contains(day))
        };
        let follows = |at: usize| {
            words
                .get(at)
                .is_none_or(|next| next.joint != Joint::Space || lists(BEHIND_DAY, &next.folded))
        };
        for (at, word) in words.iter().enumerate() {
            let mut next = at + 1;
            let mut days = Vec::new();
            if matches!(word.folded.as_str(), "au" | "le" | "du" | "les") {
                // "les 25, 26 et 27".
                while let Some(day) = day_at(next) {
                    days.push(day);
                    let and = words.get(next + 1).is_some_and(|word| word.folded == "et");
                    next += if and && day_at(next + 2).is_some() {
                        2
                    } else {
                        1
                    };
                }
            }
            if word.folded == "au" || follows(next) {
                for day in days {
                    let dated = |(month, year): &(u32, Option<i32>)| (day, *month, *year);
                    self.days.extend(months.iter().map(dated));
                }
            }
        }
    }
}
