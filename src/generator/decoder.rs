//! The whole model: token ids → scores of the next token.
//!
//! One implementation for all architectures of [`super::config`]. Weights are read-only; what changes while a text is
//! generated lives in its [`KvCache`]. Activations are (tokens, hidden) rows without a batch dimension.

use std::collections::BTreeSet;
use std::sync::Arc;

use candle_core::quantized::QTensor;
use candle_core::{Device, Tensor};

use super::GeneratorError;
use super::cache::KvCache;
use super::config::{DecoderConfig, RopeStyle};
use super::gguf::GgufFile;
use super::layer::{Layer, Pass};
use super::linear::{Linear, RmsNorm};
use super::rope::Frequencies;
use crate::lora::{Adapter, LoraError};

/// Prompt tokens computed at once: enough rows to keep the matrix kernels busy, few enough that the activations of the
/// feed-forward block stay within tens of MB.
const PREFILL_CHUNK: usize = 512;

/// A decoder-only transformer with quantised weights.
#[derive(Debug)]
pub(super) struct Decoder {
    config: DecoderConfig,
    /// (vocabulary, hidden), read row by row.
    embeddings: Arc<QTensor>,
    layers: Vec<Layer>,
    output_norm: RmsNorm,
    /// (vocabulary, hidden); often the embeddings themselves.
    output: Linear,
    rope: Frequencies,
    local_rope: Option<Frequencies>,
}

impl Decoder {
    /// Reads configuration and weights. Every tensor of the file must have been used.
    pub(super) fn read(file: &GgufFile) -> Result<Self, GeneratorError> {
        let config = DecoderConfig::read(file)?;
        let table = [config.vocabulary, config.hidden];
        let embeddings = Arc::new(file.tensor("token_embd.weight", &table)?);
        let output = match file.optional_tensor("output.weight", &table)? {
            Some(output) => Linear::shared(Arc::new(output))?,
            None => Linear::shared(Arc::clone(&embeddings))?,
        };
        let pairs = config.head_dim / 2;
        let factors = match file.optional_tensor("rope_freqs.weight", &[pairs])? {
            Some(factors) => Some(factors.dequantize(&Device::Cpu)?.to_vec1::<f32>()?),
            None => None,
        };
        let frequencies = |base, divisor, factors: Option<&Vec<f32>>| {
            Frequencies::new(config.head_dim, base, divisor, factors.map(Vec::as_slice))
        };
        let decoder = Self {
            embeddings,
            layers: (0..config.layers)
                .map(|index| Layer::read(file, index, &config))
                .collect::<Result<_, _>>()?,
            output_norm: RmsNorm::read(file, "output_norm", config.hidden, config.norm_epsilon)?,
            output,
            rope: frequencies(config.rope_base, config.rope_divisor, factors.as_ref()),
            local_rope: config
                .window
                .as_ref()
                .map(|w| frequencies(w.rope_base, 1.0, None)),
            config,
        };
        file.all_read()?;
        Ok(decoder)
    }

    /// Dimensions and variants.
    pub(super) fn config(&self) -> &DecoderConfig {
        &self.config
    }

    /// An empty cache for a text of `capacity` tokens.
    pub(super) fn new_cache(&self, capacity: usize) -> Result<KvCache, GeneratorError> {
        Ok(KvCache::new(
            &self.config,
            &self.rope,
            self.local_rope.as_ref(),
            capacity,
        )?)
    }

    /// Lays an adapter over the blocks.
    ///
    /// # Errors
    /// It changes something that this model has not, or has in another shape.
    pub(super) fn adapt(&mut self, adapter: &Adapter) -> Result<(), LoraError> {
        if self.config.rope_style == RopeStyle::Interleaved {
            let reason =
                "files of architecture llama order queries and keys otherwise than adapters do";
            return Err(adapter.misfit(reason.to_owned()));
        }
        let mut unused: BTreeSet<&str> = adapter.modules().collect();
        for (index, layer) in self.layers.iter_mut().enumerate() {
            for (name, linear) in layer.linears() {
                let module = format!("model.layers.{index}.{name}");
                linear.adapt(adapter, &module)?;
                unused.remove(module.as_str());
            }
        }
        match unused.first() {
            None => Ok(()),
            Some(module) => Err(adapter.misfit(format!("this model has no {module}"))),
        }
    }

    /// Appends `tokens` to the text in `cache`, without the adapter and without a score.
    pub(super) fn take_in(
        &self,
        tokens: &[u32],
        cache: &mut KvCache,
    ) -> Result<(), GeneratorError> {
        for chunk in tokens.chunks(PREFILL_CHUNK) {
            self.last_hidden(chunk, cache, false)?;
        }
        Ok(())
    }

    /// Appends `tokens` (at least one) to the text in `cache`, with the adapter if `adapted`, and returns the score of
    /// each vocabulary entry as the token after the last of them.
    pub(super) fn forward(
        &self,
        tokens: &[u32],
        cache: &mut KvCache,
        adapted: bool,
    ) -> Result<Vec<f32>, GeneratorError> {
        assert!(
            !tokens.is_empty() && tokens.len() <= cache.room(),
            "the caller sizes the cache and never sends an empty text"
        );
        let mut last = None;
        for chunk in tokens.chunks(PREFILL_CHUNK) {
            last = Some(self.last_hidden(chunk, cache, adapted)?);
        }
        let last = last.expect("at least one chunk");
        let scores = self
            .output
            .forward(&self.output_norm.forward(&last)?, false)?; // (1, vocabulary)
        Ok(scores.squeeze(0)?.to_vec1()?)
    }

    /// The residual stream of the chunk's last token after all layers: (1, hidden).
    fn last_hidden(
        &self,
        tokens: &[u32],
        cache: &mut KvCache,
        adapted: bool,
    ) -> candle_core::Result<Tensor> {
        let mut x = self
            .embeddings
            .embedding(&Tensor::new(tokens, &Device::Cpu)?)?; // (tokens, hidden)
        if let Some(scale) = self.config.embedding_scale {
            x = (x * scale)?;
        }
        for (index, layer) in self.layers.iter().enumerate() {
            let last_only = index + 1 == self.layers.len();
            x = layer.forward(&x, cache, Pass { adapted, last_only })?;
        }
        cache.advance(tokens.len());
        Ok(x)
    }
}
