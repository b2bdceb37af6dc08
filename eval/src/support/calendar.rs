//! Days of the Gregorian calendar and dates of which only some parts are given.
//!
//! Owns [`Day`] and [`PartialDate`]. It knows no words.

/// A day, as the number of days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub i64);

impl Day {
    /// Algorithm `days_from_civil` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
    /// <https://howardhinnant.github.io/date_algorithms.html>; `None` for a day that the month does not have.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Day> {
        if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
            return None;
        }
        let (month, day) = (i64::from(month), i64::from(day));
        let year = i64::from(year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Some(Day(era * 146_097 + of_era * 365 + of_era / 4
            - of_era / 100
            + of_year
            - 719_468))
    }

    /// Year, month and day of the month; `civil_from_days` of the same source.
    pub fn parts(self) -> (i32, u32, u32) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + era * 400 + i64::from(month <= 2);
        (year as i32, month as u32, day as u32)
    }

    /// 0 for Monday … 6 for Sunday.
    pub fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7)
    }

    pub fn plus(self, days: i64) -> Day {
        Day(self.0.saturating_add(days))
    }
}

fn days_in(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A date of which some parts are given: "2023", "October 2023", "26 October", "26 October 2023".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct PartialDate {
    pub year: Option<i32>,
    pub month: Option<u32>,
    pub day: Option<u32>,
}

impl PartialDate {
    pub fn of_day(day: Day) -> PartialDate {
        let (year, month, day) = day.parts();
        PartialDate {
            year: Some(year),
            month: Some(month),
            day: Some(day),
        }
    }

    pub fn of_year(year: i32) -> PartialDate {
        PartialDate {
            year: Some(year),
            ..PartialDate::default()
        }
    }

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; `None` for anything else.
    pub fn parse(text: &str) -> Option<PartialDate> {
        let mut parts = text.trim().splitn(3, '-');
        let year = parts
            .next()?
            .parse()
            .ok()
            .filter(|year| (0..10_000).contains(year))?;
        let month = parts.next().map(str::parse).transpose().ok()?;
        let day = parts.next().map(str::parse).transpose().ok()?;
        if month.is_some_and(|month| !(1..=12).contains(&month)) {
            return None;
        }
        Some(PartialDate {
            year: Some(year),
            month,
            day,
        })
    }

    /// The day, if all parts are given.
    pub fn full(self) -> Option<Day> {
        Day::new(self.year?, self.month?, self.day?)
    }

    /// A day in the middle of what is given, to measure distances from; `None` without a year.
    pub fn middle(self) -> Option<Day> {
        let month = self.month.unwrap_or(7);
        Day::new(self.year?, month, self.day.unwrap_or(15))
    }

    /// Whether every part that `self` gives is given by `other` too, and is the same.
    pub fn is_within(self, other: PartialDate) -> bool {
        fn fits<T: PartialEq>(own: Option<T>, other: Option<T>) -> bool {
            own.is_none() || own == other
        }
        fits(self.year, other.year) && fits(self.month, other.month) && fits(self.day, other.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(Day::new(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::new(2000, 3, 1), Some(Day(11_017)));
        assert_eq!(Day::new(2023, 2, 29), None);
        assert_eq!(Day::new(2023, 13, 1), None);
        // A Thursday.
        assert_eq!(Day::new(2023, 10, 26).map(Day::weekday), Some(3));
    }

    #[test]
    fn parts_of_dates() {
        let full = PartialDate::parse("2023-10-26").expect("a date");
        assert!(PartialDate::of_year(2023).is_within(full));
        assert!(!full.is_within(PartialDate::of_year(2023)));
        assert!(!PartialDate::of_year(2024).is_within(full));
        assert_eq!(PartialDate::parse("2023-13"), None);
        assert_eq!(PartialDate::parse("soon"), None);
    }

    proptest! {
        #[test]
        fn days_and_their_parts_agree(number in -100_000_i64..100_000) {
            let (year, month, day) = Day(number).parts();
            prop_assert_eq!(Day::new(year, month, day), Some(Day(number)));
        }
    }
}
