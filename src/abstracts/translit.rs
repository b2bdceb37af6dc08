//! Names of persons from French to English spelling: Slavic ones by rule, Vietnamese ones without diacritics.
//!
//! French and English write the same Russian sounds differently (`Tchebotarev`, `Chebotarev`). Owns the rules, their
//! exceptions and what counts as surely Slavic: a Slavic ending with a French digraph, or any Slavic ending behind a
//! Slavic given name. A surname known that way is known in the whole article (`Guennadi Lapchine` … `M. Lapchine`).
//! Names that the glossary lists are English already. Vietnamese syllables are [`vietnamese`](super::vietnamese)'s.

use super::given_names::{Given, given};
use super::pattern;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

/// Surnames whose English spelling the rules do not give.
const EXCEPTIONS: [(&str, &str); 13] = [
    ("Choïgou", "Shoigu"),
    ("Dostoïevski", "Dostoevsky"),
    ("Ejov", "Yezhov"),
    ("Eltsine", "Yeltsin"),
    ("Essenine", "Yesenin"),
    ("Evtouchenko", "Yevtushenko"),
    ("Jirinovski", "Zhirinovsky"),
    ("Nabioullina", "Nabiullina"),
    ("Rachmaninov", "Rachmaninov"),
    ("Tchaikovsky", "Tchaikovsky"),
    ("Tchaïkovski", "Tchaikovsky"),
    ("Tchekhov", "Chekhov"),
    ("Tourgueniev", "Turgenev"),
];

static WORDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{Lu}\p{Ll}+"));
/// Endings that only Slavic surnames have.
static STRONG: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:[oe]va?|enko|[iy]tch|skaïa|skoï|ski|sk|tchouk)$"));
/// Endings that Slavic surnames share with other words.
static WEAK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:[oe]va?|ko|[iy]tch|aïa|oï|ski|ouk|[iy]n[ea]|ak|ik|[iy]kh|ets|sky|skaya|vich)$")
});
/// Spellings of Slavic sounds that are French.
static FRENCH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)tch|ou|ï|j|ch|gu[eéi]|[aeiouy]ss[aeiouy]"));
/// Beginnings that only Slavic names have: with them a weak ending is enough.
static BEGINNING: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:Tch[aeiou]|Chtch|Iou)"));
/// Letters of Polish names, which English writes as they are.
static POLISH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)w|cz|sz"));
/// A patronymic or an initial between given name and surname.
static PATRONYMIC: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:vitch|vich|ovna|evna|ïevna)$"));

/// What names of one article become.
pub struct Names {
    /// Surnames found behind a Slavic given name.
    surnames: BTreeMap<String, String>,
    vietnamese: BTreeSet<String>,
}

impl Names {
    /// Collects the names that the sentences of an article make certain.
    pub fn of(sentences: &[String]) -> Self {
        let mut names = Self {
            surnames: BTreeMap::new(),
            vietnamese: BTreeSet::new(),
        };
        for sentence in sentences {
            for (_, word, english) in changes(sentence, &BTreeMap::new()) {
                names.surnames.insert(word, english);
            }
            names
                .vietnamese
                .extend(super::vietnamese::syllables(sentence));
        }
        // A given name is one only before a surname.
        names.surnames.retain(|word, _| given(word).is_none());
        names
    }

    /// The sentence with its names in English spelling.
    pub fn in_english(&self, sentence: &str) -> String {
        let mut english = String::with_capacity(sentence.len());
        let mut copied = 0;
        for (range, _, name) in changes(sentence, &self.surnames) {
            english.push_str(&sentence[copied..range.start]);
            english.push_str(&name);
            copied = range.end;
        }
        english.push_str(&sentence[copied..]);
        super::vietnamese::without_diacritics(&english, &self.vietnamese)
    }
}

/// The words of a sentence that change, with their places and English spellings, in order.
fn changes(
    sentence: &str,
    known: &BTreeMap<String, String>,
) -> Vec<(Range<usize>, String, String)> {
    let words: Vec<Range<usize>> = WORDS
        .find_iter(sentence)
        .map(|word| word.range())
        .filter(|word| is_whole(sentence, word))
        .collect();
    let mut found = Vec::new();
    for (index, range) in words.iter().enumerate() {
        let word = &sentence[range.clone()];
        let english = match (known.get(word), given(word)) {
            (Some(english), _) => Some(english.clone()),
            (None, Some(name)) if name.slavic => Some(name.english.to_owned()),
            (None, Some(name)) => words
                .get(index + 1)
                .filter(|next| &sentence[range.end..next.start] == " ")
                .and_then(|next| in_front(word, name, &sentence[next.clone()], known)),
            (None, None) => surname(word, &before(sentence, &words[..index], range.start)),
        };
        if let Some(english) = english.filter(|english| english != word) {
            found.push((range.clone(), word.to_owned(), english));
        }
    }
    found
}

/// True unless the word is a part of a longer one, such as `McDonald` or `d'Ivoire` cut short.
fn is_whole(sentence: &str, word: &Range<usize>) -> bool {
    let before = sentence[..word.start].chars().next_back();
    let after = sentence[word.end..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

/// The English form of a shared given name in front of a word that makes it Slavic.
fn in_front(
    word: &str,
    name: Given,
    next: &str,
    known: &BTreeMap<String, String>,
) -> Option<String> {
    let surname = known.contains_key(next) || WEAK.is_match(next) || PATRONYMIC.is_match(next);
    // "Piotr Kowalski" is a Pole.
    let pole = POLISH.is_match(next) || (word == "Piotr" && next.ends_with("ski"));
    (surname && !pole).then(|| name.english.to_owned())
}

/// The given names in front of a word, past initials and a patronymic.
fn before(sentence: &str, words: &[Range<usize>], start: usize) -> Vec<Given> {
    let mut names = Vec::new();
    let mut start = start;
    for range in words.iter().rev().take(2) {
        let between = sentence[range.end..start].trim();
        let initials = between
            .chars()
            .all(|c| c.is_uppercase() || c == '.' || c == ' ');
        let joined = sentence[range.end..start].starts_with(' ')
            && (between.is_empty() || between.ends_with('.'));
        if !(initials && joined) {
            break;
        }
        let word = &sentence[range.clone()];
        names.extend(given(word));
        if !PATRONYMIC.is_match(word) {
            break;
        }
        start = range.start;
    }
    names
}

/// The English spelling of a word that is surely a Slavic surname.
fn surname(word: &str, given: &[Given]) -> Option<String> {
    if let Some((_, english)) = EXCEPTIONS.iter().find(|(french, _)| *french == word) {
        return Some((*english).to_owned());
    }
    if word.chars().count() < 4 || POLISH.is_match(word) {
        return None;
    }
    let strong = STRONG.is_match(word) && FRENCH.is_match(word) && word.chars().count() > 4;
    let begun = BEGINNING.is_match(word) && WEAK.is_match(word);
    let named = given.iter().any(|name| name.slavic || WEAK.is_match(word));
    (strong || begun || named).then(|| spelled(word))
}

/// A Slavic name in English spelling, letter by letter.
///
/// After the usual romanisation of the English press (a simplified BGN/PCGN): `ch` → `sh`, `tch` → `ch`, `j` → `zh`,
/// `ou` → `u`, `ï` → `y` or `i`, `-ski` → `-sky`, `-ine` → `-in`.
fn spelled(word: &str) -> String {
    let mut rest = word.to_lowercase();
    for (french, english) in [
        ("ski", "sky"),
        ("ine", "in"),
        ("yne", "yn"),
        ("iov", "yov"),
        ("iova", "yova"),
    ] {
        if let Some(stem) = rest.strip_suffix(french) {
            rest = format!("{stem}{english}");
            break;
        }
    }
    let mut english = String::with_capacity(rest.len() + 2);
    let mut at = 0;
    while let Some(letter) = rest[at..].chars().next() {
        let (written, length) = match digraph(&rest, at) {
            Some(found) => found,
            None => match letter {
                'ï' => (yod(&rest, at), letter.len_utf8()),
                'é' | 'è' | 'ê' | 'ë' => ("e", letter.len_utf8()),
                // "Djorkaeff": the English press keeps `dj`.
                'j' if !rest[..at].ends_with('d') => ("zh", 1),
                _ => (&rest[at..at + letter.len_utf8()], letter.len_utf8()),
            },
        };
        english.push_str(written);
        at += length;
    }
    let mut letters = english.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => english,
    }
}

/// The letters at `at` that are written together: their English form and their length.
fn digraph(word: &str, at: usize) -> Option<(&'static str, usize)> {
    let rest = &word[at..];
    let vowel = |c: char| "aeiouyéèêëï".contains(c);
    let before = word[..at].chars().next_back();
    let after = |length: usize| rest[length..].chars().next();
    let soft = before.is_none_or(|c| !vowel(c));
    if rest.starts_with("chtch") {
        Some(("shch", 5))
    } else if rest.starts_with("tch") {
        Some(("ch", 3))
    } else if rest.starts_with("ch") {
        Some(("sh", 2))
    } else if rest.starts_with("iou") && soft {
        Some(("yu", 3))
    } else if rest.starts_with("ou") {
        Some(("u", 2))
    } else if rest.starts_with("gu") && after(2).is_some_and(|c| "eéi".contains(c)) {
        Some(("g", 2))
    } else if rest.starts_with("ss") && before.is_some_and(vowel) && after(2).is_some_and(vowel) {
        Some(("s", 2))
    } else if rest.starts_with("ia") && soft && after(2).is_some() {
        Some(("ya", 2))
    } else if at == 0 && rest.starts_with("ie") {
        Some(("ye", 2))
    } else {
        None
    }
}

/// `ï` is a `y` before a vowel and at the end (`Chouvaïev`, `Tolstoï`), an `i` before a consonant (`Voïtovitch`) and
/// behind a `y` or `i` (`Zahrebelnyï`).
fn yod(word: &str, at: usize) -> &'static str {
    let behind_i = word[..at].ends_with(['i', 'y']);
    match word[at + 'ï'.len_utf8()..].chars().next() {
        None if behind_i => "i",
        None | Some('a' | 'e' | 'i' | 'o' | 'u' | 'y') => "y",
        Some(_) => "i",
    }
}

#[cfg(test)]
#[path = "translit_tests.rs"]
mod tests;
