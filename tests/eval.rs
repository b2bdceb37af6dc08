//! `depeche eval` as a user runs it: scoring files, the suite, what is kept between runs, the gate.

#[allow(dead_code)] // what the tests of labelling use
mod support;

#[path = "fixtures/generator/tiny_gguf.rs"]
#[allow(dead_code)] // what only the generator's tests use
mod tiny_gguf;

use predicates::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::Workspace;
use tiny_gguf::TinyGguf;

const GOLD: &str = r#"{"id":"a","text":"Le commerce avec la Russie a progressé de 18 % en mars.","date":"2024-04-02","topics":["trade"],"abstract":"Trade with Russia rose by 18% in March 2024.","split":"dev"}
{"id":"b","text":"L'ASEAN s'est réunie à Jakarta le 5 mai.","date":"2024-05-06","topics":["asean"],"abstract":"ASEAN met in Jakarta on 5 May 2024.","split":"dev"}
{"id":"c","text":"Rien de neuf.","topics":[],"abstract":"Nothing new.","split":"dev"}
"#;

fn report(workspace: &Workspace) -> Value {
    serde_json::from_str(&workspace.read("report/report.json")).unwrap()
}

fn figure<'a>(report: &'a Value, task: usize, system: usize, name: &str) -> &'a Value {
    let figures = &report["tasks"][task]["systems"][system]["figures"];
    let found = figures
        .as_array()
        .unwrap()
        .iter()
        .find(|figure| figure["name"] == name);
    found.unwrap_or_else(|| panic!("no figure {name} in {figures}"))
}

#[test]
fn a_file_of_another_program_is_scored_and_nothing_is_dropped_silently() {
    let predictions = r#"{"id":"a","topics":["trade"],"abstract":"Trade with Russia rose by 18% in March 2024."}
{"id":"b","topics":[{"id":"asean","probability":0.4}],"abstract":"ASEAN met in Hanoi on 5 May 2024."}
{"id":"z","topics":["trade"]}
"#;
    let files = [
        ("gold.jsonl", GOLD.as_bytes()),
        ("theirs.jsonl", predictions.as_bytes()),
    ];
    let workspace = Workspace::new(&files);
    let args = [
        "eval",
        "--predictions",
        "theirs.jsonl",
        "--gold",
        "gold.jsonl",
        "--report",
        "report",
    ];
    let output = workspace.depeche(&args).assert().success();
    let table = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(table.contains("theirs"), "{table}");
    assert!(
        table.contains("no prediction") && table.contains("not in gold"),
        "{table}"
    );

    let report = report(&workspace);
    let topics = &report["tasks"][0];
    assert_eq!(topics["kind"], "topics");
    assert_eq!(topics["systems"][0]["alignment"]["missing"], json!(["c"]));
    assert_eq!(topics["systems"][0]["alignment"]["unknown"], json!(["z"]));
    // Found trade, missed asean: TP 1, FP 0, FN 1.
    assert_eq!(
        figure(&report, 0, 0, "micro-f1")["estimate"]["value"],
        json!(2.0 / 3.0)
    );
    // A system that gives a plain topic has no figure that needs probabilities.
    assert_eq!(
        figure(&report, 0, 0, "brier")["estimate"]["value"],
        Value::Null
    );
    let signature = figure(&report, 0, 0, "micro-f1")["signature"].to_string();
    let parts = "micro-f1| |task:topics| |n:3| |data:sha256: |system:theirs@";
    for part in parts.split(' ') {
        assert!(signature.contains(part), "{signature}");
    }
    let abstracts = &report["tasks"][1]["systems"][0];
    let faults = &abstracts["predictions"][1]["faults"];
    assert_eq!(faults, &json!([{"kind": "name", "what": "Hanoi"}]));
    assert_eq!(abstracts["alignment"]["missing"], json!(["c"]));
}

/// eval/parity/check.sh makes both files: the predictions with ten lines of Python, the values with scikit-learn,
/// rouge-score and sacreBLEU.
#[test]
fn ten_lines_of_python_score_as_with_the_reference_implementations() {
    let workspace = Workspace::new(&[
        ("gold.jsonl", include_bytes!("../corpus/gold/dev.jsonl")),
        (
            "theirs.jsonl",
            include_bytes!("../eval/parity/ten_lines.jsonl"),
        ),
    ]);
    let args = [
        "eval",
        "--predictions",
        "theirs.jsonl",
        "--gold",
        "gold.jsonl",
        "--report",
        "report",
    ];
    workspace.depeche(&args).assert().success();
    let report = report(&workspace);
    let expected: Vec<(String, String, f64)> =
        serde_json::from_str(include_str!("../eval/parity/ten_lines.expected.json")).unwrap();
    assert!(expected.len() >= 14);
    for (kind, name, theirs) in expected {
        let task = usize::from(kind == "abstracts");
        let ours = figure(&report, task, 0, &name)["estimate"]["value"]
            .as_f64()
            .unwrap();
        assert!(
            (ours - theirs).abs() < 1e-6,
            "{name}: {ours}, theirs {theirs}"
        );
    }
}

#[test]
fn what_cannot_be_scored_is_explained() {
    let files: [(&str, &[u8]); 4] = [
        ("gold.jsonl", GOLD.as_bytes()),
        (
            "twice.jsonl",
            b"{\"id\":\"a\",\"topics\":[]}\n{\"id\":\"a\",\"topics\":[]}\n",
        ),
        ("bare.jsonl", b"{\"id\":\"a\"}\n"),
        ("eval/tasks/t.toml", b"version = 1\nkind = \"sums\"\n"),
    ];
    let workspace = Workspace::new(&files);
    std::fs::create_dir_all(workspace.path("eval/systems")).unwrap();
    let table: [(&[&str], &str); 5] = [
        (
            &[
                "eval",
                "--predictions",
                "twice.jsonl",
                "--gold",
                "gold.jsonl",
            ],
            "line 1",
        ),
        (
            &[
                "eval",
                "--predictions",
                "none.jsonl",
                "--gold",
                "gold.jsonl",
            ],
            "none.jsonl",
        ),
        (
            &[
                "eval",
                "--predictions",
                "bare.jsonl",
                "--gold",
                "gold.jsonl",
            ],
            "nothing to score",
        ),
        (&["eval", "--predictions", "bare.jsonl"], "--gold"),
        (&["eval"], "t.toml"),
    ];
    for (args, expected) in table {
        let output = workspace.depeche(args).assert().code(2);
        let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(stderr.contains(expected), "{args:?}: {stderr}");
    }
}

/// A suite with one task and one program that notes each of its runs in runs.txt.
fn suite(program: &str) -> Workspace {
    let task = r#"
version = 1
title = "Three articles"
kind = "topics"
gold = "gold.jsonl"
topics = ["asean", "trade"]
primary = [{ figure = "macro-f1", margin = 0.01 }]
"#;
    let absent = task.replace("gold.jsonl", "${DEPECHE_TEST_NOT_SET}/gold.jsonl");
    Workspace::new(&[
        ("runs.txt", b""),
        ("gold.jsonl", GOLD.as_bytes()),
        ("program.sh", program.as_bytes()),
        ("eval/tasks/three.toml", task.as_bytes()),
        ("eval/tasks/elsewhere.toml", absent.as_bytes()),
        (
            "eval/systems/script.toml",
            b"title = \"A script\"\nkinds = [\"topics\"]\ncommand = [\"sh\", \"program.sh\", \"{input}\", \"{output}\"]\n",
        ),
        (
            "eval/systems/later.toml",
            b"title = \"To come\"\nkinds = [\"topics\"]\nnot_built = \"it is not written\"\n",
        ),
    ])
}

const SCRIPT: &str = r#"echo run >> runs.txt
sed 's/.*"id":"\([a-z]\)".*/{"id":"\1","topics":["trade"]}/' "$1" > "$2"
"#;

fn eval(workspace: &Workspace) -> assert_cmd::assert::Assert {
    workspace
        .depeche(&["eval", "--report", "report", "--work", "work"])
        .assert()
}

#[test]
fn predictions_are_kept_until_something_that_decides_them_changes() {
    let workspace = suite(SCRIPT);
    let runs = || workspace.read("runs.txt").lines().count();
    eval(&workspace).success();
    assert_eq!(runs(), 1);
    let first = report(&workspace);
    eval(&workspace).success();
    assert_eq!(runs(), 1, "nothing has changed");
    assert_eq!(report(&workspace)["tasks"], first["tasks"]);
    // Killed: its key says that the predictions are not complete.
    let key = workspace.read("work/three/script/key.json");
    workspace.write(
        "work/three/script/key.json",
        key.replace("true", "false").as_bytes(),
    );
    eval(&workspace).success();
    assert_eq!(runs(), 2, "the run was not complete");
    workspace.write("program.sh", SCRIPT.replace("trade", "asean").as_bytes());
    eval(&workspace).success();
    assert_eq!(runs(), 3, "the program has changed");
    workspace.write("gold.jsonl", GOLD.replace("Jakarta", "Manille").as_bytes());
    eval(&workspace).success();
    assert_eq!(runs(), 4, "an article has changed");
    // Labels are for scoring: programs do not see them.
    workspace.write(
        "gold.jsonl",
        GOLD.replace("Jakarta", "Manille")
            .replace("[\"asean\"]", "[\"trade\"]")
            .as_bytes(),
    );
    eval(&workspace).success();
    assert_eq!(runs(), 4, "only a label has changed");
    assert!(!workspace.read("work/three/input.jsonl").contains("topics"));
}

#[test]
fn what_did_not_run_is_in_the_report_with_its_reason() {
    let workspace = suite("echo 'no luck' >&2\nexit 3\n");
    eval(&workspace)
        .success()
        .stderr(predicate::str::contains("no luck"));
    let report = report(&workspace);
    let elsewhere = &report["tasks"][0];
    assert_eq!(elsewhere["name"], "elsewhere");
    let why = elsewhere["skipped"].as_str().unwrap();
    assert!(why.contains("DEPECHE_TEST_NOT_SET"), "{why}");
    let not_run = report["tasks"][1]["not_run"].as_array().unwrap();
    let reasons: Vec<&str> = not_run
        .iter()
        .map(|left| left["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons[0], "not built yet: it is not written");
    assert!(reasons[1].contains("exit status: 3"), "{reasons:?}");
    let page = workspace.read("report/report.html");
    assert!(page.contains("it is not written") && page.contains("DEPECHE_TEST_NOT_SET"));
    let args = ["eval", "--systems", "script,nobody", "--work", "work"];
    let output = workspace.depeche(&args).assert().code(2);
    output.stderr(predicate::str::contains("nobody").and(predicate::str::contains("later")));
}

/// A hundred articles, and a file that gets all but some of them right.
fn hundred(wrong: impl Fn(usize) -> bool) -> (String, String) {
    let has_topic = |at: usize| !at.is_multiple_of(3);
    let rows = |row: &dyn Fn(usize) -> Value| -> String {
        (0..100).map(|at| row(at).to_string() + "\n").collect()
    };
    let topics = |yes: bool| if yes { json!(["trade"]) } else { json!([]) };
    let gold = rows(&|at| json!({"id": format!("a{at:03}"), "topics": topics(has_topic(at))}));
    let predictions = rows(
        &|at| json!({"id": format!("a{at:03}"), "topics": topics(has_topic(at) != wrong(at))}),
    );
    (gold, predictions)
}

#[test]
fn the_gate_catches_a_worse_system_and_lets_noise_pass() {
    let (gold, good) = hundred(|at| at % 25 == 0);
    let workspace = Workspace::new(&[("gold.jsonl", gold.as_bytes())]);
    let run = |predictions: &str, more: &[&str]| {
        workspace.write("p.jsonl", predictions.as_bytes());
        let args = [
            "eval",
            "--predictions",
            "p.jsonl",
            "--gold",
            "gold.jsonl",
            "--baseline",
            "baseline.json",
        ];
        workspace.depeche(&[&args, more].concat()).assert()
    };
    run(&good, &[])
        .code(2)
        .stderr(predicate::str::contains("--accept"));
    run(&good, &["--accept"]).success();
    run(&good, &[]).success();
    let (_, noise) = hundred(|at| at % 25 == 1 || at == 50);
    run(&noise, &[]).success();
    let (_, worse) = hundred(|at| at % 4 == 0);
    run(&worse, &[])
        .code(1)
        .stdout(predicate::str::contains("macro-f1").and(predicate::str::contains("p")));
}

#[test]
fn a_new_model_is_one_registry_entry_and_one_system_file() {
    let workspace = suite(SCRIPT);
    let model = TinyGguf::new("qwen2");
    model.write(&workspace.path("tiny.gguf"));
    let bytes = std::fs::read(workspace.path("tiny.gguf")).unwrap();
    let sha256: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let registry = format!(
        r#"
schema = 1
[[model]]
id = "tiny"
role = "generator"
architecture = "qwen2"
licence = "MIT"
[[model.file]]
name = "model.gguf"
bytes = {}
sha256 = "{sha256}"
sources = [{{ path = "tiny.gguf" }}]
"#,
        bytes.len()
    );
    workspace.write("registry.toml", registry.as_bytes());
    workspace.write(
        "eval/systems/tiny.toml",
        br#"
title = "A tiny model"
kinds = ["abstracts"]
command = ["{depeche}", "label", "{input}", "-o", "{output}", "--only", "abstracts", "--generator", "tiny", "--abstract-from", "lead", "--max-words", "10"]
dry_run = "--dry-run"
"#,
    );
    workspace.write(
        "eval/tasks/written.toml",
        br#"
version = 1
title = "Abstracts"
kind = "abstracts"
gold = "gold.jsonl"
primary = [{ figure = "chrf", margin = 1.0 }]
"#,
    );
    let args = [
        "eval",
        "--systems",
        "tiny",
        "--tasks",
        "written",
        "--report",
        "report",
        "--work",
        "work",
    ];
    let mut command = workspace.depeche(&args);
    command.env("DEPECHE_REGISTRY", workspace.path("registry.toml"));
    command
        .env("DEPECHE_CACHE", workspace.path("cache"))
        .assert()
        .success();
    let report = report(&workspace);
    let system = &report["tasks"][0]["systems"][0];
    let expected = format!("tiny@sha256:{}", &sha256[..12]);
    assert_eq!(system["model"], json!(expected));
    assert!(
        figure(&report, 0, 0, "chrf")["signature"]
            .as_str()
            .unwrap()
            .contains(&expected)
    );
    assert!(system["speed"]["new_tokens_per_second"].as_f64().unwrap() > 0.0);
}
