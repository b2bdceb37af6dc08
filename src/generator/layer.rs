//! One transformer block: attention and feed-forward, each between norms, each added to the residual stream.

use candle_core::Tensor;

use super::GeneratorError;
use super::attend::Heads;
use super::cache::KvCache;
use super::config::{Architecture, DecoderConfig};
use super::feed_forward::FeedForward;
use super::gguf::GgufFile;
use super::linear::{Linear, RmsNorm};
use crate::kernels::values_of;

/// How texts go through a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    /// So many texts, the last ones, are scored; of the others keys and values alone are wanted.
    pub(super) scored: usize,
    /// So many, the last ones, with the adapter.
    pub(super) adapted: usize,
    /// The last block: the keys and values of all tokens are written to the caches, but only the last token of each
    /// scored text goes on.
    pub(super) last: bool,
}

/// The rows of one text in a pass; those of several texts stand one after the other.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    /// New tokens of the text, at least one.
    pub(super) count: usize,
    /// What came before them; the keys and values of the new ones are written here.
    pub(super) cache: &'a mut KvCache,
}

impl Pass {
    /// How many tokens of each text go on.
    fn counts(self, texts: &[Rows]) -> Vec<usize> {
        let unscored = texts.len() - self.scored;
        let counts = texts.iter().enumerate().map(|(at, text)| match self.last {
            true => usize::from(at >= unscored),
            false => text.count,
        });
        counts.collect()
    }

    /// How many rows, the last ones, are with the adapter, if the texts have so many.
    fn adapted_rows(self, counts: impl DoubleEndedIterator<Item = usize>) -> usize {
        counts.rev().take(self.adapted).sum()
    }

    /// (tokens, width) → the rows that go on, as many as `counts` says.
    fn going_on(self, x: &Tensor, texts: &[Rows], counts: &[usize]) -> candle_core::Result<Tensor> {
        if counts.iter().sum::<usize>() == x.dim(0)? {
            return Ok(x.clone());
        }
        let ends = texts.iter().scan(0u32, |end, rows| {
            *end += rows.count as u32;
            Some(*end - 1)
        });
        let ends: Vec<u32> = ends.skip(texts.len() - self.scored).collect();
        x.index_select(&Tensor::new(ends, x.device())?, 0)
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
    heads: Heads,
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

    /// (tokens, hidden) → (tokens, hidden), and in the last block → (scored texts, hidden); what is there if there are
    /// none means nothing.
    pub(super) fn forward(
        &self,
        x: Tensor,
        texts: &mut [Rows],
        pass: Pass,
    ) -> candle_core::Result<Tensor> {
        let counts = pass.counts(texts);
        let adapted = pass.adapted_rows(counts.iter().copied());
        let normed = self.attention_norm.forward(&x)?;
        let Some(added) = self.attend(&normed, texts, pass, &counts)? else {
            return Ok(x);
        };
        let x = pass.going_on(&x, texts, &counts)?;
        let x = (x + after(&self.after_attention_norm, added)?)?;
        let added = self
            .feed_forward
            .forward(&self.feed_forward_norm.forward(&x)?, adapted)?;
        x + after(&self.after_feed_forward_norm, added)?
    }

    /// What attention adds to the rows that go on; `None` if none does.
    fn attend(
        &self,
        x: &Tensor,
        texts: &mut [Rows],
        pass: Pass,
        counts: &[usize],
    ) -> candle_core::Result<Option<Tensor>> {
        let Attention {
            query,
            key,
            value,
            output,
            heads,
        } = &self.attention;
        let adapted = pass.adapted_rows(texts.iter().map(|text| text.count));
        let adapted_on = pass.adapted_rows(counts.iter().copied());
        let going_on = counts.iter().sum::<usize>();
        let (queries, keys, values) = if going_on == x.dim(0)? {
            let [queries, keys, values] =
                Linear::forward_together([query, key, value], x, adapted)?;
            (Some(queries), keys, values)
        } else {
            let [keys, values] = Linear::forward_together([key, value], x, adapted)?;
            let asking = (going_on > 0).then(|| pass.going_on(x, texts, counts));
            let queries = asking.map(|asking| query.forward(&asking?, adapted_on));
            (queries.transpose()?, keys, values)
        };
        heads.remember(self.index, texts, &values_of(&keys)?, &values_of(&values)?);
        let Some(queries) = queries else {
            return Ok(None);
        };
        let mixed = heads.attend(self.index, texts, counts, &values_of(&queries)?);
        let mixed = Tensor::from_vec(mixed, queries.shape(), queries.device())?;
        output.forward(&mixed, adapted_on).map(Some)
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
        let norms = match config.architecture {
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
            heads: Heads {
                heads: config.heads,
                kv_heads: config.kv_heads,
                head_dim,
                scale: config.attention_scale,
                rope_style: config.rope_style,
                norms,
                window: config.layer_window(index).map(|window| window.tokens),
            },
        })
    }
}
