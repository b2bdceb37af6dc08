//! Tells the program which sources it was built from (`DEPECHE_SOURCES`), so that `depeche label --dry-run` can say
//! whether another build would write the same records.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What decides the content of a record, besides the weights. The commands beside `label` do not.
const SOURCES: [&str; 3] = ["Cargo.lock", "models", "src"];

fn main() {
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        collect(Path::new(source), &mut files);
    }
    files.sort();
    let mut digest = Sha256::new();
    let decides = |file: &PathBuf| {
        !file.starts_with("src/cli") && file.extension().is_none_or(|extension| extension != "md")
    };
    for file in files.iter().filter(|file| decides(file)) {
        let content = std::fs::read(file)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
        digest.update(file.to_string_lossy().as_bytes());
        digest.update((content.len() as u64).to_le_bytes());
        digest.update(content);
    }
    let hex: String = digest.finalize()[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    println!("cargo::rustc-env=DEPECHE_SOURCES=sha256:{hex}");
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
