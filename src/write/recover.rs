//! What an output file already holds. Owns the rule by which a cut-short run is continued: whole records
//! are kept, a torn last one is dropped, and anything else in the file is not ours.

use super::{OutputFormat, WriteError, csv::PROVENANCE};
use crate::record::{Provenance, Record};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The usable part of an output file.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Ids of the records that are whole.
    pub done: HashSet<String>,
    /// By what they were made; `None` when there is no record.
    pub provenance: Option<Provenance>,
    /// Length of the usable part in bytes; what follows is a torn record.
    pub valid_bytes: u64,
    /// Records that failed among `done`.
    pub failed: usize,
}

/// Reads an output file of an earlier run.
///
/// # Errors
/// The file cannot be read, or holds something else than records before its last line.
pub fn recover(path: &Path, format: OutputFormat) -> Result<Recovered, WriteError> {
    match format {
        OutputFormat::Jsonl => recover_jsonl(path),
        OutputFormat::Csv => recover_csv(path),
        // Cards are for people: a file that has any content cannot be continued.
        OutputFormat::Table
            if open(path)?
                .get_ref()
                .metadata()
                .is_ok_and(|file| file.len() > 0) =>
        {
            Err(not_ours(path, 1))
        }
        OutputFormat::Table => Ok(Recovered::default()),
    }
}

fn recover_jsonl(path: &Path) -> Result<Recovered, WriteError> {
    let mut input = open(path)?;
    let mut recovered = Recovered::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = input
            .read_until(b'\n', &mut line)
            .map_err(|source| io(path, source))?;
        if read == 0 {
            break;
        }
        let whole = line.last() == Some(&b'\n');
        match serde_json::from_slice::<Record>(&line) {
            Ok(record) if whole => {
                recovered.failed += usize::from(!record.is_done());
                recovered.done.insert(record.id);
                recovered.provenance.get_or_insert(record.provenance);
                recovered.valid_bytes += read as u64;
            }
            _ if is_last(&mut input, path)? && !whole => break,
            _ => return Err(not_ours(path, number)),
        }
    }
    Ok(recovered)
}

fn is_last(input: &mut impl BufRead, path: &Path) -> Result<bool, WriteError> {
    let rest = input.fill_buf().map_err(|source| io(path, source))?;
    Ok(rest.is_empty())
}

fn recover_csv(path: &Path) -> Result<Recovered, WriteError> {
    let complete = ends_line(path)?;
    let length = std::fs::metadata(path)
        .map_err(|source| io(path, source))?
        .len();
    let mut reader = ::csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(open(path)?);
    let header = reader.headers().map_err(|_| not_ours(path, 1))?.clone();
    let Some(columns) = Columns::of(&header) else {
        // A run that was cut inside its header leaves the start of one.
        let torn = header.is_empty() || (!complete && header.get(0) == Some("id"));
        return match torn {
            true => Ok(Recovered::default()),
            false => Err(not_ours(path, 1)),
        };
    };
    let mut recovered = Recovered {
        valid_bytes: reader.position().byte(),
        ..Recovered::default()
    };
    let mut row = ::csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        let read = reader.read_record(&mut row);
        let at_end = reader.position().byte() >= length;
        match read {
            Ok(false) => break,
            Ok(true) if row.len() == header.len() && (complete || !at_end) => {
                columns.take(&row, &mut recovered);
                recovered.valid_bytes = reader.position().byte();
            }
            _ if at_end => break,
            _ => return Err(not_ours(path, line)),
        }
    }
    Ok(recovered)
}

/// Where a table of ours has what a later run needs.
struct Columns {
    id: usize,
    errors: usize,
    provenance: [usize; PROVENANCE.len()],
}

impl Columns {
    /// The columns of a header, `None` when it is not one of ours.
    fn of(header: &::csv::StringRecord) -> Option<Self> {
        let column = |name: &str| header.iter().position(|column| column == name);
        let provenance: Vec<usize> = PROVENANCE.iter().filter_map(|name| column(name)).collect();
        Some(Self {
            id: column("id")?,
            errors: column("errors")?,
            provenance: provenance.try_into().ok()?,
        })
    }

    /// Adds a row to what is recovered.
    fn take(&self, row: &::csv::StringRecord, recovered: &mut Recovered) {
        let field = |at: usize| row.get(at).unwrap_or_default().to_owned();
        let optional = |at: usize| Some(field(at)).filter(|value| !value.is_empty());
        recovered.done.insert(field(self.id));
        recovered.failed += usize::from(!field(self.errors).is_empty());
        let [
            version,
            encoder,
            head,
            generator,
            taxonomy,
            settings,
            kernels,
        ] = self.provenance;
        recovered.provenance.get_or_insert_with(|| Provenance {
            version: field(version),
            encoder: optional(encoder),
            head: optional(head),
            generator: optional(generator),
            taxonomy: field(taxonomy),
            settings: field(settings),
            kernels: field(kernels),
        });
    }
}

fn ends_line(path: &Path) -> Result<bool, WriteError> {
    use std::io::{Read, Seek, SeekFrom};
    let mut input = open(path)?;
    let mut last = [0];
    let length = input
        .seek(SeekFrom::End(0))
        .map_err(|source| io(path, source))?;
    if length == 0 {
        return Ok(false);
    }
    input
        .seek(SeekFrom::End(-1))
        .and_then(|_| input.read_exact(&mut last))
        .map_err(|source| io(path, source))?;
    Ok(last == *b"\n")
}

fn open(path: &Path) -> Result<BufReader<File>, WriteError> {
    File::open(path)
        .map(BufReader::new)
        .map_err(|source| io(path, source))
}

fn io(path: &Path, source: std::io::Error) -> WriteError {
    WriteError::Io {
        path: path.to_owned(),
        source,
    }
}

fn not_ours(path: &Path, line: u64) -> WriteError {
    WriteError::NotOurs {
        path: path.to_owned(),
        line,
    }
}
