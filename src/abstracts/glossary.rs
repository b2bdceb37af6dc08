//! French terms → English terms, put into the source before generation so that the model copies them.
//!
//! Owns the formats of terms.toml and words.tsv. A form is matched case-sensitively except for its first letter, at
//! word boundaries, longest form first; a word of words.tsv not where it is part of a name (a capital inside the
//! sentence) or of another word (a hyphen). Sentences come from `text`, which writes every apostrophe straight.

use crate::record::fingerprint;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The terms that the program brings.
const BUILT_IN: &str = include_str!("../../models/terms.toml");
/// The words that the program brings: a form, a tab, its English.
const WORDS: &str = include_str!("../../models/words.tsv");

/// English words that are people and countries with a capital, too.
const ALSO_NAMES: &str = "baker banks bell bill bishop black brown bull bush cash china cliff cook cross field fields \
    foster fox frost gates gene ginger grace green guinea hazel hill hope japan jersey lamb law lima little long major march \
    marshal may miller olive park parks pearl polish pool pope potter price ray reed rice rivers rock rose shepherd short singer \
    snow spring stone street sunny sweet turkey walker weaver white wild winter wolf wood";
/// Words in small letters of the English side of words.tsv, and the commonest beginnings of sentences besides, without
/// those that may be names.
static ENGLISH: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let small = |word: &&str| word.chars().all(|c| c.is_lowercase());
    let english = WORDS.lines().filter_map(|line| line.split_once('\t'));
    let words = english.flat_map(|(_, english)| english.split([' ', '-']));
    let others = "approval born built dozens everyone hundreds just loans only part parts severe still thousands";
    let all = words.filter(small).chain(others.split(' '));
    let names: HashSet<&str> = ALSO_NAMES.split(' ').collect();
    all.filter(|word| !names.contains(word)).collect()
});

/// Whether an English word in small letters is none of a name.
pub(super) fn is_english(word: &str) -> bool {
    ENGLISH.contains(word)
}

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

/// A French form and what stands for it.
struct Form {
    /// With a small first letter.
    french: String,
    english: String,
    /// Of words.tsv, not of a list of terms.
    is_word: bool,
}

/// Replaces known French terms by their English form.
pub struct Glossary {
    /// The forms by their first word, the longest first.
    forms: HashMap<String, Vec<Form>>,
    fingerprint: String,
}

impl Glossary {
    /// The built-in terms, with a user's own file laid over them.
    ///
    /// # Errors
    /// The user's file cannot be read or parsed, or gives one form two translations.
    pub fn load(own: Option<&Path>) -> Result<Self, GlossaryError> {
        let mut english = parse(BUILT_IN, Path::new("models/terms.toml"))?;
        let mut files = [BUILT_IN, WORDS].concat();
        if let Some(path) = own {
            let text = std::fs::read_to_string(path).map_err(|source| GlossaryError::Io {
                path: path.to_owned(),
                source,
            })?;
            english.extend(parse(&text, path)?);
            files.push_str(&text);
        }
        let words = WORDS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .filter(|(word, _)| !english.contains_key(*word))
            .map(|(word, english)| (word.to_owned(), english.to_owned(), true));
        let words: Vec<_> = words.collect();
        let terms = english
            .into_iter()
            .map(|(term, english)| (term, english, false));
        let mut forms: HashMap<String, Vec<Form>> = HashMap::new();
        for (french, english, is_word) in terms.chain(words) {
            let first = french[..word_end(&french, 0)].to_owned();
            forms.entry(first).or_default().push(Form {
                french,
                english,
                is_word,
            });
        }
        for forms in forms.values_mut() {
            forms.sort_by_key(|form| std::cmp::Reverse(form.french.len()));
        }
        Ok(Self {
            forms,
            fingerprint: fingerprint(files.as_bytes()),
        })
    }

    /// `sha256:` and the first 12 hex digits of the hash of the files.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Number of French forms.
    pub fn len(&self) -> usize {
        self.forms.values().map(Vec::len).sum()
    }

    /// True when there are no terms.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// The text with every known term in English. What is not known stays as it is.
    ///
    /// ```
    /// let glossary = depeche::abstracts::Glossary::load(None).unwrap();
    /// assert_eq!(glossary.apply("avec Vladimir Poutine"), "avec Vladimir Putin");
    /// ```
    pub fn apply(&self, text: &str) -> String {
        let mut english = String::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            if let Some(form) = self.form_at(text, at) {
                match text[at..].starts_with(char::is_uppercase) {
                    true => english.push_str(&capitalised(&form.english)),
                    false => english.push_str(&form.english),
                }
                at += form.french.len();
                continue;
            }
            // To the next word: what is not a word begins no form.
            let end = word_end(text, at);
            let next = text[end..]
                .find(is_letter)
                .map_or(text.len(), |gap| end + gap);
            english.push_str(&text[at..next]);
            at = next;
        }
        english
    }

    /// The longest form that begins here.
    fn form_at(&self, text: &str, at: usize) -> Option<&Form> {
        let end = word_end(text, at);
        let forms = self.forms.get(&uncapitalised(&text[at..end]))?;
        let capital = text[at..].starts_with(char::is_uppercase);
        forms.iter().find(|form| {
            let behind = at + form.french.len();
            let same = text
                .get(at..behind)
                .is_some_and(|found| uncapitalised(found) == form.french);
            // A form such as `ADMM+` ends where it ends; one that ends in a letter ends with its word.
            let whole =
                || !form.french.ends_with(is_letter) || !text[behind..].starts_with(is_letter);
            let inside = || {
                capital && at > 0 || text[..at].ends_with('-') || text[behind..].starts_with('-')
            };
            same && whole() && !(form.is_word && inside())
        })
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where the word that begins at `at` ends.
fn word_end(text: &str, at: usize) -> usize {
    text[at..]
        .find(|c| !is_letter(c))
        .map_or(text.len(), |length| at + length)
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
            let before = english.insert(uncapitalised(form), term.en.clone());
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

/// The text with its first letter in lower case: the case of a form's first letter does not matter.
pub(super) fn uncapitalised(form: &str) -> String {
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
            ("ADMM+, puis", "ADMM+, puis"),
            ("à la librairie La Librairie", "à la bookshop La Librairie"),
            ("Librairie de quartier", "Bookshop de quartier"),
            ("une librairie-café", "une librairie-café"),
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
