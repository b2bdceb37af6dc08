//! Files of other people, read as ours: fields of other names, tables instead of JSON Lines.
//!
//! Owns [`Fields`]. What a field means is the business of `gold`.

use std::io::BufRead;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::rows::{self, ReadError};

/// What the fields of a file are called; what is left out has our name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// The field that tells rows apart.
    #[serde(default)]
    pub id: Option<String>,
    /// The article.
    #[serde(default)]
    pub text: Option<String>,
    /// The headline.
    #[serde(default)]
    pub title: Option<String>,
    /// The labels: a list, or one string for a single label.
    #[serde(default)]
    pub topics: Option<String>,
    /// The reference abstract.
    #[serde(default, rename = "abstract")]
    pub summary: Option<String>,
}

impl Fields {
    /// Gives a row's fields our names.
    pub(crate) fn rename(&self, row: &mut Value) {
        let Value::Object(fields) = row else {
            return;
        };
        let names = [
            ("id", &self.id),
            ("text", &self.text),
            ("title", &self.title),
            ("topics", &self.topics),
            ("abstract", &self.summary),
        ];
        for (ours, theirs) in names {
            if let Some(value) = theirs.as_ref().and_then(|name| fields.get(name).cloned()) {
                fields.insert(ours.to_owned(), value);
            }
        }
        if let Some(label @ Value::String(_)) = fields.get("topics") {
            let label = label.clone();
            fields.insert("topics".to_owned(), Value::Array(vec![label]));
        }
    }
}

/// The rows of a file with their line numbers: a table for `.csv` and `.tsv`, else JSON Lines.
pub(crate) fn values(path: &Path) -> Result<Vec<(usize, Value)>, ReadError> {
    let extension = path
        .extension()
        .map(|extension| extension.to_ascii_lowercase());
    match extension
        .as_deref()
        .and_then(|extension| extension.to_str())
    {
        Some("csv") => table(rows::open(path)?, b',', path),
        Some("tsv") => table(rows::open(path)?, b'\t', path),
        _ => rows::values(rows::open(path)?, path),
    }
}

/// The rows of a table with a header, every value a string.
fn table(
    reader: impl BufRead,
    delimiter: u8,
    name: &Path,
) -> Result<Vec<(usize, Value)>, ReadError> {
    let mut table = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(delimiter == b',')
        .from_reader(reader);
    let failed = |source| ReadError::Table {
        path: name.to_owned(),
        source,
    };
    let header = table.headers().map_err(failed)?.clone();
    let mut rows = Vec::new();
    for record in table.records() {
        let record = record.map_err(failed)?;
        let line = record.position().map_or(0, |at| at.line() as usize);
        let cells = header.iter().zip(record.iter());
        let row: Map<String, Value> = cells
            .map(|(name, cell)| (name.trim_start_matches('\u{feff}').to_owned(), cell.into()))
            .collect();
        rows.push((line, row.into()));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gold;

    #[test]
    fn other_names_and_a_single_label() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fields = Fields {
            id: Some("url".to_owned()),
            title: Some("headline".to_owned()),
            topics: Some("category".to_owned()),
            ..Fields::default()
        };
        let files = [
            (
                "rows.tsv",
                "category\theadline\ttext\turl\nsport\tUn \"but\ttexte\tu1\n",
            ),
            (
                "rows.csv",
                "category,headline,text,url\nsport,\"Un \"\"but\",texte,u1\n",
            ),
            (
                "rows.jsonl",
                r#"{"category":["sport"],"headline":"Un \"but","text":"texte","url":"u1"}"#,
            ),
        ];
        for (name, content) in files {
            let path = folder.path().join(name);
            std::fs::write(&path, content).expect("written");
            let gold = Gold::read_with(&path, &fields).expect("a good file");
            assert_eq!(gold.len(), 1, "{name}");
            assert_eq!(
                (gold[0].id.as_str(), gold[0].text.as_str()),
                ("u1", "texte")
            );
            assert_eq!(gold[0].title.as_deref(), Some("Un \"but"), "{name}");
            assert_eq!(gold[0].topics, ["sport"], "{name}");
        }
    }
}
