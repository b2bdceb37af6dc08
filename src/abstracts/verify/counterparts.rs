//! Which English words the French words of an article license: names by another spelling, translated words.
//!
//! Owns the format of exonyms.txt, acronyms.txt and institution_words.txt and the finding of their French forms.
//! A licensed word has an origin in the article; whether it is said of the right thing is for other checks.

use super::words::{Word, fold, phrase_at, words};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for file in [include_str!("exonyms.txt"), include_str!("acronyms.txt")] {
        lines(file).for_each(|(french, english)| table.add_names(french, english));
    }
    lines(include_str!("institution_words.txt"))
        .for_each(|(english, french)| table.add_words(french, english));
    table
});

/// Longest stem that is a whole word, in letters: `or` is not `ordinateur`.
const WHOLE: usize = 3;
/// Endings of the feminine and the plural.
const ENDINGS: [&str; 6] = ["", "s", "e", "es", "x", "ne"];

/// French forms with the English words that each of them licenses.
#[derive(Default)]
struct Table {
    /// Whole forms by their first word.
    forms: HashMap<String, Vec<Form>>,
    /// Beginnings of single words.
    stems: HashMap<String, Vec<usize>>,
    /// English words of each line, folded.
    english: Vec<Vec<String>>,
    /// All words that are no names.
    ordinary: HashSet<String>,
}

struct Form {
    words: Vec<String>,
    capital: bool,
    line: usize,
}

/// The two fields of each line that is not a comment.
fn lines(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('|'))
}

impl Table {
    fn add_names(&mut self, french: &str, english: &str) {
        let line = self.english.len();
        let english = words(english).into_iter().map(|word| word.folded);
        self.english.push(english.collect());
        for form in french.split(',').map(str::trim) {
            match form.strip_suffix('*') {
                Some(stem) => self.add_stem(fold(stem), line),
                None => self.add_form(form, line),
            }
        }
    }

    fn add_words(&mut self, french: &str, english: &str) {
        let line = self.english.len();
        let both = english.split_whitespace().flat_map(|word| {
            let plural = match word.strip_suffix('y') {
                Some(stem) => format!("{stem}ies"),
                None if word.ends_with(['s', 'x', 'h']) => format!("{word}es"),
                None => format!("{word}s"),
            };
            [word.to_owned(), plural]
        });
        let both: Vec<String> = both.collect();
        self.ordinary.extend(both.iter().cloned());
        self.english.push(both);
        for stem in french.split_whitespace() {
            if stem.chars().count() > WHOLE {
                self.add_stem(stem.to_owned(), line);
            } else {
                for ending in ENDINGS {
                    self.add_form(&format!("{stem}{ending}"), line);
                }
            }
        }
    }

    fn add_stem(&mut self, stem: String, line: usize) {
        self.stems.entry(stem).or_default().push(line);
    }

    fn add_form(&mut self, form: &str, line: usize) {
        let capital = form.starts_with(char::is_uppercase);
        let words: Vec<String> = words(form).into_iter().map(|word| word.folded).collect();
        if let Some(first) = words.first().cloned() {
            let form = Form {
                words,
                capital,
                line,
            };
            self.forms.entry(first).or_default().push(form);
        }
    }

    /// The lines that have a form of the word at `at`.
    fn at<'a>(&'a self, text: &'a [Word], at: usize) -> impl Iterator<Item = usize> + 'a {
        let word = &text[at];
        let whole = self.forms.get(&word.folded).into_iter().flatten();
        let whole = whole.filter(move |form| {
            (word.capital || !form.capital) && phrase_at(text, at, &form.words)
        });
        let ends = word.folded.char_indices().map(|(at, c)| at + c.len_utf8());
        let stems = ends.filter_map(|end| self.stems.get(&word.folded[..end]));
        whole.map(|form| form.line).chain(stems.flatten().copied())
    }
}

/// Whether the folded English word is an ordinary word of institution_words.txt.
pub(super) fn is_listed(folded: &str) -> bool {
    TABLE.ordinary.contains(folded)
}

/// The English words, folded, that have an origin in the French text.
pub(super) fn licensed(french: &[Word]) -> HashSet<String> {
    let table = &*TABLE;
    let lines: HashSet<usize> = (0..french.len())
        .flat_map(|at| table.at(french, at))
        .collect();
    lines
        .into_iter()
        .flat_map(|line| table.english[line].iter().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_from_their_french() {
        let table = [
            ("la Banque européenne d'investissement (BEI)", "eib", true),
            ("des PME vietnamiennes", "smes", true),
            ("sous le Pont couvert", "covered", true),
            ("dans l'Oural", "urals", true),
            ("l'oural", "urals", false),
            ("des villages bretons", "breton", true),
            ("200 millions de dollars", "usd", true),
            ("vers la Transnistrie", "transnistria", true),
            ("les bibliothèques", "libraries", true),
            ("un ordinateur", "gold", false),
            ("de l'or", "gold", true),
            ("la Chambre des représentants", "brittany", false),
        ];
        for (french, english, expected) in table {
            let found = licensed(&words(french)).contains(english);
            assert_eq!(found, expected, "{french}: {english}");
        }
    }
}
