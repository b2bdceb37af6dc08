//! Quality against speed: the first primary figure of each system over the articles that it labels in a minute.

use minijinja::value::Value;

use super::scale::{self, Scale};
use super::style::{Palette, Style};
use super::{CHARACTER, Point, Svg};
use crate::report::leaderboard::figure;
use crate::report::number::{self, finite};
use crate::report::{Estimate, SystemReport, TaskReport};

const SIZE: Point = (640.0, 340.0);
/// Edges of the plot: left, top, right, bottom.
const PLOT: (f64, f64, f64, f64) = (52.0, 14.0, SIZE.0 - 18.0, SIZE.1 - 44.0);
/// Names must not stand closer than this below each other.
const LINE: f64 = 13.0;

/// A system with both a speed and a figure.
struct Dot<'a> {
    system: &'a SystemReport,
    style: Style,
    rate: f64,
    estimate: Estimate,
    value: f64,
}

/// Whether the system has a speed and the figure, and so a place in the chart.
pub(crate) fn has_place(system: &SystemReport, name: &str) -> bool {
    place(system, name).is_some()
}

fn place(system: &SystemReport, name: &str) -> Option<(f64, Estimate, f64)> {
    let rate = finite(system.speed?.articles_per_minute).filter(|rate| *rate > 0.0)?;
    let estimate = figure(system, name)?.estimate;
    Some((rate, estimate, finite(estimate.value)?))
}

/// The chart of the figure `name`; `None` if no system has a place in it.
pub(crate) fn chart(id: &str, task: &TaskReport, name: &str, palette: &Palette) -> Option<Value> {
    let dots: Vec<Dot> = task
        .systems
        .iter()
        .filter_map(|system| {
            let (rate, estimate, value) = place(system, name)?;
            Some(Dot {
                system,
                style: palette.style(&system.name),
                rate,
                estimate,
                value,
            })
        })
        .collect();
    let slowest = dots.iter().map(|dot| dot.rate).min_by(f64::total_cmp)?;
    let fastest = dots.iter().map(|dot| dot.rate).max_by(f64::total_cmp)?;
    let heights = dots.iter().flat_map(|dot| {
        [Some(dot.value), dot.estimate.low, dot.estimate.high]
            .into_iter()
            .filter_map(finite)
    });
    let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let (across, ticks) = scale::round_log(slowest, fastest);
    let (up, levels) = scale::round(low, high, 5);
    let x = Scale::logarithmic(across, (PLOT.0, PLOT.2));
    let y = Scale::linear(up, (PLOT.3, PLOT.1));
    let mut svg = Svg::new(
        id,
        SIZE,
        &format!("{name} against articles a minute, {}", task.title),
        "One marker a system with its 95 % interval; speed on a logarithmic axis. Up and right is better where higher \
         figures are better. The numbers are in the leaderboard.",
    );
    axes(&mut svg, (&x, &ticks), (&y, &levels), name);
    draw(&mut svg, &dots, &x, &y);
    Some(svg.finish())
}

fn axes(svg: &mut Svg, (x, ticks): (&Scale, &[f64]), (y, levels): (&Scale, &[f64]), name: &str) {
    let (left, top, right, bottom) = PLOT;
    for tick in ticks {
        svg.line("grid", (x.at(*tick), top), (x.at(*tick), bottom));
        svg.text(
            "label middle",
            (x.at(*tick), bottom + 15.0),
            &scale::label(*tick),
        );
    }
    for level in levels {
        svg.line("grid", (left, y.at(*level)), (right, y.at(*level)));
        svg.text(
            "label end",
            (left - 6.0, y.at(*level) + 4.0),
            &scale::label(*level),
        );
    }
    svg.line("axis", (left, top), (left, bottom));
    svg.line("axis", (left, bottom), (right, bottom));
    let middle = (left + right) / 2.0;
    svg.text(
        "label middle",
        (middle, bottom + 34.0),
        "articles per minute (logarithmic)",
    );
    svg.upright("label middle", (13.0, (top + bottom) / 2.0), name);
}

fn draw(svg: &mut Svg, dots: &[Dot], x: &Scale, y: &Scale) {
    let mut labels: Vec<(Point, &Dot)> = Vec::new();
    for dot in dots {
        let (across, up) = (x.at(dot.rate), y.at(dot.value));
        let hint = format!(
            "{}: {}, {} articles a minute",
            dot.system.title,
            number::estimate(&dot.estimate),
            number::rate(Some(dot.rate))
        );
        svg.group("hint", &hint);
        if let (Some(low), Some(high)) = (finite(dot.estimate.low), finite(dot.estimate.high)) {
            let class = format!("span {}", dot.style.class());
            svg.line(&class, (across, y.at(low)), (across, y.at(high)));
        }
        svg.marker(dot.style, (across, up), 5.5);
        svg.end();
        labels.push(((across, up + 4.0), dot));
    }
    labels.sort_by(|a, b| a.0.1.total_cmp(&b.0.1));
    let mut above: Vec<(f64, f64, f64)> = Vec::new();
    for ((across, up), dot) in labels {
        let width = dot.system.name.chars().count() as f64 * CHARACTER + 12.0;
        let right = across + width < PLOT.2;
        let (from, to) = if right {
            (across, across + width)
        } else {
            (across - width, across)
        };
        let mut up = up;
        // From top to bottom each name goes below those that it would cover.
        for (_, _, other) in above.iter().filter(|(f, t, _)| from < *t && *f < to) {
            if up < other + LINE {
                up = other + LINE;
            }
        }
        above.push((from, to, up));
        match right {
            true => svg.text("label", (across + 10.0, up), &dot.system.name),
            false => svg.text("label end", (across - 10.0, up), &dot.system.name),
        }
    }
}
