//! The file of accepted figures: what is kept, what is written, what is refused.

use std::sync::Arc;

use depeche_eval::gate::{Baseline, GateError};
use depeche_eval::{Direction, Figure};

use crate::run::{Run, against, decisions, macro_f1};

#[test]
fn accepting_keeps_what_was_not_run() {
    let first = Run::of(&decisions(1));
    let baseline = first.accepted();
    let other = Run::new("other", [macro_f1(&decisions(2))]);
    let both = Baseline::accept(Some(baseline.clone()), &other.present(), "2026-02-02");
    let names = |baseline: &Baseline| {
        let names = baseline
            .entries
            .iter()
            .map(|entry| format!("{} {}", entry.system, entry.figure));
        names.collect::<Vec<_>>()
    };
    assert_eq!(
        names(&both),
        ["depeche errors", "depeche macro-f1", "other macro-f1"]
    );
    assert_eq!(both.accepted, "2026-02-02");
    assert_eq!(both.articles.len(), 1);

    // Accepted anew, a figure that is no longer primary or no longer defined goes.
    let mut fewer = Run::new("depeche", [macro_f1(&decisions(3))]);
    let again = Baseline::accept(Some(both.clone()), &fewer.present(), "2026-03-03");
    assert_eq!(names(&again), ["depeche macro-f1", "other macro-f1"]);
    assert_ne!(again.entries[0].value, both.entries[1].value);
    fewer.figures[0].0.formula = Arc::new(|_| None);
    let undefined = Baseline::accept(Some(again), &fewer.present(), "2026-03-03");
    assert_eq!(names(&undefined), ["other macro-f1"]);

    // On other articles nothing of the task can be kept.
    let mut moved = Run::new("other", [macro_f1(&decisions(2))]);
    moved.ids[0] = "new".to_owned();
    let moved = Baseline::accept(Some(both), &moved.present(), "2026-04-04");
    assert_eq!(names(&moved), ["other macro-f1"]);
    assert_eq!(moved.articles["topics"][0], "new");
}

#[test]
fn the_file_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("deeper/baseline.json");
    assert!(Baseline::read(&path).expect("no error").is_none());

    let thirds = Figure::mean(
        "thirds",
        Direction::Higher,
        (0_u32..100).map(|at| Some(f64::from(at) / 3.0 - 1e-12)),
    );
    let run = Run::new("depeche", [macro_f1(&decisions(1)), thirds]);
    let baseline = run.accepted();
    baseline.write(&path).expect("written");
    let read = Baseline::read(&path).expect("readable").expect("there");
    assert_eq!(read, baseline);
    assert!(against(&read, &run).tests.iter().all(|test| test.p == 1.0));

    // One line a figure; the entries' order does not matter; whole numbers are short.
    let text = std::fs::read_to_string(&path).expect("readable");
    assert_eq!(text.lines().count(), 11);
    assert!(!text.contains("0.0,"));
    let mut shuffled = baseline.clone();
    shuffled.entries.reverse();
    shuffled.write(&path).expect("written");
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), text);
    let left = std::fs::read_dir(folder.path().join("deeper")).expect("a folder");
    assert_eq!(left.count(), 1, "no temporary file is left");
}

#[test]
fn a_file_that_is_no_baseline_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("baseline.json");
    let read = |text: &str| {
        std::fs::write(&path, text).expect("written");
        Baseline::read(&path).expect_err(text)
    };
    assert!(matches!(read("{"), GateError::Syntax { .. }));
    assert!(matches!(read(r#"{"schema": 1}"#), GateError::Syntax { .. }));
    let error = read(r#"{"schema": 2, "something": "else"}"#);
    assert!(
        error.to_string().ends_with(
            "baseline.json: has schema 2, this program reads 1; accept a new baseline with --accept"
        ),
        "{error}"
    );
    assert!(matches!(
        Baseline::read(folder.path()),
        Err(GateError::Read { .. })
    ));

    let good = Run::of(&decisions(1)).accepted();
    let broken = |change: &dyn Fn(&mut Baseline), fault: &str| {
        let mut baseline = good.clone();
        change(&mut baseline);
        let error = baseline.write(&path).expect_err(fault).to_string();
        assert!(error.contains(fault), "{error}");
        let text = serde_json::to_string(&baseline).expect("plain data");
        std::fs::write(&path, text).expect("written");
        assert!(Baseline::read(&path).is_err(), "{fault}");
    };
    broken(
        &|b| b.entries[0].rows.truncate(9),
        "9 rows for 100 articles",
    );
    broken(&|b| b.articles.clear(), "100 rows for 0 articles");
    broken(
        &|b| b.entries[1] = b.entries[0].clone(),
        "it is there twice",
    );
    broken(&|b| b.entries[0].value = f64::NAN, "not a number");
    broken(&|b| b.entries[0].rows[3].clear(), "different lengths");
    let twice = |b: &mut Baseline| {
        for ids in b.articles.values_mut() {
            ids[1] = ids[0].clone();
        }
    };
    broken(&twice, "named twice");
}
