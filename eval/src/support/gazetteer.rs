//! Names and words that English and French write differently, and what in a French article stands for each.
//!
//! Owns [`Gazetteer`] and its lists, written for this judge alone; they share nothing with the term list of any program
//! that is judged. Names: `countries.tsv`, `names.tsv`, `places.tsv`, `institutions.tsv`, `persons.tsv`. Words that stand in
//! names: `words.tsv` (offices, institutions, events), `vocabulary.tsv` (the rest). What implies a place: `cities.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tokens::{Token, fold, tokens};

/// The lists, read once.
pub(super) static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let mut gazetteer = Gazetteer::default();
    for fields in rows(include_str!("countries.tsv")) {
        gazetteer.add_country(&fields);
    }
    for list in NAMES {
        gazetteer.add_list(list);
    }
    gazetteer.first_word = gazetteer.entries.len();
    for list in WORDS {
        gazetteer.add_list(list);
    }
    for fields in rows(CITIES) {
        gazetteer.add_evidence(&fields);
    }
    gazetteer
});

const NAMES: [&str; 4] = [
    include_str!("names.tsv"),
    include_str!("places.tsv"),
    include_str!("institutions.tsv"),
    include_str!("persons.tsv"),
];
const WORDS: [&str; 2] = [include_str!("words.tsv"), include_str!("vocabulary.tsv")];
const CITIES: &str = include_str!("cities.tsv");

fn rows(list: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = list
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split('\t').collect())
}

/// What English names and words may be called in French.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    /// For each entry, what in an article stands for it: any one of these.
    entries: Vec<Vec<Pattern>>,
    /// Folded English words joined by spaces, to the entries that they name.
    forms: HashMap<String, Vec<usize>>,
    /// Words of the longest form.
    longest: usize,
    /// Entries from this one on are words of offices and institutions, not names.
    first_word: usize,
}

/// French words in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<PatternWord>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct PatternWord {
    text: String,
    /// Any word that begins so.
    is_stem: bool,
    /// Compared as written: a short acronym that is a word in small letters (EAU, AN, UE).
    is_exact: bool,
    /// Only in small letters: the adjective *lao*, not the name Lào Cai.
    is_small: bool,
}

/// Splits `a b*; C; ~d` into patterns.
fn patterns(field: &str) -> Vec<Pattern> {
    let of_word = |word: &str| {
        let is_stem = word.ends_with('*');
        let is_small = word.starts_with('~');
        let text = word.trim_start_matches('~').trim_end_matches('*');
        tokens(text)
            .iter()
            .map(|token| PatternWord {
                is_stem,
                is_small,
                is_exact: token.is_acronym() && token.text.len() < 4,
                text: match token.is_acronym() && token.text.len() < 4 {
                    true => token.text.to_owned(),
                    false => token.folded.clone(),
                },
            })
            .collect::<Vec<_>>()
    };
    let of_form = |form: &str| Pattern(form.split_whitespace().flat_map(of_word).collect());
    field
        .split(';')
        .map(of_form)
        .filter(|pattern| !pattern.0.is_empty())
        .collect()
}

impl Gazetteer {
    fn add(&mut self, english: &str, evidence: Vec<Pattern>) {
        let entry = self.entries.len();
        self.entries.push(evidence);
        for form in english
            .split(';')
            .map(str::trim)
            .filter(|form| !form.is_empty())
        {
            let words: Vec<String> = form.split_whitespace().map(fold).collect();
            self.longest = self.longest.max(words.len());
            self.forms.entry(words.join(" ")).or_default().push(entry);
        }
    }

    fn add_list(&mut self, list: &'static str) {
        for fields in rows(list) {
            if let [english, french, ..] = fields[..] {
                self.add(english, patterns(french));
            }
        }
    }

    /// Adds what implies a place that the lists have: "Marioupol" speaks of Ukraine, *lyonnais* of France.
    fn add_evidence(&mut self, fields: &[&str]) {
        let [english, french] = fields else {
            return;
        };
        for entry in self.forms.get(*english).into_iter().flatten() {
            self.entries[*entry].extend(patterns(french));
        }
    }

    /// A country is also called by its capital ("Moscou a salué"), and a capital by its country ("la capitale russe").
    fn add_country(&mut self, fields: &[&str]) {
        let [english, french, capital, capital_french] = fields else {
            return;
        };
        let country = patterns(french);
        let capitals = patterns(capital_french);
        let the_capital = PatternWord {
            text: "capitale".to_owned(),
            is_stem: false,
            is_exact: false,
            is_small: false,
        };
        let described = country.iter().flat_map(|pattern| {
            let of = |words: &[&str]| {
                let mut described = vec![the_capital.clone()];
                described.extend(words.iter().map(|word| PatternWord {
                    text: (*word).to_owned(),
                    ..the_capital.clone()
                }));
                described.extend(pattern.0.iter().cloned());
                Pattern(described)
            };
            [
                of(&[]),
                of(&["de"]),
                of(&["du"]),
                of(&["de", "la"]),
                of(&["de", "l"]),
            ]
        });
        let capital_evidence = capitals.iter().cloned().chain(described).collect();
        self.add(capital, capital_evidence);
        let country_evidence = country.iter().chain(&capitals).cloned().collect();
        self.add(english, country_evidence);
    }

    /// The entries that the longest form at the start of these folded words names, and how many words it has.
    pub fn longest_match(&self, words: &[String]) -> Option<(&[usize], usize)> {
        (1..=self.longest.min(words.len())).rev().find_map(|count| {
            let form = words[..count].join(" ");
            let singular = form.strip_suffix('s').unwrap_or(&form);
            let found = self.forms.get(&form).or_else(|| self.forms.get(singular))?;
            Some((found.as_slice(), count))
        })
    }

    /// Whether these entries name offices, institutions and things in general and nothing in particular.
    pub fn are_words(&self, entries: &[usize]) -> bool {
        entries.iter().all(|entry| *entry >= self.first_word)
    }

    /// Whether this folded word names an office, institution or thing in general and nothing in particular.
    pub fn is_word(&self, word: &str) -> bool {
        self.longest_match(&[word.to_owned()])
            .is_some_and(|(entries, _)| self.are_words(entries))
    }

    /// Whether one of the entries has evidence among these tokens (words and digits of an article).
    pub fn is_evident(&self, entries: &[usize], article: &[Token]) -> bool {
        let patterns = entries.iter().flat_map(|entry| &self.entries[*entry]);
        patterns.into_iter().any(|pattern| {
            article.windows(pattern.0.len()).any(|window| {
                pattern
                    .0
                    .iter()
                    .zip(window)
                    .all(|(word, token)| word.matches(token))
            })
        })
    }
}

impl PatternWord {
    /// An acronym of three letters written as a name: "Onu". Shorter ones are syllables of names ("An Giang").
    fn is_titled(&self, token: &Token) -> bool {
        let rest = token.text.get(1..).unwrap_or_default();
        self.text.len() == 3
            && rest.chars().all(char::is_lowercase)
            && token.is_capitalised()
            && token.text.eq_ignore_ascii_case(&self.text)
    }

    fn matches(&self, token: &Token) -> bool {
        if self.is_small && token.is_capitalised() {
            return false;
        }
        match (self.is_exact, self.is_stem) {
            (true, _) => token.text == self.text || self.is_titled(token),
            (false, true) => token.folded.starts_with(&self.text),
            (false, false) => token.folded == self.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_evident(english: &str, article: &str) -> bool {
        let words: Vec<String> = english.split_whitespace().map(fold).collect();
        let (entries, count) = GAZETTEER.longest_match(&words).expect(english);
        assert_eq!(count, words.len(), "{english}");
        let mut article = tokens(article);
        article.retain(|token| token.kind != super::super::tokens::Kind::Mark);
        GAZETTEER.is_evident(entries, &article)
    }

    #[test]
    fn names_and_their_french() {
        let table = [
            ("Russian", "la partie russe"),
            ("Russia", "Moscou a salué"),
            ("Moscow", "dans la capitale russe"),
            ("United States", "les États-Unis"),
            ("UN", "l'ONU"),
            ("United Nations", "les agences onusiennes"),
            ("ASEAN", "les Dix"),
            ("EU", "l'UE"),
            ("EAEU", "l'Union économique eurasiatique"),
            ("South China Sea", "en Mer Orientale"),
            ("Netherlands", "les Pays-Bas"),
            ("UAE", "les EAU"),
            ("Minister", "le ministre"),
            ("Deputy", "le vice-ministre"),
            ("G20", "le G20"),
            ("UN", "l'Onu"),
            ("EIB", "la BEI"),
            ("House of Representatives", "la Chambre des représentants"),
            ("Ukraine", "les habitants de Marioupol"),
            ("Lyon", "une association lyonnaise"),
        ];
        for (english, article) in table {
            assert!(is_evident(english, article), "{english}: {article}");
        }
        let table = [
            ("Russian", "la partie chinoise"),
            ("Moscow", "la Russie et la capitale vietnamienne"),
            ("UAE", "l'eau"),
            ("EU", "l'ONU"),
            ("China", "M. Phạm Minh Chính"),
            ("Niger", "le Nigeria"),
            ("NA", "An Giang"),
            ("EIB", "la BERD"),
        ];
        for (english, article) in table {
            assert!(!is_evident(english, article), "{english}: {article}");
        }
    }

    #[test]
    fn every_row_has_its_columns() {
        assert!(rows(include_str!("countries.tsv")).all(|row| row.len() == 4));
        for list in NAMES.into_iter().chain(WORDS).chain([CITIES]) {
            assert!(rows(list).all(|row| row.len() == 2));
        }
        for row in rows(CITIES) {
            assert!(GAZETTEER.forms.contains_key(row[0]), "{}", row[0]);
        }
        assert!(
            GAZETTEER
                .entries
                .iter()
                .all(|evidence| !evidence.is_empty())
        );
    }
}
