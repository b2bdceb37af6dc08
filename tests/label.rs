//! `depeche label` as users run it: real binary, real encoder.

mod support;

use predicates::prelude::*;
use serde_json::Value;
use support::{ENCODER, GENERATOR, Workspace, has_model, parse_records, real_data};

const TRADE: &str = " date 2023-04 Les échanges progressent\n\nHanoï (VNA) - Le commerce bilatéral entre le Vietnam et \
la Russie a atteint 3,5 milliards de dollars en 2022, selon le ministère de l'Industrie et du Commerce. -VNA\n";
const HEALTH: &str = "Le ministère de la Santé a lancé lundi une campagne de vaccination contre la rougeole dans \
douze provinces du delta du Mékong. Plus de 300.000 enfants doivent recevoir une dose avant la fin du mois.\n";

fn ids(records: &[Value]) -> Vec<&str> {
    records
        .iter()
        .map(|record| record["id"].as_str().unwrap())
        .collect()
}

fn assigned(record: &Value) -> Vec<&str> {
    let topics = record["topics"].as_array().unwrap();
    let of_article = topics
        .iter()
        .filter(|topic| topic["decision"] == "assigned");
    of_article
        .map(|topic| topic["id"].as_str().unwrap())
        .collect()
}

#[test]
fn every_kind_of_bad_article_is_a_record_and_the_rest_go_on() {
    if !has_model(ENCODER) {
        return;
    }
    let large = "a".repeat(3000);
    let workspace = Workspace::new(&[
        ("in/binary.txt", b"GIF89a\0\0\0"),
        ("in/empty.txt", b" \n\n"),
        ("in/header_only.txt", b" date 2023-04 \n"),
        ("in/large.txt", large.as_bytes()),
        (
            "in/latin1.txt",
            b"Le pr\xE9sident a re\xE7u une d\xE9l\xE9gation.",
        ),
        (
            "in/rows.jsonl",
            b"{\"text\": 3\n{\"titre\": \"sans texte\"}\n[]\n",
        ),
        ("in/trade.txt", TRADE.as_bytes()),
        ("in/utf16.txt", b"\xFF\xFEL\0e\0"),
    ]);
    let args = [
        "label",
        "in",
        "--only",
        "topics",
        "-o",
        "out.jsonl",
        "--max-article-bytes",
        "2000",
    ];
    workspace
        .depeche(&args)
        .assert()
        .code(1)
        .stderr(predicate::str::contains("9 failed"));
    let records = workspace.records("out.jsonl");
    let error = |record: &Value| record["errors"][0]["code"].as_str().map(str::to_owned);
    let found: Vec<_> = records.iter().map(error).collect();
    let expected = [
        Some("binary"),
        Some("empty"),
        Some("empty"),
        Some("too_large"),
        Some("not_utf8"),
        Some("bad_row"),
        Some("bad_row"),
        Some("bad_row"),
        None,
        Some("not_utf8"),
    ];
    assert_eq!(found, expected.map(|code| code.map(str::to_owned)));
    assert_eq!(assigned(&records[8]), ["trade"]);
    let message = |at: usize| records[at]["errors"][0]["message"].as_str().unwrap();
    assert!(
        message(3).contains("--max-article-bytes 2000"),
        "{}",
        message(3)
    );
    assert!(message(4).contains("byte 5"), "{}", message(4));
    assert!(message(6).contains("--text-field"), "{}", message(6));
    assert_eq!(ids(&records)[5..8], ["rows#1", "rows#2", "rows#3"]);
}

#[test]
fn header_headline_and_evidence_point_into_the_original() {
    if !has_model(ENCODER) {
        return;
    }
    let text = format!("\u{FEFF}{TRADE}");
    let workspace = Workspace::new(&[("a.txt", text.as_bytes())]);
    let output = workspace
        .depeche(&["label", "a.txt", "--only", "topics"])
        .assert()
        .success();
    let records = parse_records(&String::from_utf8_lossy(&output.get_output().stdout));
    let record = &records[0];
    assert_eq!(record["date"], "2023-04");
    assert_eq!(record["title"], "Les échanges progressent");
    assert_eq!(record["language"], "fr");
    assert_eq!(record["topics"].as_array().unwrap().len(), 12);
    let evidence = &record["topics"][0]["evidence"][0];
    let at = |name: &str| usize::try_from(evidence[name].as_u64().unwrap()).unwrap();
    assert_eq!(
        &text[at("start")..at("end")],
        evidence["text"].as_str().unwrap()
    );
    assert!(
        evidence["text"]
            .as_str()
            .unwrap()
            .starts_with("Le commerce")
    );
}

#[test]
fn a_second_run_goes_on_where_the_first_stopped() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = Workspace::new(&[
        ("in/a.txt", TRADE.as_bytes()),
        ("in/b.txt", HEALTH.as_bytes()),
    ]);
    let run = |output: &str, more: &[&str]| {
        let args = [&["label", "in", "--only", "topics", "-o", output], more].concat();
        workspace.depeche(&args).assert()
    };
    for name in ["out.jsonl", "out.csv"] {
        run(name, &[]).success();
        let whole = workspace.read(name);
        // Nothing left to do: not a byte changes.
        run(name, &[])
            .success()
            .stderr(predicate::str::contains("2 kept"));
        assert_eq!(workspace.read(name), whole);
        // A torn last record is repaired.
        let torn = whole.trim_end().char_indices().rev().nth(40).unwrap().0;
        workspace.write(name, &whole.as_bytes()[..torn]);
        run(name, &[])
            .success()
            .stderr(predicate::str::contains("1 kept"));
        assert_eq!(workspace.read(name), whole);
        // Other settings are refused, naming the difference, until told otherwise.
        let other = ["--max-article-bytes", "5000"];
        run(name, &other).code(2).stderr(predicate::str::contains(
            "max_article_bytes: 1048576 → 5000",
        ));
        assert_eq!(workspace.read(name), whole);
        run(name, &[&other[..], &["--overwrite"]].concat()).success();
    }
    // A new article is added at the end.
    workspace.write("in/0.txt", HEALTH.as_bytes());
    run("again.jsonl", &["--limit", "2"]).success();
    run("again.jsonl", &[]).success();
    assert_eq!(ids(&workspace.records("again.jsonl")), ["0", "a", "b"]);
}

#[test]
fn what_is_not_ours_is_not_touched() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = Workspace::new(&[
        ("a.txt", TRADE.as_bytes()),
        ("notes.jsonl", b"{\"my\": \"notes\"}\n"),
        ("table.csv", b"a,b\n1,2\n"),
    ]);
    let table: [(&str, &[&str]); 3] = [
        ("notes.jsonl", &[]),
        ("table.csv", &[]),
        ("table.csv", &["--format", "table"]),
    ];
    for (name, more) in table {
        let before = workspace.read(name);
        let args = [&["label", "a.txt", "--only", "topics", "-o", name], more].concat();
        workspace
            .depeche(&args)
            .assert()
            .code(2)
            .stderr(predicate::str::contains("--overwrite"));
        assert_eq!(workspace.read(name), before);
    }
    workspace
        .depeche(&[
            "label",
            "a.txt",
            "--only",
            "topics",
            "-o",
            "no/such/folder/out.jsonl",
        ])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("no/such/folder/out.jsonl"));
}

#[test]
fn two_runs_give_the_same_bytes_and_a_report() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = Workspace::new(&[
        ("in/a.txt", TRADE.as_bytes()),
        ("in/b.txt", HEALTH.as_bytes()),
    ]);
    for name in ["1.jsonl", "2.jsonl"] {
        workspace
            .depeche(&["label", "in", "--only", "topics", "-o", name])
            .assert()
            .success();
    }
    assert_eq!(workspace.read("1.jsonl"), workspace.read("2.jsonl"));
    let report: Value = serde_json::from_str(&workspace.read("1.jsonl.run.json")).unwrap();
    assert_eq!(report["counts"]["labelled"], 2);
    assert_eq!(report["settings"]["abstracts"], Value::Null);
    assert!(report["seconds"]["label"].as_f64().unwrap() > 0.0);
    assert!(report["sentences"].as_u64().unwrap() >= 3);
}

#[test]
fn standard_input_csv_and_cards() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = Workspace::new(&[("a.txt", TRADE.as_bytes())]);
    let run = |args: &[&str], input: &str| {
        let args = [&["label", "--only", "topics"], args].concat();
        workspace
            .depeche(&args)
            .write_stdin(input)
            .assert()
            .success()
    };
    let text = run(&["-"], HEALTH);
    let records = parse_records(&String::from_utf8_lossy(&text.get_output().stdout));
    assert_eq!(ids(&records), ["stdin"]);
    let row = serde_json::json!({"id": "x", "body": HEALTH}).to_string();
    run(&["-", "--format", "csv"], &row)
        .stdout(predicate::str::starts_with("id,source,date,"))
        .stdout(predicate::str::contains("x,-#1,"));
    run(&["-", "--format", "table"], &row)
        .stdout(predicate::str::contains("topics"))
        .stdout(predicate::str::contains("health 1.00"));
}

#[test]
fn usage_errors_say_what_to_do() {
    let workspace = Workspace::new(&[
        ("in/a.txt", TRADE.as_bytes()),
        ("in/a.csv", b"id,text\na,x\n"),
        ("t.csv", b"id,texte\n1,x\n"),
        ("own.toml", b"schema = 1\nlanguage = \"fr\"\n"),
    ]);
    let table: [(&[&str], &str); 13] = [
        (&["label"], "INPUT"),
        (
            &["label", "in/a.txt", "-o", "in/a.txt", "--format", "jsonl"],
            "is an input",
        ),
        (&["label", "in/a.txt", "-o", "out.xlsx"], "--format"),
        (&["label", "in/a.txt", "in/a.txt"], "given twice"),
        (&["label", "in/*.md"], "matches no"),
        (&["label", "nowhere.txt"], "\"nowhere.txt\" does not exist"),
        (
            &["label", "in", "--only", "topic"],
            "possible values: topics, abstracts",
        ),
        (&["label", "in"], "in/a.csv#2"),
        (&["label", "t.csv"], "[id, texte]"),
        (
            &["label", "in/a.txt", "--encoder", "e6"],
            "multilingual-e5-small-q4",
        ),
        (
            &["label", "in/a.txt", "--encoder", GENERATOR],
            "not encoder",
        ),
        (&["label", "in/a.txt", "--taxonomy", "own.toml"], "own.toml"),
        (&["label", "in/a.txt", "--terms", "none.toml"], "none.toml"),
    ];
    for (args, expected) in table {
        let output = workspace.depeche(args).assert().code(2);
        let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(stderr.contains(expected), "{args:?}: {stderr}");
    }
}

#[test]
fn a_missing_model_and_a_broken_download_are_explained() {
    let workspace = Workspace::new(&[("a.txt", TRADE.as_bytes())]);
    let run = |more: &[&str]| {
        let args = [&["label", "a.txt", "--only", "topics"], more].concat();
        let mut command = workspace.depeche(&args);
        command
            .env("DEPECHE_CACHE", workspace.path("cache"))
            .env("HF_HOME", workspace.path("hf"))
            .env("HF_ENDPOINT", "http://127.0.0.1:9")
            .env("DEPECHE_PIP", "false");
        command.assert().code(2)
    };
    run(&["--offline"])
        .stderr(predicate::str::contains(ENCODER).and(predicate::str::contains("offline")));
    run(&[]).stderr(predicate::str::contains("pip").and(predicate::str::contains(ENCODER)));
}

#[test]
fn a_taxonomy_of_ones_own_replaces_the_topics() {
    if !has_model(ENCODER) {
        return;
    }
    let taxonomy = r#"
        schema = 1
        language = "fr"
        [generic]
        descriptions = ["Le temps sera ensoleillé demain."]
        [[topic]]
        id = "vaccination"
        names = { fr = "Vaccination", en = "Vaccination" }
        description = "Campagnes de vaccination."
        descriptions = ["Une campagne de vaccination a commencé."]
        terms = ["vaccin*"]
    "#;
    let workspace = Workspace::new(&[
        ("own.toml", taxonomy.as_bytes()),
        ("a.txt", HEALTH.as_bytes()),
    ]);
    let args = [
        "label",
        "a.txt",
        "--only",
        "topics",
        "--taxonomy",
        "own.toml",
    ];
    let output = workspace.depeche(&args).assert().success();
    let records = parse_records(&String::from_utf8_lossy(&output.get_output().stdout));
    assert_eq!(assigned(&records[0]), ["vaccination"]);
}

#[test]
fn articles_of_the_real_kind_get_topics_and_an_english_abstract() {
    let Some(data) = real_data() else { return };
    if !has_model(ENCODER) || !has_model(GENERATOR) {
        return;
    }
    let articles = data.join("../articles").display().to_string();
    let workspace = Workspace::new(&[]);
    workspace
        .depeche(&["label", &articles, "-o", "out.jsonl"])
        .assert()
        .success();
    let records = workspace.records("out.jsonl");
    assert!(records.len() >= 2);
    for record in &records {
        let text = record["abstract"]["text"].as_str().unwrap();
        let words = text.split_whitespace().count();
        assert!((10..=90).contains(&words), "{words} words: {text}");
        let language = whatlang::detect_lang(text);
        assert_eq!(language, Some(whatlang::Lang::Eng), "{text}");
        assert!(!assigned(record).is_empty());
    }
}

#[test]
fn real_articles_are_labelled_without_an_error() {
    let Some(data) = real_data() else { return };
    if !has_model(ENCODER) {
        return;
    }
    let articles = data
        .join("wikinews_winer_fr/articles_2016.jsonl")
        .display()
        .to_string();
    let workspace = Workspace::new(&[]);
    workspace
        .depeche(&["label", &articles, "--only", "topics", "-o", "out.jsonl"])
        .assert()
        .success();
    assert_eq!(workspace.records("out.jsonl").len(), 568);
}
