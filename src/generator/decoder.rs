//! The whole model: token ids → scores of the next token.
//!
//! One implementation for all architectures of [`super::config`]. Weights are read-only; what changes while a text is
//! generated lives in its [`KvCache`]. Activations are (tokens, hidden) rows without a batch dimension: the new tokens of
//! several texts stand one after the other, so that texts of different lengths need no padding.

use std::collections::BTreeSet;

use candle_core::{Device, Tensor};

use super::GeneratorError;
use super::cache::KvCache;
use super::config::{DecoderConfig, RopeStyle};
use super::gguf::GgufFile;
use super::layer::{Layer, Pass, Rows};
use super::linear::RmsNorm;
use super::rope::Frequencies;
use super::weight::{Table, Weight};
use crate::lora::{Adapter, LoraError};

/// Prompt tokens computed in one pass, of one text at most and of several as a rule: enough rows to keep the matrix
/// kernels busy, few enough that the activations of the feed-forward block stay within tens of MB.
pub(super) const PASS_TOKENS: usize = 512;

/// A decoder-only transformer with quantised weights.
#[derive(Debug)]
pub(super) struct Decoder {
    config: DecoderConfig,
    /// (vocabulary, hidden), read row by row.
    embeddings: Table,
    layers: Vec<Layer>,
    output_norm: RmsNorm,
    /// (vocabulary, hidden); often the embeddings themselves.
    output: Weight,
    rope: Frequencies,
    local_rope: Option<Frequencies>,
}

impl Decoder {
    /// Reads configuration and weights. Every tensor of the file must have been used.
    pub(super) fn read(file: &GgufFile) -> Result<Self, GeneratorError> {
        let config = DecoderConfig::read(file)?;
        let (vocabulary, hidden) = (config.vocabulary, config.hidden);
        const EMBEDDINGS: &str = "token_embd.weight";
        let embeddings = Table::read(file, EMBEDDINGS, vocabulary, hidden)?;
        let weight = |name| Weight::read(file, name, vocabulary, hidden);
        let output = match weight("output.weight")? {
            Some(output) => output,
            None => weight(EMBEDDINGS)?.ok_or_else(|| file.missing(EMBEDDINGS))?,
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
    pub(super) fn new_cache(&self, capacity: usize) -> KvCache {
        KvCache::new(&self.config, &self.rope, self.local_rope.as_ref(), capacity)
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

    /// A cache for `capacity` tokens of which the first `tokens` are the first of `other`.
    pub(super) fn continuing(&self, other: &KvCache, tokens: usize, capacity: usize) -> KvCache {
        let mut cache = self.new_cache(capacity);
        cache.begin_as(other, tokens);
        cache
    }

    /// One pass over the weights. Appends tokens to texts: to those that are `read` without the adapter and without a
    /// score; those that are `scored`, first the ones without the adapter, get the score of every vocabulary entry as
    /// the token after their last: (scored, vocabulary).
    pub(super) fn forward(
        &self,
        read: Vec<Part>,
        scored: Vec<Part>,
    ) -> candle_core::Result<Vec<f32>> {
        let pass = Pass {
            scored: scored.len(),
            adapted: scored.iter().filter(|part| part.adapted).count(),
            last: false,
        };
        let plain = read
            .iter()
            .chain(&scored)
            .take(read.len() + scored.len() - pass.adapted);
        assert!(
            plain.into_iter().all(|part| !part.adapted),
            "adapted parts come last"
        );
        let mut parts: Vec<Part> = read.into_iter().chain(scored).collect();
        let last = self.last_hidden(&mut parts, pass)?;
        if pass.scored == 0 {
            return Ok(Vec::new());
        }
        let [scores] = Weight::products([&self.output], &self.output_norm.forward(&last)?)?;
        Ok(scores)
    }

    /// The residual stream of each scored text's last token after all layers: (scored, hidden).
    fn last_hidden(&self, parts: &mut [Part], pass: Pass) -> candle_core::Result<Tensor> {
        assert!(
            parts
                .iter()
                .all(|part| !part.tokens.is_empty() && part.tokens.len() <= part.cache.room()),
            "the caller sizes the cache and never sends an empty text"
        );
        let tokens = parts.iter().flat_map(|part| part.tokens);
        let mut x = self.embeddings.rows(tokens.map(|token| *token as usize))?; // (tokens, hidden)
        if let Some(scale) = self.config.embedding_scale {
            x = (x * scale)?;
        }
        let texts = parts.iter_mut().map(|part| Rows {
            count: part.tokens.len(),
            cache: &mut *part.cache,
        });
        let mut texts: Vec<Rows> = texts.collect();
        for (index, layer) in self.layers.iter().enumerate() {
            let last = index + 1 == self.layers.len();
            x = layer.forward(x, &mut texts, Pass { last, ..pass })?;
        }
        for part in parts {
            part.cache.advance(part.tokens.len());
        }
        Ok(x)
    }
}

/// New tokens of one text.
pub(super) struct Part<'a> {
    pub(super) tokens: &'a [u32],
    /// Has room for them.
    pub(super) cache: &'a mut KvCache,
    /// With the adapter.
    pub(super) adapted: bool,
}

#[cfg(test)]
impl Decoder {
    /// Appends `tokens` to one text and scores what comes after the last of them.
    pub(super) fn score(&self, tokens: &[u32], cache: &mut KvCache, adapted: bool) -> Vec<f32> {
        let own = tokens.len().min(PASS_TOKENS);
        let (before, tokens) = tokens.split_at(tokens.len() - own);
        for tokens in before.chunks(PASS_TOKENS) {
            let part = Part {
                tokens,
                cache: &mut *cache,
                adapted: false,
            };
            self.forward(vec![part], Vec::new()).unwrap();
        }
        let part = Part {
            tokens,
            cache,
            adapted,
        };
        self.forward(Vec::new(), vec![part]).unwrap()
    }
}
