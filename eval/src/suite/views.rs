//! Articles and predictions as the report shows them, with what is wrong with each prediction.

use super::task::Task;
use crate::align::Pair;
use crate::read::gold::Gold;
use crate::read::prediction::{AbstractStatus, Decision, PredictedAbstract, PredictedTopic};
use crate::report::{
    AbstractView, ArticleView, Fault, PredictionView, TaskKind, TopicInfo, TopicView,
};
use crate::{support, text};

/// The scored topics with how often gold has them.
pub(super) fn topics(task: &Task, articles: &[Gold]) -> Vec<TopicInfo> {
    let info = |topic: &String| TopicInfo {
        id: topic.clone(),
        core: task.core.contains(topic),
        support: articles
            .iter()
            .filter(|article| article.has_topic(topic))
            .count(),
    };
    task.topics.iter().map(info).collect()
}

/// An article with its gold labels.
pub(super) fn article(gold: &Gold) -> ArticleView {
    let tempting = gold.hard_negatives.iter();
    ArticleView {
        id: gold.id.clone(),
        title: gold.title.clone(),
        date: gold.date.clone(),
        text: gold.text.clone(),
        topics: gold.topics.clone(),
        hard_negatives: tempting
            .map(|tempting| (tempting.topic.clone(), tempting.kind.clone()))
            .collect(),
        summary: gold.summary.clone(),
    }
}

/// What was predicted for an article, and what is wrong with it.
pub(super) fn prediction(task: &Task, pair: &Pair) -> PredictionView {
    let topics = pair
        .prediction
        .map(|prediction| prediction.topics.as_slice());
    let summary = pair
        .prediction
        .and_then(|prediction| prediction.summary.as_ref());
    match task.kind {
        TaskKind::Abstracts => PredictionView {
            topics: Vec::new(),
            summary: summary.map(abstract_view),
            faults: abstract_faults(pair.gold, summary),
        },
        TaskKind::Topics | TaskKind::Labels => PredictionView {
            topics: topics.unwrap_or_default().iter().map(topic_view).collect(),
            summary: None,
            faults: topic_faults(task, pair),
        },
    }
}

fn topic_view(topic: &PredictedTopic) -> TopicView {
    TopicView {
        id: topic.id.clone(),
        probability: topic.probability,
        decision: match topic.decision {
            Decision::Assigned => "assigned",
            Decision::Unsure => "unsure",
            Decision::Rejected => "rejected",
        }
        .to_owned(),
        evidence: topic
            .evidence
            .iter()
            .map(|span| (span.start, span.end))
            .collect(),
    }
}

fn topic_faults(task: &Task, pair: &Pair) -> Vec<Fault> {
    let fault = |topic: &String| {
        let predicted = pair
            .prediction
            .is_some_and(|prediction| prediction.assigns(topic));
        let kind = match (pair.gold.has_topic(topic), predicted) {
            (true, false) => "missed",
            (false, true) => "invented",
            _ => return None,
        };
        Some(Fault {
            kind: kind.to_owned(),
            what: topic.clone(),
        })
    };
    task.topics.iter().filter_map(fault).collect()
}

fn abstract_view(summary: &PredictedAbstract) -> AbstractView {
    let checks = summary.checks.iter();
    AbstractView {
        text: summary.text.clone(),
        status: match summary.status {
            AbstractStatus::Verified => "verified",
            AbstractStatus::NeedsReview => "needs_review",
            AbstractStatus::Unchecked => "unchecked",
        }
        .to_owned(),
        checks: checks
            .map(|check| (check.name.clone(), check.passed, check.reason.clone()))
            .collect(),
    }
}

fn abstract_faults(gold: &Gold, summary: Option<&PredictedAbstract>) -> Vec<Fault> {
    let fault = |kind: &str, what: &str| Fault {
        kind: kind.to_owned(),
        what: what.to_owned(),
    };
    let Some(summary) = summary else {
        return vec![fault("missing", "no abstract")];
    };
    let mut faults = support::faults(gold, &summary.text);
    if !text::is_complete(&summary.text) {
        faults.push(fault("incomplete", "not of whole sentences"));
    }
    if !text::is_english(&summary.text) {
        faults.push(fault("not_english", "not in English"));
    }
    faults
}
