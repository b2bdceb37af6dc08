//! Tests of the choice of sentences: its bounds, and what it keeps of the labelled articles' facts.

use super::*;
use crate::article::Span;
use crate::text::{Sentence, segment};
use ndarray::array;

/// The leading sentences within the budget: what the choice is measured against.
fn leading(sentences: &[&str], budget: usize) -> Vec<usize> {
    let mut left = budget;
    let fits = |(place, text): &(usize, &&str)| {
        let fits = *place == 0 || words(text) <= left;
        left = left.saturating_sub(words(text));
        fits
    };
    sentences
        .iter()
        .enumerate()
        .take_while(fits)
        .map(|(place, _)| place)
        .collect()
}

#[test]
fn the_lead_is_always_given_and_the_rest_within_bounds() {
    let long = "mot ".repeat(300);
    let table: [(Vec<&str>, Vec<usize>); 4] = [
        (vec![], vec![]),
        (vec![&long, "un mot"], vec![0]),
        (vec!["un mot"; 9], (0..9).collect()),
        (vec!["un mot", &long, "Il a signé 3 accords."], vec![0, 2]),
    ];
    for (sentences, expected) in table {
        assert_eq!(worth_telling(&sentences, None, 220), expected);
    }
}

#[test]
fn facts_win_and_repetition_loses() {
    let sentences = [
        "Le ministre est arrivé à Hanoï.",
        "Le ciel était gris et il faisait doux dans la ville.",
        "Les deux pays ont signé un accord de 3 milliards d'USD le 6 mars.",
        "Les deux pays ont signé un accord de 3 milliards d'USD le 6 mars.",
        "La Russie livrera 20 hélicoptères en 2025.",
    ];
    assert_eq!(worth_telling(&sentences, None, 28), [0, 2, 4]);
    // The same vector twice is repetition, whatever the words.
    let vectors = array![[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.6, 0.8], [0.6, 0.8]];
    let chosen = worth_telling(&sentences, Some(vectors.view()), 28);
    assert_eq!(chosen[0], 0);
}

/// One labelled article: its sentences, and the places in its text of the facts that an abstract should keep.
struct Labelled {
    sentences: Vec<Sentence>,
    facts: Vec<Vec<usize>>,
    abstract_text: String,
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
                abstract_text: row["abstract"].as_str().unwrap().to_owned(),
            }
        })
        .collect()
}

/// The articles longer than `over` words, with their sentences.
fn longer(articles: &[Labelled], over: usize) -> impl Iterator<Item = (&Labelled, Vec<&str>)> {
    articles.iter().filter_map(move |article| {
        let texts: Vec<&str> = article.sentences.iter().map(|s| s.text.as_str()).collect();
        let length: usize = texts.iter().map(|text| words(text)).sum();
        (length > over).then_some((article, texts))
    })
}

/// Facts kept and all facts, over the articles longer than `over` words.
fn kept(
    articles: &[Labelled],
    over: usize,
    choice: impl Fn(&[&str]) -> Vec<usize>,
) -> (usize, usize) {
    let (mut kept, mut all) = (0, 0);
    for (article, texts) in longer(articles, over) {
        let chosen = choice(&texts);
        let holds = |at: usize| {
            let covers = |place: &usize| {
                let span = article.sentences[*place].span;
                span.start <= at && at < span.end
            };
            chosen.iter().any(covers)
        };
        all += article.facts.len();
        kept += article
            .facts
            .iter()
            .filter(|fact| fact.iter().any(|at| holds(*at)))
            .count();
    }
    (kept, all)
}

/// Numbers and capitalised words of train's abstracts that the chosen sentences hold, and all that the article holds.
fn overlap(
    articles: &[Labelled],
    over: usize,
    choice: impl Fn(&[&str]) -> Vec<usize>,
) -> (usize, usize) {
    let (mut kept, mut all) = (0, 0);
    for (article, texts) in longer(articles, over) {
        let marks = |text: &str| -> std::collections::BTreeSet<String> {
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()))
                .map(|word| word.to_lowercase().chars().take(4).collect())
                .collect()
        };
        let wanted = marks(&article.abstract_text);
        let whole = marks(&texts.join(" "));
        let chosen: Vec<&str> = choice(&texts)
            .into_iter()
            .map(|place| texts[place])
            .collect();
        let held = marks(&chosen.join(" "));
        all += wanted.intersection(&whole).count();
        kept += wanted.intersection(&held).count();
    }
    (kept, all)
}

fn share((kept, all): (usize, usize)) -> f64 {
    kept as f64 / all.max(1) as f64
}

#[test]
fn more_facts_are_kept_than_by_the_leading_sentences() {
    let dev = labelled("dev");
    // Budget, articles longer than, gain at least: short articles are given whole.
    let table = [
        (BUDGET_WORDS, 0, 0.02),
        (BUDGET_WORDS, BUDGET_WORDS, 0.15),
        (150, 150, 0.05),
        (100, 100, 0.05),
    ];
    for (budget, over, gain) in table {
        let ours = share(kept(&dev, over, |texts| worth_telling(texts, None, budget)));
        let theirs = share(kept(&dev, over, |texts| leading(texts, budget)));
        println!(
            "{budget} words, articles over {over}: {ours:.3} of the facts, leading sentences {theirs:.3}"
        );
        assert!(
            ours >= theirs + gain,
            "{budget} words, articles over {over}"
        );
    }
}

/// How [`WEIGHTS`] were found: `cargo test --release --lib -- --ignored --nocapture weights`.
#[test]
#[ignore = "a search, not a check"]
fn weights() {
    let (train, dev) = (labelled("train"), labelled("dev"));
    let measure = |choice: &dyn Fn(&[&str], usize) -> Vec<usize>| -> f64 {
        let budgets = [220, 150, 100];
        let facts = budgets.map(|budget| share(kept(&dev, budget, |texts| choice(texts, budget))));
        let marks =
            budgets.map(|budget| share(overlap(&train, budget, |texts| choice(texts, budget))));
        println!("{facts:.3?} {marks:.3?}");
        facts.iter().chain(&marks).sum::<f64>() / 6.0
    };
    println!(
        "leading {:.4}",
        measure(&|texts, budget| leading(texts, budget))
    );
    for facts in [0.0, 0.5, 1.0, 2.0] {
        for centre in [0.0, 0.5, 1.0] {
            for place in [0.5, 1.0, 2.0] {
                for score in [0.7, 0.85, 1.0] {
                    let weights = Weights {
                        facts,
                        centre,
                        place,
                        score,
                    };
                    let mean = measure(&|texts, budget| choose(texts, None, budget, &weights));
                    println!("{mean:.4} {weights:?}");
                }
            }
        }
    }
}
