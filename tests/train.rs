//! `depeche train` as a user runs it: a head from labelled articles, and what `label` does with it.

#[allow(dead_code)] // what other tests use
mod support;

use predicates::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::{ENCODER, Workspace, has_model};

/// Sixty small articles on two subjects, some on both.
fn gold() -> String {
    let fish = [
        "Les pêcheurs de Ben Tre ont sorti douze tonnes de crevettes.",
        "Un nouveau chalutier a été livré à la coopérative de pêche.",
        "La campagne du thon s'achève sur de bonnes prises.",
    ];
    let rail = [
        "La ligne de chemin de fer sera prolongée jusqu'à la frontière.",
        "Un train de voyageurs a relié les deux capitales.",
        "La nouvelle gare accueillera trente trains par jour.",
    ];
    let plain = [
        "Le temps restera couvert toute la semaine.",
        "Les élèves ont repris le chemin de l'école.",
        "Le maire a inauguré la place du marché.",
    ];
    let row = |at: usize| {
        let (mut text, mut topics) = (vec![plain[at % 3]], Vec::new());
        if at.is_multiple_of(2) {
            text.push(fish[at % 3]);
            topics.push("fish");
        }
        if at.is_multiple_of(3) {
            text.insert(0, rail[(at / 3) % 3]);
            topics.push("rail");
        }
        json!({"id": format!("a{at}"), "text": text.join(" "), "topics": topics}).to_string() + "\n"
    };
    (0..60).map(row).collect()
}

fn probabilities(record: &Value) -> BTreeMap<String, Value> {
    let topics = record["topics"].as_array().unwrap().iter();
    topics
        .map(|topic| {
            (
                topic["id"].as_str().unwrap().to_owned(),
                topic["probability"].clone(),
            )
        })
        .collect()
}

const ARTICLE: &str =
    "Le marché a rouvert. Les pêcheurs ont vendu leurs crevettes à quai. Il fait beau.";

#[test]
fn a_head_is_trained_used_and_bound_to_its_encoder() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = Workspace::new(&[
        ("gold.jsonl", gold().as_bytes()),
        ("a.txt", ARTICLE.as_bytes()),
    ]);
    let train = |folder: &str| {
        let output = workspace
            .depeche(&["train", "--gold", "gold.jsonl", "-o", folder])
            .assert()
            .success();
        String::from_utf8_lossy(&output.get_output().stdout).into_owned()
    };
    let figures = train("one");
    assert!(figures.contains("macro-f1"), "{figures}");
    train("two");
    for file in ["head.json", "head.safetensors"] {
        let read = |folder: &str| std::fs::read(workspace.path(folder).join(file)).unwrap();
        assert_eq!(read("one"), read("two"), "{file}");
    }

    let label = [
        "label",
        "a.txt",
        "-o",
        "out.jsonl",
        "--only",
        "topics",
        "--head",
        "one",
    ];
    workspace.depeche(&label).assert().success();
    let record = &workspace.records("out.jsonl")[0];
    let topics = record["topics"].as_array().unwrap();
    assert_eq!(topics.len(), 2, "the topics are the head's");
    assert_eq!(
        (&topics[0]["id"], &topics[0]["decision"]),
        (&json!("fish"), &json!("assigned"))
    );
    let quote = topics[0]["evidence"][0]["text"].as_str().unwrap();
    assert!(quote.contains("crevettes"), "{quote}");
    assert!(
        record["provenance"]["head"]
            .as_str()
            .unwrap()
            .starts_with("one@sha256:")
    );

    let json = workspace
        .read("one/head.json")
        .replace(ENCODER, "another-encoder");
    workspace.write("one/head.json", json.as_bytes());
    let refused = workspace
        .depeche(&["label", "a.txt", "--only", "topics", "--head", "one"])
        .assert()
        .code(2);
    refused.stderr(
        predicate::str::contains("another-encoder").and(predicate::str::contains("depeche train")),
    );
}

#[test]
fn a_topic_of_ones_own_works_at_once_and_better_with_examples() {
    if !has_model(ENCODER) {
        return;
    }
    let taxonomy = include_str!("../models/taxonomy.toml").to_owned()
        + r#"
[[topic]]
id = "fish"
names = { fr = "Pêche", en = "Fisheries" }
description = "L'article parle de pêche."
descriptions = ["Les pêcheurs ont ramené du poisson.", "Un bateau de pêche est rentré au port.", "Les captures de thon ont augmenté."]
terms = ["pêcheurs", "chalutier*"]
"#;
    let workspace = Workspace::new(&[
        ("gold.jsonl", gold().as_bytes()),
        ("a.txt", ARTICLE.as_bytes()),
        ("mine.toml", taxonomy.as_bytes()),
    ]);
    let label = |out: &str, more: &[&str]| {
        let args = ["label", "a.txt", "-o", out, "--only", "topics"];
        workspace
            .depeche(&[&args, more].concat())
            .assert()
            .success();
        probabilities(&workspace.records(out)[0])
    };
    let built_in = label("a.jsonl", &[]);
    let with_own = label("b.jsonl", &["--taxonomy", "mine.toml"]);
    assert_eq!(with_own.len(), 13);
    assert!(with_own["fish"].as_f64().unwrap() > 0.5, "{with_own:?}");
    let train = [
        "train",
        "--gold",
        "gold.jsonl",
        "--add-topic",
        "fish",
        "--taxonomy",
        "mine.toml",
        "-o",
        "head",
    ];
    workspace.depeche(&train).assert().success();
    let added = label("c.jsonl", &["--taxonomy", "mine.toml", "--head", "head"]);
    assert!(added["fish"].as_f64().unwrap() > 0.5, "{added:?}");
    for (topic, probability) in &built_in {
        assert_eq!(probability, &with_own[topic], "{topic}");
        assert_eq!(probability, &added[topic], "{topic}");
    }
}

#[test]
fn what_cannot_be_trained_is_explained() {
    let rows = r#"{"id":"a","text":"Un texte.","topics":[]}"#;
    let workspace = Workspace::new(&[("none.jsonl", rows.as_bytes())]);
    let table: [(&[&str], &str); 3] = [
        (
            &["train", "--gold", "missing.jsonl", "-o", "head"],
            "missing.jsonl",
        ),
        (
            &["train", "--gold", "none.jsonl", "none.jsonl", "-o", "head"],
            "another file",
        ),
        (&["train", "--gold", "none.jsonl"], "--output"),
    ];
    for (args, expected) in table {
        let output = workspace.depeche(args).assert().code(2);
        output.stderr(predicate::str::contains(expected));
    }
}
