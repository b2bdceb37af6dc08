//! The majority: what a program that never reads an article would say.

use crate::read::gold::Gold;
use crate::read::prediction::Prediction;

/// Gives each topic its share among the articles to learn from.
pub(super) fn predict(train: &[Gold], articles: &[Gold], topics: &[String]) -> Vec<Prediction> {
    let share = |topic: &String| {
        let count = train.iter().filter(|row| row.has_topic(topic)).count();
        count as f64 / train.len() as f64
    };
    let shares: Vec<f64> = topics.iter().map(share).collect();
    articles
        .iter()
        .map(|article| super::prediction(&article.id, topics, shares.clone()))
        .collect()
}
