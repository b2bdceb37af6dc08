//! Which sentences carried a topic. Owns the ranking; at most three are named.

use super::article::Article;
use ndarray::{Array1, ArrayView1};

/// At most so many sentences are named.
const MOST: usize = 3;
/// A sentence's strength: its own logit counts so much…
const OWN: f64 = 0.7;
/// …and that of its better pair with a neighbour so much, since a statement may need both.
const PAIR: f64 = 0.3;
/// What a cue adds to the logit.
const CUE: f64 = 1.5;
/// Sentences this much weaker than the strongest one did not carry the topic.
const REACH: f64 = 1.5;
/// The logit of a pair that there is not.
const NO_PAIR: f64 = -9.0;

/// The logits of the sentences, each raised to that of its strongest clause.
pub(super) fn with_clauses(
    article: &Article,
    sentences: ArrayView1<f64>,
    clauses: ArrayView1<f64>,
) -> Array1<f64> {
    let mut logits = sentences.to_owned();
    for (sentence, clause) in article.clause_of.iter().zip(clauses) {
        logits[*sentence] = logits[*sentence].max(*clause);
    }
    logits
}

/// The sentences that carried a topic, strongest first, from the logits of the sentences and of the pairs (pair i is
/// sentences i and i + 1; no pairs: the sentences' own logits alone count).
pub(super) fn strongest(
    article: &Article,
    topic: usize,
    sentences: ArrayView1<f64>,
    pairs: ArrayView1<f64>,
) -> Vec<usize> {
    let pair = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| pairs.get(before));
        let best = before.into_iter().chain(pairs.get(at)).copied();
        best.fold(NO_PAIR, f64::max)
    };
    let strength: Vec<f64> = (0..sentences.len())
        .map(|at| {
            let cue = article.cue(at, topic);
            let bonus = if cue.clean || cue.together { CUE } else { 0.0 };
            let own = match pairs.len() {
                0 => sentences[at],
                _ => OWN * sentences[at] + PAIR * pair(at),
            };
            own + bonus
        })
        .collect();
    // A headline counts for the topic and is no sentence of the text: it is named only where there is nothing else.
    let first = usize::from(article.has_title && strength.len() > 1);
    let mut order: Vec<usize> = (first..strength.len()).collect();
    order.sort_by(|a, b| strength[*b].total_cmp(&strength[*a]));
    let best = order.first().map_or(0.0, |best| strength[*best]);
    order.retain(|at| strength[*at] >= best - REACH);
    order.truncate(MOST);
    order
}

#[cfg(test)]
mod tests {
    use super::super::Cue;
    use super::*;
    use ndarray::{Array2, array};

    fn article(sentences: usize) -> Article {
        Article {
            vectors: Array2::zeros((sentences, 1)),
            clause_of: Vec::new(),
            has_title: false,
            cues: vec![vec![Cue::default()]; sentences],
        }
    }

    #[test]
    fn the_strongest_come_first_and_weak_ones_are_left_out() {
        let none = array![];
        let found = strongest(
            &article(4),
            0,
            array![-4.0, 2.0, 1.0, 3.0].view(),
            none.view(),
        );
        assert_eq!(found, [3, 1]);
        let equal = strongest(
            &article(5),
            0,
            array![1.0, 1.0, 1.0, 1.0, 1.0].view(),
            none.view(),
        );
        assert_eq!(equal, [0, 1, 2], "ties keep the order of the text");
    }

    #[test]
    fn cues_and_neighbours_add_strength() {
        let mut with_cue = article(3);
        with_cue.cues[0][0].clean = true;
        let logits = array![0.0, 1.0, 0.5];
        assert_eq!(
            strongest(&with_cue, 0, logits.view(), array![].view())[0],
            0
        );
        let pairs = array![-4.0, 4.0];
        assert_eq!(strongest(&article(3), 0, logits.view(), pairs.view())[0], 1);
    }
}
