//! Tests of the choice of sentences: its bounds, and what it keeps of the labelled articles' facts.

use super::*;
use crate::article::Span;
use crate::text::{Sentence, segment};
use ndarray::array;

#[test]
fn the_choice_keeps_its_bounds() {
    let many: Vec<String> = (0..100).map(|n| format!("Un a{n:05}.")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let salience = Salience::built_in();
    for (sentences, count, expected) in [
        (vec![], 3, 0),
        (vec!["un mot"], 3, 1),
        (vec!["Il est parti."; 9], 3, 1), // said once
        (many, 200, MOST_COMPARED),
    ] {
        let chosen = worth_telling(&sentences, None, &salience, count);
        assert_eq!(chosen.len(), expected, "{sentences:?}");
    }
}

#[test]
fn facts_win_and_repetition_loses() {
    let sentences = [
        "Le ministre Tran Van Nam est arrivé à Hanoï le 6 mars.",
        "Le ciel était-il gris dans la ville ?",
        "Les deux pays ont signé un accord de 3 milliards d'USD le 6 mars.",
        "Les deux pays ont signé un accord de 3 milliards d'USD le 6 mars.",
        "La Russie livrera 20 hélicoptères en 2025 à la marine.",
    ];
    let mut chosen = worth_telling(&sentences, None, &Salience::built_in(), 3);
    chosen.sort_unstable();
    assert_eq!(chosen, [0, 2, 4]);
}

#[test]
fn a_vector_counts() {
    let weights = r#"{"encoder": "e", "features": [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0], "vector": [0, 1],
        "features_alone": [0,1,0,0,0,0,0,0,0,0,0,0,0,0,0]}"#;
    let salience: Salience = serde_json::from_str(weights).unwrap();
    let sentences = ["Un.", "Deux.", "Trois."];
    let vectors = array![[1.0, 0.0], [0.0, 1.0], [0.8, 0.6], [0.6, 0.8]];
    let with = worth_telling(&sentences, Some(vectors.view()), &salience, 3);
    let without = worth_telling(&sentences, None, &salience, 3);
    assert_eq!((with, without), (vec![1, 2, 0], vec![0, 1, 2]));
}

/// One labelled article: its sentences, and the places in its text of the facts that an abstract should keep.
struct Labelled {
    sentences: Vec<Sentence>,
    facts: Vec<Vec<usize>>,
}

fn labelled(file: &str) -> Vec<Labelled> {
    let path = format!("{}/corpus/gold/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let rows = std::fs::read_to_string(path).unwrap();
    rows.lines()
        .map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            let text = row["text"].as_str().unwrap();
            let body = Span {
                start: 0,
                end: text.len(),
            };
            let facts = row["facts"].as_array().into_iter().flatten();
            let source = |fact: &serde_json::Value| {
                let source = fact["source"].as_str().unwrap();
                text.match_indices(source).map(|(place, _)| place).collect()
            };
            Labelled {
                sentences: segment(text, body).sentences,
                facts: facts.map(source).collect(),
            }
        })
        .collect()
}

/// The share of the facts of dev that `count` sentences hold.
fn kept(count: usize, choice: impl Fn(&[&str]) -> Vec<usize>) -> f64 {
    let (mut kept, mut all) = (0_u32, 0);
    for article in labelled("dev") {
        let texts: Vec<&str> = article.sentences.iter().map(|s| s.text.as_str()).collect();
        let chosen = choice(&texts);
        let holds = |at: &usize| {
            let spans = chosen
                .iter()
                .take(count)
                .map(|place| article.sentences[*place].span);
            spans
                .into_iter()
                .any(|span| span.start <= *at && *at < span.end)
        };
        all += article.facts.len();
        kept += article
            .facts
            .iter()
            .filter(|fact| fact.iter().any(holds))
            .count() as u32;
    }
    f64::from(kept) / all.max(1) as f64
}

#[test]
fn more_facts_are_kept_than_by_the_leading_sentences() {
    let salience = Salience::built_in();
    for count in [2, 3, 4] {
        let ours = kept(count, |texts| worth_telling(texts, None, &salience, count));
        let leading = kept(count, |texts| (0..texts.len()).collect());
        println!("{count} sentences: {ours:.3} of the facts, leading sentences {leading:.3}");
        assert!(ours > leading, "{count} sentences");
    }
}
