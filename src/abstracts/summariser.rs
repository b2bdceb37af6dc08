//! The generator put to work on articles: several are being written at the same time, so that whenever a text ends
//! another is there to take its place.

use super::compose::{Composition, Wanted};
use super::craft::{Approach, Craft, SummarySettings};
use super::plain::Plain;
use super::salience::Salience;
use super::written::{Draft, SummaryError, Written};
use super::{Glossary, Material};
use crate::encoder::Encoder;
use crate::generator::{Generator, Ticket};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Writes abstracts with a generator.
pub struct Summariser {
    generator: Box<dyn Generator>,
    craft: Craft,
    /// By the names that the caller gave them.
    articles: BTreeMap<usize, Article>,
    /// Whose the texts are that the generator is writing: an article's name, a passage's place and the attempt at it.
    texts: BTreeMap<Ticket, (usize, [usize; 2])>,
    /// Articles that nothing is to be written for any more.
    ended: Vec<(usize, Result<Draft, SummaryError>)>,
}

/// An article that is being written.
enum Article {
    Selection(Box<Composition>),
    Plain(Plain),
}

impl Summariser {
    /// A summariser that gives the generator these terms; the encoder says which of several attempts is most like the
    /// article.
    pub fn new(
        generator: Box<dyn Generator>,
        encoder: Arc<dyn Encoder>,
        glossary: Glossary,
        settings: SummarySettings,
    ) -> Self {
        let craft = Craft {
            encoder,
            glossary,
            salience: Salience::built_in(),
            settings,
        };
        Self {
            generator,
            craft,
            articles: BTreeMap::new(),
            texts: BTreeMap::new(),
            ended: Vec::new(),
        }
    }

    /// Writes the abstracts of several articles at the same time, one answer for each: `verified` if all checks pass, else
    /// `needs_review`; a baseline's is `unchecked`. An abstract does not depend on the other articles.
    ///
    /// # Errors
    /// For each article by itself: there is nothing to write from, or a model fails.
    pub fn write(&mut self, materials: &[Material]) -> Vec<Result<Draft, SummaryError>> {
        for (place, material) in materials.iter().enumerate() {
            self.begin(place, material);
        }
        let mut drafts = BTreeMap::new();
        while drafts.len() < materials.len() {
            drafts.extend(self.step());
        }
        drafts.into_values().collect()
    }

    /// Begins an article; [`Summariser::step`] gives its abstract under this name, which no other article in work has.
    pub fn begin(&mut self, name: usize, material: &Material) {
        match self.first_requests(material) {
            Ok((article, wanted)) => self.go_on(name, article, wanted),
            Err(error) => self.ended.push((name, Err(error))),
        }
    }

    /// Goes on with all articles in work, for some tenths of a second to some seconds. Returns the abstracts that have
    /// been finished by it, in any order.
    pub fn step(&mut self) -> Vec<(usize, Result<Draft, SummaryError>)> {
        for (ticket, generation) in self.generator.step() {
            let Some((name, place)) = self.texts.remove(&ticket) else {
                continue;
            };
            let max_words = self.craft.settings.max_words;
            let written = generation.map(|generation| Written::of(&generation, max_words));
            self.take(name, place, written.map_err(SummaryError::from));
        }
        std::mem::take(&mut self.ended)
    }

    /// Whether another article would find work to be done beside those that were begun.
    pub fn has_room(&self) -> bool {
        self.generator.room() > 0
    }

    /// Forgets the articles in work. Needed after a panic.
    pub fn reset(&mut self) {
        self.generator.reset();
        self.articles.clear();
        self.texts.clear();
        self.ended.clear();
    }

    fn first_requests(&self, material: &Material) -> Result<(Article, Vec<Wanted>), SummaryError> {
        if self.craft.settings.approach == Approach::Selection {
            let mut composition = Composition::new(material, &self.craft)?;
            let wanted = composition.next(&self.craft);
            return Ok((Article::Selection(Box::new(composition)), wanted));
        }
        let (plain, request) = Plain::begin(material, &self.craft.settings)?;
        let place = [0, 0];
        Ok((Article::Plain(plain), vec![Wanted { place, request }]))
    }

    /// An article's text is there.
    fn take(&mut self, name: usize, place: [usize; 2], written: Result<Written, SummaryError>) {
        match self.articles.remove(&name) {
            Some(Article::Selection(mut composition)) => {
                let wanted = composition.take(place, written, &self.craft);
                self.go_on(name, Article::Selection(composition), wanted);
            }
            Some(Article::Plain(plain)) => {
                let draft = written.and_then(|written| plain.draft(written));
                self.ended.push((name, draft));
            }
            None => {}
        }
    }

    /// Has texts written for an article, or finishes it.
    fn go_on(&mut self, name: usize, article: Article, wanted: Vec<Wanted>) {
        match article {
            Article::Selection(composition) if composition.is_done() => {
                self.ended.push((name, composition.finish(&self.craft)));
            }
            article => {
                self.articles.insert(name, article);
                for Wanted { place, request } in wanted {
                    let ticket = self.generator.submit(&request);
                    self.texts.insert(ticket, (name, place));
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "summariser_tests.rs"]
mod tests;
