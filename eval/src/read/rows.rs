//! JSON Lines files of gold and prediction rows, read with errors that name file, line and id.
//!
//! Owns [`ReadError`] and the rules that hold for both kinds of row: an id is present and occurs once. What a row
//! contains is the business of `gold` and `prediction`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a file of rows could not be read. Lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be opened.
    #[error("{path}: cannot be opened; check that it exists and may be read", path = .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A line could not be read, or is not UTF-8.
    #[error("{path}:{line}: cannot be read as UTF-8 text; convert the file", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A line is not JSON at all.
    #[error("{path}:{line}: not a JSON object on one line; repair or delete this line", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
    /// A table is not well-formed.
    #[error("{path}: not a well-formed table with a header", path = .path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// The line and what is wrong with it.
        #[source]
        source: csv::Error,
    },
    /// A row has no id, or an empty one.
    #[error("{path}:{line}: the row has no id; give it one that occurs once in the file", path = .path.display())]
    NoId {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// A field is missing or has another type than it must have.
    #[error("{path}:{line} (id {id:?}): a field is missing or of the wrong type", path = .path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The row's id.
        id: String,
        /// Which field, and what is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The fields are there and make no sense.
    #[error("{path}:{line} (id {id:?}): {fault}", path = .path.display())]
    Fault {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The row's id.
        id: String,
        /// What is wrong and what would be right.
        fault: String,
    },
    /// Two rows have the same id.
    #[error("{path}:{line}: the id {id:?} was already used in line {first}; rename or delete one row", path = .path.display())]
    DuplicateId {
        /// The file.
        path: PathBuf,
        /// The line of the second row.
        line: usize,
        /// The line of the first row.
        first: usize,
        /// The id of both.
        id: String,
    },
}

/// A kind of row that can be read.
pub(crate) trait Row: DeserializeOwned {
    /// Says what is wrong with a row whose fields have the right types.
    fn check(&self) -> Result<(), String>;
}

/// Reads the JSON Lines file at `path`.
pub(crate) fn read<R: Row>(path: &Path) -> Result<Vec<R>, ReadError> {
    parse(open(path)?, path)
}

/// Opens the file at `path`.
pub(crate) fn open(path: &Path) -> Result<BufReader<File>, ReadError> {
    let file = File::open(path).map_err(|source| ReadError::Open {
        path: path.to_owned(),
        source,
    })?;
    Ok(BufReader::new(file))
}

/// Reads rows from `reader`; `name` stands for the file in errors. Blank lines and a byte-order mark are skipped.
pub(crate) fn parse<R: Row>(reader: impl BufRead, name: &Path) -> Result<Vec<R>, ReadError> {
    check_all(values(reader, name)?, name)
}

/// The JSON value of each line with the line's number.
pub(crate) fn values(reader: impl BufRead, name: &Path) -> Result<Vec<(usize, Value)>, ReadError> {
    let mut values = Vec::new();
    for (index, text) in reader.lines().enumerate() {
        let (line, path) = (index + 1, name.to_owned());
        let text = match text {
            Ok(text) => text,
            Err(source) => return Err(ReadError::Read { path, line, source }),
        };
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_str(text) {
            Ok(value) => values.push((line, value)),
            Err(source) => return Err(ReadError::Syntax { path, line, source }),
        }
    }
    Ok(values)
}

/// Makes rows of values; each must have an id of its own.
pub(crate) fn check_all<R: Row>(
    values: Vec<(usize, Value)>,
    name: &Path,
) -> Result<Vec<R>, ReadError> {
    let mut rows = Vec::new();
    let mut first_lines = HashMap::new();
    for (line, value) in values {
        let (id, row) = check(value, line, name)?;
        if let Some(&first) = first_lines.get(&id) {
            let path = name.to_owned();
            return Err(ReadError::DuplicateId {
                path,
                line,
                first,
                id,
            });
        }
        first_lines.insert(id, line);
        rows.push(row);
    }
    Ok(rows)
}

fn check<R: Row>(value: Value, line: usize, name: &Path) -> Result<(String, R), ReadError> {
    let path = name.to_owned();
    // The id is looked up before the other fields are, so that their errors can name it.
    let id = match value.get("id") {
        None | Some(Value::Null) => return Err(ReadError::NoId { path, line }),
        Some(Value::String(id)) if id.trim().is_empty() => {
            return Err(ReadError::NoId { path, line });
        }
        Some(Value::String(id)) => id.clone(),
        Some(other) => other.to_string(),
    };
    let row: R = match serde_json::from_value(value) {
        Ok(row) => row,
        Err(source) => {
            return Err(ReadError::Field {
                path,
                line,
                id,
                source,
            });
        }
    };
    match row.check() {
        Ok(()) => Ok((id, row)),
        Err(fault) => Err(ReadError::Fault {
            path,
            line,
            id,
            fault,
        }),
    }
}

/// The first value of `ids` that occurs a second time.
pub(crate) fn first_repeated<'a>(ids: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter().find(|id| !seen.insert(*id))
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Even {
        id: String,
        number: u32,
    }

    impl Row for Even {
        fn check(&self) -> Result<(), String> {
            match self.number % 2 {
                0 => Ok(()),
                _ => Err(format!("{} is odd", self.number)),
            }
        }
    }

    fn parse_even(text: &[u8]) -> Result<Vec<Even>, ReadError> {
        parse(text, Path::new("even.jsonl"))
    }

    #[test]
    fn skips_blank_lines_and_a_byte_order_mark() {
        let rows = parse_even(
            "\u{feff}{\"id\":\"a\",\"number\":2}\r\n\n  \n{\"id\":\"b\",\"number\":4}".as_bytes(),
        )
        .expect("two good rows");
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        assert!(
            parse_even(b"")
                .expect("an empty file has no rows")
                .is_empty()
        );
    }

    #[test]
    fn errors_name_file_line_and_id() {
        let cases: [(&[u8], &str); 8] = [
            (
                b"{\"id\":\"a\",\"number\":2}\n{\"id\":\"b\",\"num",
                "even.jsonl:2: not a JSON object",
            ),
            (b"[1]", "even.jsonl:1: the row has no id"),
            (b"{\"number\":2}", "even.jsonl:1: the row has no id"),
            (
                b"{\"id\":\" \",\"number\":2}",
                "even.jsonl:1: the row has no id",
            ),
            (
                b"\n{\"id\":\"b\"}",
                "even.jsonl:2 (id \"b\"): a field is missing",
            ),
            (
                b"{\"id\":7,\"number\":2}",
                "even.jsonl:1 (id \"7\"): a field is missing or of the wrong type",
            ),
            (
                b"{\"id\":\"c\",\"number\":3}",
                "even.jsonl:1 (id \"c\"): 3 is odd",
            ),
            (
                b"{\"id\":\"a\",\"number\":2}\n\n{\"id\":\"a\",\"number\":4}",
                "even.jsonl:3: the id \"a\" was already used in line 1",
            ),
        ];
        for (text, expected) in cases {
            let error = parse_even(text).expect_err(expected);
            assert!(
                error.to_string().starts_with(expected),
                "{error}\nshould start with\n{expected}"
            );
        }
    }

    #[test]
    fn causes_are_kept() {
        let error = parse_even(b"{\"id\":\"b\"}").expect_err("number is missing");
        let cause = error.source().expect("the parser's message");
        assert!(
            cause.to_string().contains("missing field `number`"),
            "{cause}"
        );
        let error = parse_even(b"\n\xff\xfe").expect_err("not UTF-8");
        assert!(matches!(error, ReadError::Read { line: 2, .. }), "{error}");
        let error = read::<Even>(Path::new("no/such/file.jsonl")).expect_err("absent");
        assert!(
            error
                .to_string()
                .starts_with("no/such/file.jsonl: cannot be opened"),
            "{error}"
        );
    }
}
