//! The numbers that an English text mentions: digits, words, ordinals, magnitudes, and the unit behind them.
//!
//! The English twin of `text::numbers`. Owns the reading of values and the classes of units in both
//! languages; compares nothing.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// One number of an English text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// Bytes of the text, `billion` and `%` included.
    pub span: Range<usize>,
    /// What it is worth.
    pub value: f64,
    /// How it is meant.
    pub form: Form,
    /// Class of the unit behind it, if known.
    pub unit: Option<&'static str>,
    /// Written without digits.
    pub in_letters: bool,
}

/// How a number is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `74`, `twenty-seven`.
    Cardinal,
    /// `11th`, `fifteenth`.
    Ordinal,
    /// `5%`, `41 percent`.
    Percent,
}

/// Class of a unit, its English words, its French stems (folded).
const UNITS: [(&str, &str, &str); 17] = [
    ("percent", "%|percent|per cent", "%|pour cent|point"),
    (
        "dollar",
        "us dollar|us$|usd|dollar|singapore dollar|australian dollar",
        "dollar|usd|$|d'usd|us$|billets verts",
    ),
    ("euro", "euro", "euro|d'euro|€"),
    ("dong", "dong|vnd", "dong|vnd"),
    ("rouble", "rouble|ruble", "rouble"),
    ("yen", "yen", "yen"),
    ("yuan", "yuan", "yuan"),
    ("tonne", "tonne|ton ", "tonne|t "),
    ("kilometre", "kilomet|km", "kilometre|km"),
    ("hectare", "hectare|ha ", "hectare|d'hectare|ha "),
    ("megawatt", "megawatt|mw", "megawatt|mw"),
    ("year", "year", "an |ans|annee|exercice"),
    ("month", "month", "mois"),
    ("week", "week", "semaine"),
    ("day", "day", "jour"),
    ("hour", "hour", "heure"),
    ("minute", "minute", "minute"),
];

static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?").expect("the pattern is constant")
});
static LETTERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b[a-z]+(?:(?:-| and | )[a-z]+)*").expect("the pattern is constant")
});

const SMALL: &str = "zero one two three four five six seven eight nine \
    ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const TENS: &str = "twenty thirty forty fifty sixty seventy eighty ninety";
const ORDINALS: &str = "zeroth first second third fourth fifth sixth seventh eighth ninth \
    tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth";

/// Finds the numbers in `text`, in order. Digits inside a name (`G20`, `COVID-19`, `T-72s`) are none.
pub(super) fn find(text: &str) -> Vec<Number> {
    let mut numbers = in_digits(text);
    let taken: Vec<Range<usize>> = numbers.iter().map(|number| number.span.clone()).collect();
    let free = |number: &Number| !taken.iter().any(|span| span.contains(&number.span.start));
    numbers.extend(in_letters(text).into_iter().filter(free));
    numbers.sort_by_key(|number| number.span.start);
    numbers
}

/// Class of the unit at the front of `after` in French (`text::numbers` gives the number before it).
pub(super) fn french_unit(after: &str) -> Option<&'static str> {
    let after = format!("{} ", super::words::fold(after));
    let after = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let after = after.strip_prefix("de ").unwrap_or(after);
    unit(after, |(class, _, french)| (*class, french))
}

fn english_unit(after: &str) -> Option<&'static str> {
    let after = format!("{} ", after.to_lowercase());
    let after = after.trim_start_matches([' ', '-', '\u{a0}']);
    unit(after, |(class, english, _)| (*class, english))
}

type Unit = (&'static str, &'static str, &'static str);

/// The class one of whose forms (parted by `|`) is at the front of `after`.
fn unit(
    after: &str,
    forms: impl Fn(&'static Unit) -> (&'static str, &'static str),
) -> Option<&'static str> {
    let known = UNITS
        .iter()
        .map(forms)
        .find(|(_, words)| words.split('|').any(|word| after.starts_with(word)));
    known.map(|(class, _)| class)
}

fn in_digits(text: &str) -> Vec<Number> {
    let mut numbers = Vec::new();
    for found in DIGITS.find_iter(text) {
        let before = &text[..found.start()];
        let after = &text[found.end()..];
        if is_part_of_name(before, after) {
            continue;
        }
        let Ok(value) = found.as_str().replace(',', "").parse::<f64>() else {
            continue;
        };
        let (end, factor) = magnitude(text, found.end());
        let suffix = ["st", "nd", "rd", "th"]
            .iter()
            .find(|suffix| after.starts_with(**suffix));
        let end = suffix.map_or(end, |suffix| found.end() + suffix.len());
        let unit = english_unit(&text[end..]).or_else(|| currency_before(before));
        let form = match (suffix, unit) {
            (Some(_), _) => Form::Ordinal,
            (None, Some("percent")) => Form::Percent,
            _ => Form::Cardinal,
        };
        numbers.push(Number {
            span: found.start()..end,
            value: value * factor,
            form,
            unit,
            in_letters: false,
        });
    }
    numbers
}

fn is_part_of_name(before: &str, after: &str) -> bool {
    // "USD31 million".
    let stuck = before.ends_with(|c: char| c.is_alphabetic()) && currency_before(before).is_none();
    let hyphened = before
        .strip_suffix('-')
        .is_some_and(|rest| rest.ends_with(|c: char| c.is_alphabetic()));
    let suffix: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    let unit = matches!(
        suffix.as_str(),
        "" | "st" | "nd" | "rd" | "th" | "km" | "m" | "bn" | "kg" | "MW" | "s"
    );
    stuck || hyphened || !unit
}

fn currency_before(before: &str) -> Option<&'static str> {
    let before = before.trim_end();
    match () {
        () if before.ends_with('$') || before.ends_with("USD") => Some("dollar"),
        () if before.ends_with('€') || before.ends_with("EUR") => Some("euro"),
        () => None,
    }
}

/// End and factor of ` billion` behind a number.
fn magnitude(text: &str, end: usize) -> (usize, f64) {
    let rest = &text[end..];
    let word = rest.trim_start_matches([' ', '-']);
    let gap = rest.len() - word.len();
    let known = [
        ("thousand", 1e3),
        ("million", 1e6),
        ("billion", 1e9),
        ("trillion", 1e12),
        ("bn", 1e9),
    ];
    match known
        .iter()
        .find(|(name, _)| gap <= 1 && word.to_lowercase().starts_with(name))
    {
        Some((name, factor)) => (end + gap + name.len(), *factor),
        None => (end, 1.0),
    }
}

fn in_letters(text: &str) -> Vec<Number> {
    let mut numbers = Vec::new();
    for run in LETTERS.find_iter(text) {
        let words: Vec<(usize, &str)> = split_words(run.as_str()).collect();
        let mut at = 0;
        while at < words.len() {
            let Some((length, value, ordinal)) = read_words(&words[at..]) else {
                at += 1;
                continue;
            };
            let (last, word) = words[at + length - 1];
            let span = run.start() + words[at].0..run.start() + last + word.len();
            at += length;
            let (end, factor) = magnitude(text, span.end);
            let unit = english_unit(&text[end..]);
            let form = match (ordinal, unit) {
                (true, _) => Form::Ordinal,
                (false, Some("percent")) => Form::Percent,
                (false, _) => Form::Cardinal,
            };
            numbers.push(Number {
                span: span.start..end,
                value: value * factor,
                form,
                unit,
                in_letters: true,
            });
        }
    }
    numbers
}

/// The words with their offsets.
fn split_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive([' ', '-']).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let word = piece.trim_end_matches([' ', '-']);
        (!word.is_empty()).then_some((start, word))
    })
}

/// Number of words, value and whether it is an ordinal: `two hundred and five`.
fn read_words(words: &[(usize, &str)]) -> Option<(usize, f64, bool)> {
    let (mut total, mut group, mut length) = (0.0, 0.0, 0);
    let place = |list: &str, word: &str| list.split(' ').position(|known| known == word);
    let mut small_taken = false;
    for (index, (_, word)) in words.iter().enumerate() {
        let word = word.to_lowercase();
        if let Some(value) = place(SMALL, &word).filter(|_| !small_taken) {
            let fits = group % 100.0 == 0.0
                || (group % 10.0 == 0.0 && value < 10 && group % 100.0 >= 20.0);
            if !fits {
                break;
            }
            group += value as f64;
            small_taken = true;
        } else if let Some(value) = place(TENS, &word).filter(|_| group % 100.0 == 0.0) {
            group += (value as f64 + 2.0) * 10.0;
        } else if word == "hundred" && (1.0..10.0).contains(&group) {
            group *= 100.0;
            small_taken = false;
        } else if let Some(value) = place(ORDINALS, &word).filter(|value| *value > 0) {
            let fits = group % 100.0 == 0.0 || (group % 10.0 == 0.0 && value < 10);
            return fits.then_some((index + 1, total + group + value as f64, true));
        } else if let Some(value) = TENS
            .split(' ')
            .position(|tens| word == tens.replace('y', "ieth"))
        {
            return Some((index + 1, total + group + (value as f64 + 2.0) * 10.0, true));
        } else if word == "and" && length > 0 && group % 100.0 == 0.0 && group > 0.0 {
            continue;
        } else if word == "thousand" && group > 0.0 {
            total += group * 1e3;
            group = 0.0;
            small_taken = false;
        } else {
            break;
        }
        length = index + 1;
    }
    (length > 0).then_some((length, total + group, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found<'a> = (&'a str, f64, Option<&'a str>);

    #[test]
    fn values_and_units() {
        let table: [(&str, &[Found]); 16] = [
            ("3,500 people", &[("3,500", 3500.0, None)]),
            (
                "6.3 billion US dollars",
                &[("6.3 billion", 6.3e9, Some("dollar"))],
            ),
            (
                "a 15-billion-dollar target",
                &[("15-billion", 15e9, Some("dollar"))],
            ),
            ("the 11th dialogue", &[("11th", 11.0, None)]),
            ("twenty-seven states", &[("twenty-seven", 27.0, None)]),
            ("Sixty-three Indonesians", &[("Sixty-three", 63.0, None)]),
            ("one million shells", &[("one million", 1e6, None)]),
            (
                "two hundred and five",
                &[("two hundred and five", 205.0, None)],
            ),
            (
                "41 percent, 5%",
                &[("41", 41.0, Some("percent")), ("5", 5.0, Some("percent"))],
            ),
            ("won 27-24", &[("27", 27.0, None), ("24", 24.0, None)]),
            ("USD31 million", &[("31 million", 31e6, Some("dollar"))]),
            ("G20, COVID-19, T-72s, F-16", &[]),
            (
                "the twenty-fifth anniversary",
                &[("twenty-fifth", 25.0, None)],
            ),
            ("two or three", &[("two", 2.0, None), ("three", 3.0, None)]),
            ("a five-year plan", &[("five", 5.0, Some("year"))]),
            ("eighteen months", &[("eighteen", 18.0, Some("month"))]),
        ];
        for (text, expected) in table {
            let found: Vec<_> = find(text)
                .into_iter()
                .map(|n| (text[n.span].to_owned(), n.value, n.unit))
                .collect();
            let found: Vec<_> = found
                .iter()
                .map(|(span, value, unit)| (span.as_str(), *value, *unit))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn french_units_behind_a_number() {
        let table = [
            (" % de plus", Some("percent")),
            (" pour cent", Some("percent")),
            (" d'USD", Some("dollar")),
            (" de dollars américains", Some("dollar")),
            (" tonnes de riz", Some("tonne")),
            (" ans", Some("year")),
            (" andouilles", None),
        ];
        for (after, class) in table {
            assert_eq!(french_unit(after), class, "{after}");
        }
    }
}
