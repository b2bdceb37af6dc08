//! Models on this machine: finds, fetches and verifies the files of a model.
//!
//! Owns [`Store`] and [`LocalModel`]. Where a file comes from is in `fetch`; here is where it lies:
//! in `models_dir`, in the cache, or at a `path` source. No path is handed out before the content
//! behind it had the hash of the registry.

use std::path::{Path, PathBuf};

use super::cache::{Checks, lock};
use super::fetch::Fetcher;
use super::manifest::{Model, ModelFile, Role, Sha256, Source};
use super::{Registry, RegistryError, StoreOptions};

/// A model whose files are on this machine and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalModel {
    /// Its name.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// The layout of its weights: `qwen2`, `gemma3`, `bert`, …
    pub architecture: String,
    /// For provenance: `id@sha256:` and the first 12 hex digits of the main weight file's hash.
    pub fingerprint: String,
    /// The main weight file.
    pub weights: PathBuf,
    /// All files, in the order of the registry.
    pub files: Vec<LocalFile>,
}

/// A verified file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// Name in the registry (the file on disk may be called otherwise).
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its hash.
    pub sha256: Sha256,
}

impl LocalModel {
    /// The path of the file of this name.
    pub fn file(&self, name: &str) -> Option<&Path> {
        let file = self.files.iter().find(|file| file.name == name)?;
        Some(&file.path)
    }
}

/// Whether a model can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// All files are here, with the right hashes.
    Ready,
    /// A file is missing.
    NotFetched,
    /// A file is here, but not with the hash of the registry: `fetch` will replace it.
    Damaged,
    /// The hash of a file is not known: see [`Store::pin`].
    Disabled,
}

/// What [`Store::verify`] found for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCheck {
    /// Name in the registry.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The hash in the registry.
    pub expected: Sha256,
    /// The hash as read just now.
    pub actual: Sha256,
}

/// The models of a registry, on this machine.
pub struct Store {
    registry: Registry,
    pub(super) options: StoreOptions,
    pub(super) checks: Checks,
    pub(super) fetcher: Fetcher,
}

/// What is on this machine in the place of a file.
enum Found {
    Verified(PathBuf),
    /// The candidates that are there but have another hash.
    Nothing(Vec<(PathBuf, Sha256)>),
}

impl Store {
    /// A store with these settings. Touches neither disk nor network.
    pub fn new(registry: Registry, options: StoreOptions) -> Self {
        Self {
            registry,
            checks: Checks::new(&options.cache),
            fetcher: Fetcher::new(&options),
            options,
        }
    }

    /// A store with registry and settings from the environment, and no messages.
    ///
    /// # Errors
    /// The user's registry file is not valid, or there is no home directory.
    pub fn from_env() -> Result<Self, RegistryError> {
        Ok(Self::new(Registry::from_env()?, StoreOptions::from_env()?))
    }

    /// The models that can be named.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The folder where fetched models are kept.
    pub fn cache(&self) -> &Path {
        &self.options.cache
    }

    /// The model with all its files here and verified; what is missing or damaged is fetched.
    ///
    /// # Errors
    /// Unknown or disabled model, no source gave a file, or the cache cannot be written.
    pub fn ensure(&self, id: &str) -> Result<LocalModel, RegistryError> {
        self.assemble(id, |model, file, sha256| {
            self.ensure_file(model, file, sha256)
        })
    }

    /// As [`Store::ensure`], but never fetches: takes what is on this machine.
    ///
    /// # Errors
    /// Unknown or disabled model; a file is missing or has another hash.
    pub fn local(&self, id: &str) -> Result<LocalModel, RegistryError> {
        self.assemble(id, |model, file, sha256| {
            match self.find(model, file, sha256)? {
                Found::Verified(path) => Ok(path),
                Found::Nothing(wrong) => Err(match wrong.into_iter().next() {
                    None => not_fetched(model, file),
                    Some((path, actual)) => RegistryError::Damaged {
                        id: model.id.clone(),
                        path,
                        actual: actual.to_string(),
                        expected: sha256.to_string(),
                    },
                }),
            }
        })
    }

    /// Whether the model can be used as things are.
    ///
    /// # Errors
    /// Unknown model, or a file that is there cannot be read.
    pub fn state(&self, id: &str) -> Result<State, RegistryError> {
        match self.local(id) {
            Ok(_) => Ok(State::Ready),
            Err(RegistryError::NotPinned { .. }) => Ok(State::Disabled),
            Err(RegistryError::NotFetched { .. }) => Ok(State::NotFetched),
            Err(RegistryError::Damaged { .. }) => Ok(State::Damaged),
            Err(other) => Err(other),
        }
    }

    /// Reads every file of the model again, whatever is remembered of it: each copy that
    /// [`Store::local`] may take.
    ///
    /// # Errors
    /// Unknown or disabled model; a file is missing or cannot be read. A wrong hash is a result.
    pub fn verify(&self, id: &str) -> Result<Vec<FileCheck>, RegistryError> {
        let model = self.registry.get(id)?;
        let mut checks = Vec::new();
        for file in &model.files {
            let expected = pinned(model, file)?;
            let candidates = self.candidates(model, file);
            if candidates.is_empty() {
                return Err(not_fetched(model, file));
            }
            for path in candidates {
                checks.push(FileCheck {
                    name: file.name.clone(),
                    expected: expected.clone(),
                    actual: self.checks.rehash(&path, self.options.progress.as_ref())?,
                    path,
                });
            }
        }
        Ok(checks)
    }

    /// Where a file of a model is in the cache.
    pub(super) fn cached(&self, model: &Model, file: &ModelFile) -> PathBuf {
        self.options
            .cache
            .join("models")
            .join(&model.id)
            .join(&file.name)
    }

    fn assemble(
        &self,
        id: &str,
        obtain: impl Fn(&Model, &ModelFile, &Sha256) -> Result<PathBuf, RegistryError>,
    ) -> Result<LocalModel, RegistryError> {
        let model = self.registry.get(id)?;
        // Before the first byte is fetched: a model that cannot be completed is not begun.
        model
            .files
            .iter()
            .try_for_each(|file| pinned(model, file).map(|_| ()))?;
        let mut files = Vec::with_capacity(model.files.len());
        for file in &model.files {
            let sha256 = pinned(model, file)?;
            files.push(LocalFile {
                name: file.name.clone(),
                path: obtain(model, file, sha256)?,
                sha256: sha256.clone(),
            });
        }
        let main = model.weight_file();
        let weights = files
            .iter()
            .find(|file| file.name == main.name)
            .expect("the weight file is one of the model's files");
        Ok(LocalModel {
            id: model.id.clone(),
            role: model.role,
            architecture: model.architecture.clone(),
            fingerprint: format!("{}@sha256:{}", model.id, weights.sha256.short()),
            weights: weights.path.clone(),
            files,
        })
    }

    fn ensure_file(
        &self,
        model: &Model,
        file: &ModelFile,
        sha256: &Sha256,
    ) -> Result<PathBuf, RegistryError> {
        if let Found::Verified(path) = self.find(model, file, sha256)? {
            return Ok(path);
        }
        let progress = self.options.progress.as_ref();
        let _lock = lock(
            &self.options.cache,
            &format!("{}--{}", model.id, file.name),
            progress,
        )?;
        // Another process may have fetched it while we waited.
        match self.find(model, file, sha256)? {
            Found::Verified(path) => Ok(path),
            Found::Nothing(wrong) => {
                for (path, actual) in wrong {
                    progress.note(&format!(
                        "{}: sha256 is {}…, expected {}…; fetching {}/{} again",
                        path.display(),
                        actual.short(),
                        sha256.short(),
                        model.id,
                        file.name
                    ));
                }
                let target = self.cached(model, file);
                let fetched = self.fetcher.fetch(model, file, &target, &self.checks)?;
                Ok(fetched.path)
            }
        }
    }

    /// The files on this machine that may be the one asked for, best first.
    fn candidates(&self, model: &Model, file: &ModelFile) -> Vec<PathBuf> {
        let folder = self.options.models_dir.as_ref();
        let mut paths: Vec<PathBuf> = folder
            .map(|folder| folder.join(&model.id).join(&file.name))
            .into_iter()
            .collect();
        paths.push(self.cached(model, file));
        paths.extend(file.sources.iter().filter_map(|source| match source {
            Source::Path(path) => Some(path.clone()),
            _ => None,
        }));
        paths.retain(|path| path.is_file());
        paths
    }

    fn find(
        &self,
        model: &Model,
        file: &ModelFile,
        sha256: &Sha256,
    ) -> Result<Found, RegistryError> {
        let mut wrong = Vec::new();
        for path in self.candidates(model, file) {
            let actual = self.checks.digest(&path, self.options.progress.as_ref())?;
            if actual == *sha256 {
                return Ok(Found::Verified(path));
            }
            wrong.push((path, actual));
        }
        Ok(Found::Nothing(wrong))
    }
}

/// The file's hash, or the error that says how to get one.
fn pinned<'a>(model: &Model, file: &'a ModelFile) -> Result<&'a Sha256, RegistryError> {
    file.sha256
        .as_ref()
        .ok_or_else(|| RegistryError::NotPinned {
            id: model.id.clone(),
            file: file.name.clone(),
        })
}

fn not_fetched(model: &Model, file: &ModelFile) -> RegistryError {
    RegistryError::NotFetched {
        id: model.id.clone(),
        file: file.name.clone(),
    }
}
