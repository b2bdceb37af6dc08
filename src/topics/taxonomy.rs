//! The topics: what each means and how it is recognised. Owns the taxonomy file's format.

use crate::record::fingerprint;
use serde::Deserialize;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Version of the file format.
const SCHEMA: u32 = 1;

/// The taxonomy that the program brings: the twelve topics of the codebook.
const BUILT_IN: &str = include_str!("../../models/taxonomy.toml");

/// All topics, in the order of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taxonomy {
    schema: u32,
    /// Language of the prototypes (ISO 639-1).
    pub language: String,
    /// What an article says when it says nothing on any topic.
    pub generic: Generic,
    /// The topics.
    #[serde(rename = "topic")]
    pub topics: Vec<TopicEntry>,
    /// `sha256:` and the first 12 hex digits of the file's hash.
    #[serde(skip)]
    pub fingerprint: String,
}

/// Sentences that belong to no topic; likeness to a topic is measured against likeness to these.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generic {
    /// Short sentences in the register of the wire.
    pub descriptions: Vec<String>,
    /// Words that speak of times past or of a former office (syntax: [`super::TermMatcher`]): a term beside one of
    /// them is weaker evidence.
    #[serde(default)]
    pub past: Vec<String>,
}

/// One topic.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicEntry {
    /// Stable key in records: lower-case letters, digits, `_`.
    pub id: String,
    /// Reported separately by the evaluation.
    #[serde(default)]
    pub core: bool,
    /// What people read.
    pub names: Names,
    /// IPTC Media Topic codes that come nearest.
    #[serde(default)]
    pub iptc: Vec<String>,
    /// When the topic is assigned.
    pub description: String,
    /// What looks like it and is not.
    #[serde(default)]
    pub not_on: Option<String>,
    /// Prototypes: short sentences that have the topic.
    pub descriptions: Vec<String>,
    /// Short sentences that look like the topic and do not have it.
    #[serde(default)]
    pub counter_descriptions: Vec<String>,
    /// One sentence that gets the topic.
    #[serde(default)]
    pub example: Option<String>,
    /// Terms that are strong evidence (syntax: [`super::TermMatcher`]).
    #[serde(default)]
    pub terms: Vec<String>,
    /// Other senses, same syntax: a term inside or across one of these is no evidence.
    #[serde(default)]
    pub not_terms: Vec<String>,
    /// Words that are evidence only together.
    #[serde(default)]
    pub together: Vec<Together>,
}

/// Two lists of words: one of each, in one sentence or in neighbouring ones, is evidence; one alone is not.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// Syntax as for terms.
    pub one: Vec<String>,
    /// Syntax as for terms.
    pub other: Vec<String>,
}

/// A topic's name in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// Why a taxonomy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    /// The file cannot be read.
    #[error("cannot read the taxonomy {path}; check --taxonomy")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a taxonomy.
    #[error("{path} is not a valid taxonomy")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The file says something that cannot be.
    #[error("{path}: {problem}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, naming the topic and the key.
        problem: String,
    },
}

impl Taxonomy {
    /// The twelve topics of the codebook.
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN, Path::new("models/taxonomy.toml"))
            .expect("the built-in taxonomy is checked by a test")
    }

    /// Reads a taxonomy file.
    ///
    /// # Errors
    /// The file cannot be read or parsed, or a topic has no prototypes, a doubled or an ill-formed id.
    pub fn from_file(path: &Path) -> Result<Self, TaxonomyError> {
        let text = std::fs::read_to_string(path).map_err(|source| TaxonomyError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, TaxonomyError> {
        let mut taxonomy: Self = toml::from_str(text).map_err(|source| TaxonomyError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        if let Some(problem) = taxonomy.problem() {
            return Err(TaxonomyError::Invalid {
                path: path.to_owned(),
                problem,
            });
        }
        taxonomy.fingerprint = fingerprint(text.as_bytes());
        Ok(taxonomy)
    }

    fn problem(&self) -> Option<String> {
        if self.schema != SCHEMA {
            let schema = self.schema;
            return Some(format!(
                "schema {schema} is not known; this program reads schema {SCHEMA}"
            ));
        }
        if self.topics.is_empty() {
            return Some("no [[topic]] entry".to_owned());
        }
        if self.generic.descriptions.is_empty() {
            return Some("[generic] needs at least one sentence in `descriptions`".to_owned());
        }
        let mut ids = HashSet::new();
        self.topics.iter().find_map(|topic| {
            let id = &topic.id;
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if id.is_empty() || !id.chars().all(allowed) {
                return Some(format!(
                    "topic id {id:?}: use lower-case letters, digits and _"
                ));
            }
            if !ids.insert(id) {
                return Some(format!("two topics have the id {id:?}"));
            }
            if topic
                .together
                .iter()
                .any(|pair| pair.one.is_empty() || pair.other.is_empty())
            {
                return Some(format!(
                    "topic {id:?}: `together` needs words in `one` and in `other`"
                ));
            }
            let empty = topic.descriptions.iter().all(|text| text.trim().is_empty());
            empty.then(|| format!("topic {id:?} needs at least one sentence in `descriptions`"))
        })
    }

    /// The ids of all topics, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.topics.iter().map(|topic| topic.id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_taxonomy_has_the_topics_of_the_codebook() {
        let taxonomy = Taxonomy::built_in();
        let ids: Vec<_> = taxonomy.ids().collect();
        let expected = [
            "defence",
            "trade",
            "asean",
            "ukraine",
            "diplomacy",
            "multilateral",
            "energy",
            "culture_education",
            "science_technology",
            "health",
            "maritime",
            "consular",
        ];
        assert_eq!(ids, expected);
        let core: Vec<_> = taxonomy.topics.iter().filter(|topic| topic.core).collect();
        assert_eq!(core.len(), 4);
        for topic in &taxonomy.topics {
            assert!(
                !topic.iptc.is_empty() && topic.example.is_some(),
                "{}",
                topic.id
            );
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let head = "schema = 1\nlanguage = \"fr\"\n[generic]\ndescriptions = [\"a\"]\n";
        let topic = |id: &str, descriptions: &str| {
            format!(
                "[[topic]]\nid = \"{id}\"\nnames = {{ fr = \"x\", en = \"x\" }}\ndescription = \"x\"\ndescriptions = {descriptions}\n"
            )
        };
        let table = [
            (topic("Eau", "[\"a\"]"), "\"Eau\""),
            (topic("eau", "[]"), "`descriptions`"),
            (
                topic("eau", "[\"a\"]") + &topic("eau", "[\"a\"]"),
                "two topics",
            ),
        ];
        for (body, expected) in table {
            let error = Taxonomy::parse(&format!("{head}{body}"), Path::new("t.toml")).unwrap_err();
            let message = error.to_string();
            assert!(
                message.contains("t.toml") && message.contains(expected),
                "{message}"
            );
        }
    }
}
