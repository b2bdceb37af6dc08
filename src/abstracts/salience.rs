//! How much a sentence is worth telling: weights learnt from articles whose sentences people ranked.
//!
//! Owns the weights and the score. They are a logistic regression on what is read of a sentence and on its vector,
//! learnt by models/salience/train.sh.

use super::select::FEATURES;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};
use serde::Deserialize;

/// The weights that the program brings.
const BUILT_IN: &str = include_str!("../../models/salience/weights.json");

/// Weights of a sentence's features and vector.
#[derive(Debug, Deserialize)]
pub(super) struct Salience {
    /// Fingerprint of the encoder whose vectors the weights are for.
    encoder: String,
    /// Weights of the features, and of the vector, when both are there.
    features: Vec<f32>,
    vector: Vec<f32>,
    /// Weights of the features when they stand alone.
    features_alone: Vec<f32>,
}

impl Salience {
    /// The weights that the program brings.
    pub(super) fn built_in() -> Self {
        let weights: Self = serde_json::from_str(BUILT_IN).expect("invariant: the built-in file");
        assert_eq!(weights.features.len(), FEATURES.len());
        assert_eq!(weights.features_alone.len(), FEATURES.len());
        weights
    }

    /// Whether vectors of this encoder can be used.
    pub(super) fn knows(&self, encoder: &str) -> bool {
        self.encoder == encoder
    }

    /// Log-odds, up to a constant, that a reader would tell a sentence: (sentences) from features (sentences, features)
    /// and unit vectors (sentences or more, hidden).
    pub(super) fn scores(
        &self,
        features: &Array2<f32>,
        vectors: Option<ArrayView2<f32>>,
    ) -> Array1<f32> {
        match vectors {
            Some(vectors) => {
                let vectors = vectors.slice(s![..features.nrows(), ..]);
                let weights = ArrayView1::from(&self.vector);
                features.dot(&ArrayView1::from(&self.features)) + vectors.dot(&weights)
            }
            None => features.dot(&ArrayView1::from(&self.features_alone)),
        }
    }
}
