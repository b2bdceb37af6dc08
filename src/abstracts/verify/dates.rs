//! Check `dates`: every date of the abstract is in the article or follows from it and its date.

use super::align;
use super::english_dates::EnglishDate;
use super::facts::Facts;
use super::words::lists;
use super::{Candidate, Finding};

pub(super) const NAME: &str = "dates";

/// Finds the dates that the article does not give.
pub(super) fn check(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let problem = |date: &EnglishDate| {
        let calendar = &facts.calendar;
        let wrong = match (date.day, date.month, date.year, date.weekday) {
            (Some(day), Some(month), _, _) if !calendar.has_day(day, month, None) => {
                Some("the article has no such day")
            }
            (Some(day), Some(month), year, _) if !calendar.has_day(day, month, year) => {
                Some("the article gives that day another year")
            }
            (None, Some(month), _, _) if !calendar.has_month(month, None) => {
                Some("the article has no such month")
            }
            (None, Some(month), year, _) if !calendar.has_month(month, year) => {
                Some("the article gives that month another year")
            }
            (None, None, Some(year), _) if !calendar.has_year(year) => {
                Some("the article has no such year")
            }
            (_, _, _, Some(weekday)) if !calendar.has_weekday(weekday) => {
                Some("the article has no such day of the week")
            }
            _ => None,
        };
        wrong.map(|reason| {
            let written = &candidate.text[date.span.clone()];
            Finding::new(NAME, date.span.clone(), format!("{written:?}: {reason}"))
        })
    };
    let mut findings: Vec<Finding> = candidate.dates.iter().filter_map(problem).collect();
    findings.extend(ranges(candidate, facts));
    findings.extend(elsewhere(candidate, facts));
    findings
}

/// `2022-2025` or `January-August`, where the article has both, but not as one period.
fn ranges(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let pairs = candidate.dates.iter().zip(candidate.dates.iter().skip(1));
    let wrong = pairs.filter(|(first, last)| {
        let between = &candidate.text[first.span.end..last.span.start.max(first.span.end)];
        let calendar = &facts.calendar;
        let parts = |date: &EnglishDate| (date.day, date.month, date.year);
        matches!(between, "-" | "–" | " to ")
            && match (parts(first), parts(last)) {
                ((None, None, Some(from)), (None, None, Some(to))) => !calendar.has_range(from, to),
                ((None, Some(from), None), (None, Some(to), _)) => !calendar.has_period(from, to),
                _ => false,
            }
    });
    wrong
        .map(|(first, last)| {
            Finding::new(
                NAME,
                first.span.start..last.span.end,
                "the article has no such period",
            )
        })
        .collect()
}

/// French months, folded.
const MONTHS: &str =
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre";
/// Words that move a year or month without naming it.
const MOVING: &str = "dernier derniere passe passee prochain prochaine an ans annee annees mois suivant suivante precedent \
    precedente trimestre semestre";

/// A year or month that the article has, where the sentences meant have others.
fn elsewhere(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let wrong = |date: &&EnglishDate| {
        let place = candidate
            .words
            .partition_point(|word| word.span.end <= date.span.start);
        let meant = align::sentences(candidate, align::clause(&candidate.words, place), facts);
        let words = || {
            meant
                .iter()
                .flat_map(|range| &facts.words[range.clone()])
                .map(|word| word.folded.as_str())
        };
        // "the 1982 Convention": the year is part of a name, and may be said of anything.
        let before = place
            .checked_sub(1)
            .map_or("", |at| candidate.words[at].folded.as_str());
        let said_when = lists(
            "in by for since until from of end early late mid before after",
            before,
        );
        if !said_when || words().any(|word| lists(MOVING, word)) {
            return false;
        }
        match (date.day, date.month, date.year) {
            (None, None, Some(year)) if !facts.calendar.is_published_in(year) => {
                let years: Vec<i32> = words()
                    .filter(|word| word.len() == 4)
                    .filter_map(|word| word.parse().ok())
                    .collect();
                years.iter().any(|year| (1800..2200).contains(year)) && !years.contains(&year)
            }
            (None, Some(month), None) => {
                let months: Vec<usize> = words()
                    .filter_map(|word| MONTHS.split(' ').position(|name| name == word))
                    .collect();
                !months.is_empty() && !months.contains(&(month as usize - 1))
            }
            _ => false,
        }
    };
    let reason = |date: &EnglishDate| {
        let written = &candidate.text[date.span.clone()];
        Finding::new(
            NAME,
            date.span.clone(),
            format!("{written:?}: the article says this of another date"),
        )
    };
    candidate.dates.iter().filter(wrong).map(reason).collect()
}
