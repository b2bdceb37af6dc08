//! Where French sentences end.
//!
//! Owns the split of one paragraph of plain text into sentences: abbreviations, initials, numbers,
//! ellipses, quotation marks, brackets, spaces lost after a full stop, and the cut of text that
//! never ends. Paragraphs and noise are found before, in [`noise`](super::noise).

use std::ops::Range;

use super::abbreviations::{Token, classify, is_opener};
use super::clean::prefix;
use super::pairs::{open_quotes, short_brackets};

/// Longest sentence in bytes of plain text: longer ones are cut at the best place before it, so
/// that an encoder window holds any sentence (about 300 tokens of French).
pub const LONGEST_SENTENCE: usize = 1200;
/// Longest token that is looked at before a full stop, in characters: enough for any abbreviation.
const LONGEST_TOKEN: usize = 40;

/// Splits a paragraph into trimmed sentences. Everything that is not white space is in one of them.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let scan = Scan::new(text);
    let mut ranges = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < scan.chars.len() {
        let end = if at > start && scan.is_list_mark(at) {
            Some(at)
        } else {
            scan.end_of_sentence(start, at)
        };
        match end {
            Some(end) => {
                push_cut(text, scan.offset(start)..scan.offset(end), &mut ranges);
                start = end;
                at = end;
            }
            None => at += 1,
        }
    }
    push_cut(text, scan.offset(start)..text.len(), &mut ranges);
    ranges
}

/// Whether the line begins as a list item does: with a mark and a space, or with `1.` or `a)`.
pub(super) fn is_bullet(line: &str) -> bool {
    let mut chars = line.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('•' | '▪' | '·'), _, _) => true,
        (Some('-' | '–' | '—' | '*' | '+'), Some(second), _) => second.is_whitespace(),
        (Some(first), Some('.' | ')'), Some(third)) => {
            first.is_ascii_alphanumeric() && third.is_whitespace()
        }
        _ => false,
    }
}

/// The sentence without the mark of a list item before it.
pub(super) fn without_bullet(sentence: &str) -> &str {
    let rest = sentence.trim_start_matches(['-', '–', '—', '•', '·', '*', '▪', '+', '>', ' ']);
    match sentence.len() - rest.len() {
        // "-5 %" and "+3" keep their sign.
        1 if rest.starts_with(|c: char| c.is_ascii_digit()) => sentence,
        _ => rest,
    }
}

/// A paragraph as characters, with what the rules need to know about each.
struct Scan<'a> {
    text: &'a str,
    chars: Vec<(usize, char)>,
    /// For a character inside a short bracket, the place of the closing bracket.
    closes: Vec<usize>,
    /// For each character, whether a straight quotation mark is open before it.
    quoted: Vec<bool>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        let chars: Vec<_> = text.char_indices().collect();
        Self {
            text,
            closes: short_brackets(&chars),
            quoted: open_quotes(&chars),
            chars,
        }
    }

    fn at(&self, index: usize) -> Option<char> {
        self.chars.get(index).map(|&(_, c)| c)
    }

    fn before(&self, index: usize) -> Option<char> {
        self.at(index.checked_sub(1)?)
    }

    fn offset(&self, index: usize) -> usize {
        self.chars.get(index).map_or(self.text.len(), |&(at, _)| at)
    }

    /// A bullet between spaces: a list that lost its line breaks.
    fn is_list_mark(&self, at: usize) -> bool {
        matches!(self.at(at), Some('•' | '▪'))
            && self.before(at).is_some_and(char::is_whitespace)
            && self.at(at + 1).is_some_and(char::is_whitespace)
    }

    /// If a sentence that began at `start` ends with the mark at `at`: one past its last character.
    fn end_of_sentence(&self, start: usize, at: usize) -> Option<usize> {
        let mark = self.at(at).filter(|c| is_terminator(*c))?;
        if at > start && self.before(at).is_some_and(is_terminator) {
            return None; // The run was judged at its first mark.
        }
        let mut end = at;
        while self.at(end).is_some_and(is_terminator) {
            end += 1;
        }
        let closed = self.after_closers(end);
        if self.closes[at] >= closed {
            return None;
        }
        let mut next = closed;
        while self.at(next).is_some_and(char::is_whitespace) {
            next += 1;
        }
        let ends = if next == self.chars.len() || is_wide(mark) {
            true
        } else if mark == '.' && end == at + 1 {
            self.full_stop_ends(start, at, closed, next)
        } else if matches!(self.before(at), Some('[' | '(')) {
            false
        } else {
            let token = self.token_before(start, at);
            self.opens_sentence(next) && (next > closed || self.is_glued(at, closed, token))
        };
        ends.then_some(closed)
    }

    /// Takes closing quotes and brackets, and the space before ` »`, along with the sentence.
    fn after_closers(&self, mut at: usize) -> usize {
        loop {
            match self.at(at) {
                Some('»' | '”' | ')' | ']' | '}') => at += 1,
                Some('"') if self.is_closing_quote(at) => at += 1,
                Some('\'') if self.at(at + 1).is_none_or(|c| !c.is_alphanumeric()) => at += 1,
                Some(c) if c.is_whitespace() && self.closes_after_space(at + 1) => at += 2,
                _ => return at,
            }
        }
    }

    fn is_closing_quote(&self, at: usize) -> bool {
        match self.at(at + 1) {
            Some(next) if next.is_alphanumeric() => self.quoted[at],
            _ => self.before(at).is_some_and(|c| !c.is_whitespace()),
        }
    }

    /// ` »`, and a straight quote that was open and stands between spaces.
    fn closes_after_space(&self, at: usize) -> bool {
        match self.at(at) {
            Some('»') => true,
            Some('"') => self.quoted[at] && self.at(at + 1).is_none_or(char::is_whitespace),
            _ => false,
        }
    }

    /// Whether a single full stop at `at` ends the sentence. `closed` is one past the quotes that
    /// follow it, `next` the first character after the space.
    fn full_stop_ends(&self, start: usize, at: usize, closed: usize, next: usize) -> bool {
        let token = self.token_before(start, at);
        if self.is_list_number(start, at, token) || !self.opens_sentence(next) {
            return false;
        }
        if next == closed && closed == at + 1 {
            return ends_before_glue(token) && self.is_glued(at, next, token);
        }
        let number_follows = self.at(next).is_some_and(|c| c.is_ascii_digit());
        match classify(token) {
            Token::NeverLast => false,
            Token::BeforeANumber => !number_follows,
            Token::PerhapsLast => self.opener_at(next),
            Token::Word => true,
        }
    }

    /// The characters of the sentence back to a space, quote, bracket or apostrophe.
    fn token_before(&self, start: usize, at: usize) -> &'a str {
        let mut first = at;
        while first > start
            && at - first < LONGEST_TOKEN
            && self.before(first).is_some_and(|c| {
                !c.is_whitespace() && !matches!(c, '\'' | '"' | '«' | '“' | '(' | '[' | ',' | ';')
            })
        {
            first -= 1;
        }
        &self.text[self.offset(first)..self.offset(at)]
    }

    /// `1. Le ministre …`: a short number or letter that opens its sentence.
    fn is_list_number(&self, start: usize, at: usize, token: &str) -> bool {
        let before = self.text[self.offset(start)..self.offset(at)].trim();
        let number = token.len() <= 2 && token.chars().all(|c| c.is_ascii_digit());
        let roman = token.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
        !token.is_empty() && without_bullet(before) == token && (number || roman)
    }

    /// Whether what stands at `next` can open a sentence: a capital letter, a digit, a letter of a
    /// script without capitals, a dash, or one of these after opening quotes.
    fn opens_sentence(&self, next: usize) -> bool {
        let mut at = next;
        let mut quoted = false;
        while let Some(c) = self.at(at).filter(|_| at - next < LONGEST_TOKEN) {
            match c {
                '«' | '“' | '"' | '\'' | '‘' => quoted = true,
                '(' | '[' | ' ' | '¿' | '¡' | '-' | '–' | '—' | '*' | '>' => {}
                '•' | '·' | '▪' => return true,
                _ => break,
            }
            at += 1;
        }
        match self.at(at) {
            Some(c) if c.is_lowercase() => {
                // "iPhone", "vTaiwan"; and a quotation may open with a small letter.
                quoted || self.at(at + 1).is_some_and(char::is_uppercase)
            }
            Some(c) => c.is_alphanumeric() || !c.is_ascii_punctuation() && !is_terminator(c),
            None => true,
        }
    }

    /// Whether a sentence begins at `next` although the space before it was lost.
    fn is_glued(&self, at: usize, next: usize, token: &str) -> bool {
        let in_address = token.contains(['@', '/', '\\']) || token.starts_with("www");
        let opening = self
            .at(next)
            .is_some_and(|c| matches!(c, '«' | '“' | '"' | '–' | '—'));
        let first = if opening { next + 1 } else { next };
        let capital = self.at(first).is_some_and(char::is_uppercase);
        let continues = self.at(first + 1).is_none_or(|c| {
            c.is_alphabetic() || c.is_whitespace() || matches!(c, '\'' | '.' | '-')
        });
        // French sets a space before "?" and "!".
        let spaced = self.at(at) != Some('.') && self.before(at) == Some(' ');
        let word_before = self
            .before(at - usize::from(spaced))
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, ')' | '»' | '"' | '%' | '”'));
        !in_address && word_before && capital && continues && !self.is_domain(first)
    }

    /// Whether the word at `first` goes on as a domain name or an e-mail address does: `Monde.fr`.
    fn is_domain(&self, first: usize) -> bool {
        let mut at = first;
        while at - first < LONGEST_TOKEN {
            match self.at(at) {
                Some('.') => return self.at(at + 1).is_some_and(char::is_lowercase),
                Some('@') => return true,
                Some(c) if c.is_alphanumeric() || c == '-' => at += 1,
                _ => return false,
            }
        }
        false
    }

    /// Whether the word at `next`, after any opening marks, usually opens a sentence. One letter
    /// with a full stop is an initial, one consonant without apostrophe as well.
    fn opener_at(&self, next: usize) -> bool {
        let mut first = next;
        while first - next < LONGEST_TOKEN && self.at(first).is_some_and(|c| !c.is_alphanumeric()) {
            first += 1;
        }
        let mut last = first;
        while last - first < LONGEST_TOKEN && self.at(last).is_some_and(char::is_alphanumeric) {
            last += 1;
        }
        let word = &self.text[self.offset(first)..self.offset(last)];
        let elided = self.at(last) == Some('\'');
        let initial = word.len() == 1 && !elided && !matches!(word, "A" | "Y");
        !initial && self.at(last) != Some('.') && is_opener(word)
    }
}

/// Whether a word before a glued sentence may end one: no abbreviation, no initial.
fn ends_before_glue(token: &str) -> bool {
    let initial = token.chars().count() == 1 && token.chars().all(char::is_alphabetic);
    !initial && !token.contains('.') && classify(token) == Token::Word
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟') || is_wide(c)
}

/// Full stops of scripts that put no space after them.
fn is_wide(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '।' | '۔')
}

/// Adds a range without the white space around it, in parts if it is too long.
fn push_cut(text: &str, range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let mut range = trim(text, range);
    while range.len() > LONGEST_SENTENCE {
        let cut = range.start + best_cut(&text[range.clone()]);
        ranges.push(trim(text, range.start..cut));
        range = trim(text, cut..range.end);
    }
    if !range.is_empty() {
        ranges.push(range);
    }
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = &text[range.clone()];
    let start = range.end - inner.trim_start().len();
    start..start.max(range.start + inner.trim_end().len())
}

/// Where to cut a text that is too long: after the last semicolon, else colon, else comma, else at
/// the last space of the second half; else between two characters.
fn best_cut(text: &str) -> usize {
    let limit = prefix(text, LONGEST_SENTENCE).len();
    let half = prefix(text, LONGEST_SENTENCE / 2).len();
    let window = &text[half..limit];
    ["; ", " : ", ", ", "、", "，", " ", "\n"]
        .iter()
        .find_map(|mark| Some(half + window.rfind(mark)? + mark.len()))
        .unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_paragraph_is_covered_in_order(
            text in "\\PC{0,80}|([A-Za-zé0-9.!?…;:,«»\"'()\\[\\] \n-]|M\\. |etc\\. |1\\. |• |\u{a0}»|。){0,60}|(mot|字|é){300,700}",
        ) {
            let mut at = 0;
            for range in split(&text) {
                prop_assert!(at <= range.start && range.start < range.end && range.end <= text.len());
                prop_assert!(text[at..range.start].trim().is_empty(), "lost {:?}", &text[at..range.start]);
                prop_assert!(range.len() <= LONGEST_SENTENCE);
                prop_assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
                at = range.end;
            }
            prop_assert!(text[at..].trim().is_empty(), "lost {:?}", &text[at..]);
        }
    }
}
