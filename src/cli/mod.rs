//! Flags → settings → one call. The only place that knows clap and anyhow.
//!
//! | exit status | meaning |
//! |---|---|
//! | 0 | all articles are done |
//! | 1 | some articles failed (they are in the output with their reason), or went away during the run |
//! | 2 | could not run, or not go on: usage, settings, models, output |
//! | 130, 143 | `label` was ended by SIGINT or SIGTERM; what it had done is written |

mod doctor;
mod eval;
mod eval_files;
mod label;
pub mod load;
mod models;
mod plan;
mod store;
mod summary;
mod train;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::io::Write;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Exit status when the run could not take place.
const COULD_NOT_RUN: u8 = 2;

/// Topics and short English abstracts for French news-wire articles, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "depeche", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Say more on standard error (-v: what is done, -vv: details)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,

    /// Form of the logs on standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORM", env = "DEPECHE_LOG_FORMAT")]
    log_format: LogFormat,

    /// No progress and no notices on standard error; errors remain
    #[arg(short, long, global = true, env = "DEPECHE_QUIET")]
    quiet: bool,
}

const EXAMPLES: &str = "Examples:
  depeche label articles/ -o out.jsonl     topics and abstract for every article of a folder
  depeche label dump.jsonl --only topics   topics alone, as a table on the terminal
  depeche models fetch                     fetch the default models now";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line, with the time, for programs that collect logs
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Give each article topics and an English abstract
    Label(Box<label::LabelArgs>),
    /// Score predictions against labelled examples, or compare systems
    Eval(Box<eval::EvalArgs>),
    /// Learn topics from labelled articles
    Train(Box<train::TrainArgs>),
    /// List, fetch and verify models
    #[command(after_help = "Example:\n  depeche models fetch")]
    Models(models::ModelsArgs),
    /// Say what this machine has, what a run would use and why, and what stands in its way
    Doctor(doctor::DoctorArgs),
    /// Print the JSON Schema of a record
    #[command(after_help = "Example:\n  depeche schema > record.schema.json")]
    Schema,
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  depeche completions bash > ~/.local/share/bash-completion/completions/depeche"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(cli.verbose, cli.quiet, cli.log_format);
    let log_format = cli.log_format;
    match run(cli) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            match log_format {
                LogFormat::Text => crate::progress::say(&format!("error: {error:#}")),
                LogFormat::Json => tracing::error!("{error:#}"),
            }
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Label(args) => label::run(*args, cli.quiet),
        Command::Eval(args) => eval::run(&args, cli.quiet),
        Command::Train(args) => train::run(&args, cli.quiet),
        Command::Models(args) => models::run(&args, cli.quiet),
        Command::Doctor(args) => doctor::run(&args),
        Command::Schema => {
            let schema = serde_json::to_string_pretty(&crate::record::json_schema())?;
            writeln!(std::io::stdout(), "{schema}")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "depeche",
                &mut std::io::stdout(),
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Logs go to standard error; `RUST_LOG` overrides the flags.
fn start_logging(verbose: u8, quiet: bool, format: LogFormat) {
    let level = match (quiet, verbose, format) {
        (true, ..) => "error,hf_hub=off",
        // hf-hub says at ERROR what the registry says in one line of its own.
        (false, 0, LogFormat::Text) => "warn,hf_hub=off",
        // What is said to people goes into JSON logs at INFO.
        (false, 0 | 1, _) => "depeche=info,warn,hf_hub=off",
        (false, ..) => "depeche=debug,info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // It would say so on standard error, which is what cannot be written.
        .log_internal_errors(false);
    match format {
        LogFormat::Text => logs.with_target(false).without_time().init(),
        LogFormat::Json => {
            logs.json().flatten_event(true).init();
            crate::progress::say_as_json();
        }
    }
}

/// The reader of standard output went away (`| head`): nothing to report.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_subcommand_has_an_example() {
        fn check(command: &clap::Command) {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                help.contains("Example"),
                "{} has no example",
                command.get_name()
            );
            command
                .get_subcommands()
                .filter(|sub| sub.get_name() != "help")
                .for_each(check);
        }
        check(&Cli::command());
    }
}
