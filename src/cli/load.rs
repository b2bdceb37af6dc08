//! Verified files → loaded models: which files of a registry entry an encoder or a generator is made of.

use crate::encoder::{CandleEncoder, EncoderFiles, EncoderSettings};
use crate::generator::{Generator, GgufGenerator};
use crate::registry::LocalModel;
use anyhow::Context;
use std::path::PathBuf;

/// Loads an encoder: a 4-bit pack, or safetensors when the model has a `config.json`.
pub fn encoder(model: &LocalModel) -> anyhow::Result<CandleEncoder> {
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
    CandleEncoder::load(
        &files,
        EncoderSettings::default(),
        model.fingerprint.clone(),
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
