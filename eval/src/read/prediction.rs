//! What a program said: the part of a record that is scored.
//!
//! Owns [`Prediction`]. It comes from the JSON Lines that `depeche label` writes; what is not scored is passed over, and
//! short forms are accepted, so that any other program can be scored too:
//! `{"id": "a", "topics": ["trade"], "abstract": "Trade grew."}`.

use std::io::BufRead;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::rows::{self, ReadError, Row};

/// What was decided about one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The article has the topic.
    Assigned,
    /// A person should look; scored as not assigned.
    Unsure,
    /// The article does not have the topic.
    Rejected,
}

/// One topic of a prediction.
///
/// Read from an object, or from a plain string: the topic is then assigned, with a probability that nobody told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "TopicForm")]
pub struct PredictedTopic {
    /// The topic's id.
    pub id: String,
    /// How probable the topic is, in 0..=1; `None` if the program gives no probabilities: then it has no figure that
    /// needs them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What was made of the probability; where the program does not say: assigned from one half on.
    pub decision: Decision,
    /// Passages that carried the topic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// A passage of the article, in UTF-8 byte offsets into its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TopicForm {
    Name(String),
    Full {
        id: String,
        probability: Option<f64>,
        decision: Option<Decision>,
        #[serde(default)]
        evidence: Vec<Evidence>,
    },
}

impl From<TopicForm> for PredictedTopic {
    fn from(form: TopicForm) -> PredictedTopic {
        match form {
            TopicForm::Name(id) => PredictedTopic {
                id,
                probability: None,
                decision: Decision::Assigned,
                evidence: Vec::new(),
            },
            TopicForm::Full {
                id,
                probability,
                decision,
                evidence,
            } => PredictedTopic {
                id,
                probability,
                decision: decision.unwrap_or(match probability {
                    Some(probability) if probability < 0.5 => Decision::Rejected,
                    _ => Decision::Assigned,
                }),
                evidence,
            },
        }
    }
}

/// How far an abstract was checked by the program that wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbstractStatus {
    /// All checks passed.
    Verified,
    /// A check failed and could not be repaired.
    NeedsReview,
    /// No check was run.
    Unchecked,
}

/// One check that the program made of its abstract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name, such as `numbers`.
    pub name: String,
    /// Whether the abstract passed.
    pub passed: bool,
    /// Why it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The abstract of a prediction. Read from an object, or from a plain string, which is unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "AbstractForm")]
pub struct PredictedAbstract {
    /// The English text.
    pub text: String,
    /// How far it was checked.
    pub status: AbstractStatus,
    /// The checks that the program made, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AbstractForm {
    Text(String),
    Full {
        text: String,
        status: Option<AbstractStatus>,
        #[serde(default)]
        checks: Vec<Check>,
    },
}

impl From<AbstractForm> for PredictedAbstract {
    fn from(form: AbstractForm) -> PredictedAbstract {
        let (text, status, checks) = match form {
            AbstractForm::Text(text) => (text, None, Vec::new()),
            AbstractForm::Full {
                text,
                status,
                checks,
            } => (text, status, checks),
        };
        PredictedAbstract {
            text,
            status: status.unwrap_or(AbstractStatus::Unchecked),
            checks,
        }
    }
}

/// What a program said about one article.
///
/// ```
/// use depeche_eval::{AbstractStatus, Prediction};
/// use std::path::Path;
///
/// let record = r#"{"schema": 1, "id": "a", "source": "a.txt",
///   "topics": [{"id": "asean", "probability": 0.9712, "decision": "assigned", "evidence": []},
///              {"id": "trade", "probability": 0.4400, "decision": "unsure", "evidence": []}],
///   "abstract": {"text": "ASEAN met.", "status": "unchecked", "checks": [], "sources": []}}"#;
/// let predictions = Prediction::parse(record.replace('\n', " ").as_bytes(), Path::new("out.jsonl"))?;
/// assert!(predictions[0].assigns("asean"));
/// assert!(!predictions[0].assigns("trade"));
/// assert_eq!(predictions[0].probability("trade"), Some(0.44));
/// assert_eq!(predictions[0].summary.as_ref().map(|summary| summary.status), Some(AbstractStatus::Unchecked));
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The article's id; matched with [`Gold::id`](crate::Gold::id).
    pub id: String,
    /// Every topic that the program knows. Empty (or absent) if the article was not tagged.
    #[serde(default)]
    pub topics: Vec<PredictedTopic>,
    /// The abstract, if there is one (JSON: `abstract`).
    #[serde(rename = "abstract", default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<PredictedAbstract>,
    /// By which program and models, as told by the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// The part of a record's provenance that goes into a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the program that predicted.
    #[serde(default)]
    pub version: Option<String>,
    /// Encoder and weight hash.
    #[serde(default)]
    pub encoder: Option<String>,
    /// Topic head and its hash.
    #[serde(default)]
    pub head: Option<String>,
    /// Generator and weight hash.
    #[serde(default)]
    pub generator: Option<String>,
    /// Set of numeric kernels.
    #[serde(default)]
    pub kernels: Option<String>,
}

impl Prediction {
    /// Reads the JSON Lines file at `path`.
    ///
    /// # Errors
    /// [`ReadError`] names the line and the id of the first row that is not right, or both lines of a duplicate id.
    pub fn read(path: &Path) -> Result<Vec<Prediction>, ReadError> {
        rows::read(path)
    }

    /// Reads JSON Lines from `reader`; `name` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Prediction::read`].
    pub fn parse(reader: impl BufRead, name: &Path) -> Result<Vec<Prediction>, ReadError> {
        rows::parse(reader, name)
    }

    /// Whether the topic was assigned; a topic that is not listed was not.
    pub fn assigns(&self, topic: &str) -> bool {
        self.topic(topic)
            .is_some_and(|found| found.decision == Decision::Assigned)
    }

    /// The topic's probability, or `None` if the topic is not listed or has none.
    pub fn probability(&self, topic: &str) -> Option<f64> {
        self.topic(topic).and_then(|found| found.probability)
    }

    /// What was said about the topic, or `None` if it is not listed.
    pub fn topic(&self, topic: &str) -> Option<&PredictedTopic> {
        self.topics.iter().find(|found| found.id == topic)
    }
}

impl Row for Prediction {
    fn check(&self) -> Result<(), String> {
        if let Some(topic) = rows::first_repeated(self.topics.iter().map(|topic| topic.id.as_str()))
        {
            return Err(format!("the topic {topic:?} is listed twice; list it once"));
        }
        for PredictedTopic {
            id, probability, ..
        } in &self.topics
        {
            if let Some(probability) = probability.filter(|p| !(0.0..=1.0).contains(p)) {
                return Err(format!(
                    "the probability of {id:?} is {probability}; it must be between 0 and 1"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<Prediction>, ReadError> {
        Prediction::parse(text.as_bytes(), Path::new("out.jsonl"))
    }

    #[test]
    fn a_record_without_topics_or_abstract_is_read() {
        for text in [
            r#"{"id":"a"}"#,
            r#"{"id":"a","topics":[],"abstract":null,"errors":[{"code":"empty"}]}"#,
        ] {
            let predictions = parse(text).expect("a record of a failed article");
            assert!(predictions[0].topics.is_empty());
            assert_eq!(predictions[0].summary, None);
            assert!(!predictions[0].assigns("trade"));
            assert_eq!(predictions[0].probability("trade"), None);
        }
    }

    #[test]
    fn every_status_and_decision_is_read() {
        let statuses = [
            ("verified", AbstractStatus::Verified),
            ("needs_review", AbstractStatus::NeedsReview),
            ("unchecked", AbstractStatus::Unchecked),
        ];
        for (name, status) in statuses {
            let text = format!(r#"{{"id":"a","abstract":{{"text":"x","status":"{name}"}}}}"#);
            let summary = parse(&text).expect("a good row")[0].summary.clone();
            assert_eq!(summary.map(|summary| summary.status), Some(status));
        }
        let decisions = [("assigned", true), ("unsure", false), ("rejected", false)];
        for (name, assigned) in decisions {
            let text = format!(
                r#"{{"id":"a","topics":[{{"id":"t","probability":1,"decision":"{name}"}}]}}"#
            );
            assert_eq!(
                parse(&text).expect("a good row")[0].assigns("t"),
                assigned,
                "{name}"
            );
        }
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        let cases = [
            (
                r#"{"id":"a","topics":[{"id":"t","probability":1.2,"decision":"assigned"}]}"#,
                "out.jsonl:1 (id \"a\"): the probability of \"t\" is 1.2; it must be between 0 and 1",
            ),
            (
                r#"{"id":"a","topics":[{"id":"t","probability":0,"decision":"rejected"},
                    {"id":"t","probability":1,"decision":"assigned"}]}"#,
                "out.jsonl:1 (id \"a\"): the topic \"t\" is listed twice; list it once",
            ),
            (
                r#"{"id":"a","topics":[{"id":"t","probability":0,"decision":"maybe"}]}"#,
                "out.jsonl:1 (id \"a\"): a field is missing or of the wrong type",
            ),
        ];
        for (text, expected) in cases {
            let error = parse(&text.replace('\n', " ")).expect_err(expected);
            assert_eq!(error.to_string(), expected);
        }
    }
}
