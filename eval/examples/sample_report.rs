//! Writes the sample report (invented articles and systems) into a folder, to look at or to test a browser with:
//! `cargo run --release -p depeche-eval --example sample_report -- FOLDER`.

#[path = "../tests/report/sample.rs"]
mod sample;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("name the folder to write report.json, report.md and report.html into");
        return ExitCode::from(2);
    };
    let report = sample::report();
    print!("{}", depeche_eval::report::terminal(&report));
    match depeche_eval::report::write(&report, Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
