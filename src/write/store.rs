//! The records of an output file while a run is under way: those of earlier runs, and the journal of this one.
//!
//! Owns what a run may go on with: an output and a journal of the same settings, models and format.

use super::holdings::{Held, Holdings};
use super::journal::{Header, Journal, Line};
use super::recover::recover;
use super::{OutputFormat, Run, WriteError};
use crate::files::beside;
use crate::record::{Provenance, Record};
use std::borrow::Cow;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

/// An output file with its journal.
pub(super) struct Store {
    pub path: PathBuf,
    pub format: OutputFormat,
    pub journal: Journal,
    pub holdings: Holdings,
    /// The columns of the output as it lies there, if it is a table.
    pub columns: Vec<String>,
}

impl Store {
    /// Opens what there is, and creates the journal, so that a bad path fails before any work is done. The output is
    /// not touched. `columns` are those that a table has today.
    ///
    /// # Errors
    /// See [`super::Output::open`].
    pub fn open(
        path: &Path,
        format: OutputFormat,
        columns: &[String],
        run: &Run,
    ) -> Result<Self, WriteError> {
        let path = followed(path);
        if path.exists() {
            let writable = OpenOptions::new().write(true).open(&path);
            writable.map_err(WriteError::io(&path))?;
        }
        let mut store = Self {
            journal: Journal::open(&journal_path(&path))?,
            path,
            format,
            holdings: Holdings::default(),
            columns: Vec::new(),
        };
        match store.take_up(columns, run) {
            Ok(()) => Ok(store),
            Err(error) => {
                store.journal.discard();
                Err(error)
            }
        }
    }

    /// Reads what earlier runs left.
    fn take_up(&mut self, columns: &[String], run: &Run) -> Result<(), WriteError> {
        let header = |anew| {
            let (provenance, settings) = (run.provenance.clone(), run.settings.clone());
            Header::new(self.format, anew, provenance, settings)
        };
        if run.overwrite {
            self.journal.begin(header(true));
            return Ok(());
        }
        let mut left = Vec::new();
        let found = self.journal.recover(|line, place| {
            let held = Held {
                content: line.content.map(Cow::into_owned),
                failed: line.failed,
                place,
            };
            left.push((line.id.into_owned(), held));
        })?;
        match found {
            Some(found) if !left.is_empty() => {
                self.refuse_other_run(&found, run)?;
                if !found.anew {
                    self.take_up_output(columns, run, true)?;
                }
            }
            _ => {
                let header = header(false);
                self.take_up_output(columns, run, false)?;
                self.journal.begin(header);
            }
        }
        for (id, held) in left {
            self.holdings.insert(id, held);
        }
        Ok(())
    }

    /// Reads the records of the output. Cards cannot be read: beside a journal they do not count.
    fn take_up_output(
        &mut self,
        columns: &[String],
        run: &Run,
        beside_journal: bool,
    ) -> Result<(), WriteError> {
        if !self.path.exists() || (beside_journal && self.format == OutputFormat::Table) {
            return Ok(());
        }
        let recovered = recover(&self.path, self.format)?;
        if let Some(made) = &recovered.provenance {
            let differing = differing(made, &run.provenance);
            refuse(&self.path, &differing, None)?;
        }
        let foreign = |column: &&String| !columns.contains(*column);
        if let (false, Some(column)) = (
            recovered.holdings.is_empty(),
            recovered.columns.iter().find(foreign),
        ) {
            return Err(WriteError::ForeignColumn {
                path: self.path.clone(),
                column: column.clone(),
            });
        }
        self.holdings = recovered.holdings;
        self.columns = recovered.columns;
        Ok(())
    }

    fn refuse_other_run(&self, found: &Header, run: &Run) -> Result<(), WriteError> {
        let mut differing = differing(&found.provenance, &run.provenance);
        if found.format != self.format {
            let (then, now) = (found.format.name(), self.format.name());
            differing.push(format!("format: {then} → {now}"));
        }
        refuse(self.journal.path(), &differing, Some(&found.settings))
    }

    /// Adds a record, which takes the place of an earlier one of the same article.
    pub fn append(&mut self, record: &Record, laid_out: Vec<u8>) -> Result<(), WriteError> {
        let laid_out = String::from_utf8(laid_out).map_err(|error| WriteError::Encode {
            id: record.id.clone(),
            source: error.into(),
        })?;
        let failed = !record.is_done();
        let place = self.journal.append(&Line {
            id: Cow::Borrowed(&record.id),
            content: record.content.as_deref().map(Cow::Borrowed),
            failed,
            record: Cow::Owned(laid_out),
        })?;
        let held = Held {
            content: record.content.clone(),
            failed,
            place,
        };
        self.holdings.insert(record.id.clone(), held);
        Ok(())
    }
}

/// Where the journal of an output lies while a run is under way: `<output>.journal`.
pub fn journal_path(output: &Path) -> PathBuf {
    beside(output, ".journal")
}

/// Where a link leads: the file there is replaced, not the link.
fn followed(path: &Path) -> PathBuf {
    match path.is_symlink() {
        true => path.canonicalize().unwrap_or_else(|_| path.to_owned()),
        false => path.to_owned(),
    }
}

/// What differs, as `name: then → now`. The kernels may differ: each record names its own.
fn differing(then: &Provenance, now: &Provenance) -> Vec<String> {
    fn optional(model: &Option<String>) -> &str {
        model.as_deref().unwrap_or("none")
    }
    let pairs = [
        ("version", &*then.version, &*now.version),
        ("encoder", optional(&then.encoder), optional(&now.encoder)),
        ("head", optional(&then.head), optional(&now.head)),
        (
            "generator",
            optional(&then.generator),
            optional(&now.generator),
        ),
        ("taxonomy", &*then.taxonomy, &*now.taxonomy),
        ("settings", &*then.settings, &*now.settings),
    ];
    pairs
        .iter()
        .filter(|(_, then, now)| then != now)
        .map(|(name, then, now)| format!("{name}: {then} → {now}"))
        .collect()
}

fn refuse(
    path: &Path,
    differing: &[String],
    settings: Option<&serde_json::Value>,
) -> Result<(), WriteError> {
    match differing.is_empty() {
        true => Ok(()),
        false => Err(WriteError::OtherSettings {
            path: path.to_owned(),
            difference: differing.join("; "),
            settings: settings.cloned(),
        }),
    }
}
