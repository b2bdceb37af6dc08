//! Simulated runs of a system: seeded decisions, the figures made of them, and all that the gate needs to know.

use std::sync::Arc;

use depeche_eval::gate::{self, Baseline, Present};
use depeche_eval::report::{GateReport, Resampling};
use depeche_eval::{Direction, Figure, Signature};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const ARTICLES: usize = 100;
pub const TOPICS: usize = 6;

/// For each article and topic what gold says and what the system said.
pub type Decisions = Vec<[(bool, bool); TOPICS]>;

/// A system that is right in nine decisions of ten; three in ten are positive by gold.
pub fn decisions(seed: u64) -> Decisions {
    let mut gold = ChaCha8Rng::seed_from_u64(0);
    let mut system = ChaCha8Rng::seed_from_u64(seed);
    let mut decision = || {
        let truth = gold.random_bool(0.3);
        (truth, truth == system.random_bool(0.9))
    };
    (0..ARTICLES)
        .map(|_| std::array::from_fn(|_| decision()))
        .collect()
}

/// Turns all decisions on these articles around.
pub fn turned(mut decisions: Decisions, articles: impl IntoIterator<Item = usize>) -> Decisions {
    for article in articles {
        for (_, said) in &mut decisions[article] {
            *said = !*said;
        }
    }
    decisions
}

/// Mean over topics of F1 = 2·TP ÷ (2·TP + FP + FN); rows hold (TP, FP, FN) of each topic.
pub fn macro_f1(decisions: &Decisions) -> Figure {
    let row = |article: &[(bool, bool); TOPICS]| {
        let counts = article.iter().flat_map(|(truth, said)| {
            [*truth && *said, !truth && *said, *truth && !said].map(|yes| f64::from(u8::from(yes)))
        });
        counts.collect()
    };
    Figure {
        name: "macro-f1".to_owned(),
        direction: Direction::Higher,
        parameters: String::new(),
        rows: decisions.iter().map(row).collect(),
        formula: Arc::new(|rows| {
            let f1 = |topic: usize| {
                let sum = |column: usize| rows.iter().map(|row| row[3 * topic + column]).sum();
                let [tp, fp, fn_]: [f64; 3] = [sum(0), sum(1), sum(2)];
                let whole = 2.0 * tp + fp + fn_;
                (whole > 0.0).then(|| 2.0 * tp / whole)
            };
            let f1s: Option<Vec<f64>> = (0..TOPICS).map(f1).collect();
            f1s.map(|f1s| f1s.iter().sum::<f64>() / TOPICS as f64)
        }),
    }
}

/// Mean number of wrong decisions an article: less is better.
pub fn errors(decisions: &Decisions) -> Figure {
    let wrong = decisions.iter().map(|article| {
        let wrong = article.iter().filter(|(truth, said)| truth != said).count();
        Some(wrong as f64)
    });
    Figure::mean("errors", Direction::Lower, wrong)
}

/// A system's figures with all that the gate needs to know of them.
pub struct Run {
    pub system: String,
    pub ids: Vec<String>,
    pub figures: Vec<(Figure, Signature)>,
    pub margin: f64,
}

impl Run {
    pub fn new(system: &str, figures: impl IntoIterator<Item = Figure>) -> Run {
        let signed = |figure: Figure| {
            let signature = Signature {
                metric: figure.name.clone(),
                parameters: figure.parameters.clone(),
                task: "topics".to_owned(),
                task_version: 1,
                data: "sha256:0a1b2c3d4e5f".to_owned(),
                n: figure.rows.len(),
                system: system.to_owned(),
                model: None,
                resampling: None,
                version: Signature::VERSION.to_owned(),
            };
            (figure, signature)
        };
        let figures: Vec<(Figure, Signature)> = figures.into_iter().map(signed).collect();
        let articles = figures[0].0.rows.len();
        Run {
            system: system.to_owned(),
            ids: (0..articles).map(|at| format!("article-{at:03}")).collect(),
            figures,
            margin: 0.02,
        }
    }

    pub fn of(decisions: &Decisions) -> Run {
        Run::new("depeche", [macro_f1(decisions), errors(decisions)])
    }

    pub fn present(&self) -> Vec<Present<'_>> {
        let present = self.figures.iter().map(|(figure, signature)| Present {
            task: "topics",
            system: &self.system,
            figure,
            signature,
            ids: &self.ids,
            margin: self.margin,
        });
        present.collect()
    }

    pub fn accepted(&self) -> Baseline {
        Baseline::accept(None, &self.present(), "2026-01-01")
    }
}

pub fn against(baseline: &Baseline, run: &Run) -> GateReport {
    let resampling = Resampling {
        randomization: 1000,
        ..Resampling::default()
    };
    gate::test(baseline, &run.present(), &resampling)
}
