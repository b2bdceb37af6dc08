//! The BERT forward pass: a ragged batch of token ids → hidden states.
//!
//! Devlin et al. 2019, with the post-layer-norm order of the original. Matrix products run over all tokens
//! of the batch at once; attention runs window by window. No value of a token depends on another
//! window: a row of a matrix product is summed in the same order whatever the number of rows (see
//! [`Linear`]), and everything else reads one token or one window. Weights are unpacked at load: with
//! Candle's Q4_0 product (hidden size 384 misses its repacked kernels) it runs five to ten times slower.

use candle_core::quantized::QTensor;
use candle_core::{DType, Device, Result, Tensor};

use super::EncoderError;
use super::activation::{Activation, Function};
use super::attention::Attention;
use super::config::BertConfig;
use super::linear::{Arithmetic, Linear};
use super::norm::AddNorm;
use super::windows::Batch;

/// Where weights come from. Names are those of a Hugging Face BERT checkpoint without prefix.
pub(super) trait WeightSource {
    /// A bias or scale as f32, shape `(length)`.
    fn vector(&self, name: &str, length: usize) -> Loaded<Tensor>;
    /// A position or type table as f32, shape `(rows, columns)`.
    fn table(&self, name: &str, rows: usize, columns: usize) -> Loaded<Tensor>;
    /// A linear layer's matrix as f32, shape `(output, input)`.
    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Loaded<Tensor>;
    /// The word table as it is stored, shape `(rows, columns)`.
    fn words(&self, name: &str, rows: usize, columns: usize) -> Loaded<WordTable>;
}

/// The word table: by far the largest tensor, so it stays as it is stored and rows are unpacked on use.
pub(super) enum WordTable {
    /// Q4_0 blocks.
    Quantized(QTensor),
    /// f32, f16 or bf16.
    Dense(Tensor),
}

impl WordTable {
    /// The rows of `ids`, shape `(ids, hidden)`, f32.
    fn rows(&self, ids: &Tensor) -> Result<Tensor> {
        match self {
            Self::Quantized(table) => table.embedding(ids),
            Self::Dense(table) => table.index_select(ids, 0)?.to_dtype(DType::F32),
        }
    }
}

type Loaded<T> = std::result::Result<T, EncoderError>;

/// The linear layer whose matrices are these, one below the other.
fn linear(
    source: &impl WeightSource,
    names: &[String],
    [output, input]: [usize; 2],
    arithmetic: Arithmetic,
) -> Loaded<Linear> {
    let matrices = names
        .iter()
        .map(|name| source.matrix(&format!("{name}.weight"), output, input));
    let matrices: Vec<Tensor> = matrices.collect::<Loaded<_>>()?;
    Tensor::cat(&matrices, 0)
        .and_then(|matrix| Linear::new(&matrix, arithmetic))
        .map_err(EncoderError::forward)
}

/// A bias, scale or shift.
fn vector(source: &impl WeightSource, name: &str, length: usize) -> Loaded<Vec<f32>> {
    source
        .vector(name, length)?
        .to_vec1()
        .map_err(EncoderError::forward)
}

fn add_norm(
    source: &impl WeightSource,
    bias: Vec<f32>,
    norm: &str,
    config: &BertConfig,
) -> Loaded<AddNorm> {
    Ok(AddNorm {
        bias,
        scale: vector(source, &format!("{norm}.weight"), config.hidden)?,
        shift: vector(source, &format!("{norm}.bias"), config.hidden)?,
        eps: config.layer_norm_eps as f32,
    })
}

struct Layer {
    /// Query, key and value matrices, `(3 · hidden, hidden)`, and their biases.
    projection: Linear,
    projection_bias: Activation,
    /// `(hidden, hidden)`
    attention_output: Linear,
    attention_norm: AddNorm,
    /// `(feed-forward, hidden)`
    intermediate: Linear,
    activation: Activation,
    /// `(hidden, feed-forward)`
    output: Linear,
    output_norm: AddNorm,
}

impl Layer {
    fn load(
        source: &impl WeightSource,
        index: usize,
        config: &BertConfig,
        arithmetic: Arithmetic,
    ) -> Loaded<Self> {
        let (hidden, wide) = (config.hidden, config.feed_forward);
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let bias = |part: &str, length| vector(source, &name(&format!("{part}.bias")), length);
        let norm = |part: &str, bias| add_norm(source, bias, &name(part), config);
        let projections = ["query", "key", "value"].map(|part| format!("attention.self.{part}"));
        let linear =
            |names: &[String], output, input| linear(source, names, [output, input], arithmetic);
        let projection = linear(
            &projections.each_ref().map(|part| name(part)),
            hidden,
            hidden,
        )?;
        let biases: Vec<Vec<f32>> = projections
            .iter()
            .map(|part| bias(part, hidden))
            .collect::<Loaded<_>>()?;
        let one = |part: &str, output, input| linear(&[name(part)], output, input);
        Ok(Self {
            projection,
            projection_bias: Activation {
                function: Function::Identity,
                bias: biases.concat(),
            },
            attention_output: one("attention.output.dense", hidden, hidden)?,
            attention_norm: norm(
                "attention.output.LayerNorm",
                bias("attention.output.dense", hidden)?,
            )?,
            intermediate: one("intermediate.dense", wide, hidden)?,
            activation: Activation {
                function: Function::Gelu,
                bias: bias("intermediate.dense", wide)?,
            },
            output: one("output.dense", hidden, wide)?,
            output_norm: norm("output.LayerNorm", bias("output.dense", hidden)?)?,
        })
    }

    /// `(tokens, hidden)` → `(tokens, hidden)`.
    fn forward(&self, x: &Tensor, attention: &Attention) -> Result<Tensor> {
        let projected = self.projection.forward(x)?; // (tokens, 3 · hidden)
        projected.inplace_op1(&self.projection_bias)?;
        let attended = projected.apply_op1_no_bwd(attention)?;
        let attended = self.attention_output.forward(&attended)?;
        attended.inplace_op2(x, &self.attention_norm)?;
        let wide = self.intermediate.forward(&attended)?; // (tokens, feed-forward)
        wide.inplace_op1(&self.activation)?;
        let output = self.output.forward(&wide)?;
        output.inplace_op2(&attended, &self.output_norm)?;
        Ok(output)
    }
}

/// A BERT encoder in memory.
pub(super) struct Bert {
    config: BertConfig,
    words: WordTable,
    positions: Tensor,
    /// Adds row 0 of the token types, which every token of a single text has.
    norm: AddNorm,
    layers: Vec<Layer>,
}

impl Bert {
    /// Loads all weights that `config` asks for.
    pub fn load(
        source: &impl WeightSource,
        config: BertConfig,
        arithmetic: Arithmetic,
    ) -> Loaded<Self> {
        let table = |part: &str, rows| {
            source.table(&format!("embeddings.{part}.weight"), rows, config.hidden)
        };
        let token_type = table("token_type_embeddings", config.token_types)?
            .get(0)
            .and_then(|row| row.to_vec1())
            .map_err(EncoderError::forward)?;
        Ok(Self {
            words: source.words(
                "embeddings.word_embeddings.weight",
                config.vocabulary,
                config.hidden,
            )?,
            positions: table("position_embeddings", config.positions)?,
            norm: add_norm(source, token_type, "embeddings.LayerNorm", &config)?,
            layers: (0..config.layers)
                .map(|index| Layer::load(source, index, &config, arithmetic))
                .collect::<Loaded<_>>()?,
            config,
        })
    }

    /// The dimensions.
    pub fn config(&self) -> &BertConfig {
        &self.config
    }

    /// Hidden states of the last layer, shape `(tokens, hidden)`.
    pub fn forward(&self, batch: &Batch) -> Result<Tensor> {
        let ids = Tensor::new(batch.ids.as_slice(), &Device::Cpu)?;
        let positions = Tensor::new(batch.positions.as_slice(), &Device::Cpu)?;
        let mut x = self.words.rows(&ids)?;
        x.inplace_op2(&self.positions.index_select(&positions, 0)?, &self.norm)?;
        let attention = Attention {
            heads: self.config.heads,
            head_size: self.config.head_size(),
            segments: &batch.segments,
        };
        for layer in &self.layers {
            x = layer.forward(&x, &attention)?;
        }
        Ok(x)
    }
}
