//! The noun that is read: one article as its source gave it.
//!
//! Owns [`Article`] and [`Span`]; knows no file format (see `read`) and changes no text.

use serde::{Deserialize, Serialize};

/// A byte range of the original text: UTF-8 offsets, `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[derive(schemars::JsonSchema)]
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
