//! Words: naive Bayes on word counts, one classifier a topic.

use std::collections::HashMap;

use crate::read::gold::Gold;
use crate::read::prediction::Prediction;

/// One topic against the rest.
struct Classifier {
    /// Log odds of the topic before a word is read.
    prior: f64,
    /// Log of how much likelier each word is in articles with the topic.
    weights: HashMap<String, f64>,
}

/// Multinomial naive Bayes with add-one smoothing (Manning, Raghavan and Schütze, Introduction to Information
/// Retrieval, 2008, chapter 13); words that were never seen say nothing.
pub(super) fn predict(train: &[Gold], articles: &[Gold], topics: &[String]) -> Vec<Prediction> {
    let counts: Vec<HashMap<String, f64>> = train.iter().map(count).collect();
    let classifiers: Vec<Classifier> = topics
        .iter()
        .map(|topic| Classifier::learn(train, &counts, topic))
        .collect();
    let predict = |article: &Gold| {
        let counts = count(article);
        let probabilities = classifiers
            .iter()
            .map(|classifier| classifier.probability(&counts));
        super::prediction(&article.id, topics, probabilities.collect())
    };
    articles.iter().map(predict).collect()
}

fn count(article: &Gold) -> HashMap<String, f64> {
    let mut counts = HashMap::new();
    for word in super::words(article) {
        *counts.entry(word).or_default() += 1.0;
    }
    counts
}

impl Classifier {
    fn learn(train: &[Gold], counts: &[HashMap<String, f64>], topic: &str) -> Classifier {
        // [without the topic, with the topic]
        let mut by_word: HashMap<&str, [f64; 2]> = HashMap::new();
        let (mut words, mut articles) = ([0.0_f64; 2], [0.0_f64; 2]);
        for (article, counts) in train.iter().zip(counts) {
            let side = usize::from(article.has_topic(topic));
            articles[side] += 1.0;
            for (word, count) in counts {
                by_word.entry(word).or_default()[side] += count;
                words[side] += count;
            }
        }
        let vocabulary = by_word.len() as f64;
        let rate =
            |counts: [f64; 2], side: usize| (counts[side] + 1.0) / (words[side] + vocabulary);
        let weights = by_word.iter().map(|(word, counts)| {
            (
                (*word).to_owned(),
                (rate(*counts, 1) / rate(*counts, 0)).ln(),
            )
        });
        Classifier {
            prior: ((articles[1] + 1.0) / (articles[0] + 1.0)).ln(),
            weights: weights.collect(),
        }
    }

    fn probability(&self, counts: &HashMap<String, f64>) -> f64 {
        // Summed in the order of the words: a sum of floats depends on its order, and a map has none.
        let mut parts: Vec<(&String, f64)> = counts
            .iter()
            .filter_map(|(word, count)| Some((word, count * self.weights.get(word)?)))
            .collect();
        parts.sort_by(|a, b| a.0.cmp(b.0));
        let log_odds = self.prior + parts.iter().map(|(_, part)| part).sum::<f64>();
        1.0 / (1.0 + (-log_odds).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_which_word_goes_with_which_topic() {
        let article = |text: &str, topics: &[&str]| Gold {
            id: text.to_owned(),
            text: text.to_owned(),
            topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
            ..Gold::default()
        };
        let train = [
            article("le match de football", &["sport"]),
            article("le but du match", &["sport"]),
            article("le budget du ministère", &[]),
            article("le vote du budget", &[]),
        ];
        let articles = [article("un match", &[]), article("un budget", &[])];
        let predictions = predict(&train, &articles, &["sport".to_owned()]);
        assert!(predictions[0].assigns("sport"));
        assert!(!predictions[1].assigns("sport"));
        assert_eq!(
            predictions,
            predict(&train, &articles, &["sport".to_owned()])
        );
    }
}
