//! Check `french`: no words are left in French.

use super::lexicon::{BODIES, COUNTRIES};
use super::words::{Joint, lists};
use super::{Candidate, Finding};
use unicode_normalization::UnicodeNormalization;

pub(super) const NAME: &str = "french";

/// French words that are not English ones, in lower case.
const WORDS: &str = "les des du une et dans avec pour sur aux est sont que qui leur leurs ses cette ces ont ete entre \
    lors afin ainsi selon deux mars lundi mardi mercredi jeudi vendredi samedi dimanche ministre \
    ministere ambassadeur ambassadrice milliards milliard affaires etrangeres vietnamien vietnamienne \
    russe chinois chinoise visite echanges droits sommet mer nord sud ouest adjoint deuxieme troisieme \
    quatrieme cinquieme premiere annee ans jours mois armee gouvernement";
/// French months; `mars` and `mai` are other words with a capital.
const MONTHS: [&str; 10] = [
    "janvier",
    "fevrier",
    "avril",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];
/// Words that English has with an accent or took from French.
const ACCENTED: &str = "attaché attachés café cafés communiqué communiqués protégé résumé cliché élite façade naïve détente \
    régime chargé chargés née né démarche crèche débris décor fiancé fiancée";

/// Finds French words.
pub(super) fn check(candidate: &Candidate) -> Vec<Finding> {
    let words = &candidate.words;
    let mut findings = Vec::new();
    for at in 0..words.len() {
        let word = &words[at];
        let written: String = candidate.text[word.span.clone()].nfc().collect();
        let next_is_name = words
            .get(at + 1)
            .is_some_and(|next| next.capital && next.joint != Joint::Stop);
        let in_name = at > 0 && words[at - 1].capital && next_is_name;
        let lower = !word.capital && !in_name;
        let french = lower && lists(WORDS, &word.folded);
        let accented = lower
            && !written.is_ascii()
            && written.chars().any(char::is_alphabetic)
            && !lists(ACCENTED, &written.to_lowercase());
        let month = MONTHS.contains(&word.folded.as_str());
        // "UEEA" may stand in brackets behind nothing: an English reader does not know it.
        let name = word.capital
            && (COUNTRIES.is_french_only(words, at)
                || (word.acronym && BODIES.is_french_only(words, at)));
        if french || accented || month || name {
            findings.push(Finding::new(
                NAME,
                word.span.clone(),
                format!("{written:?} is French"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_words_and_names() {
        let table = [
            (
                "The defence attaché met Marie du Plessis in Cote d'Ivoire on 6 March.",
                0,
            ),
            (
                "The minister of the Affaires étrangères met him le 6 mars.",
                2,
            ),
            ("He left Moscou for the UEEA meeting.", 2),
            ("The visit of Juillet.", 1),
        ];
        for (text, expected) in table {
            let findings = check(&Candidate::new(text));
            assert_eq!(findings.len(), expected, "{text} {findings:?}");
        }
    }
}
