//! INPUT arguments → files, in a stable order. Owns globs, folders, standard input and formats by extension.

use super::ReadError;
use super::row::TEXT_FIELDS;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;

/// How a file holds articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputFormat {
    /// One article; the first line may be ` date YYYY-MM ` with a headline.
    Txt,
    /// One JSON object a line.
    Jsonl,
    /// One JSON array of objects, or objects one after another.
    Json,
    /// Comma-separated values with a header row.
    Csv,
    /// Tab-separated values with a header row.
    Tsv,
}

impl InputFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Txt, Self::Jsonl, Self::Json, Self::Csv, Self::Tsv];

    fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "txt" => Some(Self::Txt),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            _ => None,
        }
    }

    /// Standard input has no name: an opening brace means JSON Lines, a bracket JSON, a first line with a text
    /// column a table, anything else one text.
    fn of_content(start: &[u8]) -> Self {
        let first_line = start
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let has_text_column = |delimiter: u8| {
            let is_text = |column: &[u8]| {
                let column = column.trim_ascii().to_ascii_lowercase();
                TEXT_FIELDS.iter().any(|field| field.as_bytes() == column)
            };
            first_line.contains(&delimiter)
                && first_line.split(|byte| *byte == delimiter).any(is_text)
        };
        match start.trim_ascii_start().first() {
            Some(b'{') => Self::Jsonl,
            Some(b'[') => Self::Json,
            _ if has_text_column(b',') => Self::Csv,
            _ if has_text_column(b'\t') => Self::Tsv,
            _ => Self::Txt,
        }
    }
}

/// One file to read, with the identity that its articles get.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Where to read.
    pub path: PathBuf,
    /// Path relative to its INPUT, without extension: the id of a .txt article, the prefix of a row's.
    pub id: String,
    /// How to read it.
    pub format: InputFormat,
    /// What people are told: the path as given, or `-`.
    name: String,
    /// Keeps the copy of standard input alive.
    _spool: Option<Arc<NamedTempFile>>,
}

impl InputFile {
    /// The file as people know it.
    pub fn source(&self) -> String {
        self.name.clone()
    }

    /// A row of the file as people know it: `name#line`.
    pub(super) fn source_line(&self, line: u64) -> String {
        format!("{}#{line}", self.name)
    }

    /// The id of a row that has none of its own: `file id#line`.
    pub(super) fn line_id(&self, line: u64) -> String {
        format!("{}#{line}", self.id)
    }

    fn new(path: PathBuf, root: &Path, format: InputFormat) -> Self {
        let relative = path.strip_prefix(root).unwrap_or(&path).with_extension("");
        // Ids are the same on every system: parts joined by `/`.
        let parts: Vec<_> = relative
            .components()
            .filter(|part| matches!(part, std::path::Component::Normal(_)))
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        Self {
            id: parts.join("/"),
            name: path.display().to_string(),
            path,
            format,
            _spool: None,
        }
    }
}

/// Expands INPUT arguments: files, folders (recursive, hidden files left out), globs, and `-`.
///
/// Files come in the order of the arguments, sorted by path within a folder or glob. Standard input is
/// copied to a temporary file first, so that it can be surveyed like any other. The files in `not` (the run's own
/// output) are left out of folders and globs.
///
/// # Errors
/// A missing path, an unknown format, a folder without articles, an unreadable folder, an input that is in `not`.
pub fn discover(
    inputs: &[String],
    format: Option<InputFormat>,
    not: &[PathBuf],
) -> Result<Vec<InputFile>, ReadError> {
    let not: Vec<PathBuf> = not
        .iter()
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    let is_output = |path: &Path| path.canonicalize().is_ok_and(|path| not.contains(&path));
    let mut files = Vec::new();
    for input in inputs {
        let path = Path::new(input);
        if input == "-" {
            files.push(spool_stdin(format)?);
        } else if path.is_dir() {
            let found = folder(input, path, format)?;
            files.extend(found.into_iter().filter(|file| !is_output(&file.path)));
        } else if path.exists() && is_output(path) {
            return Err(ReadError::InputIsOutput(path.to_owned()));
        } else if path.exists() {
            files.push(single(path, format)?);
        } else if input.contains(['*', '?', '[']) {
            let found = pattern(input, format)?;
            files.extend(found.into_iter().filter(|file| !is_output(&file.path)));
        } else {
            return Err(ReadError::NotFound(input.clone()));
        }
    }
    Ok(files)
}

fn single(path: &Path, format: Option<InputFormat>) -> Result<InputFile, ReadError> {
    let format = format
        .or_else(|| InputFormat::of_path(path))
        .ok_or_else(|| ReadError::UnknownFormat(path.to_owned()))?;
    let root = path.parent().unwrap_or(Path::new(""));
    Ok(InputFile::new(path.to_owned(), root, format))
}

fn folder(
    input: &str,
    root: &Path,
    format: Option<InputFormat>,
) -> Result<Vec<InputFile>, ReadError> {
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(visible)
    {
        let entry = entry.map_err(|error| ReadError::Io {
            path: error.path().unwrap_or(root).to_owned(),
            source: error.into(),
        })?;
        if !entry.file_type().is_file() {
            continue;
        }
        // In a folder the extension chooses what is an article; --input-format only forces how it is read.
        if let Some(by_name) = InputFormat::of_path(entry.path()) {
            let path = entry.into_path();
            files.push(InputFile::new(path, root, format.unwrap_or(by_name)));
        }
    }
    match files.is_empty() {
        true => Err(ReadError::NothingFound(input.to_owned())),
        false => Ok(files),
    }
}

fn pattern(input: &str, format: Option<InputFormat>) -> Result<Vec<InputFile>, ReadError> {
    let paths = glob::glob(input).map_err(|source| ReadError::BadPattern {
        pattern: input.to_owned(),
        source,
    })?;
    // Ids are relative to the part of the pattern before its first wildcard.
    let root: PathBuf = Path::new(input)
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']))
        .collect();
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|error| ReadError::Io {
            path: error.path().to_owned(),
            source: error.into(),
        })?;
        if let (true, Some(format)) = (
            path.is_file(),
            format.or_else(|| InputFormat::of_path(&path)),
        ) {
            files.push(InputFile::new(path, &root, format));
        }
    }
    match files.is_empty() {
        true => Err(ReadError::NothingMatches(input.to_owned())),
        false => Ok(files),
    }
}

fn spool_stdin(format: Option<InputFormat>) -> Result<InputFile, ReadError> {
    let failed = |source| ReadError::Io {
        path: PathBuf::from("-"),
        source,
    };
    let mut spool = NamedTempFile::new().map_err(failed)?;
    std::io::copy(&mut std::io::stdin().lock(), &mut spool).map_err(failed)?;
    spool.flush().map_err(failed)?;
    let format = match format {
        Some(format) => format,
        None => InputFormat::of_content(&first_bytes(spool.path()).map_err(failed)?),
    };
    Ok(InputFile {
        path: spool.path().to_owned(),
        id: "stdin".to_owned(),
        format,
        name: "-".to_owned(),
        _spool: Some(Arc::new(spool)),
    })
}

fn first_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut start = Vec::new();
    std::fs::File::open(path)?
        .take(4096)
        .read_to_end(&mut start)?;
    let without_mark = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start);
    Ok(without_mark.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(files: &[InputFile]) -> Vec<&str> {
        files.iter().map(|file| file.id.as_str()).collect()
    }

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for path in paths {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "texte").unwrap();
        }
        dir
    }

    #[test]
    fn a_folder_gives_relative_ids_sorted_without_hidden_or_unknown_files() {
        let dir = tree(&[
            "b.txt",
            "a/c.JSONL",
            "a/.hidden.txt",
            "notes.md",
            ".git/x.txt",
        ]);
        let files = discover(&[dir.path().display().to_string()], None, &[]).unwrap();
        assert_eq!(ids(&files), ["a/c", "b"]);
    }

    #[test]
    fn a_glob_is_relative_to_its_fixed_part() {
        let dir = tree(&["x/1.txt", "x/2.txt", "y/1.txt"]);
        let files = discover(&[format!("{}/*/1.txt", dir.path().display())], None, &[]).unwrap();
        assert_eq!(ids(&files), ["x/1", "y/1"]);
    }

    #[test]
    fn a_runs_own_output_is_no_input() {
        let dir = tree(&["a.txt", "out.jsonl", "out.jsonl.run.json"]);
        let own = [
            dir.path().join("out.jsonl"),
            dir.path().join("out.jsonl.run.json"),
        ];
        let input = dir.path().display().to_string();
        let files = discover(std::slice::from_ref(&input), None, &own).unwrap();
        assert_eq!(ids(&files), ["a"]);
        let error = discover(&[format!("{input}/out.jsonl")], None, &own).unwrap_err();
        assert!(matches!(error, ReadError::InputIsOutput(_)));
    }

    #[test]
    fn standard_input_is_known_by_its_beginning() {
        let table: [(&[u8], InputFormat); 9] = [
            (b" \n{\"text\": 1}", InputFormat::Jsonl),
            (b"[", InputFormat::Json),
            (b"id,Text\n1,a", InputFormat::Csv),
            (b"id\t body \n", InputFormat::Tsv),
            (b"id,texte\n", InputFormat::Txt),
            (b"text\n", InputFormat::Txt),
            (b"Le texte, text, content\n", InputFormat::Csv),
            (b"", InputFormat::Txt),
            (b"\xFF\xFE\0{", InputFormat::Txt),
        ];
        for (start, expected) in table {
            assert_eq!(InputFormat::of_content(start), expected, "{start:?}");
        }
    }

    #[test]
    fn missing_unknown_and_empty_inputs_are_named() {
        let dir = tree(&["only.md"]);
        let path = |name: &str| format!("{}/{name}", dir.path().display());
        let message = |input: String| discover(&[input], None, &[]).unwrap_err().to_string();
        assert!(message(path("none.txt")).contains("none.txt"));
        assert!(message(path("only.md")).contains("--input-format"));
        assert!(message(path("")).contains("holds no"));
        assert!(message(path("*.txt")).contains("matches no"));
    }
}
