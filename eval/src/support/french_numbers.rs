//! Every value that a numeral of a French article may stand for.
//!
//! Owns [`values`]. An article is evidence: where a numeral can be read in two ways both are kept, and words that imply a
//! quantity (*quinzaine*, *quinquennal*, *demi-siècle*, *tripartite*) count as one.

use super::english_numbers::is_in_code;
use super::french_dates::month;
use super::french_number_words::{cardinal, collective, implied, ordinal};
use super::numerals::{Habit, literal};
use super::tokens::{DASHES, Kind, Token};
use super::values::{Quantity, share_scales};

/// Every value that the tokens of a French text may state, without those that `taken` marks as parts of dates.
pub(super) fn values(tokens: &[Token], taken: &[bool]) -> Vec<f64> {
    let mut found = quantities(tokens, taken);
    share_scales(&mut found, |from, to| {
        to == from + 1
            && (matches!(tokens[from].folded.as_str(), "a" | "et" | "ou")
                || tokens[from].is_mark(&DASHES))
    });
    let mut values = Vec::new();
    for quantity in &found {
        values.extend(&quantity.values);
        values.extend(derived(tokens, quantity));
    }
    for (token, taken) in tokens.iter().zip(taken) {
        if token.is_word() && !taken {
            values.extend(implied(&token.folded));
            values.extend(roman(token));
        }
    }
    values.extend((0..tokens.len()).filter_map(|at| months_since_january(tokens, at)));
    values
}

/// "janvier à août" is the first eight months.
fn months_since_january(tokens: &[Token], at: usize) -> Option<f64> {
    let joint = tokens.get(at + 1)?;
    let joins = joint.is_mark(&DASHES) || matches!(joint.folded.as_str(), "a" | "et");
    let last = month(tokens, at + 2)?;
    (joins && month(tokens, at) == Some(1)).then_some(f64::from(last))
}

/// The numerals of a French text, left to right.
pub(super) fn quantities(tokens: &[Token], taken: &[bool]) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let read = match (taken[at], tokens[at].kind) {
            (false, Kind::Digits) if !is_in_code(tokens, at) => digits(tokens, at),
            (false, Kind::Word) => words(tokens, at),
            _ => None,
        };
        at = read.as_ref().map_or(at + 1, |quantity| quantity.end);
        found.extend(read);
    }
    found
}

fn quantity(values: Vec<f64>, scale: f64, first: usize, end: usize) -> Quantity {
    Quantity {
        text: String::new(),
        values,
        scale,
        is_claim: true,
        first,
        end,
    }
}

fn digits(tokens: &[Token], first: usize) -> Option<Quantity> {
    let literal = literal(tokens, first, Habit::French)?;
    let (mut values, mut end, mut scale) = (literal.values, literal.end, 1.0);
    // "pour 2023-2024 mille bourses": no year is counted in thousands.
    let is_year = tokens[first].text.len() == 4 && end == first + 1;
    let factor = tokens
        .get(end)
        .and_then(|next| collective(&next.folded))
        .filter(|_| !is_year);
    if let Some(factor) = factor {
        values.iter_mut().for_each(|value| *value *= factor);
        (scale, end) = (factor, end + 1);
    }
    if scale > 1.0 && and_a_half(tokens, end) {
        values[0] += scale / 2.0;
        end += 2;
    }
    Some(quantity(values, scale, first, end))
}

/// A number in words: "quatre-vingt-dix-sept", "un million et demi", "deux douzaines", "huit cent mille".
fn words(tokens: &[Token], first: usize) -> Option<Quantity> {
    let mut reading = Reading::default();
    let (mut at, mut end) = (first, first);
    while let Some(word) = tokens.get(at).filter(|token| token.is_word()) {
        if !reading.take(&word.folded) {
            break;
        }
        end = at + 1;
        at = end;
        let joined = tokens.get(at).is_some_and(|next| {
            next.folded == "et" || (next.is_mark(&DASHES) && next.gap.is_empty())
        });
        at += usize::from(joined);
    }
    if !reading.any {
        return half(tokens, first);
    }
    let value = reading.total + reading.group;
    let mut values = vec![value];
    let scale = reading.scale.max(1.0);
    if scale > 1.0 && and_a_half(tokens, end) {
        values[0] += scale / 2.0;
        end += 2;
    }
    if let Some(parts) = fraction(tokens, end).filter(|_| value < 100.0) {
        values.push(value / parts);
    }
    Some(quantity(values, scale, first, end))
}

/// "demi-siècle", "demi-million", "demi-douzaine".
fn half(tokens: &[Token], first: usize) -> Option<Quantity> {
    if tokens[first].folded != "demi" {
        return None;
    }
    let dash = tokens.get(first + 1)?.is_mark(&DASHES);
    let word = first + 1 + usize::from(dash);
    let whole = collective(&tokens.get(word)?.folded)?;
    Some(quantity(vec![whole / 2.0], whole, first, word + 1))
}

fn and_a_half(tokens: &[Token], at: usize) -> bool {
    let folded = |at: usize| tokens.get(at).map(|token| token.folded.as_str());
    folded(at) == Some("et") && matches!(folded(at + 1), Some("demi" | "demie"))
}

/// The denominator after "deux": tiers, quarts, cinquièmes.
fn fraction(tokens: &[Token], at: usize) -> Option<f64> {
    match tokens.get(at)?.folded.as_str() {
        "tiers" => Some(3.0),
        "quart" | "quarts" => Some(4.0),
        word => ordinal(word).filter(|value| *value > 2.0),
    }
}

/// What a quantity implies with the noun after it: "un an et demi" is eighteen months, "22 heures" ten in the evening,
/// "quinze jours" two weeks, "trois décennies" also three; with one person "27 autres" make 28.
fn derived(tokens: &[Token], quantity: &Quantity) -> Vec<f64> {
    let value = quantity.values[0];
    let noun = tokens.get(quantity.end).map(|token| token.folded.as_str());
    let mut values = Vec::new();
    if and_a_half(tokens, quantity.end + 1) {
        values.push(value + 0.5);
        if matches!(noun, Some("an" | "ans" | "annee" | "annees")) {
            values.push(12.0 * value + 6.0);
        }
    }
    match noun {
        Some("heure" | "heures" | "h") if value > 12.0 && value <= 24.0 => {
            values.push(value - 12.0)
        }
        Some("heures") if value % 24.0 == 0.0 => values.push(value / 24.0),
        Some("autres") => values.push(value + 1.0),
        Some("jours") if value == 15.0 => values.push(2.0),
        Some("jours") if value == 8.0 => values.push(1.0),
        _ => {}
    }
    let last = tokens[quantity.end - 1].folded.as_str();
    if let ("decennies" | "siecles", true) = (last, quantity.scale > 1.0) {
        values.push(value / quantity.scale);
    }
    values
}

/// A Roman numeral such as that of "XIIIe congrès" or "phase III".
fn roman(token: &Token) -> Option<f64> {
    let digits = token.text.trim_end_matches(|c: char| !c.is_uppercase());
    let suffix = &token.text[digits.len()..];
    if !matches!(suffix, "" | "e" | "ème" | "er") || (digits.len() < 2 && suffix.is_empty()) {
        return None;
    }
    let mut total = 0.0;
    let mut highest = 0.0;
    for c in digits.chars().rev() {
        let value = match c {
            'I' => 1.0,
            'V' => 5.0,
            'X' => 10.0,
            'L' => 50.0,
            'C' => 100.0,
            _ => return None,
        };
        total += if value < highest { -value } else { value };
        highest = f64::max(highest, value);
    }
    (total > 0.0).then_some(total)
}

/// A number word by word.
#[derive(Debug, Default)]
struct Reading {
    total: f64,
    group: f64,
    scale: f64,
    any: bool,
    closed: bool,
}

impl Reading {
    /// Whether the word goes on with the number.
    fn take(&mut self, word: &str) -> bool {
        if self.closed {
            return false;
        }
        if let Some(value) = cardinal(word) {
            return self.add(value);
        }
        if let Some(value) = ordinal(word) {
            let taken = match value >= 1000.0 {
                true => self.multiply(value),
                false => self.add(value),
            };
            self.closed = taken;
            return taken;
        }
        collective(word).is_some_and(|factor| self.multiply(factor))
    }

    /// Adds to the group below a thousand: what is added must fit below the last part of it.
    fn add(&mut self, value: f64) -> bool {
        let below_hundred = self.group % 100.0;
        let fits = if value == 100.0 {
            self.group < 10.0 && (!self.any || self.group > 1.0 || self.total > 0.0)
        } else if value == 20.0 && below_hundred == 4.0 {
            self.group += 76.0;
            self.any = true;
            return true;
        } else if value < 10.0 {
            below_hundred == 0.0 || below_hundred >= 10.0 && below_hundred % 10.0 == 0.0
        } else if value < 20.0 {
            below_hundred == 0.0 || below_hundred == 60.0 || below_hundred == 80.0
        } else {
            below_hundred == 0.0
        };
        let repeats_zero = self.any && self.group == 0.0 && self.total == 0.0;
        // "dix-sept" and "soixante-dix-sept": a unit after a ten that is itself an addend.
        if !fits || repeats_zero {
            return false;
        }
        match value == 100.0 {
            true => self.group = self.group.max(1.0) * 100.0,
            false => self.group += value,
        }
        self.any = true;
        true
    }

    fn multiply(&mut self, factor: f64) -> bool {
        if self.any && self.group == 0.0 {
            return false;
        }
        self.total += self.group.max(1.0) * factor;
        self.group = 0.0;
        self.scale = factor;
        self.any = true;
        true
    }
}

#[cfg(test)]
#[path = "french_numbers_tests.rs"]
mod tests;
