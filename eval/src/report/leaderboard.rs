//! The systems of a task side by side on the figures that decide: what the terminal, Markdown and HTML show first.
//!
//! Owns [`Leaderboard`], which only arranges what the report holds: the order of the systems is the report's.

use super::number::{LEVEL, NONE, finite};
use super::{Comparison, Estimate, FigureReport, SystemReport, TaskReport};
use crate::figure::Direction;

/// Rows are systems, columns the task's primary figures.
#[derive(Debug)]
pub(crate) struct Leaderboard<'a> {
    pub(crate) columns: Vec<Column<'a>>,
    pub(crate) rows: Vec<Row<'a>>,
}

/// A figure that decides.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    pub(crate) name: &'a str,
    pub(crate) direction: Direction,
}

/// One system.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) system: &'a SystemReport,
    pub(crate) cells: Vec<Cell>,
}

/// One system's figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) estimate: Estimate,
    /// No other system has a better value; without a better and a worse (neutral, a single system) nothing is best.
    pub(crate) best: bool,
}

impl<'a> Leaderboard<'a> {
    /// The leaderboard of the primary figures.
    pub(crate) fn of(task: &'a TaskReport) -> Leaderboard<'a> {
        Leaderboard::of_figures(task, task.primary.iter().map(String::as_str))
    }

    /// The same for every figure that some system has, in the order in which they first occur.
    pub(crate) fn of_all(task: &'a TaskReport) -> Leaderboard<'a> {
        let mut names: Vec<&str> = Vec::new();
        for figure in task.systems.iter().flat_map(|system| &system.figures) {
            if !names.contains(&figure.name.as_str()) {
                names.push(&figure.name);
            }
        }
        Leaderboard::of_figures(task, names)
    }

    fn of_figures(
        task: &'a TaskReport,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Leaderboard<'a> {
        let columns: Vec<Column> = names
            .into_iter()
            .map(|name| Column {
                name,
                direction: task
                    .systems
                    .iter()
                    .find_map(|system| figure(system, name))
                    .map_or(Direction::Neutral, |figure| figure.direction),
            })
            .collect();
        let rows = task
            .systems
            .iter()
            .map(|system| Row {
                system,
                cells: columns
                    .iter()
                    .map(|column| cell(task, system, column))
                    .collect(),
            })
            .collect();
        Leaderboard { columns, rows }
    }
}

/// The system's figure of this name.
pub(crate) fn figure<'a>(system: &'a SystemReport, name: &str) -> Option<&'a FigureReport> {
    system.figures.iter().find(|figure| figure.name == name)
}

fn cell(task: &TaskReport, system: &SystemReport, column: &Column) -> Cell {
    let value = |of: &SystemReport| figure(of, column.name).and_then(|f| finite(f.estimate.value));
    let best = value(system).is_some_and(|mine| {
        let others: Vec<f64> = task.systems.iter().filter_map(value).collect();
        let beaten = |other: &f64| match column.direction {
            Direction::Higher => *other > mine,
            Direction::Lower => *other < mine,
            Direction::Neutral => true,
        };
        others.len() > 1 && !others.iter().any(beaten)
    });
    Cell {
        estimate: figure(system, column.name).map_or(Estimate::default(), |f| f.estimate),
        best,
    }
}

/// What Holm's test says of two systems, in words: who is better, that they are not told apart, or a dash without a test.
pub(crate) fn verdict(task: &TaskReport, comparison: &Comparison) -> String {
    let direction = task
        .systems
        .iter()
        .find_map(|system| figure(system, &comparison.figure))
        .map_or(Direction::Neutral, |figure| figure.direction);
    let (Some(p), Some(difference)) = (
        finite(comparison.holm_p),
        finite(comparison.difference.value),
    ) else {
        return NONE.to_owned();
    };
    let first = match direction {
        _ if p >= LEVEL || difference == 0.0 => return "not told apart".to_owned(),
        Direction::Neutral => return "they differ".to_owned(),
        Direction::Higher => difference > 0.0,
        Direction::Lower => difference < 0.0,
    };
    let better = if first { &comparison.a } else { &comparison.b };
    format!("{better} is better")
}
