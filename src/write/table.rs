//! Records as cards for people: article, topics with probability, abstract.

use super::{RecordWriter, WriteError};
use crate::record::{Decision, Record, Summary, SummaryStatus, Topic};
use comfy_table::{ColumnConstraint, ContentArrangement, Width, presets};

/// Width used when standard output is not a terminal.
const DEFAULT_WIDTH: u16 = 100;
/// Wider lines are hard to read.
const MAX_WIDTH: u16 = 120;
/// Columns of the label on the left of a card.
const LABEL_WIDTH: u16 = 10;

/// Cards, one an article.
pub struct Table {
    width: u16,
}

impl Table {
    /// Cards as wide as the terminal, within reason.
    pub fn fitting_terminal() -> Self {
        let width = comfy_table::Table::new().width().unwrap_or(DEFAULT_WIDTH);
        Self {
            width: width.clamp(40, MAX_WIDTH),
        }
    }
}

impl RecordWriter for Table {
    fn header(&self) -> Result<Vec<u8>, WriteError> {
        Ok(Vec::new())
    }

    fn record(&self, record: &Record) -> Result<Vec<u8>, WriteError> {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.width);
        for (label, value) in lines(record) {
            table.add_row([label.to_owned(), visible(&value)]);
        }
        if let Some(labels) = table.column_mut(0) {
            labels.set_constraint(ColumnConstraint::Absolute(Width::Fixed(LABEL_WIDTH)));
        }
        let rule = "─".repeat(usize::from(self.width));
        let title = heading(record);
        let card = table.to_string();
        let card: String = card
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        Ok(format!("{rule}\n{title}\n{card}").into_bytes())
    }

    /// Cards stay as they are: they cannot be read back.
    fn renew(
        &self,
        laid_out: Vec<u8>,
        _columns: &[String],
        _source: Option<&str>,
    ) -> Result<Vec<u8>, WriteError> {
        Ok(laid_out)
    }
}

fn heading(record: &Record) -> String {
    let parts = [
        Some(&record.id),
        record.date.as_ref(),
        record.title.as_ref(),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    visible(&parts.join(" · "))
}

/// Without control characters, which a terminal would obey.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn lines(record: &Record) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if !record.topics.is_empty() {
        lines.push(("topics", topics(record, Decision::Assigned)));
    }
    if record
        .topics
        .iter()
        .any(|topic| topic.decision == Decision::Unsure)
    {
        lines.push(("unsure", topics(record, Decision::Unsure)));
    }
    if !record.errors.is_empty() {
        lines.push(("source", record.source.clone()));
    }
    if let Some(summary) = &record.summary {
        lines.push(("abstract", abstract_line(summary, record.truncated)));
    }
    for warning in &record.warnings {
        lines.push(("warning", warning.message.clone()));
    }
    for error in &record.errors {
        lines.push(("failed", error.message.clone()));
    }
    lines
}

fn topics(record: &Record, decision: Decision) -> String {
    let shown = |topic: &Topic| format!("{} {:.2}", topic.id, topic.probability);
    let of_decision = record
        .topics
        .iter()
        .filter(|topic| topic.decision == decision);
    let shown: Vec<String> = of_decision.map(shown).collect();
    match shown.is_empty() {
        true => "none of the taxonomy".to_owned(),
        false => shown.join(", "),
    }
}

fn abstract_line(summary: &Summary, truncated: bool) -> String {
    let status = match summary.status {
        SummaryStatus::Verified => "",
        SummaryStatus::NeedsReview => " [needs review]",
        SummaryStatus::Unchecked => " [unchecked]",
    };
    let cut = if truncated {
        " [cut by the token budget]"
    } else {
        ""
    };
    format!("{}{status}{cut}", summary.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_told_what_to_do() {
        assert_eq!(visible("a\u{1B}[2Jb\u{9B}c\nd"), "a [2Jb c d");
    }
}
