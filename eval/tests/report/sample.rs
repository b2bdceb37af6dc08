//! A report to look at: invented articles, invented systems, figures that look like real ones.
//!
//! Owns [`report`]. The articles are in `sample.jsonl` and were written for it. What the systems say is drawn with a
//! fixed seed, so the report is the same on every run; precision, recall, F1 and curves follow from it, intervals are
//! only as wide as they might be.

use std::path::Path;

use depeche_eval::report::*;
use depeche_eval::{Alignment, Direction, Gold};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const TOPICS: [&str; 12] = [
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

/// Name, title, model, how well it separates topics, articles a minute (0: not measured).
type System = (&'static str, &'static str, Option<&'static str>, f64, f64);

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

/// Two scored tasks, one skipped, one system that did not run, a gate that failed.
pub fn report() -> Report {
    let gold = Gold::parse(
        include_str!("sample.jsonl").as_bytes(),
        Path::new("sample.jsonl"),
    )
    .expect("the sample is well formed");
    let mut random = ChaCha8Rng::seed_from_u64(20260314);
    Report {
        schema: SCHEMA_VERSION,
        program: "depeche-eval 0.1.0".to_owned(),
        date: "2026-11-23".to_owned(),
        machine: Machine {
            processor: Some("Example CPU @ 2.70GHz".to_owned()),
            threads: 4,
            memory_bytes: Some(16 << 30),
        },
        resampling: Resampling {
            bootstrap: 10_000,
            randomization: 10_000,
            seed: 1,
        },
        tasks: vec![
            topics(&gold, &mut random),
            abstracts(&gold, &mut random),
            skipped(),
        ],
        gate: Some(gate()),
    }
}

fn topics(gold: &[Gold], random: &mut ChaCha8Rng) -> TaskReport {
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

fn article(gold: &Gold) -> ArticleView {
    let hard = gold.hard_negatives.iter();
    ArticleView {
        id: gold.id.clone(),
        title: gold.title.clone(),
        date: gold.date.clone(),
        text: gold.text.clone(),
        topics: gold.topics.clone(),
        hard_negatives: hard
            .map(|one| (one.topic.clone(), one.kind.clone()))
            .collect(),
        summary: gold.summary.clone(),
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

fn system((name, title, model, _, rate): System) -> SystemReport {
    SystemReport {
        name: name.to_owned(),
        title: title.to_owned(),
        model: model.map(str::to_owned),
        figures: Vec::new(),
        topics: Vec::new(),
        reliability: Vec::new(),
        alignment: Alignment::default(),
        speed: (rate > 0.0).then(|| Speed {
            articles_per_minute: Some(rate),
            new_tokens_per_second: (rate < 100.0).then_some(rate * 2.1),
            prompt_tokens_per_second: (rate < 100.0).then_some(rate * 30.0),
            load_seconds: Some(2.4),
            peak_memory_bytes: Some(700 << 20),
        }),
        predictions: Vec::new(),
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

fn fault(kind: &str, what: &str) -> Fault {
    Fault {
        kind: kind.to_owned(),
        what: what.to_owned(),
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

fn around(value: Option<f64>, width: f64) -> Estimate {
    Estimate {
        value,
        low: value.map(|value| f64::max(value - width, 0.0)),
        high: value.map(|value| f64::min(value + width * 0.8, 1.0)),
    }
}

fn scored(
    task: &str,
    model: Option<&str>,
    name: &str,
    direction: Direction,
    value: f64,
    width: f64,
) -> FigureReport {
    let model = model.map_or(String::new(), |model| format!("|model:{model}"));
    FigureReport {
        name: name.to_owned(),
        direction,
        estimate: around(Some(value), width),
        signature: format!("{name}|task:{task}|task-version:2|n:30{model}|version:0.1.0"),
    }
}

fn abstracts(gold: &[Gold], random: &mut ChaCha8Rng) -> TaskReport {
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

fn compared(systems: &[SystemReport], figures: &[&str], decisions: bool) -> Vec<Comparison> {
    let mut all = Vec::new();
    for figure in figures {
        let value = |system: &SystemReport| {
            let found = system.figures.iter().find(|found| found.name == *figure);
            found.and_then(|found| found.estimate.value)
        };
        for (at, a) in systems.iter().enumerate() {
            for b in &systems[at + 1..] {
                let difference = value(a).zip(value(b)).map(|(a, b)| a - b);
                let p = difference.map(|d| f64::exp(-28.0 * f64::abs(d)));
                all.push(Comparison {
                    figure: (*figure).to_owned(),
                    a: a.name.clone(),
                    b: b.name.clone(),
                    difference: Estimate {
                        value: difference,
                        low: difference.map(|d| d - 0.08),
                        high: difference.map(|d| d + 0.08),
                    },
                    bootstrap_p: p,
                    randomization_p: p.map(|p| f64::min(p * 1.1, 1.0)),
                    holm_p: p.map(|p| f64::min(p * 3.0, 1.0)),
                    mcnemar: decisions.then_some(McNemarReport {
                        only_a: 31,
                        only_b: 12,
                        p: 0.0054,
                    }),
                });
            }
        }
    }
    all
}

fn skipped() -> TaskReport {
    TaskReport {
        name: "mlsum".to_owned(),
        version: 1,
        title: "Sections of French newspapers".to_owned(),
        kind: TaskKind::Labels,
        data: String::new(),
        skipped: Some(
            "its data is not here: put mlsum.jsonl into eval/data and run again".to_owned(),
        ),
        primary: vec!["accuracy".to_owned()],
        topics: Vec::new(),
        systems: Vec::new(),
        not_run: Vec::new(),
        comparisons: Vec::new(),
        articles: Vec::new(),
    }
}

fn gate() -> GateReport {
    let test = |figure: &str, accepted: f64, present: f64, p: f64, fell: bool| GateTest {
        task: "topics".to_owned(),
        system: "head-base".to_owned(),
        figure: figure.to_owned(),
        accepted,
        present,
        drop: accepted - present,
        margin: 0.01,
        p,
        holm_p: f64::min(p * 2.0, 1.0),
        fell,
    };
    GateReport {
        passed: false,
        tests: vec![
            test("core-macro-f1", 0.871, 0.812, 0.004, true),
            test("micro-f1", 0.84, 0.846, 0.71, false),
        ],
        not_comparable: vec![
            "abstracts writer-2b fact-recall: the task's version was 0 and is 1".to_owned(),
        ],
    }
}
