//! Dates that a French article states or lets one work out from its own date.
//!
//! Owns [`Evidence`] and [`evidence`]. Rules for what the article leaves out:
//! - a day or month without a year may lie in the article's year or in the year that brings it nearest to the article's
//!   date ("décembre" in a January article is the previous December); *dernier* and *prochain* choose the past or the
//!   future; without an article date, the years that the text names are tried;
//! - a day without a month ("jeudi 26", "le 26") takes the month that brings it nearest to the article's date;
//! - a weekday is its nearest occurrences within seven days; *hier*, *la veille*, *l'an dernier*, "il y a trois ans" count
//!   from the article's date (*la veille* and *le lendemain* also from every other day in the text);
//! - the article's own date is evidence too.

use super::calendar::{Day, PartialDate};
use super::french_numbers;
use super::tokens::{DASHES, Token};

/// A date that the article supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
    pub date: PartialDate,
    /// Whether the year is stated, or reckoned by a word such as *l'an dernier*. A year that was only inferred for a
    /// day supports that day and not the bare year.
    pub states_year: bool,
}

impl Evidence {
    /// Whether a mention with these parts follows from it.
    pub fn supports(&self, mention: PartialDate) -> bool {
        let bare_year = mention.month.is_none() && mention.day.is_none();
        mention.is_within(self.date) && (self.states_year || !bare_year)
    }
}

const MONTHS: [&str; 12] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];
const WEEKDAYS: [&str; 7] = [
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];

/// The dates of an article, and for each token whether it is a day's number (years stay numbers as well).
pub(super) fn evidence(
    tokens: &[Token],
    document: Option<PartialDate>,
) -> (Vec<Evidence>, Vec<bool>) {
    let mut reader = Reader {
        tokens,
        document,
        text_years: (0..tokens.len())
            .filter_map(|at| year(tokens, at))
            .collect(),
        found: Vec::new(),
        taken: vec![false; tokens.len()],
    };
    reader.document_itself();
    reader.years();
    let mut at = 0;
    while at < tokens.len() {
        let end = reader
            .numeric(at)
            .or_else(|| reader.days_before_month(at))
            .or_else(|| reader.months(at));
        at = end.unwrap_or(at + 1);
    }
    reader.days_without_month();
    reader.relative_days();
    reader.relative_years();
    reader.time_spans();
    (reader.found, reader.taken)
}

struct Reader<'t, 'a> {
    tokens: &'t [Token<'a>],
    document: Option<PartialDate>,
    text_years: Vec<i32>,
    found: Vec<Evidence>,
    taken: Vec<bool>,
}

/// A year from 1800 to 2199 in four digits.
fn year(tokens: &[Token], at: usize) -> Option<i32> {
    let token = tokens.get(at)?;
    let value = token.integer().filter(|_| token.text.len() == 4)?;
    (1800..2200).contains(&value).then_some(value as i32)
}

/// The month that `at` names, 1 to 12; pages lose accents and write "sept."
fn month(tokens: &[Token], at: usize) -> Option<u32> {
    let folded = tokens.get(at)?.folded.as_str();
    let found = MONTHS.iter().position(|month| *month == folded);
    found.map(|month| month as u32 + 1)
}

impl Reader<'_, '_> {
    fn folded(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.folded)
    }

    fn push(&mut self, date: PartialDate, states_year: bool) {
        self.found.push(Evidence { date, states_year });
    }

    fn push_day(&mut self, day: Day) {
        self.push(PartialDate::of_day(day), true);
    }

    fn document_itself(&mut self) {
        let Some(document) = self.document else {
            return;
        };
        self.push(document, true);
    }

    /// The article's day, where it is known.
    fn today(&self) -> Option<Day> {
        self.document.and_then(PartialDate::full)
    }

    fn years(&mut self) {
        for at in 0..self.text_years.len() {
            self.push(PartialDate::of_year(self.text_years[at]), true);
        }
        // "2022-23", "2024/25".
        for at in 0..self.tokens.len() {
            let Some(first) = year(self.tokens, at) else {
                continue;
            };
            let joint = self.tokens.get(at + 1);
            let joined = joint.is_some_and(|joint| joint.is_mark(&DASHES) || joint.text == "/");
            let last = self
                .tokens
                .get(at + 2)
                .filter(|last| joined && last.text.len() == 2);
            if let Some(last) = last.and_then(Token::integer) {
                self.push(PartialDate::of_year(first / 100 * 100 + last as i32), true);
            }
        }
        // Everybody calls this treaty by its year.
        let names_treaty = (0..self.tokens.len()).any(|at| {
            matches!(self.folded(at), "cnudm" | "unclos")
                || (0..4).all(|word| self.folded(at + word) == ["droit", "de", "la", "mer"][word])
        });
        if names_treaty {
            self.push(PartialDate::of_year(1982), true);
        }
    }

    /// A day of the month at `at` and where it ends: "26", "1er", "premier".
    fn day(&self, at: usize) -> Option<(u32, usize)> {
        let token = self.tokens.get(at)?;
        if token.folded == "premier" {
            return Some((1, at + 1));
        }
        let value = token.integer().filter(|value| (1..=31).contains(value))?;
        let suffix = self.tokens.get(at + 1);
        let is_first = suffix.is_some_and(|next| next.text == "er" && next.gap.is_empty());
        (token.text.len() <= 2)
            .then_some((value as u32, at + 1 + usize::from(is_first && value == 1)))
    }

    /// One past a joint of two dates.
    fn joint(&self, at: usize) -> Option<usize> {
        let token = self.tokens.get(at)?;
        let joins = ["a", "au", "et", "ou"].contains(&token.folded.as_str())
            || token.is_mark(&DASHES)
            || token.is_mark(&[',', '/']);
        let article = ["le", "au"].contains(&self.folded(at + 1));
        joins.then_some(at + 1 + usize::from(article))
    }

    /// 26/10/2023, 26/10, 2023-10-26.
    fn numeric(&mut self, at: usize) -> Option<usize> {
        let value = |at: usize| self.tokens.get(at).and_then(Token::integer);
        let (first, mark, second) = (value(at)?, self.tokens.get(at + 1)?, value(at + 2)?);
        let slashed = mark.text == "/";
        if !slashed && !mark.is_mark(&['-', '.']) {
            return None;
        }
        let third = value(at + 4).filter(|_| self.folded(at + 3) == mark.text);
        let (year, month, day, end) = match third {
            Some(third) if first > 1000 => (Some(first), second, third, at + 5),
            Some(third) if third > 1000 => (Some(third), second, first, at + 5),
            None if slashed => (None, second, first, at + 3),
            _ => return None,
        };
        let (month, day) = (month as u32, day as u32);
        match year {
            Some(year) => {
                let day = Day::new(year as i32, month, day)?;
                self.push_day(day);
                self.taken[at..end].fill(true);
            }
            // "1/2" may be a share as well, so its numbers stay numbers.
            None => {
                Day::new(2000, month, day)?;
                self.yearless(month, Some(day), at, end);
            }
        }
        Some(end)
    }

    /// "26 octobre 2023", "du 4 au 6 février", "9, 10 et 11 juin", "29 novembre au 2 décembre 2021".
    fn days_before_month(&mut self, first: usize) -> Option<usize> {
        let (value, mut at) = self.day(first)?;
        let mut days = vec![value];
        let number = loop {
            if let Some(number) = month(self.tokens, at) {
                break number;
            }
            let next = self.joint(at)?;
            let weekday = usize::from(WEEKDAYS.contains(&self.folded(next)));
            let (value, end) = self.day(next + weekday)?;
            days.push(value);
            at = end;
        };
        let end = at + 1;
        for day in days {
            self.dated(number, Some(day), first, end);
        }
        self.taken[first..end].fill(true);
        Some(end)
    }

    /// "octobre 2023", "janvier à juillet 2024", "en juin dernier".
    fn months(&mut self, first: usize) -> Option<usize> {
        let number = month(self.tokens, first)?;
        self.dated(number, None, first, first + 1);
        Some(first + 1)
    }

    /// Adds a month, perhaps with a day, with the year that follows it or the years that it may lie in.
    fn dated(&mut self, month: u32, day: Option<u32>, first: usize, end: usize) {
        match year(self.tokens, end) {
            Some(year) => self.push(
                PartialDate {
                    year: Some(year),
                    month: Some(month),
                    day,
                },
                true,
            ),
            None => self.yearless(month, day, first, end),
        }
    }

    fn yearless(&mut self, month: u32, day: Option<u32>, first: usize, end: usize) {
        let mut years = self.likely_years(month, day, (first, end));
        years.extend(self.year_of_the_range(end));
        for year in years {
            let date = PartialDate {
                year: Some(year),
                month: Some(month),
                day,
            };
            self.push(date, false);
        }
        let date = PartialDate {
            year: None,
            month: Some(month),
            day,
        };
        self.push(date, false);
    }

    /// In "29 novembre au 2 décembre 2021" and "janvier à juillet 2024" the year is said once, at the end.
    fn year_of_the_range(&self, end: usize) -> Option<i32> {
        let mut at = self.joint(end)?;
        if let Some((_, after)) = self.day(at) {
            at = after;
        }
        month(self.tokens, at)?;
        year(self.tokens, at + 1)
    }

    fn likely_years(&self, month: u32, day: Option<u32>, (first, end): (usize, usize)) -> Vec<i32> {
        let Some((document, today)) = self.document.and_then(|date| Some((date, date.middle()?)))
        else {
            return self.text_years.clone();
        };
        let here = document.year.unwrap_or_default();
        let distance = |year: i32| {
            let date = PartialDate {
                year: Some(year),
                month: Some(month),
                day,
            };
            date.middle().map(|date| date.0 - today.0)
        };
        let words = [self.folded(end), self.folded(end + 1)];
        let before = self.folded(first.wrapping_sub(1));
        let past = words
            .iter()
            .any(|word| word.starts_with("dernier") || *word == "passe")
            || before.starts_with("dernier");
        let future = words.iter().any(|word| word.starts_with("prochain"));
        let slack = if day.is_some() { 0 } else { 31 };
        let mut near: Vec<i32> = (here - 1..=here + 1)
            .filter(|year| {
                distance(*year)
                    .is_some_and(|days| (!past || days <= slack) && (!future || days >= -slack))
            })
            .collect();
        near.sort_by_key(|year| distance(*year).map(i64::abs));
        near.truncate(1);
        if !past && !future && !near.contains(&here) {
            near.push(here);
        }
        near
    }

    /// "jeudi 26", "le 26", and weekdays alone.
    fn days_without_month(&mut self) {
        let Some(today) = self.document.and_then(PartialDate::middle) else {
            return;
        };
        let is_exact = self.today().is_some();
        for at in 0..self.tokens.len() {
            let weekday = WEEKDAYS.iter().position(|day| *day == self.folded(at));
            if weekday.is_none() && self.folded(at) != "le" {
                continue;
            }
            let number = self.day(at + 1).filter(|(_, end)| !self.counts(*end));
            match (weekday, number) {
                (_, Some((number, _))) if !self.taken[at + 1] => {
                    let near = (-31..=31).map(|days| today.plus(days));
                    let same = near.filter(|day| day.parts().2 == number);
                    if let Some(day) = same.min_by_key(|day| (day.0 - today.0).abs()) {
                        self.push_day(day);
                        self.taken[at + 1] = true;
                    }
                }
                (Some(weekday), None) if is_exact => {
                    let near = (-7..=7).map(|days| today.plus(days));
                    for day in near.filter(|day| day.weekday() == weekday as i64) {
                        self.push_day(day);
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether the number before `at` counts something or is an ordinal: "le 26e".
    fn counts(&self, at: usize) -> bool {
        let Some(next) = self.tokens.get(at) else {
            return false;
        };
        let decimal = next.is_mark(&[',', '.'])
            && self
                .tokens
                .get(at + 1)
                .is_some_and(|digits| digits.integer().is_some() && digits.gap.is_empty());
        decimal || next.text == "%" || (next.is_word() && next.gap.is_empty())
    }

    fn relative_days(&mut self) {
        let mut days: Vec<Day> = self
            .found
            .iter()
            .filter_map(|known| known.date.full())
            .collect();
        days.sort();
        days.dedup();
        for at in 0..self.tokens.len() {
            let hyphenated = self.folded(at + 1) == "-";
            let (from_today, from_any) = match (self.folded(at), self.folded(at + 2)) {
                ("avant", "hier") if hyphenated => (Some(-2), None),
                ("apres", "demain") if hyphenated => (Some(2), None),
                ("avant", "veille") if hyphenated => (None, Some(-2)),
                ("hier", _) => (Some(-1), None),
                ("demain", _) => (Some(1), None),
                ("veille", _) => (None, Some(-1)),
                ("lendemain", _) => (None, Some(1)),
                ("surlendemain", _) => (None, Some(2)),
                _ => continue,
            };
            if let (Some(today), Some(shift)) = (self.today(), from_today) {
                self.push_day(today.plus(shift));
            }
            if let Some(shift) = from_any {
                days.iter().for_each(|day| self.push_day(day.plus(shift)));
            }
        }
    }

    /// "l'an dernier", "cette année", "l'année prochaine", "un an plus tôt".
    fn relative_years(&mut self) {
        let Some(here) = self.document.and_then(|document| document.year) else {
            return;
        };
        for at in 0..self.tokens.len() {
            if !matches!(self.folded(at), "an" | "annee" | "ans") {
                continue;
            }
            let after = [self.folded(at + 1), self.folded(at + 2)];
            let says = |stems: &str| {
                let mut stems = stems.split(' ');
                stems.any(|stem| after.iter().any(|word| word.starts_with(stem)))
            };
            let past = says("dernier derniere passe preceden auparavant ecoule tot");
            let future = says("prochain suivant tard");
            if past {
                self.push(PartialDate::of_year(here - 1), true);
            }
            if future {
                self.push(PartialDate::of_year(here + 1), true);
            }
        }
    }

    /// "il y a trois ans", "depuis deux mois", "dans douze jours".
    fn time_spans(&mut self) {
        let (Some(document), Some(today)) =
            (self.document, self.document.and_then(PartialDate::middle))
        else {
            return;
        };
        for span in french_numbers::quantities(self.tokens, &self.taken) {
            let unit = self.folded(span.end).to_owned();
            let before: Vec<&str> = (span.first.saturating_sub(4)..span.first)
                .map(|at| self.folded(at))
                .collect();
            let ago = before.windows(2).any(|pair| pair == ["y", "a"])
                || before
                    .iter()
                    .any(|word| matches!(*word, "depuis" | "voila" | "voici"));
            let sign = match (ago, before.contains(&"dans")) {
                (true, _) => -1,
                (false, true) => 1,
                (false, false) => continue,
            };
            let count = sign * span.values[0].min(1000.0) as i64;
            let days = match unit.as_str() {
                "jour" | "jours" => 1,
                "semaine" | "semaines" => 7,
                "mois" => 30,
                "an" | "ans" | "annees" => {
                    let year = document.year.unwrap_or_default();
                    self.push(PartialDate::of_year(year + count as i32), true);
                    continue;
                }
                _ => continue,
            };
            let mut date = PartialDate::of_day(today.plus(count * days));
            if days > 1 || self.today().is_none() {
                date.day = None;
            }
            self.push(date, true);
        }
    }
}

#[cfg(test)]
#[path = "french_dates_tests.rs"]
mod tests;
