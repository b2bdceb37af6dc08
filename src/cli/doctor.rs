//! `depeche doctor`: what this machine has, what a run would use and why, and what stands in its way.

use super::load::{self, Adaptation};
use super::store::StoreArgs;
use crate::registry::{Answer, Model, Role, State, Store};
use anyhow::Context;
use clap::Args;
use indicatif::BinaryBytes;
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use sysinfo::{Disks, MemoryRefreshKind, RefreshKind, System};

/// Exit status when a run could not take place as things are.
const NOT_READY: u8 = 1;
/// Memory of a run in multiples of its weights' size on disk, keys and values included. Measured with the default models,
/// 1.21 GB: 2.1 GB where weights stay in the mapped file, 3.3 to 3.6 GB where Candle copies and packs them.
fn memory_factor() -> f64 {
    match crate::kernels::available() {
        true => 2.0,
        false => 3.0,
    }
}

/// Arguments of `depeche doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  depeche doctor                  what would be used here, and what is missing
  depeche doctor --json > doctor.json

Exit status: 0 a run can take place, 1 something stands in its way, 2 could not look.")]
pub struct DoctorArgs {
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,

    /// Encoder that a run would be given
    #[arg(long, value_name = "ID", env = "DEPECHE_ENCODER")]
    encoder: Option<String>,

    /// Generator that a run would be given
    #[arg(long, value_name = "ID", env = "DEPECHE_GENERATOR")]
    generator: Option<String>,

    #[command(flatten)]
    store: StoreArgs,
}

/// Everything that was looked at.
#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    machine: Machine,
    cache: Cache,
    models: Vec<ModelReport>,
    /// Sources of models.
    sources: Vec<Source>,
    /// What stands in the way of a run; empty if nothing does.
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Machine {
    threads: usize,
    /// The set of kernels that products run on.
    kernels: &'static str,
    /// What of the processor decides that.
    cpu_features: Vec<&'static str>,
    memory_bytes: u64,
    available_memory_bytes: u64,
}

#[derive(Debug, Serialize)]
struct Cache {
    folder: String,
    writable: bool,
    /// `null` where the system does not tell.
    free_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct ModelReport {
    role: Role,
    id: String,
    /// Why this one.
    because: &'static str,
    state: State,
    bytes: Option<u64>,
    /// Name and hash, with the adapter that the program lays over it.
    fingerprint: Option<String>,
}

#[derive(Debug, Serialize)]
struct Source {
    name: &'static str,
    /// `null` if it was not asked.
    reached: Option<bool>,
    said: String,
}

/// Runs `depeche doctor`.
///
/// # Errors
/// The registry cannot be read, or a model that was named is not in it.
pub fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let store = args.store.open(true)?;
    let models = vec![
        model(&store, Role::Encoder, &args.encoder)?,
        model(&store, Role::Generator, &args.generator)?,
    ];
    let sources = vec![
        source("Hugging Face hub", store.reach_hub()),
        source("pip", store.reach_pip()),
    ];
    let (machine, cache) = (Machine::look(), Cache::look(store.cache()));
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        problems: problems(&machine, &cache, &models, &sources),
        machine,
        cache,
        models,
        sources,
    };
    let out = &mut std::io::stdout().lock();
    match args.json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?,
        false => report.print(out)?,
    }
    Ok(match report.problems.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(NOT_READY),
    })
}

fn model(store: &Store, role: Role, wanted: &Option<String>) -> anyhow::Result<ModelReport> {
    let (model, because): (&Model, _) = match wanted {
        Some(id) => (store.registry().get(id)?, "named by flag or environment"),
        None => (
            store.registry().default_model(role)?,
            "default of the registry",
        ),
    };
    let fingerprint = model.fingerprint().map(|plain| match role {
        Role::Generator => load::generator_fingerprint(&plain, true),
        _ => Adaptation::of(&plain).fingerprint(&plain),
    });
    Ok(ModelReport {
        role,
        because,
        state: store
            .state(&model.id)
            .with_context(|| format!("cannot look at {}", model.id))?,
        bytes: model.bytes(),
        id: model.id.clone(),
        fingerprint,
    })
}

fn source(name: &'static str, answer: Answer) -> Source {
    let (reached, said) = match answer {
        Answer::Reached(said) => (Some(true), said),
        Answer::Unreached(said) => (Some(false), said),
        Answer::NotAsked(said) => (None, said),
    };
    Source {
        name,
        reached,
        said,
    }
}

impl Machine {
    fn look() -> Self {
        let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(memory);
        Self {
            threads: std::thread::available_parallelism().map_or(1, |threads| threads.get()),
            kernels: crate::kernels::detect(),
            cpu_features: crate::kernels::features(),
            memory_bytes: system.total_memory(),
            available_memory_bytes: system.available_memory(),
        }
    }
}

impl Cache {
    fn look(folder: &Path) -> Self {
        // Of a folder that does not exist yet the nearest one above says it.
        let there = folder.ancestors().find(|folder| folder.exists());
        let there = there.and_then(|folder| folder.canonicalize().ok());
        let disks = Disks::new_with_refreshed_list();
        let disk = disks
            .iter()
            .filter(|disk| {
                there
                    .as_ref()
                    .is_some_and(|there| there.starts_with(disk.mount_point()))
            })
            .max_by_key(|disk| disk.mount_point().as_os_str().len());
        Self {
            folder: folder.display().to_string(),
            writable: there.is_some_and(|there| tempfile::tempfile_in(there).is_ok()),
            free_bytes: disk.map(|disk| disk.available_space()),
        }
    }
}

/// What stands in the way of a run, with the next step.
fn problems(
    machine: &Machine,
    cache: &Cache,
    models: &[ModelReport],
    sources: &[Source],
) -> Vec<String> {
    let mut problems = Vec::new();
    for model in models.iter().filter(|model| model.state == State::Disabled) {
        let id = &model.id;
        problems.push(format!(
            "the hash of {id} is not known: run `depeche models pin {id}`"
        ));
    }
    let missing = |model: &&ModelReport| matches!(model.state, State::NotFetched | State::Damaged);
    let missing: Vec<&ModelReport> = models.iter().filter(missing).collect();
    let bytes = |models: &[&ModelReport]| -> u64 { models.iter().filter_map(|m| m.bytes).sum() };
    if !missing.is_empty() {
        if !sources.iter().any(|source| source.reached == Some(true)) {
            problems.push(
                "models are missing and no source answers: copy them to a folder of ID/FILE and name it with --models-dir"
                    .to_owned(),
            );
        }
        if !cache.writable {
            problems.push(format!(
                "models are missing and {} cannot be written: choose another folder with --cache",
                cache.folder
            ));
        }
        let needed = bytes(&missing);
        if cache.free_bytes.is_some_and(|free| free < needed) {
            problems.push(format!(
                "models of {} are missing, more than is free in {}: choose another folder with --cache",
                BinaryBytes(needed),
                cache.folder
            ));
        }
    }
    let all: Vec<&ModelReport> = models.iter().collect();
    let needed = (bytes(&all) as f64 * memory_factor()) as u64;
    if machine.available_memory_bytes < needed {
        problems.push(format!(
            "a run takes about {} of memory, {} are available: end other programs, or name a smaller model with --generator",
            BinaryBytes(needed),
            BinaryBytes(machine.available_memory_bytes)
        ));
    }
    problems
}

impl Report {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let mut line = |name: &str, text: String| writeln!(out, "{name:<17} {text}");
        line("depeche", self.version.to_owned())?;
        let machine = &self.machine;
        line(
            "processor",
            format!(
                "{} threads, kernels {} (it has {})",
                machine.threads,
                machine.kernels,
                machine.cpu_features.join(", ")
            ),
        )?;
        line(
            "memory",
            format!(
                "{}, {} available",
                BinaryBytes(machine.memory_bytes),
                BinaryBytes(machine.available_memory_bytes)
            ),
        )?;
        let free = self.cache.free_bytes.map_or_else(
            || "free space unknown".to_owned(),
            |free| format!("{} free", BinaryBytes(free)),
        );
        let writable = if self.cache.writable {
            "can be written"
        } else {
            "cannot be written"
        };
        line(
            "model cache",
            format!("{}: {writable}, {free}", self.cache.folder),
        )?;
        for model in &self.models {
            let state = match model.state {
                State::Ready => "ready".to_owned(),
                State::NotFetched => "not here yet: the next run fetches it".to_owned(),
                State::Damaged => "damaged: the next run fetches it again".to_owned(),
                State::Disabled => "disabled: its hash is not known".to_owned(),
            };
            let name = model.fingerprint.as_ref().unwrap_or(&model.id);
            line(
                &model.role.to_string(),
                format!("{name}, {state} ({})", model.because),
            )?;
        }
        for source in &self.sources {
            let reached = match source.reached {
                Some(true) => "answers",
                Some(false) => "does not answer",
                None => "not asked",
            };
            line(source.name, format!("{reached}: {}", source.said))?;
        }
        match self.problems.is_empty() {
            true => line("a run", "can take place".to_owned()),
            false => self
                .problems
                .iter()
                .try_for_each(|problem| line("in the way", problem.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(state: State, reached: Option<bool>, writable: bool, free: u64) -> Vec<String> {
        let machine = Machine {
            threads: 2,
            kernels: "avx2",
            cpu_features: Vec::new(),
            memory_bytes: 8 << 30,
            available_memory_bytes: 4 << 30,
        };
        let cache = Cache {
            folder: "/cache".to_owned(),
            writable,
            free_bytes: Some(free),
        };
        let model = ModelReport {
            role: Role::Generator,
            id: "big".to_owned(),
            because: "default of the registry",
            state,
            bytes: Some(1 << 30),
            fingerprint: None,
        };
        let source = Source {
            name: "pip",
            reached,
            said: String::new(),
        };
        problems(&machine, &cache, &[model], &[source])
    }

    #[test]
    fn each_obstacle_is_named_with_the_next_step() {
        let plenty = 9 << 30;
        let table = [
            (found(State::Ready, None, false, 0), None),
            (found(State::NotFetched, Some(true), true, plenty), None),
            (
                found(State::NotFetched, Some(false), true, plenty),
                Some("--models-dir"),
            ),
            (
                found(State::Damaged, Some(true), false, plenty),
                Some("cannot be written"),
            ),
            (
                found(State::NotFetched, Some(true), true, 1 << 20),
                Some("more than is free"),
            ),
            (
                found(State::Disabled, Some(true), true, plenty),
                Some("models pin big"),
            ),
        ];
        for (found, expected) in table {
            match expected {
                None => assert_eq!(found, Vec::<String>::new()),
                Some(expected) => assert!(
                    found.len() == 1 && found[0].contains(expected),
                    "{found:?} {expected}"
                ),
            }
        }
    }
}
