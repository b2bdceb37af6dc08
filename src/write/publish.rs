//! The end of a run: records of output and journal become the new output, in the order of the input.
//!
//! Records of articles that the input has no more come after the others, in their old order. The new output is written
//! beside the old one, as `.<output>.tmp`, and takes its place in one step.

use super::holdings::{Origin, Place};
use super::journal::read_at;
use super::store::Store;
use super::{RecordWriter, WriteError};
use crate::article::Listed;
use crate::files::replace;
use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::Path;

impl Store {
    /// Writes the output anew and takes the journal away. Returns the number of records whose articles are not in
    /// `order`.
    ///
    /// # Errors
    /// The output cannot be written. It is as it was then, and the journal stays.
    pub fn publish(
        mut self,
        writer: &dyn RecordWriter,
        order: &[Listed],
    ) -> Result<usize, WriteError> {
        self.journal.sync()?;
        let ids: HashSet<&str> = order.iter().map(|listed| listed.id.as_str()).collect();
        let here = order.iter().filter_map(|listed| {
            let held = self.holdings.get(&listed.id)?;
            Some((held.place, Some(listed.source.as_str())))
        });
        let mut records: Vec<(Place, Option<&str>)> = here.collect();
        let vanished = self.holdings.vanished(&ids);
        let count = vanished.len();
        records.extend(vanished.into_iter().map(|held| (held.place, None)));
        let path = self.path.clone();
        self.write_all(&path, writer, &records)
            .map_err(|failure| match failure {
                Failure::Io(source) => WriteError::Publish {
                    path: path.clone(),
                    journal: self.journal.path().to_owned(),
                    source,
                },
                Failure::Other(error) => error,
            })?;
        self.journal.remove()?;
        Ok(count)
    }

    fn write_all(
        &mut self,
        path: &Path,
        writer: &dyn RecordWriter,
        records: &[(Place, Option<&str>)],
    ) -> Result<(), Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = format!(".{name}.tmp");
        // One that a killed run left; no other run is writing it, since we hold the journal.
        let _ = std::fs::remove_file(path.with_file_name(&temporary));
        let mut builder = tempfile::Builder::new();
        builder.prefix(&temporary).rand_bytes(0);
        let (mut output, columns) = (None, writer.columns());
        replace(path, &mut builder, |file| {
            file.write_all(&writer.header()?)?;
            for (place, source) in records {
                let record = match place.origin {
                    Origin::Journal => {
                        let laid_out = self.journal.record(*place)?;
                        writer.renew(laid_out, &columns, *source)?
                    }
                    Origin::Output => {
                        let output = match &mut output {
                            Some(output) => output,
                            None => output.insert(File::open(path)?),
                        };
                        writer.renew(read_at(output, *place)?, &self.columns, *source)?
                    }
                };
                file.write_all(&record)?;
            }
            Ok(())
        })
    }
}

/// Why the new output could not be written.
enum Failure {
    /// The system refused.
    Io(std::io::Error),
    /// A record could not be read again or laid out.
    Other(WriteError),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::Other(error)
    }
}
