//! CSV and TSV with a header row → entries. Quoting is the `csv` crate's (RFC 4180); rows may differ in length.

use super::row::{Row, TEXT_FIELDS, bad_row};
use super::{Entries, Entry, InputFile, ReadError, ReadOptions, quotes, unreadable};
use crate::record::{Notice, NoticeCode};
use csv::{ByteRecord, Position, Reader, ReaderBuilder};
use std::fs::File;
use std::io::{BufReader, Read};

/// Characters of a header without a text column that the message shows.
const LONGEST_HEADER_SHOWN: usize = 300;

/// Entries of a table, one a row after the header; the line of an entry is where its row starts.
///
/// # Errors
/// [`ReadError::NoTextColumn`] when the header names no text, [`ReadError::HeaderNotUtf8`] when it is not UTF-8,
/// [`ReadError::Io`] when it cannot be read.
pub fn entries(
    file: &InputFile,
    options: &ReadOptions,
    delimiter: u8,
) -> Result<Entries, ReadError> {
    let opened = File::open(&file.path).and_then(|input| Ok((input, File::open(&file.path)?)));
    let (input, again) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let entry = bad_row(file, 0, None, unreadable(&file.path, &error));
            return Ok(Box::new(std::iter::once(entry)));
        }
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(input);
    let columns = columns(&mut reader, file)?;
    let mut options = options.clone();
    // Columns are matched without case, so the name given for one is, too.
    options.text_field = options
        .text_field
        .map(|field| column_name(field.as_bytes()));
    check_text_column(&columns, file, &options)?;
    let mut raw =
        RawRows::after_header(again, reader.position().byte()).map_err(|source| ReadError::Io {
            path: file.path.clone(),
            source,
        })?;
    let file = file.clone();
    let mut rows = reader.into_byte_records().peekable();
    Ok(Box::new(std::iter::from_fn(move || {
        let row = rows.next()?;
        let next = rows.peek().and_then(|next| next.as_ref().ok()?.position());
        let (line, bytes) = match raw.next(next.map(Position::byte)) {
            Ok(raw) => raw,
            Err(error) => {
                let notice = unreadable(&file.path, &error);
                return Some(bad_row(&file, raw.line, None, notice));
            }
        };
        let bad = |message: &str| {
            let notice = Notice::new(NoticeCode::BadRow, message);
            bad_row(&file, line, Some(&bytes), notice)
        };
        Some(match (row, quotes::fault(&bytes, delimiter)) {
            (Err(error), _) => bad(&format!("not a valid row: {error}")),
            (Ok(_), Some(fault)) => bad(fault),
            (Ok(row), None) => entry(&row, line, &columns, &file, &options),
        })
    })))
}

/// The names of the columns.
fn columns(reader: &mut Reader<File>, file: &InputFile) -> Result<Vec<String>, ReadError> {
    let header = reader.byte_headers().map_err(|error| ReadError::Io {
        path: file.path.clone(),
        source: std::io::Error::other(error),
    })?;
    let is_text = |name: &[u8]| std::str::from_utf8(name).is_ok() && !name.contains(&0);
    match header.iter().all(is_text) {
        true => Ok(header.iter().map(column_name).collect()),
        false => Err(ReadError::HeaderNotUtf8(file.source().into())),
    }
}

fn check_text_column(
    columns: &[String],
    file: &InputFile,
    options: &ReadOptions,
) -> Result<(), ReadError> {
    let is_text = |column: &String| match &options.text_field {
        Some(field) => column == field,
        None => TEXT_FIELDS.contains(&column.as_str()),
    };
    if columns.iter().any(is_text) {
        return Ok(());
    }
    // A file that is no table can have anything for its first line: not all of it is shown, and no control characters.
    let names = columns.join(", ");
    let shown: String = names.chars().take(LONGEST_HEADER_SHOWN).collect();
    let cut = if shown.len() < names.len() { "…" } else { "" };
    Err(ReadError::NoTextColumn {
        path: file.source().into(),
        wanted: options
            .text_field
            .clone()
            .unwrap_or_else(|| TEXT_FIELDS.join(", ")),
        columns: format!("{}{cut}", escape_controls(&shown)),
    })
}

fn escape_controls(text: &str) -> String {
    let escaped = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// The bytes of one row after the other, as they stand in the file, and the lines on which they begin.
///
/// Lines are counted here: the `csv` crate does not count those that end with a carriage return alone, and all rows of
/// such a table would have one id.
struct RawRows {
    input: BufReader<File>,
    /// Where the next row begins.
    at: u64,
    /// The line of that place, counted from 1.
    line: u64,
    /// The byte before that place is a carriage return.
    after_return: bool,
}

impl RawRows {
    /// The rows behind a header of so many bytes.
    fn after_header(input: File, bytes: u64) -> std::io::Result<Self> {
        let mut rows = Self {
            input: BufReader::new(input),
            at: 0,
            line: 1,
            after_return: false,
        };
        rows.next(Some(bytes))?;
        Ok(rows)
    }

    /// The row that ends where the `next` begins, or at the end of the file, and its line: that of its first byte that
    /// is not a line end.
    fn next(&mut self, next: Option<u64>) -> std::io::Result<(u64, Vec<u8>)> {
        let length = next.map_or(u64::MAX, |next| next.saturating_sub(self.at));
        self.at = next.unwrap_or(self.at);
        let mut bytes = Vec::new();
        (&mut self.input).take(length).read_to_end(&mut bytes)?;
        let mut first = None;
        for &byte in &bytes {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => self.line += 1,
                _ => first = first.or(Some(self.line)),
            }
            self.after_return = byte == b'\r';
        }
        Ok((first.unwrap_or(self.line), bytes))
    }
}

/// Column names are matched without case, spaces around them or a byte-order mark.
fn column_name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
        .to_lowercase()
}

fn entry(
    row: &ByteRecord,
    line: u64,
    columns: &[String],
    file: &InputFile,
    options: &ReadOptions,
) -> Entry {
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
    fn quotes_that_run_rows_together_are_told_and_letters_are_not() {
        let content = b"id,text\n1,\"Un\n2,\"Deux\"\n3,une vis de 5\" de long\n4,Quatre\n";
        let entries = read("t.csv", content).unwrap();
        let notice = entries[0].article.as_ref().unwrap_err();
        assert!(
            notice.message.contains("run together"),
            "{}",
            notice.message
        );
        let texts: Vec<_> = entries[1..]
            .iter()
            .map(|entry| entry.article.as_ref().unwrap().text.as_str())
            .collect();
        assert_eq!(texts, ["une vis de 5\" de long", "Quatre"]);
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        let table = [
            ("text\nUn\nDeux\n", [2, 3]),
            ("text\r\nUn\r\nDeux", [2, 3]),
            ("text\rUn\rDeux\r", [2, 3]),
            ("text\n\n\nUn\r\n\r\nDeux\n", [4, 6]),
            ("\n\u{FEFF}text\n\"U\n\r\nn\"\nDeux\n", [3, 6]),
        ];
        for (content, lines) in table {
            let entries = read("t.csv", content.as_bytes()).unwrap();
            let ids: Vec<_> = entries.iter().map(|entry| entry.id.clone()).collect();
            assert_eq!(ids, lines.map(|line| format!("t#{line}")), "{content:?}");
        }
    }

    #[test]
    fn the_text_column_is_named_without_case() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.csv");
        std::fs::write(&path, "ID,Texte\na,Un\n").unwrap();
        let files = discover(&[path.display().to_string()], None, &[]).unwrap();
        let options = ReadOptions {
            text_field: Some("Texte".into()),
            ..ReadOptions::default()
        };
        let entries: Vec<_> = open(&files[0], &options).unwrap().collect();
        assert_eq!(entries[0].article.as_ref().unwrap().text, "Un");
    }

    #[test]
    fn a_header_that_is_no_text_is_told_by_file_and_line() {
        for content in [
            b"\xFF\xFEi\0d\0,\0t\0\n\0".as_slice(),
            b"i\0d\0,\0t\0\n\0",
            b"id,caf\xE9\n",
        ] {
            let error = read("t.csv", content).unwrap_err().to_string();
            assert!(
                error.contains("t.csv, line 1") && error.contains("UTF-8"),
                "{error}"
            );
        }
        let error = read("t.csv", b"\x1B[2Jid,b\n1,2\n")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("line 1") && !error.contains('\u{1B}'),
            "{error}"
        );
        let long = "x".repeat(5000);
        let error = read("t.csv", long.as_bytes()).unwrap_err().to_string();
        assert!(
            error.len() < 1000 && error.contains('…'),
            "{} bytes",
            error.len()
        );
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
