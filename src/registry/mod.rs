//! Models by name: what exists, where it comes from, and a verified copy in the cache.
//!
//! `models/registry.toml` pins each model: role, architecture, licence, languages, and for each file
//! its sha256 and its sources in order. A user's own file is laid over it. [`Store::ensure`] gives
//! the paths of a model's files; nothing is handed out before its sha256 matched.
//!
//! | file | owns |
//! |---|---|
//! | `manifest`, `validate` | the form of a registry file, and what may stand in it |
//! | `overlay` | [`Registry`]: the built-in list and the user's |
//! | `options` | settings, environment variables |
//! | `store` | [`Store`], [`LocalModel`]: where files lie, whether they are right |
//! | `fetch` | one file from the first source that gives it |
//! | `hub`, `watch`, `pip`, `wheels` | the sources |
//! | `partial` | a file that is not complete yet |
//! | `pin` | hashes for models that have none |
//! | `reach` | whether the sources answer |
//! | `cache` | hashing, locks, atomic writes |
//! | `progress` | bars and lines on standard error |
//!
//! ```no_run
//! use depeche::registry::Store;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let model = Store::from_env()?.ensure("qwen2.5-coder-1.5b-instruct")?;
//! println!("{} is in {}", model.fingerprint, model.weights.display());
//! # Ok(())
//! # }
//! ```

mod cache;
mod error;
mod fetch;
mod hub;
mod manifest;
mod options;
mod overlay;
mod partial;
mod pin;
mod pip;
pub mod progress;
mod reach;
mod store;
mod validate;
mod watch;
mod wheels;

pub use error::RegistryError;
pub use manifest::{HubSource, Model, ModelFile, Role, SCHEMA, Sha256, Source, WheelSource};
pub use options::{HubOptions, StoreOptions};
pub use overlay::Registry;
pub use pin::Pinned;
pub use reach::Answer;
pub use store::{FileCheck, LocalFile, LocalModel, State, Store};
