//! Where things are and what may be asked: the settings of a [`Store`](super::Store).
//!
//! Owns the reading of environment variables for this room; nothing else here looks at them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::RegistryError;
use super::progress::{Progress, Silent};

/// Settings of a [`Store`](super::Store).
#[derive(Clone)]
pub struct StoreOptions {
    /// The program's cache: models are in `<cache>/models/<id>/<file>`.
    pub cache: PathBuf,
    /// A folder of `<id>/<file>` that is looked at before the cache and never written: for sites
    /// without a network. Its files are used in place, once their hash matched.
    pub models_dir: Option<PathBuf>,
    /// Ask neither the hub nor pip: take what is on this machine.
    pub offline: bool,
    /// Settings of the Hugging Face hub.
    pub hub: HubOptions,
    /// The command that runs pip, split at white space; `None` looks for one.
    pub pip: Option<String>,
    /// Who is told what happens.
    pub progress: Arc<dyn Progress>,
}

/// Settings of the Hugging Face hub.
#[derive(Clone)]
pub struct HubOptions {
    /// Take from the hub's own cache only (`HF_HUB_OFFLINE`).
    pub offline: bool,
    /// Base address; `None` is the public hub.
    pub endpoint: Option<String>,
    /// Access token. Never shown.
    pub token: Option<String>,
    /// The hub's own cache, shared with other programs.
    pub cache: PathBuf,
    /// How long the hub may stay silent before it counts as unreachable.
    pub first_sign: Duration,
    /// How long a download may stand still before it is given up.
    pub stall: Duration,
}

impl StoreOptions {
    /// Settings with everything below `cache`, nothing from the environment, and no messages.
    pub fn new(cache: impl Into<PathBuf>) -> Self {
        let cache = cache.into();
        Self {
            hub: HubOptions::new(cache.join("huggingface")),
            cache,
            models_dir: None,
            offline: false,
            pip: None,
            progress: Arc::new(Silent),
        }
    }

    /// Settings from `DEPECHE_CACHE` (else `$XDG_CACHE_HOME/depeche`, else `~/.cache/depeche`),
    /// `DEPECHE_MODELS_DIR`, `DEPECHE_OFFLINE`, `DEPECHE_PIP` and the hub's own variables.
    ///
    /// # Errors
    /// There is no home directory and no variable that replaces it.
    pub fn from_env() -> Result<Self, RegistryError> {
        Self::from_variables(&environment)
    }

    fn from_variables(var: &dyn Fn(&str) -> Option<String>) -> Result<Self, RegistryError> {
        Ok(Self {
            cache: match var("DEPECHE_CACHE") {
                Some(folder) => folder.into(),
                None => {
                    base_folder(var, "XDG_CACHE_HOME", ".cache", "DEPECHE_CACHE")?.join("depeche")
                }
            },
            models_dir: var("DEPECHE_MODELS_DIR").map(PathBuf::from),
            offline: is_true(var("DEPECHE_OFFLINE")),
            hub: HubOptions::from_variables(var)?,
            pip: var("DEPECHE_PIP"),
            progress: Arc::new(Silent),
        })
    }
}

impl HubOptions {
    /// The public hub, no token, this folder as its cache.
    pub fn new(cache: impl Into<PathBuf>) -> Self {
        Self {
            offline: false,
            endpoint: None,
            token: None,
            cache: cache.into(),
            first_sign: Duration::from_secs(10),
            stall: Duration::from_secs(60),
        }
    }

    /// Names and order as in the hub's Python library (huggingface_hub, `constants.py`).
    fn from_variables(var: &dyn Fn(&str) -> Option<String>) -> Result<Self, RegistryError> {
        let home = match var("HF_HOME") {
            Some(folder) => PathBuf::from(folder),
            None => base_folder(var, "XDG_CACHE_HOME", ".cache", "HF_HOME")?.join("huggingface"),
        };
        let cache = var("HF_HUB_CACHE").or_else(|| var("HUGGINGFACE_HUB_CACHE"));
        let token_file = var("HF_TOKEN_PATH").map_or_else(|| home.join("token"), PathBuf::from);
        let implicit_token = !is_true(var("HF_HUB_DISABLE_IMPLICIT_TOKEN"));
        Ok(Self {
            offline: is_true(var("HF_HUB_OFFLINE")),
            endpoint: var("HF_ENDPOINT"),
            token: implicit_token
                .then(|| var("HF_TOKEN").or_else(|| read_token(&token_file)))
                .flatten(),
            ..Self::new(cache.map_or_else(|| home.join("hub"), PathBuf::from))
        })
    }
}

fn read_token(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    Some(text.trim().to_owned()).filter(|token| !token.is_empty())
}

/// The user's registry file, whether it exists or not.
pub(super) fn registry_file(
    var: &dyn Fn(&str) -> Option<String>,
) -> Result<PathBuf, RegistryError> {
    match var("DEPECHE_REGISTRY") {
        Some(file) => Ok(file.into()),
        None => base_folder(var, "XDG_CONFIG_HOME", ".config", "DEPECHE_REGISTRY")
            .map(|folder| folder.join("depeche").join("registry.toml")),
    }
}

/// A variable of the environment; empty counts as not set.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// `$xdg`, else `~/<below_home>`. The XDG Base Directory Specification ignores relative values.
fn base_folder(
    var: &dyn Fn(&str) -> Option<String>,
    xdg: &str,
    below_home: &str,
    variable: &'static str,
) -> Result<PathBuf, RegistryError> {
    if let Some(folder) = var(xdg).map(PathBuf::from).filter(|f| f.is_absolute()) {
        return Ok(folder);
    }
    var("HOME")
        .map(PathBuf::from)
        .or_else(std::env::home_dir)
        .map(|home| home.join(below_home))
        .ok_or(RegistryError::NoHome { variable })
}

/// What the hub's Python library takes for true.
fn is_true(value: Option<String>) -> bool {
    value.is_some_and(|value| {
        matches!(
            value.to_ascii_lowercase().as_str(),
            "1" | "true" | "yes" | "on"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(vars: &[(&str, &str)]) -> StoreOptions {
        let var = |name: &str| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_string())
        };
        StoreOptions::from_variables(&var).expect("a home is given")
    }

    #[test]
    fn the_cache_is_where_the_environment_says() {
        let home = ("HOME", "/h");
        let cases: [(&[(&str, &str)], &str); 4] = [
            (&[home], "/h/.cache/depeche"),
            (&[home, ("XDG_CACHE_HOME", "/x")], "/x/depeche"),
            (&[home, ("XDG_CACHE_HOME", "relative")], "/h/.cache/depeche"),
            (
                &[home, ("XDG_CACHE_HOME", "/x"), ("DEPECHE_CACHE", "/c")],
                "/c",
            ),
        ];
        for (vars, expected) in cases {
            assert_eq!(options(vars).cache, Path::new(expected), "{vars:?}");
        }
    }

    #[test]
    fn the_hubs_variables_are_honoured() {
        let home = ("HOME", "/h");
        assert_eq!(
            options(&[home]).hub.cache,
            Path::new("/h/.cache/huggingface/hub")
        );
        let hub = options(&[
            home,
            ("HF_HOME", "/hf"),
            ("HF_HUB_OFFLINE", "True"),
            ("HF_TOKEN", "t"),
        ])
        .hub;
        assert_eq!(hub.cache, Path::new("/hf/hub"));
        assert!(hub.offline);
        assert_eq!(hub.token.as_deref(), Some("t"));
        let hub = options(&[home, ("HF_HUB_CACHE", "/k"), ("HF_HUB_OFFLINE", "0")]).hub;
        assert_eq!((hub.cache, hub.offline), (PathBuf::from("/k"), false));
        let hidden = [
            home,
            ("HF_TOKEN", "t"),
            ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"),
        ];
        assert_eq!(options(&hidden).hub.token, None);
    }

    #[test]
    fn a_token_file_is_read_and_trimmed() {
        let folder = tempfile::tempdir().expect("temporary folder");
        std::fs::write(folder.path().join("token"), "secret\n").expect("write");
        let home = folder.path().to_str().expect("UTF-8 path");
        assert_eq!(
            options(&[("HOME", "/h"), ("HF_HOME", home)])
                .hub
                .token
                .as_deref(),
            Some("secret")
        );
    }
}
