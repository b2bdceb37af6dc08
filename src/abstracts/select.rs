//! Which sentences are worth telling, and in what order of importance.
//!
//! Owns what is read of a sentence ([`features`]) and the choice. What it counts is learnt: `salience`.

use super::pattern;
use super::salience::Salience;
use crate::text::{dates, numbers};
use ndarray::{Array2, ArrayView2, Axis};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Sentences that are looked at: what a dispatch is about comes before.
pub(super) const MOST_COMPARED: usize = 40;
/// A sentence that is so like a chosen one (cosine of tf-idf) tells it again.
const REPEATED: f32 = 0.6;

/// Letters of a word that tell it from others: French endings are left out.
const STEM_LETTERS: usize = 6;

/// What is read of a sentence, by column.
pub const FEATURES: [&str; 15] = [
    "first",
    "early",
    "last",
    "words",
    "short",
    "numbers",
    "dates",
    "names",
    "verbs",
    "decision",
    "courtesy",
    "quoted",
    "question",
    "like_lead",
    "centre",
];

/// Verbs by which a dispatch says what was agreed, decided or announced.
static VERBS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(?:sign|ratifi|adopt|approuv|annonc|déclar|soulign|affirm|indiqu|décid|convenu|convien|accept|refus
        |propos|promi|engag|accord|lanc|inaugur|ouv[er]|condamn|appel|demand|remi[st]|reçu|recev|rencontr|prolong|livr
        |port(?:er|era|é)\b|attein|augment|recul|baiss|hausse|progress|vot|élu|nomm)",
    )
});
/// Those of them that decide something.
static DECISION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:conven|convien|sign|approuv|adopt|décid|annonc|prévoi|fixé|accord)")
});
/// What is said for courtesy.
static COURTESY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:souhait|remerci|félicit|salué|rappel|soulign|hommage)"));
/// A name inside a sentence: a capital behind a small letter, comma or apostrophe.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[\p{Ll},'’] ?(\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)*)"));

/// The places of the sentences that are worth most, the most important first, at most `count` of them.
///
/// `vectors` are unit vectors of the first sentences, one row each; without them, or with those of an encoder that
/// salience was not learnt with, the features alone count. Equal scores go to the earlier sentence, so the choice is
/// the same on every run.
pub(super) fn worth_telling(
    sentences: &[&str],
    vectors: Option<ArrayView2<f32>>,
    salience: &Salience,
    count: usize,
) -> Vec<usize> {
    let sentences = &sentences[..sentences.len().min(MOST_COMPARED)];
    let likeness = tf_idf(sentences);
    let scores = salience.scores(&features_by(sentences, &likeness), vectors);
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let mut chosen: Vec<usize> = Vec::new();
    for place in order {
        let repeated = |other: &usize| likeness[[place, *other]] > REPEATED;
        if chosen.len() < count && !chosen.iter().any(repeated) {
            chosen.push(place);
        }
    }
    chosen
}

/// What is read of an article's sentences, one row each, a column for each of [`FEATURES`].
pub fn features(sentences: &[&str]) -> Array2<f32> {
    features_by(sentences, &tf_idf(sentences))
}

/// [`features`], the sentences' likeness (sentences, sentences) being known.
fn features_by(sentences: &[&str], likeness: &Array2<f32>) -> Array2<f32> {
    let count = sentences.len();
    let others = (count.max(2) - 1) as f32;
    let mut rows = Array2::zeros((count, FEATURES.len()));
    for (place, text) in sentences.iter().enumerate() {
        let like_lead = if place == 0 {
            0.0
        } else {
            likeness[[place, 0]]
        };
        let centre = (likeness.row(place).sum() - likeness[[place, place]]) / others;
        let [numbers, dates, names, verbs] = facts(text);
        let is = |yes: bool| f32::from(u8::from(yes));
        let row = [
            is(place == 0),
            1.0 / (1.0 + place as f32).sqrt(),
            is(place + 1 == count),
            words(text).min(40) as f32 / 20.0,
            is(words(text) < 8),
            numbers,
            dates,
            names,
            verbs,
            is(DECISION.is_match(text)),
            is(COURTESY.is_match(text)),
            is(text.contains(['«', '"', '“']) || text.starts_with(['-', '–'])),
            is(text.ends_with('?')),
            like_lead,
            centre,
        ];
        rows.index_axis_mut(Axis(0), place)
            .assign(&ndarray::arr1(&row));
    }
    rows
}

/// Numbers, dates, names and verbs: each kind counts a few times at most, so that a list does not win.
fn facts(text: &str) -> [f32; 4] {
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
    let verbs = VERBS.find_iter(text).count();
    [
        figures.min(3),
        days.len().min(2),
        names.min(4),
        verbs.min(2),
    ]
    .map(|count| count as f32)
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
