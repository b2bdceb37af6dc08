//! Gold and predictions brought together by id, and the ids that do not fit.
//!
//! Owns [`align`], [`Pair`] and [`Alignment`]. Nothing is dropped silently: what cannot be paired is named.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::read::gold::Gold;
use crate::read::prediction::Prediction;

/// A gold article and what was predicted for it.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The labelled article.
    pub gold: &'a Gold,
    /// What the system said; `None` if it said nothing, which is scored as a miss, never left out.
    pub prediction: Option<&'a Prediction>,
}

/// Which articles and topics do not fit together. Each list is sorted and names each id once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Alignment {
    /// Gold articles without a prediction. They are scored as if no topic had been assigned and nothing written.
    pub missing: Vec<String>,
    /// Predictions for articles that are not in gold. They are not scored.
    pub unknown: Vec<String>,
    /// Ids that occur more than once, in gold or in the predictions. The first one is scored.
    pub duplicate: Vec<String>,
    /// Gold articles whose prediction has nothing of what is scored (no topics; no abstract). Scored like `missing`.
    pub empty: Vec<String>,
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
        let lists = [
            &self.missing,
            &self.unknown,
            &self.duplicate,
            &self.empty,
            &self.unlisted_topics,
        ];
        lists.iter().all(|ids| ids.is_empty())
    }
}

/// Pairs each gold article with its prediction, in the order of gold.
///
/// `topics` are the scored topics; it is empty where abstracts are scored, and then a prediction without an abstract
/// counts as empty.
///
/// ```
/// use depeche_eval::{Gold, align};
/// use std::path::Path;
///
/// let gold = Gold::parse(r#"{"id": "a", "topics": ["trade"]}"#.as_bytes(), Path::new("gold.jsonl"))?;
/// let (pairs, alignment) = align(&gold, &[], &["trade".to_owned()]);
/// assert_eq!(alignment.missing, ["a"]);
/// assert!(pairs[0].prediction.is_none());
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn align<'a>(
    gold: &'a [Gold],
    predictions: &'a [Prediction],
    topics: &[String],
) -> (Vec<Pair<'a>>, Alignment) {
    let mut duplicate = BTreeSet::new();
    let mut by_id: HashMap<&str, &Prediction> = HashMap::new();
    for prediction in predictions {
        if by_id.contains_key(prediction.id.as_str()) {
            duplicate.insert(prediction.id.clone());
        } else {
            by_id.insert(&prediction.id, prediction);
        }
    }
    let mut gold_ids = BTreeSet::new();
    let mut pairs = Vec::new();
    for article in gold {
        if gold_ids.insert(article.id.as_str()) {
            pairs.push(Pair {
                gold: article,
                prediction: by_id.get(article.id.as_str()).copied(),
            });
        } else {
            duplicate.insert(article.id.clone());
        }
    }
    let unknown: BTreeSet<String> = by_id
        .keys()
        .filter(|id| !gold_ids.contains(**id))
        .map(|id| (*id).to_owned())
        .collect();
    let alignment = Alignment {
        unknown: unknown.into_iter().collect(),
        duplicate: duplicate.into_iter().collect(),
        ..gaps(&pairs, topics)
    };
    (pairs, alignment)
}

/// What gold and predictions lack of each other, article by article.
fn gaps(pairs: &[Pair], topics: &[String]) -> Alignment {
    let (mut missing, mut empty) = (BTreeSet::new(), BTreeSet::new());
    let (mut unlisted, mut unscored) = (BTreeSet::new(), BTreeSet::new());
    for Pair { gold, prediction } in pairs {
        if !topics.is_empty() {
            unscored.extend(
                gold.topics
                    .iter()
                    .filter(|topic| !topics.contains(topic))
                    .cloned(),
            );
        }
        let Some(prediction) = prediction else {
            missing.insert(gold.id.clone());
            continue;
        };
        let nothing = match topics.is_empty() {
            true => prediction.summary.is_none(),
            false => prediction.topics.is_empty(),
        };
        if nothing {
            empty.insert(gold.id.clone());
        } else {
            unlisted.extend(
                topics
                    .iter()
                    .filter(|topic| prediction.topic(topic).is_none())
                    .cloned(),
            );
        }
    }
    let list = |ids: BTreeSet<String>| ids.into_iter().collect();
    Alignment {
        missing: list(missing),
        empty: list(empty),
        unlisted_topics: list(unlisted),
        unscored_topics: list(unscored),
        ..Alignment::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn gold(rows: &[(&str, &[&str])]) -> Vec<Gold> {
        let row = |(id, topics): &(&str, &[&str])| Gold {
            id: (*id).to_owned(),
            topics: names(topics),
            ..Gold::default()
        };
        rows.iter().map(row).collect()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// A prediction for `id` with these fields (JSON).
    fn prediction(id: &str, fields: &str) -> Prediction {
        let text = format!("{{\"id\":\"{id}\"{fields}}}");
        let mut read =
            Prediction::parse(text.as_bytes(), Path::new("out.jsonl")).expect("a good row");
        read.remove(0)
    }

    const BOTH: &str = r#","topics":[{"id":"x","probability":0.9},{"id":"y","probability":0.1}]"#;

    #[test]
    fn nothing_that_does_not_fit_is_dropped_silently() {
        let gold = gold(&[
            ("a", &["x"]),
            ("b", &["z"]),
            ("c", &["x"]),
            ("d", &[]),
            ("b", &["x"]),
        ]);
        let predictions = [
            prediction("a", BOTH),
            prediction("a", ""),
            prediction("c", ""),
            prediction("d", r#","topics":["x"]"#),
            prediction("w", BOTH),
            prediction("v", BOTH),
        ];
        let (pairs, alignment) = align(&gold, &predictions, &names(&["x", "y"]));
        let expected = Alignment {
            missing: names(&["b"]),
            unknown: names(&["v", "w"]),
            duplicate: names(&["a", "b"]),
            empty: names(&["c"]),
            unlisted_topics: names(&["y"]),
            unscored_topics: names(&["z"]),
        };
        assert_eq!(alignment, expected);
        assert!(!alignment.is_complete());
        // Each article once, in the order of gold, the first of equal ids on either side.
        let paired: Vec<(&str, Option<usize>)> = pairs
            .iter()
            .map(|pair| {
                (
                    pair.gold.id.as_str(),
                    pair.prediction.map(|p| p.topics.len()),
                )
            })
            .collect();
        assert_eq!(
            paired,
            [("a", Some(2)), ("b", None), ("c", Some(0)), ("d", Some(1))]
        );
        assert!(pairs[1].gold.has_topic("z"));
    }

    #[test]
    fn order_of_predictions_does_not_matter() {
        let gold = gold(&[("a", &["x"]), ("b", &["y"])]);
        let mut predictions = vec![prediction("b", BOTH), prediction("a", BOTH)];
        for _ in 0..2 {
            let (pairs, alignment) = align(&gold, &predictions, &names(&["x", "y"]));
            assert!(alignment.is_complete(), "{alignment:?}");
            for pair in &pairs {
                let id = pair.prediction.map(|prediction| &prediction.id);
                assert_eq!(id, Some(&pair.gold.id));
            }
            predictions.reverse();
        }
    }

    #[test]
    fn without_topics_an_abstract_is_what_must_be_there() {
        let gold = gold(&[("a", &["x"]), ("b", &["x"]), ("c", &["x"])]);
        let predictions = [
            prediction("a", r#","abstract":"Trade grew.""#),
            prediction("b", BOTH),
        ];
        let (_, alignment) = align(&gold, &predictions, &[]);
        let expected = Alignment {
            missing: names(&["c"]),
            empty: names(&["b"]),
            ..Alignment::default()
        };
        assert_eq!(alignment, expected);
    }

    #[test]
    fn topics_left_out_on_purpose_do_not_make_it_incomplete() {
        let gold = gold(&[("a", &["x", "z"])]);
        let predictions = [prediction("a", BOTH)];
        let (_, alignment) = align(&gold, &predictions, &names(&["x"]));
        assert_eq!(alignment.unscored_topics, ["z"]);
        assert!(alignment.is_complete());
        let (pairs, alignment) = align(&[], &[], &names(&["x"]));
        assert!(pairs.is_empty() && alignment.is_complete());
    }
}
