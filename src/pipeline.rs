//! Articles → records. Never fails: a failure is part of the record.
//!
//! Several articles are in work at the same time, so that the generator always has as many texts to write as it can write
//! together; their records come in the order in which they were begun.

use crate::abstracts::{Draft, Material, Summariser, SummaryError, SummarySettings};
use crate::article::{Article, PublicationDate};
use crate::read::Entry;
use crate::record::{self, Notice, NoticeCode, Provenance, Quote, Record, SCHEMA_VERSION, Topic};
use crate::text::{self, Document};
use crate::topics::Tagger;
use serde::Serialize;
use std::any::Any;
use std::collections::BTreeMap;
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

/// Labels articles.
pub struct Pipeline {
    /// Gives topics; `None` when they are not asked for.
    tagger: Option<Tagger>,
    /// Writes abstracts; `None` when they are not asked for.
    summariser: Option<Summariser>,
    /// Stamped on every record.
    provenance: Provenance,
    spent: Spent,
    /// Articles begun so far.
    begun: usize,
    /// Those that wait for their abstract, by their place among those begun.
    in_work: BTreeMap<usize, Tagged>,
    /// Those that are finished, until the ones before them are.
    finished: BTreeMap<usize, Record>,
    /// Records given out so far.
    given: usize,
}

/// An article that was read and tagged.
struct Tagged {
    /// A record that says nothing yet, should the rest fail.
    blank: Record,
    record: Record,
    article: Article,
    document: Document,
    date: Option<PublicationDate>,
}

impl Tagged {
    /// What its abstract is written from.
    fn material(&self) -> Material<'_> {
        let Article { title, text, .. } = &self.article;
        Material::of(title.as_deref(), text, &self.document, self.date)
    }
}

impl Pipeline {
    /// A pipeline without articles.
    pub fn new(
        tagger: Option<Tagger>,
        summariser: Option<Summariser>,
        provenance: Provenance,
    ) -> Self {
        Self {
            tagger,
            summariser,
            provenance,
            spent: Spent::default(),
            begun: 0,
            in_work: BTreeMap::new(),
            finished: BTreeMap::new(),
            given: 0,
        }
    }

    /// What is stamped on every record.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// What the work has cost so far.
    pub fn spent(&self) -> Spent {
        self.spent
    }

    /// Takes an article into work and tags it. Its record comes from [`Pipeline::finished`], whatever happens: a panic
    /// inside an article is that article's error, too. A record does not depend on the other articles.
    pub fn begin(&mut self, entry: Entry) {
        let place = self.begun;
        self.begun += 1;
        let blank = self.blank(&entry);
        let article = match entry.article {
            Ok(article) => article,
            Err(notice) => return self.finish_failed(place, blank, notice),
        };
        let mut record = blank.clone();
        // Unwind safety: the record is thrown away.
        match contained(|| self.tag(&article, &mut record)) {
            Ok((document, date)) => {
                let tagged = Tagged {
                    blank,
                    record,
                    article,
                    document,
                    date,
                };
                self.begin_abstract(place, tagged);
            }
            Err(error) => self.finish_failed(place, blank, error),
        }
    }

    fn begin_abstract(&mut self, place: usize, tagged: Tagged) {
        let Some(summariser) = &mut self.summariser else {
            self.finished.insert(place, tagged.record);
            return;
        };
        let started = Instant::now();
        // Unwind safety: what it has begun of the article finds nobody when it is finished.
        let begun = contained(|| summariser.begin(place, &tagged.material()));
        self.spent.abstracts += started.elapsed();
        match begun {
            Ok(()) => {
                self.in_work.insert(place, tagged);
            }
            Err(error) => self.finish_failed(place, tagged.blank, error),
        }
    }

    /// Goes on with the articles in work, for some tenths of a second to some seconds.
    pub fn step(&mut self) {
        let Some(summariser) = &mut self.summariser else {
            return;
        };
        let started = Instant::now();
        // Unwind safety: what the models keep between articles is reset.
        match contained(|| summariser.step()) {
            Ok(drafts) => {
                for (place, draft) in drafts {
                    // What panicked while it was begun is finished already.
                    if let Some(tagged) = self.in_work.remove(&place) {
                        self.finish(place, tagged.record, draft);
                    }
                }
            }
            Err(_) => self.finish_one_by_one(),
        }
        self.spent.abstracts += started.elapsed();
    }

    /// Whether another article would find work to be done beside those begun.
    pub fn has_room(&self) -> bool {
        self.summariser.as_ref().is_none_or(Summariser::has_room)
    }

    /// Whether no article is in work.
    pub fn is_idle(&self) -> bool {
        self.in_work.is_empty()
    }

    /// The records that are ready, in the order in which their articles were begun.
    pub fn finished(&mut self) -> Vec<Record> {
        let mut records = Vec::new();
        while let Some(record) = self.finished.remove(&self.given) {
            records.push(record);
            self.given += 1;
        }
        records
    }

    /// Finds out in which of the articles in work the program fails.
    fn finish_one_by_one(&mut self) {
        let Some(mut summariser) = self.summariser.take() else {
            return;
        };
        summariser.reset();
        for (place, tagged) in std::mem::take(&mut self.in_work) {
            match contained(|| summariser.write(&[tagged.material()]).remove(0)) {
                Ok(draft) => self.finish(place, tagged.record, draft),
                Err(error) => {
                    summariser.reset();
                    self.finish_failed(place, tagged.blank, error);
                }
            }
        }
        self.summariser = Some(summariser);
    }

    fn finish(&mut self, place: usize, mut record: Record, draft: Result<Draft, SummaryError>) {
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
        self.finished.insert(place, record);
    }

    /// A record that says nothing but what went wrong.
    fn finish_failed(&mut self, place: usize, mut record: Record, error: Notice) {
        record.errors.push(error);
        self.finished.insert(place, record);
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

    fn tag(
        &mut self,
        article: &Article,
        record: &mut Record,
    ) -> (Document, Option<PublicationDate>) {
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
        (document, date)
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
