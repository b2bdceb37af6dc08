//! What the head sees: articles as vectors and cues, labelled articles, and what the taxonomy tells of the topics.
//!
//! Owns these plain types and how cues are counted. Vectors come from the encoder, cues from the cue finder.

use ndarray::Array2;

/// What words say of one topic in one sentence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cue {
    /// A term in its own sense.
    pub clean: bool,
    /// A term, but in a sentence that speaks of a former office or of times past.
    pub dirty: bool,
    /// Words that make the topic only together are here or in a neighbouring sentence.
    pub together: bool,
}

/// One article as the head sees it.
#[derive(Debug, Clone)]
pub struct Article {
    /// Unit rows: the sentences, the headline, if any, as row 0; then the clauses, `(sentences + clauses, dimension)`.
    pub vectors: Array2<f32>,
    /// The sentence of each clause.
    pub clause_of: Vec<usize>,
    /// Whether row 0 is a headline.
    pub has_title: bool,
    /// `[sentence][topic]`, the topics in the order of the head's names; a missing entry is no cue.
    pub cues: Vec<Vec<Cue>>,
}

/// A labelled article.
#[derive(Debug, Clone)]
pub struct Example {
    /// The article's id; folds are drawn from it, so that they do not depend on the order of the examples.
    pub id: String,
    /// The article.
    pub article: Article,
    /// Whether the article has each topic, in the order of the names.
    pub topics: Vec<bool>,
}

/// An article of another kind that is known not to have some topics: it teaches a head where not to see them.
#[derive(Debug, Clone)]
pub struct Background {
    /// Shape `(sentences, dimension)`, unit rows.
    pub vectors: Array2<f32>,
    /// True for each topic that it does not have; nothing is known of the others. In the order of the names.
    pub lacks: Vec<bool>,
}

/// What the taxonomy tells of the topics: vectors of sentences that have them.
#[derive(Debug, Clone)]
pub struct Prototypes {
    /// For each topic `(prototypes, dimension)`, unit rows; may have no rows.
    pub topics: Vec<Array2<f32>>,
    /// Sentences of no topic, `(prototypes, dimension)`, unit rows; may have no rows.
    pub generic: Array2<f32>,
}

/// Numbers that [`Article::cues_of`] makes of an article's cues.
pub(super) const CUES: usize = 4;

/// The tally of an article's cues for one topic.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct CueTally {
    /// Clean terms and words together, counted by sentence.
    pub found: usize,
    /// Terms in sentences of times past.
    pub dirty: usize,
    /// Whether words that count only together were found.
    pub together: bool,
}

impl CueTally {
    /// Any cue, up to two more of them (halved, so that all features have one scale), any dirty one, any pair.
    pub fn features(self) -> [f64; CUES] {
        let flag = |set: bool| if set { 1.0 } else { 0.0 };
        let more = self.found.saturating_sub(1).min(2) as f64;
        [
            flag(self.found > 0),
            more / 2.0,
            flag(self.dirty > 0),
            flag(self.together),
        ]
    }
}

impl Article {
    /// How many sentences it has, the headline included.
    pub fn sentences(&self) -> usize {
        self.vectors.nrows().saturating_sub(self.clause_of.len())
    }

    /// What words say of a topic in a sentence.
    pub(super) fn cue(&self, sentence: usize, topic: usize) -> Cue {
        let row = self.cues.get(sentence);
        row.and_then(|row| row.get(topic))
            .copied()
            .unwrap_or_default()
    }

    /// What words say of a topic in the whole article.
    pub(super) fn cues_of(&self, topic: usize) -> CueTally {
        let mut tally = CueTally::default();
        for sentence in 0..self.sentences() {
            let cue = self.cue(sentence, topic);
            tally.found += usize::from(cue.clean) + usize::from(cue.together);
            tally.dirty += usize::from(cue.dirty);
            tally.together |= cue.together;
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_counted_by_kind() {
        let cue = |clean, dirty, together| Cue {
            clean,
            dirty,
            together,
        };
        let article = Article {
            vectors: Array2::zeros((3, 2)),
            clause_of: Vec::new(),
            has_title: false,
            cues: vec![
                vec![cue(true, false, false)],
                vec![cue(true, false, true)],
                vec![cue(false, true, false)],
            ],
        };
        assert_eq!(article.cues_of(0).features(), [1.0, 1.0, 1.0, 1.0]);
        assert_eq!(article.cues_of(7).features(), [0.0; CUES], "no such topic");
    }
}
