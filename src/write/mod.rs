//! Records → output. Owns the output formats, one file each, and how a file of records is kept whole.
//!
//! ```text
//! record → laid out → journal (one line a record, as it is made) ─┬→ publish → output, in the order of the input
//!                         records of the output of earlier runs ──┘
//! ```
//!
//! While a run is under way its records go into the journal, `<output>.journal`. At its end, also when it was
//! interrupted, output and journal are merged into a new file that takes the output's place in one step, and the journal
//! goes. So the output is whole at every moment, and a run that was killed goes on from output and journal.

mod csv;
mod error;
mod holdings;
mod journal;
mod jsonl;
mod output;
mod publish;
mod recover;
mod store;
#[cfg(test)]
mod store_tests;
mod table;

pub use error::WriteError;
pub use holdings::Held;
pub use output::{Destination, Output, OutputFormat, Run};
pub use store::journal_path;

use crate::record::Record;

/// Lays records out in one format.
pub trait RecordWriter {
    /// The columns of a table; none in other formats.
    fn columns(&self) -> Vec<String> {
        Vec::new()
    }

    /// Bytes that stand before the first record (a header row, for instance).
    fn header(&self) -> Result<Vec<u8>, WriteError>;

    /// One record as it is written.
    fn record(&self, record: &Record) -> Result<Vec<u8>, WriteError>;

    /// A record that was laid out earlier, under `columns` if it is a table's row, as it is written now. `source` is
    /// where its article stands today; `None` leaves what is there.
    fn renew(
        &self,
        laid_out: Vec<u8>,
        columns: &[String],
        source: Option<&str>,
    ) -> Result<Vec<u8>, WriteError>;
}
