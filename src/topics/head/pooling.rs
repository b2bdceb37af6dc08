//! Many instances, one answer: noisy-or over the instances of an article.
//!
//! An article has a topic when at least one of its sentences does. If instance i says so with probability σ(sᵢ), on
//! its own account, then p = 1 − Π (1 − σ(sᵢ)) (noisy-or: Pearl 1988, section 4.3.2; for learning from bags of
//! instances: Zhang, Platt & Viola 2006, "Multiple instance boosting for object detection").

use ndarray::{Array2, Axis};

/// From this −log(1 − p) on its logit is itself, to double precision.
const SATURATED: f64 = 30.0;

/// log(1 + eˣ) without overflow.
pub(super) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// 1 / (1 + e⁻ˣ).
pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Logits of the articles and how each moves with the logits of its instances.
pub(super) struct Pooled {
    /// Shape `(articles, topics)`.
    pub logits: Array2<f64>,
    /// ∂ logit of the article / ∂ logit of the instance, shape `(instances, topics)`.
    pub slopes: Array2<f64>,
}

/// Noisy-or of the instances `starts[a]..starts[a + 1]` of each article, from their logits `(instances, topics)`.
///
/// With L = Σ log(1 + e^sᵢ) = −log(1 − p) the logit of p is log(e^L − 1) and ∂/∂sᵢ = σ(sᵢ) / (1 − e^−L).
pub(super) fn noisy_or(instances: &Array2<f64>, starts: &[usize]) -> Pooled {
    let topics = instances.ncols();
    let mut logits = Array2::zeros((starts.len() - 1, topics));
    let mut slopes = Array2::zeros(instances.raw_dim());
    for (mut sums, range) in logits
        .axis_iter_mut(Axis(0))
        .zip(starts.windows(2).map(|pair| pair[0]..pair[1]))
    {
        for at in range.clone() {
            for topic in 0..topics {
                sums[topic] += softplus(instances[[at, topic]]);
            }
        }
        for topic in 0..topics {
            let sum = f64::max(sums[topic], 1e-12);
            let scale = -1.0 / (-sum).exp_m1();
            for at in range.clone() {
                slopes[[at, topic]] = scale * sigmoid(instances[[at, topic]]);
            }
            sums[topic] = match sum {
                sum if sum > SATURATED => sum,
                sum => sum.exp_m1().ln(),
            };
        }
    }
    Pooled { logits, slopes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn one_instance_is_itself_and_two_add_up() {
        let instances = array![[0.7], [-1.0], [2.0]];
        let pooled = noisy_or(&instances, &[0, 1, 3]);
        assert!((pooled.logits[[0, 0]] - 0.7).abs() < 1e-12);
        assert!((pooled.slopes[[0, 0]] - 1.0).abs() < 1e-12);
        let p = 1.0 - (1.0 - sigmoid(-1.0)) * (1.0 - sigmoid(2.0));
        assert!((sigmoid(pooled.logits[[1, 0]]) - p).abs() < 1e-12);
    }

    #[test]
    fn extremes_stay_finite() {
        let instances = array![[800.0], [-800.0]];
        for starts in [[0, 1, 1].as_slice(), &[0, 1, 2], &[0, 2]] {
            let pooled = noisy_or(&instances, starts);
            assert!(
                pooled
                    .logits
                    .iter()
                    .chain(&pooled.slopes)
                    .all(|x| x.is_finite())
            );
        }
    }
}
