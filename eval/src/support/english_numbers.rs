//! Quantities of an English text: digits, number words, ordinals, scales.
//!
//! Owns [`quantities`]. Dates are not its business: it passes over the tokens that the date reader took.

use super::numerals::{Habit, literal};
use super::tokens::{APOSTROPHES, DASHES, Kind, Token, listed};
use super::values::{Quantity, share_scales};

/// From 0 to 19.
const UNITS: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
    sixteen seventeen eighteen nineteen";
/// From 0th to 19th.
const UNITS_IN_ORDER: &str = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth \
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth";
/// From 0 to 90.
const TENS: &str = "- - twenty thirty forty fifty sixty seventy eighty ninety";
/// From 0th to 90th.
const TENS_IN_ORDER: &str =
    "- - twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth";
/// Words that stand for a quantity without claiming one that an article must spell out.
const HINTS: [(&str, f64); 8] = [
    ("half", 0.5),
    ("quarter", 0.25),
    ("both", 2.0),
    ("twice", 2.0),
    ("pair", 2.0),
    ("double", 2.0),
    ("once", 1.0),
    ("triple", 3.0),
];
/// Currencies as they stand before a sum.
const CURRENCIES: &str = "USD US EUR VND GBP JPY CNY RMB AUD CAD SGD RUB THB CHF KRW INR FCFA";
/// Before "two" these point back at a pair that is already known: "the two sides".
const POINTERS: &str = "the these those their between";

fn position(list: &str, word: &str) -> Option<f64> {
    let found = list.split(' ').position(|own| own == word)?;
    (word != "-").then_some(found as f64)
}

fn cardinal(word: &str) -> Option<f64> {
    position(UNITS, word).or_else(|| Some(10.0 * position(TENS, word)?))
}

fn ordinal(word: &str) -> Option<f64> {
    match word {
        "hundredth" => Some(100.0),
        "thousandth" => Some(1000.0),
        _ => position(UNITS_IN_ORDER, word).or_else(|| Some(10.0 * position(TENS_IN_ORDER, word)?)),
    }
}

fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "hundred" => 1e2,
        "thousand" => 1e3,
        "million" | "mln" => 1e6,
        "billion" | "bn" | "bln" => 1e9,
        "trillion" | "trn" => 1e12,
        "dozen" => 12.0,
        _ => return None,
    })
}

/// The quantities of `tokens`, without those that `taken` marks as parts of dates.
pub(super) fn quantities(text: &str, tokens: &[Token], taken: &[bool]) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let read = match (taken[at], tokens[at].kind) {
            (false, Kind::Digits) if !is_in_code(tokens, at) => digits(text, tokens, at),
            (false, Kind::Word) => words(text, tokens, at).or_else(|| hint(text, tokens, at)),
            _ => None,
        };
        at = match read {
            Some(quantity) => {
                let end = quantity.end;
                found.push(quantity);
                end
            }
            None => at + 1,
        };
    }
    share_scales(&mut found, |from, to| {
        to == from + 1
            && (matches!(tokens[from].folded.as_str(), "to" | "and" | "or")
                || tokens[from].is_mark(&DASHES))
    });
    found
}

/// Whether the digits belong to a designation: T-72, COVID-19, G20.
pub(super) fn is_in_code(tokens: &[Token], at: usize) -> bool {
    if !tokens[at].gap.is_empty() || at == 0 {
        return false;
    }
    let before = &tokens[at - 1];
    if before.is_word() {
        // "22h30" is a time, "USD31" a sum.
        return before.text != "h" && !listed(CURRENCIES, before.text);
    }
    let hyphenated = before.is_mark(&['-']) && before.gap.is_empty();
    hyphenated && at > 1 && tokens[at - 2].is_capitalised()
}

fn digits(text: &str, tokens: &[Token], first: usize) -> Option<Quantity> {
    let mut literal = literal(tokens, first, Habit::English)?;
    let glued = tokens.get(literal.end).filter(|next| next.gap.is_empty());
    if glued.is_some_and(|next| matches!(next.text, "st" | "nd" | "rd" | "th")) {
        literal.end += 1;
    }
    let mut scaled = 1.0;
    if let Some((factor, end)) = scale_after(tokens, literal.end) {
        scaled = factor;
        literal.end = end;
    }
    let mut values: Vec<f64> = literal.values.iter().map(|value| value * scaled).collect();
    // "5m" may be metres or millions, "3k" thousands or nothing known.
    if let Some(next) = tokens.get(literal.end).filter(|next| next.gap.is_empty()) {
        match next.text {
            "m" | "M" => values.push(values[0] * 1e6),
            "k" | "K" => values.push(values[0] * 1e3),
            _ => {}
        }
    }
    Some(quantity(text, tokens, (first, literal.end), values, scaled))
}

/// A scale word at `at`, perhaps after a hyphen: "15-billion-dollar".
fn scale_after(tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    let word = match tokens.get(at)?.is_mark(&DASHES) {
        true => at + 1,
        false => at,
    };
    let factor = scale(&tokens.get(word)?.folded)?;
    Some((factor, word + 1))
}

fn quantity(
    text: &str,
    tokens: &[Token],
    (first, end): (usize, usize),
    values: Vec<f64>,
    scale: f64,
) -> Quantity {
    Quantity {
        text: text[tokens[first].start..tokens[end - 1].end()].to_owned(),
        values,
        scale,
        is_claim: true,
        first,
        end,
    }
}

/// A number in words that begins at `first`: "twenty-five", "two and a half million", "two-thirds", "a dozen".
fn words(text: &str, tokens: &[Token], first: usize) -> Option<Quantity> {
    let mut at = first;
    if matches!(tokens[first].folded.as_str(), "a" | "an") {
        scale(&tokens.get(first + 1)?.folded)?;
        at += 1;
    }
    let mut reading = Reading::default();
    let mut end = at;
    while let Some(word) = tokens.get(at).filter(|token| token.is_word()) {
        if !reading.take(&word.folded) {
            break;
        }
        end = at + 1;
        at = next_word(tokens, end, &reading);
    }
    let value = reading.value()?;
    let mut values = vec![value];
    if let Some((denominator, after)) = denominator(tokens, end).filter(|_| value < 100.0) {
        values = vec![value / denominator];
        end = after;
    }
    if reading.ordinal && value >= 3.0 {
        values.push(1.0 / value);
    }
    let mut read = quantity(text, tokens, (first, end), values, reading.scale);
    let before = first.checked_sub(1).map(|before| &tokens[before].folded);
    let points_back = value == 2.0 && before.is_some_and(|before| listed(POINTERS, before));
    read.is_claim = value >= 2.0 && !points_back && !(reading.ordinal && value < 3.0);
    Some(read)
}

/// Where the next word of the number would stand: over a hyphen, or over "and" after a hundred or thousand.
fn next_word(tokens: &[Token], at: usize, reading: &Reading) -> usize {
    match tokens.get(at) {
        Some(token) if token.is_mark(&DASHES) && token.gap.is_empty() => at + 1,
        Some(token) if token.folded == "and" && reading.opens_and() => at + 1,
        _ => at,
    }
}

/// "-thirds", " quarters": the denominator of a fraction and where it ends.
fn denominator(tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    let word = at + usize::from(tokens.get(at)?.is_mark(&DASHES));
    let folded = tokens.get(word)?.folded.strip_suffix('s')?;
    let value = match folded {
        "quarter" => 4.0,
        folded => ordinal(folded)?,
    };
    (value >= 3.0).then_some((value, word + 1))
}

/// "half a million" and words that hint at a quantity.
fn hint(text: &str, tokens: &[Token], first: usize) -> Option<Quantity> {
    let word = tokens[first].folded.as_str();
    let of_scale = tokens.get(first + 2).and_then(|next| scale(&next.folded));
    let a = tokens.get(first + 1).is_some_and(|next| next.folded == "a");
    if let ("half", true, Some(factor)) = (word, a, of_scale) {
        let values = vec![factor / 2.0];
        return Some(quantity(text, tokens, (first, first + 3), values, factor));
    }
    let possessive = first > 0 && tokens[first - 1].is_mark(&APOSTROPHES);
    let found = HINTS.iter().find(|(hint, _)| *hint == word && !possessive);
    found.map(|(_, value)| Quantity {
        is_claim: false,
        ..quantity(text, tokens, (first, first + 1), vec![*value], 1.0)
    })
}

/// A number word by word, as in "two hundred and five thousand".
#[derive(Debug, Default)]
struct Reading {
    total: f64,
    group: f64,
    /// What may still be added to the group: below 10 after tens, below 100 after a hundred.
    room: Option<f64>,
    scale: f64,
    any: bool,
    ordinal: bool,
}

impl Reading {
    /// Whether the word goes on with the number.
    fn take(&mut self, word: &str) -> bool {
        if self.ordinal {
            return false;
        }
        let room = self.room.unwrap_or(f64::INFINITY);
        let (value, is_ordinal) = match (cardinal(word), ordinal(word)) {
            (Some(value), _) => (value, false),
            (None, Some(value)) => (value, true),
            (None, None) => return self.take_scale(word),
        };
        if value >= room || (self.any && value == 0.0) {
            return false;
        }
        if is_ordinal && value >= 100.0 {
            self.group = self.group.max(1.0) * value;
        } else {
            self.group += value;
        }
        self.room = Some(if (20.0..100.0).contains(&value) {
            10.0
        } else {
            0.0
        });
        self.any = true;
        self.ordinal = is_ordinal;
        true
    }

    fn take_scale(&mut self, word: &str) -> bool {
        let Some(factor) = scale(word) else {
            return false;
        };
        if factor == 100.0 {
            if self.group >= 100.0 {
                return false;
            }
            self.group = self.group.max(1.0) * 100.0;
            self.room = Some(100.0);
        } else {
            if self.any && self.group == 0.0 {
                return false;
            }
            self.total += self.group.max(1.0) * factor;
            self.group = 0.0;
            self.room = None;
            self.scale = factor;
        }
        self.any = true;
        true
    }

    fn opens_and(&self) -> bool {
        self.room == Some(100.0) || (self.total > 0.0 && self.group == 0.0 && self.scale == 1e3)
    }

    fn value(&mut self) -> Option<f64> {
        self.scale = self.scale.max(1.0);
        self.any.then_some(self.total + self.group)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn read(text: &str) -> Vec<Quantity> {
        let tokens = tokens(text);
        let taken = vec![false; tokens.len()];
        quantities(text, &tokens, &taken)
    }

    #[test]
    fn values_of_numerals() {
        let table: &[(&str, &[f64])] = &[
            ("3,500 tonnes", &[3500.0]),
            ("3.5 billion", &[3.5e9]),
            ("USD 6.3 billion", &[6.3e9]),
            ("USD31 million", &[31e6]),
            ("a 15-billion-dollar target", &[15e9]),
            ("the 11th meeting", &[11.0]),
            ("40% or 40 percent", &[40.0, 40.0]),
            ("1,200 million", &[1.2e9]),
            ("twenty-five ships", &[25.0]),
            ("two hundred and five", &[205.0]),
            ("six hundred thousand", &[600_000.0]),
            ("eleven of fourteen points", &[11.0, 14.0]),
            ("one million shells", &[1e6]),
            ("a dozen men, two dozen boats", &[12.0, 24.0]),
            ("a hundred and half a million", &[100.0, 500_000.0]),
            ("from fifty to eight minutes", &[50.0, 8.0]),
            ("a five-year plan", &[5.0]),
            ("the fifteenth and twenty-third sessions", &[15.0, 23.0]),
            ("$6.3bn", &[6.3e9]),
            ("beat Thailand 27-24", &[27.0, 24.0]),
            ("Sixty-three Vietnamese", &[63.0]),
            ("3,600 billion dong", &[3.6e12]),
            ("one of the two sides, both", &[]),
            ("the first half, a second flight", &[]),
            ("T-72s, COVID-19 and the G20", &[]),
        ];
        for (text, expected) in table {
            let claims = read(text).into_iter().filter(|read| read.is_claim);
            let found: Vec<f64> = claims.map(|read| read.values[0]).collect();
            assert_eq!(&found, expected, "{text}");
        }
    }

    #[test]
    fn some_numerals_have_two_readings() {
        let table: &[(&str, &[f64])] = &[
            ("between 2 and 3 billion", &[2.0, 2e9]),
            ("a third of them", &[3.0, 1.0 / 3.0]),
            ("two-thirds", &[2.0 / 3.0]),
            ("5m high", &[5.0, 5e6]),
        ];
        for (text, expected) in table {
            assert_eq!(&read(text)[0].values, expected, "{text}");
        }
    }

    #[test]
    fn what_claims_nothing_is_still_read() {
        let found = read("one of the two sides; half of it");
        let values: Vec<f64> = found.iter().map(|read| read.values[0]).collect();
        assert_eq!(values, [1.0, 2.0, 0.5]);
        assert!(found.iter().all(|read| !read.is_claim));
    }
}
