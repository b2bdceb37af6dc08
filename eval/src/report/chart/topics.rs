//! One figure of each topic as bars with intervals, the systems below each other.

use minijinja::value::Value;

use super::scale::Scale;
use super::style::{Palette, Style};
use super::{CHARACTER, Point, Svg, fitting};
use crate::report::number::{self, finite};
use crate::report::{Estimate, TaskReport, TopicReport};

const WIDTH: f64 = 420.0;
/// Height of one system's bar, with its gap.
const BAR: f64 = 12.0;
/// Space between two topics.
const GAP: f64 = 9.0;
/// Space for the axis above the first topic.
const TOP: f64 = 20.0;
/// Space right of the axis' end, for markers and the last label.
const RIGHT: f64 = 12.0;
/// More than this goes to no topic's name.
const LONGEST_LABEL: f64 = 150.0;

/// The bars of the figure that `pick` takes from a topic; values are shares, the axis runs from 0 to 1.
pub(crate) fn chart(
    id: &str,
    figure: &str,
    task: &TaskReport,
    palette: &Palette,
    pick: impl Fn(&TopicReport) -> Estimate,
) -> Value {
    let systems = task.systems.len();
    let block = BAR * systems as f64 + GAP;
    let height = TOP + block * task.topics.len() as f64 + 4.0;
    let left = label_width(task);
    let x = Scale::linear((0.0, 1.0), (left, WIDTH - RIGHT));
    let mut svg = Svg::new(
        id,
        (WIDTH, height),
        &format!("{figure} of each topic, {}", task.title),
        &format!(
            "Bars from 0 to 1 with 95 % intervals: {}, {}. The numbers are in the table below.",
            number::count(task.topics.len(), "topic", "topics"),
            number::count(systems, "system", "systems"),
        ),
    );
    axis(&mut svg, &x, height);
    for (row, topic) in task.topics.iter().enumerate() {
        let top = TOP + block * row as f64;
        let middle = top + (block - GAP) / 2.0 + 4.0;
        let class = if topic.core {
            "label end core"
        } else {
            "label end"
        };
        svg.text(class, (left - 7.0, middle), &fitting(&topic.id, left - 7.0));
        for (at, system) in task.systems.iter().enumerate() {
            let found = system.topics.iter().find(|found| found.id == topic.id);
            let estimate = found.map_or(Estimate::default(), &pick);
            let hint = format!(
                "{}, {}: {figure} {}",
                topic.id,
                system.title,
                number::estimate(&estimate)
            );
            svg.group("hint", &hint);
            let place = (left, top + BAR * at as f64);
            bar(&mut svg, palette.style(&system.name), &estimate, &x, place);
            svg.end();
        }
    }
    svg.finish()
}

/// Space for the topics' names, as far as it goes.
fn label_width(task: &TaskReport) -> f64 {
    let lengths = task.topics.iter().map(|topic| topic.id.chars().count());
    (lengths.max().unwrap_or(0) as f64 * CHARACTER + 12.0).min(LONGEST_LABEL)
}

fn axis(svg: &mut Svg, x: &Scale, height: f64) {
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let class = if tick == 0.0 { "axis" } else { "grid" };
        svg.line(class, (x.at(tick), TOP - 4.0), (x.at(tick), height));
        svg.text(
            "label middle",
            (x.at(tick), TOP - 8.0),
            &super::scale::label(tick),
        );
    }
}

fn bar(svg: &mut Svg, style: Style, estimate: &Estimate, x: &Scale, (left, top): Point) {
    let middle = top + BAR / 2.0;
    let Some(value) = finite(estimate.value) else {
        svg.text("label missing", (left + 4.0, middle + 3.5), number::NONE);
        return;
    };
    let class = format!("bar {}", style.class());
    svg.rect(&class, (left, top + 1.5), (x.at(value) - left, BAR - 3.0));
    if let (Some(low), Some(high)) = (finite(estimate.low), finite(estimate.high)) {
        svg.line("whisker", (x.at(low), middle), (x.at(high), middle));
        for end in [low, high] {
            svg.line(
                "whisker",
                (x.at(end), middle - 2.5),
                (x.at(end), middle + 2.5),
            );
        }
    }
    svg.marker(style, (x.at(value), middle), 3.5);
}
