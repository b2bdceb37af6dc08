//! Whether what an abstract says is in the article: numbers, dates, names; and whether the gold facts are in the abstract.
//!
//! Owns [`figures`] and [`faults`]. The judge is independent of every program that it judges: it shares no code and no
//! list with them. It reads the abstract as English and the article (title and text) as French:
//!
//! - numbers are compared as values (`english_numbers`, `french_numbers`): "11th" and *onzième*, "3.5 billion" and
//!   *3,5 milliards*; a number inside a date is a date;
//! - dates are compared part by part, and what the article leaves out is worked out from its own date (`french_dates`, `french_relative_dates`);
//! - names must be in the article in their French or original form, or implied by it: Ukraine by Marioupol, Thailand by a
//!   sum in bahts (`names`, `article_names`, `gazetteer`).
//!
//! It sees words, not roles: "Russia asked Vietnam" is supported by "le Vietnam a demandé à la Russie". What it finds
//! unsupported is nearly always wrong; what it finds supported may still be.
//!
//! Precision of facts by matching what a text mentions against its source follows the idea of Goodrich et al.,
//! "Assessing The Factual Accuracy of Generated Text" (KDD 2019), with rules in the place of a learnt extractor.

mod article_names;
mod calendar;
mod english_dates;
mod english_numbers;
mod facts;
mod french_dates;
mod french_number_words;
mod french_numbers;
mod french_relative_dates;
mod gazetteer;
mod markup;
mod names;
mod numerals;
mod tokens;
mod values;

use crate::align::Pair;
use crate::figure::{Direction, Figure};
use crate::read::gold::{Fact, Gold};
use crate::read::prediction::AbstractStatus;
use crate::report::Fault;
use calendar::PartialDate;

/// The kinds of facts, in the order of their figures.
const FACT_KINDS: [&str; 6] = ["person", "organisation", "place", "number", "date", "event"];

/// How an abstract stands to the article.
///
/// - `number-support`, `date-support`, `name-support`: supported mentions among all mentions, over all articles.
/// - `supported-abstracts`: the share of abstracts in which every mention is supported (one without mentions is).
/// - `fact-recall` and `fact-recall-KIND`: gold facts that the abstract has among all gold facts; an article without an
///   abstract misses all of its facts and counts in nothing else.
/// - `verified-number-support`, `verified-date-support`, `verified-name-support`, `verified-supported-abstracts`: the
///   same over the abstracts that the program itself calls verified.
///
/// ```
/// use depeche_eval::support::figures;
/// use depeche_eval::{Gold, Prediction, align};
/// use std::path::Path;
///
/// let gold = r#"{"id": "a", "topics": [], "date": "2023-10-27", "text": "Le 26 octobre, M. Poutine a reçu onze pays."}"#;
/// let said = r#"{"id": "a", "abstract": "On 26 October 2023 Putin received twelve countries."}"#;
/// let gold = Gold::parse(gold.as_bytes(), Path::new("gold.jsonl"))?;
/// let said = Prediction::parse(said.as_bytes(), Path::new("said.jsonl"))?;
/// let (pairs, _) = align(&gold, &said, &[]);
/// let value = |name: &str| figures(&pairs).iter().find(|figure| figure.name == name)?.value();
/// assert_eq!(value("date-support"), Some(1.0));
/// assert_eq!(value("name-support"), Some(1.0));
/// assert_eq!(value("number-support"), Some(0.0));
/// assert_eq!(value("supported-abstracts"), Some(0.0));
/// assert_eq!(value("fact-recall"), None);
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn figures(pairs: &[Pair]) -> Vec<Figure> {
    let judged: Vec<(Option<Judgement>, bool)> = pairs.iter().map(judge_pair).collect();
    let mut figures = support_figures("", judged.iter().map(|(judgement, _)| judgement.as_ref()));
    for kind in [None].into_iter().chain(FACT_KINDS.map(Some)) {
        let rows = pairs.iter().zip(&judged).map(|(pair, (judgement, _))| {
            let facts = pair.gold.facts.iter().enumerate();
            let of_kind: Vec<usize> = facts
                .filter(|(_, fact)| kind.is_none_or(|kind| kind == kind_of(fact)))
                .map(|(at, _)| at)
                .collect();
            let has = |at: &&usize| {
                judgement
                    .as_ref()
                    .is_some_and(|judgement| judgement.facts[**at])
            };
            (
                of_kind.iter().filter(has).count() as f64,
                of_kind.len() as f64,
            )
        });
        let name = kind.map_or("fact-recall".to_owned(), |kind| {
            format!("fact-recall-{kind}")
        });
        figures.push(Figure::ratio(&name, Direction::Higher, rows));
    }
    let verified = judged
        .iter()
        .map(|(judgement, verified)| judgement.as_ref().filter(|_| *verified));
    figures.extend(support_figures("verified-", verified));
    figures
}

/// What is wrong with one abstract, for the error browser: kinds `number`, `date`, `name` with the unsupported thing as
/// the abstract says it, and `fact` with each gold fact that the abstract lacks.
///
/// ```
/// use depeche_eval::Gold;
/// use depeche_eval::support::faults;
///
/// let gold = Gold {
///     text: "La Russie livrera 3.500 tonnes de blé.".to_owned(),
///     date: Some("2023-10-27".to_owned()),
///     ..Gold::default()
/// };
/// assert!(faults(&gold, "Russia will deliver 3,500 tonnes of wheat.").is_empty());
/// let found = faults(&gold, "China will deliver 3,600 tonnes of wheat in 2025.");
/// let found: Vec<(&str, &str)> = found.iter().map(|f| (f.kind.as_str(), f.what.as_str())).collect();
/// assert_eq!(found, [("number", "3,600"), ("date", "2025"), ("name", "China")]);
/// ```
pub fn faults(gold: &Gold, abstract_text: &str) -> Vec<Fault> {
    let judgement = judge(gold, abstract_text);
    let kinds = [
        ("number", &judgement.numbers),
        ("date", &judgement.dates),
        ("name", &judgement.names),
    ];
    let fault = |kind: &str, what: &str| Fault {
        kind: kind.to_owned(),
        what: what.to_owned(),
    };
    let mut faults = Vec::new();
    for (kind, verdicts) in kinds {
        let wrong = verdicts.iter().filter(|verdict| !verdict.supported);
        faults.extend(wrong.map(|verdict| fault(kind, &verdict.what)));
    }
    let facts = gold.facts.iter().zip(&judgement.facts);
    faults.extend(
        facts
            .filter(|(_, has)| !**has)
            .map(|(known, _)| fault("fact", english(known))),
    );
    faults
}

/// Something that an abstract mentions, and whether the article supports it.
struct Verdict {
    what: String,
    supported: bool,
}

/// All that was found out about one abstract.
struct Judgement {
    numbers: Vec<Verdict>,
    dates: Vec<Verdict>,
    names: Vec<Verdict>,
    /// Whether the abstract has each gold fact, in gold's order.
    facts: Vec<bool>,
}

impl Judgement {
    fn is_supported(&self) -> bool {
        let mut all = self.numbers.iter().chain(&self.dates).chain(&self.names);
        all.all(|verdict| verdict.supported)
    }
}

/// The judgement of a pair, `None` without an abstract, and whether its program calls the abstract verified.
fn judge_pair(pair: &Pair) -> (Option<Judgement>, bool) {
    let summary = pair
        .prediction
        .and_then(|prediction| prediction.summary.as_ref());
    let written = summary.filter(|summary| !summary.text.trim().is_empty());
    let verified = written.is_some_and(|summary| summary.status == AbstractStatus::Verified);
    (
        written.map(|summary| judge(pair.gold, &summary.text)),
        verified,
    )
}

fn judge(gold: &Gold, abstract_text: &str) -> Judgement {
    let article = format!(
        "{}\n{}",
        gold.title.as_deref().unwrap_or_default(),
        gold.text
    );
    let article = markup::without_references(&article);
    let article = tokens::tokens(&article);
    let published = gold.date.as_deref().and_then(PartialDate::parse);
    let (known_dates, in_dates) = french_dates::evidence(&article, published);
    let known_values = french_numbers::values(&article, &in_dates);
    let known_names = article_names::ArticleNames::new(&article);

    let text = without_dots(&markup::without_references(abstract_text));
    let words = tokens::tokens(&text);
    let (dates, in_dates) = english_dates::dates(&text, &words);
    let quantities = english_numbers::quantities(&text, &words, &in_dates);
    let mut in_figures = in_dates;
    for claim in quantities.iter().filter(|quantity| quantity.is_claim) {
        in_figures[claim.first..claim.end].fill(true);
    }
    let names = names::mentions(&text, &words, &in_figures);
    let said = facts::Abstract::new(&words, &quantities, &dates);

    let verdict = |what: &str, supported: bool| Verdict {
        what: what.to_owned(),
        supported,
    };
    Judgement {
        numbers: quantities
            .iter()
            .filter(|quantity| quantity.is_claim)
            .map(|quantity| verdict(&quantity.text, quantity.is_among(&known_values)))
            .collect(),
        dates: dates
            .iter()
            .map(|mention| {
                let supported = known_dates.iter().any(|known| known.supports(mention.date));
                verdict(&mention.text, supported)
            })
            .collect(),
        names: names
            .iter()
            .map(|name| verdict(&name.text, known_names.supports(&name.words)))
            .collect(),
        facts: gold.facts.iter().map(|fact| said.has(fact)).collect(),
    }
}

/// The four support figures of these judgements.
fn support_figures<'j>(
    prefix: &str,
    judged: impl Iterator<Item = Option<&'j Judgement>>,
) -> Vec<Figure> {
    let judged: Vec<Option<&Judgement>> = judged.collect();
    type Verdicts = fn(&Judgement) -> &[Verdict];
    let verdicts: [(&str, Verdicts); 3] = [
        ("number-support", |judgement| &judgement.numbers),
        ("date-support", |judgement| &judgement.dates),
        ("name-support", |judgement| &judgement.names),
    ];
    let mut figures: Vec<Figure> = verdicts
        .iter()
        .map(|(name, of)| {
            let rows = judged.iter().map(|judgement| {
                let verdicts = judgement.map(of);
                let all = verdicts.map_or(0, <[Verdict]>::len);
                let supported = verdicts.map_or(0, |all| {
                    all.iter().filter(|verdict| verdict.supported).count()
                });
                (supported as f64, all as f64)
            });
            Figure::ratio(&format!("{prefix}{name}"), Direction::Higher, rows)
        })
        .collect();
    let whole = judged.iter().map(|judgement| {
        judgement.map_or((0.0, 0.0), |judgement| {
            (f64::from(u8::from(judgement.is_supported())), 1.0)
        })
    });
    let name = format!("{prefix}supported-abstracts");
    figures.push(Figure::ratio(&name, Direction::Higher, whole));
    figures
}

fn kind_of(fact: &Fact) -> &'static str {
    match fact {
        Fact::Person { .. } => "person",
        Fact::Organisation { .. } => "organisation",
        Fact::Place { .. } => "place",
        Fact::Number { .. } => "number",
        Fact::Date { .. } => "date",
        Fact::Event { .. } => "event",
    }
}

fn english(fact: &Fact) -> &str {
    match fact {
        Fact::Person { english, .. }
        | Fact::Organisation { english, .. }
        | Fact::Place { english, .. }
        | Fact::Number { english, .. }
        | Fact::Date { english, .. }
        | Fact::Event { english, .. } => english,
    }
}

/// Writes "U.S." and "U.N." without dots.
fn without_dots(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_initial = |at: usize| {
        let alone = at == 0 || !letters[at - 1].is_alphabetic();
        alone && letters[at].is_uppercase() && letters.get(at + 1) == Some(&'.')
    };
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        plain.push(letters[at]);
        let before = at >= 2 && is_initial(at - 2);
        let after = at + 2 < letters.len() && is_initial(at + 2);
        at += if is_initial(at) && (before || after) {
            2
        } else {
            1
        };
    }
    plain
}

#[cfg(test)]
mod tests;
