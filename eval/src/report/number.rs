//! How numbers look in every form of the report: what is undefined is a dash, never `NaN`.
//!
//! Owns the text of figures, intervals, p-values, rates and sizes. It rounds; it computes nothing.

use super::Estimate;
use crate::figure::Direction;

/// Stands where a number is undefined or was not measured.
pub(crate) const NONE: &str = "–";

/// Below this a difference counts as found; the same level as the gate's.
pub(crate) const LEVEL: f64 = 0.05;

/// Three decimals below ten (scores in 0..=1), one decimal above (lengths, percentages).
pub(crate) fn number(value: Option<f64>) -> String {
    match finite(value) {
        None => NONE.to_owned(),
        Some(value) => typographic(&decimals(value)),
    }
}

/// As [`number`], with the sign also of what is positive.
pub(crate) fn signed(value: Option<f64>) -> String {
    match finite(value) {
        None => NONE.to_owned(),
        Some(value) => {
            let text = typographic(&decimals(value));
            let zero = text.chars().all(|c| c == '0' || c == '.');
            match value > 0.0 && !zero {
                true => format!("+{text}"),
                false => text,
            }
        }
    }
}

/// `[0.790, 0.834]`; `None` unless both ends are known.
pub(crate) fn interval(estimate: &Estimate) -> Option<String> {
    let (low, high) = (finite(estimate.low)?, finite(estimate.high)?);
    Some(format!("[{}, {}]", number(Some(low)), number(Some(high))))
}

/// The number, followed by its interval if there is one.
pub(crate) fn estimate(estimate: &Estimate) -> String {
    match (finite(estimate.value), interval(estimate)) {
        (Some(_), Some(interval)) => format!("{} {interval}", number(estimate.value)),
        _ => number(estimate.value),
    }
}

/// Three decimals, and `<0.001` below.
pub(crate) fn p_value(p: Option<f64>) -> String {
    match finite(p) {
        None => NONE.to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}

/// Articles a minute, tokens a second, seconds: three digits that count.
pub(crate) fn rate(value: Option<f64>) -> String {
    match finite(value) {
        None => NONE.to_owned(),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) if value >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.2}"),
    }
}

/// Bytes as MiB or GiB.
pub(crate) fn bytes(value: Option<u64>) -> String {
    // A float is exact enough for three digits.
    match value.map(|bytes| bytes as f64 / f64::from(1 << 20)) {
        None => NONE.to_owned(),
        Some(mib) if mib < 1024.0 => format!("{mib:.0} MiB"),
        Some(mib) => format!("{:.1} GiB", mib / 1024.0),
    }
}

/// The way to better: an arrow, or nothing.
pub(crate) fn arrow(direction: Direction) -> &'static str {
    match direction {
        Direction::Higher => "↑",
        Direction::Lower => "↓",
        Direction::Neutral => "",
    }
}

/// The arrow in words, for those who listen.
pub(crate) fn better(direction: Direction) -> &'static str {
    match direction {
        Direction::Higher => "higher is better",
        Direction::Lower => "lower is better",
        Direction::Neutral => "describes, neither way is better",
    }
}

/// `1 article`, `2 articles`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The value, unless it is missing or not a number.
pub(crate) fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

fn decimals(value: f64) -> String {
    let text = match value.abs() < 10.0 {
        true => format!("{value:.3}"),
        false => format!("{value:.1}"),
    };
    // -0.0004 is shown as zero, and zero has no sign.
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| c == '0' || c == '.') => rest.to_owned(),
        _ => text,
    }
}

/// A hyphen is not a minus sign.
fn typographic(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let cases = [
            (number(None), "–"),
            (number(Some(f64::NAN)), "–"),
            (number(Some(f64::INFINITY)), "–"),
            (number(Some(0.81249)), "0.812"),
            (number(Some(1.0)), "1.000"),
            (number(Some(-0.0001)), "0.000"),
            (number(Some(-0.25)), "−0.250"),
            (number(Some(42.25)), "42.2"),
            (signed(Some(0.0302)), "+0.030"),
            (signed(Some(0.00001)), "0.000"),
            (signed(Some(-0.03)), "−0.030"),
            (signed(None), "–"),
            (p_value(Some(0.0)), "<0.001"),
            (p_value(Some(0.0499)), "0.050"),
            (p_value(None), "–"),
            (rate(Some(412.4)), "412"),
            (rate(Some(41.24)), "41.2"),
            (rate(Some(4.124)), "4.12"),
            (rate(None), "–"),
            (bytes(Some(300 << 20)), "300 MiB"),
            (bytes(Some(3 << 29)), "1.5 GiB"),
            (bytes(None), "–"),
        ];
        for (text, expected) in cases {
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn an_interval_needs_both_ends() {
        let whole = Estimate {
            value: Some(0.5),
            low: Some(0.4),
            high: Some(0.6),
        };
        assert_eq!(estimate(&whole), "0.500 [0.400, 0.600]");
        let half = Estimate {
            high: Some(f64::NAN),
            ..whole
        };
        assert_eq!(estimate(&half), "0.500");
        assert_eq!(estimate(&Estimate::default()), "–");
    }
}
