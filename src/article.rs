//! The noun that is read: one article as its source gave it.
//!
//! Owns [`Article`], [`Listed`] and [`Span`]; knows no file format (see `read`) and changes no text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A byte range of the original text: UTF-8 offsets, `start` inclusive, `end` exclusive.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Span {
    /// First byte, counted from the start of the text field or file as read.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One article. All spans that later stages produce point into [`Article::text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Unique in a run: the row's own id, or the path relative to INPUT without extension.
    pub id: String,
    /// Where it came from, for people: a path, `path#line`, or `-#line`.
    pub source: String,
    /// The text exactly as read (a .txt file whole, byte-order mark and header included).
    pub text: String,
    /// The part of `text` that is the article's body (header line and headline excluded).
    pub body: Span,
    /// The headline, if the source has one.
    pub title: Option<String>,
    /// Date of publication as given: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Web address of the article, if given.
    pub url: Option<String>,
    /// Language as declared by the source (ISO 639-1), if given.
    pub language: Option<String>,
}

/// An article that the inputs have, before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The article's id.
    pub id: String,
    /// Where it stands: a path, `path#line`, or `-#line`.
    pub source: String,
}

/// A date of publication, as exact as the source gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicationDate {
    /// Year of the common era.
    pub year: u16,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31.
    pub day: Option<u8>,
}

impl PublicationDate {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; a time of day after `T` or a space is left out.
    ///
    /// ```
    /// use depeche::article::PublicationDate;
    /// let date = PublicationDate::parse("2024-05").unwrap();
    /// assert_eq!((date.year, date.month, date.day), (2024, Some(5), None));
    /// assert_eq!(PublicationDate::parse("2024-05-15T10:30:00Z").unwrap().to_string(), "2024-05-15");
    /// assert!(PublicationDate::parse("mai 2024").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.trim().split(['T', ' ']).next()?;
        let mut parts = date.split('-');
        let year = number(parts.next()?, 4)?;
        let month = parts.next().map(|part| number(part, 2));
        let day = parts.next().map(|part| number(part, 2));
        let in_range = |part: Option<Option<u16>>, last: u16| match part {
            None => Some(None),
            Some(Some(value)) if (1..=last).contains(&value) => u8::try_from(value).ok().map(Some),
            Some(_) => None,
        };
        let (month, day) = (in_range(month, 12)?, in_range(day, 31)?);
        parts.next().is_none().then_some(Self { year, month, day })
    }
}

impl std::fmt::Display for PublicationDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

/// A number of exactly so many ASCII digits.
fn number(text: &str, digits: usize) -> Option<u16> {
    let exact = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    exact.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_dates_are_read() {
        let table = [
            ("2024", true),
            ("2024-12", true),
            ("2024-12-31 08:00", true),
            ("2024-13", false),
            ("2024-00", false),
            ("2024-1", false),
            ("2024-01-32", false),
            ("2024-01-01-01", false),
            ("15/05/2024", false),
            ("", false),
        ];
        for (text, expected) in table {
            assert_eq!(PublicationDate::parse(text).is_some(), expected, "{text}");
        }
    }
}
