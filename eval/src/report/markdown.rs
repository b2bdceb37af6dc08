//! The report as Markdown (GitHub's tables): the figures without charts and articles.
//!
//! Owns [`render`].

use super::fault::{count_faults, fault_kinds};
use super::gap::gaps;
use super::leaderboard::{Leaderboard, verdict};
use super::{GateReport, Machine, Report, TaskReport, number};

/// The report as Markdown.
///
/// ```
/// use depeche_eval::report::{Report, markdown};
///
/// let report: Report = serde_json::from_str(r#"{
///     "schema": 1, "program": "depeche-eval 0.1.0", "date": "2026-11-23", "machine": {"threads": 2},
///     "resampling": {"bootstrap": 1000, "randomization": 1000, "seed": 1}, "tasks": []
/// }"#)?;
/// assert!(markdown::render(&report).starts_with("# Evaluation\n\n2026-11-23, depeche-eval 0.1.0"));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn render(report: &Report) -> String {
    let resampling = report.resampling;
    let head = format!(
        "# Evaluation\n\n{}, {}, {}. Intervals: 95 %, bootstrap, {} samples; tests: approximate randomization, {} exchanges, \
         seed {}.",
        prose(&report.date),
        prose(&report.program),
        machine(&report.machine),
        resampling.bootstrap,
        resampling.randomization,
        resampling.seed,
    );
    let mut blocks = vec![head];
    blocks.extend(report.gate.iter().flat_map(gate));
    blocks.extend(report.tasks.iter().flat_map(task));
    blocks.join("\n\n") + "\n"
}

fn machine(machine: &Machine) -> String {
    let threads = number::count(machine.threads, "thread", "threads");
    let mut parts: Vec<String> = machine.processor.iter().map(|name| prose(name)).collect();
    parts.push(threads);
    if machine.memory_bytes.is_some() {
        parts.push(number::bytes(machine.memory_bytes));
    }
    parts.join(", ")
}

fn gate(gate: &GateReport) -> Vec<String> {
    let count = number::count(gate.tests.len(), "figure", "figures");
    let mut blocks = vec![match gate.passed {
        true => format!("**Gate passed**: no figure fell, {count} tested."),
        false => format!("**Gate failed**, {count} tested."),
    }];
    let rows: Vec<Vec<String>> = gate
        .tests
        .iter()
        .map(|test| {
            vec![
                prose(&test.task),
                prose(&test.system),
                prose(&test.figure),
                number::number(Some(test.accepted)),
                number::number(Some(test.present)),
                number::signed(Some(test.drop)),
                number::number(Some(test.margin)),
                prose(&number::p_value(Some(test.holm_p))),
                if test.fell { "**fell**" } else { "holds" }.to_owned(),
            ]
        })
        .collect();
    let header = "Task|System|Figure|Accepted|Present|Worse by|Margin|p, Holm|Verdict";
    blocks.extend(table(header.split('|'), &rows));
    let reasons = gate.not_comparable.iter();
    blocks.extend(list(
        reasons.map(|reason| format!("not comparable: {}", prose(reason))),
    ));
    blocks
}

fn task(task: &TaskReport) -> Vec<String> {
    let title = format!("## {}", prose(&task.title));
    let name = format!("`{}` v{}", task.name.replace('`', ""), task.version);
    if let Some(reason) = &task.skipped {
        return vec![title, format!("{name}. Skipped: {}", prose(reason))];
    }
    let articles = number::count(task.articles.len(), "article", "articles");
    let mut blocks = vec![title, format!("{name}, {articles}, {}.", prose(&task.data))];
    blocks.extend(leaderboard(task));
    let absent = task.not_run.iter();
    blocks.extend(list(absent.map(|absent| {
        format!(
            "not run: {}: {}",
            prose(&absent.title),
            prose(&absent.reason)
        )
    })));
    let parts = [
        ("Systems against each other", comparisons(task)),
        ("All figures", all_figures(task)),
        ("Topics, F1", topics(task)),
        ("Faults", faults(task)),
        ("What did not fit", alignment(task)),
        ("Signatures", signatures(task)),
    ];
    for (heading, content) in parts {
        blocks.extend(content.map(|content| format!("### {heading}\n\n{content}")));
    }
    blocks
}

fn leaderboard(task: &TaskReport) -> Option<String> {
    let board = Leaderboard::of(task);
    let header = std::iter::once("System".to_owned())
        .chain(
            board
                .columns
                .iter()
                .map(|column| heading(column.name, number::arrow(column.direction))),
        )
        .chain(["Articles/min".to_owned(), "Peak memory".to_owned()]);
    let rows: Vec<Vec<String>> = board
        .rows
        .iter()
        .map(|row| {
            let speed = row.system.speed.unwrap_or_default();
            let mut cells = vec![prose(&row.system.title)];
            cells.extend(row.cells.iter().map(|cell| match cell.best {
                true => format!("**{}**", number::estimate(&cell.estimate)),
                false => number::estimate(&cell.estimate),
            }));
            cells.push(number::rate(speed.articles_per_minute));
            cells.push(number::bytes(speed.peak_memory_bytes));
            cells
        })
        .collect();
    table(header, &rows)
}

fn comparisons(task: &TaskReport) -> Option<String> {
    let rows: Vec<Vec<String>> = task
        .comparisons
        .iter()
        .map(|found| {
            let p = |p: Option<f64>| prose(&number::p_value(p));
            let interval = number::interval(&found.difference);
            let difference = number::signed(found.difference.value);
            vec![
                prose(&found.figure),
                prose(&found.a),
                prose(&found.b),
                [Some(difference), interval]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" "),
                p(found.bootstrap_p),
                p(found.randomization_p),
                p(found.holm_p),
                p(found.mcnemar.map(|test| test.p)),
                prose(&verdict(task, found)),
            ]
        })
        .collect();
    let header = "Figure|a|b|a − b|p, bootstrap|p, randomization|p, Holm|p, McNemar|Finding";
    table(header.split('|'), &rows)
}

fn all_figures(task: &TaskReport) -> Option<String> {
    let board = Leaderboard::of_all(task);
    let rows: Vec<Vec<String>> = board
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let mut cells = vec![heading(column.name, number::arrow(column.direction))];
            cells.extend(
                board
                    .rows
                    .iter()
                    .map(|row| number::estimate(&row.cells[at].estimate)),
            );
            cells
        })
        .collect();
    table(header("Figure", task), &rows)
}

fn topics(task: &TaskReport) -> Option<String> {
    task.systems
        .iter()
        .find(|system| !system.topics.is_empty())?;
    let rows: Vec<Vec<String>> = task
        .topics
        .iter()
        .map(|topic| {
            let name = match topic.core {
                true => format!("**{}** ({})", prose(&topic.id), topic.support),
                false => format!("{} ({})", prose(&topic.id), topic.support),
            };
            let f1 = task.systems.iter().map(|system| {
                let found = system.topics.iter().find(|found| found.id == topic.id);
                number::estimate(&found.map(|found| found.f1).unwrap_or_default())
            });
            std::iter::once(name).chain(f1).collect()
        })
        .collect();
    table(header("Topic (articles)", task), &rows)
}

fn faults(task: &TaskReport) -> Option<String> {
    let kinds = fault_kinds(task);
    let rows: Vec<Vec<String>> = kinds
        .iter()
        .map(|kind| {
            let counts = task.systems.iter().map(|system| {
                count_faults(system)
                    .get(kind)
                    .copied()
                    .unwrap_or(0)
                    .to_string()
            });
            std::iter::once(prose(kind)).chain(counts).collect()
        })
        .collect();
    table(header("Kind", task), &rows)
}

fn alignment(task: &TaskReport) -> Option<String> {
    let lines = task.systems.iter().flat_map(|system| {
        gaps(&system.alignment).into_iter().map(|(what, ids)| {
            let ids: Vec<String> = ids.iter().map(|id| prose(id)).collect();
            format!(
                "{}: {} × {what}: {}",
                prose(&system.title),
                ids.len(),
                ids.join(", ")
            )
        })
    });
    list(lines)
}

fn signatures(task: &TaskReport) -> Option<String> {
    let lines: Vec<String> = task
        .systems
        .iter()
        .flat_map(|system| &system.figures)
        .map(|figure| {
            // A fence of its own would end the block.
            let line = format!(
                "{} {}",
                number::estimate(&figure.estimate),
                figure.signature
            );
            line.replace(['\n', '\r'], " ").replace("```", "'''")
        })
        .collect();
    (!lines.is_empty()).then(|| format!("```text\n{}\n```", lines.join("\n")))
}

/// The first column's name and the systems.
fn header<'a>(first: &'a str, task: &'a TaskReport) -> impl Iterator<Item = String> + 'a {
    let systems = task.systems.iter().map(|system| prose(&system.title));
    std::iter::once(first.to_owned()).chain(systems)
}

fn heading(name: &str, arrow: &str) -> String {
    prose(&format!("{name} {arrow}")).trim_end().to_owned()
}

/// A table; `None` without rows. Cells are Markdown already.
fn table<C: Into<String>>(
    header: impl IntoIterator<Item = C>,
    rows: &[Vec<String>],
) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let header: Vec<String> = header.into_iter().map(Into::into).collect();
    let rule = vec!["---".to_owned(); header.len()];
    let lines: Vec<String> = [&header, &rule]
        .into_iter()
        .chain(rows)
        .map(|cells| format!("| {} |", cells.join(" | ")))
        .collect();
    Some(lines.join("\n"))
}

fn list(items: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = items.map(|item| format!("- {item}")).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Text on one line in which nothing is Markdown or HTML. An underscore inside a word is none in GitHub's Markdown.
fn prose(text: &str) -> String {
    let letters: Vec<char> = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut escaped = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let within = at > 0
            && letters[at - 1].is_alphanumeric()
            && letters
                .get(at + 1)
                .is_some_and(|next| next.is_alphanumeric());
        if matches!(
            letter,
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&'
        ) || (*letter == '_' && !within)
        {
            escaped.push('\\');
        }
        escaped.push(*letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_never_markup() {
        let cases = [
            ("culture_education", "culture_education"),
            ("_a_", "\\_a\\_"),
            ("a|b\n<img>", "a\\|b \\<img\\>"),
            ("[x](y) `z` *w*", "\\[x\\](y) \\`z\\` \\*w\\*"),
        ];
        for (text, expected) in cases {
            assert_eq!(prose(text), expected);
        }
    }
}
