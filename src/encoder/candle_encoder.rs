//! The encoder that the pipeline uses: files → tokenizer and BERT → unit vectors, on the CPU with Candle.

use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::adapted::Adapted;
use super::bert::Bert;
use super::checkpoint::Checkpoint;
use super::config::BertConfig;
use super::linear::Arithmetic;
use super::pack::Pack;
use super::pooling::{Pooling, normalize};
use super::tokens::Tokens;
use super::windows::{Batch, Window, group, split};
use super::{Encoder, EncoderError};
use crate::kernels::for_each_mut;
use crate::lora::Adapter;

/// Tokens that go through the model at once: enough to keep the matrix products busy with many short
/// texts, few enough that the widest layer takes only some megabytes.
const BATCH_TOKENS: usize = 1024;

/// The files of one encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncoderFiles {
    /// The 4-bit pack of multilingual-e5-small.
    Pack {
        /// `e5-small-q4.bin`.
        weights: PathBuf,
        /// `tokenizer.json`.
        tokenizer: PathBuf,
    },
    /// A Hugging Face checkpoint of architecture `bert` or `xlm-roberta`.
    Safetensors {
        /// `config.json`.
        config: PathBuf,
        /// `model.safetensors`.
        weights: PathBuf,
        /// `tokenizer.json`.
        tokenizer: PathBuf,
    },
}

impl EncoderFiles {
    /// The safetensors files of a model folder, under their usual names.
    ///
    /// ```
    /// use depeche::encoder::EncoderFiles;
    /// let files = EncoderFiles::safetensors("models/multilingual-e5-small");
    /// assert!(matches!(files, EncoderFiles::Safetensors { config, .. } if config.ends_with("config.json")));
    /// ```
    pub fn safetensors(folder: impl AsRef<Path>) -> Self {
        let folder = folder.as_ref();
        Self::Safetensors {
            config: folder.join("config.json"),
            weights: folder.join("model.safetensors"),
            tokenizer: folder.join("tokenizer.json"),
        }
    }
}

/// How texts are put to the model and read from it. The default is what E5 was trained for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncoderSettings {
    /// Put before each text (not before each window). E5 wants `query: ` where texts are compared
    /// with texts: Wang et al. 2024, *Multilingual E5 Text Embeddings*.
    pub prefix: String,
    /// How hidden states become a vector.
    pub pooling: Pooling,
}

impl Default for EncoderSettings {
    fn default() -> Self {
        Self {
            prefix: "query: ".to_owned(),
            pooling: Pooling::Mean,
        }
    }
}

/// A BERT encoder on the CPU.
///
/// A text longer than the model's window (510 tokens of content for E5) is read in windows, each pooled,
/// and their vectors averaged by token count before the result is scaled to norm 1. A row has the
/// same bits whatever else is in the call.
pub struct CandleEncoder {
    fingerprint: String,
    settings: EncoderSettings,
    tokens: Tokens,
    bert: Bert,
}

impl CandleEncoder {
    /// Loads an encoder. `fingerprint` is what [`Encoder::fingerprint`] gives back: the registry knows it.
    ///
    /// # Errors
    /// A file that cannot be read, is damaged, or asks for something that is not supported.
    ///
    /// ```no_run
    /// use depeche::encoder::{CandleEncoder, Encoder, EncoderFiles, EncoderSettings};
    ///
    /// # fn main() -> Result<(), depeche::encoder::EncoderError> {
    /// let files = EncoderFiles::Pack {
    ///     weights: "e5-small-q4.bin".into(),
    ///     tokenizer: "tokenizer.json".into(),
    /// };
    /// let fingerprint = "multilingual-e5-small-q4@sha256:1571fc982750";
    /// let encoder = CandleEncoder::load(&files, EncoderSettings::default(), fingerprint)?;
    /// let vectors = encoder.encode(&["Le président est arrivé à Hanoï.", "Grève des cheminots."])?;
    /// println!("similarity {}", vectors.row(0).dot(&vectors.row(1)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn load(
        files: &EncoderFiles,
        settings: EncoderSettings,
        fingerprint: impl Into<String>,
    ) -> Result<Self, EncoderError> {
        Self::load_adapted(files, None, settings, fingerprint)
    }

    /// As [`load`](Self::load), with a low-rank adapter added to the weights: as fast as without.
    ///
    /// # Errors
    /// As [`load`](Self::load); the adapter was made for a model of other dimensions.
    pub fn load_adapted(
        files: &EncoderFiles,
        adapter: Option<&Adapter>,
        settings: EncoderSettings,
        fingerprint: impl Into<String>,
    ) -> Result<Self, EncoderError> {
        let (bert, tokenizer) = match files {
            EncoderFiles::Pack { weights, tokenizer } => {
                let weights = Pack::read(weights)?;
                let config = weights.config().clone();
                (
                    Bert::load(&Adapted { weights, adapter }, config, Arithmetic::fastest())?,
                    tokenizer,
                )
            }
            EncoderFiles::Safetensors {
                config,
                weights,
                tokenizer,
            } => {
                let json = std::fs::read(config).map_err(|source| EncoderError::Read {
                    path: config.clone(),
                    source,
                })?;
                let dimensions = BertConfig::from_json(config, &json)?;
                let weights = Checkpoint::open(weights)?;
                let adapted = Adapted { weights, adapter };
                (
                    Bert::load(&adapted, dimensions, Arithmetic::fastest())?,
                    tokenizer,
                )
            }
        };
        let tokens = Tokens::load(tokenizer, bert.config().vocabulary)?;
        Ok(Self {
            fingerprint: fingerprint.into(),
            settings,
            tokens,
            bert,
        })
    }

    /// Runs `windows` through the model and adds their pooled vectors to the rows of their texts.
    fn add_windows(
        &self,
        windows: &[Window],
        contents: &[Vec<u32>],
        sums: &mut Array2<f32>,
    ) -> candle_core::Result<()> {
        let mut batch = Batch::default();
        for window in windows {
            let content = &contents[window.text][window.content.clone()];
            batch.push(
                self.tokens.frame,
                content,
                self.bert.config().first_position,
            );
        }
        let states = self.bert.forward(&batch)?.flatten_all()?.to_vec1::<f32>()?;
        for (window, segment) in windows.iter().zip(batch.segments) {
            let mut row = sums.row_mut(window.text);
            let sum = row
                .as_slice_mut()
                .expect("rows of a fresh array are contiguous");
            self.settings
                .pooling
                .add_window(&states, segment, window.weight(), sum);
        }
        Ok(())
    }
}

impl Encoder for CandleEncoder {
    fn dimension(&self) -> usize {
        self.bert.config().hidden
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn encode(&self, texts: &[&str]) -> Result<Array2<f32>, EncoderError> {
        let mut contents: Vec<_> = texts.iter().map(|text| (*text, Ok(Vec::new()))).collect();
        for_each_mut(&mut contents, |(text, content)| {
            *content = self
                .tokens
                .content(&format!("{}{text}", self.settings.prefix));
        });
        let contents = contents.into_iter().enumerate();
        let contents = contents.map(|(index, (_, content))| {
            content.map_err(|source| EncoderError::Tokenize { index, source })
        });
        let contents: Vec<Vec<u32>> = contents.collect::<Result<_, _>>()?;
        // Two tokens of each window are its frame.
        let windows = split(
            contents.iter().map(Vec::len),
            self.bert.config().max_tokens() - 2,
        );
        let mut vectors = Array2::zeros((texts.len(), self.dimension()));
        for windows in group(&windows, BATCH_TOKENS) {
            self.add_windows(windows, &contents, &mut vectors)
                .map_err(EncoderError::forward)?;
        }
        // A sum of windows has the direction of their average.
        for (index, mut row) in vectors.rows_mut().into_iter().enumerate() {
            let row = row
                .as_slice_mut()
                .expect("rows of a fresh array are contiguous");
            if !normalize(row) {
                return Err(EncoderError::NoDirection { index });
            }
        }
        Ok(vectors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::tiny;

    fn encoder(model_type: &str, settings: EncoderSettings) -> CandleEncoder {
        let config = tiny::config(if model_type == "bert" { 0 } else { 2 });
        let folder = tempfile::tempdir().unwrap();
        tiny::write_folder(
            folder.path(),
            model_type,
            &config,
            &tiny::weights(&config, 7),
        );
        let files = EncoderFiles::safetensors(folder.path());
        CandleEncoder::load(&files, settings, "tiny@sha256:000000000000").unwrap()
    }

    #[test]
    fn a_folder_loads_and_gives_unit_vectors() {
        for model_type in ["bert", "xlm-roberta"] {
            let encoder = encoder(model_type, EncoderSettings::default());
            assert_eq!(encoder.dimension(), 64);
            assert_eq!(encoder.fingerprint(), "tiny@sha256:000000000000");
            let vectors = encoder.encode(&["a b", "", "abs abs"]).unwrap();
            assert_eq!(vectors.dim(), (3, 64));
            for row in vectors.rows() {
                assert!((row.dot(&row) - 1.0).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn a_row_has_the_same_bits_in_any_batch() {
        let encoder = encoder("bert", EncoderSettings::default());
        // Longer than a window (14), and together longer than a batch.
        let texts: Vec<String> = (0..90).map(|i| "a b s ".repeat(i % 23)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let together = encoder.encode(&texts).unwrap();
        for (index, text) in texts.iter().enumerate() {
            assert_eq!(
                encoder.encode(&[text]).unwrap().row(0),
                together.row(index),
                "text {index}"
            );
        }
        let reversed: Vec<&str> = texts.iter().rev().copied().collect();
        let reversed = encoder.encode(&reversed).unwrap();
        for (row, expected) in reversed.rows().into_iter().rev().zip(together.rows()) {
            assert_eq!(row, expected);
        }
    }

    #[test]
    fn windows_are_averaged_by_their_tokens() {
        let plain = EncoderSettings {
            prefix: String::new(),
            ..EncoderSettings::default()
        };
        let encoder = encoder("bert", plain);
        // Each `s` is two tokens (`▁`, `s`): windows of 14 and of 6 tokens.
        let long = ["s"; 10].join(" ");
        let mean = |text: &str| {
            let ids = encoder.tokens.content(text).unwrap();
            let mut sum = Array2::zeros((1, 64));
            let windows = split([ids.len()], 14);
            assert_eq!(windows.len(), 1);
            encoder.add_windows(&windows, &[ids], &mut sum).unwrap();
            sum // already times its token count
        };
        let mut expected = mean(&["s"; 7].join(" ")) + mean(&["s"; 3].join(" "));
        normalize(expected.as_slice_mut().unwrap());
        let found = encoder.encode(&[&long]).unwrap();
        assert!((found - expected).iter().all(|x| x.abs() < 1e-6));
    }

    #[test]
    fn weights_that_are_not_numbers_are_reported() {
        let config = tiny::config(0);
        let mut weights = tiny::weights(&config, 7);
        let name = "encoder.layer.1.output.dense.bias";
        let broken = (weights[name].clone() * f64::NAN).unwrap();
        weights.insert(name.to_owned(), broken);
        let folder = tempfile::tempdir().unwrap();
        tiny::write_folder(folder.path(), "bert", &config, &weights);
        let files = EncoderFiles::safetensors(folder.path());
        let encoder = CandleEncoder::load(&files, EncoderSettings::default(), "tiny").unwrap();
        assert!(matches!(
            encoder.encode(&["a"]),
            Err(EncoderError::NoDirection { index: 0 })
        ));
    }
}
