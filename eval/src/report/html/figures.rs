//! The page's charts, each with its numbers for a table beside it.

use minijinja::context;
use minijinja::value::Value;

use crate::report::chart::curve::precision_at;
use crate::report::chart::style::Palette;
use crate::report::chart::{curve, reliability as calibration, speed as scatter, topics as bars};
use crate::report::leaderboard::figure;
use crate::report::{Estimate, TaskReport, TopicReport, number};

/// Recalls at which the table beside the curves reads the precision.
const RECALLS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];

/// Bars of F1, precision and recall of each topic; null if no system has figures of topics.
pub(super) fn topics(task: &TaskReport, slug: &str, palette: &Palette) -> Option<Value> {
    task.systems
        .iter()
        .find(|system| !system.topics.is_empty())?;
    type Pick = fn(&TopicReport) -> Estimate;
    let kinds: [(&str, &str, Pick); 3] = [
        ("f1", "F1", |topic| topic.f1),
        ("precision", "Precision", |topic| topic.precision),
        ("recall", "Recall", |topic| topic.recall),
    ];
    let charts: Vec<Value> = kinds
        .into_iter()
        .map(|(name, label, pick)| {
            let svg = bars::chart(&format!("{slug}-{name}"), label, task, palette, pick);
            context! { label => label, svg => svg }
        })
        .collect();
    let rows = each_topic(task, |topic| {
        context! {
            assigned => topic.assigned,
            f1 => number::estimate(&topic.f1),
            precision => number::estimate(&topic.precision),
            recall => number::estimate(&topic.recall),
        }
    });
    Some(context! { charts => charts, rows => rows })
}

/// One chart a topic; null if no system has curves.
pub(super) fn curves(task: &TaskReport, slug: &str, palette: &Palette) -> Option<Value> {
    let mut all = task.systems.iter().flat_map(|system| &system.topics);
    all.find(|topic| !topic.curve.is_empty())?;
    let charts: Vec<Value> = task
        .topics
        .iter()
        .enumerate()
        .map(|(at, topic)| curve::chart(&format!("{slug}-curve-{at}"), task, topic, palette))
        .collect();
    let rows = each_topic(task, |topic| {
        let precisions = RECALLS.map(|recall| number::number(precision_at(&topic.curve, recall)));
        context! {
            average_precision => number::estimate(&topic.average_precision),
            roc_auc => number::estimate(&topic.roc_auc),
            precisions => precisions.to_vec(),
        }
    });
    let recalls = RECALLS.map(|recall| format!("{recall:.2}")).to_vec();
    Some(context! { charts => charts, rows => rows, recalls => recalls })
}

/// A row for each topic and system: topic, support, system, and what `cells` makes of its figures.
fn each_topic(task: &TaskReport, cells: impl Fn(&TopicReport) -> Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for topic in &task.topics {
        for system in &task.systems {
            let found = system.topics.iter().find(|found| found.id == topic.id);
            rows.extend(found.map(|found| {
                context! {
                    topic => &topic.id,
                    core => topic.core,
                    support => topic.support,
                    system => &system.title,
                    ..cells(found)
                }
            }));
        }
    }
    rows
}

/// One chart a system that gives probabilities; null if none does.
pub(super) fn reliability(task: &TaskReport, slug: &str, palette: &Palette) -> Option<Value> {
    let calibrated = || {
        let systems = task.systems.iter().enumerate();
        systems.filter(|(_, system)| !system.reliability.is_empty())
    };
    calibrated().next()?;
    let charts: Vec<Value> = calibrated()
        .map(|(at, system)| {
            let style = palette.style(&system.name);
            calibration::chart(&format!("{slug}-reliability-{at}"), system, style)
        })
        .collect();
    let rows: Vec<Value> = calibrated()
        .flat_map(|(_, system)| system.reliability.iter().map(move |bin| (system, bin)))
        .map(|(system, bin)| {
            context! {
                system => &system.title,
                count => bin.count,
                confidence => number::number(Some(bin.confidence)),
                frequency => number::number(Some(bin.frequency)),
            }
        })
        .collect();
    Some(context! { charts => charts, rows => rows })
}

/// The first primary figure over speed, and the systems that have no place in the chart; null if none has one.
pub(super) fn speed(task: &TaskReport, slug: &str, palette: &Palette) -> Option<Value> {
    let name = task.primary.first()?;
    let svg = scatter::chart(&format!("{slug}-speed"), task, name, palette)?;
    let without: Vec<Value> = task
        .systems
        .iter()
        .filter(|system| !scatter::has_place(system, name))
        .map(|system| {
            let estimate = figure(system, name).map_or(Estimate::default(), |f| f.estimate);
            context! {
                swatch => palette.style(&system.name).swatch(),
                title => &system.title,
                value => number::estimate(&estimate),
            }
        })
        .collect();
    Some(context! { figure => name, svg => svg, without => without })
}
