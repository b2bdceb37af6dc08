//! The noun that is written: what depeche says of one article.
//!
//! Owns the versioned schema ([`Record`], [`SCHEMA_VERSION`], [`json_schema`]); knows no output
//! format (see `write`). A record holds no clock reading, so the same settings, models and bytes give
//! the same record.

use crate::article::Span;
use crate::files::sha256;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Version of the record's shape; raised when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything said of one article: topics, abstract, what went wrong, and by which models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// Version of this shape.
    pub schema: u32,
    /// The article's id, unique in the run.
    pub id: String,
    /// Where the article came from: a path, `path#line`, or `-#line`.
    pub source: String,
    /// Hash of what was labelled (text, headline, date; or the bytes of what is no article); null if nothing was read.
    pub content: Option<String>,
    /// Date of publication as given: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Headline, if the source has one.
    pub title: Option<String>,
    /// Language of the text (ISO 639-1), as identified; null when the text is too short to tell.
    pub language: Option<String>,
    /// Every topic of the taxonomy, most probable first; empty when topics were not asked for or failed.
    pub topics: Vec<Topic>,
    /// English abstract; null when it was not asked for or failed.
    #[serde(rename = "abstract")]
    pub summary: Option<Summary>,
    /// What a reader should know; does not make the article a failure.
    pub warnings: Vec<Notice>,
    /// What failed; an empty list means that the article is done.
    pub errors: Vec<Notice>,
    /// True when the token budget cut the abstract before the end of its first sentence.
    pub truncated: bool,
    /// By which program, models and settings this record was made.
    pub provenance: Provenance,
}

/// One topic with its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// Topic id of the taxonomy.
    pub id: String,
    /// Probability that the codebook's rule assigns the topic, in 0..=1, rounded to 4 decimals.
    pub probability: f64,
    /// What follows from the probability.
    pub decision: Decision,
    /// Sentences that carried the topic, strongest first; empty unless assigned or unsure.
    pub evidence: Vec<Quote>,
}

/// What follows from a topic's probability. An article's topics are the assigned ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The article has the topic.
    Assigned,
    /// Too close to call: route it to a person.
    Unsure,
    /// The article does not have the topic.
    Rejected,
}

/// A passage of the article, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// First byte of the passage in the original text (UTF-8).
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// The passage, equal to `text[start..end]` of the original.
    pub text: String,
}

/// An English abstract and how far it was checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// One or two English sentences.
    pub text: String,
    /// How far it can be relied on.
    pub status: SummaryStatus,
    /// The checks that were run, in order.
    pub checks: Vec<Check>,
    /// The sentences of the article that the generator was given, in order.
    pub sources: Vec<Span>,
}

/// How far an abstract can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SummaryStatus {
    /// All checks passed.
    Verified,
    /// A check failed and could not be repaired: the check says why.
    NeedsReview,
    /// Checks were not run.
    Unchecked,
}

/// The result of one check of an abstract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// The check's name, such as `numbers`.
    pub name: String,
    /// Whether the abstract passed it.
    pub passed: bool,
    /// Why it did not; null when it passed.
    pub reason: Option<String>,
}

/// A warning or an error: a stable code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// What happened.
    pub code: NoticeCode,
    /// The same in words, with the next step where there is one.
    pub message: String,
}

/// What can be said of an article besides its labels.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// Warning: the text is not French; labels and abstract are less reliable.
    NotFrench,
    /// Warning: the date is not `YYYY`, `YYYY-MM` or `YYYY-MM-DD` and was ignored.
    BadDate,
    /// Error: no text.
    Empty,
    /// Error: not valid UTF-8.
    NotUtf8,
    /// Error: contains NUL bytes.
    Binary,
    /// Error: above the size limit.
    TooLarge,
    /// Error: the row could not be read as an article.
    BadRow,
    /// Error: the file could not be read.
    Unreadable,
    /// Error: topics could not be computed.
    TopicsFailed,
    /// Error: the abstract could not be written.
    AbstractFailed,
    /// Error: the program failed inside this article.
    Panicked,
}

/// By which program, models and settings a record was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// Program version.
    pub version: String,
    /// Encoder and weight hash; null when topics were not asked for.
    pub encoder: Option<String>,
    /// Topic head and the hash of its files; null when topics were not asked for.
    pub head: Option<String>,
    /// Generator and weight hash; null when abstracts were not asked for.
    pub generator: Option<String>,
    /// Hash of the taxonomy file.
    pub taxonomy: String,
    /// Hash of the settings that shape a record (they are spelled out in `<output>.run.json`).
    pub settings: String,
    /// Set of numeric kernels: bytes are promised equal only for the same set.
    pub kernels: String,
}

/// The JSON Schema (2020-12) of one output line.
///
/// ```
/// let schema = depeche::record::json_schema();
/// assert_eq!(schema["title"], "Record");
/// ```
pub fn json_schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<Record>()
        .to_value()
}

/// `sha256:` and the first 12 hex digits of the hash of these bytes: how provenance names files and settings.
///
/// ```
/// assert_eq!(depeche::record::fingerprint(b""), "sha256:e3b0c44298fc");
/// ```
pub fn fingerprint(bytes: &[u8]) -> String {
    format!("sha256:{}", &sha256(bytes)[..12])
}

impl Notice {
    /// A notice in words.
    pub fn new(code: NoticeCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl Record {
    /// True when nothing failed.
    pub fn is_done(&self) -> bool {
        self.errors.is_empty()
    }

    /// The ids of the assigned topics, most probable first.
    pub fn assigned(&self) -> impl Iterator<Item = &Topic> {
        self.topics
            .iter()
            .filter(|topic| topic.decision == Decision::Assigned)
    }
}

#[cfg(test)]
impl Provenance {
    /// Of no models, with these settings.
    pub(crate) fn made_up(settings: &str) -> Self {
        Self {
            version: "1".into(),
            encoder: None,
            head: None,
            generator: None,
            taxonomy: "t".into(),
            settings: settings.into(),
            kernels: "k".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published schema file is generated: `depeche schema > models/record.schema.json`.
    #[test]
    fn published_schema_is_current() {
        let published: serde_json::Value =
            serde_json::from_str(include_str!("../models/record.schema.json")).unwrap();
        assert_eq!(published, json_schema());
    }
}
