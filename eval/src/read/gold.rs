//! What is true: one labelled article.
//!
//! Owns [`Gold`]. It comes from JSON Lines files of input rows with labels added (see `corpus/codebook.md`).

use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::fields::{self, Fields};
use super::rows::{self, ReadError, Row};

/// What an example may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// To train a topic head.
    Train,
    /// To choose thresholds and settings.
    Dev,
    /// To report a score, and for nothing else.
    Test,
}

/// One labelled article.
///
/// ```
/// use depeche_eval::{Gold, Split};
/// use std::path::Path;
///
/// let text = r#"{"id": "a", "text": "…", "topics": ["trade", "asean"], "split": "dev"}"#;
/// let gold = Gold::parse(text.as_bytes(), Path::new("gold.jsonl"))?;
/// assert!(gold[0].has_topic("asean"));
/// assert_eq!(gold[0].split, Some(Split::Dev));
/// assert_eq!(gold[0].summary, None);
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Gold {
    /// Unique in its file; predictions are matched by it.
    pub id: String,
    /// The article's topics, each once; `[]` says that it has none, and is not the same as a missing field.
    pub topics: Vec<String>,
    /// The article itself; needed to score what an abstract says and to show it.
    #[serde(default)]
    pub text: String,
    /// Its headline.
    #[serde(default)]
    pub title: Option<String>,
    /// Date of publication: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[serde(default)]
    pub date: Option<String>,
    /// What kind of article it is, if the data set says so.
    #[serde(default)]
    pub kind: Option<String>,
    /// A reference abstract in English, if somebody wrote one (JSON: `abstract`).
    #[serde(rename = "abstract", default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What an abstract must get right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// Topics that the article tempts to assign and does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hard_negatives: Vec<HardNegative>,
    /// What the example may be used for, if the data set says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
}

/// Something that the article says and an abstract must get right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Fact {
    /// A person, perhaps with the office.
    Person {
        /// Word for word from the article.
        source: String,
        /// In English, as a good abstract says it.
        english: String,
        /// The person's office in English.
        #[serde(default)]
        office: Option<String>,
    },
    /// An organisation.
    Organisation {
        /// Word for word from the article.
        source: String,
        /// In English.
        english: String,
    },
    /// A place.
    Place {
        /// Word for word from the article.
        source: String,
        /// In English.
        english: String,
    },
    /// A quantity.
    Number {
        /// Word for word from the article.
        source: String,
        /// In English.
        english: String,
        /// The quantity.
        value: f64,
        /// What is counted: `tonnes`, `%`, `USD`.
        unit: String,
    },
    /// A date or a span of dates.
    Date {
        /// Word for word from the article.
        source: String,
        /// In English.
        english: String,
        /// ISO 8601: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or two of these joined by `/`.
        value: String,
    },
    /// Who did what.
    Event {
        /// Word for word from the article.
        source: String,
        /// In English.
        english: String,
        /// Who.
        who: String,
        /// Did what.
        did: String,
        /// To whom or what.
        #[serde(default)]
        to: Option<String>,
    },
}

/// A topic that an article tempts to assign and does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardNegative {
    /// The topic.
    pub topic: String,
    /// What tempts: `enumeration`, `other_sense`, `geography`, `teaser`, `caption`, `passing`.
    pub kind: String,
}

impl Gold {
    /// Reads the JSON Lines file at `path`.
    ///
    /// # Errors
    /// [`ReadError`] names the line and the id of the first row that is not right, or both lines of a duplicate id.
    pub fn read(path: &Path) -> Result<Vec<Gold>, ReadError> {
        rows::read(path)
    }

    /// Reads a file whose fields have other names, or which is a table (`.csv`, `.tsv`).
    ///
    /// # Errors
    /// As [`Gold::read`].
    pub fn read_with(path: &Path, fields: &Fields) -> Result<Vec<Gold>, ReadError> {
        let mut values = fields::values(path)?;
        for (_, row) in &mut values {
            fields.rename(row);
        }
        rows::check_all(values, path)
    }

    /// Reads JSON Lines from `reader`; `name` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Gold::read`].
    pub fn parse(reader: impl BufRead, name: &Path) -> Result<Vec<Gold>, ReadError> {
        rows::parse(reader, name)
    }

    /// Whether the article has this topic.
    pub fn has_topic(&self, topic: &str) -> bool {
        self.topics.iter().any(|id| id == topic)
    }

    /// The topic ids that occur in `gold`, sorted.
    ///
    /// ```
    /// # use depeche_eval::Gold;
    /// # use std::path::Path;
    /// let text = r#"{"id": "a", "topics": ["trade"]}
    ///               {"id": "b", "topics": ["asean", "trade"]}"#;
    /// let gold = Gold::parse(text.as_bytes(), Path::new("gold.jsonl"))?;
    /// assert_eq!(Vec::from_iter(Gold::topics_of(&gold)), ["asean", "trade"]);
    /// # Ok::<(), depeche_eval::ReadError>(())
    /// ```
    pub fn topics_of(gold: &[Gold]) -> BTreeSet<&str> {
        gold.iter()
            .flat_map(|row| row.topics.iter().map(String::as_str))
            .collect()
    }
}

impl Row for Gold {
    fn check(&self) -> Result<(), String> {
        match rows::first_repeated(self.topics.iter().map(String::as_str)) {
            None => Ok(()),
            Some(topic) => Err(format!("the topic {topic:?} is given twice; name it once")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<Gold>, ReadError> {
        Gold::parse(text.as_bytes(), Path::new("gold.jsonl"))
    }

    #[test]
    fn reads_what_is_scored_and_passes_over_the_rest() {
        let row = r#"{"id":"a","text":"…","date":"2024-05","topics":["trade"],"abstract":"Trade grew.",
                      "facts":[{"type":"place","source":"Hanoï","english":"Hanoi"}],"noise":["teaser"],
                      "hard_negatives":[{"topic":"defence","kind":"teaser"}],"split":"test"}"#;
        let gold = parse(&row.replace('\n', " ")).expect("a good row");
        assert_eq!(
            gold,
            [Gold {
                id: "a".to_owned(),
                topics: vec!["trade".to_owned()],
                text: "…".to_owned(),
                date: Some("2024-05".to_owned()),
                summary: Some("Trade grew.".to_owned()),
                facts: vec![Fact::Place {
                    source: "Hanoï".to_owned(),
                    english: "Hanoi".to_owned(),
                }],
                hard_negatives: vec![HardNegative {
                    topic: "defence".to_owned(),
                    kind: "teaser".to_owned(),
                }],
                split: Some(Split::Test),
                ..Gold::default()
            }]
        );
    }

    #[test]
    fn no_topics_must_be_said() {
        assert!(
            parse(r#"{"id":"a","topics":[]}"#).expect("an article without topics")[0]
                .topics
                .is_empty()
        );
        let error = parse(r#"{"id":"a"}"#).expect_err("topics are missing");
        assert!(matches!(error, ReadError::Field { line: 1, .. }), "{error}");
        let error = parse(r#"{"id":"a","topics":null}"#).expect_err("topics are null");
        assert!(matches!(error, ReadError::Field { line: 1, .. }), "{error}");
    }

    #[test]
    fn refuses_a_repeated_topic_and_an_unknown_split() {
        let error = parse(r#"{"id":"a","topics":["trade","asean","trade"]}"#)
            .expect_err("trade is there twice");
        assert_eq!(
            error.to_string(),
            "gold.jsonl:1 (id \"a\"): the topic \"trade\" is given twice; name it once"
        );
        let error =
            parse(r#"{"id":"a","topics":[],"split":"validation"}"#).expect_err("no such split");
        assert!(matches!(error, ReadError::Field { .. }), "{error}");
    }
}
