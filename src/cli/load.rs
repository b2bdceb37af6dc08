//! Verified files → loaded models: which files of a registry entry an encoder or a generator is made of; the topics'
//! adapter of the encoder; topic heads.

use crate::encoder::{CandleEncoder, EncoderFiles, EncoderSettings};
use crate::generator::{Generator, GgufGenerator};
use crate::lora::Adapter;
use crate::record::fingerprint;
use crate::registry::LocalModel;
use crate::topics::head::{Files, Head};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What the encoder learnt of the topics: models/adapters/topics/train.py. Configuration, weights, what it was made from.
const TOPICS_ADAPTER: (&[u8], &[u8], &[u8]) = (
    include_bytes!("../../models/adapters/topics/adapter_config.json"),
    include_bytes!("../../models/adapters/topics/adapter_model.safetensors"),
    include_bytes!("../../models/adapters/topics/recipe.json"),
);
/// Its hash, computed once: it is some megabytes.
static TOPICS_ADAPTER_HASH: LazyLock<String> = LazyLock::new(|| {
    let (config, weights, _) = TOPICS_ADAPTER;
    fingerprint(&[config, weights].concat())
});
/// What provenance calls it.
const ADAPTER_NAME: &str = "topics";

/// Whether an encoder is used as published or with the topics' adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adaptation {
    /// As published.
    None,
    /// With the adapter that the program brings.
    Topics,
}

impl Adaptation {
    /// The best for this encoder: the adapter fits one encoder only.
    pub fn of(encoder: &str) -> Self {
        let recipe: serde_json::Value =
            serde_json::from_slice(TOPICS_ADAPTER.2).expect("the built-in recipe is JSON");
        match recipe["base"] == encoder {
            true => Self::Topics,
            false => Self::None,
        }
    }

    /// What provenance and heads call the encoder with this fingerprint.
    pub fn fingerprint(self, encoder: &str) -> String {
        match self {
            Self::None => encoder.to_owned(),
            Self::Topics => {
                format!("{encoder}+{ADAPTER_NAME}@{}", *TOPICS_ADAPTER_HASH)
            }
        }
    }

    fn adapter(self) -> anyhow::Result<Option<Adapter>> {
        let (config, weights, _) = TOPICS_ADAPTER;
        Ok(match self {
            Self::None => None,
            Self::Topics => Some(Adapter::parse(ADAPTER_NAME, config, weights)?),
        })
    }
}

/// Loads an encoder: a 4-bit pack, or safetensors when the model has a `config.json`.
pub fn encoder(model: &LocalModel, adaptation: Adaptation) -> anyhow::Result<CandleEncoder> {
    let file = |name: &str| -> anyhow::Result<PathBuf> {
        let path = model.file(name).map(PathBuf::from);
        path.with_context(|| format!("model {:?} has no file {name:?} in the registry", model.id))
    };
    let files = match model.file("config.json") {
        Some(config) => EncoderFiles::Safetensors {
            config: config.to_owned(),
            weights: model.weights.clone(),
            tokenizer: file("tokenizer.json")?,
        },
        None => EncoderFiles::Pack {
            weights: model.weights.clone(),
            tokenizer: file("tokenizer.json")?,
        },
    };
    CandleEncoder::load_adapted(
        &files,
        adaptation.adapter()?.as_ref(),
        EncoderSettings::default(),
        adaptation.fingerprint(&model.fingerprint),
    )
    .with_context(|| format!("cannot load the encoder {:?}", model.id))
}

/// Loads a generator from its GGUF file.
pub fn generator(model: &LocalModel) -> anyhow::Result<Box<dyn Generator>> {
    tracing::info!(id = %model.id, weights = %model.weights.display(), "loading the generator");
    let generator = GgufGenerator::load(&model.weights, model.fingerprint.clone())
        .with_context(|| format!("cannot load the generator {:?}", model.id))?;
    Ok(Box::new(generator))
}

/// The head that the program brings: `depeche train --gold corpus/gold -o models/heads/default`.
const DEFAULT_HEAD: (&[u8], &[u8]) = (
    include_bytes!("../../models/heads/default/head.json"),
    include_bytes!("../../models/heads/default/head.safetensors"),
);
/// What provenance calls it.
const DEFAULT_NAME: &str = "default";

/// A topic head and what provenance calls it.
pub struct LoadedHead {
    /// The head.
    pub head: Head,
    /// `NAME@sha256:…`
    pub fingerprint: String,
    /// How the encoder is that it was trained with.
    pub adaptation: Adaptation,
}

/// Loads the head in `folder`, or the built-in one, for the encoder that this fingerprint names.
///
/// # Errors
/// The head cannot be read, or was trained on vectors of another encoder.
pub fn head(folder: Option<&Path>, encoder: &str) -> anyhow::Result<LoadedHead> {
    let (files, folder) = match folder {
        Some(folder) => (Files::read(folder)?, folder),
        None => {
            let (about, weights) = DEFAULT_HEAD;
            let files = Files {
                about: about.to_vec(),
                weights: weights.to_vec(),
            };
            (files, Path::new(DEFAULT_NAME))
        }
    };
    let head = Head::parse(&files, folder)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let made_for = head.about()["encoder"].as_str().unwrap_or_default();
    let known = [Adaptation::Topics, Adaptation::None];
    let adaptation = known
        .into_iter()
        .find(|adaptation| adaptation.fingerprint(encoder) == made_for)
        .with_context(|| {
            format!(
                "the head {name:?} was trained for the encoder {made_for}, not {encoder}; train one for it: \
                 `depeche train --gold corpus/gold --encoder ID -o HEAD`, then add `--head HEAD`"
            )
        })?;
    let fingerprint = fingerprint(&[files.about, files.weights].concat());
    Ok(LoadedHead {
        fingerprint: format!("{name}@{fingerprint}"),
        head,
        adaptation,
    })
}
