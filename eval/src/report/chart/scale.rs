//! From values to places: linear and logarithmic scales with round ticks.
//!
//! Owns [`Scale`], which all charts share.

/// A range of values laid over a range of the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
    logarithmic: bool,
}

impl Scale {
    /// Values from `from` to `to` over the places from `start` to `end` (which may run backwards, as heights do).
    pub(crate) fn linear((from, to): (f64, f64), (start, end): (f64, f64)) -> Scale {
        Scale {
            from,
            to,
            start,
            end,
            logarithmic: false,
        }
    }

    /// The same in powers of ten; values must be above 0.
    pub(crate) fn logarithmic((from, to): (f64, f64), (start, end): (f64, f64)) -> Scale {
        Scale {
            from: from.log10(),
            to: to.log10(),
            start,
            end,
            logarithmic: true,
        }
    }

    /// Where the value stands; a value outside the range stands at its end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let value = match self.logarithmic {
            true => value.log10(),
            false => value,
        };
        let span = self.to - self.from;
        let share = match span == 0.0 {
            true => 0.5,
            false => ((value - self.from) / span).clamp(0.0, 1.0),
        };
        self.start + share * (self.end - self.start)
    }
}

/// The values widened to round ends, and the round values from end to end, about `wanted` of them.
///
/// The step is 1, 2 or 5 times a power of ten.
pub(crate) fn round(low: f64, high: f64, wanted: usize) -> ((f64, f64), Vec<f64>) {
    let span = if high > low { high - low } else { 1.0 };
    let raw = span / wanted.max(1) as f64;
    let power = 10_f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw * 0.999)
        .unwrap_or(power * 10.0);
    let first = (low / step + 1e-9).floor();
    let last = (high / step - 1e-9).ceil().max(first + 1.0);
    let ticks = (0..=(last - first) as usize)
        .map(|at| (first + at as f64) * step)
        .collect();
    ((first * step, last * step), ticks)
}

/// The same for a logarithmic scale: ends and ticks are 1, 2 or 5 times a power of ten (powers alone beyond three decades).
pub(crate) fn round_log(low: f64, high: f64) -> ((f64, f64), Vec<f64>) {
    let powers = || low.log10().floor() as i32..=high.log10().ceil() as i32;
    let all = |factors: &'static [f64]| {
        powers().flat_map(move |power| factors.iter().map(move |f| f * 10_f64.powi(power)))
    };
    let fine: Vec<f64> = all(&[1.0, 2.0, 5.0]).collect();
    let from = fine.iter().copied().rfind(|tick| *tick <= low * 1.000_001);
    let to = fine.iter().copied().find(|tick| *tick >= high * 0.999_999);
    let (from, to) = (from.unwrap_or(low), to.unwrap_or(high));
    // One value alone still needs a range.
    let (from, to) = if from == to {
        (from / 2.0, to * 2.0)
    } else {
        (from, to)
    };
    let coarse = (to / from).log10() > 3.0;
    let ticks = match coarse {
        true => all(&[1.0])
            .filter(|tick| (from..=to).contains(tick))
            .collect(),
        false => fine
            .into_iter()
            .filter(|tick| (from..=to).contains(tick))
            .collect(),
    };
    ((from, to), ticks)
}

/// A tick's label, without decimals that say nothing.
pub(crate) fn label(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "-0" | "" => "0".to_owned(),
        text => text.replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }

    #[test]
    fn values_find_their_place() {
        let height = Scale::linear((0.0, 1.0), (100.0, 0.0));
        close(
            &[height.at(0.0), height.at(0.25), height.at(7.0)],
            &[100.0, 75.0, 0.0],
        );
        let speed = Scale::logarithmic((1.0, 100.0), (0.0, 10.0));
        close(
            &[speed.at(1.0), speed.at(10.0), speed.at(0.0)],
            &[0.0, 5.0, 0.0],
        );
        assert_eq!(Scale::linear((3.0, 3.0), (0.0, 10.0)).at(3.0), 5.0);
    }

    #[test]
    fn ticks_are_round() {
        let (ends, ticks) = round(0.61, 0.88, 5);
        close(&[ends.0, ends.1], &[0.6, 0.9]);
        close(&ticks, &[0.6, 0.7, 0.8, 0.9]);
        close(&round(0.0, 1.0, 5).1, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert!(round(0.5, 0.5, 5).1.len() >= 2);
        let (ends, ticks) = round_log(3.0, 400.0);
        close(&[ends.0, ends.1], &[2.0, 500.0]);
        close(&ticks, &[2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]);
        close(
            &round_log(0.5, 90_000.0).1,
            &[1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0],
        );
        assert_eq!(round_log(10.0, 10.0).0, (5.0, 20.0));
    }

    #[test]
    fn labels_are_short() {
        for (value, text) in [(0.6, "0.6"), (-0.05, "−0.05"), (0.0, "0"), (200.0, "200")] {
            assert_eq!(label(value), text);
        }
    }
}
