//! The sample's task of abstracts.

use depeche_eval::report::*;
use depeche_eval::{Direction, Gold};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{System, article, compared, fault, scored, system};

const WRITERS: [System; 3] = [
    (
        "writer-2b",
        "Writer, 2 billion weights",
        Some("writer-2b-q4@sha256:c0ffee12ab34"),
        1.8,
        4.6,
    ),
    (
        "writer-05b",
        "Writer, half a billion weights",
        Some("writer-05b-q4@sha256:77aa01d2e9b0"),
        1.0,
        19.5,
    ),
    (
        "first-sentence",
        "First sentence, not translated",
        None,
        0.2,
        0.0,
    ),
];

pub(super) fn task(gold: &[Gold], random: &mut ChaCha8Rng) -> TaskReport {
    let systems: Vec<SystemReport> = WRITERS
        .into_iter()
        .map(|writer| {
            let (_, _, model, skill, _) = writer;
            let figures = [
                ("fact-recall", Direction::Higher, 0.3 + 0.3 * skill, 0.07),
                ("number-faults", Direction::Lower, 0.3 - 0.14 * skill, 0.05),
                ("rouge-l", Direction::Higher, 0.1 + 0.15 * skill, 0.03),
            ];
            SystemReport {
                figures: figures
                    .into_iter()
                    .map(|(name, way, value, width)| {
                        scored("abstracts", model, name, way, value, width)
                    })
                    .collect(),
                predictions: gold.iter().map(|row| written(row, skill, random)).collect(),
                ..system(writer)
            }
        })
        .collect();
    TaskReport {
        name: "abstracts".to_owned(),
        version: 1,
        title: "Abstracts of invented dispatches".to_owned(),
        kind: TaskKind::Abstracts,
        data: "sha256:3b0f5c6d7e81".to_owned(),
        skipped: None,
        primary: vec!["fact-recall".to_owned(), "number-faults".to_owned()],
        topics: Vec::new(),
        comparisons: compared(&systems, &["fact-recall"], false),
        systems,
        not_run: Vec::new(),
        articles: gold.iter().map(article).collect(),
    }
}

/// The reference, perhaps with a wrong number, without its end, or in French; sometimes nothing.
fn written(gold: &Gold, skill: f64, random: &mut ChaCha8Rng) -> PredictionView {
    let reference = gold.summary.clone().unwrap_or_default();
    let luck = skill + random.random_range(0.0..2.0);
    let (text, faults) = match luck {
        l if l < 0.3 => {
            return PredictionView {
                faults: vec![fault("missing", "no abstract")],
                ..PredictionView::default()
            };
        }
        l if l < 1.0 => (
            gold.text.lines().next().unwrap_or_default().to_owned(),
            vec![fault("not_english", "fr")],
        ),
        l if l < 1.8 => (
            reference.replace("20", "30"),
            vec![fault("number", "30"), fault("date", "3024")],
        ),
        l if l < 2.2 => (
            reference.chars().take(60).collect(),
            vec![fault("incomplete", "no full stop")],
        ),
        _ => (reference, Vec::new()),
    };
    let passed = faults.is_empty();
    let reason = (!passed).then(|| format!("{} is not in the article", faults[0].what));
    PredictionView {
        topics: Vec::new(),
        summary: Some(AbstractView {
            text,
            status: if passed { "verified" } else { "needs_review" }.to_owned(),
            checks: vec![
                ("numbers".to_owned(), passed, reason),
                ("length".to_owned(), true, None),
            ],
        }),
        faults,
    }
}
