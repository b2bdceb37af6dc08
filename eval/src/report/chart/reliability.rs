//! How often predictions of a probability came true: on the diagonal if the probabilities can be believed.
//!
//! After Niculescu-Mizil and Caruana, "Predicting Good Probabilities with Supervised Learning", ICML 2005,
//! <https://doi.org/10.1145/1102351.1102430>.

use minijinja::value::Value;

use super::curve::square;
use super::scale::Scale;
use super::style::Style;
use super::{Point, Svg, fitting};
use crate::report::SystemReport;
use crate::report::number;

const SIZE: Point = (230.0, 226.0);
/// Radius of the marker of the bin with most decisions; others have areas in proportion, down to the smallest.
const LARGEST: f64 = 7.0;
const SMALLEST: f64 = 2.0;

/// The system's bins as markers, larger where there are more decisions.
pub(crate) fn chart(id: &str, system: &SystemReport, style: Style) -> Value {
    let x = Scale::linear((0.0, 1.0), (40.0, SIZE.0 - 8.0));
    let y = Scale::linear((0.0, 1.0), (SIZE.1 - 32.0, 24.0));
    let bins: Vec<_> = system
        .reliability
        .iter()
        .filter(|bin| bin.confidence.is_finite() && bin.frequency.is_finite())
        .collect();
    let mut svg = Svg::new(
        id,
        SIZE,
        &format!("Reliability of {}", system.title),
        &format!(
            "Share that gold says yes to against mean probability, {}; the diagonal is perfect calibration.",
            number::count(bins.len(), "bin", "bins")
        ),
    );
    svg.text(
        "heading",
        (40.0, 14.0),
        &fitting(&system.title, SIZE.0 - 48.0),
    );
    square(&mut svg, &x, &y, ("mean probability", "share true"));
    svg.line("diagonal", (x.at(0.0), y.at(0.0)), (x.at(1.0), y.at(1.0)));
    let places: Vec<Point> = bins
        .iter()
        .map(|bin| (x.at(bin.confidence), y.at(bin.frequency)))
        .collect();
    svg.path(style, &places);
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1).max(1);
    for (bin, place) in bins.iter().zip(&places) {
        let share = bin.count as f64 / most as f64;
        svg.group(
            "hint",
            &format!(
                "{}: mean probability {}, {} true",
                number::count(bin.count, "decision", "decisions"),
                number::number(Some(bin.confidence)),
                number::number(Some(bin.frequency)),
            ),
        );
        svg.marker(style, *place, (LARGEST * share.sqrt()).max(SMALLEST));
        svg.end();
    }
    svg.finish()
}
