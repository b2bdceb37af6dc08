//! What an article gives: its words, names, numbers, dates, countries, bodies and offices, read once.

use super::calendar::Calendar;
use super::known_numbers::{self, KnownNumber};
use super::lexicon::{BODIES, COUNTRIES, Mention};
use super::offices::{Office, french_field};
use super::slavic::{french_key, skeleton};
use super::words::{Joint, Word, folded_set, lists, words};
use super::{counterparts, elapsed, english_dates, french_offices};
use crate::abstracts::{Glossary, Material, in_english};
use crate::article::PublicationDate;
use crate::text::dates;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

/// What an article gives.
pub(super) struct Facts {
    /// The words of the text.
    pub words: Vec<Word>,
    /// Words of each sentence.
    pub sentences: Vec<Range<usize>>,
    /// Numbers outside of dates.
    pub numbers: Vec<KnownNumber>,
    /// Dates, written and derived.
    pub calendar: Calendar,
    /// Mentions of countries.
    pub countries: Vec<Mention>,
    /// Mentions of bodies of many countries.
    pub bodies: Vec<Mention>,
    /// Offices with who holds them.
    pub offices: Vec<Office>,
    /// Places of each folded word.
    places: HashMap<String, Vec<usize>>,
    /// Folded words of the text with its terms in English.
    terms: HashSet<String>,
    /// Folded words of the text as the generator is given it, and those that its words license.
    english: HashSet<String>,
    /// Sorted letters of the acronyms.
    acronyms: HashSet<String>,
    /// Keys of the words that may be Slavic names, with their places.
    slavic: HashMap<String, Vec<usize>>,
    /// The same by what is left of a key in every romanisation, of names long enough.
    skeletons: HashMap<String, Vec<usize>>,
    /// Initials of runs of words: an acronym may be written for them.
    initials: HashSet<String>,
    /// Distinct folded words in order, for search by stem.
    stems: BTreeSet<String>,
}

/// Least letters of a name that its consonants tell.
pub(super) const LONG: usize = 6;
/// Words that an acronym leaves out.
const SMALL_WORDS: &str = "of the and for in on to a de des du d la le les l et pour en sur aux au";

impl Facts {
    /// Reads an article.
    pub fn new(source: &Material, glossary: &Glossary) -> Self {
        let (text, starts) = joined(source);
        let words = words(&text);
        let in_terms = super::words::words(&glossary.apply(&text));
        let date = dated(source);
        let told = told(source, date, glossary);
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        let mut slavic: HashMap<String, Vec<usize>> = HashMap::new();
        let mut skeletons: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, word) in words.iter().enumerate() {
            places.entry(word.folded.clone()).or_default().push(place);
            if word.capital && word.folded.len() > 2 {
                let key = french_key(&word.folded);
                let bones = skeleton(&key).filter(|_| word.folded.len() >= LONG);
                slavic.entry(key).or_default().push(place);
                if let Some(bones) = bones {
                    skeletons.entry(bones).or_default().push(place);
                }
            }
        }
        let sentences = sentences(&words, &starts);
        let countries = COUNTRIES.in_french(&words);
        Self {
            numbers: known_numbers::of(&text),
            calendar: Calendar::new(&text, &words, date)
                .with(&english_dates::find(&told))
                .with(&elapsed::find(&text, date)),
            offices: french_offices::find(&words, &countries),
            bodies: BODIES.in_french(&words),
            countries,
            initials: initials(&in_terms),
            acronyms: words
                .iter()
                .filter(|word| word.acronym)
                .map(|word| sorted(&word.folded))
                .collect(),
            terms: folded_set(&in_terms),
            english: &folded_set(&super::words::words(&told)) | &counterparts::licensed(&words),
            stems: words.iter().map(|word| word.folded.clone()).collect(),
            places,
            slavic,
            skeletons,
            sentences,
            words,
        }
    }

    /// Places of a folded word in the article.
    pub fn places(&self, folded: &str) -> &[usize] {
        self.places.get(folded).map_or(&[], Vec::as_slice)
    }

    /// Places of the names that an English word of this key can stand for.
    pub fn slavic_places(&self, key: &str) -> &[usize] {
        self.slavic.get(key).map_or(&[], Vec::as_slice)
    }

    /// Places of the names that have the same consonants as an English word of this key.
    pub fn skeleton_places(&self, key: &str) -> &[usize] {
        skeleton(key)
            .and_then(|bones| self.skeletons.get(&bones))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether the article with its terms in English has this folded word, also in the singular.
    pub fn has_term(&self, folded: &str) -> bool {
        let singular = folded.strip_suffix('s').filter(|stem| stem.len() > 2);
        let mut forms = [Some(folded), singular].into_iter().flatten();
        forms.any(|form| self.terms.contains(form))
    }

    /// Whether the article has this folded word in the generator's English, or a counterpart of it.
    pub fn has_in_english(&self, folded: &str) -> bool {
        self.english.contains(folded)
    }

    /// Whether the article spells the acronym out.
    pub fn has_initials(&self, folded: &str) -> bool {
        self.initials.contains(folded)
    }

    /// Whether the letters are those of an acronym in the article: `EIB` for `BEI`, `NATO` for `OTAN`.
    pub fn has_letters(&self, folded: &str) -> bool {
        self.acronyms.contains(&sorted(folded))
    }

    /// Distinct folded words that begin with `stem`.
    pub fn with_stem<'a>(&'a self, stem: &'a str) -> impl Iterator<Item = &'a str> {
        self.stems
            .range(stem.to_owned()..)
            .map(String::as_str)
            .take_while(move |word| word.starts_with(stem))
    }

    /// Whether a word of the article begins with `stem`.
    pub fn has_stem(&self, stem: &str) -> bool {
        self.with_stem(stem).next().is_some()
    }

    /// Places of all words that begin with `stem`, in order.
    pub fn stem_places(&self, stem: &str) -> Vec<usize> {
        let mut places: Vec<usize> = self
            .with_stem(stem)
            .flat_map(|word| self.places(word))
            .copied()
            .collect();
        places.sort_unstable();
        places
    }

    /// The sentence of a word.
    pub fn sentence_of(&self, place: usize) -> Range<usize> {
        self.sentences
            .iter()
            .find(|range| range.contains(&place))
            .cloned()
            .unwrap_or(place..place)
    }

    /// Whether any word of the article names the field of an office.
    pub fn has_field(&self, field: &str) -> bool {
        self.stems
            .iter()
            .any(|word| french_field(word) == Some(field))
    }

    /// Number of the sentence of a word.
    pub fn sentence_number(&self, place: usize) -> Option<usize> {
        self.sentences
            .iter()
            .position(|range| range.contains(&place))
    }

    /// Places of all words that begin with one of the stems (parted by spaces).
    pub fn verb_places(&self, stems: &str) -> Vec<usize> {
        stems
            .split(' ')
            .filter(|stem| !stem.is_empty())
            .flat_map(|stem| self.stem_places(stem))
            .collect()
    }

    /// The word at or after this byte of the text.
    pub fn place_of_byte(&self, at: usize) -> usize {
        self.words.partition_point(|word| word.span.end <= at)
    }
}

/// Words of each sentence; `starts` are their first bytes.
fn sentences(words: &[Word], starts: &[usize]) -> Vec<Range<usize>> {
    let place = |at: usize| words.partition_point(|word| word.span.start < at);
    let ends = starts.iter().skip(1).map(|at| place(*at));
    let ranges = starts
        .iter()
        .map(|at| place(*at))
        .zip(ends.chain([words.len()]));
    ranges
        .map(|(start, end)| start..end)
        .filter(|range| !range.is_empty())
        .collect()
}

/// The sentences as the generator is given them.
fn told(source: &Material, date: Option<PublicationDate>, glossary: &Glossary) -> String {
    let sentences = source.sentences.iter().map(|sentence| &*sentence.text);
    in_english(sentences, date, glossary).join("\n")
}

/// The date of publication, with the dateline's day where only the month is known.
fn dated(source: &Material) -> Option<PublicationDate> {
    let date = source.date?;
    let written = dates::find(source.dateline.unwrap_or_default());
    let day = written
        .iter()
        .find(|written| written.month == date.month)
        .and_then(|written| written.day);
    Some(PublicationDate {
        day: date.day.or(day),
        ..date
    })
}

fn sorted(letters: &str) -> String {
    let mut letters: Vec<char> = letters.chars().collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

/// Dateline, headline and sentences with the byte where each begins.
fn joined(source: &Material) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut starts = Vec::new();
    let stopped = |line: &str| format!("{}.", line.trim_end_matches('.'));
    let before = [source.dateline, source.title];
    let before = before.into_iter().flatten().map(stopped);
    let sentences = source
        .sentences
        .iter()
        .map(|sentence| sentence.text.clone());
    for sentence in before.chain(sentences) {
        if !text.is_empty() {
            text.push('\n');
        }
        starts.push(text.len());
        text.push_str(&sentence.replace('’', "'"));
    }
    (text, starts)
}

/// Initials of runs of two to six words without the small ones; of two only where both are capitals.
fn initials(words: &[Word]) -> HashSet<String> {
    let mut found = HashSet::new();
    for from in 0..words.len() {
        let mut letters = String::new();
        let mut capitals = true;
        for word in &words[from..] {
            let small = lists(SMALL_WORDS, &word.folded);
            if !letters.is_empty() && matches!(word.joint, Joint::Stop | Joint::Comma)
                || (small && letters.is_empty())
            {
                break;
            }
            if small {
                continue;
            }
            capitals &= word.capital;
            letters.extend(word.folded.chars().next());
            let count = letters.chars().count();
            if count > 2 || (count == 2 && capitals) {
                found.insert(letters.clone());
            }
            if count == 6 {
                break;
            }
        }
    }
    found
}
