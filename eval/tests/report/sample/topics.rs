//! The sample's task of topics.

use depeche_eval::report::*;
use depeche_eval::{Alignment, Direction, Gold};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{System, around, article, compared, fault, scored, system};

const TOPICS: [&str; 12] = [
    "defence",
    "trade",
    "asean",
    "ukraine",
    "diplomacy",
    "multilateral",
    "energy",
    "culture_education",
    "science_technology",
    "health",
    "maritime",
    "consular",
];

const TAGGERS: [System; 3] = [
    (
        "head-base",
        "Heads on a base encoder",
        Some("base-encoder-q8@sha256:5f1d09c2aa17"),
        1.2,
        412.0,
    ),
    (
        "words",
        "Bag of words",
        Some("words@sha256:0c77d1e8b3f2"),
        0.9,
        9400.0,
    ),
    ("terms", "Terms of the taxonomy", None, 0.6, 0.0),
];

pub(super) fn task(gold: &[Gold], random: &mut ChaCha8Rng) -> TaskReport {
    let mut systems: Vec<SystemReport> = TAGGERS
        .into_iter()
        .map(|system| tagger(system, gold, random))
        .collect();
    systems[1].alignment = Alignment {
        missing: vec!["sample-30".to_owned()],
        unknown: vec!["brouillon-1".to_owned(), "brouillon-2".to_owned()],
        ..Alignment::default()
    };
    systems[1].predictions[29] = PredictionView {
        faults: vec![fault("missed", "energy")],
        ..PredictionView::default()
    };
    TaskReport {
        name: "topics".to_owned(),
        version: 2,
        title: "Topics of invented dispatches".to_owned(),
        kind: TaskKind::Topics,
        data: "sha256:3b0f5c6d7e81".to_owned(),
        skipped: None,
        primary: vec!["core-macro-f1".to_owned(), "micro-f1".to_owned()],
        topics: TOPICS
            .iter()
            .enumerate()
            .map(|(at, id)| TopicInfo {
                id: (*id).to_owned(),
                core: at < 4,
                support: gold.iter().filter(|row| row.has_topic(id)).count(),
            })
            .collect(),
        comparisons: compared(&systems, &["core-macro-f1", "micro-f1"], true),
        systems,
        not_run: vec![NotRun {
            system: "head-large".to_owned(),
            title: "Heads on a large encoder".to_owned(),
            reason: "its weights are not in the cache; run `depeche models fetch large-encoder`"
                .to_owned(),
        }],
        articles: gold.iter().map(article).collect(),
    }
}

fn tagger(
    (name, title, model, skill, rate): System,
    gold: &[Gold],
    random: &mut ChaCha8Rng,
) -> SystemReport {
    let predictions: Vec<PredictionView> =
        gold.iter().map(|row| tagged(row, skill, random)).collect();
    let topics: Vec<TopicReport> = TOPICS
        .iter()
        .map(|id| topic(id, gold, &predictions))
        .collect();
    let f1s: Vec<f64> = topics.iter().filter_map(|topic| topic.f1.value).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let figures = [
        ("core-macro-f1", Direction::Higher, mean(&f1s[..4])),
        ("micro-f1", Direction::Higher, mean(&f1s)),
        ("macro-f1", Direction::Higher, mean(&f1s) - 0.011),
        ("brier", Direction::Lower, 0.2 - 0.07 * skill),
    ];
    SystemReport {
        figures: figures
            .into_iter()
            .map(|(figure, way, value)| scored("topics", model, figure, way, value, 0.09))
            .collect(),
        reliability: match name {
            "terms" => Vec::new(),
            _ => bins(gold, &predictions),
        },
        topics,
        predictions,
        ..system((name, title, model, skill, rate))
    }
}

/// A prediction whose log-odds lie around `skill` for what gold says; evidence is the n-th sentence.
fn tagged(gold: &Gold, skill: f64, random: &mut ChaCha8Rng) -> PredictionView {
    let mut topics: Vec<TopicView> = TOPICS
        .iter()
        .enumerate()
        .map(|(at, id)| {
            let tempting = gold.hard_negatives.iter().any(|one| one.topic == *id);
            let center = match (gold.has_topic(id), tempting) {
                (true, _) => skill,
                (false, true) => 0.9 - skill,
                (false, false) => -skill - 1.2,
            };
            let odds = center + random.random_range(-1.6..1.6);
            let probability = (1e4 / (1.0 + f64::exp(-1.6 * odds))).round() / 1e4;
            let decision = match probability {
                p if p >= 0.5 => "assigned",
                p if p >= 0.4 => "unsure",
                _ => "rejected",
            };
            let evidence = (probability >= 0.4).then(|| sentence(&gold.text, at));
            TopicView {
                id: (*id).to_owned(),
                probability: Some(probability),
                decision: decision.to_owned(),
                evidence: evidence.into_iter().collect(),
            }
        })
        .collect();
    topics.sort_by(|a, b| b.probability.unwrap().total_cmp(&a.probability.unwrap()));
    let wrong = topics.iter().filter_map(|topic| {
        match (gold.has_topic(&topic.id), topic.decision == "assigned") {
            (true, false) => Some(fault("missed", &topic.id)),
            (false, true) => Some(fault("invented", &topic.id)),
            _ => None,
        }
    });
    PredictionView {
        faults: wrong.collect(),
        topics,
        summary: None,
    }
}

/// Span of a sentence, counted round.
fn sentence(text: &str, at: usize) -> (usize, usize) {
    let ends: Vec<usize> = text
        .char_indices()
        .filter(|(place, letter)| ".?!".contains(*letter) && *place > 20)
        .map(|(place, letter)| place + letter.len_utf8())
        .collect();
    let at = at % ends.len();
    let start = if at == 0 { 0 } else { ends[at - 1] };
    let blank = text[start..].len() - text[start..].trim_start().len();
    (start + blank, ends[at])
}

fn topic(id: &str, gold: &[Gold], predictions: &[PredictionView]) -> TopicReport {
    let mut scored: Vec<(f64, bool, bool)> = gold
        .iter()
        .zip(predictions)
        .filter_map(|(row, prediction)| {
            let found = prediction.topics.iter().find(|topic| topic.id == id)?;
            Some((
                found.probability?,
                row.has_topic(id),
                found.decision == "assigned",
            ))
        })
        .collect();
    let count = |gold: bool, said: bool| {
        let hits = scored.iter().filter(|row| (row.1, row.2) == (gold, said));
        hits.count() as f64
    };
    let (both, invented, missed) = (count(true, true), count(false, true), count(true, false));
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let positives = both + missed;
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    let curve: Vec<(f64, f64)> = (0..scored.len())
        .map(|from| {
            let hits = scored[from..].iter().filter(|row| row.1).count() as f64;
            (
                hits / f64::max(positives, 1.0),
                hits / (scored.len() - from) as f64,
            )
        })
        .collect();
    let area: f64 = curve
        .windows(2)
        .map(|pair| (pair[0].0 - pair[1].0) * pair[0].1)
        .sum();
    TopicReport {
        id: id.to_owned(),
        assigned: (both + invented) as usize,
        precision: around(share(both, both + invented), 0.2),
        recall: around(share(both, positives), 0.2),
        f1: around(share(2.0 * both, 2.0 * both + invented + missed), 0.16),
        average_precision: around(Some(area), 0.12),
        roc_auc: around(Some((area + 1.0) / 2.0), 0.08),
        curve,
    }
}

fn bins(gold: &[Gold], predictions: &[PredictionView]) -> Vec<Bin> {
    let mut sums = [(0_usize, 0.0, 0.0); 10];
    for (row, prediction) in gold.iter().zip(predictions) {
        for topic in &prediction.topics {
            let probability = topic.probability.unwrap_or_default();
            let bin = &mut sums[((probability * 10.0) as usize).min(9)];
            let truth = f64::from(u8::from(row.has_topic(&topic.id)));
            *bin = (bin.0 + 1, bin.1 + probability, bin.2 + truth);
        }
    }
    let filled = sums.into_iter().filter(|bin| bin.0 > 0);
    filled
        .map(|(count, confidence, truth)| Bin {
            count,
            confidence: confidence / count as f64,
            frequency: truth / count as f64,
        })
        .collect()
}
