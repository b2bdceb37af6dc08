//! Second stage: an article's logit and its cues → a calibrated probability (stacking: Wolpert 1992).
//!
//! One small logistic regression a topic, learnt on out-of-fold logits, so that it also calibrates them (Platt 1999).
//! Topics have few examples: each regression is pulled to one shared by all topics.

use super::article::{Article, CUES};
use super::optimise::minimise;
use super::pooling::{sigmoid, softplus};
use ndarray::{Array1, Array2, ArrayView1, Axis, s};

/// What a topic's probability is made of: first-stage logit, cues, zero-shot score.
pub(super) const FEATURES: usize = CUES + 2;
/// Weights of a topic: one a feature, then the bias.
pub(super) const WEIGHTS: usize = FEATURES + 1;

/// First-stage logits are cut to ± this: beyond it they say no more…
const LOGIT_LIMIT: f64 = 8.0;
/// …and halved, so that all features have one scale.
const LOGIT_SCALE: f64 = 0.5;
/// Penalty of the shared regression on its weights and of every regression on its bias.
const WEAK: f64 = 0.1;
/// Steps at most; these problems have seven variables.
const STEPS: u64 = 200;

/// The features of an article for one topic. Those that a kind of topic does not have are 0.
pub(super) fn features(
    article: &Article,
    topic: usize,
    logit: Option<f64>,
    zero_shot: Option<f64>,
) -> [f64; FEATURES] {
    let logit = logit.map_or(0.0, |z| z.clamp(-LOGIT_LIMIT, LOGIT_LIMIT) * LOGIT_SCALE);
    let [any, more, dirty, together] = article.cues_of(topic).features();
    let zero_shot = zero_shot.unwrap_or_default();
    [logit, any, more, dirty, together, zero_shot]
}

/// Features weighed: a logit.
pub(super) fn weigh(weights: ArrayView1<f32>, features: &[f64; FEATURES]) -> f64 {
    let sum: f64 = weights
        .iter()
        .zip(features)
        .map(|(weight, feature)| f64::from(*weight) * feature)
        .sum();
    sum + f64::from(weights[FEATURES])
}

/// Weights of a logistic regression with a Gaussian prior: L2 `penalty` on the distance of the weights from `prior`
/// (`bias_penalty` for the bias). A feature that is 0 everywhere keeps its prior.
pub(super) fn regress(
    rows: &[[f64; FEATURES]],
    labels: &[f64],
    prior: &Array1<f64>,
    penalty: f64,
    bias_penalty: f64,
) -> Array1<f64> {
    let objective =
        |point: &[f64]| value_and_gradient(rows, labels, prior, point, penalty, bias_penalty);
    Array1::from(minimise(objective, prior.to_vec(), STEPS))
}

fn value_and_gradient(
    rows: &[[f64; FEATURES]],
    labels: &[f64],
    prior: &Array1<f64>,
    point: &[f64],
    penalty: f64,
    bias_penalty: f64,
) -> (f64, Vec<f64>) {
    let mut value = 0.0;
    let mut gradient = vec![0.0; WEIGHTS];
    for (row, label) in rows.iter().zip(labels) {
        let logit = row.iter().zip(point).map(|(x, w)| x * w).sum::<f64>() + point[FEATURES];
        value += softplus(logit) - label * logit;
        let pull = sigmoid(logit) - label;
        for (slope, x) in gradient.iter_mut().zip(row) {
            *slope += pull * x;
        }
        gradient[FEATURES] += pull;
    }
    for (at, slope) in gradient.iter_mut().enumerate() {
        let penalty = if at == FEATURES {
            bias_penalty
        } else {
            penalty
        };
        let away = point[at] - prior[at];
        value += 0.5 * penalty * away * away;
        *slope += penalty * away;
    }
    (value, gradient)
}

/// The stacks of all topics, `(topics, WEIGHTS)`, from `rows[article][topic]` and labels `(articles, topics)`, learnt on
/// the articles `at`.
pub(super) fn fit(
    rows: &[Vec<[f64; FEATURES]>],
    labels: &Array2<f64>,
    at: &[usize],
    penalty: f64,
) -> Array2<f32> {
    let topics = labels.ncols();
    let column = |topic: usize| -> (Vec<[f64; FEATURES]>, Vec<f64>) {
        at.iter()
            .map(|article| (rows[*article][topic], labels[[*article, topic]]))
            .unzip()
    };
    let columns: Vec<_> = (0..topics).map(column).collect();
    let all_rows: Vec<_> = columns.iter().flat_map(|(rows, _)| rows).copied().collect();
    let all_labels: Vec<_> = columns
        .iter()
        .flat_map(|(_, labels)| labels)
        .copied()
        .collect();
    let nothing = Array1::zeros(WEIGHTS);
    let shared = regress(&all_rows, &all_labels, &nothing, WEAK, WEAK);
    let mut stack = Array2::zeros((topics, WEIGHTS));
    for (mut weights, (rows, labels)) in stack.axis_iter_mut(Axis(0)).zip(&columns) {
        let own = regress(rows, labels, &shared, penalty, WEAK);
        weights
            .slice_mut(s![..])
            .assign(&own.mapv(|weight| weight as f32));
    }
    stack
}

#[cfg(test)]
mod tests {
    use super::super::optimise::gradient_error;
    use super::*;

    fn rows() -> (Vec<[f64; FEATURES]>, Vec<f64>) {
        (0..40)
            .map(|at| {
                let x = f64::from(at % 9) - 4.0;
                let flag = f64::from(at % 2);
                let label = if x + 2.0 * flag > 0.0 { 1.0 } else { 0.0 };
                ([x / 2.0, flag, 0.0, 0.0, 0.0, 0.0], label)
            })
            .unzip()
    }

    #[test]
    fn gradient_is_that_of_the_value() {
        let (rows, labels) = rows();
        let prior = Array1::from_elem(WEIGHTS, 0.2);
        let point = [0.5, -0.3, 0.1, 0.0, 0.7, -0.2, 0.4];
        let function = |point: &[f64]| value_and_gradient(&rows, &labels, &prior, point, 3.0, 0.1);
        let error = gradient_error(function, &point);
        assert!(error < 1e-6, "{error}");
    }

    #[test]
    fn a_strong_prior_wins_and_a_weak_one_yields() {
        let (rows, labels) = rows();
        let prior = Array1::from_elem(WEIGHTS, 0.2);
        let strong = regress(&rows, &labels, &prior, 1e6, 1e6);
        assert!(strong.iter().all(|weight| (weight - 0.2).abs() < 1e-3));
        let weak = regress(&rows, &labels, &prior, 0.1, 0.1);
        assert!(weak[0] > 1.0 && weak[1] > 1.0, "{weak}");
        assert_eq!(weak[3], 0.2, "a feature that never occurs");
    }
}
