//! The numbers that shape training. Owns their defaults and where they come from.

use serde::{Deserialize, Serialize};

/// How a head is trained. The defaults were chosen by cross-validation on the project's own training and
/// development articles (the first 198, twelve topics, multilingual-e5-small), never on its test articles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Draws folds and few-shot examples.
    pub seed: u64,
    /// Folds of [`cross_validate`](super::cross_validate).
    pub folds: usize,
    /// Folds inside training: out-of-fold scores teach the stack and the thresholds.
    pub inner_folds: usize,
    /// Length that instance and mean vectors are given: the same as a weaker penalty on all their weights.
    pub vector_scale: f64,
    /// What prototype margins are multiplied by.
    pub margin_scale: f64,
    /// L2 penalty on the sentence weights.
    pub sentence_penalty: f64,
    /// L2 penalty on the weights of the article's mean.
    pub mean_penalty: f64,
    /// L2 penalty on how far a topic's margin weight is from the mean of all topics'.
    pub margin_penalty: f64,
    /// Steps of the descent at most; fewer steps act like a stronger penalty.
    pub steps: u64,
    /// Instance bias at the start: few sentences speak of a given topic.
    pub start_bias: f64,
    /// What the logits of an article lose for each e-fold of sentences above `length_reference`: in long articles more
    /// sentences look like a topic by chance.
    pub length_penalty: f64,
    /// Articles up to so many sentences lose nothing.
    pub length_reference: f64,
    /// What a background article counts as an example without a topic.
    pub background_weight: f64,
    /// How many of its first sentences are looked at.
    pub background_sentences: usize,
    /// L2 penalty on how far a topic's stack is from the one shared by all topics.
    pub stack_penalty: f64,
    /// Share of the articles that are to have an unsure topic.
    pub unsure_share: f64,
    /// How topics with few examples are learnt.
    pub few: FewSettings,
    /// How a head for exactly one topic an article is trained.
    pub one: OneSettings,
}

/// How a topic with few examples is learnt, and how training rehearses that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FewSettings {
    /// Positives of each topic in a rehearsal.
    pub positives: usize,
    /// Negatives for each positive, rising; each ratio is rehearsed. A new topic is taken as one with the highest ratio
    /// that its examples reach: probabilities learnt from other proportions would be off.
    pub negatives: Vec<f64>,
    /// Rehearsals of each ratio, each with other articles.
    pub rehearsals: usize,
    /// L2 penalty on the sentence weights.
    pub sentence_penalty: f64,
    /// L2 penalty on the weights of the article's mean.
    pub mean_penalty: f64,
    /// Weight of the prototypes of other topics as negatives: a sentence on another topic may have this one too.
    pub other_prototypes: f64,
}

/// How a head for exactly one topic an article is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OneSettings {
    /// L2 penalty on the weights.
    pub penalty: f64,
    /// Length of the first sentence's vector beside the article's mean, which has length 1.
    pub title_scale: f64,
    /// Steps of the descent at most.
    pub steps: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            folds: 10,
            inner_folds: 5,
            vector_scale: 5.0,
            margin_scale: 3.0,
            sentence_penalty: 0.3,
            mean_penalty: 2.0,
            margin_penalty: 3.0,
            steps: 80,
            start_bias: -2.0,
            length_penalty: 1.0,
            length_reference: 15.0,
            background_weight: 1.0,
            background_sentences: 15,
            stack_penalty: 3.0,
            unsure_share: 0.08,
            few: FewSettings::default(),
            one: OneSettings::default(),
        }
    }
}

impl Default for FewSettings {
    fn default() -> Self {
        Self {
            positives: 8,
            negatives: vec![1.0, 3.0],
            rehearsals: 2,
            sentence_penalty: 1.0,
            mean_penalty: 2.0,
            other_prototypes: 0.3,
        }
    }
}

impl Default for OneSettings {
    fn default() -> Self {
        Self {
            penalty: 1.0,
            title_scale: 0.6,
            steps: 300,
        }
    }
}
