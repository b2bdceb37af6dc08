//! What a decoder-only model looks like, read from GGUF metadata.
//!
//! Owns the differences between the four architectures; the layers only see [`DecoderConfig`]. Keys are those which
//! llama.cpp writes (<https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py>).

use candle_core::quantized::gguf_file::Value;

use super::GeneratorError;
use super::gguf::GgufFile;

/// An upper bound for each dimension, far above real models: products of two cannot overflow.
const MAX_DIMENSION: usize = 1 << 20;
const MAX_LAYERS: usize = 1024;
/// Gemma 3 has one full-attention layer after five with a window (arXiv 2503.19786, section 2).
const GEMMA3_WINDOW_PERIOD: usize = 6;
/// RoPE base of Gemma 3's windowed layers (arXiv 2503.19786, section 2).
const GEMMA3_LOCAL_ROPE_BASE: f32 = 10_000.0;
/// Gemma 3 27B alone scales attention by hidden/heads in place of the head dimension; it is told by its layers.
const GEMMA3_27B_LAYERS: usize = 62;

/// The families of models that [`super::GgufGenerator`] can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Qwen2 and Qwen2.5: biases on the query, key and value projections.
    Qwen2,
    /// Qwen3: RMS norms on queries and keys.
    Qwen3,
    /// Gemma 3 (text): norms before and after each block, scaled embeddings, sliding windows.
    Gemma3,
    /// Llama 2 and 3 and their kin: interleaved rotary embedding.
    Llama,
}

impl Architecture {
    /// All supported architectures.
    pub const ALL: [Self; 4] = [Self::Qwen2, Self::Qwen3, Self::Gemma3, Self::Llama];

    /// Its name in `general.architecture`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
            Self::Gemma3 => "gemma3",
            Self::Llama => "llama",
        }
    }

    fn read(file: &GgufFile) -> Result<Self, GeneratorError> {
        let found = file.text("general.architecture")?.unwrap_or("(none)");
        Self::ALL
            .into_iter()
            .find(|arch| arch.name() == found)
            .ok_or_else(|| GeneratorError::Architecture {
                path: file.path().to_path_buf(),
                found: found.to_string(),
                supported: Self::ALL.map(Self::name).join(", "),
            })
    }
}

/// Which pairs of a head's values the rotary embedding turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RopeStyle {
    /// Pairs (2i, 2i+1); GGUF files of architecture llama are permuted for it.
    Interleaved,
    /// Pairs (i, i + d/2), "neox".
    HalfSplit,
}

/// The gate's non-linearity in the feed-forward block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    /// x·σ(x).
    Silu,
    /// GELU in its tanh approximation.
    GeluTanh,
}

/// Layers which see only the last tokens.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SlidingWindow {
    /// A token sees itself and the `tokens - 1` before it.
    pub(super) tokens: usize,
    /// RoPE base of these layers.
    pub(super) rope_base: f32,
    /// For each layer: does it have the window?
    pub(super) layers: Vec<bool>,
}

/// Dimensions and variants of one model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DecoderConfig {
    pub(super) architecture: Architecture,
    pub(super) layers: usize,
    pub(super) hidden: usize,
    pub(super) feed_forward: usize,
    pub(super) heads: usize,
    pub(super) kv_heads: usize,
    pub(super) head_dim: usize,
    pub(super) vocabulary: usize,
    /// Tokens that the model was made to see.
    pub(super) context: usize,
    pub(super) norm_epsilon: f32,
    pub(super) rope_style: RopeStyle,
    pub(super) rope_base: f32,
    /// Positions of full-attention layers are divided by this (linear RoPE scaling).
    pub(super) rope_divisor: f32,
    pub(super) window: Option<SlidingWindow>,
    pub(super) attention_scale: f32,
    /// Gemma multiplies embeddings by √hidden.
    pub(super) embedding_scale: Option<f64>,
    pub(super) activation: Activation,
}

impl DecoderConfig {
    /// Reads and checks the configuration of `file`.
    pub(super) fn read(file: &GgufFile) -> Result<Self, GeneratorError> {
        let architecture = Architecture::read(file)?;
        let keys = Keys {
            file,
            prefix: architecture.name(),
        };
        let gemma = architecture == Architecture::Gemma3;
        let layers = keys.dimension("block_count", MAX_LAYERS)?;
        let hidden = keys.dimension("embedding_length", MAX_DIMENSION)?;
        let heads = keys.dimension("attention.head_count", MAX_DIMENSION)?;
        let kv_heads = match keys.number("attention.head_count_kv")? {
            None => heads,
            Some(_) => keys.dimension("attention.head_count_kv", heads)?,
        };
        let head_dim = match keys.number("attention.key_length")? {
            None => hidden / heads,
            Some(_) => keys.dimension("attention.key_length", MAX_DIMENSION)?,
        };
        let attention_width = if gemma && layers == GEMMA3_27B_LAYERS {
            hidden / heads
        } else {
            head_dim
        };
        let vocabulary = file
            .shape("token_embd.weight")
            .and_then(|s| s.first())
            .copied();
        let config = Self {
            architecture,
            layers,
            hidden,
            feed_forward: keys.dimension("feed_forward_length", MAX_DIMENSION)?,
            heads,
            kv_heads,
            head_dim,
            vocabulary: vocabulary.unwrap_or(0),
            context: keys.dimension("context_length", usize::MAX)?,
            norm_epsilon: keys
                .float("attention.layer_norm_rms_epsilon")?
                .unwrap_or(1e-6),
            rope_style: match architecture {
                Architecture::Llama => RopeStyle::Interleaved,
                _ => RopeStyle::HalfSplit,
            },
            rope_base: keys.float("rope.freq_base")?.unwrap_or(if gemma {
                1_000_000.0
            } else {
                10_000.0
            }),
            rope_divisor: keys.rope_divisor()?,
            window: if gemma {
                keys.sliding_window(layers)?
            } else {
                None
            },
            attention_scale: 1.0 / (attention_width as f32).sqrt(),
            embedding_scale: gemma.then(|| (hidden as f64).sqrt()),
            activation: if gemma {
                Activation::GeluTanh
            } else {
                Activation::Silu
            },
        };
        config.check(&keys)?;
        Ok(config)
    }

    /// Tokens that `layer` sees, if not all.
    pub(super) fn layer_window(&self, layer: usize) -> Option<&SlidingWindow> {
        self.window.as_ref().filter(|window| window.layers[layer])
    }

    fn check(&self, keys: &Keys<'_>) -> Result<(), GeneratorError> {
        let path = keys.file.path();
        if self.head_dim == 0 || !self.head_dim.is_multiple_of(2) {
            let reason = format!(
                "heads of {} values cannot be rotated in pairs",
                self.head_dim
            );
            return Err(GeneratorError::malformed(path, reason));
        }
        if !self.heads.is_multiple_of(self.kv_heads) {
            let reason = format!(
                "{} query heads over {} key heads",
                self.heads, self.kv_heads
            );
            return Err(GeneratorError::malformed(path, reason));
        }
        let widths = [self.heads.saturating_mul(self.head_dim), self.vocabulary];
        if widths
            .iter()
            .any(|&width| width == 0 || width > 16 * MAX_DIMENSION)
        {
            let reason = format!("attention width and vocabulary are {widths:?}");
            return Err(GeneratorError::malformed(path, reason));
        }
        for (key, wanted) in [
            ("attention.value_length", self.head_dim),
            ("rope.dimension_count", self.head_dim),
            ("expert_count", 0),
        ] {
            if let Some(found) = keys.number(key)?.filter(|&found| found != wanted) {
                let reason = format!("metadata `{}` is {found}, not {wanted}", keys.key(key));
                return Err(GeneratorError::unsupported(path, reason));
            }
        }
        for key in ["attn_logit_softcapping", "final_logit_softcapping"] {
            if keys.float(key)?.is_some_and(|cap| cap != 0.0) {
                let reason = format!("metadata `{}` is not implemented", keys.key(key));
                return Err(GeneratorError::unsupported(path, reason));
            }
        }
        Ok(())
    }
}

/// Metadata under the architecture's prefix.
struct Keys<'a> {
    file: &'a GgufFile,
    prefix: &'static str,
}

impl Keys<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    fn number(&self, name: &str) -> Result<Option<usize>, GeneratorError> {
        self.file.number(&self.key(name))
    }

    fn float(&self, name: &str) -> Result<Option<f32>, GeneratorError> {
        self.file.float(&self.key(name))
    }

    /// A number in 1..=`max`.
    fn dimension(&self, name: &str, max: usize) -> Result<usize, GeneratorError> {
        let key = self.key(name);
        let number = self.file.required_number(&key)?;
        if number == 0 || number > max {
            let reason = format!("metadata `{key}` is {number}, expected 1 to {max}");
            return Err(GeneratorError::malformed(self.file.path(), reason));
        }
        Ok(number)
    }

    fn rope_divisor(&self) -> Result<f32, GeneratorError> {
        let key = self.key("rope.scaling.type");
        let factor = self.float("rope.scaling.factor")?;
        match (self.file.text(&key)?, factor) {
            (None | Some("none"), None) => Ok(1.0),
            (Some("none"), Some(_)) => Ok(1.0),
            // Without a type llama.cpp takes the factor as linear.
            (None | Some("linear"), Some(factor)) if factor > 0.0 => Ok(factor),
            (kind, factor) => {
                let reason = format!("metadata `{key}` is {kind:?} with factor {factor:?}");
                Err(GeneratorError::unsupported(self.file.path(), reason))
            }
        }
    }

    fn sliding_window(&self, layers: usize) -> Result<Option<SlidingWindow>, GeneratorError> {
        let Some(tokens) = self.number("attention.sliding_window")?.filter(|&n| n > 0) else {
            return Ok(None);
        };
        let key = self.key("attention.sliding_window_pattern");
        let every = |period: usize| (1..=layers).map(|n| n % period != 0).collect::<Vec<_>>();
        let flag = |value: &Value| match value {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        };
        let pattern = match self.file.content().metadata.get(&key) {
            None => every(GEMMA3_WINDOW_PERIOD),
            Some(Value::Array(_)) => self
                .file
                .list(&key, "a list of true and false", flag)?
                .unwrap_or_default(),
            Some(_) => every(self.dimension("attention.sliding_window_pattern", usize::MAX)?),
        };
        if pattern.len() != layers {
            let reason = format!(
                "metadata `{key}` has {} entries, not {layers}",
                pattern.len()
            );
            return Err(GeneratorError::malformed(self.file.path(), reason));
        }
        let rope_base = self
            .float("rope.local_freq_base")?
            .or(self.float("rope.freq_base_swa")?);
        Ok(Some(SlidingWindow {
            tokens,
            rope_base: rope_base.unwrap_or(GEMMA3_LOCAL_ROPE_BASE),
            layers: pattern,
        }))
    }
}
