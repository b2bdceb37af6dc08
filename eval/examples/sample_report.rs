//! Writes the sample report (invented articles and systems) into a folder, to look at or to test a browser with, and the
//! JSON Schema of reports beside it:
//! `cargo run --release -p depeche-eval --example sample_report -- FOLDER`.

#[path = "../tests/report/sample/mod.rs"]
mod sample;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use depeche_eval::report;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("name the folder to write report.json, report.md and report.html into");
        return ExitCode::from(2);
    };
    match write(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let sample = sample::report();
    report::write(&sample, folder)?;
    let schema = serde_json::to_string_pretty(&report::json_schema())? + "\n";
    std::fs::write(folder.join("report.schema.json"), schema)?;
    print!("{}", report::terminal(&sample));
    Ok(())
}
