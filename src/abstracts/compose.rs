//! An article's passages → its abstract: the most important first, while there is room, in the order of the article.

use super::Material;
use super::craft::Craft;
use super::glossary::{is_english, uncapitalised};
use super::reference::leans;
use super::render::{Job, Rendered};
use super::select::{MOST_COMPARED, words, worth_telling};
use super::source::{OwnMaterial, Passage, Source};
use super::verify::{CHECKS, Finding, Verifier, lists};
use super::written::{Cost, Draft, SummaryError, Written};
use crate::article::Span;
use crate::generator::GenerationRequest;
use crate::record::{Check, Summary, SummaryStatus};

/// Sentences of the article that an abstract tells at most.
const MOST_SENTENCES: usize = 4;
/// Sentences of an article that are tried at most: what comes later is seldom worth telling.
const MOST_TRIED: usize = 7;
/// So many of them are written first; the others if there is room for more.
const FIRST_TRIED: usize = 4;
/// Room for another sentence, in words: few sentences are shorter.
pub(super) const LEAST_ROOM: usize = 14;

/// What came of an article's sentences.
#[derive(Default)]
struct Tried {
    /// Sentences that pass their checks.
    told: Vec<Rendered>,
    /// Sentences that pass them, and lean on a sentence that is not told.
    leaning: Vec<Rendered>,
    /// Sentences that do not.
    wrong: Vec<Rendered>,
}

impl Tried {
    /// Words that an abstract has still room for.
    fn room(&self, max_words: usize) -> usize {
        let written: usize = self.told.iter().map(|told| words(&told.text)).sum();
        max_words.saturating_sub(written)
    }

    fn has_room(&self, max_words: usize) -> bool {
        let enough = self.told.is_empty() || self.room(max_words) >= LEAST_ROOM;
        enough && self.told.len() < MOST_SENTENCES
    }

    /// Puts a sentence where it belongs; `fits` says whether an abstract of these sentences passes its checks.
    fn take(
        &mut self,
        passage: &Passage,
        rendered: Rendered,
        french: &str,
        max_words: usize,
        fits: impl Fn(&mut [&Rendered]) -> bool,
    ) {
        let mut with: Vec<&Rendered> = self.told.iter().chain([&rendered]).collect();
        let context_told = with
            .iter()
            .any(|other| passage.context.contains(&other.place));
        if !rendered.findings.is_empty() {
            self.wrong.push(rendered);
        } else if leans(french, &rendered.text) && !context_told {
            self.leaning.push(rendered);
        } else if words(&rendered.text) <= self.room(max_words) && fits(&mut with) {
            self.told.push(rendered);
        }
    }
}

/// An article whose abstract is being written: of sentences that pass their checks, of which the whole passes; if there
/// is none, the best sentence with what is wrong with it.
pub(super) struct Composition {
    material: OwnMaterial,
    verifier: Verifier,
    /// What is to be put into English: the lead first, because others lean on it, then the most important.
    passages: Vec<Passage>,
    /// What became of the first of them.
    rendered: Vec<Option<Rendered>>,
    /// Those that come next, while they are being written.
    jobs: Vec<Job>,
    cost: Cost,
    failed: Option<SummaryError>,
}

/// A text that is to be written.
pub(super) struct Wanted {
    /// What it is for: a passage among those being written, and the attempt at it.
    pub(super) place: [usize; 2],
    pub(super) request: GenerationRequest,
}

impl Composition {
    /// The sentences worth telling of an article, as the generator is given them.
    ///
    /// # Errors
    /// There is none, or the encoder fails.
    pub(super) fn new(material: &Material, craft: &Craft) -> Result<Self, SummaryError> {
        if material.sentences.is_empty() {
            return Err(SummaryError::NoSentence);
        }
        let source = Source::of(material, &craft.glossary);
        let texts: Vec<&str> = material.sentences.iter().map(|s| s.text.as_str()).collect();
        let mut places = best_places(&texts, craft)?;
        places.sort_by_key(|place| *place != 0);
        Ok(Self {
            material: OwnMaterial::of(material),
            verifier: Verifier::new(material, &craft.glossary),
            passages: places.iter().map(|at| source.passage(*at)).collect(),
            rendered: Vec::new(),
            jobs: Vec::new(),
            cost: Cost::default(),
            failed: None,
        })
    }

    /// Begins the next passages, if the abstract has room for more: returns their first texts.
    pub(super) fn next(&mut self, craft: &Craft) -> Vec<Wanted> {
        let material = self.material.borrowed();
        for most in [FIRST_TRIED, MOST_TRIED] {
            let untried = self.rendered.len()..most.min(self.passages.len());
            if !untried.is_empty() && self.has_room(craft.settings.max_words) {
                let untried = self.passages[untried].iter().cloned();
                self.jobs = untried
                    .map(|passage| Job::new(&material, passage, craft))
                    .collect();
                break;
            }
        }
        let wanted = self.jobs.iter_mut().enumerate().map(|(at, job)| Wanted {
            place: [at, 0],
            request: job.first(),
        });
        wanted.collect()
    }

    /// Whether no text is wanted any more.
    pub(super) fn is_done(&self) -> bool {
        self.jobs.is_empty()
    }

    /// What was written in a place; returns what is wanted now besides what has been asked for.
    pub(super) fn take(
        &mut self,
        [at, attempt]: [usize; 2],
        written: Result<Written, SummaryError>,
        craft: &Craft,
    ) -> Vec<Wanted> {
        let more = self.jobs[at].take(attempt, written, &craft.settings);
        let more = more.unwrap_or_else(|error| {
            self.failed.get_or_insert(error);
            Vec::new()
        });
        if self.jobs.iter().all(Job::is_done) {
            self.settle(craft);
            return self.next(craft);
        }
        let more = more.into_iter().zip(1..).map(|(request, attempt)| Wanted {
            place: [at, attempt],
            request,
        });
        more.collect()
    }

    /// Chooses among the attempts at the passages that have been written.
    fn settle(&mut self, craft: &Craft) {
        for mut job in self.jobs.drain(..) {
            self.cost.add(job.cost);
            match job.best(&*craft.encoder) {
                Ok(best) => self.rendered.push(best),
                Err(error) => {
                    self.failed.get_or_insert(error);
                }
            }
        }
    }

    /// The abstract of what was written of the passages.
    ///
    /// # Errors
    /// A model failed, or nothing was written.
    pub(super) fn finish(self, craft: &Craft) -> Result<Draft, SummaryError> {
        let max_words = craft.settings.max_words;
        let tried = self.tell(max_words);
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut told = tried.told;
        if told.is_empty() {
            // The first of those with the fewest findings.
            let wrong = tried.wrong.into_iter();
            let best = wrong.min_by_key(|rendered| rendered.findings.len());
            told.extend(best.or(tried.leaning.into_iter().next()));
        }
        let text = joined(&mut told.iter().collect::<Vec<_>>());
        let mut findings = self.verifier.check(&text, max_words);
        for finding in told.iter().flat_map(|rendered| &rendered.findings) {
            if !findings.contains(finding) {
                findings.push(finding.clone());
            }
        }
        let truncated = told.iter().any(|rendered| rendered.truncated);
        told.sort_by_key(|rendered| rendered.place);
        let sentences = self.material.borrowed().sentences;
        let spans = told.iter().map(|rendered| sentences[rendered.place].span);
        let summary = summary(text, &findings, spans.collect());
        self.cost.draft(summary, truncated)
    }

    /// Whether the abstract has room for more than has been written.
    fn has_room(&self, max_words: usize) -> bool {
        self.failed.is_none() && self.tell(max_words).has_room(max_words)
    }

    /// As many of the sentences as there is room for.
    fn tell(&self, max_words: usize) -> Tried {
        let sentences = self.material.borrowed().sentences;
        let rendered = self.passages.iter().zip(&self.rendered);
        let rendered =
            rendered.filter_map(|(passage, rendered)| Some((passage, rendered.clone()?)));
        let mut tried = Tried::default();
        for (passage, rendered) in rendered {
            let check = |text: &str| self.verifier.check(text, max_words);
            let fits = |with: &mut [&Rendered]| check(&joined(with)).is_empty();
            let french = &sentences[passage.place].text;
            if tried.has_room(max_words) {
                tried.take(passage, rendered, french, max_words, fits);
            }
        }
        tried
    }
}

/// Places of the sentences to be tried, the most important first.
fn best_places(texts: &[&str], craft: &Craft) -> Result<Vec<usize>, SummaryError> {
    let compared = &texts[..texts.len().min(MOST_COMPARED)];
    let vectors = match craft.salience.knows(craft.encoder.fingerprint()) {
        true => Some(craft.encoder.encode(compared)?),
        false => None,
    };
    let vectors = vectors.as_ref().map(|vectors| vectors.view());
    Ok(worth_telling(
        compared,
        vectors,
        &craft.salience,
        MOST_TRIED,
    ))
}

/// Words by which a sentence begins that are no names: small behind a semicolon.
const BEGINNINGS: &str = "A About According After All Also Among An Another Any As At Because Before Between Bilateral \
    Both But By Construction Cooperation Debates Despite During Each Eight Eighteen Eleven Every Exports Few Fewer Fifteen \
    Fifty Five For Forty Four From He Her His However If Imports In It Its Leaders Many Ministers More Most Nearly New \
    Nine No Not Officials On One Only Other Over Participants Production Seven Several She Since Six Small Some Such \
    Talks Ten That The Their There These They This Those Three To Trade Twelve Twenty Two Under Until When While With \
    Work";

/// The sentences in the order of the article, made into two at most: of three or four, neighbours are joined by a
/// semicolon.
fn joined(sentences: &mut [&Rendered]) -> String {
    sentences.sort_by_key(|rendered| rendered.place);
    let texts: Vec<&str> = sentences
        .iter()
        .map(|rendered| rendered.text.as_str())
        .collect();
    let half = texts.len() / 2;
    let halves = [&texts[..half], &texts[half..]];
    let halves = halves.into_iter().filter(|half| !half.is_empty());
    halves.map(by_semicolons).collect::<Vec<_>>().join(" ")
}

fn by_semicolons(sentences: &[&str]) -> String {
    let mut text = String::new();
    for sentence in sentences {
        if text.is_empty() {
            text.push_str(sentence);
            continue;
        }
        text.truncate(text.trim_end_matches('.').len());
        let mut beginning = sentence.split(' ');
        let first = beginning.next().unwrap_or_default();
        // Before another capital it is a title ("Deputy Director Tran").
        let plain = beginning
            .next()
            .is_none_or(|next| !next.starts_with(char::is_uppercase));
        text.push_str("; ");
        match lists(BEGINNINGS, first) || plain && is_english(&first.to_lowercase()) {
            true => text.push_str(&uncapitalised(sentence)),
            false => text.push_str(sentence),
        }
    }
    text
}

fn summary(text: String, findings: &[Finding], sources: Vec<Span>) -> Summary {
    Summary {
        text,
        status: match findings.is_empty() {
            true => SummaryStatus::Verified,
            false => SummaryStatus::NeedsReview,
        },
        checks: report(findings),
        sources,
    }
}

/// What each check found.
fn report(findings: &[Finding]) -> Vec<Check> {
    CHECKS
        .iter()
        .map(|name| {
            let reasons = findings.iter().filter(|finding| finding.check == *name);
            let reasons: Vec<&str> = reasons.map(|finding| finding.reason.as_str()).collect();
            Check {
                name: (*name).to_owned(),
                passed: reasons.is_empty(),
                reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sentences_at_most_in_the_order_of_the_article() {
        let rendered = |place, text: &str| Rendered {
            place,
            text: text.to_owned(),
            findings: Vec::new(),
            truncated: false,
        };
        let sentences = [
            rendered(4, "It rose by 3%."),
            rendered(0, "The minister left."),
            rendered(2, "Putin stayed."),
            rendered(7, "Under it, rice goes east."),
        ];
        let table = [
            (1, "It rose by 3%."),
            (2, "The minister left. It rose by 3%."),
            (3, "The minister left. Putin stayed; it rose by 3%."),
            (
                4,
                "The minister left; Putin stayed. It rose by 3%; under it, rice goes east.",
            ),
        ];
        for (count, expected) in table {
            let mut some: Vec<&Rendered> = sentences.iter().take(count).collect();
            assert_eq!(joined(&mut some), expected);
        }
    }
}
