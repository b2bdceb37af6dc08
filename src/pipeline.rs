//! Articles → records. Never fails: a failure is part of the record.

use crate::abstracts::{Draft, Material, Summariser, SummaryError, SummarySettings};
use crate::article::{Article, PublicationDate};
use crate::read::Entry;
use crate::record::{self, Notice, NoticeCode, Provenance, Quote, Record, SCHEMA_VERSION, Topic};
use crate::text::{self, Document};
use crate::topics::Tagger;
use serde::Serialize;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Everything besides the models that shapes a record. Its hash is in the provenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Larger articles fail.
    pub max_article_bytes: usize,
    /// Field of a row that holds the text, when named.
    pub text_field: Option<String>,
    /// Whether all topics are scored as if they had never been trained.
    pub zero_shot: bool,
    /// How abstracts are written; `None` when they are not asked for.
    pub abstracts: Option<SummarySettings>,
    /// Hash of the terms; `None` when no abstracts are asked for.
    pub terms: Option<String>,
}

impl Settings {
    /// `sha256:` and the first 12 hex digits of the settings' hash.
    pub fn fingerprint(&self) -> String {
        let json = serde_json::to_vec(self).expect("settings are plain data");
        record::fingerprint(&json)
    }
}

/// Time and tokens spent; they go into run.json, never into a record.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Wall time of splitting and tagging.
    pub topics: Duration,
    /// Wall time of writing abstracts.
    pub abstracts: Duration,
    /// Sentences tagged.
    pub sentences: usize,
    /// Tokens that the generator read.
    pub prompt_tokens: usize,
    /// Tokens that the generator wrote.
    pub new_tokens: usize,
}

/// Articles whose abstracts are written at the same time: what the generator reads of its weights for one sentence serves
/// those of all.
const ARTICLES_AT_ONCE: usize = 6;

/// Labels articles.
pub struct Pipeline {
    /// Gives topics; `None` when they are not asked for.
    pub tagger: Option<Tagger>,
    /// Writes abstracts; `None` when they are not asked for.
    pub summariser: Option<Summariser>,
    /// Stamped on every record.
    pub provenance: Provenance,
    /// What the work has cost so far.
    pub spent: Spent,
}

/// An article that was read and tagged.
struct Tagged<'a> {
    /// Its place among the entries and records.
    place: usize,
    article: &'a Article,
    document: Document,
    date: Option<PublicationDate>,
}

impl Pipeline {
    /// How many articles are best labelled together.
    pub fn at_once(&self) -> usize {
        match self.summariser {
            Some(_) => ARTICLES_AT_ONCE,
            None => 1,
        }
    }

    /// Makes the records of entries, whatever happens: a panic inside an article is that article's error, too. A record
    /// does not depend on the other entries.
    pub fn label(&mut self, entries: &[Entry]) -> Vec<Record> {
        let mut records: Vec<Record> = entries.iter().map(|entry| self.blank(entry)).collect();
        let mut tagged = Vec::with_capacity(entries.len());
        for (place, entry) in entries.iter().enumerate() {
            let record = &mut records[place];
            match &entry.article {
                // Unwind safety: the record is thrown away.
                Ok(article) => match contained(|| self.tag(place, article, record)) {
                    Ok(article) => tagged.push(article),
                    Err(error) => records[place] = self.failed(entry, error),
                },
                Err(notice) => record.errors.push(notice.clone()),
            }
        }
        self.add_abstracts(&tagged, entries, &mut records);
        records
    }

    /// A record that says nothing but what went wrong.
    fn failed(&self, entry: &Entry, error: Notice) -> Record {
        let mut record = self.blank(entry);
        record.errors.push(error);
        record
    }

    /// A record that says nothing yet.
    fn blank(&self, entry: &Entry) -> Record {
        Record {
            schema: SCHEMA_VERSION,
            id: entry.id.clone(),
            source: entry.source.clone(),
            content: entry.content.clone(),
            date: None,
            title: None,
            language: None,
            topics: Vec::new(),
            summary: None,
            warnings: Vec::new(),
            errors: Vec::new(),
            truncated: false,
            provenance: self.provenance.clone(),
        }
    }

    fn tag<'a>(&mut self, place: usize, article: &'a Article, record: &mut Record) -> Tagged<'a> {
        let started = Instant::now();
        let document = text::segment(&article.text, article.body);
        record.title = article.title.clone();
        let date = self.date(article, record);
        self.language(article, record);
        if let Err(message) = self.add_topics(article, &document, record) {
            record
                .errors
                .push(Notice::new(NoticeCode::TopicsFailed, message));
        }
        self.spent.topics += started.elapsed();
        Tagged {
            place,
            article,
            document,
            date,
        }
    }

    /// The date of publication; one that cannot be read is a warning.
    fn date(&self, article: &Article, record: &mut Record) -> Option<PublicationDate> {
        let given = article.date.as_deref()?;
        let date = PublicationDate::parse(given);
        record.date = date.map(|date| date.to_string());
        if date.is_none() {
            let message =
                format!("date {given:?} is not YYYY, YYYY-MM or YYYY-MM-DD and was ignored");
            record
                .warnings
                .push(Notice::new(NoticeCode::BadDate, message));
        }
        date
    }

    /// The language of the text; one that is surely not French is a warning.
    fn language(&self, article: &Article, record: &mut Record) {
        let body = &article.text[article.body.start..article.body.end];
        let Some(language) = text::identify(body) else {
            return;
        };
        record.language = Some(language.code.to_owned());
        if language.reliable && language.code != "fr" {
            let code = language.code;
            let message =
                format!("the text is in {code:?}, not French: its labels are less reliable");
            record
                .warnings
                .push(Notice::new(NoticeCode::NotFrench, message));
        }
    }

    fn add_topics(
        &mut self,
        article: &Article,
        document: &Document,
        record: &mut Record,
    ) -> Result<(), String> {
        let Some(tagger) = &self.tagger else {
            return Ok(());
        };
        let sentences: Vec<&str> = document
            .sentences
            .iter()
            .map(|sentence| sentence.text.as_str())
            .collect();
        let scores = tagger
            .tag(article.title.as_deref(), &sentences)
            .map_err(|error| chain(&error))?;
        self.spent.sentences += sentences.len();
        record.topics = scores
            .into_iter()
            .map(|score| Topic {
                evidence: score
                    .evidence
                    .iter()
                    .map(|at| {
                        let span = document.sentences[*at].span;
                        Quote {
                            start: span.start,
                            end: span.end,
                            text: article.text[span.start..span.end].to_owned(),
                        }
                    })
                    .collect(),
                id: score.id,
                probability: score.probability,
                decision: score.decision,
            })
            .collect();
        Ok(())
    }

    fn add_abstracts(&mut self, tagged: &[Tagged], entries: &[Entry], records: &mut [Record]) {
        let Some(summariser) = &mut self.summariser else {
            return;
        };
        let started = Instant::now();
        let materials = tagged.iter().map(|tagged| {
            let Article { title, text, .. } = tagged.article;
            Material::of(title.as_deref(), text, &tagged.document, tagged.date)
        });
        let materials: Vec<Material> = materials.collect();
        // Unwind safety: what the models keep between articles is reset.
        let drafts = contained(|| summariser.write(&materials));
        self.spent.abstracts += started.elapsed();
        match (drafts, tagged) {
            (Ok(drafts), _) => {
                for (tagged, draft) in tagged.iter().zip(drafts) {
                    self.add_abstract(draft, &mut records[tagged.place]);
                }
            }
            (Err(error), [alone]) => {
                summariser.reset();
                records[alone.place] = self.failed(&entries[alone.place], error);
            }
            (Err(_), several) => {
                summariser.reset();
                for one in several.chunks(1) {
                    self.add_abstracts(one, entries, records);
                }
            }
        }
    }

    fn add_abstract(&mut self, draft: Result<Draft, SummaryError>, record: &mut Record) {
        match draft {
            Ok(draft) => {
                self.spent.prompt_tokens += draft.prompt_tokens;
                self.spent.new_tokens += draft.new_tokens;
                record.summary = Some(draft.summary);
                record.truncated = draft.truncated;
            }
            Err(error) => {
                let notice = Notice::new(NoticeCode::AbstractFailed, chain(&error));
                record.errors.push(notice);
            }
        }
    }
}

/// What `work` gives, or what it said when it panicked, as an error of the article.
fn contained<T>(work: impl FnOnce() -> T) -> Result<T, Notice> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panicked(&*panic))
}

/// What a panic said, as an error of the article.
fn panicked(panic: &(dyn Any + Send)) -> Notice {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    let message = format!(
        "the program failed inside this article ({}): a bug; please report it with the article",
        said.unwrap_or("no reason given")
    );
    Notice::new(NoticeCode::Panicked, message)
}

/// An error with its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}
