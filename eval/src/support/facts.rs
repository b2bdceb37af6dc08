//! Whether an abstract has a gold fact.
//!
//! Owns [`Abstract`] and [`Abstract::has`]. Persons, organisations, places, numbers and dates are looked up; an event has no
//! such handle, so its words stand for it (see [`Abstract::has`]).

use std::collections::HashSet;

use super::calendar::PartialDate;
use super::english_dates::DateMention;
use super::gazetteer::GAZETTEER;
use super::tokens::{Kind, Token, listed, spelling_key};
use super::values::Quantity;
use crate::read::gold::Fact;

/// What share of an event's content words an abstract must have.
const EVENT_SHARE: f64 = 0.6;

/// Words that carry no content.
const EMPTY: &str = "a an the of in on at to for from by with and or as is are was were be been has have had will would that this \
    these those its it his her their he she they s d l into about some than which who said mr ms mrs dr all";

/// Vietnamese family names, which come first; more than nine persons in ten have one of them.
const VIETNAMESE: &str = "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh mai trinh luong truong cao doan ta \
    to quach luu kieu khong nghiem lam thai chu chau ha tong tang tieu trieu vuong la lai mac phung quan thach dao \
    dam";

/// An abstract, ready to be asked for facts.
pub(super) struct Abstract<'m> {
    /// Spelling keys of all words.
    keys: HashSet<String>,
    /// Light stems of content words, names replaced by what they name.
    stems: HashSet<String>,
    quantities: &'m [Quantity],
    dates: &'m [DateMention],
}

impl<'m> Abstract<'m> {
    pub fn new(
        tokens: &[Token],
        quantities: &'m [Quantity],
        dates: &'m [DateMention],
    ) -> Abstract<'m> {
        Abstract {
            keys: tokens
                .iter()
                .map(|token| spelling_key(&token.folded))
                .collect(),
            stems: content(tokens).into_iter().collect(),
            quantities,
            dates,
        }
    }

    /// Whether the abstract has the fact.
    ///
    /// - Person: the whole English name, or the family name: the last word of a Western name; the last two words of a
    ///   Vietnamese one, as the family name alone tells nobody apart.
    /// - Organisation, place: all content words, where another name of the same thing counts (`UN`, `United Nations`).
    /// - Number: the value. "half", "both" and "one" count here.
    /// - Date: day, month and year agree; the year may be left out if the month is said. Of an interval, the start.
    /// - Event: a lexical proxy. At least 60 % of the content words of the English sentence, lightly stemmed, and a
    ///   content word of who did it. It does not see who did what to whom, and it misses free paraphrases.
    pub fn has(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Person { english, .. } => self.has_person(english),
            Fact::Organisation { english, .. } | Fact::Place { english, .. } => {
                let words = content(&super::tokens::tokens(english));
                words.iter().all(|word| self.stems.contains(word))
            }
            Fact::Number { value, .. } => self
                .quantities
                .iter()
                .any(|quantity| quantity.is_among(&[*value])),
            Fact::Date { value, .. } => self.has_date(value),
            Fact::Event { english, who, .. } => self.has_event(english, who),
        }
    }

    fn has_person(&self, english: &str) -> bool {
        let tokens = super::tokens::tokens(english);
        let words: Vec<&Token> = tokens.iter().filter(|token| token.is_word()).collect();
        let Some(first) = words.first() else {
            return false;
        };
        let vietnamese = words.len() > 2 && listed(VIETNAMESE, &first.folded);
        let last = words.len().saturating_sub(if vietnamese { 2 } else { 1 });
        let has = |words: &[&Token]| {
            words
                .iter()
                .all(|word| self.keys.contains(&spelling_key(&word.folded)))
        };
        has(&words[last..])
    }

    fn has_date(&self, value: &str) -> bool {
        let start = value.split('/').next().unwrap_or(value);
        let Some(fact) = PartialDate::parse(start) else {
            return false;
        };
        self.dates.iter().any(|mention| {
            let yearless = PartialDate { year: None, ..fact };
            let year_fits = mention.date.year.is_none() || mention.date.year == fact.year;
            match fact.month {
                Some(_) => yearless.is_within(mention.date) && year_fits,
                None => fact.is_within(mention.date),
            }
        })
    }

    fn has_event(&self, english: &str, who: &str) -> bool {
        let words: HashSet<String> = content(&super::tokens::tokens(english))
            .into_iter()
            .collect();
        let who = content(&super::tokens::tokens(who));
        let found = words
            .iter()
            .filter(|word| self.stems.contains(*word))
            .count();
        let enough = found as f64 >= EVENT_SHARE * words.len() as f64;
        enough && (who.is_empty() || who.iter().any(|word| self.stems.contains(word)))
    }
}

/// The content words of a text, lightly stemmed; what the lists know as a name is replaced by its entry.
fn content(tokens: &[Token]) -> Vec<String> {
    let words: Vec<&Token> = tokens
        .iter()
        .filter(|token| token.kind != Kind::Mark)
        .collect();
    let folded: Vec<String> = words.iter().map(|word| word.folded.clone()).collect();
    let mut content = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let named = GAZETTEER
            .longest_match(&folded[at..])
            .filter(|(entries, _)| words[at].is_capitalised() && !GAZETTEER.are_words(entries));
        if let Some((entries, count)) = named {
            content.push(format!("#{}", entries[0]));
            at += count;
            continue;
        }
        if !listed(EMPTY, &folded[at]) {
            content.push(stem(&folded[at]));
        }
        at += 1;
    }
    content
}

/// Takes the commonest English endings off.
fn stem(word: &str) -> String {
    let cut = ["ing", "ies", "ed", "es", "s", "e", "y"];
    let ending = cut
        .iter()
        .find(|ending| word.len() > ending.len() + 2 && word.ends_with(**ending));
    let stem = ending.map_or(word, |ending| &word[..word.len() - ending.len()]);
    let mut letters = stem.chars();
    // "running", "planned"
    let last = letters.next_back();
    match letters.as_str() {
        shorter if shorter.len() > 2 && shorter.chars().next_back() == last => shorter.to_owned(),
        _ => stem.to_owned(),
    }
}
