//! The report as one self-contained page.
//!
//! Owns [`render`]. The page needs no other file and no network; its templates, style and script are in `eval/assets`.
//! Everything but the error browser works without a script. Text of articles and predictions reaches the page through
//! templates that escape it, or as JSON that the script shows as text, never as markup.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, UndefinedBehavior, context};

use super::chart::style::Palette;
use super::{GateReport, Machine, Report, ReportError, number};

mod board;
mod browser;
mod figures;
mod notes;
mod span;
mod task;

const STYLE: &str = include_str!("../../../assets/report.css");
const SCRIPT: &str = include_str!("../../../assets/errors.js");
const TEMPLATES: [(&str, &str); 6] = [
    ("page.html", include_str!("../../../assets/page.html")),
    ("task.html", include_str!("../../../assets/task.html")),
    ("charts.html", include_str!("../../../assets/charts.html")),
    ("notes.html", include_str!("../../../assets/notes.html")),
    ("gate.html", include_str!("../../../assets/gate.html")),
    ("errors.html", include_str!("../../../assets/errors.html")),
];

/// The page.
///
/// # Errors
/// [`ReportError::Template`] and [`ReportError::Json`], both faults of this crate.
///
/// ```
/// use depeche_eval::report::{Report, html};
///
/// let report: Report = serde_json::from_str(r#"{
///     "schema": 1, "program": "depeche-eval 0.1.0", "date": "2026-11-23", "machine": {"threads": 2},
///     "resampling": {"bootstrap": 1000, "randomization": 1000, "seed": 1}, "tasks": []
/// }"#)?;
/// let page = html::render(&report)?;
/// assert!(page.starts_with("<!doctype html>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render(report: &Report) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    // A name that a template gets wrong is an error, not an empty cell.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    environment.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let palette = Palette::of(report);
    let slugs = slugs(report.tasks.iter().map(|task| task.name.as_str()));
    let tasks: Vec<Value> = report
        .tasks
        .iter()
        .zip(&slugs)
        .map(|(task, slug)| self::task::view(task, slug, &palette))
        .collect();
    let page = context! {
        program => &report.program,
        date => &report.date,
        machine => machine(&report.machine),
        bootstrap => report.resampling.bootstrap,
        randomization => report.resampling.randomization,
        seed => report.resampling.seed.to_string(),
        tasks => tasks,
        gate => report.gate.as_ref().map(gate),
        has_articles => report.tasks.iter().any(|task| !task.articles.is_empty()),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        data => Value::from_safe_string(browser::json(report)?),
    };
    Ok(environment.get_template("page.html")?.render(page)?)
}

/// `Xeon …, 2 threads, 15.6 GiB`.
fn machine(machine: &Machine) -> String {
    let mut parts: Vec<String> = machine.processor.iter().cloned().collect();
    parts.push(number::count(machine.threads, "thread", "threads"));
    if machine.memory_bytes.is_some() {
        parts.push(number::bytes(machine.memory_bytes));
    }
    parts.join(", ")
}

fn gate(gate: &GateReport) -> Value {
    let tests: Vec<Value> = gate
        .tests
        .iter()
        .map(|test| {
            context! {
                task => &test.task,
                system => &test.system,
                figure => &test.figure,
                accepted => number::number(Some(test.accepted)),
                present => number::number(Some(test.present)),
                drop => number::signed(Some(test.drop)),
                margin => number::number(Some(test.margin)),
                p => number::p_value(Some(test.p)),
                holm => number::p_value(Some(test.holm_p)),
                fell => test.fell,
            }
        })
        .collect();
    context! {
        passed => gate.passed,
        fell => gate.tests.iter().filter(|test| test.fell).count(),
        count => number::count(gate.tests.len(), "figure", "figures"),
        tests => tests,
        not_comparable => gate.not_comparable.clone(),
    }
}

/// A part of an id for each name: lower-case letters, digits and hyphens, no two alike.
fn slugs<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut slugs: Vec<String> = Vec::new();
    for name in names {
        let plain = |c: char| match c.is_ascii_alphanumeric() {
            true => c.to_ascii_lowercase(),
            false => '-',
        };
        let base: String = format!("task-{}", name.chars().map(plain).collect::<String>());
        let again = (2..).map(|at| format!("{base}-{at}"));
        let free = std::iter::once(base.clone())
            .chain(again)
            .find(|slug| !slugs.contains(slug));
        slugs.extend(free);
    }
    slugs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain_and_unique() {
        assert_eq!(
            slugs(["a b", "A-b", "é<", "a b-2", "a b"].into_iter()),
            [
                "task-a-b",
                "task-a-b-2",
                "task---",
                "task-a-b-2-2",
                "task-a-b-3"
            ]
        );
    }

    #[test]
    fn a_machine_is_told_as_far_as_it_is_known() {
        let known = Machine {
            processor: Some("Xeon".to_owned()),
            threads: 1,
            memory_bytes: Some(1 << 33),
        };
        assert_eq!(machine(&known), "Xeon, 1 thread, 8.0 GiB");
        assert_eq!(machine(&Machine::default()), "0 threads");
    }
}
