//! An article → its sentences as the generator is given them, one at a time: with lead and the sentence before as
//! context, and everything that it could get wrong in English already.

use super::{Glossary, in_english, prompt};
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
    /// The same dispatch with these of its sentences alone, without the headline.
    pub fn with(self, sentences: &'a [Sentence]) -> Self {
        Self {
            title: None,
            sentences,
            ..self
        }
    }

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

/// A [`Material`] that owns its texts.
pub(super) struct OwnMaterial {
    title: Option<String>,
    sentences: Vec<Sentence>,
    dateline: Option<String>,
    date: Option<PublicationDate>,
}

impl OwnMaterial {
    pub(super) fn of(material: &Material) -> Self {
        Self {
            title: material.title.map(str::to_owned),
            sentences: material.sentences.to_vec(),
            dateline: material.dateline.map(str::to_owned),
            date: material.date,
        }
    }

    pub(super) fn borrowed(&self) -> Material<'_> {
        Material {
            title: self.title.as_deref(),
            sentences: &self.sentences,
            dateline: self.dateline.as_deref(),
            date: self.date,
        }
    }
}

/// What a dateline has besides place and date: the agency in brackets, marks at its ends.
static AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s*\([^)]*\)|\s+[-–—]+\s*[\p{Lu}/]+\s*$|[\s,.:–—-]+$")
        .expect("invariant: the pattern is constant")
});

/// An article's sentences with what the generator could get wrong in English already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    sentences: Vec<String>,
}

/// One sentence as the generator is given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Place of the sentence in the article.
    pub place: usize,
    /// Places of the sentences that say who and what is meant: the lead and the one before, in order.
    pub context: Vec<usize>,
    /// Context and sentence, as the generator reads them.
    pub text: String,
    /// Bytes of it that all passages of the article with a context begin with: the lead without its last word, behind
    /// which passages go on differently.
    pub common: usize,
}

impl Passage {
    /// The sentences of the passage: context, then the sentence itself.
    pub fn heard(&self, material: &Material) -> Vec<Sentence> {
        let places = self.context.iter().chain([&self.place]);
        places
            .map(|place| material.sentences[*place].clone())
            .collect()
    }
}

impl Source {
    /// Numbers, dates, terms and names of the article put into English.
    pub fn of(material: &Material, glossary: &Glossary) -> Self {
        let dateline = AGENCY.replace_all(material.dateline.unwrap_or_default(), "");
        let texts = material.sentences.iter().map(|s| s.text.as_str());
        // All together: a day or a name of one sentence, or of the dateline, is what the next one leans on.
        let texts = std::iter::once(dateline.as_ref()).chain(texts);
        let mut sentences = in_english(texts, material.date, glossary);
        // Not itself told to the generator, which would place there what happens elsewhere.
        sentences.remove(0);
        Self { sentences }
    }

    /// The sentence at `place`, with the lead and the sentence before as its context.
    ///
    /// # Panics
    /// The article has no such sentence.
    pub fn passage(&self, place: usize) -> Passage {
        let mut context: Vec<usize> = [0, place.saturating_sub(1)]
            .into_iter()
            .filter(|other| *other < place)
            .collect();
        context.dedup();
        let before: Vec<&str> = context
            .iter()
            .map(|other| self.sentences[*other].as_str())
            .collect();
        let lead = before.first().and_then(|lead| lead.rsplit_once(' '));
        Passage {
            text: prompt::passage(&before.join(" "), &self.sentences[place]),
            common: lead.map_or(0, |(lead, _)| prompt::beginning(lead).len()),
            place,
            context,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Span;
    use crate::text::segment;

    #[test]
    fn a_passage_has_the_lead_and_the_sentence_before_but_no_dateline() {
        let raw = "Hanoï, 14 mai (VNA) – Poutine est arrivé. Il a vu le PM. Il a signé. Il part mercredi.";
        let whole = Span {
            start: 0,
            end: raw.len(),
        };
        let document = segment(raw, whole);
        let material = Material::of(None, raw, &document, PublicationDate::parse("2024-05-15"));
        let source = Source::of(&material, &Glossary::load(None).unwrap());
        let table = [
            (0, vec![], "Sentence: Putin"),
            (1, vec![0], "Context: Putin"),
            (3, vec![0, 2], "Context: Putin"),
        ];
        for (place, context, beginning) in table {
            let passage = source.passage(place);
            assert_eq!((passage.place, &passage.context), (place, &context));
            assert!(passage.text.starts_with(beginning), "{}", passage.text);
            let common = if place == 0 { "" } else { "Context: Putin est" };
            assert_eq!(&passage.text[..passage.common], common);
            let heard = passage.heard(&material);
            assert_eq!(heard.len(), context.len() + 1);
            assert_eq!(heard.last(), Some(&material.sentences[place]));
        }
        assert!(source.passage(3).text.contains("Il a signé."));
        assert!(!source.passage(3).text.contains("le PM"));
    }
}
