//! Gold and predictions brought together: counts for each topic, and the ids that do not fit.
//!
//! Owns [`score`] and its result. The arithmetic is in `f1`; files are read by `gold` and `prediction`.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use crate::f1::Counts;
use crate::gold::Gold;
use crate::prediction::Prediction;

/// One topic's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicScore {
    /// The topic.
    pub id: String,
    /// The decisions on it, one for each gold article.
    pub counts: Counts,
}

/// Which articles and topics do not fit together. Each list is sorted and names each id once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Alignment {
    /// Gold articles without a prediction. They are scored as if no topic had been assigned.
    pub missing: Vec<String>,
    /// Predictions for articles that are not in gold. They are not scored.
    pub unknown: Vec<String>,
    /// Ids that occur more than once, in gold or in the predictions. The first one is scored.
    pub duplicate: Vec<String>,
    /// Gold articles whose prediction lists none of the topics: they were not tagged. Scored like `missing`.
    pub untagged: Vec<String>,
    /// Topics that are scored and that some prediction of a tagged article does not list. Scored as not assigned there.
    pub unlisted_topics: Vec<String>,
    /// Topics that gold has and that are not scored.
    pub unscored_topics: Vec<String>,
}

impl Alignment {
    /// Whether every gold article has one complete prediction and every prediction belongs to one gold article.
    ///
    /// Topics that are left out of the scoring on purpose do not matter here.
    pub fn is_complete(&self) -> bool {
        [
            &self.missing,
            &self.unknown,
            &self.duplicate,
            &self.untagged,
            &self.unlisted_topics,
        ]
        .iter()
        .all(|ids| ids.is_empty())
    }
}

/// The result of [`score`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicScores {
    /// How many gold articles were scored.
    pub n: usize,
    /// One entry for each scored topic, in the order that was asked for.
    pub topics: Vec<TopicScore>,
    /// What did not fit.
    pub alignment: Alignment,
}

impl TopicScores {
    /// All decisions pooled: every article counts for each of its topics.
    pub fn micro(&self) -> Counts {
        self.topics.iter().map(|topic| topic.counts).sum()
    }

    /// The mean of the topics' F1: every topic counts the same, however rare.
    ///
    /// A topic whose F1 is undefined (no article has it, none was given it) is left out of the mean and named by
    /// [`undefined`](TopicScores::undefined). `None` if that is every topic.
    pub fn macro_f1(&self) -> Option<f64> {
        let defined: Vec<f64> = self
            .topics
            .iter()
            .filter_map(|topic| topic.counts.f1())
            .collect();
        // At most a few dozen topics: exact in an f64.
        (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
    }

    /// The scored topics that have no F1.
    pub fn undefined(&self) -> impl Iterator<Item = &str> {
        self.topics
            .iter()
            .filter(|topic| topic.counts.f1().is_none())
            .map(|topic| topic.id.as_str())
    }
}

/// Counts right and wrong decisions on each of `topics` over all gold articles.
///
/// Every gold article counts for every topic. A missing prediction counts as "no topic", so that leaving articles out
/// cannot raise a score; [`Alignment`] names all that did not fit. Only the decision `assigned` counts as yes. A topic
/// that is asked for twice is scored once.
///
/// ```
/// use depeche_eval::{Gold, score};
/// use std::path::Path;
///
/// let gold = Gold::parse(r#"{"id": "a", "topics": ["trade"]}"#.as_bytes(), Path::new("gold.jsonl"))?;
/// let scores = score(&gold, &[], &["trade", "asean"]);
/// assert_eq!(scores.alignment.missing, ["a"]);
/// assert_eq!(scores.macro_f1(), Some(0.0));
/// assert_eq!(Vec::from_iter(scores.undefined()), ["asean"]);
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn score(gold: &[Gold], predictions: &[Prediction], topics: &[&str]) -> TopicScores {
    let mut duplicate = BTreeSet::new();
    let mut by_id: HashMap<&str, &Prediction> = HashMap::new();
    for prediction in predictions {
        if by_id.contains_key(prediction.id.as_str()) {
            duplicate.insert(prediction.id.as_str());
        } else {
            by_id.insert(&prediction.id, prediction);
        }
    }
    let mut articles: Vec<&Gold> = Vec::new();
    let mut gold_ids = BTreeSet::new();
    for article in gold {
        if gold_ids.insert(article.id.as_str()) {
            articles.push(article);
        } else {
            duplicate.insert(article.id.as_str());
        }
    }

    let topics = without_repeats(topics);
    let alignment = Alignment {
        duplicate: owned(duplicate),
        unknown: owned(
            by_id
                .keys()
                .copied()
                .filter(|id| !gold_ids.contains(id))
                .collect(),
        ),
        ..align(&articles, &by_id, &topics)
    };
    let topics = topics.into_iter().map(|topic| TopicScore {
        id: topic.to_owned(),
        counts: count(&articles, &by_id, topic),
    });
    TopicScores {
        n: articles.len(),
        topics: topics.collect(),
        alignment,
    }
}

fn count(articles: &[&Gold], by_id: &HashMap<&str, &Prediction>, topic: &str) -> Counts {
    let mut counts = Counts::default();
    for article in articles {
        let predicted = by_id
            .get(article.id.as_str())
            .is_some_and(|prediction| prediction.assigns(topic));
        counts.add(article.has_topic(topic), predicted);
    }
    counts
}

/// Finds what gold and predictions lack of each other, article by article.
fn align(articles: &[&Gold], by_id: &HashMap<&str, &Prediction>, topics: &[&str]) -> Alignment {
    let mut missing = BTreeSet::new();
    let mut untagged = BTreeSet::new();
    let mut unlisted = BTreeSet::new();
    let mut unscored = BTreeSet::new();
    for article in articles {
        unscored.extend(
            article
                .topics
                .iter()
                .map(String::as_str)
                .filter(|topic| !topics.contains(topic)),
        );
        let Some(prediction) = by_id.get(article.id.as_str()) else {
            missing.insert(article.id.as_str());
            continue;
        };
        if prediction.topics.is_empty() {
            untagged.insert(article.id.as_str());
        } else {
            let not_listed = |topic: &&str| prediction.topic(topic).is_none();
            unlisted.extend(topics.iter().copied().filter(not_listed));
        }
    }
    Alignment {
        missing: owned(missing),
        untagged: owned(untagged),
        unlisted_topics: owned(unlisted),
        unscored_topics: owned(unscored),
        ..Alignment::default()
    }
}

fn without_repeats<'a>(topics: &[&'a str]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    topics
        .iter()
        .copied()
        .filter(|topic| seen.insert(*topic))
        .collect()
}

fn owned(ids: BTreeSet<&str>) -> Vec<String> {
    ids.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prediction::{Decision, PredictedTopic};

    fn gold(id: &str, topics: &[&str]) -> Gold {
        Gold {
            id: id.to_owned(),
            topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
            summary: None,
            split: None,
        }
    }

    /// A prediction that lists `x` and `y` and assigns some of them.
    fn prediction(id: &str, assigned: &[&str]) -> Prediction {
        let topic = |topic: &str| PredictedTopic {
            id: topic.to_owned(),
            probability: 0.5,
            decision: if assigned.contains(&topic) {
                Decision::Assigned
            } else {
                Decision::Rejected
            },
        };
        Prediction {
            id: id.to_owned(),
            topics: vec![topic("x"), topic("y")],
            summary: None,
        }
    }

    #[test]
    fn hand_counted_example() {
        // x: a found, b invented, c missed; y: b found, c right to leave out.
        let gold = [gold("a", &["x"]), gold("b", &["y"]), gold("c", &["x"])];
        let predictions = [
            prediction("c", &[]),
            prediction("a", &["x"]),
            prediction("b", &["x", "y"]),
        ];
        let scores = score(&gold, &predictions, &["y", "x"]);
        assert!(scores.alignment.is_complete(), "{:?}", scores.alignment);
        assert_eq!(
            scores
                .topics
                .iter()
                .map(|topic| topic.id.as_str())
                .collect::<Vec<_>>(),
            ["y", "x"]
        );
        assert_eq!(scores.topics[0].counts.f1(), Some(1.0));
        assert_eq!(scores.topics[1].counts.f1(), Some(0.5));
        assert_eq!(scores.macro_f1(), Some(0.75));
        assert_eq!(scores.micro().precision(), Some(2.0 / 3.0));
        assert_eq!(scores.micro().recall(), Some(2.0 / 3.0));
        assert_eq!(scores.micro().total(), 6);
    }

    #[test]
    fn nothing_that_does_not_fit_is_dropped_silently() {
        let mut not_tagged = prediction("c", &[]);
        not_tagged.topics.clear();
        let mut half = prediction("d", &["x"]);
        half.topics.pop();
        let gold = [
            gold("a", &["x"]),
            gold("b", &["z"]),
            gold("c", &["x"]),
            gold("d", &[]),
            gold("b", &["x"]),
        ];
        let predictions = [
            prediction("a", &["x"]),
            prediction("a", &[]),
            not_tagged,
            half,
            prediction("w", &["x"]),
            prediction("v", &[]),
        ];
        let scores = score(&gold, &predictions, &["x", "y"]);
        assert_eq!(
            scores.alignment,
            Alignment {
                missing: vec!["b".to_owned()],
                unknown: vec!["v".to_owned(), "w".to_owned()],
                duplicate: vec!["a".to_owned(), "b".to_owned()],
                untagged: vec!["c".to_owned()],
                unlisted_topics: vec!["y".to_owned()],
                unscored_topics: vec!["z".to_owned()],
            }
        );
        assert!(!scores.alignment.is_complete());
        assert_eq!(scores.n, 4);
        // a found by the first of its two predictions, c missed, d invented; w is not in gold.
        let expected = Counts {
            true_positive: 1,
            false_positive: 1,
            false_negative: 1,
            true_negative: 1,
        };
        assert_eq!(scores.topics[0].counts, expected);
    }

    #[test]
    fn empty_input_has_no_score() {
        let scores = score(&[], &[], &["x"]);
        assert_eq!(
            (scores.n, scores.macro_f1(), scores.micro().f1()),
            (0, None, None)
        );
        let scores = score(&[gold("a", &["x"])], &[prediction("a", &["x"])], &[]);
        assert_eq!(
            (scores.n, scores.macro_f1(), scores.micro().f1()),
            (1, None, None)
        );
        assert_eq!(scores.alignment.unscored_topics, ["x"]);
    }

    #[test]
    fn macro_leaves_out_topics_without_a_score() {
        let scores = score(
            &[gold("a", &["x"])],
            &[prediction("a", &["x"])],
            &["x", "y"],
        );
        assert_eq!(scores.macro_f1(), Some(1.0));
        assert_eq!(scores.undefined().collect::<Vec<_>>(), ["y"]);
    }

    #[test]
    fn a_topic_asked_for_twice_is_scored_once() {
        let scores = score(
            &[gold("a", &["x"])],
            &[prediction("a", &["x"])],
            &["x", "x"],
        );
        assert_eq!(scores.micro().total(), 1);
    }

    #[test]
    fn missing_predictions_never_raise_a_score() {
        let gold = [gold("a", &["x"]), gold("b", &["x", "y"]), gold("c", &[])];
        let all = [
            prediction("a", &["x"]),
            prediction("b", &["x", "y"]),
            prediction("c", &["y"]),
        ];
        let full = score(&gold, &all, &["x", "y"]).micro().recall();
        for left_out in 0..all.len() {
            let mut some = all.to_vec();
            some.remove(left_out);
            let recall = score(&gold, &some, &["x", "y"]).micro().recall();
            assert!(recall <= full, "without {:?}", all[left_out].id);
        }
    }

    #[test]
    fn order_of_predictions_does_not_matter() {
        let gold = [gold("a", &["x"]), gold("b", &["y"]), gold("c", &["x", "y"])];
        let mut predictions = vec![
            prediction("a", &["y"]),
            prediction("b", &["y"]),
            prediction("c", &["x"]),
        ];
        let expected = score(&gold, &predictions, &["x", "y"]);
        predictions.reverse();
        assert_eq!(score(&gold, &predictions, &["x", "y"]), expected);
    }
}
