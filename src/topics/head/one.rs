//! A head for articles with exactly one topic each.
//!
//! Multinomial logistic regression on the direction of the mean sentence and on the first sentence, usually the
//! headline. A temperature, learnt on out-of-fold logits, calibrates it (Guo et al. 2017, "On calibration of modern
//! neural networks").

use super::article::{Article, Example, Prototypes};
use super::evidence;
use super::folds::{split, stratified};
use super::instances::{Instances, Space};
use super::optimise::minimise;
use super::threshold::Band;
use super::{Settings, Verdict};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate, s, stack};
use rayon::prelude::*;

/// A trained head for exactly one topic an article.
#[derive(Debug, Clone)]
pub(super) struct One {
    /// Where vectors are looked at from; without prototypes.
    pub space: Space,
    /// Of the mean and of the first sentence, `(topics, 2 · dimension)`; the length given to titles is in it.
    pub weights: Array2<f32>,
    /// Shape `(topics)`.
    pub bias: Array1<f32>,
    /// What logits are multiplied by before they become probabilities: 1 / temperature.
    pub sharpness: f64,
    /// The most probable topic is unsure below this probability.
    pub unsure_below: f64,
}

impl One {
    /// Learns all topics.
    pub fn train(examples: &[&Example], settings: &Settings) -> Self {
        let fold_of = stratified(examples, settings.inner_folds, settings.seed);
        let mut heads: Vec<Self> = (0..=settings.inner_folds)
            .into_par_iter()
            .map(|fold| {
                let (outside, _) = split(&fold_of, fold);
                let learnt: Vec<_> = outside.iter().map(|at| examples[*at]).collect();
                Self::fit(&learnt, settings)
            })
            .collect();
        let mut head = heads.pop().expect("the fit on all examples");
        let logits: Vec<Array1<f64>> = examples
            .iter()
            .zip(&fold_of)
            .map(|(example, fold)| {
                heads[*fold].logits(&heads[*fold].space.instances(
                    example.article.vectors.view(),
                    example.article.clause_of.len(),
                ))
            })
            .collect();
        let labels: Vec<usize> = examples.iter().map(|example| label(example)).collect();
        let found = minimise(
            |point| temperature_loss(&logits, &labels, point),
            vec![0.0],
            100,
        );
        head.sharpness = found[0].exp();
        let mut best: Vec<f64> = logits
            .iter()
            .map(|logits| softmax(logits, head.sharpness).fold(0.0, |best: f64, p| best.max(*p)))
            .collect();
        best.sort_by(f64::total_cmp);
        let unsure = (settings.unsure_share * best.len() as f64).round() as usize;
        head.unsure_below = best.get(unsure).copied().unwrap_or(0.0);
        head
    }

    fn fit(examples: &[&Example], settings: &Settings) -> Self {
        let dimension = examples[0].article.vectors.ncols();
        let nothing = Prototypes {
            topics: Vec::new(),
            generic: Array2::zeros((0, dimension)),
        };
        let space = Space::of(examples.iter().map(|example| &example.article), &nothing);
        let rows: Vec<Array1<f64>> = examples
            .iter()
            .map(|example| {
                let mut row = features(&space.instances(
                    example.article.vectors.view(),
                    example.article.clause_of.len(),
                ));
                row.slice_mut(s![dimension..])
                    .mapv_inplace(|value| value * settings.one.title_scale);
                row
            })
            .collect();
        let views: Vec<_> = rows.iter().map(|row| row.view()).collect();
        let rows = stack(Axis(0), &views).expect("rows of one length");
        let labels: Vec<usize> = examples.iter().map(|example| label(example)).collect();
        let topics = examples[0].topics.len();
        let start = vec![0.0; topics * (2 * dimension + 1)];
        let objective = |point: &[f64]| loss(&rows, &labels, settings.one.penalty, point);
        let found = minimise(objective, start, settings.one.steps);
        let (weights, bias) = parts(&found, topics);
        let mut weights = weights.to_owned();
        weights
            .slice_mut(s![.., dimension..])
            .mapv_inplace(|weight| weight * settings.one.title_scale);
        Self {
            space,
            weights: weights.mapv(|weight| weight as f32),
            bias: bias.mapv(|weight| weight as f32),
            sharpness: 1.0,
            unsure_below: 0.0,
        }
    }

    fn logits(&self, instances: &Instances) -> Array1<f64> {
        self.weights.mapv(f64::from).dot(&features(instances)) + self.bias.mapv(f64::from)
    }

    /// Verdicts on an article, in the order of the topics: at most one is not rejected.
    pub fn score(&self, article: &Article) -> Vec<Verdict> {
        let topics = self.bias.len();
        if article.sentences() == 0 {
            return vec![Verdict::none(); topics];
        }
        let instances = self
            .space
            .instances(article.vectors.view(), article.clause_of.len());
        let probabilities = softmax(&self.logits(&instances), self.sharpness);
        let best = (1..topics).fold(0, |best, at| {
            match probabilities[at] > probabilities[best] {
                true => at,
                false => best,
            }
        });
        let weights = self
            .weights
            .slice(s![.., ..self.space.dimension()])
            .mapv(f64::from);
        (0..topics)
            .map(|topic| {
                let band = match topic == best {
                    true => Band {
                        assigned: self.unsure_below,
                        unsure: 0.0,
                    },
                    false => Band::NEVER,
                };
                Verdict::new(probabilities[topic], band, || {
                    let away = &weights.row(topic)
                        - &weights.mean_axis(Axis(0)).expect("at least one topic");
                    let sentences = instances.sentence_rows().dot(&away);
                    evidence::strongest(article, topic, sentences.view(), sentences.slice(s![..0]))
                })
            })
            .collect()
    }
}

/// Direction of the mean, then the first sentence, `(2 · dimension)`.
fn features(instances: &Instances) -> Array1<f64> {
    concatenate![Axis(0), instances.mean, instances.rows.row(0)]
}

/// The topic of an example that has exactly one.
fn label(example: &Example) -> usize {
    example
        .topics
        .iter()
        .position(|has| *has)
        .expect("every example has exactly one topic")
}

fn softmax(logits: &Array1<f64>, sharpness: f64) -> Array1<f64> {
    let highest = logits.fold(f64::NEG_INFINITY, |highest, logit| highest.max(*logit));
    let powers = logits.mapv(|logit| (sharpness * (logit - highest)).exp());
    let sum = powers.sum();
    powers / sum
}

fn parts(point: &[f64], topics: usize) -> (ArrayView2<'_, f64>, ArrayView1<'_, f64>) {
    let (weights, bias) = point.split_at(point.len() - topics);
    let shape = (topics, weights.len() / topics);
    let weights = ArrayView2::from_shape(shape, weights).expect("the point has this size");
    (weights, ArrayView1::from(bias))
}

/// Negative log likelihood with L2 penalty on the weights, of rows `(examples, features)`; value and gradient.
fn loss(rows: &Array2<f64>, labels: &[usize], penalty: f64, point: &[f64]) -> (f64, Vec<f64>) {
    let topics = point.len() / (rows.ncols() + 1);
    let (weights, bias) = parts(point, topics);
    let logits = rows.dot(&weights.t()) + bias;
    let mut value = 0.5 * penalty * weights.fold(0.0, |sum, w| sum + w * w);
    let mut pull = Array2::zeros(logits.raw_dim()); // ∂ loss / ∂ logit
    for ((logits, label), mut pull) in logits.rows().into_iter().zip(labels).zip(pull.rows_mut()) {
        let probabilities = softmax(&logits.to_owned(), 1.0);
        value -= probabilities[*label].max(f64::MIN_POSITIVE).ln();
        pull.assign(&probabilities);
        pull[*label] -= 1.0;
    }
    let slope = pull.t().dot(rows) + &(&weights * penalty);
    let bias_slope = pull.sum_axis(Axis(0));
    (value, slope.iter().chain(&bias_slope).copied().collect())
}

/// Negative log likelihood as a function of the logarithm of the sharpness.
fn temperature_loss(logits: &[Array1<f64>], labels: &[usize], point: &[f64]) -> (f64, Vec<f64>) {
    let sharpness = point[0].exp();
    let (mut value, mut slope) = (0.0, 0.0);
    for (logits, label) in logits.iter().zip(labels) {
        let probabilities = softmax(logits, sharpness);
        value -= probabilities[*label].max(f64::MIN_POSITIVE).ln();
        slope += probabilities.dot(logits) - logits[*label];
    }
    (value, vec![slope * sharpness])
}

#[cfg(test)]
mod tests {
    use super::super::optimise::gradient_error;
    use super::*;
    use ndarray::array;

    #[test]
    fn gradients_are_those_of_the_values() {
        let rows = array![[0.6, 0.8], [1.0, 0.0], [-0.6, 0.8], [0.0, -1.0]];
        let labels = [0, 1, 2, 1];
        let point: Vec<f64> = (0..9).map(|at| f64::from(at % 4) / 3.0 - 0.4).collect();
        let error = gradient_error(|point| loss(&rows, &labels, 1.0, point), &point);
        assert!(error < 1e-6, "{error}");
        let logits: Vec<Array1<f64>> = vec![array![1.0, 0.2, -1.0], array![0.0, 2.0, 1.0]];
        let error = gradient_error(|point| temperature_loss(&logits, &[0, 2], point), &[0.3]);
        assert!(error < 1e-6, "{error}");
    }
}
