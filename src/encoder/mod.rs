//! Text → vectors. Owns the trait [`Encoder`] and its Candle implementation.

use ndarray::Array2;

/// Turns texts into unit vectors whose dot product is their similarity.
pub trait Encoder: Send + Sync {
    /// Length of each vector.
    fn dimension(&self) -> usize;

    /// Model name and weight hash, for provenance: `id@sha256:…` (first 12 hex digits).
    fn fingerprint(&self) -> &str;

    /// Encodes each text whole (long texts in windows); row i belongs to `texts[i]`.
    ///
    /// Shape `(texts, dimension)`, each row of L2 norm 1. A row does not depend on the other texts.
    fn encode(&self, texts: &[&str]) -> Result<Array2<f32>, EncoderError>;
}

/// Why encoding could not be done.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {}
