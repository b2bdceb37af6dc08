//! Tells the program which sources it was built from, so that `depeche label --dry-run` can say whether another build
//! would write the same topics (`DEPECHE_TOPICS_SOURCES`) or abstracts (`DEPECHE_ABSTRACTS_SOURCES`).

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Where everything is that decides the content of a record, besides the weights.
const SOURCES: [&str; 3] = ["Cargo.lock", "models", "src"];
/// What decides neither topics nor abstracts: the commands, and pages for people.
const NEITHER: [&str; 4] = [
    "src/cli",
    "models/README.md",
    "models/NOTICE",
    "models/record.schema.json",
];
/// What decides topics only.
const TOPICS: [&str; 3] = ["src/topics", "models/taxonomy.toml", "models/heads"];
/// What decides abstracts only.
const ABSTRACTS: [&str; 6] = [
    "src/abstracts",
    "src/generator",
    "models/adapters/abstracts",
    "models/salience",
    "models/terms.toml",
    "models/words.tsv",
];

fn main() {
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        collect(Path::new(source), &mut files);
    }
    files.sort();
    for (name, others) in [("TOPICS", ABSTRACTS.as_slice()), ("ABSTRACTS", &TOPICS)] {
        let left_out = |file: &&PathBuf| {
            let mut places = NEITHER.iter().chain(others);
            !places.any(|place| file.starts_with(place))
        };
        let hash = hash(files.iter().filter(left_out));
        println!("cargo::rustc-env=DEPECHE_{name}_SOURCES=sha256:{hash}");
    }
}

/// The first 12 hex digits of the hash of the names and contents of files.
fn hash<'a>(files: impl Iterator<Item = &'a PathBuf>) -> String {
    let mut digest = Sha256::new();
    for file in files {
        let content = std::fs::read(file)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
        digest.update(file.to_string_lossy().as_bytes());
        digest.update((content.len() as u64).to_le_bytes());
        digest.update(content);
    }
    let bytes = digest.finalize();
    bytes[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// All files at and below `path`; a path that is not there (a published package has no `Cargo.lock`) has none.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
        return;
    }
    let Ok(entries) = std::fs::read_dir(path) else {
        return;
    };
    for entry in entries.flatten() {
        collect(&entry.path(), files);
    }
}
