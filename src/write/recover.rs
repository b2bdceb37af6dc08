//! What an output file already holds. Owns the rule by which it is read: whole records are taken, a torn last one is
//! not (versions before the journal could leave one), and anything else in the file is not ours.

use super::csv::{CONTENT, PROVENANCE};
use super::holdings::{Held, Origin, Place, Recovered};
use super::{OutputFormat, WriteError};
use crate::record::{Provenance, Record};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Reads an output file of an earlier run.
///
/// # Errors
/// The file cannot be read, or holds something else than records before its last line.
pub fn recover(path: &Path, format: OutputFormat) -> Result<Recovered, WriteError> {
    match format {
        OutputFormat::Jsonl => recover_jsonl(path),
        OutputFormat::Csv => recover_csv(path),
        // Cards are for people: a file that has any content cannot be continued.
        OutputFormat::Table => match length(path)? {
            0 => Ok(Recovered::default()),
            _ => Err(not_ours(path, 1)),
        },
    }
}

fn recover_jsonl(path: &Path) -> Result<Recovered, WriteError> {
    let mut input = open(path)?;
    let mut recovered = Recovered::default();
    let (mut line, mut start) = (Vec::new(), 0);
    for number in 1.. {
        line.clear();
        let length = input
            .read_until(b'\n', &mut line)
            .map_err(WriteError::io(path))? as u64;
        if length == 0 {
            break;
        }
        let whole = line.last() == Some(&b'\n');
        match serde_json::from_slice::<Record>(&line) {
            Ok(record) if whole => {
                let held = Held {
                    failed: !record.is_done(),
                    content: record.content,
                    place: place(start, length),
                };
                recovered.holdings.insert(record.id, held);
                recovered.provenance.get_or_insert(record.provenance);
            }
            _ if is_last(&mut input, path)? && !whole => break,
            _ => return Err(not_ours(path, number)),
        }
        start += length;
    }
    Ok(recovered)
}

fn place(start: u64, length: u64) -> Place {
    Place {
        origin: Origin::Output,
        start,
        length,
    }
}

fn is_last(input: &mut impl BufRead, path: &Path) -> Result<bool, WriteError> {
    let rest = input.fill_buf().map_err(WriteError::io(path))?;
    Ok(rest.is_empty())
}

fn recover_csv(path: &Path) -> Result<Recovered, WriteError> {
    let complete = ends_line(path)?;
    let length = length(path)?;
    let mut reader = ::csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(open(path)?);
    let header = reader.headers().map_err(|_| not_ours(path, 1))?.clone();
    let Some(columns) = Columns::of(&header) else {
        // A run that was cut inside its header left the start of one.
        let torn = header.is_empty() || (!complete && header.get(0) == Some("id"));
        return match torn {
            true => Ok(Recovered::default()),
            false => Err(not_ours(path, 1)),
        };
    };
    let mut recovered = Recovered {
        columns: header.iter().map(str::to_owned).collect(),
        ..Recovered::default()
    };
    let mut row = ::csv::StringRecord::new();
    loop {
        let (line, start) = (reader.position().line(), reader.position().byte());
        let read = reader.read_record(&mut row);
        let end = reader.position().byte();
        let at_end = end >= length;
        match read {
            Ok(false) => break,
            Ok(true) if row.len() == header.len() && (complete || !at_end) => {
                columns.take(&row, place(start, end - start), &mut recovered);
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
    content: Option<usize>,
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
            content: column(CONTENT),
            provenance: provenance.try_into().ok()?,
        })
    }

    /// Adds a row to what is recovered.
    fn take(&self, row: &::csv::StringRecord, place: Place, recovered: &mut Recovered) {
        let field = |at: usize| row.get(at).unwrap_or_default().to_owned();
        let optional = |at: usize| Some(field(at)).filter(|value| !value.is_empty());
        let held = Held {
            content: self.content.and_then(optional),
            failed: !field(self.errors).is_empty(),
            place,
        };
        recovered.holdings.insert(field(self.id), held);
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
    if length(path)? == 0 {
        return Ok(false);
    }
    input
        .seek(SeekFrom::End(-1))
        .and_then(|_| input.read_exact(&mut last))
        .map_err(WriteError::io(path))?;
    Ok(last == *b"\n")
}

fn length(path: &Path) -> Result<u64, WriteError> {
    let file = std::fs::metadata(path).map_err(WriteError::io(path))?;
    Ok(file.len())
}

fn open(path: &Path) -> Result<BufReader<File>, WriteError> {
    File::open(path)
        .map(BufReader::new)
        .map_err(WriteError::io(path))
}

fn not_ours(path: &Path, line: u64) -> WriteError {
    WriteError::NotOurs {
        path: path.to_owned(),
        line,
    }
}
