//! An abstract with findings → the same abstract without what was found, where little has to go.
//!
//! Owns the edits: a name spelt as the article spells it, a date, a bracket, a clause or a sentence left out. An edit
//! stands only if the checks then find less, so that a cut which leaves half a sentence does not.

use super::select::words;
use super::verify::Finding;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Edits that follow one another at most.
const MOST_EDITS: usize = 4;
/// Fewest words that must be left, and fewest of those that were there.
const FEWEST_WORDS: usize = 12;
const SMALLEST_SHARE: f64 = 0.5;
/// Words that a sentence keeps when its end is cut off: fewer are seldom a sentence.
const SHORTEST_SENTENCE: usize = 8;
/// A name is taken for a misspelt one from this likeness (Jaro-Winkler, 0 to 1) on.
const SPELLING: f64 = 0.88;

/// What goes with a date that is left out: the words before it.
static BEFORE_DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:,? (?:on|in|from|since|by|until|dated|for|of|at|the|early|late|mid|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday),?)* ?$")
        .expect("the pattern is valid")
});
/// Where a clause may begin.
static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"; |, (?:and |while |with |which |who |including |where |as |after |but )?| and | while | with | including | which | as well as | — | – ")
        .expect("the pattern is valid")
});
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\p{Lu}[\p{L}'-]{2,}").expect("the pattern is valid"));

/// The abstract after the edits that help, and what is still found. `told` is what the generator was given.
pub(super) fn repair(
    text: &str,
    told: &str,
    check: impl Fn(&str) -> Vec<Finding>,
) -> (String, Vec<Finding>) {
    let fewest = FEWEST_WORDS.max((words(text) as f64 * SMALLEST_SHARE) as usize);
    let mut best = (text.to_owned(), check(text));
    for _ in 0..MOST_EDITS {
        let (text, findings) = &best;
        let edited = findings
            .iter()
            .flat_map(|finding| edits(text, finding, told))
            .filter(|edited| words(edited) >= fewest && edited != text)
            .map(|edited| {
                let findings = check(&edited);
                (edited, findings)
            })
            // Of the edits that leave fewest findings, the one that leaves most words; the first of equals.
            .min_by_key(|(edited, findings)| (findings.len(), usize::MAX - words(edited)));
        match edited {
            Some(edited) if edited.1.len() < findings.len() => best = edited,
            _ => break,
        }
    }
    best
}

/// The texts that leave this finding out or put it right.
fn edits(text: &str, finding: &Finding, told: &str) -> Vec<String> {
    let span = finding.span.clone();
    let mut edits = Vec::new();
    match finding.check {
        "names" => edits.extend(respelt(text, finding, told)),
        "dates" => {
            let before = BEFORE_DATE.find(&text[..span.start]);
            let start = before.map_or(span.start, |words| words.start());
            edits.push(without(text, start, span.end));
        }
        _ => {}
    }
    let (first, last) = sentence_around(text, span.start);
    if let (Some(open), Some(close)) = (
        text[first..span.start].rfind(" ("),
        text[span.end..last].find(')'),
    ) {
        edits.push(without(text, first + open, span.end + close + 1));
    }
    let end = text[..last].trim_end_matches(['.', '!', '?']).len();
    let starts: Vec<(usize, usize)> = CLAUSE
        .find_iter(&text[first..end])
        .map(|found| (first + found.start(), first + found.end()))
        .collect();
    for (start, behind) in starts.iter().filter(|(start, _)| *start <= span.start) {
        // From here to the end of the sentence; a clause that says by its first word that it is one, to the next.
        if words(&text[first..*start]) >= SHORTEST_SENTENCE {
            edits.push(without(text, *start, end));
        }
        if !text[*start..*behind].contains("wh") && !text[*start..*behind].contains("including") {
            continue;
        }
        let next = starts
            .iter()
            .find(|(next, _)| *next >= span.end.max(*behind));
        edits.extend(next.map(|(next, _)| without(text, *start, *next)));
    }
    edits.push(without(text, first, last));
    edits
}

/// The text with a word of the finding replaced by the name most like it in what was told.
fn respelt(text: &str, finding: &Finding, told: &str) -> Vec<String> {
    let known: BTreeSet<&str> = NAME.find_iter(told).map(|name| name.as_str()).collect();
    let span = &finding.span;
    NAME.find_iter(&text[span.clone()])
        .filter(|name| !known.contains(name.as_str()))
        .filter_map(|name| {
            let likeness = |other: &str| strsim::jaro_winkler(name.as_str(), other);
            let nearest = known
                .iter()
                .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
            (likeness(nearest) >= SPELLING).then(|| {
                let (start, end) = (span.start + name.start(), span.start + name.end());
                format!("{}{nearest}{}", &text[..start], &text[end..])
            })
        })
        .collect()
}

/// The bytes of the sentence that holds this byte, its end mark included.
fn sentence_around(text: &str, at: usize) -> (usize, usize) {
    let ends = super::shape::sentence_ends(text);
    let first = ends.iter().rev().find(|end| **end <= at).copied();
    let last = ends.iter().find(|end| **end > at).copied();
    (first.unwrap_or(0), last.unwrap_or(text.len()))
}

/// The text without these bytes, spaces and marks mended.
fn without(text: &str, start: usize, end: usize) -> String {
    let (before, after) = (text[..start].trim_end(), text[end..].trim_start());
    let marks = ['.', ',', ';', '!', '?', ')'];
    let tight = before.is_empty() || after.is_empty() || after.starts_with(marks);
    let before = match after.starts_with(['.', ';', '!', '?']) {
        true => before.trim_end_matches([',', ';', ' ']),
        false => before,
    };
    format!("{before}{}{after}", if tight { "" } else { " " })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finds every word of `wrong`, as the check `name`.
    fn finder<'a>(name: &'static str, wrong: &'a [&'a str]) -> impl Fn(&str) -> Vec<Finding> + 'a {
        move |text| {
            let place = |word: &&str| text.find(*word).map(|at| at..at + word.len());
            let spans = wrong.iter().filter_map(place);
            let finding = |span| Finding {
                check: name,
                span,
                reason: String::new(),
            };
            spans.map(finding).collect()
        }
    }

    #[test]
    fn what_is_wrong_goes_and_the_rest_stays() {
        let lead = "The two ministers of trade met in Hanoi to sign an agreement on rice";
        let table = [
            (
                "dates",
                "5 May 2021",
                format!("{lead} on 5 May 2021."),
                format!("{lead}."),
            ),
            (
                "dates",
                "May",
                format!("{lead}, on Tuesday May, in Hue."),
                format!("{lead}, in Hue."),
            ),
            (
                "numbers",
                "44",
                format!("{lead} (44 tonnes) today."),
                format!("{lead} today."),
            ),
            (
                "numbers",
                "44",
                format!("{lead}; exports rose by 44 percent."),
                format!("{lead}."),
            ),
            (
                "numbers",
                "44",
                format!("{lead}. Exports rose by 44."),
                format!("{lead}."),
            ),
            (
                "numbers",
                "44",
                format!("{lead}, which weighs 44 tonnes, and left."),
                format!("{lead}, and left."),
            ),
            (
                "names",
                "Roudenka",
                format!("{lead} with Andrey Roudenka."),
                format!("{lead} with Andrey Roudenko."),
            ),
        ];
        for (check, wrong, text, expected) in table {
            let wrong = [wrong];
            let (repaired, left) = repair(&text, "avec Andrey Roudenko", finder(check, &wrong));
            assert_eq!(repaired, expected);
            assert_eq!(left, []);
        }
    }

    #[test]
    fn too_much_is_not_taken() {
        let wrong = ["44"];
        let text = "The 44 ministers of trade met in Hanoi to sign an agreement on rice.";
        let (same, left) = repair(text, "", finder("numbers", &wrong));
        assert_eq!((same.as_str(), left.len()), (text, 1));
    }
}
