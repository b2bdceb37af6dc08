//! Which sentences the generator is given: the lead, then those worth telling, within a budget of words.
//!
//! Owns the score of a sentence (facts, likeness to the whole, place) and the choice by maximal marginal relevance
//! (Carbonell & Goldstein, SIGIR 1998): the next sentence is the one that scores best and repeats least. Vectors may
//! be passed in; without them likeness is the cosine of tf-idf word stems.

use super::pattern;
use crate::text::{dates, numbers};
use ndarray::{Array2, ArrayView2, s};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Words that the generator is given at most, a longer lead not counted against it.
pub const BUDGET_WORDS: usize = 220;

/// Sentences that are compared: the work grows with their square, and what a dispatch is about comes before.
const MOST_COMPARED: usize = 200;

/// Letters of a word that tell it from others: French endings are left out.
const STEM_LETTERS: usize = 6;

/// What a sentence is worth by. Found by a grid over the labelled articles; see the test below.
#[derive(Debug, Clone, Copy)]
struct Weights {
    /// Numbers, dates, names and verbs of agreement and statement.
    facts: f32,
    /// Mean likeness to the other sentences.
    centre: f32,
    /// Nearness to the beginning.
    place: f32,
    /// Share of the score against the likeness to what is chosen already: λ of the paper.
    score: f32,
}

const WEIGHTS: Weights = Weights {
    facts: 1.0,
    centre: 0.25,
    place: 1.0,
    score: 0.7,
};

/// Verbs by which a dispatch says what was agreed, decided or announced.
static SAYING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(?:sign|ratifi|adopt|approuv|annonc|déclar|soulign|affirm|indiqu|décid|convenu|convien|accept|refus
        |propos|promi|engag|accord|lanc|inaugur|ouv[er]|condamn|appel|demand|remi[st]|reçu|recev|rencontr|prolong|livr
        |port(?:er|era|é)\b|attein|augment|recul|baiss|hausse|progress|vot|élu|nomm)",
    )
});
/// A name inside a sentence: a capital behind a small letter, comma or apostrophe.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[\p{Ll},'] ?(\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)*)"));

/// The places of the chosen sentences, in order: the lead always, the others while they fit into `budget` words.
///
/// `vectors` are unit vectors, one row a sentence; with another number of rows they are left aside.
/// Equal scores go to the earlier sentence, so the choice is the same on every run.
pub fn worth_telling(
    sentences: &[&str],
    vectors: Option<ArrayView2<f32>>,
    budget: usize,
) -> Vec<usize> {
    choose(sentences, vectors, budget, &WEIGHTS)
}

fn choose(
    sentences: &[&str],
    vectors: Option<ArrayView2<f32>>,
    budget: usize,
    weights: &Weights,
) -> Vec<usize> {
    let vectors = vectors.filter(|vectors| vectors.nrows() == sentences.len());
    let sentences = &sentences[..sentences.len().min(MOST_COMPARED)];
    let lengths: Vec<usize> = sentences.iter().map(|text| words(text)).collect();
    if lengths.iter().sum::<usize>() <= budget {
        return (0..sentences.len()).collect();
    }
    let likeness = match vectors {
        Some(vectors) => {
            let compared = vectors.slice(s![..sentences.len(), ..]);
            compared.dot(&compared.t())
        }
        None => tf_idf(sentences),
    };
    let scores = scores(sentences, &likeness, weights);
    let mut chosen = vec![0];
    let mut left = budget.saturating_sub(lengths[0]);
    loop {
        let fits = |place: &usize| !chosen.contains(place) && lengths[*place] <= left;
        let worth = |place: usize| {
            let repeated = chosen.iter().map(|other| likeness[[place, *other]]);
            let repeated = repeated.fold(0.0, f32::max);
            weights.score * scores[place] - (1.0 - weights.score) * repeated
        };
        // The first of equals: `max_by` would take the last.
        let best = (0..sentences.len())
            .filter(fits)
            .rev()
            .max_by(|a, b| worth(*a).total_cmp(&worth(*b)));
        let Some(best) = best else { break };
        left -= lengths[best];
        chosen.push(best);
    }
    chosen.sort_unstable();
    chosen
}

/// What each sentence is worth, from 0 to 1.
fn scores(sentences: &[&str], likeness: &Array2<f32>, weights: &Weights) -> Vec<f32> {
    let count = sentences.len();
    let facts = scaled(sentences.iter().map(|text| facts(text)).collect());
    let others = (count.max(2) - 1) as f32;
    let centre = scaled(
        (0..count)
            .map(|row| (likeness.row(row).sum() - likeness[[row, row]]) / others)
            .collect(),
    );
    let total = weights.facts + weights.centre + weights.place;
    (0..count)
        .map(|place| {
            let early = 1.0 / (1.0 + place as f32).sqrt();
            (weights.facts * facts[place] + weights.centre * centre[place] + weights.place * early)
                / total
        })
        .collect()
}

/// Values from 0 to 1, the largest 1.
fn scaled(values: Vec<f32>) -> Vec<f32> {
    let largest = values.iter().copied().fold(0.0, f32::max);
    if largest <= 0.0 {
        return values;
    }
    values
        .into_iter()
        .map(|value| value.max(0.0) / largest)
        .collect()
}

/// How much a sentence tells: each kind counts a few times at most, so that a list does not win. A quotation or a
/// question tells less.
fn facts(text: &str) -> f32 {
    let days = dates::find(text);
    let is_date = |start: usize| {
        days.iter()
            .any(|day| day.span.start <= start && start < day.span.end)
    };
    let figures = numbers::find(text)
        .iter()
        .filter(|number| !is_date(number.span.start))
        .count();
    let names = NAME.find_iter(text).count();
    let verbs = SAYING.find_iter(text).count();
    let value = figures.min(3) as f32
        + days.len().min(2) as f32
        + names.min(4) as f32 * 0.5
        + verbs.min(2) as f32;
    let quoted = text.starts_with(['«', '"', '“', '-', '–']) || text.ends_with('?');
    if quoted { value * 0.5 } else { value }
}

/// Words between white space.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Cosine of the sentences' tf-idf word stems, (sentences, sentences).
fn tf_idf(sentences: &[&str]) -> Array2<f32> {
    let counts: Vec<BTreeMap<String, f32>> = sentences.iter().map(|text| stems(text)).collect();
    let mut holding: BTreeMap<&str, f32> = BTreeMap::new();
    for stem in counts.iter().flat_map(BTreeMap::keys) {
        *holding.entry(stem).or_default() += 1.0;
    }
    let places: BTreeMap<&str, usize> = holding
        .keys()
        .enumerate()
        .map(|(place, stem)| (*stem, place))
        .collect();
    let mut weights = Array2::<f32>::zeros((sentences.len(), places.len()));
    for (row, stems) in counts.iter().enumerate() {
        for (stem, count) in stems {
            let rarity = (1.0 + sentences.len() as f32 / holding[stem.as_str()]).ln();
            weights[[row, places[stem.as_str()]]] = count * rarity;
        }
        let mut vector = weights.row_mut(row);
        let length = vector.dot(&vector).sqrt();
        if length > 0.0 {
            vector /= length;
        }
    }
    weights.dot(&weights.t())
}

/// Stems of the words of more than three letters, and how often each comes.
fn stems(text: &str) -> BTreeMap<String, f32> {
    let mut counts = BTreeMap::new();
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 3)
    {
        let stem: String = word.to_lowercase().chars().take(STEM_LETTERS).collect();
        *counts.entry(stem).or_default() += 1.0;
    }
    counts
}

#[cfg(test)]
#[path = "select_tests.rs"]
mod tests;
