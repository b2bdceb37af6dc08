//! Date, headline and body of a `.txt` page.
//!
//! Owns the rule for the top of such a page: an optional byte-order mark, an optional line
//! ` date YYYY-MM ` that may go on with the headline or with a caption, an optional headline on a
//! line of its own. Reads no file: its input is the text of one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::agency::{compile, dateline, is_signature_line};
use super::caption::is_caption;
use super::clean::{Cleaned, is_blank, polish};
use super::sentences::split;
use crate::article::Span;

/// A headline is at most this long, in characters.
const LONGEST_TITLE: usize = 200;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^\s*[Dd]ate\s*:?\s+(\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)(?:\s|$)",
    )
});

/// The top of a page and the part that is the article's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Date of publication as given: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// The headline, if the page has one.
    pub title: Option<Title>,
    /// Everything after the date and the headline, to the end of the text.
    pub body: Span,
}

/// A headline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The headline cleaned as sentences are.
    pub text: String,
    /// Where the original stands in the text.
    pub span: Span,
}

/// Reads the top of a `.txt` page.
///
/// ```
/// use depeche::text::header;
///
/// let page = " date 2022-07 Le port rouvre\n\nHanoï (VNA) – Le port a rouvert.";
/// let top = header(page);
/// assert_eq!(top.date.as_deref(), Some("2022-07"));
/// assert_eq!(top.title.unwrap().text, "Le port rouvre");
/// assert_eq!(&page[top.body.start..], "Hanoï (VNA) – Le port a rouvert.");
/// ```
pub fn header(text: &str) -> Header {
    let top = text.len() - text.trim_start_matches('\u{feff}').len();
    let (date, after_date) = match DATE.captures(&text[top..]) {
        Some(found) => (
            Some(found[1].to_owned()),
            top + found.get(1).map_or(0, |d| d.end()),
        ),
        None => (None, top),
    };
    let rest = text[after_date..].trim_start_matches(is_blank);
    let start = text.len() - rest.len();
    let same_line = !text[after_date..start].contains(['\n', '\r']);
    let line = start..start + rest.find(['\n', '\r']).unwrap_or(rest.len());
    let title = title(text, line, date.is_some() && same_line);
    let body_start = match &title {
        Some(title) => text.len() - text[title.span.end..].trim_start_matches(is_blank).len(),
        None => start,
    };
    Header {
        date,
        title,
        body: Span {
            start: body_start,
            end: text.len(),
        },
    }
}

/// The headline on `line`, if it is one: short, no sentence, no caption, dateline, signature or link,
/// and followed by a body. After the date on the same line it need not stand apart from the body.
fn title(text: &str, line: Range<usize>, after_date: bool) -> Option<Title> {
    let end = line.start + text[line.clone()].trim_end_matches(is_blank).len();
    let span = Span {
        start: line.start,
        end,
    };
    let plain = Cleaned::new(&text[span.start..span.end], span.start).text;
    let below = &text[line.end..];
    let body = below.trim_start_matches(is_blank);
    let gap = &below[..below.len() - body.len()];
    let apart = gap.replace("\r\n", "\n").matches(['\n', '\r']).count() > 1;
    let follows =
        !body.is_empty() && (apart || after_date && !body.starts_with(char::is_lowercase));
    let short = !plain.is_empty() && plain.chars().count() <= LONGEST_TITLE;
    (follows && short && is_headline(&plain)).then(|| Title {
        text: polish(&plain),
        span,
    })
}

/// Whether a line reads as a headline: not a sentence, and nothing that pages carry at their top.
fn is_headline(line: &str) -> bool {
    let sentence = line.ends_with(['.', '…', ',', ';', ':']) || split(line).len() > 2;
    let link = line.starts_with(['>', '►', '-', '•']);
    let noise = is_caption(line) || is_signature_line(line) || dateline(line).is_some() || link;
    !sentence && !noise && line.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "Le port a rouvert mardi.\n\nLes navires entrent.";

    fn read(text: &str) -> (Option<String>, Option<String>, String) {
        let top = header(text);
        if let Some(title) = &top.title {
            let original = &text[title.span.start..title.span.end];
            assert_eq!(original.trim(), original);
            assert!(title.span.end <= top.body.start);
        }
        assert_eq!(top.body.end, text.len());
        let body = text[top.body.start..].to_owned();
        (top.date, top.title.map(|t| t.text), body)
    }

    #[test]
    fn headlines() {
        let long = "Le port de la ville ".repeat(11);
        let cases = [
            (
                " date 2022-07 Le port rouvre\n\n",
                Some("2022-07"),
                Some("Le port rouvre"),
            ),
            (
                "\u{feff} date 2022-07-06 L’« île » rouvre\r\n\r\n",
                Some("2022-07-06"),
                Some("L'« île » rouvre"),
            ),
            (
                "date 2022\n\nLe port rouvre\n\n",
                Some("2022"),
                Some("Le port rouvre"),
            ),
            (
                "Date: 2022-07 Le port rouvre\n",
                Some("2022-07"),
                Some("Le port rouvre"),
            ),
            (
                " date 2022-07\n\n\nLe port rouvre-t-il ?\n \n",
                Some("2022-07"),
                Some("Le port rouvre-t-il ?"),
            ),
            ("Le port rouvre\n\n", None, Some("Le port rouvre")),
            (" date 2022-07 \n\n", Some("2022-07"), None),
            ("", None, None),
            ("Le port rouvre\n", None, None),
            ("date 2022-13 x\n", None, None),
            (
                " date 2022-07 Le port (à droite) et la ville\n\n",
                Some("2022-07"),
                None,
            ),
            (
                " date 2022-07 Vue du port. Photo : VNA\n\n",
                Some("2022-07"),
                None,
            ),
            (
                " date 2022-07\n\nHanoï (VNA) – Le port rouvre\n\n",
                Some("2022-07"),
                None,
            ),
            (
                " date 2022-07 Le port a rouvert hier.\n\n",
                Some("2022-07"),
                None,
            ),
            (
                " date 2022-07\n\n>> Un autre port\n\n",
                Some("2022-07"),
                None,
            ),
            (&format!(" date 2022-07 {long}\n\n"), Some("2022-07"), None),
        ];
        for (top, date, title) in cases {
            let (found_date, found_title, body) = read(&format!("{top}{BODY}"));
            assert_eq!(found_date.as_deref(), date, "{top:?}");
            assert_eq!(found_title.as_deref(), title, "{top:?}");
            assert!(body.ends_with(BODY), "{top:?}");
            assert!(title.is_none() || body == BODY, "{top:?}");
        }
    }

    #[test]
    fn a_caption_after_the_date_stays_in_the_body() {
        let (_, title, body) = read(" date 2022-07 Vue du port. Photo : VNA\n\nLe port rouvre.");
        assert_eq!(title, None);
        assert_eq!(body, "Vue du port. Photo : VNA\n\nLe port rouvre.");
    }

    #[test]
    fn a_page_of_one_line_is_body() {
        for (text, body) in [
            (" date 2022-07 Le port rouvre\n\n", "Le port rouvre\n\n"),
            ("Le port", "Le port"),
        ] {
            assert_eq!(read(text).1, None);
            assert_eq!(read(text).2, body);
        }
    }
}
