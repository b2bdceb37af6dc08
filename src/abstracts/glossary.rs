//! French terms → English terms, put into the source before generation so that the model copies them.
//!
//! Owns the format of terms.toml. A form is matched case-sensitively except for its first letter, at word
//! boundaries, longest form first. Sentences come from `text`, which writes every apostrophe straight.

use crate::record::fingerprint;
use regex::{Captures, Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The terms that the program brings.
const BUILT_IN: &str = include_str!("../../models/terms.toml");

/// Version of the file format.
const SCHEMA: u32 = 1;

/// Why a terms file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GlossaryError {
    /// The file cannot be read.
    #[error("cannot read the terms {path}; check --terms")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a list of terms.
    #[error("{path} is not a valid terms file")]
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
        /// What is wrong, naming the term.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsFile {
    schema: u32,
    #[serde(default, rename = "term")]
    terms: Vec<Term>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    fr: Vec<String>,
    en: String,
    #[serde(rename = "kind")]
    _kind: String,
}

/// Replaces known French terms by their English form.
pub struct Glossary {
    forms: Option<Regex>,
    english: HashMap<String, String>,
    fingerprint: String,
}

impl Glossary {
    /// The built-in terms, with a user's own file laid over them.
    ///
    /// # Errors
    /// The user's file cannot be read or parsed, or gives one form two translations.
    pub fn load(own: Option<&Path>) -> Result<Self, GlossaryError> {
        let mut english = parse(BUILT_IN, Path::new("models/terms.toml"))?;
        let mut files = BUILT_IN.to_owned();
        if let Some(path) = own {
            let text = std::fs::read_to_string(path).map_err(|source| GlossaryError::Io {
                path: path.to_owned(),
                source,
            })?;
            english.extend(parse(&text, path)?);
            files.push_str(&text);
        }
        Ok(Self {
            forms: alternatives(english.keys()),
            english,
            fingerprint: fingerprint(files.as_bytes()),
        })
    }

    /// `sha256:` and the first 12 hex digits of the hash of the files.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Number of French forms.
    pub fn len(&self) -> usize {
        self.english.len()
    }

    /// True when there are no terms.
    pub fn is_empty(&self) -> bool {
        self.english.is_empty()
    }

    /// The text with every known term in English. What is not known stays as it is.
    ///
    /// ```
    /// let glossary = depeche::abstracts::Glossary::load(None).unwrap();
    /// assert_eq!(glossary.apply("avec Vladimir Poutine"), "avec Vladimir Putin");
    /// ```
    pub fn apply(&self, text: &str) -> String {
        let Some(forms) = &self.forms else {
            return text.to_owned();
        };
        let replace = |found: &Captures| {
            let form = &found[0];
            let english = &self.english[&key(form)];
            match form.starts_with(char::is_uppercase) {
                true => capitalised(english),
                false => english.clone(),
            }
        };
        forms.replace_all(text, replace).into_owned()
    }
}

fn parse(text: &str, path: &Path) -> Result<HashMap<String, String>, GlossaryError> {
    let file: TermsFile = toml::from_str(text).map_err(|source| GlossaryError::Syntax {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    let invalid = |problem: String| GlossaryError::Invalid {
        path: path.to_owned(),
        problem,
    };
    if file.schema != SCHEMA {
        let schema = file.schema;
        return Err(invalid(format!(
            "schema {schema} is not known; this program reads schema {SCHEMA}"
        )));
    }
    let mut english: HashMap<String, String> = HashMap::new();
    for term in file.terms {
        if term.en.trim().is_empty() {
            return Err(invalid(format!(
                "the term {:?} has no English form",
                term.fr
            )));
        }
        for form in &term.fr {
            if form.trim().is_empty() {
                return Err(invalid(format!("an empty French form of {:?}", term.en)));
            }
            let before = english.insert(key(form), term.en.clone());
            if let Some(before) = before.filter(|before| *before != term.en) {
                let problem = format!(
                    "{form:?} is given two translations: {before:?} and {:?}",
                    term.en
                );
                return Err(invalid(problem));
            }
        }
    }
    Ok(english)
}

/// A form with its first letter in lower case: the first letter's case does not matter.
fn key(form: &str) -> String {
    let mut letters = form.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The text with its first letter in upper case.
pub(super) fn capitalised(english: &str) -> String {
    let mut letters = english.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn alternatives<'a>(keys: impl Iterator<Item = &'a String>) -> Option<Regex> {
    let mut keys: Vec<&String> = keys.collect();
    // Longest first, then by letters: the same pattern on every run.
    keys.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    let patterns: Vec<String> = keys.iter().map(|key| pattern(key)).collect();
    (!patterns.is_empty()).then(|| {
        RegexBuilder::new(&format!(r"\b(?:{})", patterns.join("|")))
            .size_limit(64 << 20)
            .build()
            .expect("forms are escaped, so their alternation is a valid pattern")
    })
}

fn pattern(key: &str) -> String {
    let mut letters = key.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    let rest = regex::escape(letters.as_str());
    // A form such as `ADMM+` ends where it ends; one that ends in a letter ends with its word.
    let end = if key.ends_with(char::is_alphanumeric) {
        r"\b"
    } else {
        ""
    };
    format!("(?i:{}){rest}{end}", regex::escape(&first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_form_first_at_word_boundaries() {
        let glossary = Glossary::load(None).unwrap();
        assert!(glossary.len() > 300);
        let table = [
            (
                "le vice-ministre des Affaires étrangères",
                "le deputy minister of foreign affairs",
            ),
            ("l'ONU", "l'UN"),
            ("Moscou et Pékin", "Moscow et Beijing"),
            ("Moscoul", "Moscoul"),
        ];
        for (french, expected) in table {
            let applied = glossary.apply(french);
            assert_eq!(applied.to_lowercase(), expected.to_lowercase(), "{french}");
        }
    }

    #[test]
    fn a_users_own_terms_win_and_conflicts_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("own.toml");
        let term =
            |en: &str| format!("[[term]]\nfr = [\"ONU\"]\nen = \"{en}\"\nkind = \"acronym\"\n");
        std::fs::write(&path, format!("schema = 1\n{}", term("U.N."))).unwrap();
        let glossary = Glossary::load(Some(&path)).unwrap();
        assert_eq!(glossary.apply("à l'ONU"), "à l'U.N.");
        std::fs::write(&path, format!("schema = 1\n{}{}", term("U.N."), term("UN"))).unwrap();
        let error = Glossary::load(Some(&path)).err().unwrap().to_string();
        assert!(
            error.contains("own.toml") && error.contains("ONU"),
            "{error}"
        );
    }
}
