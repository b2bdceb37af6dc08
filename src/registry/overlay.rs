//! The list of models: the built-in one with the user's own laid over it.
//!
//! Owns [`Registry`]; parsing is in `manifest`, the place of the user's file in `options`.

use std::path::{Path, PathBuf};

use super::manifest::{Manifest, Model, Role};
use super::{RegistryError, options};

const BUILTIN: &str = include_str!("../../models/registry.toml");

/// The models that can be named.
#[derive(Debug, Clone)]
pub struct Registry {
    models: Vec<Model>,
    user_file: Option<PathBuf>,
}

impl Registry {
    /// The models that the program was built with, and no others.
    ///
    /// ```
    /// use depeche::registry::{Registry, Role};
    /// let registry = Registry::builtin();
    /// assert_eq!(registry.default_model(Role::Generator).unwrap().id, "qwen2.5-coder-1.5b-instruct");
    /// ```
    pub fn builtin() -> Self {
        let manifest = Manifest::parse(BUILTIN, Path::new("models/registry.toml"))
            .expect("the built-in registry is valid: a test parses it");
        Self {
            models: manifest.models,
            user_file: None,
        }
    }

    /// The built-in models with those of `user_file` laid over them: a new id is added, an equal id
    /// replaces the whole entry, and a default of the user's takes the place of the built-in default
    /// of that role. A file that does not exist changes nothing; it is where `pin` will write.
    ///
    /// # Errors
    /// The file cannot be read, or is not valid: the error names the file and the key.
    pub fn load(user_file: &Path) -> Result<Self, RegistryError> {
        let mut registry = Self::builtin();
        registry.user_file = Some(user_file.to_path_buf());
        match std::fs::read_to_string(user_file) {
            Ok(text) => registry.overlay(Manifest::parse(&text, user_file)?.models),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(RegistryError::io("read", user_file)(error)),
        }
        Ok(registry)
    }

    /// [`Registry::load`] with the user's file where the environment says it is: `DEPECHE_REGISTRY`,
    /// else `$XDG_CONFIG_HOME/depeche/registry.toml`, else `~/.config/depeche/registry.toml`.
    ///
    /// # Errors
    /// As [`Registry::load`]. Without a home directory the built-in models are all there is.
    pub fn from_env() -> Result<Self, RegistryError> {
        match options::registry_file(&options::environment) {
            Ok(file) => Self::load(&file),
            Err(_) => Ok(Self::builtin()),
        }
    }

    fn overlay(&mut self, theirs: Vec<Model>) {
        for model in theirs {
            if model.default {
                let same_role = self.models.iter_mut().filter(|m| m.role == model.role);
                same_role.for_each(|other| other.default = false);
            }
            match self.models.iter_mut().find(|other| other.id == model.id) {
                Some(other) => *other = model,
                None => self.models.push(model),
            }
        }
    }

    /// All models: the built-in ones in their order, then the user's.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The model of this id.
    ///
    /// # Errors
    /// No such id; the error lists those there are.
    pub fn get(&self, id: &str) -> Result<&Model, RegistryError> {
        self.models
            .iter()
            .find(|model| model.id == id)
            .ok_or_else(|| RegistryError::UnknownModel {
                id: id.to_owned(),
                known: self.models.iter().map(|model| model.id.clone()).collect(),
            })
    }

    /// The model that is taken when none of this role is named.
    ///
    /// # Errors
    /// None is marked as default (a user's file can replace the built-in default by one that is not).
    pub fn default_model(&self, role: Role) -> Result<&Model, RegistryError> {
        self.models
            .iter()
            .find(|model| model.role == role && model.default)
            .ok_or(RegistryError::NoDefault { role })
    }

    /// The user's registry file: where `pin` records. It need not exist.
    pub fn user_file(&self) -> Option<&Path> {
        self.user_file.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn load(text: &str) -> Result<Registry, RegistryError> {
        let folder = tempfile::tempdir().expect("temporary folder");
        let file = folder.path().join("registry.toml");
        std::fs::write(&file, text).expect("write");
        Registry::load(&file)
    }

    fn entry(id: &str, role: &str, default: bool) -> String {
        format!(
            "[[model]]\nid = \"{id}\"\nrole = \"{role}\"\narchitecture = \"qwen3\"\nlicence = \"MIT\"\n\
             default = {default}\n[[model.file]]\nname = \"model.gguf\"\n"
        )
    }

    #[test]
    fn the_builtin_registry_is_complete() {
        let registry = Registry::builtin();
        for role in [Role::Encoder, Role::Generator] {
            let model = registry.default_model(role).expect("a default");
            assert!(model.first_unpinned().is_none(), "{} is pinned", model.id);
        }
        for model in registry.models() {
            assert!(
                !model.description.is_empty() && !model.languages.is_empty(),
                "{}",
                model.id
            );
            assert!(
                model.files.iter().all(|f| !f.sources.is_empty()),
                "{}",
                model.id
            );
        }
        let disabled: Vec<_> = registry
            .models()
            .iter()
            .filter(|m| m.first_unpinned().is_some())
            .map(|m| m.id.as_str())
            .collect();
        assert_eq!(disabled, ["multilingual-e5-small", "masakhanews-fr"]);
    }

    #[test]
    fn a_new_id_is_added_and_an_equal_id_replaced() {
        let known = Registry::builtin().models().len();
        let registry = load(&format!(
            "schema = 1\n{}{}",
            entry("mine", "generator", false),
            entry("gemma-3-270m", "generator", false)
        ))
        .expect("valid");
        assert_eq!(registry.models().len(), known + 1);
        assert_eq!(
            registry.get("gemma-3-270m").expect("there").architecture,
            "qwen3"
        );
        assert_eq!(registry.models().last().expect("some").id, "mine");
    }

    #[test]
    fn the_users_default_wins_in_its_role_only() {
        let registry =
            load(&format!("schema = 1\n{}", entry("mine", "generator", true))).expect("valid");
        assert_eq!(
            registry.default_model(Role::Generator).expect("one").id,
            "mine"
        );
        let encoder = registry.default_model(Role::Encoder).expect("one");
        assert_eq!(encoder.id, "multilingual-e5-small-q4");
    }

    #[test]
    fn a_role_can_lose_its_default() {
        let text = entry("multilingual-e5-small-q4", "encoder", false);
        let registry = load(&format!("schema = 1\n{text}")).expect("valid");
        let error = registry
            .default_model(Role::Encoder)
            .expect_err("none")
            .to_string();
        assert!(error.starts_with("no default encoder"), "{error}");
    }

    #[test]
    fn an_unknown_id_gets_the_list() {
        let error = Registry::builtin()
            .get("qwen")
            .expect_err("unknown")
            .to_string();
        assert!(
            error.contains("unknown model `qwen`") && error.contains("gemma-3-270m"),
            "{error}"
        );
        assert!(error.contains("depeche models list"), "{error}");
    }

    #[test]
    fn no_user_file_is_no_error() {
        let registry = Registry::load(Path::new("/nonexistent/registry.toml")).expect("built-in");
        assert_eq!(registry.models().len(), Registry::builtin().models().len());
        assert_eq!(
            registry.user_file(),
            Some(Path::new("/nonexistent/registry.toml"))
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_registry_or_an_error_that_names_the_file(text in any::<String>()) {
            if let Err(error) = load(&text) {
                prop_assert!(error.to_string().contains("registry.toml"), "{}", error);
            }
        }

        #[test]
        fn a_changed_registry_never_panics(
            from in 0usize..20_000, cut in 0usize..40,
            inserted in "[\\[\\]{}=\"\n0-9a-z.{}n-]{0,12}|= 9223372036854775807|\\[\\[\\[|\\PC{0,3}",
        ) {
            let boundary = |at: usize| (0..=at.min(BUILTIN.len())).rfind(|at| BUILTIN.is_char_boundary(*at)).unwrap_or(0);
            let (start, end) = (boundary(from), boundary(from + cut));
            let text = format!("{}{inserted}{}", &BUILTIN[..start], &BUILTIN[end..]);
            if let Ok(registry) = load(&text) {
                for model in registry.models() {
                    let _ = (model.bytes(), model.fingerprint());
                }
            }
        }
    }
}
