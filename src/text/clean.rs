//! Wire text made plain, with the way back to the original bytes.
//!
//! Owns [`Cleaned`] (entities decoded, NFC, one kind of space and apostrophe, every piece mapped to
//! its raw bytes) and [`polish`] (spacing inside one sentence). Knows nothing of sentences or noise;
//! its input is the body of an article as read.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest named entity of HTML, `&CounterClockwiseContourIntegral;`, is 33 bytes.
const LONGEST_ENTITY: usize = 33;
/// A base letter takes at most this many marks with it (Stream-Safe Text Format, UAX #15).
const MOST_MARKS: usize = 30;

/// A text with plain characters and, for each of its bytes, the bytes it came from.
///
/// White space other than line breaks is one `' '`; line breaks are `'\n'`.
pub(crate) struct Cleaned {
    /// The plain text.
    pub text: String,
    runs: Vec<Run>,
}

/// A stretch of plain text and the raw bytes it stands for.
struct Run {
    /// First byte in the plain text.
    plain: usize,
    /// First byte in the raw text.
    raw: usize,
    /// Length in the raw text, in bytes.
    raw_len: usize,
    /// Each plain byte stands for one raw byte; otherwise the run is one unit.
    linear: bool,
}

impl Cleaned {
    /// Cleans `body`, whose first byte is number `offset` of the raw text.
    pub fn new(body: &str, offset: usize) -> Self {
        let mut cleaned = Self {
            text: String::with_capacity(body.len()),
            runs: Vec::new(),
        };
        let mut at = 0;
        while at < body.len() {
            let rest = &body[at..];
            let (unit, length) = next_unit(rest, cleaned.text.chars().next_back());
            let raw = offset + at;
            match unit {
                Unit::Same => cleaned.push(&rest[..length], raw, length, true),
                Unit::Char(plain) => {
                    let same_length = plain.len_utf8() == length;
                    cleaned.push(plain.encode_utf8(&mut [0; 4]), raw, length, same_length);
                }
                Unit::Text(plain) => cleaned.push(&plain, raw, length, false),
                Unit::Space if cleaned.text.ends_with([' ', '\n']) => {}
                Unit::Space => cleaned.push(" ", raw, length, length == 1),
                Unit::Nothing => {}
            }
            at += length;
        }
        cleaned
    }

    fn push(&mut self, plain: &str, raw: usize, raw_len: usize, linear: bool) {
        let start = self.text.len();
        self.text.push_str(plain);
        if let Some(last) = self.runs.last_mut()
            && linear
            && last.linear
            && last.raw + last.raw_len == raw
        {
            last.raw_len += raw_len;
            return;
        }
        self.runs.push(Run {
            plain: start,
            raw,
            raw_len,
            linear,
        });
    }

    /// The raw offset at which the plain byte `plain` begins.
    pub fn raw_start(&self, plain: usize) -> usize {
        match self.run_of(plain) {
            Some(run) if run.linear => run.raw + (plain - run.plain),
            Some(run) => run.raw,
            None => 0,
        }
    }

    /// The raw offset one past the plain byte before `plain`.
    pub fn raw_end(&self, plain: usize) -> usize {
        match self.run_of(plain.saturating_sub(1)) {
            Some(run) if run.linear => run.raw + (plain - run.plain),
            Some(run) => run.raw + run.raw_len,
            None => 0,
        }
    }

    fn run_of(&self, plain: usize) -> Option<&Run> {
        let after = self.runs.partition_point(|run| run.plain <= plain);
        self.runs.get(after.checked_sub(1)?)
    }
}

/// What the next characters of the raw text become.
enum Unit {
    /// The same characters.
    Same,
    Char(char),
    Text(String),
    Space,
    Nothing,
}

/// Reads one unit from the front of `rest` (not empty): what it becomes and its length in bytes.
fn next_unit(rest: &str, before: Option<char>) -> (Unit, usize) {
    let bytes = rest.as_bytes();
    let plain_ascii = bytes[0].is_ascii_graphic() && !matches!(bytes[0], b'&' | b'\\' | b'`');
    if plain_ascii && bytes.get(1).is_none_or(u8::is_ascii) {
        return (Unit::Same, 1);
    }
    if let Some(found) = entity(rest).or_else(|| escaped_breaks(rest)) {
        return found;
    }
    if rest.starts_with("\r\n") {
        return (Unit::Char('\n'), 2);
    }
    let mut chars = rest.chars();
    let first = chars.next().unwrap_or(' ');
    // A space, a line break or an apostrophe is what it is without the marks behind it, too.
    let alone = plain_char(first, before, chars.clone().next());
    let marks: usize = chars
        .take(MOST_MARKS)
        .take_while(|c| is_combining_mark(*c))
        .map(char::len_utf8)
        .sum();
    if marks > 0 && matches!(alone, Unit::Same | Unit::Text(_)) {
        let length = first.len_utf8() + marks;
        return (Unit::Text(rest[..length].nfc().collect()), length);
    }
    (alone, first.len_utf8())
}

/// What one character becomes, seen between its neighbours.
fn plain_char(c: char, before: Option<char>, after: Option<char>) -> Unit {
    let inside_word =
        before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic);
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Unit::Char('\n'),
        '’' | '‘' | '‛' | 'ʼ' | '＇' => Unit::Char('\''),
        '`' | '´' if inside_word => Unit::Char('\''),
        '\u{2010}' | '\u{2011}' => Unit::Char('-'),
        _ if c.is_whitespace() => Unit::Space,
        _ if is_invisible(c) => Unit::Nothing,
        _ => {
            let composed: String = std::iter::once(c).nfc().collect();
            match composed.strip_prefix(c) {
                Some("") => Unit::Same,
                _ => Unit::Text(composed),
            }
        }
    }
}

/// An HTML entity at the front of `rest`, also one whose ampersand was escaped once more.
fn entity(rest: &str) -> Option<(Unit, usize)> {
    let once = entity_length(rest)?;
    let escaped = (&rest[..once] == "&amp;")
        .then(|| format!("&{}", prefix(&rest[once..], LONGEST_ENTITY)))
        .and_then(|inner| {
            Some((
                decode(&inner[..entity_length(&inner)?])?,
                entity_length(&inner)?,
            ))
        });
    let (plain, length) = match escaped {
        Some((plain, inner)) => (plain, once + inner - 1),
        None => (decode(&rest[..once])?, once),
    };
    let mut chars = plain.chars();
    let unit = match (chars.next(), chars.next()) {
        (Some(only), None) => match plain_char(only, None, None) {
            Unit::Same => Unit::Char(only),
            other => other,
        },
        _ => Unit::Text(plain),
    };
    Some((unit, length))
}

/// Length of `&name;` or `&#1234;` at the front of `rest`, if it has that form.
fn entity_length(rest: &str) -> Option<usize> {
    let name = prefix(rest.strip_prefix('&')?, LONGEST_ENTITY);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '#')?;
    (end > 0 && name[end..].starts_with(';')).then_some(end + 2)
}

fn decode(entity: &str) -> Option<String> {
    let plain = html_escape::decode_html_entities(entity);
    (plain != entity).then(|| plain.into_owned())
}

/// Line breaks that an exporter escaped twice: the two characters `\n`, unless a small letter
/// follows, as in `C:\nord`.
fn escaped_breaks(rest: &str) -> Option<(Unit, usize)> {
    let after = rest.strip_prefix("\\n")?;
    (!after.starts_with(char::is_lowercase)).then_some((Unit::Char('\n'), 2))
}

/// At most `length` bytes from the front, cut at a character boundary.
pub(super) fn prefix(text: &str, length: usize) -> &str {
    let mut end = length.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Marks that show nothing: byte-order mark, zero-width and directional marks, soft hyphen, controls, and the tag
/// characters, in which a whole hidden text can be written. The joiners U+200C and U+200D stay: they shape letters.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206f}'
            | '\u{e0000}'..='\u{e007f}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// White space or a mark that shows nothing: bytes that need not belong to any segment.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// One sentence or headline on one line: spaces single and placed as in print, lost ones put back
/// where that is sure, NFC.
pub(crate) fn polish(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + 8);
    let mut chars = plain.trim().chars().peekable();
    let mut wide_gap = false;
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            wide_gap = true;
            continue;
        }
        let gap = match (out.chars().next_back(), wide_gap) {
            (None, _) => false,
            (Some(before), true) => keeps_space(&out, before, c, chars.peek().copied()),
            (Some(before), false) => lost_space(before, c, chars.peek().copied()),
        };
        if gap {
            out.push(' ');
        }
        out.push(c);
        wide_gap = false;
    }
    out.nfc().collect()
}

/// Whether the space between `before` and `c` stays: not before a full stop or comma, not inside
/// brackets, not after an elision (`l' ONU`).
fn keeps_space(out: &str, before: char, c: char, after: Option<char>) -> bool {
    let number_sign = c == '.' && after.is_some_and(char::is_alphanumeric);
    let elision = before == '\'' && c.is_alphabetic() && ends_with_elision(out);
    !(matches!(c, ',' | ')' | ']')
        || (c == '.' && !number_sign)
        || matches!(before, '(' | '[')
        || elision)
}

/// Whether `out` ends with an elided word: `l'`, `d'`, `qu'` and the like.
fn ends_with_elision(out: &str) -> bool {
    let mut back = out.chars().rev().skip(1);
    let letter = back.next().map(|c| c.to_ascii_lowercase());
    let earlier = back.next().map(|c| c.to_ascii_lowercase());
    match letter {
        Some('l' | 'd' | 'j' | 'c' | 'n' | 's' | 'm' | 't') => {
            earlier.is_none_or(|c| !c.is_alphanumeric())
        }
        Some('u') => earlier == Some('q'),
        _ => false,
    }
}

/// Whether a space between two neighbours was surely lost: `pays,mais`, `(VNA)Le`, `»dit`.
fn lost_space(before: char, c: char, after: Option<char>) -> bool {
    let word_follows = c.is_alphabetic();
    match before {
        ',' => word_follows,
        ')' => c.is_uppercase() && after.is_some_and(|next| next.is_lowercase() || next == '\''),
        '»' => word_follows,
        _ => c == '«' && before.is_alphabetic(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn characters_become_plain() {
        let cases = [
            ("l’ASEAN et l&rsquo;ONU", "l'ASEAN et l'ONU"),
            ("Hanoi\u{308}", "Hanoï"),
            ("10\u{a0}%\u{202f}de &nbsp; 3\u{2009}000", "10 % de 3 000"),
            ("co\u{ad}opération\u{200b}", "coopération"),
            ("l'\u{202e}ASEAN\u{202c} \u{2067}dit\u{2069}", "l'ASEAN dit"),
            ("l’\u{aaeb}a\u{a0}\u{301}b", "l'\u{aaeb}a \u{301}b"),
            ("oui\u{e0001}\u{e0041}\u{e007f}", "oui"),
            ("S&amp;P &lt;50&#37; &eacute;lu", "S&P <50% élu"),
            ("d&amp;eacute;fense AT&amp;T", "défense AT&T"),
            ("R&D; a & b &inconnu;", "R&D; a & b &inconnu;"),
            ("l`accord l´Union `x`", "l'accord l'Union `x`"),
            ("un\r\ndeux\rtrois\u{2028}quatre", "un\ndeux\ntrois\nquatre"),
            (
                "fin.\\n\\nDébut\\nBBC C:\\nord",
                "fin.\n\nDébut\nBBC C:\\nord",
            ),
            ("Asie\u{2011}Pacifique", "Asie-Pacifique"),
        ];
        for (raw, plain) in cases {
            assert_eq!(Cleaned::new(raw, 0).text, plain, "{raw:?}");
        }
    }

    #[test]
    fn offsets_lead_back_to_the_raw_text() {
        let raw = "Là, l&rsquo;ONU\u{a0}: «\u{202f}e\u{301}lu\u{202f}»";
        let cleaned = Cleaned::new(raw, 7);
        for (plain, original) in [("l'ONU", "l&rsquo;ONU"), ("élu", "e\u{301}lu"), ("»", "»")] {
            let start = cleaned.text.find(plain).unwrap();
            let span = cleaned.raw_start(start) - 7..cleaned.raw_end(start + plain.len()) - 7;
            assert_eq!(&raw[span], original);
        }
    }

    #[test]
    fn spacing_is_as_in_print() {
        let cases = [
            ("à Valence .", "à Valence."),
            ("l' ONU , qu' elle", "l'ONU, qu'elle"),
            ("les ' grands' noms", "les ' grands' noms"),
            ("( ARF )", "(ARF)"),
            (
                "pays,mais (VNA)Le chef »dit",
                "pays, mais (VNA) Le chef » dit",
            ),
            ("des élu(e)s, 6,3 % !", "des élu(e)s, 6,3 % !"),
            ("deux\n  lignes ", "deux lignes"),
            ("le site .fr", "le site .fr"),
        ];
        for (plain, printed) in cases {
            assert_eq!(polish(plain), printed, "{plain:?}");
        }
    }

    proptest! {
        #[test]
        fn every_unit_maps_to_ordered_raw_bytes(raw in "\\PC{0,60}|[&#a-z;0-9\\s\u{300}-\u{304}é\u{a0}]{0,60}") {
            let cleaned = Cleaned::new(&raw, 0);
            let mut last = 0;
            for (at, c) in cleaned.text.char_indices() {
                let (start, end) = (cleaned.raw_start(at), cleaned.raw_end(at + c.len_utf8()));
                prop_assert!(start >= last && start < end && end <= raw.len());
                prop_assert!(raw.is_char_boundary(start) && raw.is_char_boundary(end));
                last = start;
            }
        }

        #[test]
        fn any_letter_is_kept_in_its_place(raw in "[a-zA-Zàéçœ0-9 .,;:\\n\u{a0}\u{200b}\u{202e}’«»!?(){}<>\u{301}\u{308}-]{0,60}") {
            let letters = |text: &str| text.nfd().filter(|c| c.is_alphanumeric()).collect::<String>();
            let visible: String = raw.chars().filter(|c| !is_invisible(*c)).collect();
            prop_assert_eq!(letters(&Cleaned::new(&raw, 0).text), letters(&visible));
        }

        #[test]
        fn polishing_twice_changes_nothing(raw in "\\PC{0,60}|[a-zéÀ-Ý ,.'()«»]{0,60}") {
            let once = polish(&raw);
            prop_assert_eq!(polish(&once), once);
        }
    }
}
