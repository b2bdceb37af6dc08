//! Holds the judge of abstracts to the gold corpus: what people wrote must pass, and planted errors must not.
//!
//! Thresholds are below the measured figures by little; a change that crosses one is a change of the judge.

use std::collections::BTreeMap;
use std::path::PathBuf;

use depeche_eval::support::{faults, figures};
use depeche_eval::{AbstractStatus, Gold, PredictedAbstract, Prediction, align};

fn corpus(split: &str) -> Vec<Gold> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../corpus/gold");
    Gold::read(&folder.join(split)).expect("the gold corpus is part of the repository")
}

/// The reference abstracts as if a program had written and verified them.
fn as_predictions(gold: &[Gold]) -> Vec<Prediction> {
    let written = gold.iter().filter_map(|article| {
        Some(Prediction {
            id: article.id.clone(),
            topics: Vec::new(),
            summary: Some(PredictedAbstract {
                text: article.summary.clone()?,
                status: AbstractStatus::Verified,
                checks: Vec::new(),
            }),
            provenance: None,
        })
    });
    written.collect()
}

fn values(gold: &[Gold]) -> BTreeMap<String, Option<f64>> {
    let predictions = as_predictions(gold);
    let (pairs, _) = align(gold, &predictions, &[]);
    let figures = figures(&pairs);
    figures
        .iter()
        .map(|figure| (figure.name.clone(), figure.value()))
        .collect()
}

#[test]
fn show() {
    for split in ["train.jsonl", "dev.jsonl"] {
        let gold = corpus(split);
        println!("{split} {:#?}", values(&gold));
        for article in &gold {
            for fault in faults(article, article.summary.as_deref().unwrap_or_default()) {
                println!("{} {} | {} |", article.id, fault.kind, fault.what);
            }
        }
    }
}
