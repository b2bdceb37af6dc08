//! What words say of each topic in each sentence: terms, terms of times past, words that count only together.
//!
//! Owns the reading of a taxonomy's word lists; how much a cue weighs is learnt (see `head`).

use super::head::Cue;
use super::terms::fold;
use super::{Taxonomy, TermMatcher};

/// Finds the cues of all topics of a taxonomy.
pub struct CueFinder {
    topics: Vec<Words>,
    past: TermMatcher,
}

/// The words of one topic.
struct Words {
    terms: TermMatcher,
    together: Vec<(TermMatcher, TermMatcher)>,
}

impl CueFinder {
    /// Compiles the word lists of these topics of the taxonomy, in this order; a topic that it does not have has no
    /// cues.
    pub fn new<'a>(taxonomy: &Taxonomy, topics: impl Iterator<Item = &'a str>) -> Self {
        let words = |id: &str| {
            let entry = taxonomy.topics.iter().find(|entry| entry.id == id);
            let terms = entry
                .map(|entry| entry.terms.as_slice())
                .unwrap_or_default();
            let not_terms = entry
                .map(|entry| entry.not_terms.as_slice())
                .unwrap_or_default();
            let pairs = entry
                .map(|entry| entry.together.as_slice())
                .unwrap_or_default();
            let matcher = |words: &[String]| TermMatcher::new(words, not_terms);
            Words {
                terms: matcher(terms),
                together: pairs
                    .iter()
                    .map(|pair| (matcher(&pair.one), matcher(&pair.other)))
                    .collect(),
            }
        };
        Self {
            topics: topics.map(words).collect(),
            past: TermMatcher::new(&taxonomy.generic.past, &[]),
        }
    }

    /// The cues of each sentence, `[sentence][topic]`.
    pub fn find(&self, sentences: &[&str]) -> Vec<Vec<Cue>> {
        let folded: Vec<String> = sentences.iter().map(|text| fold(text)).collect();
        let texts: Vec<(&str, &str)> = sentences
            .iter()
            .copied()
            .zip(folded.iter().map(String::as_str))
            .collect();
        let past: Vec<bool> = texts
            .iter()
            .map(|(text, folded)| self.past.finds_in(text, folded))
            .collect();
        let by_topic: Vec<Vec<Cue>> = self
            .topics
            .iter()
            .map(|words| words.find(&texts, &past))
            .collect();
        (0..sentences.len())
            .map(|at| by_topic.iter().map(|cues| cues[at]).collect())
            .collect()
    }
}

impl Words {
    /// The topic's cue in each sentence.
    fn find(&self, texts: &[(&str, &str)], past: &[bool]) -> Vec<Cue> {
        let found = |matcher: &TermMatcher| -> Vec<bool> {
            texts
                .iter()
                .map(|(text, folded)| matcher.finds_in(text, folded))
                .collect()
        };
        let terms = found(&self.terms);
        let mut cues: Vec<Cue> = terms
            .iter()
            .zip(past)
            .map(|(term, past)| Cue {
                clean: *term && !past,
                dirty: *term && *past,
                together: false,
            })
            .collect();
        for (one, other) in &self.together {
            let (one, other) = (found(one), found(other));
            for (at, cue) in cues.iter_mut().enumerate() {
                let near = at.saturating_sub(1)..(at + 2).min(texts.len());
                cue.together |= other[at] && one[near].contains(&true);
            }
        }
        cues
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_times_past_and_words_together() {
        let taxonomy = Taxonomy::built_in();
        let finder = CueFinder::new(&taxonomy, ["ukraine", "asean", "unheard_of"].into_iter());
        let sentences = [
            "L'ancien secrétaire général de l'ASEAN est arrivé à Kiev.",
            "Les bombardements ont repris.",
            "L'ASEAN se réunira demain.",
            "Les bombardements ont cessé.",
        ];
        let cues = finder.find(&sentences);
        let (ukraine, asean) = (0, 1);
        assert!(cues[0][asean].dirty && !cues[0][asean].clean);
        assert!(cues[2][asean].clean && !cues[2][asean].dirty);
        assert!(
            cues[1][ukraine].together,
            "the place is in the sentence before"
        );
        assert!(!cues[3][ukraine].together, "the place is too far away");
        assert!(cues.iter().all(|row| row[2] == Cue::default()));
    }
}
