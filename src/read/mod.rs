//! Input → articles. Owns the input formats, one file each, and the order in which articles come.
//!
//! Everything streams: no file is held whole except a single .txt article (below the size limit) and a .json
//! document; of a table two rows are held. A row or file that cannot be read as an article is an [`Entry`] whose article
//! is an error, so that it ends up in the output with its reason; only what concerns the whole run is a [`ReadError`].

mod content;
mod csv;
mod inputs;
mod json;
mod quotes;
mod row;
mod txt;

pub use inputs::{InputFile, InputFormat, discover};

use crate::article::{Article, Listed};
use crate::record::{Notice, NoticeCode};
use crate::text::is_blank;
use std::collections::HashMap;
use std::path::PathBuf;

/// How inputs are read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Field of a row that holds the text; `None` takes the first of `text`, `body`, `content`.
    pub text_field: Option<String>,
    /// Largest article in bytes of UTF-8; a larger one becomes a failed entry.
    pub max_article_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            text_field: None,
            max_article_bytes: 1 << 20,
        }
    }
}

/// One article, or the reason why there is none, under the id that it has in the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The article's id: the row's own, or made from path and line.
    pub id: String,
    /// Where it stands: a path, `path#line`, or `-#line`.
    pub source: String,
    /// Hash of what was read (see [`crate::record::Record::content`]); `None` where nothing could be.
    pub content: Option<String>,
    /// What was read, or why it could not be.
    pub article: Result<Article, Notice>,
}

/// The entries of one input file, in order.
pub type Entries = Box<dyn Iterator<Item = Entry>>;

/// Why a run cannot start on these inputs.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// An INPUT argument names nothing.
    #[error(
        "input {0:?} does not exist; give a file, a folder, a glob in quotes, or - for standard input"
    )]
    NotFound(String),
    /// A glob matches nothing.
    #[error("the pattern {0:?} matches no .txt, .jsonl, .json, .csv or .tsv file")]
    NothingMatches(String),
    /// The output is one of the inputs.
    #[error("{0} is an input and cannot be the output; choose another -o")]
    InputIsOutput(PathBuf),
    /// A file is given twice.
    #[error("{0} is given twice; name each file once")]
    GivenTwice(PathBuf),
    /// A folder holds no file of a known format.
    #[error(
        "input {0:?} holds no .txt, .jsonl, .json, .csv or .tsv file; name the files, or say --input-format"
    )]
    NothingFound(String),
    /// A file's format cannot be told from its name.
    #[error("{0}: unknown extension; say --input-format txt, jsonl, csv or tsv")]
    UnknownFormat(PathBuf),
    /// An invalid glob pattern.
    #[error("input {pattern:?} is not a valid glob pattern")]
    BadPattern {
        /// The pattern as given.
        pattern: String,
        /// What the glob library says.
        #[source]
        source: glob::PatternError,
    },
    /// A file or folder that cannot be read.
    #[error("cannot read {path}; check that it exists and that you may read it")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// A table without a text column.
    #[error(
        "{path}, line 1: no column {wanted} among [{columns}]; name the text's column with --text-field (columns are split at commas in .csv, at tabs in .tsv)"
    )]
    NoTextColumn {
        /// The file.
        path: PathBuf,
        /// The names looked for.
        wanted: String,
        /// The columns that it has.
        columns: String,
    },
    /// A table whose header is not UTF-8.
    #[error(
        "{0}, line 1: the names of the columns are not UTF-8 text (UTF-16?); save the table as UTF-8"
    )]
    HeaderNotUtf8(PathBuf),
    /// Two articles with one id.
    #[error(
        "two articles have the id {id:?}: {first} and {second}; give them different ids or label them in separate runs"
    )]
    DuplicateId {
        /// The id.
        id: String,
        /// Where it was seen first.
        first: String,
        /// Where it was seen again.
        second: String,
    },
}

/// Opens one input file.
///
/// # Errors
/// [`ReadError::NoTextColumn`] and [`ReadError::HeaderNotUtf8`] for what is no table of texts; a file that cannot be opened is an entry, not an error.
pub fn open(file: &InputFile, options: &ReadOptions) -> Result<Entries, ReadError> {
    match file.format {
        InputFormat::Txt => Ok(txt::entries(file, options)),
        InputFormat::Jsonl => Ok(json::line_entries(file, options)),
        InputFormat::Json => Ok(json::document_entries(file, options)),
        InputFormat::Csv => csv::entries(file, options, b','),
        InputFormat::Tsv => csv::entries(file, options, b'\t'),
    }
}

/// Reads through all inputs once: the articles in their order, after making sure that no two share an id.
///
/// Memory is an id and a place for each article. A .txt file is not opened: its id is its path.
///
/// # Errors
/// [`ReadError::DuplicateId`], and whatever [`open`] refuses.
pub fn survey(files: &[InputFile], options: &ReadOptions) -> Result<Vec<Listed>, ReadError> {
    let mut listed: Vec<Listed> = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for file in files {
        let identities: Box<dyn Iterator<Item = (String, String)>> = match file.format {
            InputFormat::Txt => Box::new(std::iter::once((file.id.clone(), file.source()))),
            _ => Box::new(open(file, options)?.map(|entry| (entry.id, entry.source))),
        };
        let before = seen.len();
        for (id, source) in identities {
            if let Some(first) = seen.insert(id.clone(), listed.len()) {
                let first = listed[first].source.clone();
                if first == source {
                    return Err(ReadError::GivenTwice(file.source().into()));
                }
                return Err(ReadError::DuplicateId {
                    id,
                    first,
                    second: source,
                });
            }
            listed.push(Listed { id, source });
        }
        if seen.len() == before {
            tracing::warn!("{} holds no article: it has no rows", file.source());
        }
    }
    Ok(listed)
}

/// Checks what all formats have in common: valid UTF-8, no NUL, not empty, below the limit.
fn decode(bytes: Vec<u8>, options: &ReadOptions) -> Result<String, Notice> {
    if bytes.len() > options.max_article_bytes {
        return Err(too_large(Some(bytes.len()), options));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Notice::new(
            NoticeCode::NotUtf8,
            "text is UTF-16; save it as UTF-8",
        ));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Notice::new(
            NoticeCode::Binary,
            format!("NUL byte at offset {at}: this is not a text"),
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Notice::new(
            NoticeCode::NotUtf8,
            format!(
                "invalid UTF-8 at byte {at}; convert the text to UTF-8 (it may be Windows-1252)"
            ),
        )
    })?;
    check_not_empty(&text)?;
    Ok(text)
}

fn check_not_empty(text: &str) -> Result<(), Notice> {
    match text.chars().all(is_blank) {
        true => Err(Notice::new(NoticeCode::Empty, "the article has no text")),
        false => Ok(()),
    }
}

fn too_large(bytes: Option<usize>, options: &ReadOptions) -> Notice {
    let size = bytes.map_or_else(
        || "more than the limit".to_owned(),
        |bytes| format!("{bytes} bytes"),
    );
    Notice::new(
        NoticeCode::TooLarge,
        format!(
            "article is {size}, above --max-article-bytes {}",
            options.max_article_bytes
        ),
    )
}

fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Notice {
    Notice::new(
        NoticeCode::Unreadable,
        format!("cannot read {}: {error}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the survey of these files says; a name can come twice.
    fn survey_of(names: &[&str]) -> Result<usize, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.txt"), "Un.").unwrap();
        std::fs::write(dir.path().join("empty.jsonl"), "\n").unwrap();
        std::fs::write(dir.path().join("two.csv"), "id,text\na,Un.\nb,Deux.\n").unwrap();
        std::fs::write(dir.path().join("no.csv"), "a,b\n").unwrap();
        let path = |name: &&str| dir.path().join(name).display().to_string();
        let inputs: Vec<String> = names.iter().map(path).collect();
        let files = discover(&inputs, None, &[]).unwrap();
        let listed = survey(&files, &ReadOptions::default());
        listed
            .map(|all| all.len())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn articles_are_counted_and_no_two_may_have_one_id() {
        assert_eq!(survey_of(&["two.csv", "empty.jsonl"]), Ok(2));
        let table = [
            (
                ["a.txt", "two.csv"],
                ["two articles have the id \"a\"", "a.txt and ", "two.csv#2;"],
            ),
            (["a.txt", "a.txt"], ["a.txt is given twice", "", ""]),
            (
                ["a.txt", "no.csv"],
                ["no.csv, line 1", "[a, b]", "--text-field"],
            ),
        ];
        for (names, parts) in table {
            let message = survey_of(&names).unwrap_err();
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }

    #[test]
    fn a_table_that_vanished_is_an_entry() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gone.csv");
        std::fs::write(&path, "").unwrap();
        let files = discover(&[path.display().to_string()], None, &[]).unwrap();
        std::fs::remove_file(&path).unwrap();
        let entries: Vec<_> = open(&files[0], &ReadOptions::default()).unwrap().collect();
        let notice = entries[0].article.as_ref().unwrap_err();
        assert_eq!((entries.len(), notice.code), (1, NoticeCode::Unreadable));
    }
}
