//! What the report's files promise: the same text for the same report, nothing foreign in the page, nothing that is
//! missing shown as a number.

mod page;
mod plain;
mod sample;

use depeche_eval::report::*;
use depeche_eval::{Alignment, Direction};

/// The smallest report that has a little of everything.
fn tiny() -> Report {
    let figure = |name: &str, direction, value: Option<f64>| FigureReport {
        name: name.to_owned(),
        direction,
        estimate: Estimate {
            value,
            low: value.map(|value| value - 0.1),
            high: value.map(|value| value + 0.1),
        },
        signature: format!("{name}|task:t|task-version:1|n:1|version:0.1.0"),
    };
    let system = |name: &str, f1: Option<f64>, words: f64, speed: Option<f64>| SystemReport {
        name: name.to_owned(),
        title: format!("System {name}"),
        model: None,
        figures: vec![
            figure("f1", Direction::Higher, f1),
            figure("words", Direction::Neutral, Some(words)),
        ],
        topics: vec![TopicReport {
            id: "trade".to_owned(),
            assigned: 0,
            precision: Estimate::default(),
            recall: Estimate::default(),
            f1: Estimate::default(),
            average_precision: Estimate::default(),
            roc_auc: Estimate::default(),
            curve: Vec::new(),
        }],
        reliability: Vec::new(),
        alignment: Alignment::default(),
        speed: speed.map(|rate| Speed {
            articles_per_minute: Some(rate),
            ..Speed::default()
        }),
        predictions: vec![PredictionView {
            faults: vec![Fault {
                kind: "missed".to_owned(),
                what: "trade".to_owned(),
            }],
            ..PredictionView::default()
        }],
    };
    let mut systems = vec![
        system("a", Some(0.75), 40.0, Some(120.0)),
        system("b", None, 41.5, None),
    ];
    systems[1].alignment.missing.push("x|1".to_owned());
    Report {
        schema: SCHEMA_VERSION,
        program: "depeche-eval 0.1.0".to_owned(),
        date: "2026-11-23".to_owned(),
        machine: Machine::default(),
        resampling: Resampling {
            bootstrap: 10,
            randomization: 20,
            seed: 3,
        },
        tasks: vec![TaskReport {
            name: "t".to_owned(),
            version: 1,
            title: "Topics".to_owned(),
            kind: TaskKind::Topics,
            data: "sha256:0123456789ab".to_owned(),
            skipped: None,
            primary: vec!["f1".to_owned()],
            topics: vec![TopicInfo {
                id: "trade".to_owned(),
                core: true,
                support: 1,
            }],
            systems,
            not_run: vec![NotRun {
                system: "c".to_owned(),
                title: "System c".to_owned(),
                reason: "no weights".to_owned(),
            }],
            comparisons: vec![Comparison {
                figure: "f1".to_owned(),
                a: "a".to_owned(),
                b: "b".to_owned(),
                difference: Estimate::default(),
                bootstrap_p: None,
                randomization_p: None,
                holm_p: None,
                mcnemar: Some(McNemarReport {
                    only_a: 1,
                    only_b: 0,
                    p: 0.0004,
                }),
            }],
            articles: vec![ArticleView {
                id: "x|1".to_owned(),
                title: None,
                date: None,
                text: "Le café.".to_owned(),
                topics: vec!["trade".to_owned()],
                hard_negatives: Vec::new(),
                summary: None,
            }],
        }],
        gate: Some(GateReport {
            passed: true,
            tests: Vec::new(),
            not_comparable: vec!["t a f2: gone".to_owned()],
        }),
    }
}

/// A published schema is made by hand from the program's: so a change of shape is seen in a review.
#[test]
fn published_schema_is_current() {
    let published: serde_json::Value =
        serde_json::from_str(include_str!("../../report.schema.json")).unwrap();
    assert!(
        published == json_schema(),
        "the shape of report.json changed: raise SCHEMA_VERSION if a field changed its meaning or went away, then copy \
         report.schema.json from the folder that the example sample_report writes into eval/"
    );
}

#[test]
fn the_three_files_are_written_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("new/folder");
    for report in [tiny(), sample::report()] {
        write(&report, &dir).unwrap();
        let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
        assert_eq!(
            serde_json::from_str::<Report>(&read("report.json")).unwrap(),
            report
        );
        assert_eq!(read("report.md"), markdown::render(&report));
        assert_eq!(read("report.html"), html::render(&report).unwrap());
    }
    assert_eq!(
        std::fs::read_dir(&dir).unwrap().count(),
        3,
        "no temporary file is left"
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let dir = file.path().join("report");
    let error = write(&tiny(), &dir).expect_err("a file is in the way");
    assert!(
        error.to_string().starts_with(&dir.display().to_string()),
        "{error}"
    );
}
