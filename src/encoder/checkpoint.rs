//! Reads the weights of a Hugging Face safetensors checkpoint.
//!
//! Input: `model.safetensors`, any of f32, f16 and bf16. The file is mapped, not copied; layer
//! weights become f32, the word table keeps the type it has in the file.

use std::path::{Path, PathBuf};

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Shape, Tensor};

use super::EncoderError;
use super::bert::{WeightSource, WordTable};

/// What stands before `embeddings.…` in a checkpoint: nothing when the bare encoder was saved, else
/// the name it has inside a model with a head.
const PREFIXES: [&str; 3] = ["", "bert.", "roberta."];

/// An open checkpoint.
pub(super) struct Checkpoint {
    path: PathBuf,
    file: MmapedSafetensors,
    prefix: &'static str,
}

impl Checkpoint {
    /// Opens a checkpoint and checks its header.
    pub fn open(path: &Path) -> Result<Self, EncoderError> {
        std::fs::File::open(path).map_err(|source| EncoderError::Read {
            path: path.to_owned(),
            source,
        })?;
        let header_error = |source| EncoderError::tensor(path, "(header)", source);
        // SAFETY: model files are written once, under a temporary name, and never changed in place,
        // so the mapped bytes stay as they are while the mapping lives.
        let file = unsafe { MmapedSafetensors::new(path) }.map_err(header_error)?;
        let prefix = PREFIXES
            .into_iter()
            .find(|prefix| {
                file.get(&format!("{prefix}embeddings.word_embeddings.weight"))
                    .is_ok()
            })
            .unwrap_or("");
        Ok(Self {
            path: path.to_owned(),
            file,
            prefix,
        })
    }

    fn load(&self, name: &str, shape: impl Into<Shape>) -> Result<Tensor, EncoderError> {
        let tensor = format!("{}{name}", self.prefix);
        let expected = shape.into();
        let loaded = self.file.load(&tensor, &Device::Cpu).and_then(|found| {
            if found.shape() == &expected {
                return Ok(found);
            }
            let found = found.shape().clone();
            Err(candle_core::Error::UnexpectedShape {
                msg: "tensor".to_owned(),
                expected,
                got: found,
            })
        });
        loaded.map_err(|source| EncoderError::tensor(&self.path, tensor, source))
    }

    fn load_f32(&self, name: &str, shape: impl Into<Shape>) -> Result<Tensor, EncoderError> {
        let tensor = format!("{}{name}", self.prefix);
        self.load(name, shape)?
            .to_dtype(DType::F32)
            .map_err(|source| EncoderError::tensor(&self.path, tensor, source))
    }
}

impl WeightSource for Checkpoint {
    fn vector(&self, name: &str, length: usize) -> Result<Tensor, EncoderError> {
        self.load_f32(name, length)
    }

    fn table(&self, name: &str, rows: usize, columns: usize) -> Result<Tensor, EncoderError> {
        self.load_f32(name, (rows, columns))
    }

    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Tensor, EncoderError> {
        self.load_f32(name, (rows, columns))
    }

    fn words(&self, name: &str, rows: usize, columns: usize) -> Result<WordTable, EncoderError> {
        Ok(WordTable::Dense(self.load(name, (rows, columns))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::bert::Bert;
    use crate::encoder::config::BertConfig;
    use crate::encoder::linear::Arithmetic;
    use crate::encoder::tiny;
    use candle_nn::VarBuilder;
    use candle_transformers::models::{bert, xlm_roberta};
    use std::collections::HashMap;

    /// Saves `weights` as they are and computes the hidden states of [`tiny::batch`].
    fn states(
        weights: &HashMap<String, Tensor>,
        config: &BertConfig,
    ) -> Result<Tensor, EncoderError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        candle_core::safetensors::save(weights, &path).unwrap();
        let bert = Bert::load(
            &Checkpoint::open(&path)?,
            config.clone(),
            Arithmetic::Floats,
        )?;
        Ok(bert.forward(&tiny::batch(config.first_position)).unwrap())
    }

    /// Largest difference to `model`, which reads one window at a time, shape `(1, tokens)`.
    fn difference(
        states: &Tensor,
        first_position: usize,
        model: impl Fn(&Tensor) -> Tensor,
    ) -> f32 {
        let batch = tiny::batch(first_position);
        let window = |segment: &std::ops::Range<usize>| {
            let ids = Tensor::new(&batch.ids[segment.clone()], &Device::Cpu).unwrap();
            model(&ids.unsqueeze(0).unwrap()).squeeze(0).unwrap()
        };
        let expected: Vec<Tensor> = batch.segments.iter().map(window).collect();
        let difference = (states - Tensor::cat(&expected, 0).unwrap()).unwrap();
        difference
            .abs()
            .unwrap()
            .max_all()
            .unwrap()
            .to_scalar()
            .unwrap()
    }

    #[test]
    fn bert_is_candles_bert() {
        let config = tiny::config(0);
        let weights = tiny::weights(&config, 3);
        let theirs = serde_json::from_str(&tiny::config_json("bert", &config)).unwrap();
        let builder = VarBuilder::from_tensors(weights.clone(), DType::F32, &Device::Cpu);
        let model = bert::BertModel::load(builder, &theirs).unwrap();
        let run = |ids: &Tensor| {
            model
                .forward(ids, &ids.zeros_like().unwrap(), None)
                .unwrap()
        };
        assert!(difference(&states(&weights, &config).unwrap(), 0, run) < 1e-4);
    }

    #[test]
    fn xlm_roberta_is_candles_xlm_roberta() {
        let config = tiny::config(2);
        let weights = tiny::weights(&config, 4);
        let theirs: xlm_roberta::Config =
            serde_json::from_str(&tiny::config_json("xlm-roberta", &config)).unwrap();
        let builder = VarBuilder::from_tensors(weights.clone(), DType::F32, &Device::Cpu);
        let model = xlm_roberta::XLMRobertaModel::new(&theirs, builder).unwrap();
        let run = |ids: &Tensor| {
            let (mask, types) = (ids.ones_like().unwrap(), ids.zeros_like().unwrap());
            model.forward(ids, &mask, &types, None, None, None).unwrap()
        };
        assert!(difference(&states(&weights, &config).unwrap(), 2, run) < 1e-4);
    }

    #[test]
    fn bytes_are_close_to_floats() {
        if Arithmetic::fastest() == Arithmetic::Floats {
            return eprintln!("skipped: this processor has no kernels for bytes");
        }
        let config = tiny::config(0);
        let folder = tempfile::tempdir().unwrap();
        tiny::write_folder(folder.path(), "bert", &config, &tiny::weights(&config, 3));
        let weights = Checkpoint::open(&folder.path().join("model.safetensors")).unwrap();
        let states = |arithmetic| {
            let bert = Bert::load(&weights, config.clone(), arithmetic).unwrap();
            let states = bert.forward(&tiny::batch(0)).unwrap();
            states.flatten_all().unwrap().to_vec1::<f32>().unwrap()
        };
        let (bytes, floats) = (states(Arithmetic::Bytes), states(Arithmetic::Floats));
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let cosine = dot(&bytes, &floats) / (dot(&bytes, &bytes) * dot(&floats, &floats)).sqrt();
        assert!(cosine > 0.999 && cosine < 1.0, "{cosine}");
    }

    #[test]
    fn a_model_with_a_head_loads_too_and_half_precision_is_close() {
        let config = tiny::config(0);
        let weights = tiny::weights(&config, 3);
        let expected = states(&weights, &config).unwrap();
        for prefix in ["bert.", "roberta."] {
            let renamed = weights
                .iter()
                .map(|(name, t)| (format!("{prefix}{name}"), t.clone()))
                .collect();
            let difference = (states(&renamed, &config).unwrap() - &expected).unwrap();
            assert_eq!(
                difference
                    .abs()
                    .unwrap()
                    .max_all()
                    .unwrap()
                    .to_scalar::<f32>()
                    .unwrap(),
                0.0
            );
        }
        let half = weights
            .iter()
            .map(|(name, t)| (name.clone(), t.to_dtype(DType::F16).unwrap()))
            .collect();
        let difference = (states(&half, &config).unwrap() - expected)
            .unwrap()
            .abs()
            .unwrap();
        let largest = difference.max_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(largest > 0.0 && largest < 0.02, "{largest}");
    }

    #[test]
    fn a_missing_or_misshapen_tensor_is_named() {
        let config = tiny::config(0);
        let mut weights = tiny::weights(&config, 3);
        let name = "encoder.layer.1.output.dense.weight";
        let transposed = weights
            .remove(name)
            .unwrap()
            .t()
            .unwrap()
            .contiguous()
            .unwrap();
        let message = |weights: &HashMap<_, _>| states(weights, &config).unwrap_err().to_string();
        assert!(message(&weights).contains(name));
        weights.insert(name.to_owned(), transposed);
        assert!(message(&weights).contains(name));
    }

    #[test]
    fn a_pickle_is_no_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        // The beginnings of what PyTorch writes: a pickle, and a ZIP archive with one inside.
        let protocol_2 =
            b"\x80\x02}q\x00X\x06\x00\x00\x00weightq\x01ctorch._utils\n_rebuild_tensor_v2\n.";
        let archive =
            b"PK\x03\x04\x00\x00\x08\x08\x00\x00archive/data.pkl\x80\x02}q\x00.PK\x05\x06";
        for bytes in [protocol_2.as_slice(), archive] {
            std::fs::write(&path, bytes).unwrap();
            let error = Checkpoint::open(&path).err().unwrap();
            assert!(matches!(error, EncoderError::Tensor { .. }), "{error}");
        }
    }

    #[test]
    fn a_torn_file_is_an_error() {
        let config = tiny::config(0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        candle_core::safetensors::save(&tiny::weights(&config, 3), &path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for length in [0, 7, 100, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..length]).unwrap();
            assert!(
                matches!(Checkpoint::open(&path), Err(EncoderError::Tensor { .. })),
                "{length} bytes"
            );
        }
        let missing = folder.path().join("none.safetensors");
        assert!(matches!(
            Checkpoint::open(&missing),
            Err(EncoderError::Read { .. })
        ));
    }
}
