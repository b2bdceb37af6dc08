//! `depeche label` killed, interrupted, refused and started again: real binary, real encoder.
#![cfg(unix)]

#[allow(dead_code)] // what only other tests use
mod support;

use predicates::prelude::*;
use serde_json::Value;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::{ENCODER, Workspace, has_model};

/// Longest wait for something that a run does.
const PATIENCE: Duration = Duration::from_secs(300);
/// Runs that are killed in the short form of the soak.
const KILLS: usize = 10;

/// Articles of which no two are the same, as JSON Lines.
fn rows(ids: impl IntoIterator<Item = usize>) -> String {
    let row = |n: usize| {
        let text = format!(
            "Hanoï (VNA) - Le commerce bilatéral entre le Vietnam et la Russie a atteint {n},5 milliards de dollars en \
             2022, selon le ministère de l'Industrie et du Commerce. Une délégation de {n} entreprises est attendue."
        );
        serde_json::json!({"id": format!("a{n:03}"), "title": format!("Échanges {n}"), "text": text})
    };
    ids.into_iter().map(|n| format!("{}\n", row(n))).collect()
}

/// A folder with so many articles, and `whole.jsonl`: what a run over them gives that nothing disturbs.
fn labelled(articles: usize) -> Workspace {
    let workspace = Workspace::new(&[("rows.jsonl", rows(0..articles).as_bytes())]);
    workspace.depeche(&args("whole.jsonl")).assert().success();
    workspace
}

fn args(output: &str) -> [&str; 6] {
    ["label", "rows.jsonl", "--only", "topics", "-o", output]
}

fn start(workspace: &Workspace, args: &[&str]) -> Child {
    Command::new(assert_cmd::cargo::cargo_bin("depeche"))
        .current_dir(workspace.path(""))
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lines of the journal, the first one not counted.
fn journalled(workspace: &Workspace) -> usize {
    let journal = std::fs::read(workspace.path("out.jsonl.journal")).unwrap_or_default();
    let lines = journal.iter().filter(|byte| **byte == b'\n').count();
    lines.saturating_sub(1)
}

/// Waits until the run has labelled so many articles more, or has ended.
fn wait_for(workspace: &Workspace, run: &mut Child, more: usize) {
    let (before, started) = (journalled(workspace), Instant::now());
    while run.try_wait().unwrap().is_none() && journalled(workspace) < before + more {
        assert!(started.elapsed() < PATIENCE, "nothing is labelled");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn signal(run: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &run.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Exit status and standard error.
fn end(run: Child) -> (Option<i32>, String) {
    let output = run.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), stderr)
}

/// A number below `bound`.
fn random(bound: usize) -> usize {
    let number = RandomState::new().hash_one(bound);
    usize::try_from(number % bound as u64).unwrap()
}

fn report(workspace: &Workspace) -> Value {
    serde_json::from_str(&workspace.read("out.jsonl.run.json")).unwrap()
}

#[test]
fn a_run_that_is_killed_again_and_again_loses_nothing() {
    if !has_model(ENCODER) {
        return;
    }
    let started = Instant::now();
    let workspace = labelled(60);
    let undisturbed = usize::try_from(started.elapsed().as_millis()).unwrap();
    for kill in 0..KILLS {
        let mut run = start(&workspace, &args("out.jsonl"));
        let before = journalled(&workspace);
        // Every other one wherever it is: loading, labelling or putting the output in its place.
        match kill % 2 {
            0 => wait_for(&workspace, &mut run, 1 + random(5)),
            _ => std::thread::sleep(Duration::from_millis(random(undisturbed) as u64)),
        }
        run.kill().unwrap();
        run.wait().unwrap();
        let done = workspace.path("out.jsonl").exists();
        assert!(done || journalled(&workspace) >= before, "records are lost");
    }
    workspace.depeche(&args("out.jsonl")).assert().success();
    assert_eq!(workspace.read("out.jsonl"), workspace.read("whole.jsonl"));
    assert!(!workspace.path("out.jsonl.journal").exists());
    assert!(!workspace.path(".out.jsonl.tmp").exists());
    let counts = &report(&workspace)["counts"];
    let done = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!(done("kept") + done("labelled"), 60);
}

#[test]
fn signals_end_a_run_after_the_article_in_hand() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = labelled(60);
    for (name, status) in [("-INT", 130), ("-TERM", 143)] {
        let mut run = start(&workspace, &args("out.jsonl"));
        wait_for(&workspace, &mut run, 2);
        signal(&run, name);
        let (code, stderr) = end(run);
        assert_eq!(code, Some(status), "{stderr}");
        assert!(
            stderr.contains("of 60 labelled; run the same command again to go on"),
            "{stderr}"
        );
        // What there is has been put in its place.
        let (part, whole) = (workspace.read("out.jsonl"), workspace.read("whole.jsonl"));
        assert!(
            part.len() < whole.len() && whole.starts_with(&part),
            "{stderr}"
        );
        assert!(!workspace.path("out.jsonl.journal").exists());
        assert_eq!(report(&workspace)["finished"], false);
    }
    // A second signal ends it wherever it is.
    let mut run = start(&workspace, &args("out.jsonl"));
    wait_for(&workspace, &mut run, 2);
    signal(&run, "-INT");
    signal(&run, "-INT");
    assert_eq!(end(run).0, Some(130));
    workspace.depeche(&args("out.jsonl")).assert().success();
    assert_eq!(workspace.read("out.jsonl"), workspace.read("whole.jsonl"));
}

#[test]
fn three_new_articles_and_an_edited_one_are_four_to_label() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = Workspace::new(&[("rows.jsonl", rows(1..6).as_bytes())]);
    for name in ["out.jsonl", "out.csv"] {
        workspace.write("rows.jsonl", rows(1..6).as_bytes());
        workspace.depeche(&args(name)).assert().success();
        // One before, one between (so that every row moves), one behind; and another text under an old id.
        let edited = rows([3]).replace("attendue", "partie");
        let now = [rows([0, 1, 2]), edited, rows([9, 4, 5, 7])].concat();
        workspace.write("rows.jsonl", now.as_bytes());
        workspace
            .depeche(&args(name))
            .assert()
            .success()
            .stderr(predicate::str::contains(
                "8 articles: 4 labelled, 1 of them changed",
            ))
            .stderr(predicate::str::contains("(a003)"));
        let grown = workspace.read(name);
        workspace
            .depeche(&[&args(name)[..], &["--overwrite"]].concat())
            .assert()
            .success();
        assert_eq!(grown, workspace.read(name));
    }
}

#[test]
fn a_second_run_into_the_same_output_is_refused() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = Workspace::new(&[("rows.jsonl", rows(0..200).as_bytes())]);
    let mut run = start(&workspace, &args("out.jsonl"));
    wait_for(&workspace, &mut run, 1);
    for more in [&[][..], &["--overwrite"]] {
        workspace
            .depeche(&[&args("out.jsonl")[..], more].concat())
            .assert()
            .code(2)
            .stderr(predicate::str::contains("another run"));
    }
    signal(&run, "-TERM");
    let (code, stderr) = end(run);
    assert_eq!(code, Some(143), "{stderr}");
}

#[test]
fn a_folder_that_cannot_be_written_is_refused_before_models_are_loaded() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = Workspace::new(&[("rows.jsonl", rows(0..1).as_bytes())]);
    std::fs::create_dir(workspace.path("closed")).unwrap();
    let mode = |mode| {
        let permissions = PermissionsExt::from_mode(mode);
        std::fs::set_permissions(workspace.path("closed"), permissions).unwrap();
    };
    mode(0o555);
    if std::fs::write(workspace.path("closed/probe"), "").is_ok() {
        // As root.
        eprintln!("skipped: this user may write into any folder");
        return;
    }
    // No model is there: it is not looked for.
    let mut command = workspace.depeche(&[&args("closed/out.jsonl")[..], &["--offline"]].concat());
    command
        .env("DEPECHE_CACHE", workspace.path("cache"))
        .assert()
        .code(2)
        .stderr(predicate::str::contains(
            "cannot write closed/out.jsonl.journal",
        ));
    mode(0o755);
}

#[test]
fn a_run_that_cannot_begin_leaves_the_output_alone() {
    let workspace = Workspace::new(&[
        ("rows.jsonl", rows(0..1).as_bytes()),
        ("out.jsonl", b"mine"),
    ]);
    let args = [&args("out.jsonl")[..], &["--offline", "--overwrite"]].concat();
    let mut command = workspace.depeche(&args);
    command.env("DEPECHE_CACHE", workspace.path("cache"));
    command
        .assert()
        .code(2)
        .stderr(predicate::str::contains(ENCODER));
    assert_eq!(workspace.read("out.jsonl"), "mine");
    assert!(!workspace.path("out.jsonl.journal").exists());
}

#[test]
fn readers_that_go_away_and_closed_inputs_are_no_disaster() {
    if !has_model(ENCODER) {
        return;
    }
    let workspace = Workspace::new(&[("rows.jsonl", rows(0..20).as_bytes())]);
    let mut run = start(&workspace, &["label", "rows.jsonl", "--only", "topics"]);
    // As `| head -c 1` does.
    run.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
    let (code, stderr) = end(run);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        !stderr.contains("error") && !stderr.contains("labelled"),
        "{stderr}"
    );
    // Nobody hears what is said on standard error.
    let mut run = start(&workspace, &args("out.jsonl"));
    drop(run.stderr.take());
    assert_eq!(run.wait().unwrap().code(), Some(0));
    assert_eq!(workspace.records("out.jsonl").len(), 20);
    // Standard input is closed.
    let program = assert_cmd::cargo::cargo_bin("depeche");
    let closed = Command::new("sh")
        .args(["-c", "exec \"$0\" label - --only topics <&-"])
        .arg(&program)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&closed.stdout).into_owned();
    assert_eq!(closed.status.code(), Some(1), "{said}");
    assert!(said.contains("\"code\":\"empty\""), "{said}");
}

#[test]
fn a_full_disk_is_told() {
    if !has_model(ENCODER) || !Path::new("/dev/full").exists() {
        return;
    }
    let workspace = Workspace::new(&[("rows.jsonl", rows(0..3).as_bytes())]);
    workspace
        .depeche(&args("/dev/full"))
        .assert()
        .code(2)
        .stderr(predicate::str::contains("cannot write /dev/full"));
}
