//! Whether a name that an English text mentions is in the French article.
//!
//! Owns [`ArticleNames`]. Each word of a name must be there: by the lists of [`gazetteer`](super::gazetteer), by its
//! letters (accents and the French or English way to transliterate set aside), or as a cognate ("Oceanographic",
//! *océanographique*). Words of no list that stand side by side must be near each other in the article too, so that
//! syllables of different Vietnamese names do not add up to a third person.

use std::collections::{HashMap, HashSet};

use super::gazetteer::GAZETTEER;
use super::tokens::{Kind, Token, spelling_key};

/// Endings of English words and of the French words of the same root: the ending, how many letters the root must have at
/// least, and how the French word may go on after it. The last ones make adjectives of places: Lyon, *lyonnais*.
const COGNATES: [(&str, usize, &str); 48] = [
    ("graphic", 4, "graph"),
    ("ical", 4, "iqu ical icau"),
    ("ional", 4, "ion"),
    ("ental", 4, "ent"),
    ("al", 4, "al el au iqu ai"),
    ("als", 4, "al el au iqu"),
    ("ic", 4, "iqu"),
    ("ics", 4, "iqu"),
    ("ity", 4, "ite"),
    ("ities", 4, "ite"),
    ("ation", 4, "ation is"),
    ("ations", 4, "ation is"),
    ("ion", 4, "ion"),
    ("ions", 4, "ion"),
    ("ment", 4, "ment"),
    ("ments", 4, "ment"),
    ("ary", 4, "air"),
    ("aries", 4, "air"),
    ("ory", 4, "oir"),
    ("ive", 4, "if iv"),
    ("ous", 4, "eu"),
    ("ian", 4, "ien ie"),
    ("ia", 4, "ie ien iqu"),
    ("an", 4, "ain ien ais"),
    ("ean", 4, "een"),
    ("ese", 4, "ais ois"),
    ("ist", 4, "ist"),
    ("ists", 4, "ist"),
    ("ism", 4, "ism"),
    ("y", 5, "ie"),
    ("ies", 5, "ie"),
    ("or", 4, "eur"),
    ("ors", 4, "eur"),
    ("er", 5, "eur re"),
    ("ers", 5, "eur re"),
    ("ty", 5, "te"),
    ("ium", 4, "e ium"),
    ("ance", 4, "enc"),
    ("ence", 4, "anc"),
    ("ency", 4, "ence"),
    ("ancy", 4, "ance"),
    ("ate", 4, "at"),
    ("ated", 5, "e"),
    ("ised", 4, "is"),
    ("ized", 4, "is"),
    ("", 4, "ais ois ien ain een"),
    ("e", 4, "ais ois ien ain"),
    ("a", 4, "ais ois ien ain iot"),
];
/// Letters that a word must have to be the same in both languages though the article writes it small: "Forum", *forum*.
const SAME_IN_BOTH: usize = 5;

/// How far apart in the article two words of one name may stand, in words.
const REACH: usize = 4;

/// The words of an article, ready to be asked for names.
pub(super) struct ArticleNames<'a> {
    /// Words and numbers, without marks.
    words: Vec<Token<'a>>,
    folded: HashSet<String>,
    /// Positions of capitalised words by [`spelling_key`], glued parts also joined.
    capitals: HashMap<String, Vec<usize>>,
}

impl<'a> ArticleNames<'a> {
    pub fn new(tokens: &[Token<'a>]) -> ArticleNames<'a> {
        let words: Vec<Token> = tokens
            .iter()
            .filter(|token| token.kind != Kind::Mark)
            .cloned()
            .collect();
        let mut capitals: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, word) in words
            .iter()
            .enumerate()
            .filter(|(_, word)| word.is_capitalised())
        {
            capitals
                .entry(spelling_key(&word.folded))
                .or_default()
                .push(at);
            let next = words
                .get(at + 1)
                .filter(|next| next.start == word.end() && next.is_word());
            if let Some(next) = next {
                let joined = format!("{}{}", word.folded, next.folded);
                capitals.entry(spelling_key(&joined)).or_default().push(at);
            }
        }
        let folded = words.iter().map(|word| word.folded.clone()).collect();
        ArticleNames {
            words,
            folded,
            capitals,
        }
    }

    /// Whether every word of the name (folded words, as [`names::mentions`](super::names::mentions) gives them) is there.
    pub fn supports(&self, name: &[String]) -> bool {
        let mut at = 0;
        let mut own: Vec<&String> = Vec::new();
        while at < name.len() {
            if let Some((entries, count)) = GAZETTEER.longest_match(&name[at..]) {
                let form = &name[at..at + count];
                let evident = GAZETTEER.is_evident(entries, &self.words)
                    || form.iter().all(|word| self.positions(word).is_some());
                if !evident || !self.are_near(&own) {
                    return false;
                }
                own.clear();
                at += count;
            } else {
                own.push(&name[at]);
                at += 1;
            }
        }
        self.are_near(&own)
    }

    fn positions(&self, word: &str) -> Option<&Vec<usize>> {
        self.capitals.get(&spelling_key(word))
    }

    /// Whether each of these words is there, and near its neighbours where both are names.
    fn are_near(&self, words: &[&String]) -> bool {
        let mut before: Option<&Vec<usize>> = None;
        for word in words {
            if is_joint(word) {
                continue;
            }
            let here = self.positions(word);
            let singular = word
                .strip_suffix('s')
                .and_then(|singular| self.positions(singular));
            match (before, here.or(singular)) {
                (_, None) if self.has_plain(word) => before = None,
                (_, None) => return false,
                (Some(left), Some(right)) => {
                    let near = |a: &usize| right.iter().any(|b| a.abs_diff(*b) <= REACH);
                    if !left.iter().any(near) {
                        return false;
                    }
                    before = Some(right);
                }
                (None, right) => before = right,
            }
        }
        true
    }

    /// A number, a cognate, or a designation that the article writes small.
    fn has_plain(&self, word: &str) -> bool {
        let is_number = word.chars().all(|c| c.is_ascii_digit());
        if is_number {
            return self.folded.contains(word);
        }
        let singular = word.strip_suffix('s').unwrap_or(word);
        let same = ["", "s", "e", "es"]
            .iter()
            .any(|ending| self.folded.contains(&format!("{singular}{ending}")));
        (same && word.len() >= SAME_IN_BOTH) || self.has_cognate(word)
    }

    fn has_cognate(&self, word: &str) -> bool {
        COGNATES.iter().any(|(english, least, french)| {
            let Some(root) = word
                .strip_suffix(english)
                .filter(|root| root.len() >= *least)
            else {
                return false;
            };
            let goes_on = |rest: &str| french.split(' ').any(|end| rest.starts_with(end));
            let own = |own: &String| own.strip_prefix(root).is_some_and(goes_on);
            self.folded.iter().any(own)
        })
    }
}

/// Words that join the parts of a name.
fn is_joint(word: &str) -> bool {
    matches!(word, "of" | "on" | "for" | "the" | "and" | "s" | "d" | "l")
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn supports(article: &str, name: &str) -> bool {
        let words: Vec<String> = tokens(name)
            .iter()
            .filter(|token| token.kind != Kind::Mark)
            .map(|token| token.folded.clone())
            .collect();
        ArticleNames::new(&tokens(article)).supports(&words)
    }

    #[test]
    fn names_in_an_article() {
        let article = "Hanoï (VNA) – Le vice-ministre vietnamien de la Défense, Kiêu Thanh Dat, a reçu son \
            homologue russe, Guennadi Ovtcharouk, et Mme Lê Thi Lan, du groupe Severgazinvest. La Commission \
            océanographique intergouvernementale et le Covid-19 ; VNA/CVNLes chars T-72 de l'Union européenne.";
        let there = [
            "Kieu Thanh Dat",
            "Vietnamese Deputy Defence Minister Kieu Thanh Dat",
            "Gennady Ovcharuk",
            "Severgazinvest",
            "Intergovernmental Oceanographic Commission",
            "COVID-19",
            "T-72",
            "EU",
            "Hanoi",
            "Vietnam-Russia",
        ];
        for name in there {
            assert!(supports(article, name), "{name}");
        }
        let absent = [
            "Kieu Thanh Lan",
            "Gennady Petrov",
            "Chinese Deputy Defence Minister",
            "Foreign Minister",
            "COVID-21",
            "NATO",
            "Son",
        ];
        for name in absent {
            assert!(!supports(article, name), "{name}");
        }
    }
}
