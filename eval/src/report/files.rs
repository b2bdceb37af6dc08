//! The report's three files.
//!
//! Owns [`write()`]: names, and that a reader never sees half a file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::{Report, ReportError, html, markdown};

/// Writes `report.json`, `report.md` and `report.html` into `dir`, which is made if need be.
///
/// Everything is rendered before anything is written, and each file is replaced in one step.
///
/// # Errors
/// [`ReportError`] if the page cannot be made, or names the file that cannot be written.
///
/// ```
/// use depeche_eval::report::{self, Report};
///
/// let report: Report = serde_json::from_str(r#"{
///     "schema": 1, "program": "depeche-eval 0.1.0", "date": "2026-11-23", "machine": {"threads": 2},
///     "resampling": {"bootstrap": 1000, "randomization": 1000, "seed": 1}, "tasks": []
/// }"#)?;
/// let dir = tempfile::tempdir()?;
/// report::write(&report, dir.path())?;
/// let json = std::fs::read_to_string(dir.path().join("report.json"))?;
/// assert_eq!(serde_json::from_str::<Report>(&json)?, report);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(report: &Report, dir: &Path) -> Result<(), ReportError> {
    let mut json = serde_json::to_string_pretty(report)?;
    json.push('\n');
    let files = [
        ("report.json", json),
        ("report.md", markdown::render(report)),
        ("report.html", html::render(report)?),
    ];
    fs::create_dir_all(dir).map_err(|source| failed(dir, source))?;
    for (name, content) in files {
        let path = dir.join(name);
        replace(dir, &path, &content).map_err(|source| failed(&path, source))?;
    }
    Ok(())
}

/// Puts the file in its place whole: written beside it, then renamed.
fn replace(dir: &Path, path: &Path, content: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(content.as_bytes())?;
    readable_by_others(file.as_file())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file is its owner's alone; a report may be read as any other file.
#[cfg(unix)]
fn readable_by_others(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_others(_: &fs::File) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> ReportError {
    ReportError::Write {
        path: path.to_owned(),
        source,
    }
}
