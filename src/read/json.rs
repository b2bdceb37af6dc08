//! JSON Lines and JSON documents → entries.
//!
//! JSON Lines is streamed with a bound on each line. A `.json` document (an array of objects, or objects
//! one after another) is parsed whole: use JSON Lines for archives.

use super::row::{Row, bad_row};
use super::{Entries, Entry, InputFile, ReadOptions, too_large, unreadable};
use crate::record::{Notice, NoticeCode};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

/// Entries of a JSON Lines file: one a non-blank line.
pub fn line_entries(file: &InputFile, options: &ReadOptions) -> Entries {
    match File::open(&file.path) {
        Ok(open) => Box::new(Lines {
            input: BufReader::new(open),
            file: file.clone(),
            options: options.clone(),
            line: 0,
            ended: false,
        }),
        Err(error) => Box::new(std::iter::once(bad_row(
            file,
            0,
            None,
            unreadable(&file.path, &error),
        ))),
    }
}

/// Entries of a JSON document, numbered from 1 in the order of its objects.
pub fn document_entries(file: &InputFile, options: &ReadOptions) -> Entries {
    let bytes = match std::fs::read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let entry = bad_row(file, 0, None, unreadable(&file.path, &error));
            return Box::new(std::iter::once(entry));
        }
    };
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    let mut entries = Vec::new();
    let mut number = 0;
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        let rows = match value {
            Ok(Value::Array(rows)) => rows,
            Ok(row) => vec![row],
            Err(error) => {
                // Where the broken object ends cannot be told: any change of the document may mend it.
                entries.push(bad_row(file, number + 1, Some(bytes), not_json(&error)));
                break;
            }
        };
        for row in rows {
            number += 1;
            let raw = row.to_string();
            entries.push(entry(row, file, number, raw.as_bytes(), options));
        }
    }
    Box::new(entries.into_iter())
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

struct Lines {
    input: BufReader<File>,
    file: InputFile,
    options: ReadOptions,
    line: u64,
    ended: bool,
}

/// A line that is not handed on, with its beginning where there is one.
struct Unread {
    notice: Notice,
    raw: Option<Vec<u8>>,
}

impl Unread {
    fn failed(file: &InputFile, error: &std::io::Error) -> Self {
        Self {
            notice: unreadable(&file.path, error),
            raw: None,
        }
    }
}

impl Iterator for Lines {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        while !self.ended {
            self.line += 1;
            match self.read_line() {
                Ok(Some(bytes)) if bytes.trim_ascii().is_empty() => {}
                Ok(Some(bytes)) => return Some(self.parse(&bytes)),
                Ok(None) => return None,
                Err(Unread { notice, raw }) => {
                    return Some(bad_row(&self.file, self.line, raw.as_deref(), notice));
                }
            }
        }
        None
    }
}

impl Lines {
    /// The next line without its end, `None` at the end of the file; an overlong line is skipped and reported.
    fn read_line(&mut self) -> Result<Option<Vec<u8>>, Unread> {
        // JSON can write a byte of text as up to six (`\u0041`); the rest of the row gets 64 KiB.
        let limit = self.options.max_article_bytes as u64 * 6 + (1 << 16);
        let mut bytes = Vec::new();
        let read = (&mut self.input)
            .take(limit)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| {
                self.ended = true;
                Unread::failed(&self.file, &error)
            })?;
        if read as u64 == limit && bytes.last() != Some(&b'\n') {
            if let Err(error) = self.input.skip_until(b'\n') {
                self.ended = true;
                return Err(Unread::failed(&self.file, &error));
            }
            return Err(Unread {
                notice: too_large(None, &self.options),
                raw: Some(bytes),
            });
        }
        if self.line == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        self.ended = read == 0;
        Ok((read > 0).then_some(bytes))
    }

    fn parse(&self, bytes: &[u8]) -> Entry {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let message = format!(
                    "invalid UTF-8 at byte {} of the line; convert the file to UTF-8",
                    error.valid_up_to()
                );
                let notice = Notice::new(NoticeCode::NotUtf8, message);
                return bad_row(&self.file, self.line, Some(bytes), notice);
            }
        };
        match serde_json::from_str::<Value>(text) {
            Ok(value) => entry(value, &self.file, self.line, bytes, &self.options),
            Err(error) => bad_row(&self.file, self.line, Some(bytes), not_json(&error)),
        }
    }
}

fn entry(value: Value, file: &InputFile, line: u64, raw: &[u8], options: &ReadOptions) -> Entry {
    match value {
        Value::Object(map) => {
            Row::from_fields(scalars(&map), options).into_entry(file, line, raw, options)
        }
        _ => {
            let message = "the row is not a JSON object with a text field";
            let notice = Notice::new(NoticeCode::BadRow, message);
            bad_row(file, line, Some(raw), notice)
        }
    }
}

/// The string fields; ids and dates may also be numbers (years are often written without quotes).
fn scalars(map: &Map<String, Value>) -> impl Iterator<Item = (&str, String)> {
    map.iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name.as_str(), text.clone())),
        Value::Number(number) if name == "id" || name == "date" => {
            Some((name.as_str(), number.to_string()))
        }
        _ => None,
    })
}

fn not_json(error: &serde_json::Error) -> Notice {
    Notice::new(
        NoticeCode::BadRow,
        format!("not valid JSON: {}", reason(error)),
    )
}

/// The parser's reason without its own line count, which is always 1 in JSON Lines.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((reason, _)) if error.line() <= 1 => format!("{reason} at column {}", error.column()),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{InputFormat, discover, open};

    fn read(name: &str, content: &[u8]) -> Vec<Entry> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        let files = discover(&[path.display().to_string()], None, &[]).unwrap();
        let options = ReadOptions {
            max_article_bytes: 100,
            ..ReadOptions::default()
        };
        open(&files[0], &options).unwrap().collect()
    }

    fn codes(entries: &[Entry]) -> Vec<Option<NoticeCode>> {
        let code = |entry: &Entry| entry.article.as_ref().err().map(|notice| notice.code);
        entries.iter().map(code).collect()
    }

    #[test]
    fn a_bad_line_is_an_entry_and_the_rest_go_on() {
        let long = format!("{{\"id\":\"long\",\"text\":\"{}\"}}", "a".repeat(101));
        let longer = format!("{{\"text\":\"{}\"}}", "a".repeat(200_000));
        let content = [
            b"\xEF\xBB\xBF{\"id\": 7, \"text\": \"un\"}\n\n{\"text\": }\n[1]\n{\"text\":\"\xE9\"}\n".as_slice(),
            b"{\"texte\":\"x\"}\n{\"text\":\" \"}\n{\"text\":\"a\\u0000\"}\n",
            long.as_bytes(),
            b"\n",
            longer.as_bytes(),
            b"\n{\"text\":\"fin\"}",
        ]
        .concat();
        let entries = read("rows.jsonl", &content);
        use NoticeCode::*;
        let expected = [
            None,
            Some(BadRow),
            Some(BadRow),
            Some(NotUtf8),
            Some(BadRow),
            Some(Empty),
        ];
        assert_eq!(codes(&entries)[..6], expected);
        let expected = [Some(Binary), Some(TooLarge), Some(TooLarge), None];
        assert_eq!(codes(&entries)[6..], expected);
        let ids: Vec<_> = entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids[..3], ["7", "rows#3", "rows#4"]);
        assert_eq!(ids[7..], ["long", "rows#10", "rows#11"]);
    }

    #[test]
    fn a_document_is_an_array_or_a_sequence() {
        for content in [
            "[{\"text\":\"a\"},{\"text\":\"b\"}]",
            "{\"text\":\"a\"}\n{\"text\":\"b\"}",
        ] {
            let entries = read("d.json", content.as_bytes());
            assert_eq!(codes(&entries), [None, None], "{content}");
            assert_eq!(entries[1].id, "d#2");
        }
    }

    #[test]
    fn json_deeper_than_any_row_is_refused_not_followed() {
        let deep = "[".repeat(5_000);
        let entries = read("deep.jsonl", format!("{{\"text\":{deep}}}").as_bytes());
        assert_eq!(codes(&entries), [Some(NoticeCode::BadRow)]);
    }

    #[test]
    fn a_vanished_file_is_an_entry() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gone.jsonl");
        std::fs::write(&path, "").unwrap();
        let files = discover(&[path.display().to_string()], Some(InputFormat::Jsonl), &[]).unwrap();
        std::fs::remove_file(&path).unwrap();
        let entries: Vec<_> = open(&files[0], &ReadOptions::default()).unwrap().collect();
        assert_eq!(codes(&entries), [Some(NoticeCode::Unreadable)]);
    }
}
