//! A report to look at: invented articles, invented systems, figures that look like real ones.
//!
//! Owns [`report`]. The articles are in `articles.jsonl` and were written for it. What the systems say is drawn with a
//! fixed seed, so the report is the same on every run; precision, recall, F1 and curves follow from it, intervals are
//! only as wide as they might be.

mod abstracts;
mod topics;

use std::path::Path;

use depeche_eval::report::*;
use depeche_eval::{Alignment, Direction, Gold};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Name, title, model, how well it separates topics, articles a minute (0: not measured).
type System = (&'static str, &'static str, Option<&'static str>, f64, f64);

/// Two scored tasks, one skipped, one system that did not run, a gate that failed.
pub fn report() -> Report {
    let gold = Gold::parse(
        include_str!("articles.jsonl").as_bytes(),
        Path::new("articles.jsonl"),
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
            topics::task(&gold, &mut random),
            abstracts::task(&gold, &mut random),
            skipped(),
        ],
        gate: Some(gate()),
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

fn fault(kind: &str, what: &str) -> Fault {
    Fault {
        kind: kind.to_owned(),
        what: what.to_owned(),
    }
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
