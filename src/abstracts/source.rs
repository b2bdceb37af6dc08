//! An article → the text that the generator is given: place and month, then the sentences worth telling, with
//! everything that it could get wrong in English already.

use super::dates::month_of;
use super::{Glossary, in_english, select};
use crate::article::PublicationDate;
use crate::text::{Document, NoiseKind, Sentence};
use regex::Regex;
use std::sync::LazyLock;

/// What an abstract is written from, and checked against.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The headline, if there is one.
    pub title: Option<&'a str>,
    /// The article's sentences, in order.
    pub sentences: &'a [Sentence],
    /// The dateline as written (`Genève, 8 mars (VNA) –`): `text` counts it as noise, but it says where.
    pub dateline: Option<&'a str>,
    /// Date of publication: gives days and months their year.
    pub date: Option<PublicationDate>,
}

impl<'a> Material<'a> {
    /// The material of a document that was cut from `raw`.
    pub fn of(
        title: Option<&'a str>,
        raw: &'a str,
        document: &'a Document,
        date: Option<PublicationDate>,
    ) -> Self {
        let mut noise = document.noise.iter();
        let dateline = noise.find(|noise| noise.kind == NoiseKind::Dateline);
        Self {
            title,
            sentences: &document.sentences,
            dateline: dateline.map(|noise| &raw[noise.span.start..noise.span.end]),
            date,
        }
    }
}

/// What the generator is given of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Places of the chosen sentences, in order.
    pub places: Vec<usize>,
    /// Place and month of the dispatch, an empty line, the sentences.
    pub text: String,
}

/// What a dateline has besides place and date: the agency in brackets, marks at its ends.
static AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s*\([^)]*\)|\s+[-–—]+\s*[\p{Lu}/]+\s*$|[\s,.:–—-]+$")
        .expect("invariant: the pattern is constant")
});

/// Chooses the sentences worth telling, `budget` words of them, and puts them into English where it matters.
///
/// The first line is the dateline's place with its day, or with the month of publication, which is true of most of
/// what a dispatch tells without a day.
pub fn tell(material: &Material, glossary: &Glossary, budget: usize) -> Told {
    let texts: Vec<&str> = material.sentences.iter().map(|s| s.text.as_str()).collect();
    let places = select::worth_telling(&texts, None, budget);
    // A day or a name can come from any sentence before the last one chosen.
    let read = places.last().map_or(0, |last| last + 1);
    let dateline = AGENCY.replace_all(material.dateline.unwrap_or_default(), "");
    let sentences = std::iter::once(dateline.as_ref()).chain(texts[..read].iter().copied());
    let english = in_english(sentences, material.date, glossary);
    let month = material.date.map(month_of);
    let head: Vec<&str> = match english[0].as_str() {
        place if place.contains(|c: char| c.is_ascii_digit()) => vec![place],
        place => [place]
            .into_iter()
            .chain(month.as_deref())
            .filter(|part| !part.is_empty())
            .collect(),
    };
    let body: Vec<&str> = places
        .iter()
        .map(|place| english[place + 1].as_str())
        .collect();
    let parts = [head.join(", "), body.join(" ")];
    let parts = parts.iter().filter(|part| !part.is_empty());
    Told {
        text: parts.map(String::as_str).collect::<Vec<_>>().join("\n\n"),
        places,
    }
}
