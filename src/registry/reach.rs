//! Whether the sources of models answer: asked by `depeche doctor`, never by a run.

use std::sync::Arc;

use super::Store;
use super::manifest::{HubSource, RepoKind, Source};
use super::progress::Silent;

/// What a source said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It answers; what else there is to say of it.
    Reached(String),
    /// It does not, and why.
    Unreached(String),
    /// It was not asked, and why.
    NotAsked(String),
}

impl Store {
    /// Asks the Hugging Face hub for a small file of the first repository that the registry names.
    pub fn reach_hub(&self) -> Answer {
        let mut sources = self.sources();
        let Some(first) = sources.find_map(|source| match source {
            Source::Hub(hub) if hub.repo_type == RepoKind::Model => Some(hub),
            _ => None,
        }) else {
            return Answer::NotAsked("no model of the registry comes from it".to_owned());
        };
        let probe = HubSource {
            file: "config.json".to_owned(),
            ..first.clone()
        };
        self.fetcher.hub.reach(&probe, Arc::new(Silent))
    }

    /// Asks the package index that the user's pip is set to for the first package that the registry names.
    pub fn reach_pip(&self) -> Answer {
        if self.options.offline {
            return Answer::NotAsked("offline".to_owned());
        }
        let mut sources = self.sources();
        let package = sources.find_map(|source| match source {
            Source::Wheels(wheels) => wheels.requirements().into_iter().next(),
            _ => None,
        });
        match package {
            Some(package) => {
                let name = package.split("==").next().unwrap_or_default();
                self.fetcher.pip.reach(name)
            }
            None => Answer::NotAsked("no model of the registry comes from it".to_owned()),
        }
    }

    fn sources(&self) -> impl Iterator<Item = &Source> {
        let models = self.registry().models().iter();
        let files = models.flat_map(|model| &model.files);
        files.flat_map(|file| &file.sources)
    }
}
