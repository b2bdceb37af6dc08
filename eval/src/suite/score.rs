//! One system's predictions for one task → its figures with intervals; systems against each other.

use super::predict::Made;
use super::system::System;
use super::task::Task;
use super::views;
use crate::align::{Pair, align};
use crate::figure::{Direction, Figure};
use crate::read::gold::Gold;
use crate::read::run_report::RunReport;
use crate::report::{
    Comparison, Estimate, FigureReport, Resampling, SystemReport, TaskKind, TopicReport,
};
use crate::signature::Signature;
use crate::{stats, support, text, topics};

/// Bins of a reliability diagram, and of the expected calibration error.
const RELIABILITY_BINS: usize = 10;

/// One system's results on one task.
pub struct Scored {
    /// For the report.
    pub report: SystemReport,
    /// The figures that decide, in the task's order, each with its signature and the drop that the gate lets pass.
    pub primary: Vec<(Figure, Signature, f64)>,
    /// For each decision (articles × topics), whether it was right; empty for abstracts.
    pub correct: Vec<bool>,
}

impl Scored {
    /// Larger is better: the first deciding figure, turned round where less is better.
    pub(super) fn rank(&self) -> f64 {
        let first = self.primary.first();
        let value = first.and_then(|(figure, ..)| Some((figure.value()?, figure.direction)));
        match value {
            None => f64::NEG_INFINITY,
            Some((value, Direction::Lower)) => -value,
            Some((value, _)) => value,
        }
    }
}

/// Scores a system's predictions.
pub fn score(
    task: &Task,
    articles: &[Gold],
    system: &System,
    made: &Made,
    resampling: &Resampling,
) -> Scored {
    let (pairs, alignment) = align(articles, &made.predictions, &task.topics);
    let figures = figures(task, &pairs);
    let model = model(task, &pairs);
    let signature = |figure: &Figure| Signature {
        metric: figure.name.clone(),
        parameters: figure.parameters.clone(),
        task: task.name.clone(),
        task_version: task.version,
        data: super::data_hash(articles),
        n: pairs.len(),
        system: format!("{}@{}", system.name, made.key),
        model: model.clone(),
        resampling: Some(*resampling),
        version: Signature::VERSION.to_owned(),
    };
    let named = |name: &str| figures.iter().find(|figure| figure.name == name);
    let primary = task.primary.iter().filter_map(|primary| {
        let figure = named(&primary.figure)?;
        Some((figure.clone(), signature(figure), primary.margin))
    });
    let reports = figures.iter().map(|figure| FigureReport {
        name: figure.name.clone(),
        direction: figure.direction,
        estimate: stats::estimate(figure, resampling),
        signature: signature(figure).to_string(),
    });
    let report = SystemReport {
        name: system.name.clone(),
        title: system.title.clone(),
        model: model.clone(),
        figures: reports.collect(),
        topics: task
            .topics
            .iter()
            .map(|topic| of_topic(&pairs, topic, resampling))
            .collect(),
        reliability: topics::reliability(&pairs, &task.topics, RELIABILITY_BINS),
        alignment,
        speed: made.run.as_ref().map(RunReport::speed),
        predictions: pairs
            .iter()
            .map(|pair| views::prediction(task, pair))
            .collect(),
    };
    Scored {
        primary: primary.collect(),
        report,
        correct: topics::correct(&pairs, &task.topics).concat(),
    }
}

fn figures(task: &Task, pairs: &[Pair]) -> Vec<Figure> {
    match task.kind {
        TaskKind::Topics => topics::figures(pairs, &task.topics, &task.core),
        TaskKind::Labels => topics::label_figures(pairs, &task.topics),
        TaskKind::Abstracts => {
            let mut figures = support::figures(pairs);
            figures.extend(text::figures(pairs));
            figures
        }
    }
}

/// The model that predicted, as its predictions name it; for topics the encoder and, where there is one, the head.
fn model(task: &Task, pairs: &[Pair]) -> Option<String> {
    let mut told = pairs
        .iter()
        .filter_map(|pair| pair.prediction?.provenance.as_ref());
    told.find_map(|provenance| match task.kind {
        TaskKind::Abstracts => provenance.generator.clone(),
        TaskKind::Topics | TaskKind::Labels => {
            let parts = [&provenance.encoder, &provenance.head];
            let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            (!parts.is_empty()).then(|| parts.join("+"))
        }
    })
}

fn of_topic(pairs: &[Pair], topic: &str, resampling: &Resampling) -> TopicReport {
    let figures = topics::of_topic(pairs, topic);
    let estimate = |name: &str| -> Estimate {
        let figure = figures.figures.iter().find(|figure| figure.name == name);
        figure
            .map(|figure| stats::estimate(figure, resampling))
            .unwrap_or_default()
    };
    TopicReport {
        id: topic.to_owned(),
        assigned: figures.assigned,
        precision: estimate("precision"),
        recall: estimate("recall"),
        f1: estimate("f1"),
        average_precision: estimate("average-precision"),
        roc_auc: estimate("roc-auc"),
        curve: figures.curve.clone(),
    }
}

/// The best system against each of the others, on each deciding figure; Holm's correction is over the others.
pub(super) fn compare(scored: &[Scored], resampling: &Resampling) -> Vec<Comparison> {
    let Some((best, others)) = scored.split_first() else {
        return Vec::new();
    };
    let mut comparisons = Vec::new();
    for (at, (figure, ..)) in best.primary.iter().enumerate() {
        let mut of_figure: Vec<Comparison> = others
            .iter()
            .filter_map(|other| Some((other, &other.primary.get(at)?.0)))
            .map(|(other, theirs)| pair(best, other, figure, theirs, resampling))
            .collect();
        let p: Vec<f64> = of_figure
            .iter()
            .filter_map(|found| found.randomization_p)
            .collect();
        let mut corrected = stats::holm(&p).into_iter();
        for comparison in of_figure
            .iter_mut()
            .filter(|found| found.randomization_p.is_some())
        {
            comparison.holm_p = corrected.next();
        }
        comparisons.extend(of_figure);
    }
    comparisons
}

fn pair(
    best: &Scored,
    other: &Scored,
    figure: &Figure,
    theirs: &Figure,
    resampling: &Resampling,
) -> Comparison {
    let difference = stats::compare(figure, theirs, resampling);
    let decisions = !best.correct.is_empty() && best.correct.len() == other.correct.len();
    Comparison {
        figure: figure.name.clone(),
        a: best.report.name.clone(),
        b: other.report.name.clone(),
        difference: difference.difference,
        bootstrap_p: difference.bootstrap_p,
        randomization_p: difference.randomization_p,
        holm_p: None,
        mcnemar: decisions.then(|| stats::mcnemar(&best.correct, &other.correct)),
    }
}
