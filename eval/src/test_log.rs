//! The test log: every scoring of a test split leaves a line, so that readers can see how often it was looked at.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::read::gold::Split;
use crate::report::TaskReport;
use crate::suite::Outcome;

/// The lines that a scoring adds: one for each task on a test split, none for the others.
///
/// A line names the day, the commit, the systems with their deciding figures, and the task with its number of articles.
pub fn lines<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>, date: &str) -> Vec<String> {
    let commit = commit().unwrap_or_else(|| "no commit".to_owned());
    let looked_at = outcomes
        .into_iter()
        .filter(|outcome| outcome.task.split == Some(Split::Test) && !outcome.scored.is_empty());
    looked_at
        .map(|outcome| {
            let TaskReport { name, version, articles, .. } = &outcome.report;
            let n = articles.len();
            let figures = figures(&outcome.report);
            format!("| {date} | {commit} | depeche eval, task {name} version {version} | test ({n}) | {figures} |")
        })
        .collect()
}

fn figures(report: &TaskReport) -> String {
    let system = |system: &crate::report::SystemReport| {
        let figures = report.primary.iter().filter_map(|name| {
            let figure = system.figures.iter().find(|figure| figure.name == *name)?;
            Some(format!("{name} {:.3}", figure.estimate.value?))
        });
        format!(
            "{}: {}",
            system.name,
            figures.collect::<Vec<_>>().join(", ")
        )
    };
    report
        .systems
        .iter()
        .map(system)
        .collect::<Vec<_>>()
        .join("; ")
}

/// Adds lines to the log at `path`.
///
/// # Errors
/// The file is not there or cannot be written.
pub fn append(path: &Path, lines: &[String]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().append(true).open(path)?;
    for line in lines {
        writeln!(file, "{line}")?;
    }
    Ok(())
}

/// The commit that is checked out, with `+` if files differ from it.
fn commit() -> Option<String> {
    let git = |arguments: &[&str]| -> Option<String> {
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    // The log itself always differs: a scoring changes it.
    let changed = git(&[
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ":!*test_log.md",
    ])?;
    Some(match changed.is_empty() {
        true => commit,
        false => format!("{commit}+"),
    })
}
