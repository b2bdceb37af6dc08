//! Long sentences in pieces. A sentence of protocol says several things, each for a topic of its own, and its vector
//! is a mean of them all; the vector of a clause is not. Owns where a sentence is cut, and the encoding of both.

use crate::encoder::{Encoder, EncoderError};
use ndarray::Array2;

/// Shorter sentences stay whole.
const LONG: usize = 28;
/// A clause has at least so many words.
const SHORT: usize = 7;
/// What begins a clause without a mark before it.
const OPENERS: [[&str; 2]; 3] = [["ainsi", "que"], ["tandis", "que"], ["et", "que"]];

/// The clauses of a long sentence, in order; none for one that stays whole.
///
/// ```
/// use depeche::topics::clauses;
///
/// let long = "Les entretiens ont porté sur la coopération dans la pêche et l'élevage, les moyens de faciliter le passage \
///     des marchandises à la frontière commune, ainsi que la formation de jeunes ingénieurs dans les deux pays.";
/// let clauses = clauses(long);
/// assert_eq!(clauses.len(), 3);
/// assert!(clauses[2].starts_with("ainsi que la formation"));
/// ```
pub fn clauses(sentence: &str) -> Vec<&str> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    if words.len() < LONG {
        return Vec::new();
    }
    let place = |word: &str| word.as_ptr() as usize - sentence.as_ptr() as usize;
    let opens = |at: usize| {
        let next = [words[at], words.get(at + 1).copied().unwrap_or_default()];
        OPENERS.contains(&next)
    };
    let ends = |word: &str| word.ends_with([',', ';', ':']) || word == "–";
    let mut starts = vec![0];
    let mut first = 0;
    for at in 1..words.len() {
        let cut = ends(words[at - 1]) || opens(at);
        if cut && at - first >= SHORT && words.len() - at >= SHORT {
            starts.push(place(words[at]));
            first = at;
        }
    }
    if starts.len() == 1 {
        return Vec::new();
    }
    let stops = starts[1..].iter().copied().chain([sentence.len()]);
    let pairs = starts.iter().zip(stops);
    pairs
        .map(|(start, stop)| sentence[*start..stop].trim())
        .collect()
}

/// Sentences and clauses as vectors.
pub struct Encoded {
    /// Unit rows, `(sentences + clauses, dimension)`, the clauses after all sentences.
    pub vectors: Array2<f32>,
    /// The sentence of each clause.
    pub clause_of: Vec<usize>,
}

/// Encodes the sentences of an article and their clauses.
///
/// # Errors
/// The encoder fails.
pub fn encode(encoder: &dyn Encoder, sentences: &[&str]) -> Result<Encoded, EncoderError> {
    let numbered = sentences.iter().enumerate();
    let clauses: Vec<(usize, &str)> = numbered
        .flat_map(|(at, sentence)| {
            clauses(sentence)
                .into_iter()
                .map(move |clause| (at, clause))
        })
        .collect();
    let clause_texts = clauses.iter().map(|(_, clause)| *clause);
    let texts: Vec<&str> = sentences.iter().copied().chain(clause_texts).collect();
    Ok(Encoded {
        vectors: encoder.encode(&texts)?,
        clause_of: clauses.iter().map(|(at, _)| *at).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_no_clause_is_short() {
        let sentence = "Le ministre, qui rentrait de voyage, a reçu mardi à son bureau de la capitale les délégués venus du \
            nord, puis ceux du sud ; il leur a promis une réponse avant la fin du mois, et que rien ne serait décidé sans eux.";
        let clauses = clauses(sentence);
        assert!(clauses.len() > 1);
        let joined = clauses.join(" ");
        assert_eq!(
            joined.split_whitespace().collect::<Vec<_>>(),
            sentence.split_whitespace().collect::<Vec<_>>()
        );
        let count = |clause: &&str| clause.split_whitespace().count();
        assert!(
            clauses.iter().all(|clause| count(clause) >= SHORT),
            "{clauses:?}"
        );
    }

    #[test]
    fn short_or_unbroken_sentences_stay_whole() {
        assert!(clauses("Le ministre est arrivé, puis il est reparti.").is_empty());
        assert!(clauses("").is_empty());
        let unbroken = "mot ".repeat(60);
        assert!(clauses(&unbroken).is_empty());
    }

    #[test]
    fn numbers_are_not_cut() {
        let sentence = "Les échanges ont atteint 3,5 milliards de dollars au cours des neuf premiers mois de l'année selon le \
            bureau des statistiques qui les publie chaque trimestre pour le compte du ministère concerné";
        assert!(clauses(sentence).is_empty());
    }
}
