//! What a wire page says, without what it carries along: noise, sentences, language.
//!
//! Owns [`segment`] (body → sentences and noise, each with its bytes in the original text),
//! [`header()`] (date and headline of a `.txt` page), [`language`] identification, and the [`dates`]
//! and [`numbers`] that a sentence mentions. Reads no file and knows no model: its input is the text
//! of an [`Article`](crate::article::Article).
//!
//! ```
//! use depeche::article::Span;
//! use depeche::text::{NoiseKind, segment};
//!
//! let raw = "Hanoï (VNA) – Le ministre est arrivé à Moscou.Il y restera deux jours. -VNA";
//! let document = segment(raw, Span { start: 0, end: raw.len() });
//! let sentences: Vec<&str> = document.sentences.iter().map(|s| s.text.as_str()).collect();
//! assert_eq!(sentences, ["Le ministre est arrivé à Moscou.", "Il y restera deux jours."]);
//! assert_eq!(document.noise[0].kind, NoiseKind::Dateline);
//! assert_eq!(document.noise[1].kind, NoiseKind::Signature);
//! ```

mod abbreviations;
mod agency;
mod caption;
mod clean;
pub mod dates;
pub mod header;
pub mod language;
mod noise;
mod number_words;
pub mod numbers;
mod pairs;
mod sentences;
mod tail;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::article::Span;
use clean::{Cleaned, polish};

pub(crate) use clean::is_blank;
pub use header::{Header, Title, header};
pub use language::{Language, identify};
pub use sentences::LONGEST_SENTENCE;

/// The body of an article in pieces. Every byte that is not white space or an invisible mark
/// belongs to exactly one sentence or one piece of noise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// What the article says, in order.
    pub sentences: Vec<Sentence>,
    /// What the page carries along, in order.
    pub noise: Vec<Noise>,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The sentence cleaned: NFC, entities decoded, single spaces, straight apostrophes. Never
    /// empty; at most [`LONGEST_SENTENCE`] bytes and the spaces put back.
    pub text: String,
    /// Where the original stands in the raw text.
    pub span: Span,
    /// Number of the paragraph it belongs to, counted from 0 over paragraphs that have sentences.
    pub paragraph: usize,
}

/// One piece of noise, kept so that nothing of the page is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noise {
    /// What it is.
    pub kind: NoiseKind,
    /// Where it stands in the raw text.
    pub span: Span,
}

/// What a piece of noise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoiseKind {
    /// Place, date and agency before the first sentence: `Hanoï (VNA) –`.
    Dateline,
    /// Agency after the last sentence: `-VNA`, `VNA/CVN`.
    Signature,
    /// Text under a picture, with its credit.
    Caption,
    /// A credit alone: `Photo : VNA`.
    PhotoCredit,
    /// A link to another article: `>> …`, `Lire aussi : …`.
    RelatedHeadline,
    /// Text of other articles after the end of this one, and `Voir plus` before it.
    Teaser,
    /// A line of addresses: telephone, e-mail, web site, share buttons.
    Contact,
    /// Marks without a letter or digit: `***`, a stray dash.
    Separator,
}

/// A stretch of the plain text and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// First byte in the plain text.
    start: usize,
    /// One past the last byte.
    end: usize,
    kind: PieceKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PieceKind {
    /// Running text of the paragraph with this number.
    Text(usize),
    Noise(NoiseKind),
}

/// The lines of plain text without the spaces around them; blank lines are empty.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        start.min(at)..(at - (line.len() - line.trim_end().len())).max(start)
    })
}

/// Splits the body of an article into sentences and noise.
///
/// `body` must lie on character boundaries of `raw`, as [`Article::body`](crate::article::Article)
/// does. Takes time linear in the length of the body.
///
/// # Panics
///
/// If `body` is outside of `raw` or inside one of its characters.
pub fn segment(raw: &str, body: Span) -> Document {
    let cleaned = Cleaned::new(&raw[body.start..body.end], body.start);
    let mut pieces = Vec::new();
    for piece in noise::pieces(&cleaned.text) {
        match piece.kind {
            PieceKind::Noise(_) => pieces.push(piece),
            PieceKind::Text(_) => {
                let text = &cleaned.text[piece.start..piece.end];
                pieces.extend(sentences::split(text).into_iter().map(|range| Piece {
                    start: piece.start + range.start,
                    end: piece.start + range.end,
                    kind: noise::of_sentence(&text[range]).map_or(piece.kind, PieceKind::Noise),
                }));
            }
        }
    }
    let spans = raw_spans(raw, body, &cleaned, &mut pieces);
    collect(&cleaned, &pieces, &spans)
}

/// The raw bytes of each piece, widened so that no visible byte is between two of them. A piece all
/// of whose raw bytes belong to the one before it is removed.
fn raw_spans(raw: &str, body: Span, cleaned: &Cleaned, pieces: &mut Vec<Piece>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::with_capacity(pieces.len());
    pieces.retain(|piece| {
        let covered = spans.last().map_or(body.start, |last: &Span| last.end);
        let start = cleaned.raw_start(piece.start).max(covered);
        let end = cleaned.raw_end(piece.end);
        if start < end {
            spans.push(Span { start, end });
        }
        start < end
    });
    let visible_end = |from: usize, to: usize| {
        let seen = raw[from..to].trim_end_matches(is_blank);
        (!seen.is_empty()).then_some(from + seen.len())
    };
    for next in 1..=spans.len() {
        let until = spans.get(next).map_or(body.end, |span| span.start);
        if let Some(end) = visible_end(spans[next - 1].end, until) {
            spans[next - 1].end = end;
        }
    }
    let until = spans.first().map_or(body.end, |span| span.start);
    if let Some(end) = visible_end(body.start, until) {
        let blank =
            raw[body.start..end].len() - raw[body.start..end].trim_start_matches(is_blank).len();
        let start = body.start + blank;
        match spans.first_mut() {
            Some(first) => first.start = start,
            None => {
                spans.push(Span { start, end });
                pieces.push(Piece {
                    start: 0,
                    end: 0,
                    kind: PieceKind::Noise(NoiseKind::Separator),
                });
            }
        }
    }
    spans
}

fn collect(cleaned: &Cleaned, pieces: &[Piece], spans: &[Span]) -> Document {
    let mut document = Document::default();
    let mut paragraphs: Vec<usize> = Vec::new();
    for (piece, &span) in pieces.iter().zip(spans) {
        match piece.kind {
            PieceKind::Noise(kind) => document.noise.push(Noise { kind, span }),
            PieceKind::Text(number) => {
                if paragraphs.last() != Some(&number) {
                    paragraphs.push(number);
                }
                document.sentences.push(Sentence {
                    text: polish(sentences::without_bullet(
                        &cleaned.text[piece.start..piece.end],
                    )),
                    span,
                    paragraph: paragraphs.len() - 1,
                });
            }
        }
    }
    document
}
