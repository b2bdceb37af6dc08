//! Check `french`: no words are left in French.

use super::lexicon::{BODIES, COUNTRIES};
use super::words::{Joint, Word, lists};
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
const ACCENTED: &str = "attaché attachés café cafés communiqué communiqués protégé protégés protégée résumé résumés cliché \
    clichés élite élites façade façades naïve naïveté détente régime régimes chargé chargés née né démarche démarches \
    crèche crèches débris décor fiancé fiancée fête fêtes soirée matinée entrée entrées pâté crêpe crêpes crème \
    première premières déjà à vu état émigré émigrés habitué touché purée sauté soufflé flambé jalapeño piñata señor \
    résistance mêlée château châteaux tête bête exposé lycée lycées maître passé précis rosé séance voilà étude \
    éclair dépôt rôle lamé touchés coupé café-théâtre née vis-à-vis dressé consommé blasé risqué appliqué déclassé \
    phở bánh mì áo dài tết têt đồng dông bò bún nón lá quốc ngữ quốc chèo tuồng";

/// Finds French words.
pub(super) fn check(candidate: &Candidate) -> Vec<Finding> {
    let words = &candidate.words;
    let mut findings = Vec::new();
    for at in 0..words.len() {
        let word = &words[at];
        let written: String = candidate.text[word.span.clone()].nfc().collect();
        let in_name = is_inside_name(words, at);
        let lower = !word.capital && !in_name;
        // "Chargé d'affaires" is English too.
        let loan = word.folded == "affaires" && at > 0 && words[at - 1].folded == "d";
        let french = lower && !loan && lists(WORDS, &word.folded);
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

/// Words that link the parts of a French name: `Maison des Jeunes et de la Culture`.
const LINKS: &str = "de du des d la le les l et a au aux en sur sous pour sans";

/// Whether the links around the word, and it itself, stand between two capitals.
fn is_inside_name(words: &[Word], at: usize) -> bool {
    let link = |place: usize| place == at || lists(LINKS, &words[place].folded);
    let joined = |place: usize| matches!(words[place].joint, Joint::Space | Joint::Tight);
    let mut first = at;
    while first > 0 && joined(first) && !words[first].capital && link(first) {
        first -= 1;
    }
    let mut last = at;
    while last + 1 < words.len() && !words[last].capital && link(last) && joined(last + 1) {
        last += 1;
    }
    words[first].capital && words[last].capital
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
            (
                "The Maison des Jeunes et de la Culture pays for Théâtre des Champs-Élysées seats.",
                0,
            ),
            ("The charge d'affaires left.", 0),
            ("He left Moscou for the UEEA meeting.", 2),
            ("The visit of Juillet.", 1),
        ];
        for (text, expected) in table {
            let findings = check(&Candidate::new(text));
            assert_eq!(findings.len(), expected, "{text} {findings:?}");
        }
    }
}
