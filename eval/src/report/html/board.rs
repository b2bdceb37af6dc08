//! The page's tables of systems: leaderboard, all figures, systems against each other.

use minijinja::context;
use minijinja::value::Value;

use crate::report::chart::interval;
use crate::report::chart::style::Palette;
use crate::report::leaderboard::{Cell, Leaderboard, Row, verdict};
use crate::report::{Comparison, Speed, TaskReport, number};

/// The primary figures of each system with their interval bars, and its speed.
pub(super) fn leaderboard(task: &TaskReport, palette: &Palette) -> Value {
    let board = Leaderboard::of(task);
    let ranges: Vec<(f64, f64)> = (0..board.columns.len())
        .map(|column| interval::range(board.rows.iter().map(|row| &row.cells[column].estimate)))
        .collect();
    let rows: Vec<Value> = board
        .rows
        .iter()
        .map(|row| system(row, &ranges, palette))
        .collect();
    context! { columns => columns(&board), rows => rows }
}

fn system(row: &Row, ranges: &[(f64, f64)], palette: &Palette) -> Value {
    let style = palette.style(&row.system.name);
    let cells: Vec<Value> = row
        .cells
        .iter()
        .zip(ranges)
        .map(|(shown, range)| {
            context! {
                bar => interval::chart(style, &shown.estimate, *range),
                ..cell(shown)
            }
        })
        .collect();
    context! {
        swatch => style.swatch(),
        name => &row.system.name,
        title => &row.system.title,
        model => row.system.model.as_deref(),
        cells => cells,
        speed => speed(row.system.speed.unwrap_or_default()),
    }
}

fn speed(speed: Speed) -> Value {
    context! {
        articles => number::rate(speed.articles_per_minute),
        new_tokens => number::rate(speed.new_tokens_per_second),
        prompt_tokens => number::rate(speed.prompt_tokens_per_second),
        load => number::rate(speed.load_seconds),
        memory => number::bytes(speed.peak_memory_bytes),
    }
}

/// Every figure of every system: a row a figure, a column a system.
pub(super) fn all_figures(task: &TaskReport) -> Value {
    let board = Leaderboard::of_all(task);
    let rows: Vec<Value> = columns(&board)
        .into_iter()
        .enumerate()
        .map(|(at, column)| {
            let cells: Vec<Value> = board.rows.iter().map(|row| cell(&row.cells[at])).collect();
            context! { figure => column, cells => cells }
        })
        .collect();
    let systems: Vec<Value> = board
        .rows
        .iter()
        .map(|row| Value::from(&row.system.title))
        .collect();
    context! { systems => systems, rows => rows }
}

fn columns(board: &Leaderboard) -> Vec<Value> {
    board
        .columns
        .iter()
        .map(|column| {
            context! {
                name => column.name,
                arrow => number::arrow(column.direction),
                better => number::better(column.direction),
            }
        })
        .collect()
}

fn cell(cell: &Cell) -> Value {
    context! {
        value => number::number(cell.estimate.value),
        interval => number::interval(&cell.estimate),
        best => cell.best,
    }
}

/// Systems against each other.
pub(super) fn comparisons(task: &TaskReport) -> Vec<Value> {
    task.comparisons
        .iter()
        .map(|comparison| compared(task, comparison))
        .collect()
}

fn compared(task: &TaskReport, comparison: &Comparison) -> Value {
    let mcnemar = comparison.mcnemar;
    let count = |count: Option<usize>| {
        count.map_or_else(|| number::NONE.to_owned(), |count| count.to_string())
    };
    context! {
        figure => &comparison.figure,
        a => &comparison.a,
        b => &comparison.b,
        difference => number::signed(comparison.difference.value),
        interval => number::interval(&comparison.difference),
        bootstrap => number::p_value(comparison.bootstrap_p),
        randomization => number::p_value(comparison.randomization_p),
        holm => number::p_value(comparison.holm_p),
        only_a => count(mcnemar.map(|test| test.only_a)),
        only_b => count(mcnemar.map(|test| test.only_b)),
        mcnemar => number::p_value(mcnemar.map(|test| test.p)),
        verdict => verdict(task, comparison),
    }
}
