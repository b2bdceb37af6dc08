//! One transformer block: attention and feed-forward, each between norms, each added to the residual stream.

use candle_core::Tensor;

use super::GeneratorError;
use super::attention::attend;
use super::cache::KvCache;
use super::config::{Architecture, DecoderConfig, RopeStyle};
use super::feed_forward::FeedForward;
use super::gguf::GgufFile;
use super::linear::{Linear, RmsNorm};

/// How tokens go through a block: those of several texts, one text after the other, as rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass<'a> {
    /// The texts in the order of their rows.
    pub(super) texts: &'a [Rows<'a>],
    /// With the adapter.
    pub(super) adapted: bool,
    /// The keys and values of all tokens are written to the caches, but only the last token of each text goes on.
    pub(super) last_only: bool,
}

/// The rows of one text in a pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    /// New tokens of the text, at least one.
    pub(super) count: usize,
    /// What came before them; the keys and values of the new ones are written here.
    pub(super) cache: &'a KvCache,
}

impl Pass<'_> {
    /// (tokens, width) → the rows that go on: (tokens or texts, width).
    fn going_on(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        if !self.last_only || x.dim(0)? == self.texts.len() {
            return Ok(x.clone());
        }
        let ends = self.texts.iter().scan(0u32, |end, rows| {
            *end += rows.count as u32;
            Some(*end - 1)
        });
        x.index_select(&Tensor::new(ends.collect::<Vec<_>>(), x.device())?, 0)
    }
}

/// The weights of one block.
#[derive(Debug)]
pub(super) struct Layer {
    index: usize,
    attention_norm: RmsNorm,
    attention: Attention,
    /// Gemma norms what attention adds.
    after_attention_norm: Option<RmsNorm>,
    feed_forward_norm: RmsNorm,
    feed_forward: FeedForward,
    /// Gemma norms what the feed-forward block adds.
    after_feed_forward_norm: Option<RmsNorm>,
}

/// The attention weights of one block.
#[derive(Debug)]
struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    /// Norms over each head's queries and keys (Qwen3, Gemma 3).
    head_norms: Option<(RmsNorm, RmsNorm)>,
    heads: usize,
    kv_heads: usize,
    head_dim: usize,
    scale: f32,
    rope_style: RopeStyle,
    /// The last tokens that this block sees, if not all.
    window: Option<usize>,
}

impl Layer {
    /// Reads block `index`.
    pub(super) fn read(
        file: &GgufFile,
        index: usize,
        config: &DecoderConfig,
    ) -> Result<Self, GeneratorError> {
        let prefix = format!("blk.{index}");
        let norm = |name: &str| {
            RmsNorm::read(
                file,
                &format!("{prefix}.{name}"),
                config.hidden,
                config.norm_epsilon,
            )
        };
        let sandwich = config.architecture == Architecture::Gemma3;
        Ok(Self {
            index,
            attention_norm: norm("attn_norm")?,
            attention: Attention::read(file, &prefix, index, config)?,
            after_attention_norm: sandwich.then(|| norm("post_attention_norm")).transpose()?,
            feed_forward_norm: norm("ffn_norm")?,
            feed_forward: FeedForward::read(file, &prefix, config)?,
            after_feed_forward_norm: sandwich.then(|| norm("post_ffw_norm")).transpose()?,
        })
    }

    /// Its linear layers by the names that checkpoints of Hugging Face give them.
    pub(super) fn linears(&mut self) -> impl Iterator<Item = (&'static str, &mut Linear)> {
        let Attention {
            query,
            key,
            value,
            output,
            ..
        } = &mut self.attention;
        let attention = [
            ("self_attn.q_proj", query),
            ("self_attn.k_proj", key),
            ("self_attn.v_proj", value),
            ("self_attn.o_proj", output),
        ];
        attention.into_iter().chain(self.feed_forward.linears())
    }

    /// (tokens, hidden) → (tokens, hidden), and with `pass.last_only` → (texts, hidden).
    pub(super) fn forward(&self, x: &Tensor, pass: Pass) -> candle_core::Result<Tensor> {
        let normed = self.attention_norm.forward(x)?;
        let added = self.attention.forward(&normed, self.index, pass)?;
        let x = (pass.going_on(x)? + after(&self.after_attention_norm, added)?)?;
        let added = self
            .feed_forward
            .forward(&self.feed_forward_norm.forward(&x)?, pass.adapted)?;
        x + after(&self.after_feed_forward_norm, added)?
    }
}

fn after(norm: &Option<RmsNorm>, added: Tensor) -> candle_core::Result<Tensor> {
    match norm {
        Some(norm) => norm.forward(&added),
        None => Ok(added),
    }
}

impl Attention {
    fn read(
        file: &GgufFile,
        prefix: &str,
        index: usize,
        config: &DecoderConfig,
    ) -> Result<Self, GeneratorError> {
        let (hidden, head_dim) = (config.hidden, config.head_dim);
        let linear = |name: &str, outputs, inputs| {
            Linear::read(file, &format!("{prefix}.{name}"), outputs, inputs)
        };
        let norm = |name: &str| {
            RmsNorm::read(
                file,
                &format!("{prefix}.{name}"),
                head_dim,
                config.norm_epsilon,
            )
        };
        let head_norms = match config.architecture {
            Architecture::Qwen3 | Architecture::Gemma3 => {
                Some((norm("attn_q_norm")?, norm("attn_k_norm")?))
            }
            Architecture::Qwen2 | Architecture::Llama => None,
        };
        Ok(Self {
            query: linear("attn_q", config.heads * head_dim, hidden)?,
            key: linear("attn_k", config.kv_heads * head_dim, hidden)?,
            value: linear("attn_v", config.kv_heads * head_dim, hidden)?,
            output: linear("attn_output", hidden, config.heads * head_dim)?,
            head_norms,
            heads: config.heads,
            kv_heads: config.kv_heads,
            head_dim,
            scale: config.attention_scale,
            rope_style: config.rope_style,
            window: config.layer_window(index).map(|window| window.tokens),
        })
    }

    fn forward(&self, x: &Tensor, layer: usize, pass: Pass) -> candle_core::Result<Tensor> {
        let adapted = pass.adapted;
        let asking = pass.going_on(x)?;
        let (query, key) = if asking.dim(0)? < x.dim(0)? {
            let query = self.query.forward(&asking, adapted)?;
            (query, self.key.forward(x, adapted)?)
        } else {
            let [query, key] = Linear::forward_together([&self.query, &self.key], x, adapted)?;
            (query, key)
        };
        let value = self.value.forward(x, adapted)?;
        let (mut first, mut first_query) = (0, 0);
        let mut mixed = Vec::with_capacity(pass.texts.len());
        for rows in pass.texts {
            let queries = if pass.last_only { 1 } else { rows.count };
            let query = query.narrow(0, first_query, queries)?;
            let key = key.narrow(0, first, rows.count)?;
            let value = value.narrow(0, first, rows.count)?;
            mixed.push(self.attend([query, key, value], layer, rows.cache)?);
            first += rows.count;
            first_query += queries;
        }
        let mixed = match <[Tensor; 1]>::try_from(mixed) {
            Ok([mixed]) => mixed,
            Err(mixed) => Tensor::cat(&mixed, 0)?,
        };
        self.output.forward(&mixed, adapted)
    }

    /// Queries of the last tokens of a text, keys and values of all its new tokens, each (tokens, heads · head_dim) →
    /// what the queries see, (queries, heads · head_dim).
    fn attend(
        &self,
        [query, key, value]: [Tensor; 3],
        layer: usize,
        cache: &KvCache,
    ) -> candle_core::Result<Tensor> {
        let query = self.by_head(query, self.heads)?;
        let key = self.by_head(key, self.kv_heads)?;
        let value = self.by_head(value, self.kv_heads)?;
        let (query, key) = match &self.head_norms {
            Some((query_norm, key_norm)) => (query_norm.forward(&query)?, key_norm.forward(&key)?),
            None => (query, key),
        };
        let rope = match self.window {
            Some(_) => cache.local_rope.as_ref().unwrap_or(&cache.rope),
            None => &cache.rope,
        };
        let start = cache.tokens();
        let first_query = start + key.dim(1)? - query.dim(1)?;
        let query = rope.rotate(&query, first_query, self.rope_style)?;
        let key = rope.rotate(&key, start, self.rope_style)?;
        let cache = cache.layer(layer);
        cache.write(&key, &value, start)?;
        attend(&query, cache, first_query, self.window, self.scale)
    }

    /// (tokens, heads · head_dim) → (heads, tokens, head_dim), contiguous.
    fn by_head(&self, x: Tensor, heads: usize) -> candle_core::Result<Tensor> {
        x.reshape((x.dim(0)?, heads, self.head_dim))?
            .transpose(0, 1)?
            .contiguous()
    }
}
