//! A run over many articles: which of them are labelled, in which order, and what happened to them.
//!
//! An article is labelled when there is no record of it, when it has changed since (its content hash is another), or
//! when it had failed and failed ones are to be tried again. Everything else is kept as it is.

use crate::article::Listed;
use crate::interrupts::{Interrupts, Signal};
use crate::pipeline::Pipeline;
use crate::progress::Progress;
use crate::read::{self, Entry, InputFile, ReadError, ReadOptions};
use crate::record::{NoticeCode, Record, SummaryStatus};
use crate::write::{Held, Output, WriteError};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// Why a run could not be carried through.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The inputs cannot be read as articles.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The output cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What happened to the articles of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Articles that the input had at the start (after `--limit`).
    pub articles: usize,
    /// Articles whose record of an earlier run stays.
    pub kept: usize,
    /// Articles that this run went through, failed ones included.
    pub labelled: usize,
    /// The part of `labelled` that had a record, and have changed since.
    pub changed: usize,
    /// The part of `labelled` that had failed, and were tried again.
    pub retried: usize,
    /// Failed articles among `kept` and `labelled`.
    pub failed: usize,
    /// The part of `failed` that an earlier run left: they are not tried again.
    pub failed_before: usize,
    /// The part of `kept` that cannot be read any more: whether they have changed is not known.
    pub unread: usize,
    /// Articles that the input had at the start and not when their turn came, and that have no record.
    pub missed: usize,
    /// Articles that came into the input during the run; they are among `labelled`.
    pub added: usize,
    /// Records of articles that the input has no more; they are kept.
    pub vanished: usize,
    /// Abstracts of this run that a person should look at.
    pub needs_review: usize,
    /// Checks that failed in them, by name: an abstract can fail several.
    pub failed_checks: BTreeMap<String, usize>,
    /// Errors of this run by code.
    pub errors: BTreeMap<NoticeCode, usize>,
    /// Warnings of this run by code.
    pub warnings: BTreeMap<NoticeCode, usize>,
}

/// How a run ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What happened to the articles.
    pub counts: Counts,
    /// Articles that had changed and were labelled again, by id.
    pub changed: Vec<String>,
    /// The signal that ended it before its last article.
    pub interrupted: Option<Signal>,
    /// True when the reader of standard output went away.
    pub unheard: bool,
}

/// What to label.
pub struct Batch<'a> {
    /// The files, in order.
    pub files: &'a [InputFile],
    /// How to read them.
    pub options: &'a ReadOptions,
    /// The articles in the files, in order.
    pub articles: &'a [Listed],
    /// Look at the first so many articles only.
    pub limit: Option<usize>,
    /// Label again what failed in an earlier run.
    pub retry_failed: bool,
    /// Says when to end early.
    pub interrupts: &'a Interrupts,
    /// No progress on standard error.
    pub quiet: bool,
}

/// What is to be done with an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    /// There is no record of it.
    New,
    /// It is not what its record was made from.
    Changed,
    /// It failed, and may do better now.
    Retry,
    /// Its record stays.
    Keep,
    /// Its record stays, since it cannot be read any more.
    KeepUnread,
}

impl Task {
    fn of(held: Option<&Held>, content: Option<&str>, retry_failed: bool) -> Self {
        let Some(held) = held else { return Self::New };
        if held.failed && retry_failed {
            return Self::Retry;
        }
        match (held.content.as_deref(), content) {
            (Some(then), Some(now)) if then != now => Self::Changed,
            // There was nothing that could be read, and now there is.
            (None, Some(_)) if held.failed => Self::Changed,
            (_, None) if !held.failed => Self::KeepUnread,
            // The same; or a record of an older version, which does not say what it was made from.
            _ => Self::Keep,
        }
    }
}

impl Batch<'_> {
    /// Labels the articles that need it, in the order of the input, and ends the output.
    ///
    /// # Errors
    /// Only what concerns the whole run: an article that fails is a record that says why. What was labelled before is
    /// in the journal.
    pub fn run(&self, pipeline: &mut Pipeline, mut output: Output) -> Result<Outcome, BatchError> {
        let articles = self.articles.len();
        let articles = self.limit.map_or(articles, |limit| limit.min(articles));
        let mut walk = Walk {
            batch: self,
            known: self.articles.iter().map(|a| a.id.as_str()).collect(),
            seen: HashSet::new(),
            added: Vec::new(),
            in_work: VecDeque::new(),
            outcome: Outcome::default(),
            progress: Progress::new(articles, self.quiet),
        };
        walk.outcome.counts.articles = articles;
        let ended = walk.go(pipeline, &mut output);
        walk.progress.finish();
        ended?;
        let Walk {
            seen,
            added,
            mut outcome,
            ..
        } = walk;
        let whole = outcome.interrupted.is_none() && !outcome.unheard;
        if whole {
            let expected = &self.articles[..articles];
            let missed =
                |listed: &&Listed| !seen.contains(&listed.id) && output.held(&listed.id).is_none();
            outcome.counts.missed = expected.iter().filter(missed).count();
        }
        let order = [self.articles, &added].concat();
        outcome.counts.added = added.len();
        outcome.counts.vanished = match whole {
            true => output.publish(&order)?,
            false => output.publish_part(&order)?,
        };
        Ok(outcome)
    }
}

/// A run on its way.
struct Walk<'a> {
    batch: &'a Batch<'a>,
    /// Ids of the articles that the input had at the start.
    known: HashSet<&'a str>,
    /// Ids of those that came.
    seen: HashSet<String>,
    /// Articles that came and were not there at the start.
    added: Vec<Listed>,
    /// What is being done with the articles in work, in order.
    in_work: VecDeque<Task>,
    outcome: Outcome,
    progress: Progress,
}

impl Walk<'_> {
    fn go(&mut self, pipeline: &mut Pipeline, output: &mut Output) -> Result<(), BatchError> {
        match self.walk(pipeline, output) {
            Err(BatchError::Write(error)) if error.is_broken_pipe() => {
                self.outcome.unheard = true;
                Ok(())
            }
            walked => walked,
        }
    }

    fn walk(&mut self, pipeline: &mut Pipeline, output: &mut Output) -> Result<(), BatchError> {
        let limit = self.batch.limit.unwrap_or(usize::MAX);
        'files: for file in self.batch.files {
            if self.seen.len() >= limit {
                break;
            }
            for entry in read::open(file, self.batch.options)? {
                if self.seen.len() >= limit {
                    break;
                }
                if let Some(signal) = self.batch.interrupts.caught() {
                    self.outcome.interrupted = Some(signal);
                    break 'files;
                }
                if let Some(entry) = self.take(entry, output) {
                    tracing::debug!(id = %entry.id, "labelling");
                    pipeline.begin(entry);
                    self.go_on(pipeline, output, Pipeline::has_room)?;
                }
            }
        }
        Ok(self.go_on(pipeline, output, Pipeline::is_idle)?)
    }

    /// Goes on with the articles in work until they are as far as wanted; writes the records of those that are finished.
    fn go_on(
        &mut self,
        pipeline: &mut Pipeline,
        output: &mut Output,
        enough: fn(&Pipeline) -> bool,
    ) -> Result<(), WriteError> {
        loop {
            pipeline.step();
            for record in pipeline.finished() {
                self.write(record, output)?;
            }
            if enough(pipeline) {
                return Ok(());
            }
        }
    }

    /// Decides what is to be done with an article; returns it if it is to be labelled.
    fn take(&mut self, entry: Entry, output: &Output) -> Option<Entry> {
        if !self.expect(&entry) {
            return None;
        }
        let counts = &mut self.outcome.counts;
        let held = output.held(&entry.id);
        let task = Task::of(held, entry.content.as_deref(), self.batch.retry_failed);
        match task {
            Task::Keep | Task::KeepUnread => {
                let failed = usize::from(held.is_some_and(|held| held.failed));
                counts.kept += 1;
                counts.failed += failed;
                counts.failed_before += failed;
                if task == Task::KeepUnread {
                    counts.unread += 1;
                    tracing::warn!(
                        "{}: cannot be read any more; its record of an earlier run is kept",
                        entry.source
                    );
                }
                self.progress.advance();
                None
            }
            Task::New | Task::Changed | Task::Retry => {
                self.in_work.push_back(task);
                Some(entry)
            }
        }
    }

    /// Writes the record of the article that has been in work longest.
    fn write(&mut self, record: Record, output: &mut Output) -> Result<(), WriteError> {
        let task = self.in_work.pop_front();
        self.progress.suspend(|| output.write(&record))?;
        let counts = &mut self.outcome.counts;
        counts.add(&record);
        counts.retried += usize::from(task == Some(Task::Retry));
        if task == Some(Task::Changed) {
            counts.changed += 1;
            self.outcome.changed.push(record.id);
        }
        self.progress.advance();
        Ok(())
    }

    /// Whether an entry is an article of this run. The input may have changed since it was surveyed.
    fn expect(&mut self, entry: &Entry) -> bool {
        let known = self.known.contains(entry.id.as_str());
        if !known && entry.content.is_none() {
            // Not an article, but the place where the rest of a file should be.
            if let Err(notice) = &entry.article {
                tracing::warn!("the input changed during the run: {}", notice.message);
            }
            return false;
        }
        let first = self.seen.insert(entry.id.clone());
        if !first {
            let (id, source) = (&entry.id, &entry.source);
            tracing::warn!("the input changed during the run: {source} has the id {id:?} again");
        } else if !known {
            self.added.push(Listed {
                id: entry.id.clone(),
                source: entry.source.clone(),
            });
        }
        first
    }
}

impl Counts {
    fn add(&mut self, record: &Record) {
        self.labelled += 1;
        self.failed += usize::from(!record.is_done());
        if let Some(summary) = &record.summary
            && summary.status == SummaryStatus::NeedsReview
        {
            self.needs_review += 1;
            for check in summary.checks.iter().filter(|check| !check.passed) {
                *self.failed_checks.entry(check.name.clone()).or_default() += 1;
            }
        }
        for error in &record.errors {
            *self.errors.entry(error.code).or_default() += 1;
        }
        for warning in &record.warnings {
            *self.warnings.entry(warning.code).or_default() += 1;
        }
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
