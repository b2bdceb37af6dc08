//! What an abstract is like, whatever it says: whether there is one, its length, wording, language, wholeness and checks.
//!
//! Owns the figures without a reference. An article without an abstract counts in `written` alone; all other figures are
//! over the abstracts that there are, so read them beside `written`.

use std::collections::BTreeMap;

use super::novelty::{COPIED_RUN, ORDINARY_WORDS, Source};
use super::{is_complete, is_english, tokens, written};
use crate::align::Pair;
use crate::figure::{Direction, Figure};
use crate::read::prediction::{AbstractStatus, PredictedAbstract};

/// Most words that an abstract may have, by `corpus/codebook.md`.
const MOST_WORDS: usize = 60;

/// All figures of form, those of the program's own checks last.
pub(super) fn figures(pairs: &[Pair]) -> Vec<Figure> {
    let has_one = pairs
        .iter()
        .map(|pair| Some(share(written(pair).is_some())));
    let mut figures = vec![Figure::mean("written", Direction::Higher, has_one)];
    figures.extend(lengths(pairs));
    figures.extend(wording(pairs));
    figures.push(
        of_written(pairs, "english", |summary| is_english(&summary.text))
            .with_parameters("by:whatlang"),
    );
    figures.push(of_written(pairs, "complete", |summary| {
        is_complete(&summary.text)
    }));
    figures.push(verified(pairs));
    figures.extend(checks(pairs));
    figures
}

/// `words`, `compression` and `within-60-words`.
fn lengths(pairs: &[Pair]) -> [Figure; 3] {
    let words = |pair| written(pair).map(|summary| tokens::word_count(&summary.text));
    let mean = pairs
        .iter()
        .map(|pair| words(pair).map(|words| words as f64));
    let compression = pairs.iter().map(|pair| {
        let article = tokens::word_count(&pair.gold.text);
        match words(pair) {
            Some(words) if article > 0 => (words as f64, article as f64),
            _ => (0.0, 0.0),
        }
    });
    let within = of_written(pairs, "within-60-words", |summary| {
        tokens::word_count(&summary.text) <= MOST_WORDS
    });
    [
        Figure::mean("words", Direction::Neutral, mean),
        Figure::ratio("compression", Direction::Neutral, compression),
        within,
    ]
}

/// `copied-french` and the novel n-grams.
fn wording(pairs: &[Pair]) -> Vec<Figure> {
    let compared: Vec<Option<Compared>> = pairs.iter().map(Compared::of).collect();
    let copied = compared.iter().map(|compared| match compared {
        Some(compared) => (compared.copied as f64, compared.words as f64),
        None => (0.0, 0.0),
    });
    let copied = Figure::ratio("copied-french", Direction::Lower, copied)
        .with_parameters(&format!("run:{COPIED_RUN}|ordinary:{ORDINARY_WORDS}"));
    let novel = ["novel-unigrams", "novel-bigrams", "novel-trigrams"];
    let novel = novel.iter().enumerate().map(|(at, name)| {
        let values = compared.iter().map(|compared| compared.as_ref()?.novel[at]);
        Figure::mean(name, Direction::Neutral, values)
    });
    std::iter::once(copied).chain(novel).collect()
}

/// An abstract's wording against its article's.
struct Compared {
    words: usize,
    copied: usize,
    /// Share of novel n-grams for n = 1, 2, 3.
    novel: [Option<f64>; 3],
}

impl Compared {
    /// `None` without an abstract or without the article's text.
    fn of(pair: &Pair) -> Option<Compared> {
        let summary = tokens::folded(&written(pair)?.text);
        let source = Source::new(pair.gold.title.as_deref(), &pair.gold.text)?;
        Some(Compared {
            words: summary.len(),
            copied: source.copied(&summary),
            novel: std::array::from_fn(|at| source.novel(&summary, at + 1)),
        })
    }
}

/// Share of abstracts that passed all checks; undefined for a program that checks none of its abstracts.
fn verified(pairs: &[Pair]) -> Figure {
    let status = |pair| written(pair).map(|summary| summary.status);
    let ever = pairs
        .iter()
        .filter_map(status)
        .any(|status| status != AbstractStatus::Unchecked);
    let values = pairs.iter().map(|pair| {
        let status = status(pair).filter(|_| ever)?;
        Some(share(status == AbstractStatus::Verified))
    });
    Figure::mean("verified", Direction::Higher, values)
}

/// One figure for each check that some abstract went through: share that passed of those that did.
fn checks(pairs: &[Pair]) -> Vec<Figure> {
    let results: Vec<BTreeMap<String, bool>> = pairs.iter().map(check_results).collect();
    let mut names: Vec<&String> = results.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    let figure = |name: &String| {
        let values = results
            .iter()
            .map(|results| results.get(name).copied().map(share));
        Figure::mean(&format!("check-{name}"), Direction::Higher, values)
    };
    names.into_iter().map(figure).collect()
}

/// Whether each check passed, by its name in kebab case; a check that is listed twice passed if it did both times.
fn check_results(pair: &Pair) -> BTreeMap<String, bool> {
    let mut results = BTreeMap::new();
    for check in written(pair).iter().flat_map(|summary| &summary.checks) {
        let words = check.name.split(|c: char| !c.is_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        *results
            .entry(words.join("-").to_lowercase())
            .or_insert(true) &= check.passed;
    }
    results
}

/// Share of the abstracts of which something is true.
fn of_written(pairs: &[Pair], name: &str, holds: impl Fn(&PredictedAbstract) -> bool) -> Figure {
    let values = pairs
        .iter()
        .map(|pair| written(pair).map(|summary| share(holds(summary))));
    Figure::mean(name, Direction::Higher, values)
}

fn share(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}
