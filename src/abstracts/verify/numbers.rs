//! Check `numbers`: every number of the abstract is in the article, with the same value and unit.
//!
//! The French side is read by `text::numbers`, the English side by [`english_numbers`](super::english_numbers).
//! Numbers inside dates are the business of [`dates`](super::dates), on both sides.

use super::english_numbers::{Form, Number};
use super::facts::Facts;
use super::known_numbers::KnownNumber;
use super::words::{Joint, Word, lists};
use super::{Candidate, Finding};
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const NAME: &str = "numbers";

/// Words that say a number without being one, English stem → French stems.
const WORDED: [(&str, &[&str]); 9] = [
    (
        "half",
        &["moitie", "demi", "semi", "semestr", "mi", "50", "deux"],
    ),
    ("halve", &["moitie", "deux", "demi", "50"]),
    ("doubl", &["doubl", "deux", "moitie"]),
    ("twice", &["deux", "doubl", "bis", "semestr", "biannuel"]),
    ("tripl", &["tripl", "trois"]),
    ("thrice", &["trois", "tripl"]),
    ("quarter", &["quart", "trimestr", "25"]),
    ("dozen", &["douzaine", "dizaine", "douze", "12"]),
    ("decade", &["decennie", "dix", "ans", "annees", "10"]),
];

/// English and French stems of what articles count.
static COUNT_NOUNS: LazyLock<Vec<(Vec<&str>, Vec<&str>)>> = LazyLock::new(|| {
    let lines = include_str!("count_nouns.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('|'));
    lines
        .map(|(english, french)| {
            (
                english.split_whitespace().collect(),
                french.split_whitespace().collect(),
            )
        })
        .collect()
});

/// English words with which something else than what is counted begins.
const BEHIND_COUNTS: &str = "of to and or in at on for from by with as among amid after before against than between over \
    under since during more less fewer";

/// French words that contain a number: `quinquennal` is five years.
const CONTAINED: [(&str, f64); 40] = [
    ("quinquennal", 5.0),
    ("triennal", 3.0),
    ("biennal", 2.0),
    ("biannuel", 2.0),
    ("bilateral", 2.0),
    ("decenni", 10.0),
    ("decennal", 10.0),
    ("siecle", 100.0),
    ("trimestr", 3.0),
    ("semestr", 6.0),
    ("tripartite", 3.0),
    ("trilateral", 3.0),
    ("quadrilateral", 4.0),
    ("doubl", 2.0),
    ("tripl", 3.0),
    ("mi", 0.5),
    ("tiers", 3.0),
    ("quart", 4.0),
    ("paire", 2.0),
    ("jumel", 2.0),
    ("jumeau", 2.0),
    ("zero", 0.0),
    ("nul", 0.0),
    ("exoner", 0.0),
    ("exempt", 0.0),
    ("franchise", 0.0),
    ("quadrupl", 4.0),
    ("quintupl", 5.0),
    ("quadrienn", 4.0),
    ("sexenn", 6.0),
    ("septenn", 7.0),
    ("decupl", 10.0),
    ("quinzaine", 15.0),
    ("trentenaire", 30.0),
    ("quarantenaire", 40.0),
    ("cinquantenaire", 50.0),
    ("centenaire", 100.0),
    ("bicentenaire", 200.0),
    ("tricentenaire", 300.0),
    ("millenaire", 1000.0),
];

/// French words for a part, folded, with the percentage that it is.
const PARTS: [(&str, f64); 6] = [
    ("moitie", 50.0),
    ("quart", 25.0),
    ("tiers", 33.0),
    ("cinquieme", 20.0),
    ("dixieme", 10.0),
    ("doubl", 100.0),
];
/// Units a thousand of another: `2.4 GW` for `2.400 MW`.
const THOUSANDS: [&str; 7] = ["gw", "gigawatt", "tw", "tonne", "km", "kilomet", "kg"];

/// `the two countries`: two that were named need not be counted.
fn is_both(number: &Number, candidate: &Candidate) -> bool {
    let before = candidate.text[..number.span.start]
        .trim_end()
        .to_lowercase();
    let after = &candidate.text[number.span.end..];
    number.in_letters
        && number.value == 2.0
        && (before.ends_with("the") || before.ends_with("their"))
        && [" countries", " sides", " ministers", " leaders", " parties"]
            .iter()
            .any(|noun| after.starts_with(noun))
}

/// Whether the article has the number in the unit a thousand times smaller.
fn is_scaled(number: &Number, candidate: &Candidate, facts: &Facts) -> bool {
    let after = candidate.text[number.span.end..]
        .trim_start_matches([' ', '-'])
        .to_lowercase();
    number.value < 1e4
        && THOUSANDS.iter().any(|unit| after.starts_with(unit))
        && facts
            .numbers
            .iter()
            .any(|known| equal(known.value, number.value * 1e3))
}

/// Words behind a number that say nothing of what it counts.
const BARE: &str = "a au de des d ou et dont sur ont est sont en hommes femmes personnes gens membres agents individus autres \
    interventions unites elements";

/// Finds the numbers that the article does not give.
pub(super) fn check(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for number in &candidate.numbers {
        if candidate.in_date(&number.span) || is_trivial(number) || is_both(number, candidate) {
            continue;
        }
        if let Some(problem) = problem(number, candidate, facts) {
            let written = &candidate.text[number.span.clone()];
            findings.push(Finding::new(
                NAME,
                number.span.clone(),
                format!("{written:?} {problem}"),
            ));
        }
    }
    findings.extend(worded(candidate, facts));
    findings
}

/// `one` and `first` say nothing that an article must spell out.
fn is_trivial(number: &Number) -> bool {
    number.in_letters && number.value == 1.0 && number.form != Form::Percent
}

fn problem(number: &Number, candidate: &Candidate, facts: &Facts) -> Option<&'static str> {
    let same: Vec<_> = facts
        .numbers
        .iter()
        .filter(|known| equal(known.value, number.value))
        .collect();
    let strict = number
        .unit
        .is_some_and(|unit| !matches!(unit, "year" | "month"));
    let contained =
        |(stem, value): &(&str, f64)| equal(*value, number.value) && facts.has_stem(stem);
    if CONTAINED.iter().any(contained) && (!strict || number.value == 0.0) {
        return None;
    }
    let said_as_part =
        |(stem, percent): &(&str, f64)| equal(*percent, number.value) && facts.has_stem(stem);
    if number.form == Form::Percent && PARTS.iter().any(said_as_part) {
        return None;
    }
    if same.is_empty() {
        let scaled = is_scaled(number, candidate, facts);
        return (!scaled).then_some("is not a number of the article");
    }
    if let Some(unit) = number.unit {
        let known: Vec<_> = same.iter().map(|known| known.unit).collect();
        let agrees = known
            .iter()
            .any(|known| known.is_none_or(|known| known == unit));
        // A percentage must be one; of other units the article may leave the word out.
        let percent_missing = unit == "percent" && !known.contains(&Some("percent"));
        if !agrees || percent_missing {
            return Some("is in the article with another unit");
        }
    }
    counts_other_things(number, candidate, facts, &same)
        .then_some("is in the article, but counts something else")
}

/// Whether the article counts the same things, but never so many.
fn counts_other_things(
    number: &Number,
    candidate: &Candidate,
    facts: &Facts,
    same: &[&KnownNumber],
) -> bool {
    if number.form == Form::Ordinal {
        return false;
    }
    let at = candidate
        .words
        .partition_point(|word| word.span.start < number.span.end);
    let counted = candidate.words[at..]
        .iter()
        .take_while(|word| matches!(word.joint, Joint::Space | Joint::Tight) && !word.starts)
        .take_while(|word| !lists(BEHIND_COUNTS, &word.folded))
        .take(if number.unit.is_some() { 1 } else { 3 });
    let Some(stems) = counted
        .filter(|word| !word.capital)
        .find_map(|word| french_noun(&word.folded))
    else {
        return false;
    };
    let behind = |known: &KnownNumber| behind(known, facts);
    let counts = |known: &KnownNumber| {
        let is_noun = |word: &Word| {
            stems
                .iter()
                .any(|stem| word.folded.starts_with(stem.as_str()))
        };
        let range = behind(known);
        let same_phrase = |(at, word): &(usize, &Word)| {
            *at == 0 || matches!(word.joint, Joint::Space | Joint::Tight)
        };
        let phrase = facts.words[range]
            .iter()
            .enumerate()
            .take_while(same_phrase);
        phrase.map(|(_, word)| word).any(is_noun)
    };
    // "sept des dix", "de trois à cinq", "vingt-deux hommes": a number without its noun may count anything.
    let is_bare = |known: &&KnownNumber| {
        let behind = behind(known).start;
        let next = facts.words.get(behind);
        let mut before = facts.words[..behind].iter().rev().skip(1);
        // "14 pylônes sur 106", "71 acceptations sur les 110".
        let of_all = before.next().is_some_and(|word| {
            word.folded == "sur"
                || word.folded == "les" && before.next().is_some_and(|word| word.folded == "sur")
        });
        of_all || next.is_none_or(|word| word.joint != Joint::Space || lists(BARE, &word.folded))
    };
    let cardinals = facts.numbers.iter().filter(|known| !known.ordinal);
    let counting: Vec<_> = cardinals.filter(|known| counts(known)).collect();
    let counted_so = counting
        .iter()
        .any(|known| equal(known.value, number.value));
    !counting.is_empty() && !counted_so && !same.iter().any(is_bare)
}

/// The three words of the sentence behind a number of the article.
fn behind(known: &KnownNumber, facts: &Facts) -> Range<usize> {
    let from = facts
        .words
        .partition_point(|word| word.span.start < known.span.end);
    let to = (from + 3).min(facts.sentence_of(from).end);
    from..to.max(from)
}

/// French stems of an English noun that articles count; of an unlisted one, its own root.
fn french_noun(folded: &str) -> Option<Vec<String>> {
    // "The fourth ministerial meeting" counts no ministers.
    if ["al", "ary", "ive", "ic"]
        .iter()
        .any(|ending| folded.ends_with(ending))
    {
        return None;
    }
    let listed = COUNT_NOUNS
        .iter()
        .find(|(english, _)| english.iter().any(|stem| folded.starts_with(stem)));
    let root = || {
        (folded.chars().count() > 5 && folded.ends_with('s')).then(|| {
            vec![
                folded
                    .chars()
                    .take(if folded.len() > 7 { 6 } else { 5 })
                    .collect(),
            ]
        })
    };
    listed
        .map(|(_, french)| french.iter().map(|stem| (*stem).to_owned()).collect())
        .or_else(root)
}

fn equal(a: f64, b: f64) -> bool {
    (a.abs() - b.abs()).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// `half`, `doubled` and the like.
fn worded(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for word in &candidate.words {
        let known = WORDED
            .iter()
            .find(|(stem, _)| word.folded.starts_with(stem));
        let supported = |stems: &[&str]| stems.iter().any(|stem| facts.has_stem(stem));
        if let Some((_, french)) = known.filter(|(_, french)| !supported(french)) {
            let reason = format!("the article has no {:?}", french[0]);
            findings.push(Finding::new(NAME, word.span.clone(), reason));
        }
    }
    findings
}
