//! The numbers that a French sentence mentions, with their values.
//!
//! Owns digits (`3.500`, `6,3 milliards`, `11e`); numbers in letters and Roman numerals are
//! `number_words`'. What is counted is left to the caller: text after a span
//! tells. Dates are numbers as well; see [`dates`](super::dates) to leave them out.

use super::number_words;
use crate::article::Span;

/// One number in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberMention {
    /// Where it stands in the text that was searched, `milliards` and `e` included.
    pub span: Span,
    /// What it is worth: `6,3 milliards` is 6.3e9.
    pub value: f64,
    /// How it is meant.
    pub kind: NumberKind,
}

/// How a number is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// `74`, `dix`, `3,5 millions`.
    Cardinal,
    /// `11e`, `premier`, `XXIe`.
    Ordinal,
    /// `une dizaine`.
    Approximate,
}

/// Finds the numbers in `text`, in order. Digits inside a name (`G20`, `COVID-19`, `5G`) are none.
///
/// ```
/// let numbers = depeche::text::numbers::find("10 milliards d'USD pour 3.500 projets");
/// assert_eq!(numbers[0].value, 1e10);
/// assert_eq!(numbers[1].value, 3500.0);
/// ```
pub fn find(text: &str) -> Vec<NumberMention> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_ascii_digit() {
            let (number, end) = read_digits(text, at);
            numbers.extend(number);
            at = end;
        } else if c.is_alphabetic() {
            let word_end = at + word_length(&text[at..]);
            let number = number_words::read(text, at);
            at = number.map_or(word_end, |number| number.span.end);
            numbers.extend(number);
            // "COVID-19", "F-16", "G20": digits that follow a word are part of a name.
            at = end_of_name(text, at, number.is_some());
        } else {
            at += c.len_utf8();
        }
    }
    numbers
}

/// Length of the letters at the front of `text`.
pub(super) fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len())
}

fn end_of_name(text: &str, at: usize, number: bool) -> usize {
    let rest = &text[at..];
    let hyphen = rest.strip_prefix('-').filter(|_| !number);
    let digits = hyphen.unwrap_or(rest);
    let mut length = digits_length(digits);
    if length == 0 {
        return at;
    }
    while let Some(part) = digits[length..].strip_prefix('.').map(digits_length)
        && part > 0
    {
        length += 1 + part;
    }
    text.len() - digits.len() + length
}

/// Reads the digits at `start`: the number, unless they are a name or version, and where they end.
fn read_digits(text: &str, start: usize) -> (Option<NumberMention>, usize) {
    let mut end = start + digits_length(&text[start..]);
    let mut whole = text[start..end].to_owned();
    let separator = separator_of_thousands(&text[end..]);
    if whole.len() <= 3 && !whole.starts_with('0') {
        while let Some(length) = thousands(&text[end..], separator) {
            whole.push_str(&text[end + length - 3..end + length]);
            end += length;
        }
    }
    let mut fraction = "";
    if let Some(rest) = text[end..].strip_prefix([',', '.']) {
        let length = digits_length(rest);
        fraction = &rest[..length];
        end += if length > 0 { length + 1 } else { 0 };
    }
    let mut version = false;
    while let Some(rest) = text[end..]
        .strip_prefix(['.', ','])
        .filter(|r| digits_length(r) > 0)
    {
        version = true;
        end += 1 + digits_length(rest);
    }
    if version || text[end..].starts_with(char::is_uppercase) {
        return (None, end + word_length(&text[end..]));
    }
    let suffix = ordinal_suffix(&text[end..]).filter(|_| fraction.is_empty());
    let (multiplier, exponent) = match suffix {
        Some(_) => (0, 0),
        None => multiplier(&text[end..]),
    };
    end += suffix.unwrap_or(multiplier);
    let negative = is_negative(&text[..start]);
    let digits = format!(
        "{}{whole}.{fraction}0e{exponent}",
        if negative { "-" } else { "" }
    );
    let number = digits.parse().ok().map(|value| NumberMention {
        span: Span {
            start: start
                - if negative {
                    sign_length(&text[..start])
                } else {
                    0
                },
            end,
        },
        value,
        kind: match suffix {
            Some(_) => NumberKind::Ordinal,
            None => NumberKind::Cardinal,
        },
    });
    (number, end)
}

fn digits_length(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The mark between groups of three digits: a full stop or one kind of space.
fn separator_of_thousands(rest: &str) -> Option<char> {
    let c = rest.chars().next()?;
    (c == '.' || (c.is_whitespace() && c != '\n')).then_some(c)
}

/// Length of `.500` or ` 500` at the front of `rest`: the separator and exactly three digits.
fn thousands(rest: &str, separator: Option<char>) -> Option<usize> {
    let group = rest.strip_prefix(separator?)?;
    (digits_length(group) == 3).then_some(rest.len() - group.len() + 3)
}

/// Length of `e`, `er`, `ème` behind a number, also ` e` where a page lost the superscript.
fn ordinal_suffix(rest: &str) -> Option<usize> {
    let word = rest.strip_prefix(' ').unwrap_or(rest);
    let spaced = rest.len() - word.len();
    let length = word_length(word);
    let known: &[&str] = match spaced {
        0 => &[
            "e", "er", "re", "es", "ers", "ère", "ème", "èmes", "nd", "nde", "ᵉ",
        ],
        _ => &["e", "er"],
    };
    known.contains(&&word[..length]).then_some(spaced + length)
}

/// Length and power of ten of ` millions` and the like behind a number.
fn multiplier(rest: &str) -> (usize, u8) {
    let word = rest.trim_start_matches(|c: char| c.is_whitespace() && c != '\n');
    let spaces = rest.len() - word.len();
    let length = word_length(word);
    let exponent = match &word[..length] {
        "mille" | "millier" | "milliers" => 3,
        "million" | "millions" => 6,
        "milliard" | "milliards" => 9,
        "billion" | "billions" => 12,
        _ => return (0, 0),
    };
    (spaces + length, exponent)
}

/// `-5` at the start of a word; the hyphen of `15-16` is no sign.
fn is_negative(before: &str) -> bool {
    before.strip_suffix(['-', '−']).is_some_and(|rest| {
        rest.chars()
            .next_back()
            .is_none_or(|c| c.is_whitespace() || c == '(')
    })
}

fn sign_length(before: &str) -> usize {
    before.chars().next_back().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::NumberKind::{Approximate, Cardinal, Ordinal};
    use super::*;
    use proptest::prelude::*;

    type Found<'a> = (&'a str, f64, NumberKind);

    fn read(text: &str) -> Vec<Found<'_>> {
        find(text)
            .into_iter()
            .map(|n| (&text[n.span.start..n.span.end], n.value, n.kind))
            .collect()
    }

    #[test]
    fn digits() {
        let cases: [(&str, &[Found]); 19] = [
            ("3.500 personnes", &[("3.500", 3500.0, Cardinal)]),
            ("28 000 cas", &[("28 000", 28_000.0, Cardinal)]),
            (
                "1\u{202f}234\u{202f}567,5 km",
                &[("1\u{202f}234\u{202f}567,5", 1_234_567.5, Cardinal)],
            ),
            ("6,3 milliards", &[("6,3 milliards", 6.3e9, Cardinal)]),
            ("10 milliards d'USD", &[("10 milliards", 1e10, Cardinal)]),
            (
                "0.125 et 6.3",
                &[("0.125", 0.125, Cardinal), ("6.3", 6.3, Cardinal)],
            ),
            ("le 11e dialogue", &[("11e", 11.0, Ordinal)]),
            ("la 7 e étape", &[("7 e", 7.0, Ordinal)]),
            (
                "le 1er, la 1re, la 70ème",
                &[
                    ("1er", 1.0, Ordinal),
                    ("1re", 1.0, Ordinal),
                    ("70ème", 70.0, Ordinal),
                ],
            ),
            (
                "XXIe siècle, XIIIe congrès, Ier",
                &[
                    ("XXIe", 21.0, Ordinal),
                    ("XIIIe", 13.0, Ordinal),
                    ("Ier", 1.0, Ordinal),
                ],
            ),
            ("Le Ce VIXe IIIIe", &[]),
            (
                "40 à 60 %",
                &[("40", 40.0, Cardinal), ("60", 60.0, Cardinal)],
            ),
            (
                "victoire 4-0",
                &[("4", 4.0, Cardinal), ("0", 0.0, Cardinal)],
            ),
            (
                "-5 % et (−2,5)",
                &[("-5", -5.0, Cardinal), ("−2,5", -2.5, Cardinal)],
            ),
            ("G20, COVID-19, F-16, 5G, A321, v1.2.3", &[]),
            ("COVID-19 300 cas", &[("300", 300.0, Cardinal)]),
            (
                "en 2016 500 soldats",
                &[("2016", 2016.0, Cardinal), ("500", 500.0, Cardinal)],
            ),
            (
                "à 14h30, 10km",
                &[("14", 14.0, Cardinal), ("10", 10.0, Cardinal)],
            ),
            ("en 2025.", &[("2025", 2025.0, Cardinal)]),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn letters() {
        let cases: [(&str, &[Found]); 15] = [
            ("dix pays", &[("dix", 10.0, Cardinal)]),
            ("Vingt et un", &[("Vingt et un", 21.0, Cardinal)]),
            (
                "soixante-dix-sept",
                &[("soixante-dix-sept", 77.0, Cardinal)],
            ),
            (
                "quatre-vingt-onze et quatre-vingts",
                &[
                    ("quatre-vingt-onze", 91.0, Cardinal),
                    ("quatre-vingts", 80.0, Cardinal),
                ],
            ),
            (
                "deux cent trois mille quatre",
                &[("deux cent trois mille quatre", 203_004.0, Cardinal)],
            ),
            (
                "un milliard deux cents millions",
                &[("un milliard deux cents millions", 1.2e9, Cardinal)],
            ),
            (
                "trois cents et cinq",
                &[("trois cents", 300.0, Cardinal), ("cinq", 5.0, Cardinal)],
            ),
            ("mille mercis", &[("mille", 1000.0, Cardinal)]),
            ("un pays et une ville", &[]),
            ("dix pour cent", &[("dix", 10.0, Cardinal)]),
            (
                "deuxième, vingt-cinquième",
                &[
                    ("deuxième", 2.0, Ordinal),
                    ("vingt-cinquième", 25.0, Ordinal),
                ],
            ),
            ("le premier vice-ministre", &[("premier", 1.0, Ordinal)]),
            ("le Premier ministre", &[]),
            (
                "une dizaine de pays, des dizaines",
                &[("une dizaine", 10.0, Approximate)],
            ),
            ("sixième sixt dixit centre", &[("sixième", 6.0, Ordinal)]),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_ordered_and_finite(text in "(?:[0-9]{1,4}|[.,]| |-|e|cent|mille|vingt|et|un|XI|\\PC){0,30}") {
            let mut last = 0;
            for number in find(&text) {
                prop_assert!(number.span.start >= last && number.span.start < number.span.end);
                prop_assert!(text.get(number.span.start..number.span.end).is_some());
                prop_assert!(number.value.is_finite());
                last = number.span.end;
            }
        }

        #[test]
        fn whole_numbers_are_read_back(n in 0_u32..2_000_000_000) {
            let digits = n.to_string();
            let grouped: String = digits
                .char_indices()
                .flat_map(|(i, c)| {
                    let gap = i > 0 && (digits.len() - i) % 3 == 0;
                    gap.then_some('.').into_iter().chain([c])
                })
                .collect();
            for text in [digits.clone(), grouped] {
                let found = read(&text);
                prop_assert_eq!(found, vec![(text.as_str(), f64::from(n), Cardinal)]);
            }
        }
    }
}
