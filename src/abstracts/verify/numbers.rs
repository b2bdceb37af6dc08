//! Check `numbers`: every number of the abstract is in the article, with the same value and unit.
//!
//! The French side is read by `text::numbers`, the English side by [`english_numbers`](super::english_numbers).
//! Numbers inside dates are the business of [`dates`](super::dates), on both sides.

use super::english_numbers::{Form, Number};
use super::facts::Facts;
use super::{Candidate, Finding};

pub(super) const NAME: &str = "numbers";

/// Words that say a number without being one, English stem → French stems.
const WORDED: [(&str, &[&str]); 9] = [
    ("half", &["moitie", "demi", "semi", "mi", "50", "deux"]),
    ("halve", &["moitie", "deux", "demi", "50"]),
    ("doubl", &["doubl", "deux", "moitie"]),
    ("twice", &["deux", "doubl", "bis", "semestr", "biannuel"]),
    ("tripl", &["tripl", "trois"]),
    ("thrice", &["trois", "tripl"]),
    ("quarter", &["quart", "trimestr", "25"]),
    ("dozen", &["douzaine", "dizaine", "douze", "12"]),
    ("decade", &["decennie", "dix", "ans", "annees", "10"]),
];

/// French words that contain a number: `quinquennal` is five years.
const CONTAINED: [(&str, f64); 19] = [
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
];

/// Finds the numbers that the article does not give.
pub(super) fn check(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for number in &candidate.numbers {
        if candidate.in_date(&number.span) || is_trivial(number) {
            continue;
        }
        if let Some(problem) = problem(number, facts) {
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

fn problem(number: &Number, facts: &Facts) -> Option<&'static str> {
    let same: Vec<_> = facts
        .numbers
        .iter()
        .filter(|known| equal(known.value, number.value))
        .collect();
    let contained = || {
        CONTAINED
            .iter()
            .any(|(stem, value)| equal(*value, number.value) && facts.has_stem(stem))
    };
    if same.is_empty() {
        return (number.unit.is_some() || !contained()).then_some("is not a number of the article");
    }
    let unit = number.unit?;
    let known: Vec<_> = same.iter().map(|known| known.unit).collect();
    let agrees = known
        .iter()
        .any(|known| known.is_none_or(|known| known == unit));
    // A percentage must be one; of other units the article may leave the word out.
    let percent_missing = unit == "percent" && !known.contains(&Some("percent"));
    (!agrees || percent_missing).then_some("is in the article with another unit")
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
