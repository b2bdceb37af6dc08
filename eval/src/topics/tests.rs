//! Topics by hand, by table and by property; against scikit-learn they are compared in `eval/tests/parity_topics.rs`.

use super::*;
use crate::align::align;
use crate::read::gold::{Gold, HardNegative};
use crate::read::prediction::Prediction;
use proptest::prelude::*;
use std::path::Path;

const X_Y: [&str; 2] = ["x", "y"];

fn names(topics: &[&str]) -> Vec<String> {
    topics.iter().map(|topic| (*topic).to_owned()).collect()
}

fn gold(id: &str, topics: &[&str]) -> Gold {
    Gold {
        id: id.to_owned(),
        topics: names(topics),
        ..Gold::default()
    }
}

/// Predictions from pairs of an id and the JSON of its topics.
fn predictions(rows: &[(&str, &str)]) -> Vec<Prediction> {
    let lines = rows
        .iter()
        .map(|(id, topics)| format!("{{\"id\":\"{id}\",\"topics\":[{topics}]}}\n"));
    let text: String = lines.collect();
    Prediction::parse(text.as_bytes(), Path::new("out.jsonl")).expect("good rows")
}

/// A prediction that lists `x` and `y` and assigns some of them.
fn prediction(id: &str, assigned: &[&str]) -> Prediction {
    let topic = |topic: &str| {
        let probability = if assigned.contains(&topic) { 0.9 } else { 0.1 };
        format!("{{\"id\":\"{topic}\",\"probability\":{probability}}}")
    };
    let topics = X_Y.map(topic).join(",");
    predictions(&[(id, &topics)]).remove(0)
}

/// The value of one figure over `topics`; the first topic is the core.
fn value(gold: &[Gold], predictions: &[Prediction], topics: &[&str], name: &str) -> Option<f64> {
    let topics = names(topics);
    let (pairs, _) = align(gold, predictions, &topics);
    let figures = figures(&pairs, &topics, &topics[..topics.len().min(1)]);
    let figure = figures.iter().find(|figure| figure.name == name);
    figure.unwrap_or_else(|| panic!("no figure {name}")).value()
}

#[test]
fn hand_counted_example() {
    // x: a found, b invented, c missed; y: b found, c right to leave out.
    let gold = [gold("a", &["x"]), gold("b", &["y"]), gold("c", &["x"])];
    let predictions = [
        prediction("c", &[]),
        prediction("a", &["x"]),
        prediction("b", &["x", "y"]),
    ];
    let cases = [
        ("macro-f1", 0.75),
        ("micro-f1", 2.0 / 3.0),
        ("weighted-f1", 2.0 / 3.0),
        // 1, 2/3, 0
        ("samples-f1", 5.0 / 9.0),
        ("macro-precision", 0.75),
        ("macro-recall", 0.75),
        ("micro-precision", 2.0 / 3.0),
        ("micro-recall", 2.0 / 3.0),
        ("subset-accuracy", 1.0 / 3.0),
        ("hamming-loss", 1.0 / 3.0),
        ("core-macro-f1", 0.5),
        ("core-subset-accuracy", 1.0 / 3.0),
        // Both x at ranks (1 or 2) and 3: one step of 1/2 at recall 1/2, then 2/3.
        ("core-macro-average-precision", 7.0 / 12.0),
        ("core-macro-roc-auc", 0.25),
        ("macro-roc-auc", 0.625),
        ("brier", (4.0 * 0.01 + 2.0 * 0.81) / 6.0),
        ("coverage", 1.0),
        ("abstention", 0.0),
    ];
    for (name, expected) in cases {
        let value = value(&gold, &predictions, &X_Y, name).expect(name);
        assert!((value - expected).abs() < 1e-12, "{name}: {value}");
    }
}

#[test]
fn names_are_those_of_the_contract_and_core_has_the_same() {
    let figures = figures(&[], &names(&X_Y), &names(&["y"]));
    let all: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    let expected = [
        "macro-f1",
        "micro-f1",
        "weighted-f1",
        "samples-f1",
        "macro-precision",
        "macro-recall",
        "micro-precision",
        "micro-recall",
        "subset-accuracy",
        "hamming-loss",
        "macro-average-precision",
        "macro-roc-auc",
        "brier",
        "ece",
        "coverage",
        "abstention",
        "covered-micro-f1",
        "covered-micro-recall",
        "hard-negative-false-positives",
    ];
    assert_eq!(all[..19], expected);
    assert_eq!(all[19..], expected.map(|name| format!("core-{name}")));
}

#[test]
fn empty_input_has_no_score() {
    let one = [gold("a", &["x"])];
    let found = [prediction("a", &["x"])];
    for (gold, predictions, topics) in [(&one[..0], &found[..0], &X_Y[..]), (&one, &found, &[])] {
        let topics = names(topics);
        let (pairs, _) = align(gold, predictions, &topics);
        for figure in figures(&pairs, &topics, &topics) {
            assert_eq!(figure.value(), None, "{}", figure.name);
        }
        assert!(reliability(&pairs, &topics, 10).is_empty());
    }
}

#[test]
fn macro_leaves_out_topics_without_a_score() {
    let (gold, predictions) = ([gold("a", &["x"])], [prediction("a", &["x"])]);
    assert_eq!(value(&gold, &predictions, &X_Y, "macro-f1"), Some(1.0));
    let topics = names(&X_Y);
    let (pairs, _) = align(&gold, &predictions, &topics);
    assert_eq!(of_topic(&pairs, "y").figures[2].value(), None);
}

#[test]
fn a_topic_asked_for_twice_is_scored_once() {
    let gold = [gold("a", &["x"])];
    let once = value(&gold, &[], &X_Y, "hamming-loss");
    assert_eq!(once, Some(0.5));
    assert_eq!(value(&gold, &[], &["x", "y", "x"], "hamming-loss"), once);
}

#[test]
fn core_topics_that_are_not_scored_have_no_figures() {
    let names_of = |core: &[&str]| -> Vec<String> {
        let figures = figures(&[], &names(&["x"]), &names(core));
        figures.into_iter().map(|figure| figure.name).collect()
    };
    assert_eq!(names_of(&["y"]), names_of(&[]));
    assert_eq!(names_of(&["y", "x"]), names_of(&["x"]));
}

#[test]
fn missing_predictions_never_raise_a_score() {
    let gold = [gold("a", &["x"]), gold("b", &["x", "y"]), gold("c", &[])];
    let all = [
        prediction("a", &["x"]),
        prediction("b", &["x", "y"]),
        prediction("c", &["y"]),
    ];
    let full = value(&gold, &all, &X_Y, "micro-recall");
    for left_out in 0..all.len() {
        let mut some = all.to_vec();
        some.remove(left_out);
        let recall = value(&gold, &some, &X_Y, "micro-recall");
        assert!(recall <= full, "without {:?}", all[left_out].id);
    }
}

#[test]
fn unsure_is_not_assigned_and_not_covered() {
    let gold = [gold("a", &["x", "y"]), gold("b", &[])];
    let predictions = predictions(&[
        (
            "a",
            r#"{"id":"x","probability":0.4,"decision":"unsure"},{"id":"y","probability":0.9}"#,
        ),
        ("b", r#"{"id":"x","probability":0.2}"#),
    ]);
    let cases = [
        ("micro-recall", Some(0.5)),
        ("covered-micro-recall", Some(1.0)),
        ("covered-micro-f1", Some(1.0)),
        ("coverage", Some(0.75)),
        ("abstention", Some(0.5)),
        ("core-covered-micro-f1", None),
    ];
    for (name, expected) in cases {
        assert_eq!(value(&gold, &predictions, &X_Y, name), expected, "{name}");
    }
}

#[test]
fn hard_negatives_count_once_and_only_where_scored() {
    let tempting = |id: &str, topics: &[&str]| Gold {
        hard_negatives: topics
            .iter()
            .map(|topic| HardNegative {
                topic: (*topic).to_owned(),
                kind: "teaser".to_owned(),
            })
            .collect(),
        ..gold(id, &[])
    };
    let gold = [tempting("a", &["x", "y", "x", "z"]), tempting("b", &["y"])];
    let found = predictions(&[("a", r#""x","z""#)]);
    let name = "hard-negative-false-positives";
    assert_eq!(value(&gold, &found, &X_Y, name), Some(1.0 / 3.0));
    assert_eq!(
        value(&gold, &found, &["x", "y"], &format!("core-{name}")),
        Some(1.0)
    );
    assert_eq!(value(&gold, &found, &["w"], name), None);
}

/// (topics of the one prediction, whether x, y and z have figures of probabilities)
#[test]
fn where_probabilities_are_told() {
    let (with, without) = (r#"{"id":"x","probability":0.5}"#, r#""y""#);
    let both = format!("{with},{without}");
    let cases = [
        ("", [true, true, true]),
        (with, [true, true, true]),
        (without, [false, false, false]),
        (&both, [true, false, false]),
    ];
    let gold = [gold("a", &["x", "y", "z"])];
    for (topics, expected) in cases {
        let predictions = predictions(&[("a", topics)]);
        for (topic, expected) in ["x", "y", "z"].into_iter().zip(expected) {
            let topics = names(&[topic]);
            let (pairs, _) = align(&gold, &predictions, &topics);
            let single = of_topic(&pairs, topic);
            let label = format!("{predictions:?}, {topic}");
            assert_eq!(single.figures[3].value().is_some(), expected, "{label}");
            assert_eq!(single.figures[3].value_of(&[0, 0]).is_some(), expected);
            assert_eq!(!single.curve.is_empty(), expected, "{label}");
            assert_eq!(!reliability(&pairs, &topics, 10).is_empty(), expected);
            assert!(single.figures[1].value().is_some(), "{label}");
        }
    }
    let predictions = predictions(&[("a", &both)]);
    for (name, defined) in [("brier", false), ("ece", false), ("core-brier", true)] {
        let value = value(&gold, &predictions, &["x", "y"], name);
        assert_eq!(value.is_some(), defined, "{name}");
    }
}

/// Articles of three topics: gold, whether there is a prediction, and a probability in tenths for each topic.
fn articles() -> impl Strategy<Value = Vec<([bool; 3], bool, [u8; 3])>> {
    let tenths = prop::array::uniform3(0..=10_u8);
    let article = (any::<[bool; 3]>(), prop::bool::weighted(0.9), tenths);
    prop::collection::vec(article, 1..20)
}

fn build(articles: &[([bool; 3], bool, [u8; 3])]) -> (Vec<Gold>, Vec<Prediction>) {
    let topics = ["x", "y", "z"];
    let (mut all, mut rows) = (Vec::new(), Vec::new());
    for (at, (has, predicted, tenths)) in articles.iter().enumerate() {
        let has: Vec<&str> = (0..3).filter(|t| has[*t]).map(|t| topics[t]).collect();
        all.push(gold(&at.to_string(), &has));
        let listed = (0..3).map(|t| {
            let decision = ["rejected", "unsure", "assigned"][usize::from(tenths[t] / 4)];
            let probability = f64::from(tenths[t]) / 10.0;
            format!(
                r#"{{"id":"{}","probability":{probability},"decision":"{decision}"}}"#,
                topics[t]
            )
        });
        if *predicted {
            rows.push((at.to_string(), listed.collect::<Vec<_>>().join(",")));
        }
    }
    let rows: Vec<(&str, &str)> = rows
        .iter()
        .map(|(id, t)| (id.as_str(), t.as_str()))
        .collect();
    (all, predictions(&rows))
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a == b,
    }
}

proptest! {
    /// What resampling relies on: a figure of chosen rows is the figure of the chosen articles.
    #[test]
    fn rows_are_enough(articles in articles(), picks in prop::collection::vec(any::<prop::sample::Index>(), 1..20)) {
        let topics = names(&["x", "y", "z"]);
        let (gold, predictions) = build(&articles);
        let (pairs, _) = align(&gold, &predictions, &topics);
        let picks: Vec<usize> = picks.iter().map(|pick| pick.index(pairs.len())).collect();
        let chosen: Vec<Pair> = picks.iter().map(|at| pairs[*at]).collect();
        let again = figures(&chosen, &topics, &topics[..1]);
        for (figure, again) in figures(&pairs, &topics, &topics[..1]).iter().zip(&again) {
            let (rows, articles) = (figure.value_of(&picks), again.value());
            prop_assert!(near(rows, articles), "{}: {rows:?}, {articles:?}", figure.name);
        }
    }

    #[test]
    fn figures_are_shares_and_order_does_not_matter(articles in articles()) {
        let topics = names(&["x", "y", "z"]);
        let (gold, predictions) = build(&articles);
        let (pairs, _) = align(&gold, &predictions, &topics);
        let backwards: Vec<usize> = (0..pairs.len()).rev().collect();
        for figure in figures(&pairs, &topics, &topics[..1]) {
            let value = figure.value();
            prop_assert!(value.is_none_or(|value| (0.0..=1.0 + 1e-12).contains(&value)), "{figure:?}");
            prop_assert!(near(figure.value_of(&backwards), value), "{figure:?}");
            prop_assert_eq!(figure.rows.len(), pairs.len());
        }
    }

    #[test]
    fn decisions_that_are_right_are_those_that_hamming_loss_leaves(articles in articles()) {
        let topics = names(&["x", "y", "z"]);
        let (gold, predictions) = build(&articles);
        let (pairs, _) = align(&gold, &predictions, &topics);
        let decisions = correct(&pairs, &topics).concat();
        let right = decisions.iter().filter(|right| **right).count() as f64;
        let loss = value(&gold, &predictions, &["x", "y", "z"], "hamming-loss");
        prop_assert!(near(loss, Some(1.0 - right / decisions.len() as f64)));
    }

    #[test]
    fn bins_hold_every_decision_once(articles in articles(), bins in 1_usize..12) {
        let topics = names(&["x", "y", "z"]);
        let (gold, predictions) = build(&articles);
        let (pairs, _) = align(&gold, &predictions, &topics);
        let found = reliability(&pairs, &topics, bins);
        prop_assert!(found.len() <= bins);
        prop_assert_eq!(found.iter().map(|bin| bin.count).sum::<usize>(), 3 * pairs.len());
        prop_assert!(found.is_sorted_by(|a, b| a.confidence < b.confidence));
    }
}
