//! Whether the present figures fell against the accepted ones.
//!
//! Owns [`test()`], [`Present`] and [`in_words`]; the file of accepted figures is [`Baseline`]'s business. A figure fell
//! if it is worse by more than the task's margin *and* by more than chance would have it. The margin lets pass what nobody
//! minds; the test lets pass what another handful of articles might have turned around.
//!
//! The test is paired by article: the accepted rows lie in the baseline, and the present figure's formula makes the
//! accepted figure again from them. Its p-value is the one-sided one of approximate randomization (see
//! [`compare`](crate::stats::compare)), after Holm's correction over all tests of the gate: where nothing got worse,
//! fewer than one run in twenty raises an alarm, however many figures are tested.

use std::collections::HashMap;

use crate::figure::{Direction, Figure};
use crate::report::{GateReport, GateTest, Resampling};
use crate::signature::{Signature, comparable};
use crate::stats;

mod baseline;

pub use baseline::{Baseline, BaselineEntry, GateError, SCHEMA_VERSION};

/// From here on a p-value is taken for chance.
const SIGNIFICANCE: f64 = 0.05;

/// Two values that are closer than this are the same number, summed in another order.
const SAME: f64 = 1e-9;

/// One primary figure as it was measured now.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// The task's name.
    pub task: &'a str,
    /// The system's name.
    pub system: &'a str,
    /// The figure, its rows in the order of `ids`.
    pub figure: &'a Figure,
    /// What it was measured with.
    pub signature: &'a Signature,
    /// Ids of the articles.
    pub ids: &'a [String],
    /// A drop up to this is let pass, in the unit of the figure; 0 or more.
    pub margin: f64,
}

/// Tests every accepted figure of the tasks that were run now.
///
/// Accepted figures of other tasks, and present ones that were never accepted, are not mentioned. An accepted figure of
/// a present task that cannot be tested (its system did not run; other articles, data, task version, parameters or
/// scoring program; undefined now) goes to [`GateReport::not_comparable`] with the reason. It does not fail the gate.
///
/// There are at least 100 exchanges for each test, however few `resampling` asks for, so that the smallest p-value that
/// can be had survives Holm's correction. No bootstrap is made.
///
/// ```
/// use depeche_eval::gate::{self, Baseline, Present};
/// use depeche_eval::{Direction, Figure, Signature, report::Resampling};
///
/// let ids: Vec<String> = (0..100).map(|article| article.to_string()).collect();
/// let signature = "accuracy|task:topics|task-version:1|data:sha256:0a|n:100|system:x|version:0.1.0".parse()?;
/// let accuracy = |wrong: usize| {
///     let right = (0..100).map(|article| Some(f64::from(u8::from(article >= wrong))));
///     Figure::mean("accuracy", Direction::Higher, right)
/// };
/// let (good, bad) = (accuracy(10), accuracy(30));
/// let present = |figure| Present { task: "topics", system: "x", figure, signature: &signature, ids: &ids, margin: 0.02 };
///
/// let baseline = Baseline::accept(None, &[present(&good)], "2026-01-01");
/// assert!(gate::test(&baseline, &[present(&good)], &Resampling::default()).passed);
/// let report = gate::test(&baseline, &[present(&bad)], &Resampling::default());
/// assert!(!report.passed);
/// assert!(gate::in_words(&report).contains("accuracy was 0.900 and is 0.700"));
/// # Ok::<(), depeche_eval::signature::NotASignature>(())
/// ```
pub fn test(baseline: &Baseline, present: &[Present], resampling: &Resampling) -> GateReport {
    let mut pairs = Vec::new();
    let mut not_comparable = Vec::new();
    let of_present_tasks = baseline
        .entries
        .iter()
        .filter(|entry| present.iter().any(|now| now.task == entry.task));
    for entry in of_present_tasks {
        match pair(baseline, entry, present) {
            Ok(pair) => pairs.push(pair),
            Err(refusal) => not_comparable.push(refusal.of(entry)),
        }
    }
    let resampling = Resampling {
        bootstrap: 0,
        randomization: resampling.randomization.max(100 * pairs.len()),
        ..*resampling
    };
    let mut tests = Vec::new();
    for pair in pairs {
        match stats::compare(pair.now.figure, &pair.accepted, &resampling).p_worse {
            Some(p) => tests.push(pair.outcome(p)),
            None => not_comparable.push(
                Refusal::from("it is undefined for too many exchanges of articles").of(pair.entry),
            ),
        }
    }
    let p: Vec<f64> = tests.iter().map(|test| test.p).collect();
    for (test, holm_p) in tests.iter_mut().zip(stats::holm(&p)) {
        test.holm_p = holm_p;
        test.fell = test.drop > test.margin + SAME && holm_p < SIGNIFICANCE;
    }
    GateReport {
        passed: !tests.iter().any(|test| test.fell),
        tests,
        not_comparable,
    }
}

/// An accepted figure and the present one, on the same articles in the same order.
struct Pair<'a> {
    entry: &'a BaselineEntry,
    now: Present<'a>,
    accepted: Figure,
    accepted_value: f64,
    present_value: f64,
}

impl Pair<'_> {
    /// The test before Holm's correction.
    fn outcome(&self, p: f64) -> GateTest {
        let gain = self.present_value - self.accepted_value;
        GateTest {
            task: self.entry.task.clone(),
            system: self.entry.system.clone(),
            figure: self.entry.figure.clone(),
            accepted: self.accepted_value,
            present: self.present_value,
            drop: match self.now.figure.direction {
                Direction::Lower => gain,
                Direction::Higher | Direction::Neutral => -gain,
            },
            margin: self.now.margin,
            p,
            holm_p: p,
            fell: false,
        }
    }
}

/// Brings an accepted figure together with the present one, or says why they do not belong together.
fn pair<'a>(
    baseline: &Baseline,
    entry: &'a BaselineEntry,
    present: &[Present<'a>],
) -> Result<Pair<'a>, Refusal> {
    let of_system: Vec<&Present> = present
        .iter()
        .filter(|now| now.task == entry.task && now.system == entry.system)
        .collect();
    if of_system.is_empty() {
        return Err(Refusal {
            reason: "the system did not run".to_owned(),
            remedy: "make it run, or delete its lines from the baseline",
        });
    }
    let now = **of_system
        .iter()
        .find(|now| now.figure.name == entry.figure)
        .ok_or("the figure is no longer primary, or not made any more")?;
    comparable(&entry.signature, now.signature).map_err(|reasons| reasons.join("; "))?;
    if now.figure.direction == Direction::Neutral {
        return Err("the figure has no better or worse".into());
    }
    let ids = baseline.articles.get(&entry.task);
    let rows = by_id(&entry.rows, ids.map_or(&[], Vec::as_slice), &now)?;
    let accepted = Figure {
        rows,
        ..now.figure.clone()
    };
    let present_value = now.figure.value().ok_or("the figure is undefined now")?;
    let accepted_value = accepted
        .value()
        .filter(|value| (value - entry.value).abs() <= SAME * entry.value.abs().max(1.0))
        .ok_or("the accepted value does not follow from its rows: the figure is computed otherwise now")?;
    Ok(Pair {
        entry,
        now,
        accepted,
        accepted_value,
        present_value,
    })
}

/// The accepted rows in the order of the present articles.
fn by_id(rows: &[Vec<f64>], accepted: &[String], now: &Present) -> Result<Vec<Vec<f64>>, String> {
    let by_id: HashMap<&str, &Vec<f64>> = accepted.iter().map(String::as_str).zip(rows).collect();
    let paired: Vec<Vec<f64>> = now
        .ids
        .iter()
        .filter_map(|id| by_id.get(id.as_str()).map(|row| (*row).clone()))
        .collect();
    // Each list names an id once (the baseline is checked, articles are aligned), so equal lengths say that the two
    // are the same.
    let lengths = [
        accepted.len(),
        rows.len(),
        now.ids.len(),
        now.figure.rows.len(),
    ];
    if lengths.iter().any(|length| *length != paired.len()) {
        return Err(format!(
            "other articles: {} accepted, {} now, {} in both",
            accepted.len(),
            now.ids.len(),
            paired.len()
        ));
    }
    let width = |rows: &[Vec<f64>]| rows.first().map(Vec::len);
    if width(rows) != width(&now.figure.rows) {
        return Err(
            "its rows have another length: the figure is computed otherwise now".to_owned(),
        );
    }
    Ok(paired)
}

/// Why an accepted figure cannot be tested, and what to do.
struct Refusal {
    reason: String,
    remedy: &'static str,
}

impl<T: Into<String>> From<T> for Refusal {
    fn from(reason: T) -> Refusal {
        Refusal {
            reason: reason.into(),
            remedy: "accept a new baseline with --accept",
        }
    }
}

impl Refusal {
    fn of(&self, entry: &BaselineEntry) -> String {
        format!(
            "{}, {}: {} was not tested: {}; {}",
            entry.task, entry.system, entry.figure, self.reason, self.remedy
        )
    }
}

/// The report for people: each figure that fell and by how much, or that none did, and what was not tested.
///
/// ```
/// use depeche_eval::{gate::in_words, report::GateReport};
///
/// let report = GateReport { passed: true, tests: vec![], not_comparable: vec![] };
/// assert_eq!(in_words(&report), "No accepted figure was tested.\n");
/// ```
pub fn in_words(report: &GateReport) -> String {
    let fallen: Vec<&GateTest> = report.tests.iter().filter(|test| test.fell).collect();
    let mut words = match (report.tests.len(), fallen.len()) {
        (0, _) => "No accepted figure was tested.\n".to_owned(),
        (1, 0) => "The accepted figure held.\n".to_owned(),
        (all, 0) => format!("All {all} accepted figures held.\n"),
        (all, fell) => format!("{fell} of {all} accepted figures fell:\n"),
    };
    for test in fallen {
        words.push_str(&format!(
            "- {}, {}: {} was {:.3} and is {:.3}: worse by {:.3}, margin {:.3}, p {:.4} after Holm's correction\n",
            test.task,
            test.system,
            test.figure,
            test.accepted,
            test.present,
            test.drop,
            test.margin,
            test.holm_p,
        ));
    }
    for reason in &report.not_comparable {
        words.push_str(&format!("- {reason}\n"));
    }
    words
}
