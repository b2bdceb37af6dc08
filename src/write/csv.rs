//! Records as a table for spreadsheets: one row an article, one probability column a topic.

use super::{RecordWriter, WriteError};
use crate::record::{Decision, Notice, Record};

/// Columns before the topics' probabilities.
const LEADING: [&str; 12] = [
    "id",
    "source",
    "date",
    "title",
    "language",
    "topics",
    "unsure",
    "abstract",
    "abstract_status",
    "truncated",
    "warnings",
    "errors",
];

/// Columns after them: the provenance, which a later run compares with its own.
pub(super) const PROVENANCE: [&str; 7] = [
    "version",
    "encoder",
    "head",
    "generator",
    "taxonomy",
    "settings",
    "kernels",
];

/// A CSV table (RFC 4180, `\n` line ends); lists are joined by `; `.
pub struct Csv {
    topic_ids: Vec<String>,
}

impl Csv {
    /// A table with a column `p_<id>` for each of these topics.
    pub fn new(topic_ids: Vec<String>) -> Self {
        Self { topic_ids }
    }
}

impl RecordWriter for Csv {
    fn header(&self) -> Result<Vec<u8>, WriteError> {
        let probabilities = self.topic_ids.iter().map(|id| format!("p_{id}"));
        let columns = LEADING
            .map(str::to_owned)
            .into_iter()
            .chain(probabilities)
            .chain(PROVENANCE.map(str::to_owned));
        row("header", columns)
    }

    fn record(&self, record: &Record) -> Result<Vec<u8>, WriteError> {
        let decided = |decision| {
            let ids = record
                .topics
                .iter()
                .filter(|topic| topic.decision == decision);
            joined(ids.map(|topic| topic.id.clone()))
        };
        let summary = record.summary.as_ref();
        let leading = [
            record.id.clone(),
            record.source.clone(),
            record.date.clone().unwrap_or_default(),
            record.title.clone().unwrap_or_default(),
            record.language.clone().unwrap_or_default(),
            decided(Decision::Assigned),
            decided(Decision::Unsure),
            summary.map_or_else(String::new, |summary| summary.text.clone()),
            summary.map_or_else(String::new, |summary| name(&summary.status)),
            record.truncated.to_string(),
            joined(record.warnings.iter().map(in_words)),
            joined(record.errors.iter().map(in_words)),
        ];
        let probabilities = self.topic_ids.iter().map(|id| {
            let topic = record.topics.iter().find(|topic| topic.id == *id);
            topic.map_or_else(String::new, |topic| topic.probability.to_string())
        });
        let made = &record.provenance;
        let provenance = [
            made.version.clone(),
            made.encoder.clone().unwrap_or_default(),
            made.head.clone().unwrap_or_default(),
            made.generator.clone().unwrap_or_default(),
            made.taxonomy.clone(),
            made.settings.clone(),
            made.kernels.clone(),
        ];
        let fields = leading.into_iter().chain(probabilities).chain(provenance);
        row(&record.id, fields)
    }
}

fn row(id: &str, fields: impl Iterator<Item = String>) -> Result<Vec<u8>, WriteError> {
    let encode = |source: Box<dyn std::error::Error + Send + Sync>| WriteError::Encode {
        id: id.to_owned(),
        source,
    };
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer
        .write_record(fields)
        .map_err(|error| encode(error.into()))?;
    writer
        .into_inner()
        .map_err(|error| encode(error.to_string().into()))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("; ")
}

fn in_words(notice: &Notice) -> String {
    format!("{}: {}", name(&notice.code), notice.message)
}

/// The name of a unit variant as in the JSON record.
fn name<T: serde::Serialize>(variant: &T) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(name)) => name,
        _ => unreachable!("unit variants serialise to strings"),
    }
}
