//! Numbers written in letters: `vingt et un`, `deux cents millions`, `premier`, `XXIe`.
//!
//! Owns the words and the rules that combine them. [`numbers`](super::numbers) calls it at each
//! word of a text.

use super::numbers::{NumberKind, NumberMention, word_length};
use crate::article::Span;

/// What one word does to the number before it.
#[derive(Clone, Copy)]
enum Word {
    /// Below twenty, not ten: `un` … `seize`.
    Unit(u64),
    /// `dix`, `vingt` … `soixante`.
    Ten(u64),
    Hundred,
    /// `mille`, `million`, `milliard`.
    Power(u64),
}

/// Reads the number in letters that begins with the word at `start`, if one does.
pub(super) fn read(text: &str, start: usize) -> Option<NumberMention> {
    let first_end = start + word_length(&text[start..]);
    let first = text[start..first_end].to_lowercase();
    let other = roman_ordinal(text, start, first_end);
    if let Some(mention) = other.or_else(|| approximate(text, start, first_end, &first)) {
        return Some(mention);
    }
    if matches!(
        first.as_str(),
        "premier" | "première" | "premiers" | "premières" | "second"
    ) {
        let minister = text[first_end..]
            .trim_start()
            .to_lowercase()
            .starts_with("ministre");
        let value = if first == "second" { 2 } else { 1 };
        return (!minister).then(|| mention(start, first_end, value, NumberKind::Ordinal));
    }
    if first == "cent" && text[..start].ends_with("pour ") {
        return None;
    }
    let mut number = Building::default();
    let (mut at, mut end, mut words) = (start, start, 0);
    let mut kind = NumberKind::Cardinal;
    loop {
        let word_end = at + word_length(&text[at..]);
        let written = text[at..word_end].to_lowercase();
        let (word, ordinal) = match (cardinal(&written), ordinal(&written)) {
            (Some(word), _) => (word, false),
            (None, Some(word)) => (word, true),
            (None, None) => break,
        };
        if !number.take(word) {
            break;
        }
        (end, words) = (word_end, words + 1);
        if ordinal {
            kind = NumberKind::Ordinal;
            break;
        }
        let Some(next) = next_word(text, word_end, &number) else {
            break;
        };
        at = next;
    }
    let article = words == 1 && matches!(first.as_str(), "un" | "une");
    (words > 0 && !article).then(|| mention(start, end, number.value(), kind))
}

fn mention(start: usize, end: usize, value: u64, kind: NumberKind) -> NumberMention {
    NumberMention {
        span: Span { start, end },
        // Numbers in letters stay far below 2^53, where every integer is exact.
        value: value as f64,
        kind,
    }
}

/// Where the next word of the same number may begin: after a hyphen, a space, or `et` before
/// `un` and `onze`.
fn next_word(text: &str, end: usize, number: &Building) -> Option<usize> {
    let rest = &text[end..];
    let tens = number.group % 100;
    for joint in [" et ", "-et-"] {
        if let Some(after) = rest.strip_prefix(joint) {
            let joined = ["un", "une", "unième", "onze", "onzième"];
            let word = &after[..word_length(after)];
            return (tens >= 20 && joined.contains(&word)).then(|| end + joint.len());
        }
    }
    rest.starts_with(['-', ' ', '\u{a0}', '\u{202f}'])
        .then(|| end + rest.chars().next().map_or(0, char::len_utf8))
}

/// A number as it grows word by word.
#[derive(Default)]
struct Building {
    /// The part above the last power of a thousand.
    above: u64,
    /// The power of that part, once there is one.
    lowest_power: Option<u64>,
    /// The part below a thousand that is being read.
    group: u64,
}

impl Building {
    fn value(&self) -> u64 {
        self.above + self.group
    }

    /// Adds a word; `false` if the word begins another number.
    fn take(&mut self, word: Word) -> bool {
        let tens = self.group % 100;
        match word {
            Word::Unit(unit) => {
                let fits = match tens {
                    0 => true,
                    10 => (7..10).contains(&unit),
                    20 | 30 | 40 | 50 => unit < 10,
                    60 | 80 => unit <= 16,
                    70 | 90 => (7..10).contains(&unit),
                    _ => false,
                };
                self.group += if fits { unit } else { 0 };
                fits
            }
            Word::Ten(20) if tens == 4 => {
                self.group += 76;
                true
            }
            Word::Ten(ten) => {
                let fits = tens == 0 || (ten == 10 && matches!(tens, 60 | 80));
                self.group += if fits { ten } else { 0 };
                fits
            }
            Word::Hundred => {
                let fits = self.group < 10;
                self.group = if fits {
                    self.group.max(1) * 100
                } else {
                    self.group
                };
                fits
            }
            Word::Power(power) => {
                let lower = self.lowest_power.is_none_or(|last| power < last);
                let counted = self.group > 0 || (power == 1000 && self.above == 0);
                let fits = lower && counted;
                if fits {
                    self.above += self.group.max(1) * power;
                    self.lowest_power = Some(power);
                    self.group = 0;
                }
                fits
            }
        }
    }
}

fn cardinal(word: &str) -> Option<Word> {
    Some(match word {
        "un" | "une" => Word::Unit(1),
        "deux" => Word::Unit(2),
        "trois" => Word::Unit(3),
        "quatre" => Word::Unit(4),
        "cinq" => Word::Unit(5),
        "six" => Word::Unit(6),
        "sept" => Word::Unit(7),
        "huit" => Word::Unit(8),
        "neuf" => Word::Unit(9),
        "dix" => Word::Ten(10),
        "onze" => Word::Unit(11),
        "douze" => Word::Unit(12),
        "treize" => Word::Unit(13),
        "quatorze" => Word::Unit(14),
        "quinze" => Word::Unit(15),
        "seize" => Word::Unit(16),
        "vingt" | "vingts" => Word::Ten(20),
        "trente" => Word::Ten(30),
        "quarante" => Word::Ten(40),
        "cinquante" => Word::Ten(50),
        "soixante" => Word::Ten(60),
        "cent" | "cents" => Word::Hundred,
        "mille" => Word::Power(1000),
        "million" | "millions" => Word::Power(1_000_000),
        "milliard" | "milliards" => Word::Power(1_000_000_000),
        _ => return None,
    })
}

/// `deuxième`, `neuvième`: the cardinal word with its ending changed.
fn ordinal(word: &str) -> Option<Word> {
    let stem = word.strip_suffix("ième").or(word.strip_suffix("ièmes"))?;
    match stem {
        "cinqu" => cardinal("cinq"),
        "neuv" => cardinal("neuf"),
        _ => cardinal(stem).or_else(|| cardinal(&format!("{stem}e"))),
    }
}

/// `une dizaine`, `un millier`: one of them only, since `des dizaines` has no value.
fn approximate(text: &str, start: usize, end: usize, first: &str) -> Option<NumberMention> {
    let article = matches!(first, "un" | "une");
    let rest = text[end..].strip_prefix(' ').filter(|_| article)?;
    let word = &rest[..word_length(rest)];
    let value = match word {
        "dizaine" => 10,
        "douzaine" => 12,
        "quinzaine" => 15,
        "vingtaine" => 20,
        "trentaine" => 30,
        "quarantaine" => 40,
        "cinquantaine" => 50,
        "soixantaine" => 60,
        "centaine" => 100,
        "millier" => 1000,
        _ => return None,
    };
    let kind = NumberKind::Approximate;
    Some(mention(start, end + 1 + word.len(), value, kind))
}

/// `XXIe`, `Ier`: the word from `start` to `end`, if it is an ordinal in Roman numerals.
fn roman_ordinal(text: &str, start: usize, end: usize) -> Option<NumberMention> {
    let word = &text[start..end];
    let numerals = word.len() - word.trim_start_matches(['I', 'V', 'X', 'L', 'C']).len();
    let (roman, suffix) = word.split_at(numerals);
    // "Le" and "Ce" are words.
    let possible = numerals > 1 || matches!(roman, "I" | "V" | "X");
    let ordinal = matches!(suffix, "e" | "er" | "re" | "ère" | "ème" | "ᵉ");
    let value = (possible && ordinal)
        .then(|| roman_value(roman))
        .flatten()?;
    Some(mention(start, end, value.into(), NumberKind::Ordinal))
}

/// The value of a Roman numeral in its one correct form.
fn roman_value(roman: &str) -> Option<u16> {
    const STEPS: [(&str, u16); 9] = [
        ("C", 100),
        ("XC", 90),
        ("L", 50),
        ("XL", 40),
        ("X", 10),
        ("IX", 9),
        ("V", 5),
        ("IV", 4),
        ("I", 1),
    ];
    let (mut rest, mut value) = (roman, 0);
    for (numeral, worth) in STEPS {
        let most = if matches!(numeral, "C" | "X" | "I") {
            3
        } else {
            1
        };
        for _ in 0..most {
            if let Some(shorter) = rest.strip_prefix(numeral) {
                rest = shorter;
                value += worth;
            }
        }
    }
    let canonical = !["IXV", "IXI", "IVI", "XCX", "XCL", "XLX"]
        .iter()
        .any(|bad| roman.contains(bad));
    (rest.is_empty() && canonical).then_some(value)
}
