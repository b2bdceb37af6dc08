//! Hashes for models that have none: downloads a model once and records what came.
//!
//! Trust on first use, asked for by name: the user's own registry file gets the model's entry with
//! the hashes of the files as they came. Comments and other entries of that file are kept.

use std::path::Path;

use toml_edit::{DocumentMut, Item};

use super::cache::lock;
use super::manifest::{Model, SCHEMA, Sha256};
use super::{RegistryError, Store};
use crate::files::write_atomically;

/// A file whose hash was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// Name in the registry.
    pub name: String,
    /// Length of what came.
    pub bytes: u64,
    /// Hash of what came.
    pub sha256: Sha256,
    /// Whether the registry had this hash already (then it matched).
    pub was_known: bool,
}

impl Store {
    /// Downloads all files of the model, takes those without a hash as they come, and records the
    /// hashes in the user's registry file. The model can be used from the next start on.
    ///
    /// # Errors
    /// Unknown model, a file could not be fetched, or the registry file cannot be changed.
    pub fn pin(&self, id: &str) -> Result<Vec<Pinned>, RegistryError> {
        let user_file = self.registry().user_file().ok_or(RegistryError::NoHome {
            variable: "DEPECHE_REGISTRY",
        })?;
        let mut model = self.registry().get(id)?.clone();
        let before = model.clone();
        let mut pinned = Vec::with_capacity(model.files.len());
        for (file, known) in model.files.iter_mut().zip(&before.files) {
            let name = format!("{id}--{}", file.name);
            let _lock = lock(&self.options.cache, &name, self.options.progress.as_ref())?;
            let target = self.cached(&before, known);
            let fetched = self.fetcher.fetch(&before, known, &target, &self.checks)?;
            pinned.push(Pinned {
                name: file.name.clone(),
                bytes: fetched.bytes,
                sha256: fetched.sha256.clone(),
                was_known: file.sha256.is_some(),
            });
            file.bytes = Some(fetched.bytes);
            file.sha256 = Some(fetched.sha256);
        }
        record(user_file, &model)?;
        Ok(pinned)
    }
}

/// Writes length and hash of the model's files into `path`, whose entry for the model is changed, or
/// added if it has none.
fn record(path: &Path, model: &Model) -> Result<(), RegistryError> {
    let fail = |problem: String| RegistryError::Record {
        path: path.to_path_buf(),
        problem,
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            format!("# Models of your own, laid over the built-in ones.\n\nschema = {SCHEMA}\n")
        }
        Err(error) => return Err(RegistryError::io("read", path)(error)),
    };
    let mut document: DocumentMut = text.parse().map_err(|e| fail(format!("{e}")))?;
    if !update(&mut document, model) {
        let entry = Entry { model: [model] };
        let entry = toml::to_string(&entry).map_err(|e| fail(e.to_string()))?;
        let text = format!("{}\n{entry}", document.to_string().trim_end());
        document = text.parse().map_err(|e| fail(format!("{e}")))?;
    }
    write_atomically(path, document.to_string().as_bytes())
        .map_err(RegistryError::io("write", path))
}

#[derive(serde::Serialize)]
struct Entry<'a> {
    model: [&'a Model; 1],
}

/// Changes the entry of this model in place; false if there is none.
fn update(document: &mut DocumentMut, model: &Model) -> bool {
    let models = document
        .get_mut("model")
        .and_then(Item::as_array_of_tables_mut);
    let Some(entry) = models.and_then(|models| {
        let mut entries = models.iter_mut();
        entries.find(|entry| entry.get("id").and_then(Item::as_str) == Some(&model.id))
    }) else {
        return false;
    };
    let Some(files) = entry.get_mut("file").and_then(Item::as_array_of_tables_mut) else {
        return false;
    };
    for table in files.iter_mut() {
        let name = table.get("name").and_then(Item::as_str);
        let Some(file) = model
            .files
            .iter()
            .find(|file| Some(file.name.as_str()) == name)
        else {
            continue;
        };
        if let Some(bytes) = file.bytes.and_then(|bytes| i64::try_from(bytes).ok()) {
            table["bytes"] = toml_edit::value(bytes);
        }
        if let Some(sha256) = &file.sha256 {
            table["sha256"] = toml_edit::value(sha256.as_str());
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Registry, State, StoreOptions};

    const MINE: &str = "# my models\nschema = 1\n\n[[model]]\nid = \"mine\" # the good one\nrole = \"generator\"\n\
        architecture = \"qwen3\"\nlicence = \"MIT\"\n[[model.file]]\nname = \"model.gguf\"\n\
        sources = [{ path = \"weights.gguf\" }]\n";

    fn store(folder: &Path) -> Store {
        let registry = Registry::load(&folder.join("registry.toml")).expect("valid");
        Store::new(registry, StoreOptions::new(folder.join("cache")))
    }

    #[test]
    fn a_local_file_is_pinned_in_place_and_comments_stay() {
        let folder = tempfile::tempdir().expect("temporary folder");
        std::fs::write(folder.path().join("registry.toml"), MINE).expect("write");
        std::fs::write(folder.path().join("weights.gguf"), "abc").expect("write");
        let before = store(folder.path());
        assert_eq!(before.state("mine").expect("known"), State::Disabled);
        let error = before.ensure("mine").expect_err("no hash").to_string();
        assert!(error.contains("depeche models pin mine"), "{error}");

        let pinned = before.pin("mine").expect("the file is there");
        assert_eq!((pinned[0].bytes, pinned[0].was_known), (3, false));
        let text = std::fs::read_to_string(folder.path().join("registry.toml")).expect("there");
        assert!(
            text.contains("# my models") && text.contains("# the good one"),
            "{text}"
        );

        let after = store(folder.path());
        assert_eq!(after.state("mine").expect("known"), State::Ready);
        let model = after.ensure("mine").expect("pinned");
        assert_eq!(model.weights, folder.path().join("weights.gguf"));
        assert_eq!(
            model.fingerprint,
            format!("mine@sha256:{}", &pinned[0].sha256.short())
        );
    }

    #[test]
    fn a_builtin_model_gets_an_entry_of_its_own() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("new").join("registry.toml");
        let digest = Sha256::try_from("ab".repeat(32)).expect("64 digits");
        let mut model = Registry::builtin()
            .get("multilingual-e5-small")
            .expect("built in")
            .clone();
        for file in &mut model.files {
            file.bytes = Some(7);
            file.sha256 = Some(digest.clone());
        }
        record(&path, &model).expect("recorded");
        let registry = Registry::load(&path).expect("valid");
        assert_eq!(
            registry.get("multilingual-e5-small").expect("there"),
            &model
        );
        // Once more, over the entry that is there now.
        model.files[0].bytes = Some(8);
        record(&path, &model).expect("recorded");
        let registry = Registry::load(&path).expect("one entry, not two");
        assert_eq!(
            registry.get("multilingual-e5-small").expect("there"),
            &model
        );
    }
}
