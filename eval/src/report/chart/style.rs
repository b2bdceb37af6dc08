//! How a system looks in every chart: colour, marker and dash, so that none of them is needed alone.
//!
//! Owns [`Palette`] and [`Style`]. The colours themselves are in the style sheet (`--s0` to `--s7`), after Okabe and Ito,
//! "Color Universal Design" (2008), <https://jfly.uni-koeln.de/color/>, darkened or lightened to stand out from the page.

use std::collections::HashMap;
use std::f64::consts::PI;

use super::{Point, Svg, unit};
use crate::report::Report;
use minijinja::value::Value;

/// Number of colours, of markers and of dashes.
const STYLES: usize = 8;

/// Strokes and gaps; the first is a whole line.
const DASHES: [&str; STYLES] = [
    "none",
    "7 3",
    "2 2",
    "8 3 2 3",
    "4 2",
    "10 3 2 2 2 3",
    "1 3",
    "12 4",
];

/// Which style each system of a report has: the same one in all tasks.
#[derive(Debug)]
pub(crate) struct Palette<'a> {
    styles: HashMap<&'a str, Style>,
}

/// One system's look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Style(usize);

impl<'a> Palette<'a> {
    /// Styles in the order in which systems first occur.
    pub(crate) fn of(report: &'a Report) -> Palette<'a> {
        let mut styles = HashMap::new();
        for system in report.tasks.iter().flat_map(|task| &task.systems) {
            let next = Style(styles.len());
            styles.entry(system.name.as_str()).or_insert(next);
        }
        Palette { styles }
    }

    /// The system's style.
    pub(crate) fn style(&self, system: &str) -> Style {
        self.styles.get(system).copied().unwrap_or_default()
    }
}

impl Style {
    /// The class that sets the colour.
    pub(crate) fn class(self) -> String {
        format!("s{}", self.0 % STYLES)
    }

    /// Value of `stroke-dasharray`.
    pub(crate) fn dash(self) -> &'static str {
        DASHES[self.shape()]
    }

    /// The marker's outline as SVG path data.
    pub(crate) fn outline(self, (x, y): Point, r: f64) -> String {
        match self.shape() {
            0 => circle((x, y), r),
            1 => polygon((x, y), r * 1.2, 4, PI / 4.0),
            2 => polygon((x, y), r * 1.3, 3, -PI / 2.0),
            3 => polygon((x, y), r * 1.3, 4, 0.0),
            4 => polygon((x, y), r * 1.3, 3, PI / 2.0),
            5 => polygon((x, y), r * 1.2, 5, -PI / 2.0),
            6 => star((x, y), r * 1.4),
            _ => cross((x, y), r * 1.1),
        }
    }

    /// Line and marker, to stand before the system's name.
    pub(crate) fn swatch(self) -> Value {
        let mut svg = Svg::decoration("swatch", (30.0, 12.0));
        svg.path(self, &[(1.0, 6.0), (29.0, 6.0)]);
        svg.marker(self, (15.0, 6.0), 4.0);
        svg.finish()
    }

    /// The ninth system has the first one's colour and the second one's marker.
    fn shape(self) -> usize {
        (self.0 + self.0 / STYLES) % STYLES
    }
}

fn circle((x, y): Point, r: f64) -> String {
    let (left, r) = (unit(x - r), unit(r));
    let y = unit(y);
    let right = unit(x + x - left.parse::<f64>().unwrap_or(x));
    format!("M{left} {y}A{r} {r} 0 1 1 {right} {y}A{r} {r} 0 1 1 {left} {y}Z")
}

fn polygon(center: Point, r: f64, corners: usize, turn: f64) -> String {
    let corner = |at: usize| (turn + 2.0 * PI * at as f64 / corners as f64, r);
    closed(center, (0..corners).map(corner))
}

fn star(center: Point, r: f64) -> String {
    let corner = |at: usize| {
        let reach = if at.is_multiple_of(2) { r } else { r * 0.45 };
        (-PI / 2.0 + PI * at as f64 / 4.0, reach)
    };
    closed(center, (0..8).map(corner))
}

fn cross(center: Point, r: f64) -> String {
    // Twelve corners: three to each of four arms.
    let (inner, outer) = (r * 0.5, (1.0_f64 + 0.16).sqrt() * r);
    let spread = 0.4_f64.atan();
    let corners = (0..4).flat_map(|arm| {
        let turn = PI / 4.0 + PI / 2.0 * f64::from(arm);
        [
            (turn - spread, outer),
            (turn + spread, outer),
            (turn + PI / 4.0, inner),
        ]
    });
    closed(center, corners)
}

/// Path data through corners given as (angle, distance) from the centre.
fn closed((x, y): Point, corners: impl Iterator<Item = (f64, f64)>) -> String {
    let points: Vec<String> = corners
        .map(|(angle, r)| {
            format!(
                "{} {}",
                unit(x + r * angle.cos()),
                unit(y + r * angle.sin())
            )
        })
        .collect();
    format!("M{}Z", points.join("L"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_of_many_systems_look_alike() {
        let looks: HashSet<(String, String)> = (0..STYLES * STYLES)
            .map(|at| (Style(at).class(), Style(at).outline((0.0, 0.0), 4.0)))
            .collect();
        assert_eq!(looks.len(), STYLES * STYLES);
        let first: HashSet<&str> = (0..STYLES).map(|at| Style(at).dash()).collect();
        assert_eq!(first.len(), STYLES);
    }
}
