//! Low-rank adapters: files in the format of Hugging Face PEFT → what is added to a model's matrices.
//!
//! Owns [`Adapter`]: reading `adapter_config.json` and `adapter_model.safetensors`, and [`Adapter::delta`], the product
//! (α / r) · B · A of Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models". Knows no model: whoever loads
//! one asks for the delta of each matrix by name.

use candle_core::safetensors::load_buffer;
use candle_core::{DType, Device, Tensor};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// What PEFT puts before the name of a module.
const PREFIX: &str = "base_model.model.";

/// Why an adapter cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoraError {
    /// The configuration is not one of a LoRA adapter.
    #[error("adapter {name:?}: adapter_config.json cannot be read")]
    Config {
        /// The adapter.
        name: String,
        /// The JSON error with its line.
        #[source]
        source: serde_json::Error,
    },
    /// The weights are not what the configuration says, or do not fit the model.
    #[error("adapter {name:?}: {reason}")]
    Invalid {
        /// The adapter.
        name: String,
        /// What was found where.
        reason: String,
    },
    /// A tensor cannot be read or multiplied.
    #[error("adapter {name:?}: its tensors cannot be used")]
    Tensor {
        /// The adapter.
        name: String,
        /// What Candle said.
        #[source]
        source: Box<candle_core::Error>,
    },
}

/// The part of `adapter_config.json` that matters here.
#[derive(Debug, Deserialize)]
struct Config {
    peft_type: String,
    r: usize,
    lora_alpha: f64,
    #[serde(default)]
    use_rslora: bool,
    #[serde(default)]
    use_dora: bool,
    /// Of an activated adapter (aLoRA).
    #[serde(default)]
    alora_invocation_tokens: Option<Vec<u32>>,
}

/// A LoRA adapter in memory.
#[derive(Debug, Clone)]
pub struct Adapter {
    name: String,
    scale: f64,
    invocation: Option<Vec<u32>>,
    factors: HashMap<String, Factors>,
}

/// The two factors of one matrix's delta.
#[derive(Debug, Clone)]
struct Factors {
    a: Tensor, // (rank, input)
    b: Tensor, // (output, rank)
}

impl Adapter {
    /// Reads an adapter; `name` is what messages call it.
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// use depeche::lora::Adapter;
    ///
    /// let a = Tensor::new(&[[1f32, 2.0]], &Device::Cpu)?; // rank 1, two inputs
    /// let b = Tensor::new(&[[3f32], [0.0], [1.0]], &Device::Cpu)?; // three outputs
    /// let tensors = [
    ///     ("base_model.model.layer.dense.lora_A.weight", a),
    ///     ("base_model.model.layer.dense.lora_B.weight", b),
    /// ];
    /// let file = tempfile::NamedTempFile::new()?;
    /// candle_core::safetensors::save(&tensors.into_iter().collect(), file.path())?;
    /// let config = br#"{"peft_type": "LORA", "r": 1, "lora_alpha": 2}"#;
    /// let adapter = Adapter::parse("mine", config, &std::fs::read(file.path())?)?;
    /// let delta = adapter.delta("layer.dense", 3, 2)?.expect("it has this matrix");
    /// assert_eq!(delta.to_vec2::<f32>()?, [[6.0, 12.0], [0.0, 0.0], [2.0, 4.0]]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A file is not of PEFT's LoRA format, asks for a variant that is not supported (DoRA, rank-stabilised), or a factor
    /// lacks its other half or has another rank.
    pub fn parse(name: &str, config: &[u8], weights: &[u8]) -> Result<Self, LoraError> {
        let invalid = |reason: String| LoraError::Invalid {
            name: name.to_owned(),
            reason,
        };
        let config: Config =
            serde_json::from_slice(config).map_err(|source| LoraError::Config {
                name: name.to_owned(),
                source,
            })?;
        if config.peft_type != "LORA" || config.use_dora || config.use_rslora || config.r == 0 {
            return Err(invalid(
                "only plain LoRA of rank 1 or more is supported".to_owned(),
            ));
        }
        let failed = |source: candle_core::Error| LoraError::Tensor {
            name: name.to_owned(),
            source: Box::new(source),
        };
        let mut tensors = load_buffer(weights, &Device::Cpu).map_err(failed)?;
        let mut factors = HashMap::new();
        for module in modules(tensors.keys()) {
            let mut take = |half: &str| -> Result<Tensor, LoraError> {
                let tensor = format!("{PREFIX}{module}.{half}.weight");
                let found = tensors.remove(&tensor);
                let found = found.ok_or_else(|| invalid(format!("{tensor} is missing")))?;
                found.to_dtype(DType::F32).map_err(failed)
            };
            let (a, b) = (take("lora_A")?, take("lora_B")?);
            match (a.dims(), b.dims()) {
                ([of_a, _], [_, of_b]) if *of_a == config.r && *of_b == config.r => {}
                (a, b) => {
                    let rank = config.r;
                    return Err(invalid(format!(
                        "the factors of {module} have shapes {a:?} and {b:?}; the rank is {rank}"
                    )));
                }
            }
            factors.insert(module, Factors { a, b });
        }
        match tensors.keys().min() {
            Some(stranger) => Err(invalid(format!("{stranger} is no LoRA factor"))),
            None => Ok(Self {
                name: name.to_owned(),
                scale: config.lora_alpha / config.r as f64,
                invocation: config.alora_invocation_tokens,
                factors,
            }),
        }
    }

    /// What is added to the matrix of `module`, shape `(output, input)`, f32; `None` if it stays as it is.
    ///
    /// # Errors
    /// The matrix has another shape than the adapter was made for.
    pub fn delta(
        &self,
        module: &str,
        output: usize,
        input: usize,
    ) -> Result<Option<Tensor>, LoraError> {
        let Some((a, b)) = self.fitting(module, output, input)? else {
            return Ok(None);
        };
        let delta = b.matmul(a).and_then(|product| product * self.scale);
        delta.map(Some).map_err(|source| self.failed(source))
    }

    /// The delta of `module` as two factors: `(rank, output)` with the scale in it, and `(rank, input)`.
    /// x · second^T · first is what x · delta^T is, at a fraction of the products.
    ///
    /// # Errors
    /// The matrix has another shape than the adapter was made for.
    pub fn factors(
        &self,
        module: &str,
        output: usize,
        input: usize,
    ) -> Result<Option<(Tensor, Tensor)>, LoraError> {
        let Some((a, b)) = self.fitting(module, output, input)? else {
            return Ok(None);
        };
        let up = (b * self.scale).and_then(|b| b.t()?.contiguous());
        let down = a.contiguous();
        let both = up.and_then(|up| Ok((up, down?)));
        both.map(Some).map_err(|source| self.failed(source))
    }

    /// A and B of `module`, if it is changed at all.
    fn fitting(
        &self,
        module: &str,
        output: usize,
        input: usize,
    ) -> Result<Option<(&Tensor, &Tensor)>, LoraError> {
        let Some(Factors { a, b }) = self.factors.get(module) else {
            return Ok(None);
        };
        if (b.dims()[0], a.dims()[1]) != (output, input) {
            return Err(LoraError::Invalid {
                name: self.name.clone(),
                reason: format!(
                    "it was made for a {module} of {} x {}, the model's is {output} x {input}",
                    b.dims()[0],
                    a.dims()[1]
                ),
            });
        }
        Ok(Some((a, b)))
    }

    fn failed(&self, source: candle_core::Error) -> LoraError {
        LoraError::Tensor {
            name: self.name.clone(),
            source: Box::new(source),
        }
    }

    /// The tokens from which on an activated adapter (aLoRA, arXiv 2504.12397) is in force; `None` for one that always is.
    pub fn invocation(&self) -> Option<&[u32]> {
        self.invocation.as_deref()
    }

    /// An error for a model that has no place for what the adapter changes.
    pub fn misfit(&self, reason: String) -> LoraError {
        LoraError::Invalid {
            name: self.name.clone(),
            reason,
        }
    }

    /// The modules that it changes, in no order.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.factors.keys().map(String::as_str)
    }
}

/// The names of the modules of which there is a factor.
fn modules<'a>(tensors: impl Iterator<Item = &'a String>) -> HashSet<String> {
    let module = |name: &'a String| {
        let name = name.strip_prefix(PREFIX)?.strip_suffix(".weight")?;
        let half = name
            .strip_suffix(".lora_A")
            .or_else(|| name.strip_suffix(".lora_B"));
        half.map(str::to_owned)
    };
    tensors.filter_map(module).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &[u8] = br#"{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "bias": "none"}"#;

    fn file(tensors: &[(&str, (usize, usize))]) -> Vec<u8> {
        let tensors: HashMap<String, Tensor> = tensors
            .iter()
            .map(|(name, shape)| {
                let tensor = Tensor::ones(*shape, DType::F32, &Device::Cpu).unwrap();
                (format!("{PREFIX}{name}.weight"), tensor)
            })
            .collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        candle_core::safetensors::save(&tensors, file.path()).unwrap();
        std::fs::read(file.path()).unwrap()
    }

    #[test]
    fn a_delta_is_scaled_and_others_are_none() {
        let weights = file(&[("x.lora_A", (2, 3)), ("x.lora_B", (4, 2))]);
        let adapter = Adapter::parse("mine", CONFIG, &weights).unwrap();
        let delta = adapter.delta("x", 4, 3).unwrap().unwrap();
        assert_eq!(delta.dims(), [4, 3]);
        assert_eq!(delta.max_all().unwrap().to_scalar::<f32>().unwrap(), 4.0);
        assert!(adapter.delta("y", 4, 3).unwrap().is_none());
        assert_eq!(adapter.modules().collect::<Vec<_>>(), ["x"]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let good = file(&[("x.lora_A", (2, 3)), ("x.lora_B", (4, 2))]);
        let cases: [(&[u8], Vec<u8>, &str); 6] = [
            (b"{}", good.clone(), "adapter_config.json"),
            (
                br#"{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "use_dora": true}"#,
                good.clone(),
                "only plain LoRA",
            ),
            (
                br#"{"peft_type": "LORA", "r": 3, "lora_alpha": 4}"#,
                good.clone(),
                "the rank is 3",
            ),
            (
                CONFIG,
                file(&[("x.lora_A", (2, 3))]),
                "x.lora_B.weight is missing",
            ),
            (
                CONFIG,
                file(&[
                    ("x.lora_A", (2, 3)),
                    ("x.lora_B", (4, 2)),
                    ("x.bias", (1, 1)),
                ]),
                "x.bias.weight is no LoRA factor",
            ),
            (CONFIG, b"not safetensors".to_vec(), "cannot be used"),
        ];
        for (config, weights, expected) in cases {
            let error = Adapter::parse("mine", config, &weights).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
        let error = Adapter::parse("mine", CONFIG, &good)
            .unwrap()
            .delta("x", 5, 3)
            .unwrap_err();
        assert!(
            error.to_string().contains("4 x 3, the model's is 5 x 3"),
            "{error}"
        );
    }
}
