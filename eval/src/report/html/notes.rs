//! What the page says besides figures: what did not fit or run, the signatures, faults by kind.

use minijinja::context;
use minijinja::value::Value;

use crate::report::fault::{count_faults, fault_kinds};
use crate::report::gap::gaps;
use crate::report::{TaskReport, number};

/// Systems that did not run.
pub(super) fn not_run(task: &TaskReport) -> Vec<Value> {
    task.not_run
        .iter()
        .map(|absent| {
            context! { name => &absent.system, title => &absent.title, reason => &absent.reason }
        })
        .collect()
}

/// What did not fit together, system by system, systems where all fits left out.
pub(super) fn alignment(task: &TaskReport) -> Vec<Value> {
    let mut rows = Vec::new();
    for system in &task.systems {
        for (what, ids) in gaps(&system.alignment) {
            rows.push(context! {
                system => &system.title,
                what => what,
                count => ids.len(),
                ids => ids.join(", "),
            });
        }
    }
    rows
}

/// The signature of each figure.
pub(super) fn signatures(task: &TaskReport) -> Vec<Value> {
    task.systems
        .iter()
        .map(|system| {
            let figures: Vec<Value> = system
                .figures
                .iter()
                .map(|figure| {
                    context! {
                        name => &figure.name,
                        value => number::estimate(&figure.estimate),
                        signature => &figure.signature,
                    }
                })
                .collect();
            context! { title => &system.title, figures => figures }
        })
        .collect()
}

/// How many faults of each kind each system has; null if there are none at all.
pub(super) fn faults(task: &TaskReport) -> Option<Value> {
    let kinds = fault_kinds(task);
    if kinds.is_empty() {
        return None;
    }
    let rows: Vec<Value> = task
        .systems
        .iter()
        .map(|system| {
            let found = count_faults(system);
            let counts: Vec<Value> = kinds
                .iter()
                .map(|kind| {
                    let count = found.get(kind).copied().unwrap_or(0);
                    context! { kind => *kind, count => count }
                })
                .collect();
            context! { name => &system.name, title => &system.title, counts => counts }
        })
        .collect();
    let kinds: Vec<Value> = kinds.into_iter().map(Value::from).collect();
    Some(context! { kinds => kinds, rows => rows })
}
