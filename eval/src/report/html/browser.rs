//! The data of the page's error browser: articles, predictions and faults, as the script reads them.
//!
//! Owns [`json`]. Each text is there once, however many tasks score it; evidence counts UTF-16 units.

use std::collections::HashMap;

use serde::Serialize;

use super::span::utf16;
use crate::report::{
    AbstractView, ArticleView, Fault, PredictionView, Report, SystemReport, TaskKind, TaskReport,
};

#[derive(Serialize)]
struct Data<'a> {
    texts: Vec<&'a str>,
    tasks: Vec<Task<'a>>,
}

#[derive(Serialize)]
struct Task<'a> {
    name: &'a str,
    title: &'a str,
    kind: TaskKind,
    topics: Vec<&'a str>,
    articles: Vec<Article<'a>>,
    systems: Vec<System<'a>>,
}

#[derive(Serialize)]
struct Article<'a> {
    id: &'a str,
    title: Option<&'a str>,
    date: Option<&'a str>,
    /// Index into the texts.
    text: usize,
    topics: &'a [String],
    hard_negatives: &'a [(String, String)],
    #[serde(rename = "abstract")]
    summary: Option<&'a str>,
}

#[derive(Serialize)]
struct System<'a> {
    name: &'a str,
    title: &'a str,
    predictions: Vec<Prediction<'a>>,
}

#[derive(Serialize)]
struct Prediction<'a> {
    topics: Vec<Topic<'a>>,
    #[serde(rename = "abstract")]
    summary: Option<&'a AbstractView>,
    faults: &'a [Fault],
    /// Evidence that lies outside the text.
    lost_evidence: usize,
}

#[derive(Serialize)]
struct Topic<'a> {
    id: &'a str,
    probability: Option<f64>,
    decision: &'a str,
    evidence: Vec<(usize, usize)>,
}

/// The data as JSON that may stand in a `<script>` element: it holds no `<`, so nothing in it can end the element.
pub(super) fn json(report: &Report) -> Result<String, serde_json::Error> {
    let mut texts = Texts::default();
    let scored = report.tasks.iter().filter(|task| !task.articles.is_empty());
    let tasks = scored.map(|task| view(task, &mut texts)).collect();
    let data = Data {
        texts: texts.list,
        tasks,
    };
    // `<` can stand in strings only, where the escape means the same.
    Ok(serde_json::to_string(&data)?.replace('<', "\\u003c"))
}

/// Each text once.
#[derive(Default)]
struct Texts<'a> {
    list: Vec<&'a str>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Texts<'a> {
    fn place(&mut self, text: &'a str) -> usize {
        let next = self.list.len();
        let place = *self.places.entry(text).or_insert(next);
        if place == next {
            self.list.push(text);
        }
        place
    }
}

fn view<'a>(task: &'a TaskReport, texts: &mut Texts<'a>) -> Task<'a> {
    Task {
        name: &task.name,
        title: &task.title,
        kind: task.kind,
        topics: task.topics.iter().map(|topic| topic.id.as_str()).collect(),
        articles: task
            .articles
            .iter()
            .map(|article| Article {
                id: &article.id,
                title: article.title.as_deref(),
                date: article.date.as_deref(),
                text: texts.place(&article.text),
                topics: &article.topics,
                hard_negatives: &article.hard_negatives,
                summary: article.summary.as_deref(),
            })
            .collect(),
        systems: task
            .systems
            .iter()
            .map(|system| predictions(system, &task.articles))
            .collect(),
    }
}

fn predictions<'a>(system: &'a SystemReport, articles: &[ArticleView]) -> System<'a> {
    let predictions = system.predictions.iter().zip(articles);
    System {
        name: &system.name,
        title: &system.title,
        predictions: predictions
            .map(|(prediction, article)| self::prediction(prediction, &article.text))
            .collect(),
    }
}

fn prediction<'a>(prediction: &'a PredictionView, text: &str) -> Prediction<'a> {
    let topics: Vec<Topic> = prediction
        .topics
        .iter()
        .map(|topic| Topic {
            id: &topic.id,
            probability: topic.probability,
            decision: &topic.decision,
            evidence: topic
                .evidence
                .iter()
                .filter_map(|span| utf16(text, *span))
                .collect(),
        })
        .collect();
    let given: usize = prediction.topics.iter().map(|t| t.evidence.len()).sum();
    let shown: usize = topics.iter().map(|topic| topic.evidence.len()).sum();
    Prediction {
        topics,
        summary: prediction.summary.as_ref(),
        faults: &prediction.faults,
        lost_evidence: given - shown,
    }
}
