//! Which sentences of the article a clause of the abstract speaks of.
//!
//! Anchors are numbers, names, countries, verbs of `negation`'s list and words of one root in both languages.
//! An anchor counts the more, the fewer sentences have it.

use super::facts::Facts;
use super::names::{Origin, origin};
use super::words::{Joint, Word, lists};
use super::{Candidate, negation};
use std::collections::BTreeSet;
use std::ops::Range;

/// Least weight of the best sentence: a number, or two words that few others have.
const LEAST: f64 = 1.2;
/// Sentences of at least this share of the best one's weight are meant too.
const SHARE: f64 = 0.6;
/// Farther than so many words, a comma or `and` ends the clause.
const SOFT: usize = 3;
/// Words on either side that belong to a clause at most.
const REACH: usize = 14;
/// Letters that words of one root share.
const ROOT: usize = 5;

/// The words around `at` up to a stop mark or the end of the sentence.
pub(super) fn clause(words: &[Word], at: usize) -> Range<usize> {
    let ends = |word: &Word, distance: usize| {
        let soft = word.joint == Joint::Comma || lists("and but while which", &word.folded);
        word.starts || word.joint == Joint::Stop || (soft && distance > SOFT)
    };
    let mut start = at;
    while start > 0 && at - start < REACH && !ends(&words[start], at - start) {
        start -= 1;
    }
    let mut end = at + 1;
    while end < words.len() && end - at < REACH && !ends(&words[end], end - at) {
        end += 1;
    }
    start..end
}

/// The sentences (words of `facts`) that the clause speaks of; none if the anchors do not suffice.
pub(super) fn sentences(
    candidate: &Candidate,
    clause: Range<usize>,
    facts: &Facts,
) -> Vec<Range<usize>> {
    let mut weights = vec![0.0; facts.sentences.len()];
    let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
    for at in clause {
        let (places, weight) = anchors(candidate, at, facts);
        let mut holding: Vec<usize> = places
            .iter()
            .filter_map(|place| facts.sentence_number(*place))
            .collect();
        holding.sort_unstable();
        holding.dedup();
        if places.is_empty() || !seen.insert(places) {
            continue;
        }
        for sentence in &holding {
            weights[*sentence] += weight / holding.len() as f64;
        }
    }
    let best = weights.iter().copied().fold(0.0, f64::max);
    if best < LEAST {
        return Vec::new();
    }
    let meant = |(_, weight): &(&Range<usize>, &f64)| **weight >= SHARE * best;
    facts
        .sentences
        .iter()
        .zip(&weights)
        .filter(meant)
        .map(|(range, _)| range.clone())
        .collect()
}

/// The places that a word of the abstract points to, and how much it says.
fn anchors(candidate: &Candidate, at: usize, facts: &Facts) -> (Vec<usize>, f64) {
    let word = &candidate.words[at];
    if let Some(mention) = candidate
        .countries
        .iter()
        .find(|mention| mention.words.start == at)
    {
        let known = facts
            .countries
            .iter()
            .filter(|known| known.id == mention.id);
        return (known.map(|known| known.words.start).collect(), 0.7);
    }
    if let Some(number) = candidate
        .numbers
        .iter()
        .find(|number| number.span.contains(&word.span.start))
    {
        let known = facts
            .numbers
            .iter()
            .filter(|known| known.value == number.value);
        return (
            known
                .map(|known| facts.place_of_byte(known.span.start))
                .collect(),
            1.5,
        );
    }
    if word.capital
        && !word.starts
        && let Origin::Places(places) = origin(word, facts)
    {
        return (places, 1.0);
    }
    let mut places = facts.verb_places(negation::french_stems(&word.folded));
    let root: String = word.folded.chars().take(ROOT).collect();
    if word.folded.chars().count() > ROOT {
        places.extend(facts.stem_places(&root));
    }
    places.sort_unstable();
    places.dedup();
    (places, 1.0)
}
