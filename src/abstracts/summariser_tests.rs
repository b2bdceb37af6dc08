//! The summariser with a generator that says what it is told to.

use super::super::compose::LEAST_ROOM;
use super::super::select::words;
use super::super::verify::CHECKS;
use super::*;
use crate::article::{PublicationDate, Span};
use crate::encoder::EncoderError;
use crate::generator::{GenerationRequest, Sampling, ScriptedGenerator};
use crate::record::{Check, SummaryStatus};
use crate::text::segment;
use ndarray::Array2;
use std::collections::VecDeque;
use std::sync::Mutex;

const ARTICLE: &str = "Hanoï (VNA) – Le vice-ministre de la Défense Tran Van Nam a reçu mardi 14 mai l'ambassadeur \
    russe, Sergueï Ivanov. Les deux parties ont signé douze contrats et un plan de coopération.";
const LEAD: &str = "Deputy Defence Minister Tran Van Nam received Russian Ambassador Sergey Ivanov in Hanoi on 14 May 2024.";
const REST: &str = "Vietnam and Russia signed twelve contracts and a cooperation plan.";
/// The same, leaning on the lead.
const LEANING: &str = "The two sides signed twelve contracts and a cooperation plan.";
/// Nothing of it can be kept.
const WRONG: &str =
    "Chinese President Pavel Smirnov said on 3 June 1999 that 77 ships of Brazil had left.";

/// Likeness by the number of letters, so that the longest text is most like the longest.
struct Lengths;

impl Encoder for Lengths {
    fn dimension(&self) -> usize {
        2
    }

    fn fingerprint(&self) -> &str {
        "lengths"
    }

    fn encode(&self, texts: &[&str]) -> Result<Array2<f32>, EncoderError> {
        let rows = texts.iter().flat_map(|text| {
            let angle = text.len() as f32 / 1000.0;
            [angle.cos(), angle.sin()]
        });
        let rows: Vec<f32> = rows.collect();
        Ok(Array2::from_shape_vec((texts.len(), 2), rows).unwrap())
    }
}

/// What comes of these answers, and the requests that were made.
fn write(answers: &[&str], settings: SummarySettings) -> (Draft, Vec<GenerationRequest>) {
    let mut answers: VecDeque<String> = answers.iter().map(|text| (*text).to_owned()).collect();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    let generator = ScriptedGenerator::new(move |request| {
        seen.lock().unwrap().push(request.clone());
        Ok(answers.pop_front().expect("an answer is left"))
    });
    let glossary = Glossary::load(None).unwrap();
    let mut summariser =
        Summariser::new(Box::new(generator), Arc::new(Lengths), glossary, settings);
    let whole = Span {
        start: 0,
        end: ARTICLE.len(),
    };
    let document = segment(ARTICLE, whole);
    let date = PublicationDate::parse("2024-05-15");
    let draft = summariser
        .write(&[Material::of(None, ARTICLE, &document, date)])
        .remove(0)
        .unwrap();
    let requests = requests.lock().unwrap().clone();
    (draft, requests)
}

#[test]
fn sentences_are_told_one_by_one() {
    let (draft, requests) = write(&[LEAD, REST], SummarySettings::default());
    assert_eq!(draft.summary.text, format!("{LEAD} {REST}"));
    assert_eq!(draft.summary.status, SummaryStatus::Verified);
    assert_eq!(draft.summary.checks.len(), CHECKS.len());
    assert!(draft.summary.checks.iter().all(|check| check.passed));
    let told: Vec<&str> = draft
        .summary
        .sources
        .iter()
        .map(|span| &ARTICLE[span.start..span.end])
        .collect();
    assert!(told[0].starts_with("Le vice-ministre") && told[1].starts_with("Les deux parties"));
    let [lead, rest] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    let asked = |request: &GenerationRequest| request.messages.last().unwrap().content.clone();
    assert!(
        asked(lead).starts_with("Sentence: Le Deputy"),
        "{}",
        asked(lead)
    );
    let context = asked(rest).find("Tran Van Nam").unwrap();
    assert!(context < asked(rest).find("\n\nSentence: ").unwrap());
    let figures = rest.constraint.as_ref().unwrap();
    assert!(figures.admits("twelve or 12", true) && !figures.admits("13", true));
}

#[test]
fn what_is_wrong_is_written_again_and_the_best_is_kept() {
    let longer = LEAD.replace("received", "met and received");
    // Both sentences at first, then the first again.
    let answers = [WRONG, REST, LEAD, WRONG, &longer];
    let (draft, requests) = write(&answers, SummarySettings::default());
    assert_eq!(draft.summary.text, format!("{longer} {REST}"));
    assert_eq!(draft.summary.status, SummaryStatus::Verified);
    assert!(requests.iter().all(|request| request.adapted));
    let greedy: Vec<bool> = requests
        .iter()
        .map(|request| request.sampling == Sampling::Greedy)
        .collect();
    assert_eq!(greedy, [true, true, false, false, false]);
    assert_ne!(requests[2].sampling, requests[3].sampling);
}

/// With two attempts a sentence.
fn twice() -> SummarySettings {
    SummarySettings {
        attempts: 2,
        ..SummarySettings::default()
    }
}

#[test]
fn a_sentence_that_stays_wrong_is_left_out() {
    let (draft, _) = write(&[WRONG, REST, WRONG], twice());
    assert_eq!(draft.summary.text, REST);
    assert_eq!(draft.summary.status, SummaryStatus::Verified);
    assert_eq!(draft.summary.sources.len(), 1);
}

#[test]
fn a_sentence_that_leans_needs_what_it_leans_on() {
    let (draft, _) = write(&[LEAD, LEANING], twice());
    assert_eq!(draft.summary.text, format!("{LEAD} {LEANING}"));
    let (draft, _) = write(&[WRONG, LEANING, WRONG], twice());
    assert!(!draft.summary.text.contains(LEANING));
    assert_eq!(draft.summary.status, SummaryStatus::NeedsReview);
}

#[test]
fn an_abstract_that_stays_wrong_says_why() {
    let (draft, _) = write(&[WRONG; 4], twice());
    assert_eq!(draft.summary.status, SummaryStatus::NeedsReview);
    let failed: Vec<&Check> = draft.summary.checks.iter().filter(|c| !c.passed).collect();
    assert!(failed.iter().any(|check| check.name == "names"));
    assert!(failed.iter().all(|check| check.reason.is_some()));
}

#[test]
fn the_limit_of_words_holds() {
    let settings = SummarySettings {
        max_words: words(LEAD) + LEAST_ROOM - 1,
        ..SummarySettings::default()
    };
    let (draft, _) = write(&[LEAD, REST], settings);
    assert_eq!(draft.summary.text, LEAD);
}

#[test]
fn a_baseline_is_not_checked() {
    let settings = SummarySettings {
        approach: Approach::Article,
        ..SummarySettings::default()
    };
    let (draft, requests) = write(&[WRONG], settings);
    assert_eq!(draft.summary.status, SummaryStatus::Unchecked);
    assert_eq!(draft.summary.checks, []);
    assert!(requests[0].constraint.is_none() && !requests[0].adapted);
}
