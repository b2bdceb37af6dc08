//! Records as JSON Lines: one object a line, fields in the order of the schema.

use super::{RecordWriter, WriteError};
use crate::record::Record;

/// One JSON object a line.
pub struct Jsonl;

impl RecordWriter for Jsonl {
    fn header(&self) -> Result<Vec<u8>, WriteError> {
        Ok(Vec::new())
    }

    fn record(&self, record: &Record) -> Result<Vec<u8>, WriteError> {
        let mut line = serde_json::to_vec(record).map_err(|source| WriteError::Encode {
            id: record.id.clone(),
            source: source.into(),
        })?;
        line.push(b'\n');
        Ok(line)
    }
}
