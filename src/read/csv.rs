//! CSV and TSV with a header row → entries. Quoting is the `csv` crate's (RFC 4180); rows may differ in length.

use super::row::{Row, TEXT_FIELDS, bad_row};
use super::{Entries, Entry, InputFile, ReadError, ReadOptions, unreadable};
use crate::record::{Notice, NoticeCode};
use csv::{ByteRecord, ReaderBuilder};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Entries of a table, one a row after the header; the line of an entry is where its row starts.
///
/// # Errors
/// [`ReadError::NoTextColumn`] when the header names no text, [`ReadError::Io`] when it cannot be read.
pub fn entries(
    file: &InputFile,
    options: &ReadOptions,
    delimiter: u8,
) -> Result<Entries, ReadError> {
    let input = match File::open(&file.path) {
        Ok(input) => input,
        Err(error) => {
            let entry = bad_row(file, 0, None, unreadable(&file.path, &error));
            return Ok(Box::new(std::iter::once(entry)));
        }
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(input);
    let header = reader.byte_headers().map_err(|error| ReadError::Io {
        path: file.path.clone(),
        source: std::io::Error::other(error),
    })?;
    let columns: Vec<String> = header.iter().map(column_name).collect();
    let is_text = |column: &String| match &options.text_field {
        Some(field) => column == field,
        None => TEXT_FIELDS.contains(&column.as_str()),
    };
    if !columns.iter().any(is_text) {
        return Err(ReadError::NoTextColumn {
            path: file.path.clone(),
            wanted: options
                .text_field
                .clone()
                .unwrap_or_else(|| TEXT_FIELDS.join(", ")),
            columns: columns.join(", "),
        });
    }
    let unclosed = has_unclosed_quote(&file.path).unwrap_or(false);
    let (file, options) = (file.clone(), options.clone());
    let mut rows = reader.into_byte_records().peekable();
    Ok(Box::new(std::iter::from_fn(move || {
        let row = rows.next()?;
        let is_last = rows.peek().is_none();
        Some(match row {
            Ok(row) if is_last && unclosed => unclosed_row(&row, &file),
            Ok(row) => entry(&row, &columns, &file, &options),
            Err(error) => invalid_row(&error, &file),
        })
    })))
}

/// The last row of a file in which a quotation mark is open.
fn unclosed_row(row: &ByteRecord, file: &InputFile) -> Entry {
    let line = row.position().map_or(0, csv::Position::line);
    let message =
        "a quotation mark is not closed: the rest of the file was read as one row; mend the quotes";
    let notice = Notice::new(NoticeCode::BadRow, message);
    bad_row(file, line, Some(&raw(row)), notice)
}

fn invalid_row(error: &csv::Error, file: &InputFile) -> Entry {
    let line = error.position().map_or(0, csv::Position::line);
    let message = format!("not a valid row: {error}");
    bad_row(file, line, None, Notice::new(NoticeCode::BadRow, message))
}

/// True when the file has an odd number of quotation marks: one is open at its end.
fn has_unclosed_quote(path: &Path) -> std::io::Result<bool> {
    let mut input = BufReader::new(File::open(path)?);
    let mut odd = false;
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(odd);
        }
        odd ^= bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        let read = bytes.len();
        input.consume(read);
    }
}

/// Column names are matched without case, spaces around them or a byte-order mark.
fn column_name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
        .to_lowercase()
}

fn entry(row: &ByteRecord, columns: &[String], file: &InputFile, options: &ReadOptions) -> Entry {
    let line = row.position().map_or(0, csv::Position::line);
    let raw = raw(row);
    if row.len() != columns.len() {
        let (found, expected) = (row.len(), columns.len());
        let message = format!(
            "the row has {found} fields, the header {expected}; put quotes around a text with commas"
        );
        let notice = Notice::new(NoticeCode::BadRow, message);
        return bad_row(file, line, Some(&raw), notice);
    }
    let mut fields = Vec::with_capacity(columns.len());
    for (column, bytes) in columns.iter().zip(row.iter()) {
        match std::str::from_utf8(bytes) {
            Ok(value) => fields.push((column.as_str(), value.to_owned())),
            Err(_) => {
                let message =
                    format!("invalid UTF-8 in column {column}; convert the file to UTF-8");
                let notice = Notice::new(NoticeCode::NotUtf8, message);
                return bad_row(file, line, Some(&raw), notice);
            }
        }
    }
    Row::from_fields(fields.into_iter(), options).into_entry(file, line, &raw, options)
}

/// The fields of a row in a form that no other row has.
fn raw(row: &ByteRecord) -> Vec<u8> {
    let mut raw = Vec::with_capacity(row.as_slice().len());
    for field in row {
        raw.extend_from_slice(field.len().to_string().as_bytes());
        raw.push(b':');
        raw.extend_from_slice(field);
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{discover, open};

    fn read(name: &str, content: &[u8]) -> Result<Vec<Entry>, ReadError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        let files = discover(&[path.display().to_string()], None, &[])?;
        Ok(open(&files[0], &ReadOptions::default())?.collect())
    }

    #[test]
    fn quotes_newlines_and_short_rows() {
        let content = "\u{FEFF}ID,Date,Text\na,2024-05,\"Deux\nlignes, et \"\"guillemets\"\"\"\nb,2024-06\n,2024-07,Trois\nc,2024-08,Un, deux\n";
        let entries = read("t.csv", content.as_bytes()).unwrap();
        let article = entries[0].article.as_ref().unwrap();
        assert_eq!(article.id, "a");
        assert_eq!(article.date.as_deref(), Some("2024-05"));
        assert_eq!(article.text, "Deux\nlignes, et \"guillemets\"");
        assert_eq!(
            entries[1].article.as_ref().unwrap_err().code,
            NoticeCode::BadRow
        );
        assert_eq!(entries[2].id, "t#5");
        let notice = entries[3].article.as_ref().unwrap_err();
        assert!(notice.message.contains("4 fields"), "{}", notice.message);
    }

    #[test]
    fn an_unclosed_quote_is_told() {
        let entries = read("t.csv", b"id,text\n1,\"Un\n2,Deux\n3,Trois\n").unwrap();
        let notice = entries[0].article.as_ref().unwrap_err();
        assert!(notice.message.contains("not closed"), "{}", notice.message);
    }

    #[test]
    fn tabs_and_bad_bytes() {
        let entries = read("t.tsv", b"id\tbody\n1\tun, deux\n2\tcaf\xE9\n").unwrap();
        assert_eq!(entries[0].article.as_ref().unwrap().text, "un, deux");
        let notice = entries[1].article.as_ref().unwrap_err();
        assert_eq!(notice.code, NoticeCode::NotUtf8);
        assert!(notice.message.contains("column body"));
    }

    #[test]
    fn a_table_without_text_names_its_columns() {
        let error = read("t.csv", b"id,texte\n1,a\n").unwrap_err().to_string();
        assert!(
            error.contains("[id, texte]") && error.contains("--text-field"),
            "{error}"
        );
    }
}
