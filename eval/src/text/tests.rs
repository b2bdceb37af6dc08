//! What the figures say of whole sets of articles.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::{Gold, Prediction, align};

const GOLD: &str = r#"{"id":"a","topics":[],"text":"Le commerce a progressé de 5 % en mai, a dit le ministre. – VNA","abstract":"Trade grew by 5% in May. The minister said so."}
{"id":"b","topics":[],"text":"Deux ministres se sont rencontrés à Hanoï.","abstract":"Two ministers met in Hanoi on Monday."}
{"id":"c","topics":[],"text":"Rien.","abstract":null}
{"id":"d","topics":[],"abstract":"  "}"#;

/// The figures of these predictions, for articles with a reference (a, b), without (c), and blank (d).
fn scored(predictions: &str) -> Vec<Figure> {
    let gold = Gold::parse(GOLD.as_bytes(), Path::new("gold.jsonl")).expect("good rows");
    let predictions =
        Prediction::parse(predictions.as_bytes(), Path::new("out.jsonl")).expect("good rows");
    let (pairs, _) = align(&gold, &predictions, &[]);
    let figures = figures(&pairs);
    for figure in &figures {
        assert_eq!(figure.rows.len(), 4, "{figure:?}");
        assert!(
            figure
                .rows
                .iter()
                .all(|row| row.len() == figure.rows[0].len()),
            "{figure:?}"
        );
    }
    figures
}

fn find<'a>(figures: &'a [Figure], name: &str) -> &'a Figure {
    figures
        .iter()
        .find(|figure| figure.name == name)
        .unwrap_or_else(|| panic!("no figure {name}"))
}

fn value(figures: &[Figure], name: &str) -> Option<f64> {
    find(figures, name).value()
}

const WRITTEN: &str = r#"{"id":"a","abstract":{"text":"Trade grew by 5% in May. The minister said so.","status":"verified","checks":[{"name":"numbers","passed":true},{"name":"No_Repeats","passed":true},{"name":"no repeats","passed":false}]}}
{"id":"c","abstract":{"text":"Le commerce a progressé de","status":"unchecked"}}
{"id":"d","abstract":{"text":"Nothing.","status":"needs_review","checks":[{"name":"numbers","passed":false}]}}"#;

#[test]
fn a_missing_abstract_is_scored_as_the_empty_text() {
    let figures = scored(WRITTEN);
    for name in ["rouge-1", "rouge-2", "rouge-l", "rouge-lsum"] {
        let figure = find(&figures, name);
        assert_eq!(figure.value(), Some(0.5), "{name}");
        assert_eq!(figure.value_of(&[1]), Some(0.0), "{name}");
    }
    for (name, alone) in [("bleu", 100.0), ("chrf", 100.0), ("chrf++", 100.0)] {
        let figure = find(&figures, name);
        let of = |articles: &[usize]| figure.value_of(articles).expect("there is a reference");
        assert!((of(&[0]) - alone).abs() < 1e-9, "{name}");
        assert_eq!(of(&[1]), 0.0, "{name}");
        assert!(0.0 < of(&[0, 1]) && of(&[0, 1]) < alone, "{name}");
        // Articles without a reference change nothing, and have no score of their own.
        assert_eq!(of(&[0, 1, 2, 3]), of(&[0, 1]), "{name}");
        assert_eq!(figure.value_of(&[2, 3]), None, "{name}");
        assert_eq!(figure.value_of(&[]), None, "{name}");
    }
}

#[test]
fn form_is_judged_over_the_abstracts_that_there_are() {
    let figures = scored(WRITTEN);
    let table = [
        ("written", Some(0.75)),
        ("words", Some((10.0 + 5.0 + 1.0) / 3.0)),
        ("compression", Some((10.0 + 5.0) / (13.0 + 1.0))), // d has no text
        ("within-60-words", Some(1.0)),
        ("copied-french", Some(0.0)), // c is copied, but not from its own article
        ("english", Some(2.0 / 3.0)),
        ("complete", Some(2.0 / 3.0)),
        ("verified", Some(1.0 / 3.0)),
        ("check-numbers", Some(0.5)),
        ("check-no-repeats", Some(0.0)),
    ];
    for (name, expected) in table {
        assert_eq!(value(&figures, name), expected, "{name}");
    }
}

#[test]
fn copying_is_measured_against_the_article() {
    let figures = scored(r#"{"id":"a","abstract":"Le commerce a progressé de 5 % en mai"}"#);
    assert_eq!(value(&figures, "copied-french"), Some(1.0));
    assert_eq!(find(&figures, "copied-french").direction, Direction::Lower);
    for name in ["novel-unigrams", "novel-bigrams", "novel-trigrams"] {
        assert_eq!(value(&figures, name), Some(0.0), "{name}");
    }
    assert_eq!(value(&figures, "english"), Some(0.0));
}

#[test]
fn nothing_written() {
    let figures = scored("{\"id\":\"a\",\"abstract\":\" \"}\n{\"id\":\"b\"}");
    assert_eq!(value(&figures, "written"), Some(0.0));
    assert_eq!(value(&figures, "rouge-1"), Some(0.0));
    assert_eq!(value(&figures, "bleu"), Some(0.0));
    let undefined = [
        "words",
        "compression",
        "copied-french",
        "english",
        "complete",
        "verified",
    ];
    for name in undefined {
        assert_eq!(value(&figures, name), None, "{name}");
    }
    assert!(
        !figures
            .iter()
            .any(|figure| figure.name.starts_with("check-"))
    );
}

#[test]
fn a_program_that_never_checks_is_not_unverified() {
    let figures = scored(r#"{"id":"a","abstract":"Trade grew."}"#);
    assert_eq!(value(&figures, "verified"), None);
}

#[test]
fn sixty_words_are_enough() {
    for (words, expected) in [(60, 1.0), (61, 0.0)] {
        let text = vec!["word"; words].join(" ");
        let figures = scored(&format!(r#"{{"id":"b","abstract":"{text}"}}"#));
        assert_eq!(
            value(&figures, "within-60-words"),
            Some(expected),
            "{words}"
        );
    }
}

#[test]
fn lsum_takes_sentences_as_lines() {
    // The two sentences in the other order: all is found line by line, half of it in one sequence.
    let figures =
        scored(r#"{"id":"a","abstract":"The minister said so. Trade grew by 5% in May."}"#);
    assert_eq!(find(&figures, "rouge-lsum").value_of(&[0]), Some(1.0));
    assert_eq!(find(&figures, "rouge-l").value_of(&[0]), Some(0.6));
    assert_eq!(
        find(&figures, "rouge-lsum").parameters,
        "measure:f|stem:no|lines:sentences"
    );
}

proptest! {
    /// A bootstrap sample scores as its articles would if they were written out.
    #[test]
    fn samples_score_as_corpora(articles in prop::collection::vec(0usize..2, 1..6)) {
        let figures = scored("{\"id\":\"a\",\"abstract\":\"Trade grew in May.\"}\n{\"id\":\"b\",\"abstract\":\"Ministers met in Hanoi.\"}");
        let texts = [
            ("Trade grew in May.", "Trade grew by 5% in May. The minister said so."),
            ("Ministers met in Hanoi.", "Two ministers met in Hanoi on Monday."),
        ];
        let sample = || articles.iter().map(|at| texts[*at]);
        let bleu: Bleu = sample().map(|(ours, theirs)| Bleu::of(ours, theirs)).sum();
        let chrf: Chrf = sample().map(|(ours, theirs)| Chrf::with_words(ours, theirs)).sum();
        prop_assert_eq!(find(&figures, "bleu").value_of(&articles), Some(bleu.score()));
        prop_assert_eq!(find(&figures, "chrf++").value_of(&articles), Some(chrf.score()));
    }
}
