//! Which records there are, and where they lie. The records themselves stay on the disk.

use crate::record::Provenance;
use std::collections::{HashMap, HashSet};

/// What is known of a record without reading it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Hash of what was labelled; `None` where nothing was read, and in records of older versions.
    pub content: Option<String>,
    /// True when the record says that something failed.
    pub failed: bool,
    /// Where it lies.
    pub(super) place: Place,
}

#[cfg(test)]
impl Held {
    /// A record that lies nowhere.
    pub(crate) fn made_up(content: Option<&str>, failed: bool) -> Self {
        let place = Place {
            origin: Origin::Output,
            start: 0,
            length: 0,
        };
        Self {
            content: content.map(str::to_owned),
            failed,
            place,
        }
    }
}

/// Where a record lies. The order of places is the order of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The file.
    pub origin: Origin,
    /// First byte.
    pub start: u64,
    /// In bytes.
    pub length: u64,
}

/// A file with records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// The output of an earlier run.
    Output,
    /// The journal of this run, or of one that was cut short.
    Journal,
}

/// All records of an output and its journal by the ids of their articles: the last one of an id counts.
#[derive(Debug, Default)]
pub(super) struct Holdings(HashMap<String, Held>);

impl Holdings {
    pub fn insert(&mut self, id: String, held: Held) {
        self.0.insert(id, held);
    }

    pub fn get(&self, id: &str) -> Option<&Held> {
        self.0.get(id)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Records of articles that are not among `ids`, in the order in which they lie.
    ///
    /// One that only says that something could not be read goes with what it was said of.
    pub fn vanished(&self, ids: &HashSet<&str>) -> Vec<&Held> {
        let absent = self.0.iter().filter(|(id, _)| !ids.contains(id.as_str()));
        let mut vanished: Vec<&Held> = absent
            .map(|(_, held)| held)
            .filter(|held| !held.failed || held.content.is_some())
            .collect();
        vanished.sort_by_key(|held| held.place);
        vanished
    }
}

/// What a file of an earlier run holds.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    pub holdings: Holdings,
    /// By what the records were made; `None` when there is none.
    pub provenance: Option<Provenance>,
    /// The columns of a table.
    pub columns: Vec<String>,
}
