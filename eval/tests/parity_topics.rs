//! Figures of topics against scikit-learn 1.7.2 (`eval/parity/topics.py` makes the fixtures), to 1e-6.
//!
//! Null in a fixture is a figure that scikit-learn calls ill-defined; here it must have no value.

use depeche_eval::{Decision, Figure, Gold, Pair, PredictedTopic, Prediction, topics};
use serde::Deserialize;
use std::collections::BTreeMap;

const FIXTURES: &str = include_str!("../parity/topics.json");
const TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
struct Fixtures {
    topics: Vec<Case>,
    labels: Vec<LabelCase>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    gold: Vec<String>,
    decision: Vec<Option<String>>,
    probability: Vec<Vec<f64>>,
    figures: BTreeMap<String, Option<f64>>,
    topics: Vec<TopicCase>,
    /// (count, mean probability, share of yes)
    bins: Vec<(usize, f64, f64)>,
}

#[derive(Deserialize)]
struct TopicCase {
    curve: Vec<(f64, f64)>,
    #[serde(flatten)]
    figures: BTreeMap<String, Option<f64>>,
}

#[derive(Deserialize)]
struct LabelCase {
    name: String,
    gold: Vec<usize>,
    probability: Vec<Vec<f64>>,
    figures: BTreeMap<String, Option<f64>>,
}

fn fixtures() -> Fixtures {
    serde_json::from_str(FIXTURES).expect("eval/parity/topics.json as topics.py writes it")
}

fn name(topic: usize) -> String {
    format!("t{topic}")
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(name).collect()
}

fn gold(id: usize, topics: impl Iterator<Item = usize>) -> Gold {
    Gold {
        id: id.to_string(),
        topics: topics.map(name).collect(),
        ..Gold::default()
    }
}

fn prediction(id: usize, topics: Vec<PredictedTopic>) -> Prediction {
    Prediction {
        id: id.to_string(),
        topics,
        summary: None,
        provenance: None,
    }
}

fn topic(at: usize, probability: f64, decision: Decision) -> PredictedTopic {
    PredictedTopic {
        id: name(at),
        probability: Some(probability),
        decision,
        evidence: Vec::new(),
    }
}

impl Case {
    fn gold(&self) -> Vec<Gold> {
        let has = |row: &str| -> Vec<usize> { row.match_indices('1').map(|(at, _)| at).collect() };
        let rows = self.gold.iter().enumerate();
        rows.map(|(id, row)| gold(id, has(row).into_iter()))
            .collect()
    }

    fn predictions(&self) -> Vec<Option<Prediction>> {
        let rows = self.decision.iter().zip(&self.probability).enumerate();
        rows.map(|(id, (decisions, probabilities))| {
            let cells = decisions.as_ref()?.chars().zip(probabilities).enumerate();
            let topics = cells.filter_map(|(at, (decision, probability))| {
                let decision = match decision {
                    '1' => Decision::Assigned,
                    '?' => Decision::Unsure,
                    '0' => Decision::Rejected,
                    _ => return None,
                };
                Some(topic(at, *probability, decision))
            });
            Some(prediction(id, topics.collect()))
        })
        .collect()
    }
}

fn pairs<'a>(gold: &'a [Gold], predictions: &'a [Option<Prediction>]) -> Vec<Pair<'a>> {
    let both = gold.iter().zip(predictions);
    both.map(|(gold, prediction)| Pair {
        gold,
        prediction: prediction.as_ref(),
    })
    .collect()
}

/// Compares each expected figure; returns how many had a value.
fn compare(case: &str, figures: &[Figure], expected: &BTreeMap<String, Option<f64>>) -> usize {
    for (name, expected) in expected {
        let figure = figures.iter().find(|figure| figure.name == *name);
        let value = figure
            .unwrap_or_else(|| panic!("{case}: no figure {name}"))
            .value();
        let equal = match (value, expected) {
            (Some(value), Some(expected)) => (value - expected).abs() <= TOLERANCE,
            (None, None) => true,
            _ => false,
        };
        assert!(equal, "{case}, {name}: {value:?}, expected {expected:?}");
    }
    expected.values().flatten().count()
}

fn compare_points(case: &str, points: &[(f64, f64)], expected: &[(f64, f64)]) {
    let near = |a: f64, b: f64| (a - b).abs() <= TOLERANCE;
    let equal = points.len() == expected.len()
        && points
            .iter()
            .zip(expected)
            .all(|(a, b)| near(a.0, b.0) && near(a.1, b.1));
    assert!(equal, "{case}: {points:?}, expected {expected:?}");
}

#[test]
fn averages_rankings_and_calibration() {
    let cases = fixtures().topics;
    assert_eq!(cases.len(), 132);
    let mut compared = 0;
    for case in &cases {
        let (gold, predictions) = (case.gold(), case.predictions());
        let pairs = pairs(&gold, &predictions);
        let scored = names(case.topics.len());
        assert_eq!(case.figures.len(), 18, "{}", case.name);
        let figures = topics::figures(&pairs, &scored, &[]);
        compared += compare(&case.name, &figures, &case.figures);

        let bins = topics::reliability(&pairs, &scored, 10);
        let counts: Vec<usize> = bins.iter().map(|bin| bin.count).collect();
        let expected: Vec<usize> = case.bins.iter().map(|bin| bin.0).collect();
        assert_eq!(counts, expected, "{}", case.name);
        let points: Vec<_> = bins
            .iter()
            .map(|bin| (bin.confidence, bin.frequency))
            .collect();
        let expected: Vec<_> = case.bins.iter().map(|bin| (bin.1, bin.2)).collect();
        compare_points(&case.name, &points, &expected);
    }
    assert!(compared > 2000, "only {compared} figures have a value");
}

#[test]
fn each_topic_and_its_curve() {
    let (mut compared, mut points) = (0, 0);
    for case in &fixtures().topics {
        let (gold, predictions) = (case.gold(), case.predictions());
        let pairs = pairs(&gold, &predictions);
        for (at, expected) in case.topics.iter().enumerate() {
            let label = format!("{}, topic {at}", case.name);
            let found = topics::of_topic(&pairs, &name(at));
            assert_eq!(expected.figures.len(), 5, "{label}");
            compared += compare(&label, &found.figures, &expected.figures);
            compare_points(&label, &found.curve, &expected.curve);
            points += found.curve.len();
        }
    }
    assert!(compared > 1500, "only {compared} figures have a value");
    assert!(points > 2000, "only {points} points of curves");
}

/// The core figures are the same figures over fewer topics.
#[test]
fn core_figures_are_those_of_the_core_topics() {
    for case in &fixtures().topics {
        let (gold, predictions) = (case.gold(), case.predictions());
        let pairs = pairs(&gold, &predictions);
        let scored = names(case.topics.len());
        let figures = topics::figures(&pairs, &scored, &scored);
        let expected = case
            .figures
            .iter()
            .map(|(name, value)| (format!("core-{name}"), *value));
        compare(&case.name, &figures, &expected.collect());
    }
}

#[test]
fn labels() {
    let cases = fixtures().labels;
    assert_eq!(cases.len(), 16);
    for case in &cases {
        let golds = case.gold.iter().enumerate();
        let golds: Vec<Gold> = golds
            .map(|(id, label)| gold(id, std::iter::once(*label)))
            .collect();
        let rows = case.probability.iter().enumerate();
        let predictions: Vec<Option<Prediction>> = rows
            .map(|(id, row)| {
                let cells = row.iter().enumerate();
                let topics = cells.map(|(at, p)| topic(at, *p, Decision::Rejected));
                Some(prediction(id, topics.collect()))
            })
            .collect();
        let pairs = pairs(&golds, &predictions);
        let figures = topics::label_figures(&pairs, &names(case.probability[0].len()));
        assert_eq!(case.figures.len(), figures.len());
        compare(&case.name, &figures, &case.figures);
    }
}
