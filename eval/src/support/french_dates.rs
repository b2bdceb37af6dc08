//! Dates that a French article states or lets one work out from its own date.
//!
//! Owns [`Evidence`] and [`evidence`]; dates relative to the article's own are read by `french_relative_dates`.
//!
//! Rules for what the article leaves out:
//! - a day or month without a year may lie in the article's year or in the year that brings it nearest to the article's
//!   date ("décembre" in a January article is the previous December); *dernier* and *prochain* choose the past or the
//!   future, and a verb of the sentence in the future ("sera remise en mars") adds the next such date; without an article
//!   date, the years that the text names are tried;
//! - a day without a month ("jeudi 26", "le 26") takes the month that brings it nearest to the article's date;
//! - a weekday is its nearest occurrences within seven days; *hier*, *la veille*, *l'an dernier*, "il y a trois ans" count
//!   from the article's date (*la veille* and *le lendemain* also from every other day in the text);
//! - the article's own date is evidence too.

use super::calendar::{Day, PartialDate};
use super::tokens::{DASHES, Token};

/// A date that the article supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
    pub date: PartialDate,
    /// What a mention must give at least to follow from it.
    pub least: Least,
}

/// How precise a mention must be: a part that was only inferred for something more precise supports nothing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Least {
    /// The year is stated, or reckoned by a word such as *l'an dernier*: anything follows.
    Year,
    /// The year was inferred for a month or day.
    Month,
    /// Month and year were inferred for a day.
    Day,
}

impl Evidence {
    /// Whether a mention with these parts follows from it.
    pub fn supports(&self, mention: PartialDate) -> bool {
        let precise = match self.least {
            Least::Year => true,
            Least::Month => mention.month.is_some() || mention.day.is_some(),
            Least::Day => mention.day.is_some(),
        };
        precise && mention.is_within(self.date)
    }
}

const MONTHS: &str =
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre";
pub(super) const WEEKDAYS: [&str; 7] = [
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
    reader.relative();
    (reader.found, reader.taken)
}

/// What was read so far; `french_relative_dates` goes on with it.
pub(super) struct Reader<'t, 'a> {
    pub tokens: &'t [Token<'a>],
    /// The article's date.
    pub document: Option<PartialDate>,
    pub text_years: Vec<i32>,
    pub found: Vec<Evidence>,
    pub taken: Vec<bool>,
}

/// A year from 1800 to 2199 in four digits.
fn year(tokens: &[Token], at: usize) -> Option<i32> {
    let token = tokens.get(at)?;
    let value = token.integer().filter(|_| token.text.len() == 4)?;
    (1800..2200).contains(&value).then_some(value as i32)
}

/// The month that `at` names, 1 to 12; pages lose accents and write "sept."
pub(super) fn month(tokens: &[Token], at: usize) -> Option<u32> {
    let folded = tokens.get(at)?.folded.as_str();
    let found = MONTHS.split(' ').position(|month| month == folded);
    found.map(|month| month as u32 + 1)
}

impl Reader<'_, '_> {
    pub(super) fn folded(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.folded)
    }

    pub(super) fn push(&mut self, date: PartialDate, least: Least) {
        self.found.push(Evidence { date, least });
    }

    fn document_itself(&mut self) {
        let Some(document) = self.document else {
            return;
        };
        self.push(document, Least::Year);
    }

    /// The article's day, where it is known.
    pub(super) fn today(&self) -> Option<Day> {
        self.document.and_then(PartialDate::full)
    }

    fn years(&mut self) {
        for at in 0..self.text_years.len() {
            self.push(PartialDate::of_year(self.text_years[at]), Least::Year);
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
                self.push(
                    PartialDate::of_year(first / 100 * 100 + last as i32),
                    Least::Year,
                );
            }
        }
        // "les années 70"
        for at in 0..self.tokens.len() {
            let decade = self.tokens.get(at + 1).and_then(Token::integer);
            if let ("annees", Some(decade @ 10..=99)) = (self.folded(at), decade) {
                self.push(PartialDate::of_year(1900 + decade as i32), Least::Year);
            }
        }
        // Everybody calls this treaty by its year.
        let names_treaty = (0..self.tokens.len()).any(|at| {
            matches!(self.folded(at), "cnudm" | "unclos")
                || (0..4).all(|word| self.folded(at + word) == ["droit", "de", "la", "mer"][word])
        });
        if names_treaty {
            self.push(PartialDate::of_year(1982), Least::Year);
        }
    }

    /// A day of the month at `at` and where it ends: "26", "1er", "premier".
    pub(super) fn day(&self, at: usize) -> Option<(u32, usize)> {
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
    pub(super) fn joint(&self, at: usize) -> Option<usize> {
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
                self.push(PartialDate::of_day(day), Least::Year);
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
        match year(self.tokens, end).or_else(|| self.reckoned_year(end)) {
            Some(year) => self.push(
                PartialDate {
                    year: Some(year),
                    month: Some(month),
                    day,
                },
                Least::Year,
            ),
            None => self.yearless(month, day, first, end),
        }
    }

    /// The year of "le 24 février de l'année dernière", "en mars de cette année".
    fn reckoned_year(&self, end: usize) -> Option<i32> {
        let here = self.document?.year?;
        let joins = |at: &usize| matches!(self.folded(*at), "de" | "du" | "d" | "l" | "'" | "’");
        let at = end + (end..self.tokens.len()).take_while(joins).count();
        let after = self.folded(at + 1);
        let says = |stems: &[&str]| stems.iter().any(|stem| after.starts_with(stem));
        match self.folded(at) {
            "cette" if after == "annee" => Some(here),
            "an" | "annee" if says(&["dernier", "passe", "preceden"]) => Some(here - 1),
            "an" | "annee" if says(&["prochain", "suivant"]) => Some(here + 1),
            _ => None,
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
            self.push(date, Least::Month);
        }
        let date = PartialDate {
            year: None,
            month: Some(month),
            day,
        };
        self.push(date, Least::Month);
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
        if !past && self.is_ahead(first, end) {
            near.extend(
                (here..=here + 1).find(|year| distance(*year).is_some_and(|days| days >= -slack)),
            );
        }
        near
    }

    /// Whether a verb or noun of the sentence puts the date between `first` and `end` into the future.
    fn is_ahead(&self, first: usize, end: usize) -> bool {
        let ends = |at: &usize| !self.tokens[*at].is_mark(&['.', '!', '?', ';']);
        let before = (0..first).rev().take_while(ends).take(12);
        let after = (end..self.tokens.len()).take_while(ends).take(6);
        before.chain(after).any(|at| {
            let word = self.folded(at);
            let tensed = ["ra", "ront", "rait", "raient"];
            let planned = ["prevu", "attendu"];
            word.len() > 3 && tensed.iter().any(|ending| word.ends_with(ending))
                || planned.iter().any(|stem| word.starts_with(stem))
        })
    }
}

#[cfg(test)]
#[path = "french_dates_tests.rs"]
mod tests;
