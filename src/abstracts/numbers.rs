//! French numbers → English numbers, put into the source before generation: the generator copies them.
//!
//! Owns how a number is written (`3.500` → `3,500`, `6,3 milliards d'USD` → `6.3 billion US dollars`, `11e` →
//! `11th`); what it is worth is read by `text::numbers`. Dates are [`dates`](super::dates)'s. Telephone numbers and
//! the numbers of articles, laws and versions stay as they are, and so does a number that could be read in two ways.

use super::pattern;
use crate::article::Span;
use crate::text::dates;
use crate::text::numbers::{NumberKind, NumberMention, find};
use regex::Regex;
use std::sync::LazyLock;

/// Cardinals in words up to this stay: a model knows `dix` and guesses at `quatre-vingt-onze`.
const LARGEST_LEFT_IN_WORDS: u64 = 10;

/// Numbers that name a thing and are not a quantity: telephone numbers, articles, laws, versions.
static LABELS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \+\ ?\d[\d\ .()-]{5,}\d | \(\+?\d{1,4}\)[\d\ .-]{4,}\d | (?:^|[^\d.,])0\d{1,3}(?:[\ .-]\d{2,4}){2,} | \b1[89]00\ \d{3,4}\b
        | (?i:\b(?:articles?|art\.|résolutions?|décrets?|décisions?|circulaires?|lois?|directives?|règlements?
        |versions?|chapitres?|paragraphes?|annexes?|numéros?|tél\.?|téléphone|fax)|n°|nº)
        (?:\ ?(?:n°|nº))?\ ?:?\ ?\d[\d.\ /]*\d | \d[\d.,]*(?:/[\dA-Z]|-\p{Lu})",
    )
});

/// Digits of a number: whole part in groups or not, fraction, and a power of a thousand in words.
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,3}(?:\s\d{3})+|\d+)(?:(?P<mark>[.,])(?P<fraction>\d+))?(?:\s+(?P<power>\p{L}+))?$",
    )
});

/// What a number counts in, behind it. `de` comes only after a power of a thousand.
static UNIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^(?:
        \ ?(?P<percent>%) | (?P<percent_words>\ pour\ cent\b)
        | \ ?(?P<sign>€|US\$|\$US|\$)
        | (?P<of>\ de\ |\ d')?\ ?(?:(?P<usd>(?:USD|dollars?\ (?:américains?|US))\b)|(?P<other>(?:dollars?|euros?|roubles?|d[oô]ngs?|VND|yuans?|yens?)\b))
        )",
    )
});

/// The text with its numbers as English writes them. Dates, labels and small numbers in words stay.
pub fn in_english(text: &str) -> String {
    let mut taken: Vec<Span> = dates::find(text).iter().map(|date| date.span).collect();
    taken.extend(LABELS.find_iter(text).map(|label| Span {
        start: label.start(),
        end: label.end(),
    }));
    let mut english = String::with_capacity(text.len() + 16);
    let mut copied = 0;
    for number in find(text) {
        let span = number.span;
        let is_taken = |other: &Span| other.start < span.end && span.start < other.end;
        // What follows `2 milliards` can hold the next mention: `2 milliards deux`.
        if span.start < copied || taken.iter().any(is_taken) {
            continue;
        }
        if let Some((written, end)) = rewrite(text, &number) {
            english.push_str(&text[copied..span.start]);
            // "plus d'un millier": the `d'` was cut short for `un`.
            if written.starts_with("about") && english.ends_with("d'") {
                english.truncate(english.len() - 1);
                english.push_str("e ");
            }
            english.push_str(&written);
            copied = end;
        }
    }
    english.push_str(&text[copied..]);
    english
}

/// The English form and where in `text` the French form with its unit ends; `None` to leave it.
fn rewrite(text: &str, number: &NumberMention) -> Option<(String, usize)> {
    let Span { start, end } = number.span;
    let written = &text[start..end];
    match number.kind {
        NumberKind::Ordinal => Some((ordinal(text, number)?, end)),
        NumberKind::Approximate => approximate(text, number),
        NumberKind::Cardinal => {
            let unit = unit(&text[end..], written);
            let has_unit = unit.is_some();
            let (unit, length) = unit.unwrap_or_default();
            let digits = match written.starts_with(char::is_alphabetic) {
                true => words(text, number, has_unit)?,
                false => digits(written, number.value, &text[end..])?,
            };
            Some((digits + &unit, end + length))
        }
    }
}

/// `11th` for `11e`, `XIe`; `I` for the king's `Ier`; `None` for ordinals in words.
fn ordinal(text: &str, number: &NumberMention) -> Option<String> {
    let Span { start, end } = number.span;
    let written = &text[start..end];
    let roman = !written.starts_with(|c: char| c.is_ascii_digit());
    let in_words = roman && written.trim_start_matches(['I', 'V', 'X', 'L', 'C']).len() > 3;
    // "3 e-mails" is no ordinal.
    if in_words || written.starts_with(char::is_lowercase) || text[end..].starts_with(['-', '\'']) {
        return None;
    }
    let of_a_king = written == "Ier"
        && text[..start]
            .split_whitespace()
            .next_back()
            .is_some_and(|word| word.starts_with(char::is_uppercase));
    if of_a_king {
        return Some("I".to_owned());
    }
    let value = whole(number.value)?;
    let suffix = match (value % 10, value % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    Some(format!("{value}{suffix}"))
}

/// `about 10 ` for `une dizaine de `. `une quarantaine` can be the one of the sick and stays.
fn approximate(text: &str, number: &NumberMention) -> Option<(String, usize)> {
    let Span { start, end } = number.span;
    let written = &text[start..end];
    if written.ends_with("quarantaine") {
        return None;
    }
    let about = match written.starts_with('U') {
        true => "About",
        false => "about",
    };
    let rest = &text[end..];
    let of = [" de ", " d'"].into_iter().find(|of| rest.starts_with(of));
    let linked = of.filter(|of| !rest[of.len()..].starts_with("entre "));
    let (space, length) = linked.map_or(("", 0), |of| (" ", of.len()));
    let digits = grouped(&whole(number.value)?.to_string());
    Some((format!("{about} {digits}{space}"), end + length))
}

/// A cardinal in words as digits: `77` for `soixante-dix-sept`, `1.2 billion` for `un milliard deux cents millions`.
fn words(text: &str, number: &NumberMention, has_unit: bool) -> Option<String> {
    let Span { start, end } = number.span;
    let value = whole(number.value)?;
    // "le Groupe des Vingt" is a name; a capital at the start of a sentence is none.
    let name = text[start..end].starts_with(char::is_uppercase)
        && text[..start].ends_with(|c: char| c.is_alphabetic() || c == ' ')
        && !text[..start].trim_end().ends_with(['.', '«', '"', ':']);
    let half = text[end..].starts_with(" et demi");
    // "9,8 cents": a coin.
    let coin = text[start..end].starts_with("cent")
        && text[..start].ends_with(' ')
        && text[..start]
            .trim_end()
            .ends_with(|c: char| c.is_ascii_digit());
    if name || half || coin || (value <= LARGEST_LEFT_IN_WORDS && !has_unit) {
        return None;
    }
    let powers = [(1_000_000_000, "billion"), (1_000_000, "million")];
    for (power, name) in powers {
        // Three decimals at most: below that the digits say more.
        if value >= power && value.is_multiple_of(power / 1000) {
            let thousandths = format!("{:03}", value % power / (power / 1000));
            let fraction = thousandths.trim_end_matches('0');
            let mark = if fraction.is_empty() { "" } else { "." };
            return Some(format!("{}{mark}{fraction} {name}", value / power));
        }
    }
    Some(match value {
        // It may be a year: "deux mille vingt".
        1800..=2199 => value.to_string(),
        _ => grouped(&value.to_string()),
    })
}

/// `3,500` for `3.500`, `6.3 billion` for `6,3 milliards`; `None` where it could be read in two ways.
fn digits(written: &str, value: f64, after: &str) -> Option<String> {
    let unsigned = written.trim_start_matches(['-', '−']);
    let sign = &written[..written.len() - unsigned.len()];
    let parts = DIGITS.captures(unsigned)?;
    let power = match parts.name("power").map(|power| power.as_str()) {
        None => "",
        Some("mille" | "millier" | "milliers") => " thousand",
        Some("million" | "millions") => " million",
        Some("milliard" | "milliards") => " billion",
        Some("billion" | "billions") => " trillion",
        Some(_) => return None,
    };
    let fraction = parts.name("fraction").map_or("", |part| part.as_str());
    let whole: String = parts["whole"]
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    // "3,500 personnes": a French fraction, or a thousand as English writes it?
    let comma = parts.name("mark").is_some_and(|mark| mark.as_str() == ",");
    let exact = power.is_empty() && !after.trim_start().starts_with('%');
    if comma && fraction.len() == 3 && whole.len() <= 3 && whole != "0" && exact {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let in_groups = whole.len() != parts["whole"].len();
    let shown = if in_groups {
        grouped(&whole)
    } else {
        whole.clone()
    };
    // The digits must be worth what `text` read, sign and power left out.
    let read: f64 = format!("{whole}{point}{fraction}").parse().ok()?;
    let same = (read - value.abs()).abs() < 1e-6 || !power.is_empty();
    same.then(|| format!("{sign}{shown}{point}{fraction}{power}"))
}

/// The unit behind a number in English, with the space before it, and its length in the text.
fn unit(after: &str, number: &str) -> Option<(String, usize)> {
    let found = UNIT.captures(after)?;
    let power = number.ends_with(|c: char| c.is_alphabetic());
    if found.name("of").is_some() && !power {
        return None;
    }
    let length = found[0].len();
    let english = if found
        .name("percent")
        .or(found.name("percent_words"))
        .is_some()
    {
        "%"
    } else if let Some(sign) = found.name("sign") {
        match sign.as_str() {
            "€" => " euros",
            "$" => " dollars",
            _ => " US dollars",
        }
    } else if found.name("usd").is_some() {
        " US dollars"
    } else {
        match &found["other"] {
            "dong" | "dongs" | "dông" | "dôngs" | "VND" => " dong",
            "dollar" => " dollar",
            "dollars" => " dollars",
            "euro" => " euro",
            "euros" => " euros",
            "rouble" => " rouble",
            "roubles" => " roubles",
            "yen" | "yens" => " yen",
            _ => " yuan",
        }
    };
    let singular = number == "1" && english.ends_with("US dollars");
    let english = if singular { " US dollar" } else { english };
    Some((english.to_owned(), length))
}

/// Digits with a comma between groups of three: `1,234,567`.
fn grouped(digits: &str) -> String {
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// The value as a whole number; `None` for fractions and what is not exact.
fn whole(value: f64) -> Option<u64> {
    // 2^53: every integer below is exact in f64, so the cast keeps it.
    let exact = value.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&value);
    exact.then_some(value as u64)
}

#[cfg(test)]
#[path = "numbers_tests.rs"]
mod tests;
