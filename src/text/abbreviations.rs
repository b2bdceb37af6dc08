//! Words with a full stop that ends no sentence.
//!
//! Owns the lists and [`Token`], what the word before a full stop is. It does not look at what
//! follows the stop beyond the next word; [`sentences`](super::sentences) decides.

/// Always followed by the word they belong to: titles, forms of address, references.
const NEVER_LAST: &[&str] = &[
    "M", "MM", "Mme", "Mmes", "Mlle", "Mlles", "Dr", "Drs", "Pr", "Prof", "Mgr", "Mr", "Mrs", "Ms",
    "St", "Ste", "Sts", "Gén", "Gal", "Col", "Lt", "Cdt", "Sgt", "Cne", "Amb", "Sen", "Rep", "Gov",
    "S.E", "S.Exc", "S.E.M", "S.E.Mme", "S.M", "S.A.R", "LL.MM", "Ph", "cf", "p.ex", "ex",
    "c.-à-d", "i.e", "e.g", "vs", "av", "apr", "bd", "boul", "env", "éd", "tél", "Tél", "n°", "N°",
    "nº", "Nº",
];
/// References that are ordinary words unless a number follows: `art. 5`, but `l'art. Le musée`.
const BEFORE_A_NUMBER: &[&str] = &[
    "art", "Art", "no", "No", "nos", "n", "p", "pp", "vol", "Vol", "chap", "al", "fig", "Fig",
    "pt", "ch", "janv", "févr", "fév", "avr", "juil", "sept", "oct", "nov", "déc", "h", "t",
];
/// May end a sentence: they do when the next word usually opens one.
const PERHAPS_LAST: &[&str] = &[
    "Inc", "Ltd", "Co", "Corp", "Jr", "Sr", "Cie", "Bros", "Ltée",
];

/// Words that usually open a sentence and are no family name.
const OPENERS: &[&str] = &[
    "a",
    "à",
    "actuellement",
    "afin",
    "ailleurs",
    "ainsi",
    "alors",
    "après",
    "au",
    "aucun",
    "aucune",
    "aujourd",
    "auparavant",
    "aussi",
    "autre",
    "aux",
    "avant",
    "avec",
    "c",
    "ça",
    "car",
    "ce",
    "ceci",
    "cela",
    "celle",
    "celui",
    "cependant",
    "certains",
    "certaines",
    "ces",
    "cet",
    "cette",
    "ceux",
    "chacun",
    "chaque",
    "comme",
    "comment",
    "concernant",
    "contrairement",
    "d",
    "dans",
    "de",
    "depuis",
    "des",
    "dès",
    "deux",
    "donc",
    "du",
    "durant",
    "elle",
    "elles",
    "en",
    "enfin",
    "ensuite",
    "entre",
    "et",
    "face",
    "grâce",
    "hier",
    "il",
    "ils",
    "j",
    "je",
    "jusqu",
    "l",
    "la",
    "le",
    "les",
    "leur",
    "leurs",
    "lors",
    "lorsque",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "ma",
    "mais",
    "malgré",
    "mes",
    "mon",
    "néanmoins",
    "ni",
    "nos",
    "notre",
    "nous",
    "on",
    "or",
    "ou",
    "où",
    "outre",
    "par",
    "parmi",
    "pendant",
    "plus",
    "plusieurs",
    "pour",
    "pourquoi",
    "pourtant",
    "près",
    "puis",
    "qu",
    "quand",
    "quant",
    "que",
    "quel",
    "quelle",
    "qui",
    "s",
    "sa",
    "sans",
    "selon",
    "ses",
    "seul",
    "seule",
    "si",
    "soit",
    "son",
    "sous",
    "suite",
    "sur",
    "tandis",
    "tous",
    "tout",
    "toute",
    "toutefois",
    "toutes",
    "trois",
    "tu",
    "un",
    "une",
    "vers",
    "vos",
    "votre",
    "vous",
    "y",
];

/// What stands before a full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A title or reference: the sentence goes on.
    NeverLast,
    /// `art.`, `sept.`: the sentence goes on if a number follows.
    BeforeANumber,
    /// An initial, a dotted acronym, `Inc.`: the sentence ends if an opener follows.
    PerhapsLast,
    /// An ordinary word, `etc.` among them.
    Word,
}

/// Classifies the characters before a full stop (without that stop).
pub(super) fn classify(token: &str) -> Token {
    if NEVER_LAST.contains(&token) {
        Token::NeverLast
    } else if PERHAPS_LAST.contains(&token) || is_initials(token) {
        Token::PerhapsLast
    } else if BEFORE_A_NUMBER.contains(&token) {
        Token::BeforeANumber
    } else {
        Token::Word
    }
}

/// `S`, `V.N`, `U.R.S.S`, `J.-C`: capital letters with stops or hyphens between them.
fn is_initials(token: &str) -> bool {
    let mut letters = 0;
    let parts_are_letters = token
        .split('.')
        .map(|part| part.trim_start_matches('-'))
        .all(|part| {
            let mut chars = part.chars();
            letters += 1;
            chars.next().is_some_and(char::is_uppercase) && chars.next().is_none()
        });
    parts_are_letters && letters > 0
}

/// Whether `word` usually opens a sentence; capital letters do not matter.
pub(super) fn is_opener(word: &str) -> bool {
    OPENERS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_before_a_stop() {
        let cases = [
            ("M", Token::NeverLast),
            ("S.E.M", Token::NeverLast),
            ("n°", Token::NeverLast),
            ("S", Token::PerhapsLast),
            ("U.R.S.S", Token::PerhapsLast),
            ("J.-C", Token::PerhapsLast),
            ("Inc", Token::PerhapsLast),
            ("art", Token::BeforeANumber),
            ("sept", Token::BeforeANumber),
            ("etc", Token::Word),
            ("ASEAN", Token::Word),
            ("", Token::Word),
        ];
        for (token, class) in cases {
            assert_eq!(classify(token), class, "{token}");
        }
    }

    #[test]
    fn openers_ignore_case() {
        assert!(is_opener("Le") && is_opener("À") && is_opener("DANS"));
        assert!(!is_opener("Ivanov") && !is_opener(""));
    }
}
