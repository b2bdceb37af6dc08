//! Which articles a run labels, on a pipeline without models: its records are made from the text alone.

use super::*;
use crate::abstracts::{Glossary, Summariser, SummarySettings};
use crate::encoder::{Encoder, EncoderError};
use crate::generator::{
    Generation, GenerationRequest, Generator, GeneratorError, ScriptedGenerator, Ticket,
};
use crate::interrupts::Signal;
use crate::read::{discover, survey};
use crate::record::Provenance;
use crate::write::{Destination, OutputFormat, Run};
use ndarray::Array2;
use std::path::PathBuf;
use std::sync::Arc;

fn pipeline() -> Pipeline {
    Pipeline::new(None, None, Provenance::made_up("s"))
}

/// A folder with an input and an output.
struct Place(tempfile::TempDir);

/// How a run is made.
#[derive(Default)]
struct How {
    limit: Option<usize>,
    retry_failed: bool,
    interrupts: Interrupts,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(place.0.path().join("in")).unwrap();
        files
            .iter()
            .for_each(|(name, text)| place.write(name, text));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("in").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, how: &How) -> Outcome {
        self.run_while(how, || ())
    }

    /// Runs; `between` happens after the survey.
    fn run_while(&self, how: &How, between: impl FnOnce()) -> Outcome {
        self.run_with(&mut pipeline(), how, between)
    }

    fn run_with(&self, pipeline: &mut Pipeline, how: &How, between: impl FnOnce()) -> Outcome {
        let options = ReadOptions::default();
        let input = self.0.path().join("in").display().to_string();
        let files = discover(&[input], None, &[]).unwrap();
        let articles = survey(&files, &options).unwrap();
        between();
        let run = Run {
            provenance: Provenance::made_up("s"),
            settings: serde_json::json!({}),
            overwrite: false,
        };
        let destination = Destination::File(self.0.path().join("out.jsonl"));
        let output = Output::open(&destination, OutputFormat::Jsonl, Vec::new(), &run).unwrap();
        let batch = Batch {
            files: &files,
            options: &options,
            articles: &articles,
            limit: how.limit,
            retry_failed: how.retry_failed,
            interrupts: &how.interrupts,
            quiet: true,
        };
        batch.run(pipeline, output).unwrap()
    }

    fn records(&self) -> Vec<Record> {
        let text = std::fs::read_to_string(self.0.path().join("out.jsonl")).unwrap();
        let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
        records.collect()
    }

    fn ids(&self) -> Vec<String> {
        self.records().into_iter().map(|record| record.id).collect()
    }
}

#[test]
fn what_is_to_be_done_with_an_article() {
    let held = |content: Option<&str>, failed| Some(Held::made_up(content, failed));
    let table = [
        (None, Some("a"), false, Task::New),
        (None, None, false, Task::New),
        (held(Some("a"), false), Some("a"), false, Task::Keep),
        (held(Some("a"), false), Some("b"), false, Task::Changed),
        (held(None, false), Some("b"), false, Task::Keep),
        (held(Some("a"), false), None, false, Task::KeepUnread),
        (held(Some("a"), true), Some("a"), false, Task::Keep),
        (held(Some("a"), true), Some("b"), false, Task::Changed),
        (held(Some("a"), true), Some("a"), true, Task::Retry),
        (held(Some("a"), false), Some("a"), true, Task::Keep),
        (held(None, true), Some("a"), false, Task::Changed),
        (held(None, true), None, false, Task::Keep),
    ];
    for (held, content, retry_failed, expected) in table {
        let task = Task::of(held.as_ref(), content, retry_failed);
        assert_eq!(task, expected, "{held:?} {content:?} {retry_failed}");
    }
}

#[test]
fn three_new_and_one_edited_article_are_four_to_label() {
    let place = Place::new(&[("b.txt", "Un."), ("d.txt", "Deux."), ("f.txt", "Trois.")]);
    assert_eq!(place.run(&How::default()).counts.labelled, 3);
    for name in ["a.txt", "c.txt", "g.txt"] {
        place.write(name, "Nouveau.");
    }
    place.write("d.txt", "Autre chose.");
    let outcome = place.run(&How::default());
    let counts = &outcome.counts;
    assert_eq!((counts.labelled, counts.kept, counts.changed), (4, 2, 1));
    assert_eq!(outcome.changed, ["d"]);
    let records = place.records();
    std::fs::remove_file(place.0.path().join("out.jsonl")).unwrap();
    place.run(&How::default());
    assert_eq!(records, place.records());
}

#[test]
fn a_limited_run_leaves_the_records_beyond_it() {
    let place = Place::new(&[("a.txt", "Un."), ("b.txt", "Deux."), ("c.txt", "Trois.")]);
    place.run(&How::default());
    place.write("a.txt", "Un autre.");
    place.write("c.txt", "Un autre.");
    let limited = How {
        limit: Some(2),
        ..How::default()
    };
    let counts = place.run(&limited).counts;
    assert_eq!((counts.articles, counts.labelled, counts.kept), (2, 1, 1));
    assert_eq!((counts.vanished, counts.missed), (0, 0));
    assert_eq!(place.ids(), ["a", "b", "c"]);
    assert_eq!(place.run(&How::default()).changed, ["c"]);
}

#[test]
fn failed_articles_are_tried_again_when_asked_or_changed() {
    let place = Place::new(&[("a.txt", "Un."), ("empty.txt", " ")]);
    let counts = place.run(&How::default()).counts;
    assert_eq!((counts.failed, counts.failed_before), (1, 0));
    let counts = place.run(&How::default()).counts;
    assert_eq!((counts.labelled, counts.failed_before), (0, 1));
    let again = How {
        retry_failed: true,
        ..How::default()
    };
    let counts = place.run(&again).counts;
    assert_eq!((counts.labelled, counts.retried, counts.failed), (1, 1, 1));
    place.write("empty.txt", "Un texte.");
    let outcome = place.run(&How::default());
    assert_eq!(
        (outcome.counts.failed, outcome.changed),
        (0, vec!["empty".into()])
    );
}

#[test]
fn an_interrupted_run_publishes_what_it_has() {
    let place = Place::new(&[("a.txt", "Un."), ("b.txt", "Deux.")]);
    let how = How::default();
    how.interrupts.raise(Signal::Terminate);
    let outcome = place.run(&how);
    assert_eq!(outcome.interrupted, Some(Signal::Terminate));
    let files = std::fs::read_dir(place.0.path()).unwrap();
    assert_eq!(files.count(), 1, "nothing labelled, nothing written");
    place.run(&How {
        limit: Some(1),
        ..How::default()
    });
    place.write("a.txt", "Autre.");
    place.run(&how);
    assert_eq!(place.ids(), ["a"]);
    assert_eq!(place.run(&How::default()).counts.labelled, 2);
}

#[test]
fn an_input_that_changes_during_the_run_is_told() {
    let row = |id: &str| format!("{{\"id\": \"{id}\", \"text\": \"Un texte de {id}.\"}}\n");
    let rows = |ids: &[&str]| ids.iter().map(|id| row(id)).collect::<String>();
    // What the file has after the survey, records, and how many are missed and added.
    let table: [(&[&str], &[&str], usize, usize); 4] = [
        (&["a", "b"], &["a", "b"], 1, 0),
        (&["a", "b", "c", "d"], &["a", "b", "c", "d"], 0, 1),
        (&["a", "x", "c", "a"], &["a", "c", "x"], 1, 1),
        (&[], &[], 3, 0),
    ];
    for (later, ids, missed, added) in table {
        let place = Place::new(&[("rows.jsonl", &rows(&["a", "b", "c"]))]);
        let later = rows(later);
        let outcome = place.run_while(&How::default(), || place.write("rows.jsonl", &later));
        assert_eq!(place.ids(), ids);
        let counts = outcome.counts;
        assert_eq!((counts.missed, counts.added), (missed, added), "{ids:?}");
        assert_eq!((counts.articles, counts.failed), (3, 0));
    }
}

#[test]
fn an_input_that_goes_away_during_the_run_is_told() {
    let row = "{\"id\": \"r\", \"text\": \"Un.\"}\n";
    let place = Place::new(&[("a.txt", "Un."), ("b.txt", "Deux."), ("rows.jsonl", row)]);
    let remove = |name: &str| std::fs::remove_file(place.path(name)).unwrap();
    let outcome = place.run_while(&How::default(), || {
        remove("b.txt");
        remove("rows.jsonl");
    });
    let counts = outcome.counts;
    assert_eq!((counts.labelled, counts.failed, counts.missed), (2, 1, 1));
    assert_eq!(place.ids(), ["a", "b"]);
    // The note of what could not be read goes with it; what had been labelled stays.
    place.write("rows.jsonl", row);
    let counts = place.run(&How::default()).counts;
    assert_eq!((counts.labelled, counts.vanished), (1, 0));
    assert_eq!(place.ids(), ["a", "r"]);
    let counts = place.run_while(&How::default(), || remove("a.txt")).counts;
    assert_eq!((counts.kept, counts.unread), (2, 1));
    let counts = place.run(&How::default()).counts;
    assert_eq!((counts.kept, counts.vanished), (1, 1));
    assert_eq!(place.ids(), ["r", "a"]);
}

/// All texts are alike to it.
struct Constant;

impl Encoder for Constant {
    fn dimension(&self) -> usize {
        2
    }

    fn fingerprint(&self) -> &str {
        "constant@sha256:000000000000"
    }

    fn encode(&self, texts: &[&str]) -> Result<Array2<f32>, EncoderError> {
        Ok(Array2::from_shape_fn((texts.len(), 2), |(_, at)| {
            [1.0, 0.0][at]
        }))
    }
}

/// A pipeline that puts the first sentence of an article into English.
fn writing(generator: impl Generator + 'static) -> Pipeline {
    let settings = SummarySettings {
        approach: crate::abstracts::Approach::Lead,
        ..SummarySettings::default()
    };
    let glossary = Glossary::load(None).unwrap();
    let summariser = Summariser::new(Box::new(generator), Arc::new(Constant), glossary, settings);
    Pipeline::new(None, Some(summariser), Provenance::made_up("s"))
}

/// Answers the last of at most three requests first, one a step.
struct LastFirst {
    inner: ScriptedGenerator,
    waiting: Vec<(Ticket, GenerationRequest)>,
    taken: u64,
}

impl Generator for LastFirst {
    fn fingerprint(&self) -> &str {
        self.inner.fingerprint()
    }

    fn context_tokens(&self) -> usize {
        self.inner.context_tokens()
    }

    fn submit(&mut self, request: &GenerationRequest) -> Ticket {
        assert!(self.room() > 0, "more than there is room for");
        self.taken += 1;
        self.waiting.push((Ticket(self.taken), request.clone()));
        Ticket(self.taken)
    }

    fn step(&mut self) -> Vec<(Ticket, Result<Generation, GeneratorError>)> {
        let last = self.waiting.pop().into_iter();
        last.map(|(ticket, request)| (ticket, self.inner.generate(&[request]).remove(0)))
            .collect()
    }

    fn room(&self) -> usize {
        3 - self.waiting.len()
    }

    fn reset(&mut self) {
        self.waiting.clear();
    }
}

#[test]
fn records_come_in_order_whichever_abstract_is_first() {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let files = names.map(|name| (format!("{name}.txt"), format!("Le texte {name} dit tout.")));
    let files = files
        .each_ref()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let place = Place::new(&files);
    let mut pipeline = writing(LastFirst {
        inner: ScriptedGenerator::echo(),
        waiting: Vec::new(),
        taken: 0,
    });
    let outcome = place.run_with(&mut pipeline, &How::default(), || ());
    assert_eq!((outcome.counts.labelled, outcome.counts.failed), (7, 0));
    for (record, (name, text)) in place.records().iter().zip(files) {
        assert!(record.source.contains(name), "{:?}", record.source);
        assert!(record.summary.as_ref().unwrap().text.contains(text));
    }
}

#[test]
fn a_panic_inside_an_article_is_its_error_and_the_rest_go_on() {
    let text = |word: &str| format!("Le {word} a rencontré lundi son homologue russe à Hanoï.");
    let place = Place::new(&[
        ("a.txt", &text("ministre")),
        ("b.txt", &text("loup")),
        ("c.txt", &text("ministre")),
    ]);
    let generator = ScriptedGenerator::new(|request| {
        let asked = request.messages.iter().any(|m| m.content.contains("loup"));
        assert!(!asked, "there is a wolf");
        Ok("The minister met his Russian counterpart in Hanoi on Monday.".to_owned())
    });
    let mut pipeline = writing(generator);
    let outcome = place.run_with(&mut pipeline, &How::default(), || ());
    assert_eq!((outcome.counts.labelled, outcome.counts.failed), (3, 1));
    let records = place.records();
    let [a, b, c] = &records[..] else { panic!() };
    assert_eq!(b.errors[0].code, NoticeCode::Panicked);
    assert!(
        b.errors[0].message.contains("there is a wolf"),
        "{:?}",
        b.errors
    );
    assert!(b.content.is_some() && b.summary.is_none());
    assert!(a.summary.is_some() && a.summary == c.summary);
}
