//! Records as JSON Lines: one object a line, fields in the order of the schema.

use super::{RecordWriter, WriteError};
use crate::record::Record;
use serde::Deserialize;
use std::borrow::Cow;

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

    fn renew(
        &self,
        laid_out: Vec<u8>,
        _columns: &[String],
        source: Option<&str>,
    ) -> Result<Vec<u8>, WriteError> {
        let Some(source) = source else {
            return Ok(laid_out);
        };
        let broken = |source: serde_json::Error| WriteError::Encode {
            id: String::from_utf8_lossy(&laid_out).into_owned(),
            source: source.into(),
        };
        let place: Place = serde_json::from_slice(&laid_out).map_err(broken)?;
        if place.source == source {
            return Ok(laid_out);
        }
        let mut record: Record = serde_json::from_slice(&laid_out).map_err(broken)?;
        record.source = source.to_owned();
        self.record(&record)
    }
}

/// The part of a record that may change without its article.
#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    source: Cow<'a, str>,
}
