//! What the tests of the built binary share: a workspace of files and the program run in it.

use assert_cmd::Command;
use depeche::record::Record;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A temporary folder with input files.
pub struct Workspace(tempfile::TempDir);

impl Workspace {
    pub fn new(files: &[(&str, &[u8])]) -> Self {
        let workspace = Self(tempfile::tempdir().unwrap());
        for (name, content) in files {
            workspace.write(name, content);
        }
        workspace
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program, run in this folder.
    pub fn depeche(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("depeche").unwrap();
        command.current_dir(self.0.path()).args(args);
        command
    }

    /// The records of a JSON Lines file.
    pub fn records(&self, name: &str) -> Vec<Value> {
        parse_records(&self.read(name))
    }
}

/// One JSON value a line, each with exactly the fields of the published schema.
pub fn parse_records(lines: &str) -> Vec<Value> {
    lines
        .lines()
        .map(|line| {
            let value: Value = serde_json::from_str(line).unwrap();
            let record: Record = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_value(record).unwrap(), value, "{line}");
            value
        })
        .collect()
}

/// True when the model's files are in the program's cache; says that the test is skipped otherwise.
pub fn has_model(id: &str) -> bool {
    let output = Command::cargo_bin("depeche")
        .unwrap()
        .args(["models", "path", id])
        .output()
        .unwrap();
    if !output.status.success() {
        // Written, not printed: the test runner hides what a passing test prints.
        let _ = std::io::stderr().write_fmt(format_args!(
            "skipped: model {id} is not in the cache (run `depeche models fetch {id}`)\n"
        ));
    }
    output.status.success()
}

/// The folder of real data named by `DEPECHE_DATA`; says that the test is skipped when there is none.
pub fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("DEPECHE_DATA").map(PathBuf::from);
    let found = folder.filter(|folder| Path::is_dir(folder));
    if found.is_none() {
        // Written, not printed: the test runner hides what a passing test prints.
        let _ = std::io::stderr().write_fmt(format_args!(
            "skipped: real data not found; set DEPECHE_DATA to its folder\n"
        ));
    }
    found
}

pub const ENCODER: &str = "multilingual-e5-small-q4";
pub const GENERATOR: &str = "qwen2.5-coder-1.5b-instruct";
