//! The report's leaderboards as plain aligned text, for a terminal.
//!
//! Owns [`terminal`]: no colour, no width limit, nothing that a log would not keep.

use super::gap::gaps;
use super::leaderboard::Leaderboard;
use super::{GateReport, Report, TaskReport, number};

/// Two spaces between columns, as tools print tables.
const GAP: &str = "  ";
/// So many of the ids that do not fit are named; the other files name all.
const SHOWN_IDS: usize = 6;

/// Each task's leaderboard, systems best first, and the gate's verdict.
///
/// ```
/// use depeche_eval::report::{self, Report};
///
/// let report: Report = serde_json::from_str(r#"{
///     "schema": 1, "program": "depeche-eval 0.1.0", "date": "2026-11-23", "machine": {"threads": 2},
///     "resampling": {"bootstrap": 1000, "randomization": 1000, "seed": 1},
///     "tasks": [{"name": "topics", "version": 1, "title": "Topics", "kind": "topics", "data": "sha256:0123456789ab",
///                "skipped": "no gold file", "primary": [], "topics": [], "systems": [], "not_run": [],
///                "comparisons": [], "articles": []}]
/// }"#)?;
/// assert_eq!(report::terminal(&report), "topics v1: Topics\n  skipped: no gold file\n");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn terminal(report: &Report) -> String {
    let mut blocks: Vec<String> = report.tasks.iter().map(task).collect();
    blocks.extend(report.gate.as_ref().map(gate));
    blocks.join("\n")
}

fn task(task: &TaskReport) -> String {
    let mut text = format!("{} v{}: {}", task.name, task.version, task.title);
    if let Some(reason) = &task.skipped {
        return plain(&text) + &format!("\n{GAP}skipped: {}\n", plain(reason));
    }
    let n = number::count(task.articles.len(), "article", "articles");
    text = plain(&format!("{text}, {n}, {}", task.data)) + "\n";
    text += &table(&Leaderboard::of(task));
    for system in &task.systems {
        for (what, ids) in gaps(&system.alignment) {
            let name = plain(&system.name);
            text += &format!("{GAP}{name}: {what}: {}\n", plain(&some(ids)));
        }
    }
    for absent in &task.not_run {
        let (system, reason) = (plain(&absent.system), plain(&absent.reason));
        text += &format!("{GAP}{system}: not run: {reason}\n");
    }
    text
}

/// The first few ids, and how many there are.
fn some(ids: &[String]) -> String {
    match ids.len() {
        0..=SHOWN_IDS => ids.join(", "),
        count => format!("{}, … ({count})", ids[..SHOWN_IDS].join(", ")),
    }
}

fn table(board: &Leaderboard) -> String {
    if board.rows.is_empty() {
        return String::new();
    }
    let mut lines = vec![vec!["system".to_owned()]];
    lines[0].extend(
        board
            .columns
            .iter()
            .map(|column| format!("{} {}", column.name, number::arrow(column.direction))),
    );
    lines[0].push("articles/min".to_owned());
    for row in &board.rows {
        let mut line = vec![row.system.name.clone()];
        line.extend(
            row.cells
                .iter()
                .map(|cell| number::estimate(&cell.estimate)),
        );
        line.push(number::rate(
            row.system.speed.and_then(|speed| speed.articles_per_minute),
        ));
        lines.push(line);
    }
    aligned(&lines)
}

/// Pads every column to its widest cell, counted in characters; the last one is flush right.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells
            .map(|cell| plain(cell).trim_end().chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| wide(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in lines {
        for (column, cell) in line.iter().enumerate() {
            let (cell, width) = (plain(cell), widths[column]);
            let cell = cell.trim_end();
            text += GAP;
            text += &match column + 1 == columns {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            };
        }
        text += "\n";
    }
    text
}

fn gate(gate: &GateReport) -> String {
    let tests = number::count(gate.tests.len(), "figure", "figures");
    let mut text = match gate.passed {
        true => format!("gate: passed, {tests} tested\n"),
        false => format!("gate: FAILED, {tests} tested\n"),
    };
    for test in gate.tests.iter().filter(|test| test.fell) {
        let line = format!(
            "{} {} {}: {} -> {}, worse by {} (margin {}, Holm p {})",
            test.task,
            test.system,
            test.figure,
            number::number(Some(test.accepted)),
            number::number(Some(test.present)),
            number::number(Some(test.drop)),
            number::number(Some(test.margin)),
            number::p_value(Some(test.holm_p)),
        );
        text += &format!("{GAP}{}\n", plain(&line));
    }
    for reason in &gate.not_comparable {
        text += &format!("{GAP}not comparable: {}\n", plain(reason));
    }
    text
}

/// One line without control characters: a reason taken from elsewhere must not move the cursor.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}
