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

/// The column after them: the hash of what was labelled. Tables of older versions do not have it.
pub(super) const CONTENT: &str = "content";

/// Columns at the end: the provenance, which a later run compares with its own.
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
    fn columns(&self) -> Vec<String> {
        let probabilities = self.topic_ids.iter().map(|id| format!("p_{id}"));
        let leading = LEADING.iter().map(|name| (*name).to_owned());
        let trailing = [CONTENT].into_iter().chain(PROVENANCE);
        leading
            .chain(probabilities)
            .chain(trailing.map(str::to_owned))
            .collect()
    }

    fn header(&self) -> Result<Vec<u8>, WriteError> {
        row("header", self.columns().into_iter())
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
        let trailing = [
            record.content.clone().unwrap_or_default(),
            made.version.clone(),
            made.encoder.clone().unwrap_or_default(),
            made.head.clone().unwrap_or_default(),
            made.generator.clone().unwrap_or_default(),
            made.taxonomy.clone(),
            made.settings.clone(),
            made.kernels.clone(),
        ];
        let fields = leading.into_iter().chain(probabilities).chain(trailing);
        row(&record.id, fields)
    }

    fn renew(
        &self,
        laid_out: Vec<u8>,
        columns: &[String],
        source: Option<&str>,
    ) -> Result<Vec<u8>, WriteError> {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(&*laid_out);
        let mut old = ::csv::StringRecord::new();
        reader
            .read_record(&mut old)
            .map_err(|error| WriteError::Encode {
                id: String::from_utf8_lossy(&laid_out).into_owned(),
                source: error.into(),
            })?;
        let field = |name: &str| {
            let at = columns.iter().position(|column| column == name);
            at.and_then(|at| old.get(at)).unwrap_or_default().to_owned()
        };
        let fields = self
            .columns()
            .into_iter()
            .map(|name| match (name.as_str(), source) {
                ("source", Some(source)) => source.to_owned(),
                _ => field(&name),
            });
        row(old.get(0).unwrap_or_default(), fields)
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
