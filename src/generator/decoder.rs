//! The whole model: token ids → scores of the next token.
//!
//! One implementation for all architectures of [`super::config`]. Weights are read-only; what changes while a text is
//! generated lives in its [`KvCache`]. Activations are (tokens, hidden) rows without a batch dimension.

use std::sync::Arc;

use candle_core::quantized::QTensor;
use candle_core::{Device, Tensor};

use super::GeneratorError;
use super::cache::KvCache;
use super::config::DecoderConfig;
use super::gguf::GgufFile;
use super::layer::Layer;
use super::linear::{Linear, RmsNorm};
use super::rope::Frequencies;

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

    /// Appends `tokens` (at least one) to the text in `cache` and returns the score of each vocabulary entry as the
    /// token after the last of them.
    pub(super) fn forward(
        &self,
        tokens: &[u32],
        cache: &mut KvCache,
    ) -> Result<Vec<f32>, GeneratorError> {
        assert!(
            !tokens.is_empty() && tokens.len() <= cache.room(),
            "the caller sizes the cache and never sends an empty text"
        );
        let mut last = None;
        for chunk in tokens.chunks(PREFILL_CHUNK) {
            last = Some(self.last_hidden(chunk, cache)?);
        }
        let last = last.expect("at least one chunk");
        let scores = self.output.forward(&self.output_norm.forward(&last)?)?; // (1, vocabulary)
        Ok(scores.squeeze(0)?.to_vec1()?)
    }

    /// The residual stream of the chunk's last token after all layers: (1, hidden).
    fn last_hidden(&self, tokens: &[u32], cache: &mut KvCache) -> candle_core::Result<Tensor> {
        let mut x = self
            .embeddings
            .embedding(&Tensor::new(tokens, &Device::Cpu)?)?; // (tokens, hidden)
        if let Some(scale) = self.config.embedding_scale {
            x = (x * scale)?;
        }
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.forward(&x, cache, index + 1 == self.layers.len())?;
        }
        cache.advance(tokens.len());
        Ok(x)
    }
}
