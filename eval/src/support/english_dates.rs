//! Dates that an English text mentions.
//!
//! Owns [`dates`]. Relative expressions ("last year", "on Thursday") are no mentions: they claim no calendar date.

use super::calendar::PartialDate;
use super::english_numbers::is_in_code;
use super::tokens::{DASHES, Token, listed};

/// A date mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateMention {
    /// As written.
    pub text: String,
    pub date: PartialDate,
}

const MONTHS: &str =
    "january february march april may june july august september october november december";
/// Words before "May" and "March" that make them months.
const BEFORE_MONTH: &str = "in of by since until till from to and or through during early late mid last next this before \
    after for between -";
/// What follows a number from 1900 to 2099 that counts things and is not a year.
const COUNTED: &str = "percent per people tonnes tons dollars euros dong km kilometres kilometers hectares megawatts \
    troops soldiers workers students cases vietnamese million billion households";

/// The dates of `tokens`, and for each token whether it is part of one.
pub(super) fn dates(text: &str, tokens: &[Token]) -> (Vec<DateMention>, Vec<bool>) {
    let mut found = Vec::new();
    let mut taken = vec![false; tokens.len()];
    let mut at = 0;
    while at < tokens.len() {
        let Some(Spans(parts, end)) = numeric(tokens, at)
            .or_else(|| days_before_month(tokens, at))
            .or_else(|| month_first(tokens, at))
            .or_else(|| bare_year(tokens, at))
        else {
            at += 1;
            continue;
        };
        let text = text[tokens[at].start..tokens[end - 1].end()].to_owned();
        found.extend(parts.into_iter().map(|date| DateMention {
            text: text.clone(),
            date,
        }));
        taken[at..end].fill(true);
        at = end;
    }
    (found, taken)
}

/// Dates read together and one past their last token.
struct Spans(Vec<PartialDate>, usize);

/// The month at `at`; abbreviated forms only beside a number.
fn month(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at).filter(|token| token.is_capitalised())?;
    let beside = |at: Option<usize>| at.and_then(|at| tokens.get(at)).and_then(Token::integer);
    let number_beside = beside(at.checked_sub(1)).is_some() || beside(Some(at + 1)).is_some();
    if let Some(found) = MONTHS.split(' ').position(|month| month == token.folded) {
        let follows = at
            .checked_sub(1)
            .map(|before| tokens[before].folded.as_str());
        let ambiguous = matches!(token.folded.as_str(), "may" | "march");
        let named = follows.is_some_and(|word| listed(BEFORE_MONTH, word));
        let ordinal = matches!(follows, Some("st" | "nd" | "rd" | "th"));
        let is_month = !ambiguous || number_beside || named || ordinal;
        return is_month.then_some((found as u32 + 1, at + 1));
    }
    let dot = usize::from(tokens.get(at + 1).is_some_and(|next| next.text == "."));
    let number_beside = number_beside || beside(Some(at + 1 + dot)).is_some();
    let short = token
        .folded
        .strip_suffix('t')
        .filter(|_| token.folded == "sept");
    let short = short.unwrap_or(&token.folded);
    let found = MONTHS
        .split(' ')
        .position(|month| short.len() == 3 && month.starts_with(short))?;
    number_beside.then_some((found as u32 + 1, at + 1 + dot))
}

/// A year from 1900 to 2099, written without separators.
fn year(tokens: &[Token], at: usize) -> Option<i32> {
    let token = tokens.get(at)?;
    let value = token.integer().filter(|_| token.text.len() == 4)?;
    if !(1900..2100).contains(&value) || is_in_code(tokens, at) {
        return None;
    }
    let separated = |mark: usize| {
        tokens
            .get(mark)
            .is_some_and(|mark| mark.is_mark(&[',', '.']) && mark.gap.is_empty())
            && tokens
                .get(mark + 1)
                .is_some_and(|next| next.gap.is_empty() && next.integer().is_some())
    };
    (!separated(at + 1)).then_some(value as i32)
}

/// A day of the month and where it ends: "26", "26th", "26th of".
fn day(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at)?;
    let value = token.integer().filter(|value| (1..=31).contains(value))?;
    let mut end = at + 1;
    let suffix = tokens.get(end).filter(|next| next.gap.is_empty());
    if suffix.is_some_and(|next| matches!(next.text, "st" | "nd" | "rd" | "th")) {
        end += 1;
    }
    (token.text.len() <= 2).then_some((value as u32, end))
}

/// One past what joins two dates or days: "to", "and", "-", ",".
fn joint(tokens: &[Token], at: usize) -> Option<usize> {
    let token = tokens.get(at)?;
    let words = ["to", "and", "or", "through", "until"];
    let joins = words.contains(&token.folded.as_str())
        || token.is_mark(&DASHES)
        || token.is_mark(&[',', '/', '&']);
    joins.then_some(at + 1)
}

/// The year after a date, perhaps after a comma or "of", and one past it.
fn year_after(tokens: &[Token], at: usize) -> (Option<i32>, usize) {
    let comma = tokens
        .get(at)
        .is_some_and(|next| next.text == "," || next.text == "of");
    let at_year = at + usize::from(comma);
    match year(tokens, at_year) {
        Some(year) => (Some(year), at_year + 1),
        None => (None, at),
    }
}

/// 2023-10-26 or 26/10/2023.
fn numeric(tokens: &[Token], at: usize) -> Option<Spans> {
    let [a, first, b, second, c] = tokens.get(at..at + 5)? else {
        return None;
    };
    let glued = [first, b, second, c]
        .iter()
        .all(|token| token.gap.is_empty());
    if !glued || first.text != second.text || !first.is_mark(&['-', '/', '.']) {
        return None;
    }
    let (year, month, day) = match (a.text.len(), c.text.len()) {
        (4, 1..=2) => (a, b, c),
        (1..=2, 4) => (c, b, a),
        _ => return None,
    };
    let year = year.integer()? as i32;
    let (month, day) = (month.integer()? as u32, day.integer()? as u32);
    let (month, day) = if month > 12 {
        (day, month)
    } else {
        (month, day)
    };
    let date = super::calendar::Day::new(year, month, day)?;
    Some(Spans(vec![PartialDate::of_day(date)], at + 5))
}

/// "26 October 2023", "4 to 6 February 2026", "9, 10 and 11 June".
fn days_before_month(tokens: &[Token], first: usize) -> Option<Spans> {
    let (value, mut at) = day(tokens, first)?;
    let mut days = vec![value];
    let (month, end) = loop {
        let of = at + usize::from(tokens.get(at).is_some_and(|next| next.text == "of"));
        if let Some(found) = month(tokens, of) {
            break found;
        }
        let mut next = joint(tokens, at)?;
        if tokens[at].text == "," {
            next = joint(tokens, next).unwrap_or(next);
        }
        let (value, end) = day(tokens, next)?;
        days.push(value);
        at = end;
    };
    let (year, end) = year_after(tokens, end);
    let dates = days.into_iter().map(|day| PartialDate {
        year,
        month: Some(month),
        day: Some(day),
    });
    Some(Spans(dates.collect(), end))
}

/// "October 26, 2023", "February 4-6", "October 2023", "January to April 2022".
fn month_first(tokens: &[Token], first: usize) -> Option<Spans> {
    let (month_number, after) = month(tokens, first)?;
    let mut days = Vec::new();
    let mut end = after;
    let mut next = after;
    while let Some((value, after_day)) = day(tokens, next).filter(|_| !counts(tokens, next + 1)) {
        days.push(value);
        end = after_day;
        match joint(tokens, end) {
            Some(after_joint) => next = after_joint,
            None => break,
        }
    }
    if !days.is_empty() {
        let (year, end) = year_after(tokens, end);
        let dates = days.into_iter().map(|day| PartialDate {
            year,
            month: Some(month_number),
            day: Some(day),
        });
        return Some(Spans(dates.collect(), end));
    }
    let mut months = vec![month_number];
    while let Some((number, after)) = joint(tokens, end).and_then(|next| month(tokens, next)) {
        if day(tokens, after).is_some() {
            break;
        }
        months.push(number);
        end = after;
    }
    let (year, end) = year_after(tokens, end);
    let dates = months.into_iter().map(|month| PartialDate {
        year,
        month: Some(month),
        day: None,
    });
    Some(Spans(dates.collect(), end))
}

/// "2023", "2022-2025", "2024/25", "1990s".
fn bare_year(tokens: &[Token], first: usize) -> Option<Spans> {
    let value = year(tokens, first).filter(|_| !counts(tokens, first + 1))?;
    let money = first.checked_sub(1).map(|before| &tokens[before]);
    if money.is_some_and(|before| before.is_mark(&['$', '€', '£']) || before.text == "USD") {
        return None;
    }
    let mut dates = vec![PartialDate::of_year(value)];
    let mut end = first + 1;
    let ranged = tokens
        .get(end)
        .is_some_and(|next| next.is_mark(&DASHES) || next.text == "/");
    if let Some(last) = tokens
        .get(end + 1)
        .filter(|last| ranged && last.gap.is_empty())
    {
        let short = last.integer().filter(|_| last.text.len() == 2);
        let year = year(tokens, end + 1).or(short.map(|year| value / 100 * 100 + year as i32));
        if let Some(year) = year.filter(|year| *year > value) {
            dates.push(PartialDate::of_year(year));
            end += 2;
        }
    }
    if tokens
        .get(end)
        .is_some_and(|next| next.gap.is_empty() && next.text == "s")
    {
        end += 1;
    }
    Some(Spans(dates, end))
}

/// Whether what stands at `at` says that the number before it counts things.
fn counts(tokens: &[Token], at: usize) -> bool {
    let follows = tokens.get(at);
    follows.is_some_and(|next| next.is_mark(&['%', '€', '$']) || listed(COUNTED, &next.folded))
}

#[cfg(test)]
#[path = "english_dates_tests.rs"]
mod tests;
