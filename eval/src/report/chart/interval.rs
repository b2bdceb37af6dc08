//! The small bar beside a figure: its interval on a track, the value marked.

use minijinja::value::Value;

use super::Svg;
use super::scale::Scale;
use super::style::Style;
use crate::report::Estimate;
use crate::report::number::finite;

/// Width and height of the bar.
const SIZE: (f64, f64) = (120.0, 14.0);

/// The range that a column of estimates is drawn in: 0 to 1 if they are shares, else from 0 (or below) to the largest.
pub(crate) fn range<'a>(estimates: impl IntoIterator<Item = &'a Estimate>) -> (f64, f64) {
    let all = estimates
        .into_iter()
        .flat_map(|estimate| [estimate.value, estimate.low, estimate.high]);
    all.filter_map(finite)
        .fold((0.0, 1.0), |(low, high), value| {
            (f64::min(low, value), f64::max(high, value))
        })
}

/// The bar; empty where there is no value. It says nothing that the number beside it does not say.
pub(crate) fn chart(style: Style, estimate: &Estimate, range: (f64, f64)) -> Value {
    let Some(value) = finite(estimate.value) else {
        return Value::from("");
    };
    let middle = SIZE.1 / 2.0;
    let x = Scale::linear(range, (4.0, SIZE.0 - 4.0));
    let mut svg = Svg::decoration("interval", SIZE);
    svg.line("track", (x.at(range.0), middle), (x.at(range.1), middle));
    svg.line("tick", (x.at(range.0), 3.0), (x.at(range.0), SIZE.1 - 3.0));
    svg.line("tick", (x.at(range.1), 3.0), (x.at(range.1), SIZE.1 - 3.0));
    if let (Some(low), Some(high)) = (finite(estimate.low), finite(estimate.high)) {
        let class = format!("span {}", style.class());
        svg.line(&class, (x.at(low), middle), (x.at(high), middle));
    }
    svg.marker(style, (x.at(value), middle), 3.5);
    svg.finish()
}
