//! Is an English abstract right? Each check reads it against its French article and names what it finds.
//!
//! Owns the checks and what they know of both languages. Reads no file, runs no model, changes no text: what
//! follows from a finding (another candidate, a dropped clause, `needs_review`) is decided elsewhere. A check
//! finds what the article does not give or contradicts; where the article is silent it says nothing.
//!
//! | check | finds |
//! |---|---|
//! | `numbers` | a number, percentage or amount that the article has not, or has in another unit |
//! | `dates` | a day, month, year or day of the week that does not follow from the article and its date |
//! | `names` | a name without an origin in the article, and a name put together from two |
//! | `organisations` | a country or international body that the article does not mention as itself |
//! | `roles` | an office of another rank, country or field than the article gives the person |
//! | `direction` | import for export, rise for fall, a negation too many or too few, buyer and seller swapped |
//! | `language` | a text that is not English |
//! | `length` | too many words |
//! | `sentences` | an incomplete sentence, an open bracket or quotation mark |
//! | `repetition` | a clause said twice |
//! | `french` | words left in French |
//! | `confidence` | a sentence that the model was not sure of: found by who has it written, not here |

mod align;
mod bodies;
mod calendar;
mod counterparts;
mod dates;
mod direction;
mod elapsed;
mod english_dates;
mod english_numbers;
mod english_offices;
mod facts;
mod french;
mod french_offices;
mod known_numbers;
mod language;
mod length;
mod lexicon;
mod names;
mod negation;
mod numbers;
mod offices;
mod repetition;
mod roles;
mod sentences;
mod slavic;
mod words;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod injected_tests;
#[cfg(test)]
mod tests;

use super::{Glossary, Material};
use english_dates::EnglishDate;
use english_numbers::Number;
use facts::Facts;
use lexicon::{BODIES, COUNTRIES, Mention};
use std::ops::Range;
pub(super) use words::lists;
use words::{Word, words};

/// Names of the checks, in the order in which they run and in which a record lists them.
pub const CHECKS: [&str; 12] = [
    numbers::NAME,
    dates::NAME,
    names::NAME,
    bodies::NAME,
    roles::NAME,
    direction::NAME,
    language::NAME,
    length::NAME,
    sentences::NAME,
    repetition::NAME,
    french::NAME,
    CONFIDENCE,
];

/// Name of the check that is made where the model's probabilities are known.
pub const CONFIDENCE: &str = "confidence";

/// One thing that is wrong with an abstract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which check found it: one of [`CHECKS`].
    pub check: &'static str,
    /// Where: bytes of the abstract, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong, for people.
    pub reason: String,
}

impl Finding {
    fn new(check: &'static str, span: Range<usize>, reason: impl Into<String>) -> Self {
        Self {
            check,
            span,
            reason: reason.into(),
        }
    }
}

/// An article read once, to check several abstracts of it.
///
/// ```
/// use depeche::abstracts::verify::Verifier;
/// use depeche::abstracts::{Glossary, Material};
/// use depeche::article::{PublicationDate, Span};
/// use depeche::text::segment;
///
/// let raw = "Le vice-ministre Tran Van Nam a reçu mardi 14 mai l'ambassadeur russe, Sergueï Ivanov.";
/// let document = segment(raw, Span { start: 0, end: raw.len() });
/// let material = Material::of(None, raw, &document, PublicationDate::parse("2024-05-15"));
/// let verifier = Verifier::new(&material, &Glossary::load(None).unwrap());
/// let right = "Deputy Minister Tran Van Nam received Russian Ambassador Sergey Ivanov on 14 May 2024.";
/// assert_eq!(verifier.check(right, 60), []);
/// let wrong = "Deputy Minister Tran Van Nam received Chinese Ambassador Sergey Ivanov on 15 June 2024.";
/// let checks: Vec<&str> = verifier.check(wrong, 60).iter().map(|finding| finding.check).collect();
/// assert_eq!(checks, ["dates", "organisations", "roles"]);
/// ```
pub struct Verifier {
    facts: Facts,
}

impl Verifier {
    /// Reads the article; the abstract may use the glossary's terms. Takes some milliseconds; [`Verifier::check`] takes less.
    pub fn new(article: &Material, glossary: &Glossary) -> Self {
        Self {
            facts: Facts::new(article, glossary),
        }
    }

    /// What is wrong with the abstract, check by check and in order of place; empty if nothing is.
    ///
    /// `max_words` counts words between white space.
    pub fn check(&self, abstract_text: &str, max_words: usize) -> Vec<Finding> {
        let candidate = Candidate::new(abstract_text);
        let facts = &self.facts;
        let mut findings = Vec::new();
        let against_article = [
            numbers::check,
            dates::check,
            names::check,
            bodies::check,
            roles::check,
            direction::check,
        ];
        for check in against_article {
            findings.extend(in_order(check(&candidate, facts)));
        }
        findings.extend(language::check(&candidate));
        findings.extend(length::check(&candidate, max_words));
        findings.extend(in_order(sentences::check(&candidate)));
        findings.extend(repetition::check(&candidate));
        findings.extend(in_order(french::check(&candidate)));
        findings
    }
}

fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        (a.span.start, a.span.end, &a.reason).cmp(&(b.span.start, b.span.end, &b.reason))
    });
    findings.dedup();
    findings
}

/// An abstract with what the checks read in it.
struct Candidate<'a> {
    text: &'a str,
    words: Vec<Word>,
    numbers: Vec<Number>,
    dates: Vec<EnglishDate>,
    countries: Vec<Mention>,
    bodies: Vec<Mention>,
}

impl<'a> Candidate<'a> {
    fn new(text: &'a str) -> Self {
        let words = words(text);
        Self {
            text,
            numbers: english_numbers::find(text),
            dates: english_dates::find(text),
            countries: COUNTRIES.in_english(&words),
            bodies: BODIES.in_english(&words),
            words,
        }
    }

    /// Whether these bytes belong to a date.
    fn in_date(&self, span: &Range<usize>) -> bool {
        self.dates
            .iter()
            .any(|date| date.span.start < span.end && span.start < date.span.end)
    }

    /// Whether the word belongs to a country or body.
    fn is_known_name(&self, word: usize) -> bool {
        self.countries
            .iter()
            .chain(&self.bodies)
            .any(|mention| mention.words.contains(&word))
    }
}
