//! Weights with a low-rank adapter added to them. Owns only the addition; files and factors belong to [`crate::lora`].

use candle_core::Tensor;

use super::EncoderError;
use super::bert::{WeightSource, WordTable};
use crate::lora::Adapter;

/// A weight source whose matrices are changed by an adapter.
pub(super) struct Adapted<'a, S> {
    /// The weights as published.
    pub weights: S,
    /// What is added; `None` changes nothing.
    pub adapter: Option<&'a Adapter>,
}

impl<S: WeightSource> WeightSource for Adapted<'_, S> {
    fn vector(&self, name: &str, length: usize) -> Result<Tensor, EncoderError> {
        self.weights.vector(name, length)
    }

    fn table(&self, name: &str, rows: usize, columns: usize) -> Result<Tensor, EncoderError> {
        self.weights.table(name, rows, columns)
    }

    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Tensor, EncoderError> {
        let matrix = self.weights.matrix(name, rows, columns)?;
        let module = name.strip_suffix(".weight").unwrap_or(name);
        let delta = self
            .adapter
            .map(|adapter| adapter.delta(module, rows, columns))
            .transpose()?
            .flatten();
        match delta {
            Some(delta) => (matrix + delta).map_err(EncoderError::forward),
            None => Ok(matrix),
        }
    }

    fn words(&self, name: &str, rows: usize, columns: usize) -> Result<WordTable, EncoderError> {
        self.weights.words(name, rows, columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::bert::Bert;
    use crate::encoder::checkpoint::Checkpoint;
    use crate::encoder::linear::Arithmetic;
    use crate::encoder::tiny;
    use candle_core::{DType, Device};
    use std::collections::HashMap;

    /// Hidden states with weights and adapter.
    fn states(weights: &HashMap<String, Tensor>, adapter: Option<&Adapter>) -> Vec<f32> {
        let config = tiny::config(0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        candle_core::safetensors::save(weights, &path).unwrap();
        let weights = Checkpoint::open(&path).unwrap();
        let bert = Bert::load(&Adapted { weights, adapter }, config, Arithmetic::Floats).unwrap();
        let states = bert.forward(&tiny::batch(0)).unwrap();
        states.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn an_adapter_is_the_same_as_other_weights() {
        let config = tiny::config(0);
        let mut weights = tiny::weights(&config, 3);
        let module = "encoder.layer.0.attention.output.dense";
        let name = format!("{module}.weight");
        // Rows differ: a layer norm follows, which would take away what all outputs have in common.
        let a = Tensor::full(0.1f32, (1, config.hidden), &Device::Cpu).unwrap();
        let b: Vec<f32> = (0..config.hidden).map(|at| at as f32 / 10.0).collect();
        let b = Tensor::from_vec(b, (config.hidden, 1), &Device::Cpu).unwrap();
        let delta = (b.matmul(&a).unwrap() * 3.0).unwrap();
        let factors = [("lora_A", a), ("lora_B", b)]
            .map(|(half, factor)| (format!("base_model.model.{module}.{half}.weight"), factor));
        let file = tempfile::NamedTempFile::new().unwrap();
        let factors: HashMap<String, Tensor> = factors.into_iter().collect();
        candle_core::safetensors::save(&factors, file.path()).unwrap();
        let bytes = std::fs::read(file.path()).unwrap();
        let config = br#"{"peft_type": "LORA", "r": 1, "lora_alpha": 3}"#;
        let adapter = Adapter::parse("test", config, &bytes).unwrap();

        let (plain, adapted) = (states(&weights, None), states(&weights, Some(&adapter)));
        let changed = (weights[&name].to_dtype(DType::F32).unwrap() + delta).unwrap();
        weights.insert(name, changed);
        let expected = states(&weights, None);
        let far = |a: &[f32], b: &[f32]| {
            let pairs = a.iter().zip(b);
            pairs.fold(0f32, |most, (a, b)| most.max((a - b).abs()))
        };
        assert!(far(&adapted, &expected) < 1e-5);
        assert!(far(&adapted, &plain) > 1e-3, "the adapter does something");
    }
}
