//! Verified files → loaded models: which files of a registry entry an encoder or a generator is made of; the topics'
//! adapter of the encoder and the abstracts' of the generator; topic heads.

use crate::encoder::{CandleEncoder, EncoderFiles, EncoderSettings};
use crate::generator::GgufGenerator;
use crate::lora::{Adapter, LoraError};
use crate::record::fingerprint;
use crate::registry::LocalModel;
use crate::topics::head::{Files, Head};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// An adapter that the program brings.
struct BuiltIn {
    /// What provenance calls it.
    name: &'static str,
    config: &'static [u8],
    weights: &'static [u8],
    /// What it was made from; its `base` is the fingerprint of the one model that it fits.
    recipe: &'static [u8],
    /// Computed once: the weights are some megabytes.
    hash: OnceLock<String>,
}

macro_rules! built_in {
    ($name:literal, $folder:literal) => {
        BuiltIn {
            name: $name,
            config: include_bytes!(concat!($folder, "/adapter_config.json")),
            weights: include_bytes!(concat!($folder, "/adapter_model.safetensors")),
            recipe: include_bytes!(concat!($folder, "/recipe.json")),
            hash: OnceLock::new(),
        }
    };
}

/// What the encoder learnt of the topics: models/adapters/topics/train.py.
static TOPICS: BuiltIn = built_in!("topics", "../../models/adapters/topics");
/// What generators learnt of abstracts: models/adapters/abstracts/train.py.
static ABSTRACTS: [BuiltIn; 2] = [
    built_in!("abstracts", "../../models/adapters/abstracts/1.5b"),
    built_in!("abstracts", "../../models/adapters/abstracts/0.5b"),
];

impl BuiltIn {
    fn fits(&self, model: &str) -> bool {
        let recipe: serde_json::Value =
            serde_json::from_slice(self.recipe).expect("the built-in recipe is JSON");
        recipe["base"] == model
    }

    /// What provenance calls the model with this fingerprint when it is adapted.
    fn on(&self, model: &str) -> String {
        let hash = || fingerprint(&[self.config, self.weights].concat());
        format!("{model}+{}@{}", self.name, self.hash.get_or_init(hash))
    }

    fn parse(&self) -> Result<Adapter, LoraError> {
        Adapter::parse(self.name, self.config, self.weights)
    }
}

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
        match TOPICS.fits(encoder) {
            true => Self::Topics,
            false => Self::None,
        }
    }

    /// What provenance and heads call the encoder with this fingerprint.
    pub fn fingerprint(self, encoder: &str) -> String {
        match self {
            Self::None => encoder.to_owned(),
            Self::Topics => TOPICS.on(encoder),
        }
    }

    fn adapter(self) -> anyhow::Result<Option<Adapter>> {
        Ok(match self {
            Self::None => None,
            Self::Topics => Some(TOPICS.parse()?),
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

/// What provenance calls the generator with this fingerprint: with its adapter, if there is one and it is wanted.
pub fn generator_fingerprint(model: &str, adapted: bool) -> String {
    let adapter = abstracts_adapter(model).filter(|_| adapted);
    adapter.map_or_else(|| model.to_owned(), |adapter| adapter.on(model))
}

/// Loads a generator from its GGUF file, with the adapter that fits it if `adapted`.
pub fn generator(model: &LocalModel, adapted: bool) -> anyhow::Result<GgufGenerator> {
    tracing::info!(id = %model.id, weights = %model.weights.display(), "loading the generator");
    let fingerprint = generator_fingerprint(&model.fingerprint, adapted);
    let mut generator = GgufGenerator::load(&model.weights, fingerprint)
        .with_context(|| format!("cannot load the generator {:?}", model.id))?;
    if let Some(adapter) = abstracts_adapter(&model.fingerprint).filter(|_| adapted) {
        generator = generator.with_adapter(&adapter.parse()?)?;
    }
    Ok(generator)
}

fn abstracts_adapter(model: &str) -> Option<&'static BuiltIn> {
    ABSTRACTS.iter().find(|adapter| adapter.fits(model))
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
