//! When predictions may be used again: a key of everything that decides them.

use std::path::Path;
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use super::system::{Method, Program, System};
use crate::baselines::Baseline;

/// Why it cannot be told what decides a program's predictions.
#[derive(Debug, thiserror::Error)]
pub enum DryRunError {
    /// A file cannot be read.
    #[error("{path}: cannot be read: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The program cannot be started.
    #[error("{program:?} cannot be started: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The dry run failed.
    #[error("{reason}")]
    Failed {
        /// The last line that the program said.
        reason: String,
    },
}

/// `sha256:` and the first 12 hex digits of the hash of some bytes: how signatures name data.
///
/// ```
/// assert_eq!(depeche_eval::suite::fingerprint(b""), "sha256:e3b0c44298fc");
/// ```
pub fn fingerprint(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}

/// A key of all that decides a system's predictions: equal keys, equal predictions.
///
/// It covers the articles, the articles to learn from, the system's definition, and the program itself: what it says
/// with its dry-run flag, or else the content of the files that its commands name.
pub(super) fn key(
    system: &System,
    input: &[u8],
    train: Option<&[u8]>,
    fill_in: &dyn Fn(&str) -> String,
) -> Result<String, DryRunError> {
    let mut parts = vec![
        env!("CARGO_PKG_VERSION").as_bytes().to_vec(),
        input.to_vec(),
        train.unwrap_or_default().to_vec(),
        format!("{:?}", system.method).into_bytes(),
    ];
    match &system.method {
        Method::Program(program) => parts.extend(of_program(program, fill_in)?),
        Method::File(path) | Method::Baseline(Baseline::Keywords { terms: path }) => {
            parts.push(std::fs::read(path).map_err(|source| DryRunError::Read {
                path: path.display().to_string(),
                source,
            })?);
        }
        Method::Baseline(_) | Method::NotBuilt(_) => (),
    }
    let hashes: Vec<u8> = parts
        .iter()
        .flat_map(|part| Sha256::digest(part).to_vec())
        .collect();
    Ok(fingerprint(&hashes))
}

fn of_program(
    program: &Program,
    fill_in: &dyn Fn(&str) -> String,
) -> Result<Vec<Vec<u8>>, DryRunError> {
    let Some(flag) = &program.dry_run else {
        // What the run itself makes is no part of the program.
        let made = |word: &str| {
            let names = ["{input}", "{output}", "{train}", "{work}"];
            names.iter().any(|name| word.contains(name))
        };
        let words = program.command.iter().chain(program.train.iter().flatten());
        let words = words.filter(|word| !made(word));
        return Ok(words.filter_map(|word| content(&fill_in(word))).collect());
    };
    let mut words: Vec<String> = program.command.iter().map(|word| fill_in(word)).collect();
    words.push(flag.clone());
    let output = Command::new(&words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .output()
        .map_err(|source| DryRunError::Start {
            program: words[0].clone(),
            source,
        })?;
    if output.status.success() {
        return Ok(vec![output.stdout]);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    Err(DryRunError::Failed {
        reason: last.map_or_else(|| output.status.to_string(), |line| line.trim().to_owned()),
    })
}

/// The content of a file, or of the program that the search path has under this name.
fn content(word: &str) -> Option<Vec<u8>> {
    let path = Path::new(word);
    if path.is_file() {
        return std::fs::read(path).ok();
    }
    if path.components().count() != 1 {
        return None;
    }
    let folders = std::env::var_os("PATH")?;
    let mut found = std::env::split_paths(&folders).map(|folder| folder.join(word));
    found
        .find(|path| path.is_file())
        .and_then(|path| std::fs::read(path).ok())
}
