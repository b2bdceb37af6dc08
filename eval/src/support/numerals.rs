//! Numerals in digits, with the separators of French and of English.
//!
//! Owns [`literal`]. Number words are read by `english_numbers` and `french_numbers`.

use super::tokens::{Kind, Token};

/// How a language separates thousands and decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// 3.500 or 3 500 for thousands, 3,5 for decimals.
    French,
    /// 3,500 for thousands, 3.5 for decimals.
    English,
}

/// A numeral in digits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Literal {
    /// The likeliest value first.
    pub values: Vec<f64>,
    /// One past its last token.
    pub end: usize,
}

/// Reads the numeral that begins at token `first`.
pub(super) fn literal(tokens: &[Token], first: usize, habit: Habit) -> Option<Literal> {
    tokens[first].integer()?;
    let thousands: &[&str] = match habit {
        Habit::French => &[".", " "],
        Habit::English => &[",", " "],
    };
    let (grouped, end) = groups(tokens, first, thousands, habit);
    let decimal_mark = match habit {
        Habit::French => ",",
        Habit::English => ".",
    };
    let whole: f64 = grouped.parse().ok()?;
    if let Some(digits) = glued_digits(tokens, end, decimal_mark) {
        let mut values = vec![format!("{grouped}.{digits}").parse().ok()?];
        let mut end = end + 2;
        if habit == Habit::French {
            // "3,500" may be typed the English way, "1,234,567" always is.
            let (english, english_end) = groups(tokens, first, &[","], habit);
            if english_end >= end && english != grouped {
                values.push(english.parse().ok()?);
                end = english_end;
            }
        }
        return Some(Literal { values, end });
    }
    // "1.5 milliard", typed the English way.
    if let (Habit::French, Some(digits)) = (habit, glued_digits(tokens, end, ".")) {
        let values = vec![format!("{grouped}.{digits}").parse().ok()?];
        return Some(Literal {
            values,
            end: end + 2,
        });
    }
    Some(Literal {
        values: vec![whole],
        end,
    })
}

/// Digits with groups of three after these separators, and one past the last token. A space separates groups too if
/// `separators` has it: in English only one that does not break the line.
fn groups(tokens: &[Token], first: usize, separators: &[&str], habit: Habit) -> (String, usize) {
    let mut digits = tokens[first].text.to_owned();
    let mut end = first + 1;
    if digits.len() > 3 || digits.starts_with('0') {
        return (digits, end);
    }
    let mut separator: Option<&str> = None;
    while let Some(next) = tokens.get(end) {
        let spaced = next.kind == Kind::Digits
            && match habit {
                Habit::French => is_one_space(next.gap),
                Habit::English => is_one_space(next.gap) && next.gap != " ",
            };
        let (mark, group) = if spaced && separators.contains(&" ") {
            (" ", next)
        } else {
            match (separators.contains(&next.text), tokens.get(end + 1)) {
                (true, Some(group)) if next.gap.is_empty() && group.gap.is_empty() => {
                    (next.text, group)
                }
                _ => break,
            }
        };
        let fits = group.kind == Kind::Digits && group.text.len() == 3;
        if !fits || separator.is_some_and(|other| other != mark) {
            break;
        }
        separator = Some(mark);
        digits.push_str(group.text);
        end += if mark == " " { 1 } else { 2 };
    }
    (digits, end)
}

fn is_one_space(gap: &str) -> bool {
    matches!(gap, " " | "\u{a0}" | "\u{202f}" | "\u{2009}")
}

/// The digits after `mark` at token `at`, all glued together.
fn glued_digits<'a>(tokens: &[Token<'a>], at: usize, mark: &str) -> Option<&'a str> {
    let (sign, digits) = (tokens.get(at)?, tokens.get(at + 1)?);
    let glued = sign.gap.is_empty() && digits.gap.is_empty();
    (glued && sign.text == mark && digits.kind == Kind::Digits).then_some(digits.text)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    #[test]
    fn separators() {
        use Habit::{English, French};
        let table: &[(&str, Habit, &[f64])] = &[
            ("3.500", French, &[3500.0]),
            ("3 500", French, &[3500.0]),
            ("3\u{a0}500", French, &[3500.0]),
            ("3\u{202f}500\u{202f}000", French, &[3_500_000.0]),
            ("3.500.000,", French, &[3_500_000.0]),
            ("3,5", French, &[3.5]),
            ("3,500", French, &[3.5, 3500.0]),
            ("1,234,567", French, &[1.234, 1_234_567.0]),
            ("1.234,5", French, &[1234.5]),
            ("1.5", French, &[1.5]),
            ("2019 300", French, &[2019.0]),
            ("3.500tonnes", French, &[3500.0]),
            ("3,500", English, &[3500.0]),
            ("3.5", English, &[3.5]),
            ("2,500.75", English, &[2500.75]),
            ("17 200", English, &[17.0]),
            ("17\u{a0}200", English, &[17200.0]),
            ("2022, 300", English, &[2022.0]),
            ("12,3", English, &[12.0]),
        ];
        for (text, habit, values) in table {
            let found = literal(&tokens(text), 0, *habit).map(|literal| literal.values);
            assert_eq!(found.as_deref(), Some(*values), "{text} {habit:?}");
        }
        assert_eq!(literal(&tokens("mot"), 0, French), None);
    }
}
