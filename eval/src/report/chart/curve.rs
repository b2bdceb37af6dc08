//! Precision against recall for one topic, the systems as lines.
//!
//! Points are joined by steps, not by straight lines, which would promise too much (Davis and Goadrich, "The Relationship
//! Between Precision-Recall and ROC Curves", ICML 2006, <https://doi.org/10.1145/1143844.1143874>): the area under the
//! steps is the average precision.

use minijinja::value::Value;

use super::scale::{self, Scale};
use super::style::Palette;
use super::{Point, Svg, fitting};
use crate::report::number::{self, finite};
use crate::report::{TaskReport, TopicInfo, TopicReport};

const SIZE: Point = (230.0, 226.0);

/// The topic's curves; a marker stands where the system's decisions are.
pub(crate) fn chart(id: &str, task: &TaskReport, topic: &TopicInfo, palette: &Palette) -> Value {
    let x = Scale::linear((0.0, 1.0), (40.0, SIZE.0 - 8.0));
    let y = Scale::linear((0.0, 1.0), (SIZE.1 - 32.0, 24.0));
    let positives = number::count(topic.support, "article has", "articles have");
    let mut svg = Svg::new(
        id,
        SIZE,
        &format!("Precision against recall: {}", topic.id),
        &format!(
            "One line a system; markers stand where the decisions are. {positives} the topic."
        ),
    );
    let heading = format!("{} ({})", topic.id, topic.support);
    let class = if topic.core {
        "heading core"
    } else {
        "heading"
    };
    svg.text(class, (40.0, 14.0), &fitting(&heading, SIZE.0 - 48.0));
    square(&mut svg, &x, &y, ("recall", "precision"));
    for system in &task.systems {
        let Some(found) = system.topics.iter().find(|found| found.id == topic.id) else {
            continue;
        };
        let style = palette.style(&system.name);
        svg.group("hint", &hint(&system.title, found));
        let steps = steps(&found.curve);
        if !steps.is_empty() {
            let places: Vec<Point> = steps.iter().map(|(r, p)| (x.at(*r), y.at(*p))).collect();
            svg.path(style, &places);
        }
        let decided = (finite(found.recall.value), finite(found.precision.value));
        if let (Some(recall), Some(precision)) = decided {
            svg.marker(style, (x.at(recall), y.at(precision)), 4.0);
        }
        svg.end();
    }
    svg.finish()
}

fn hint(title: &str, topic: &TopicReport) -> String {
    format!(
        "{title}: average precision {}; decisions: precision {}, recall {}",
        number::number(topic.average_precision.value),
        number::number(topic.precision.value),
        number::number(topic.recall.value),
    )
}

/// Frame, grid and names of a chart whose both axes run from 0 to 1.
pub(crate) fn square(svg: &mut Svg, x: &Scale, y: &Scale, (across, up): (&str, &str)) {
    for tick in [0.0, 0.5, 1.0] {
        let class = if tick == 0.0 { "axis" } else { "grid" };
        svg.line(class, (x.at(tick), y.at(0.0)), (x.at(tick), y.at(1.0)));
        svg.line(class, (x.at(0.0), y.at(tick)), (x.at(1.0), y.at(tick)));
        let label = scale::label(tick);
        svg.text("label end", (x.at(0.0) - 4.0, y.at(tick) + 4.0), &label);
        // The right-most label would stand out of the sheet.
        let class = if tick == 1.0 {
            "label end"
        } else {
            "label middle"
        };
        svg.text(class, (x.at(tick), y.at(0.0) + 13.0), &label);
    }
    svg.text(
        "label middle",
        ((x.at(0.0) + x.at(1.0)) / 2.0, y.at(0.0) + 27.0),
        across,
    );
    svg.upright(
        "label middle",
        (x.at(0.0) - 27.0, (y.at(0.0) + y.at(1.0)) / 2.0),
        up,
    );
}

/// From (recall, precision) points, recall falling, to the corners of the steps: each precision holds down to the next
/// recall, the last one down to 0. Points that are not numbers are left out.
fn steps(curve: &[(f64, f64)]) -> Vec<Point> {
    let known: Vec<Point> = curve
        .iter()
        .copied()
        .filter(|(r, p)| r.is_finite() && p.is_finite())
        .collect();
    let mut corners = Vec::with_capacity(2 * known.len());
    for (at, (recall, precision)) in known.iter().enumerate() {
        let until = known.get(at + 1).map_or(0.0, |next| next.0);
        corners.push((*recall, *precision));
        if until < *recall {
            corners.push((until, *precision));
        }
    }
    corners
}

/// The best precision that the curve reaches with at least this recall (interpolated precision: Manning, Raghavan and
/// Schütze, "Introduction to Information Retrieval", 2008, section 8.4); `None` without a curve that goes so far.
pub(crate) fn precision_at(curve: &[(f64, f64)], recall: f64) -> Option<f64> {
    curve
        .iter()
        .filter(|(r, p)| *r >= recall && p.is_finite())
        .map(|(_, p)| *p)
        .max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_hold_the_precision_down_to_the_next_recall() {
        let curve = [(1.0, 0.5), (0.5, 0.8), (0.5, 1.0), (f64::NAN, 1.0)];
        assert_eq!(
            steps(&curve),
            [(1.0, 0.5), (0.5, 0.5), (0.5, 0.8), (0.5, 1.0), (0.0, 1.0)]
        );
        assert!(steps(&[]).is_empty());
    }

    #[test]
    fn precision_is_read_off_the_curve() {
        let curve = [(1.0, 0.5), (0.5, 0.8), (0.25, 0.7)];
        for (recall, expected) in [(0.2, Some(0.8)), (0.5, Some(0.8)), (0.6, Some(0.5))] {
            assert_eq!(precision_at(&curve, recall), expected);
        }
        assert_eq!(precision_at(&curve[1..], 0.9), None);
    }
}
