//! Countries and bodies by all their French and English forms, and where a text mentions them.
//!
//! Owns the format of countries.txt and bodies.txt, and the finding of their forms among the words of a
//! text. What a mention means is the checks' business.

use super::words::{Word, fold, phrase_at, words};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// Countries with their adjectives and capitals.
pub(super) static COUNTRIES: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(include_str!("countries.txt"), true));
/// Bodies and agreements of many countries.
pub(super) static BODIES: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(include_str!("bodies.txt"), false));

/// Things known by several forms in two languages.
pub(super) struct Lexicon {
    /// English name of each thing, for messages.
    names: Vec<String>,
    french: Forms,
    english: Forms,
    /// Capitals, French and English words.
    capitals: Vec<(Vec<String>, Vec<String>)>,
    /// Folded adjective stems with the thing that they belong to.
    stems: Vec<(String, usize)>,
}

/// A form's words, by its first word, longest form first.
type Forms = HashMap<String, Vec<(Vec<String>, usize, Kind)>>;

/// How a form stands for its thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The name itself: `Russie`, `Russia`, `ONU`.
    Name,
    /// An adjective or its people: `russe`, `Russian`.
    Adjective,
    /// Another word that may stand for it: `Moscou`, `Bruxelles`, `Dix`.
    Metonym,
    /// A city or region of the country, in French.
    City,
}

/// One mention of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Number of the thing.
    pub id: usize,
    /// The words of the text.
    pub words: Range<usize>,
    /// How the form stands for it.
    pub kind: Kind,
}

impl Lexicon {
    fn parse(file: &str, countries: bool) -> Self {
        let mut lexicon = Self {
            names: Vec::new(),
            french: Forms::new(),
            english: Forms::new(),
            capitals: Vec::new(),
            stems: Vec::new(),
        };
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            lexicon.add_line(line, countries);
        }
        lexicon
            .stems
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        for forms in lexicon
            .french
            .values_mut()
            .chain(lexicon.english.values_mut())
        {
            forms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.1.cmp(&b.1)));
        }
        lexicon
    }

    fn add_line(&mut self, line: &str, countries: bool) {
        let forms = |field: &'_ str| -> Vec<String> {
            let forms = field
                .split(',')
                .map(str::trim)
                .filter(|form| !form.is_empty());
            forms.map(str::to_owned).collect()
        };
        let fields: Vec<Vec<String>> = line.split('|').map(forms).collect();
        let field = |number: usize| fields.get(number).map_or(&[][..], Vec::as_slice);
        let id = self.names.len();
        let Some(name) = field(2).first() else {
            return;
        };
        self.names.push(name.clone());
        add(&mut self.french, field(0), id, Kind::Name);
        add(&mut self.english, field(2), id, Kind::Name);
        if !countries {
            add(&mut self.french, field(1), id, Kind::Metonym);
            // The article may already write the English form.
            add(&mut self.french, field(2), id, Kind::Name);
            return;
        }
        self.stems
            .extend(field(1).iter().map(|stem| (fold(stem), id)));
        add(&mut self.french, field(1), id, Kind::Adjective);
        add(&mut self.english, field(3), id, Kind::Adjective);
        for (french, english) in field(4).iter().filter_map(|pair| pair.split_once('/')) {
            add(&mut self.french, &[french.to_owned()], id, Kind::Metonym);
            add(&mut self.english, &[english.to_owned()], id, Kind::Metonym);
            self.capitals.push((parts(french), parts(english)));
        }
        add(&mut self.french, field(5), id, Kind::City);
    }

    /// English name of a thing.
    pub fn name(&self, id: usize) -> &str {
        &self.names[id]
    }

    /// The mentions in English text; a longer form hides the shorter ones inside it.
    pub fn in_english(&self, text: &[Word]) -> Vec<Mention> {
        find(text, |at| {
            let capital = text[at].capital;
            let mention = longest(&self.english, text, at)?;
            capital.then_some(mention)
        })
    }

    /// The mentions in French text, adjectives in all their forms included. A form may stand for several
    /// things (`Bruxelles`): each is a mention.
    pub fn in_french(&self, text: &[Word]) -> Vec<Mention> {
        let mut mentions = Vec::new();
        for at in 0..text.len() {
            let found = self.french.get(&text[at].folded).into_iter().flatten();
            let fitting = found.filter(|(form, ..)| phrase_at(text, at, form));
            mentions.extend(fitting.map(|(form, id, kind)| Mention {
                id: *id,
                words: at..at + form.len(),
                kind: *kind,
            }));
            if let Some(id) = self.adjective(text, at) {
                mentions.push(Mention {
                    id,
                    words: at..at + 1,
                    kind: Kind::Adjective,
                });
            }
        }
        mentions
    }

    /// The thing whose adjective the word at `at` is: `vietnamiennes`, `sud-coréen`.
    fn adjective(&self, text: &[Word], at: usize) -> Option<usize> {
        let word = &text[at].folded;
        // "sud-coréen" and "nord-coréen" are one adjective each.
        let joined = at
            .checked_sub(1)
            .map(|before| format!("{}-{word}", text[before].folded));
        let fits = |stem: &str, word: &str| {
            word.strip_prefix(stem).is_some_and(|ending| {
                matches!(ending, "" | "e" | "s" | "es" | "ne" | "nes" | "te" | "tes")
            })
        };
        let whole = self
            .stems
            .iter()
            .find(|(stem, _)| joined.as_ref().is_some_and(|word| fits(stem, word)));
        let stem = whole.or_else(|| self.stems.iter().find(|(stem, _)| fits(stem, word)));
        stem.map(|(_, id)| *id)
    }

    /// Whether French text names the capital that stands at `at` of English text.
    pub fn has_capital(&self, english: &[Word], at: usize, french: &[Word]) -> bool {
        let forms = self
            .capitals
            .iter()
            .filter(|(_, form)| phrase_at(english, at, form));
        let mut written = forms.map(|(form, _)| form);
        written.any(|form| (0..french.len()).any(|place| phrase_at(french, place, form)))
    }

    /// Whether the words from `at` are a form of a French name that English does not have: `Russie`.
    pub fn is_french_only(&self, text: &[Word], at: usize) -> bool {
        let french = longest(&self.french, text, at);
        let english = longest(&self.english, text, at);
        // A capital has two names; other metonyms of a body need not be French ("COP").
        let capitals = !self.capitals.is_empty();
        let names = |mention: &Mention| {
            mention.kind == Kind::Name || (capitals && mention.kind == Kind::Metonym)
        };
        french.is_some_and(|mention| names(&mention)) && english.is_none()
    }
}

/// Folded words of a form.
fn parts(form: &str) -> Vec<String> {
    words(form).into_iter().map(|word| word.folded).collect()
}

fn add(forms: &mut Forms, written: &[String], id: usize, kind: Kind) {
    for form in written {
        let parts = parts(form);
        if let Some(first) = parts.first().cloned() {
            forms.entry(first).or_default().push((parts, id, kind));
        }
    }
}

fn longest(forms: &Forms, text: &[Word], at: usize) -> Option<Mention> {
    let (form, id, kind) = forms
        .get(&text[at].folded)?
        .iter()
        .find(|(form, ..)| phrase_at(text, at, form))?;
    Some(Mention {
        id: *id,
        words: at..at + form.len(),
        kind: *kind,
    })
}

fn find(text: &[Word], mention: impl Fn(usize) -> Option<Mention>) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match mention(at) {
            Some(found) => {
                at = found.words.end;
                mentions.push(found);
            }
            None => at += 1,
        }
    }
    mentions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<'a>(lexicon: &'a Lexicon, mentions: &[Mention]) -> Vec<&'a str> {
        mentions
            .iter()
            .map(|mention| lexicon.name(mention.id))
            .collect()
    }

    #[test]
    fn countries_in_both_languages() {
        let french = words("Les ministres sud-coréen et vietnamiennes à Pékin, en Côte d'Ivoire");
        let mut found = names(&COUNTRIES, &COUNTRIES.in_french(&french));
        found.dedup();
        assert_eq!(found, ["South Korea", "Vietnam", "China", "Cote d'Ivoire"]);
        let english = words("South Sudan's Ivorian envoy left the US for New Delhi");
        let found = COUNTRIES.in_english(&english);
        assert_eq!(
            names(&COUNTRIES, &found),
            ["South Sudan", "Cote d'Ivoire", "United States", "India"]
        );
    }

    #[test]
    fn bodies_are_themselves() {
        let english = words("The European Union and the EAEU");
        let found = BODIES.in_english(&english);
        assert_eq!(names(&BODIES, &found), ["EU", "EAEU"]);
        let french = words("l'Union économique eurasiatique");
        assert!(
            BODIES
                .in_french(&french)
                .iter()
                .all(|mention| BODIES.name(mention.id) == "EAEU")
        );
    }
}
