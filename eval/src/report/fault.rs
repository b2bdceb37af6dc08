//! Faults of predictions, counted by kind.

use std::collections::BTreeMap;

use super::{SystemReport, TaskReport};

/// The kinds of fault that occur in the task, sorted.
pub(crate) fn fault_kinds(task: &TaskReport) -> Vec<&str> {
    let mut kinds: Vec<&str> = task
        .systems
        .iter()
        .flat_map(|system| count_faults(system).into_keys())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// How many faults of each kind the system has.
pub(crate) fn count_faults(system: &SystemReport) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for prediction in &system.predictions {
        for fault in &prediction.faults {
            *counts.entry(fault.kind.as_str()).or_insert(0) += 1;
        }
    }
    counts
}
