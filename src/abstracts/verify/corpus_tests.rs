//! The checks on the labelled corpus: its own abstracts are right, so that a finding is a false alarm.
//!
//! `cargo test --release -p depeche --lib abstracts::verify -- --nocapture` prints every finding.

use super::*;
use crate::article::{PublicationDate, Span};
use crate::text::segment;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The part of a gold row that the checks read.
#[derive(Deserialize)]
pub(super) struct Row {
    pub id: String,
    pub date: Option<String>,
    pub title: Option<String>,
    pub text: String,
    #[serde(rename = "abstract")]
    pub summary: String,
}

/// Longest abstract of the corpus, in words.
pub(super) const MAX_WORDS: usize = 60;

/// The rows of a file of `corpus/`.
pub(super) fn rows(file: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(file)
        .with_extension("jsonl");
    let file = std::fs::read_to_string(path).unwrap();
    file.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

impl Row {
    /// The row's article, read.
    pub fn verifier(&self, glossary: &Glossary) -> Verifier {
        let document = segment(
            &self.text,
            Span {
                start: 0,
                end: self.text.len(),
            },
        );
        let date = self.date.as_deref().and_then(PublicationDate::parse);
        let material = Material::of(self.title.as_deref(), &self.text, &document, date);
        Verifier::new(&material, glossary)
    }

    /// Whether the number in the row's name is odd.
    fn is_odd(&self) -> bool {
        let last = self.id.bytes().last().unwrap_or_default();
        last % 2 == 1
    }
}

/// The share of rows whose right abstract has a finding; prints each, and the rows by check.
fn share_of_alarms(group: &str, rows: &[Row]) -> f64 {
    let glossary = Glossary::load(None).unwrap();
    let mut by_check: BTreeMap<&str, usize> = CHECKS.iter().map(|check| (*check, 0)).collect();
    let mut alarms = 0;
    for row in rows {
        let findings = row.verifier(&glossary).check(&row.summary, MAX_WORDS);
        alarms += usize::from(!findings.is_empty());
        for check in CHECKS {
            let found = findings.iter().any(|finding| finding.check == check);
            *by_check.get_mut(check).unwrap() += usize::from(found);
        }
        for finding in &findings {
            println!(
                "{} {}: {} | {}",
                row.id, finding.check, finding.reason, row.summary
            );
        }
    }
    let share = alarms as f64 / rows.len() as f64;
    println!(
        "{group}: false alarms {alarms} of {} ({:.1} %), by check {by_check:?}",
        rows.len(),
        100.0 * share
    );
    share
}

#[test]
fn right_abstracts_pass() {
    for split in ["gold/train", "gold/dev"] {
        let share = share_of_alarms(split, &rows(split));
        assert!(share <= 0.05, "{split}: {share}");
    }
}

/// Abstracts by other writers, most of them of other subjects. The checks were written with the even rows in
/// view; of the odd ones, 19 of 98 still had a false alarm then, and they were read after that. So the bounds
/// keep what is known, and tell nothing of articles that nobody has read.
#[test]
fn right_abstracts_of_other_writers_pass() {
    let (odd, even): (Vec<Row>, Vec<Row>) =
        rows("adapt/articles").into_iter().partition(Row::is_odd);
    for (group, rows) in [("adapt, even", even), ("adapt, odd", odd)] {
        let share = share_of_alarms(group, &rows);
        assert!(share <= 0.05, "{group}: {share}");
    }
}
