//! Dates that a French article gives relative to its own: weekdays, *hier*, *l'an dernier*, "il y a trois ans".
//!
//! Goes on with the [`Reader`] of `french_dates`, where the rules are listed.

use super::calendar::{Day, PartialDate};
use super::french_dates::{Least, Reader, WEEKDAYS};
use super::french_numbers;

/// Seasons and the month in which each begins.
const SEASONS: [(&str, u32); 4] = [("printemps", 3), ("ete", 6), ("automne", 9), ("hiver", 12)];

impl Reader<'_, '_> {
    /// Adds all relative dates; the others must have been read.
    pub(super) fn relative(&mut self) {
        self.days_without_month();
        self.lists_of_days();
        self.relative_days();
        self.relative_years();
        self.seasons();
        self.first_months();
        self.time_spans();
    }

    /// "à l'automne prochain", "l'été dernier".
    fn seasons(&mut self) {
        let Some(today) = self.document.and_then(PartialDate::middle) else {
            return;
        };
        let (here, now, _) = today.parts();
        for at in 0..self.tokens.len() {
            let season = SEASONS.iter().find(|(name, _)| *name == self.folded(at));
            let Some((_, begins)) = season else {
                continue;
            };
            let after = self.folded(at + 1);
            if after.starts_with("prochain") {
                let year = here + i32::from(now >= *begins);
                self.push(PartialDate::of_year(year), Least::Year);
            } else if after.starts_with("dernier") || after == "passe" {
                let year = here - i32::from(now <= *begins);
                self.push(PartialDate::of_year(year), Least::Year);
            }
        }
    }

    /// "les huit premiers mois": from January to August; "premier semestre", "premier trimestre".
    fn first_months(&mut self) {
        for at in 0..self.tokens.len() {
            let word = self.folded(at);
            let last = match (word, self.folded(at + 1), self.folded(at + 2)) {
                ("premier", "semestre", _) => Some(6),
                ("premier", "trimestre", _) => Some(3),
                (_, "premiers", "mois") => {
                    french_numbers::quantities(&self.tokens[at..=at], &[false])
                        .first()
                        .map(|count| count.values[0] as u32)
                        .filter(|count| (2..=12).contains(count))
                }
                _ => None,
            };
            let years: Vec<i32> = self
                .document
                .and_then(|document| document.year)
                .into_iter()
                .chain(self.text_years.iter().copied())
                .collect();
            for month in last.into_iter().flat_map(|last| [1, last]) {
                for year in &years {
                    let date = PartialDate {
                        year: Some(*year),
                        month: Some(month),
                        day: None,
                    };
                    self.push(date, Least::Month);
                }
            }
        }
    }

    /// "jeudi 26", "le 26", and weekdays alone.
    fn days_without_month(&mut self) {
        let Some(today) = self.document.and_then(PartialDate::middle) else {
            return;
        };
        let is_exact = self.today().is_some();
        for at in 0..self.tokens.len() {
            let weekday = WEEKDAYS.iter().position(|day| *day == self.folded(at));
            // "le 26", and "jusqu'au 26" where no noun follows.
            let leads = match self.folded(at) {
                "le" => true,
                "au" => self.tokens.get(at + 2).is_none_or(|next| !next.is_word()),
                _ => false,
            };
            if weekday.is_none() && !leads {
                continue;
            }
            let number = self.day(at + 1).filter(|(_, end)| !self.counts(*end));
            match (weekday, number) {
                (_, Some((number, _))) => self.push_nearest(today, number, at + 1),
                (Some(weekday), None) if is_exact => {
                    let near = (-7..=7).map(|days| today.plus(days));
                    for day in near.filter(|day| day.weekday() == weekday as i64) {
                        self.push(PartialDate::of_day(day), Least::Day);
                    }
                }
                _ => {}
            }
        }
    }

    /// The day with this number, which stands at `at`, that is nearest to the article's date.
    fn push_nearest(&mut self, today: Day, number: u32, at: usize) {
        let near = (-31..=31).map(|days| today.plus(days));
        let same = near.filter(|day| day.parts().2 == number);
        let nearest = same.min_by_key(|day| (day.0 - today.0).abs());
        if let Some(day) = nearest.filter(|_| !self.taken[at]) {
            self.push(PartialDate::of_day(day), Least::Day);
            self.taken[at] = true;
        }
    }

    /// "les 25, 26 et 27" where no noun follows that they would count.
    fn lists_of_days(&mut self) {
        let Some(today) = self.document.and_then(PartialDate::middle) else {
            return;
        };
        for first in 0..self.tokens.len() {
            if self.folded(first) != "les" {
                continue;
            }
            let mut days = Vec::new();
            let mut next = Some(first + 1);
            let mut end = first + 1;
            while let Some((at, (number, after))) = next.and_then(|at| Some((at, self.day(at)?))) {
                days.push((number, at));
                end = after;
                next = self.joint(after);
            }
            let row = days.len() > 1;
            let goes_on = ["a", "au", "dans", "en", "par", "pour", "sur"];
            let counts = self.tokens.get(end).is_some_and(|next| {
                next.text == "%" || next.is_word() && !goes_on.contains(&next.folded.as_str())
            });
            for (number, at) in days.into_iter().filter(|_| row && !counts) {
                self.push_nearest(today, number, at);
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
                self.push(PartialDate::of_day(today.plus(shift)), Least::Day);
            }
            if let Some(shift) = from_any {
                for day in &days {
                    self.push(PartialDate::of_day(day.plus(shift)), Least::Day);
                }
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
                self.push(PartialDate::of_year(here - 1), Least::Year);
            }
            if future {
                self.push(PartialDate::of_year(here + 1), Least::Year);
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
                    self.push(PartialDate::of_year(year + count as i32), Least::Year);
                    continue;
                }
                _ => continue,
            };
            let mut date = PartialDate::of_day(today.plus(count * days));
            if days == 1 && self.today().is_some() {
                self.push(date, Least::Day);
            } else {
                date.day = None;
                self.push(date, Least::Month);
            }
        }
    }
}
