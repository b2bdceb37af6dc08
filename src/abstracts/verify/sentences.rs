//! Check `sentences`: each sentence is whole, and brackets and quotation marks are closed.

use super::words::lists;
use super::{Candidate, Finding};
use std::ops::Range;

pub(super) const NAME: &str = "sentences";

/// Fewest words of a sentence.
const FEWEST_WORDS: usize = 3;

/// Frequent verb forms that their ending does not show.
const VERBS: &str = "is are was were be been has have had do does did will would shall should can could may might must \
    met said say held hold set took take gave give made make put came come went go began begin told tell \
    sent send left leave fell fall rose rise grew grow won lost beat built build bought sold brought led \
    lead spoke wrote kept keep paid cut hit saw see ran run became become drew spent cost found find \
    sought seek stood stand struck broke chose flew got heard knew laid lay meant read sat shut spread \
    thought understood woke agree want hope plan remain call aim urge expect need";

/// Finds incomplete sentences.
pub(super) fn check(candidate: &Candidate) -> Vec<Finding> {
    let text = candidate.text;
    let mut findings = Vec::new();
    let mut add =
        |span: Range<usize>, reason: &str| findings.push(Finding::new(NAME, span, reason));
    let opening = |c: char| matches!(c, '"' | '“' | '‘' | '\'' | '(');
    let first = text.trim_start_matches(opening).chars().next();
    if !first.is_some_and(|c| c.is_uppercase() || c.is_numeric()) {
        let from = text.len() - text.trim_start_matches(opening).len();
        add(
            from..from + first.map_or(0, char::len_utf8),
            "the text does not begin with a capital or a digit",
        );
    }
    let end = text.trim_end_matches(['"', '”', '’', ')']);
    if !end.ends_with(['.', '!', '?']) || end.ends_with("..") {
        add(text.len()..text.len(), "the last sentence has no end");
    }
    for range in ranges(candidate) {
        let words = &candidate.words[range.clone()];
        let span = super::words::bytes(&candidate.words, range);
        if words.len() < FEWEST_WORDS {
            add(span, "a sentence of fewer than three words");
        } else if !words.iter().any(|word| is_verb_like(&word.folded)) {
            add(span, "a sentence without a verb");
        }
    }
    if let Some(at) = unbalanced(text) {
        let length = text[at..].chars().next().map_or(0, char::len_utf8);
        add(
            at..at + length,
            "a bracket or quotation mark without its other half",
        );
    }
    findings
}

/// The words of each sentence.
fn ranges(candidate: &Candidate) -> Vec<Range<usize>> {
    let mut starts: Vec<usize> = (0..candidate.words.len())
        .filter(|at| candidate.words[*at].starts)
        .collect();
    starts.push(candidate.words.len());
    starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

fn is_verb_like(folded: &str) -> bool {
    let ending = [
        "ed", "es", "ts", "ns", "ys", "ls", "ks", "ms", "ds", "rs", "ps", "ws", "ing",
    ];
    lists(VERBS, folded)
        || (folded.len() > 3 && ending.iter().any(|ending| folded.ends_with(ending)))
}

/// Byte of the first bracket or quotation mark that has no other half.
fn unbalanced(text: &str) -> Option<usize> {
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '“' | '«' => open.push((at, c)),
            ')' | ']' | '”' | '»' => {
                let Some((_, pair)) = open.pop() else {
                    return Some(at);
                };
                if !matches!((pair, c), ('(', ')') | ('[', ']') | ('“', '”') | ('«', '»')) {
                    return Some(at);
                }
            }
            '"' => match open.last() {
                Some((_, '"')) => {
                    open.pop();
                }
                _ => open.push((at, c)),
            },
            _ => {}
        }
    }
    open.first().map(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_sentences() {
        let table = [
            ("He met the president in Hanoi.", 0),
            ("He said: \"It is done.\"", 0),
            ("12 ships (two of them new) left.", 0),
            ("he met the president.", 1),
            ("He met the president", 1),
            ("He met the president...", 1),
            ("He met (the president.", 1),
            ("He met the \"president.", 1),
            ("He met the) president.", 1),
            ("He met him. Yes.", 1),
            ("Ministry of trade on Monday.", 1),
        ];
        for (text, expected) in table {
            assert_eq!(check(&Candidate::new(text)).len(), expected, "{text}");
        }
    }
}
