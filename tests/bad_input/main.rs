//! Bad inputs through the built binary with tiny models: nothing crashes, every input is a record or is named in the
//! error, and the good article between two bad ones has the record that it has alone.

mod files;
mod json;
mod models;
#[path = "../fixtures/special_names.rs"]
mod special_names;
#[path = "../support/mod.rs"]
#[allow(dead_code)] // what only tests with real models use
mod support;
mod texts;

use files::{BadFile, Outcome, Row};
use models::TinyModels;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use support::{Workspace, parse_records};

/// Articles above this fail: small, so that a long text is quick to make and to label.
const LIMIT: usize = 200_000;

/// What makes sense and stands between bad neighbours.
const GOOD: &str = "Le commerce entre les deux pays a atteint 3,5 milliards de dollars en 2022. Le ministre se rendra à \
Moscou le 15 mai.";

/// The record of [`GOOD`] alone; what is before `"date"` is the article's name.
struct Alone(String);

impl Alone {
    fn new(models: &TinyModels, more: &[&str]) -> Self {
        let workspace = Workspace::new(&[("good.txt", GOOD.as_bytes())]);
        let line = run(&workspace, models, "good.txt", more);
        assert_eq!(line.0, Some(0), "{}", line.1);
        Self(named(workspace.read("out.jsonl").trim_end()).to_owned())
    }

    /// Whether this is the record of the good article, byte for byte but for its name.
    fn is(&self, line: &str) -> bool {
        named(line) == self.0
    }
}

/// A record's line without id and source.
fn named(line: &str) -> &str {
    &line[line.find("\"date\":").expect("a record has a date")..]
}

/// Labels `input`; the exit status and what was said.
fn run(
    workspace: &Workspace,
    models: &TinyModels,
    input: &str,
    more: &[&str],
) -> (Option<i32>, String) {
    let limit = LIMIT.to_string();
    let mut args = vec![
        "label",
        input,
        "-o",
        "out.jsonl",
        "--max-article-bytes",
        &limit,
    ];
    args.extend(["--attempts", "1", "--max-new-tokens", "6"]);
    args.extend(more);
    let mut command = workspace.depeche(&args);
    models.choose(&mut command);
    let output = command.output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

/// Writes the files, labels them all in one run, and looks at what came of each.
fn label_all(bad: &[BadFile], more: &[&str]) {
    let models = TinyModels::new();
    let alone = Alone::new(&models, more);
    let workspace = Workspace::new(&[]);
    for file in bad {
        workspace.write(&format!("in/{}", file.name), &file.bytes);
    }
    let (status, said) = run(&workspace, &models, "in", more);
    assert_ne!(status, Some(2), "{said}");
    let lines = workspace.read("out.jsonl");
    let last: String = lines
        .lines()
        .last()
        .unwrap_or("(none)")
        .chars()
        .take(120)
        .collect();
    assert_eq!(status, Some(1), "{said}\nlast record: {last}");
    assert!(!said.contains("panicked"), "{said}");
    let mut found: BTreeMap<String, &str> = BTreeMap::new();
    for (record, line) in parse_records(&lines).iter().zip(lines.lines()) {
        check_record(record, line);
        let source = record["source"].as_str().expect("a source").to_owned();
        assert!(found.insert(source, line).is_none(), "twice: {line}");
    }
    let expected: BTreeSet<String> = bad
        .iter()
        .flat_map(|file| check_rows(file, &found, &alone, &said))
        .collect();
    let found: BTreeSet<String> = found.into_keys().collect();
    assert_eq!(found, expected);
}

/// Each row of a file has its record, the good ones that of the good article; a file without rows was named.
fn check_rows(
    file: &BadFile,
    found: &BTreeMap<String, &str>,
    alone: &Alone,
    said: &str,
) -> Vec<String> {
    let Outcome::Rows(rows) = &file.outcome else {
        panic!("{} stops a run and cannot be in this one", file.name);
    };
    assert!(
        !rows.is_empty() || said.contains(&file.name),
        "{} is not named: {said}",
        file.name
    );
    let check = |row: &Row| {
        let line = row.line.map_or(String::new(), |line| format!("#{line}"));
        let source = format!("in/{}{line}", file.name);
        let record = found
            .get(&source)
            .unwrap_or_else(|| panic!("no record of {source}\n{said}"));
        assert!(
            !row.good || alone.is(record),
            "{source}\nis    {}\nalone {}",
            named(record),
            alone.0
        );
        source
    };
    rows.iter().map(check).collect()
}

/// Probabilities are probabilities, and a failed article says why.
fn check_record(record: &Value, line: &str) {
    for topic in record["topics"].as_array().expect("a list") {
        let p = topic["probability"].as_f64();
        assert!(p.is_some_and(|p| (0.0..=1.0).contains(&p)), "{line}");
    }
    for error in record["errors"].as_array().expect("a list") {
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| message.len() > 10),
            "{line}"
        );
    }
}

#[test]
fn there_are_more_than_six_hundred() {
    let all = [
        texts::pages(),
        texts::rows(),
        texts::tables(),
        files::rows(),
        files::refused(),
    ]
    .concat();
    let names: BTreeSet<&str> = all.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "each has a name of its own");
    let inputs: usize = all.iter().map(BadFile::inputs).sum();
    assert!(inputs >= 600, "{inputs}");
}

#[test]
fn bad_pages_get_topics_and_abstracts() {
    label_all(&texts::pages(), &[]);
}

#[test]
fn the_same_texts_as_rows_leave_their_neighbours_alone() {
    let bad = [texts::rows(), texts::tables()].concat();
    label_all(&bad, &["--only", "topics"]);
}

#[test]
fn bad_rows_and_files_are_records_or_named() {
    label_all(&files::rows(), &["--only", "topics"]);
}

#[test]
fn what_is_not_in_its_format_is_refused_by_file_and_line() {
    let models = TinyModels::new();
    for file in files::refused() {
        let Outcome::Refused(parts) = &file.outcome else {
            panic!("{} is not refused", file.name);
        };
        let workspace = Workspace::new(&[(&file.name, &file.bytes)]);
        let (status, said) = run(&workspace, &models, &file.name, &[]);
        assert_eq!(status, Some(2), "{}: {said}", file.name);
        for &part in parts.iter() {
            assert!(said.contains(part), "{}: {said} lacks {part}", file.name);
        }
        assert!(
            said.contains(&file.name) && !said.contains(['\u{1b}', '\0']),
            "{said:?}"
        );
        assert!(said.len() < 2000, "{} bytes", said.len());
        assert!(!workspace.path("out.jsonl").exists());
    }
}

#[test]
fn weights_that_are_not_the_pinned_ones_are_not_parsed() {
    for file in ["model.gguf", "model.safetensors", "tokenizer.json"] {
        let models = TinyModels::new();
        models.change_a_byte(file);
        let workspace = Workspace::new(&[("good.txt", GOOD.as_bytes())]);
        let (status, said) = run(&workspace, &models, "good.txt", &[]);
        assert_eq!(status, Some(2), "{file}: {said}");
        assert!(
            said.contains(file) && said.contains("sha256"),
            "{file}: {said}"
        );
        assert!(!said.contains("cannot load"), "{file} was parsed: {said}");
    }
}

#[test]
fn standard_input_of_any_kind_is_read_or_refused() {
    let models = TinyModels::new();
    let table: [(&[u8], i32, &str); 7] = [
        (b"", 1, "empty"),
        (b"\xFF\xFEL\0e\0", 1, "not_utf8"),
        (b"{\"text\": 3}\n{", 1, "bad_row"),
        (b"[{\"text\": \"Un.\"}, 3]", 1, "bad_row"),
        (b"[[[", 1, "bad_row"),
        (b"id,text\n1,\"Un\n2,Deux\n", 1, "bad_row"),
        (b"id,text\n1,Un\n1,Deux\n", 2, "-#2 and -#3"),
    ];
    for (content, status, part) in table {
        let workspace = Workspace::new(&[]);
        let mut command =
            workspace.depeche(&["label", "-", "--only", "topics", "--format", "jsonl"]);
        models.choose(&mut command);
        let output = command
            .write_stdin(content)
            .output()
            .expect("the program starts");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(status), "{content:?}: {said}");
        assert!(said.contains(part), "{content:?}: {said}");
    }
}
