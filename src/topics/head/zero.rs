//! Scoring a topic without labelled articles: the direction that tells its prototypes from all others.
//!
//! Owns [`Direction`] and the spread of sentences that its scores are measured against.

use super::instances::{Instances, Space};
use super::optimise::minimise;
use ndarray::{Array1, Array2, Axis};

/// L2 penalty of the ridge regression on its weights (unit vectors, labels ±1).
const PENALTY: f64 = 1.0;
/// The same on its offset: none in effect.
const OFFSET_PENALTY: f64 = 1e-6;
/// Steps at most.
const STEPS: u64 = 300;
/// An article's score: the best sentence counts so much…
const BEST: f64 = 0.6;
/// …and the second best so much.
const SECOND: f64 = 0.4;

/// Mean and covariance of the training sentences: what scores are to be expected of any sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spread {
    /// Shape `(dimension)`.
    pub mean: Array1<f32>,
    /// Shape `(dimension, dimension)`.
    pub covariance: Array2<f32>,
}

/// A linear score of sentences with mean 0 and deviation 1 over the training sentences.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Direction {
    /// Shape `(dimension)`.
    pub weights: Array1<f32>,
    /// Added to the product.
    pub offset: f32,
}

impl Spread {
    /// Of no sentences.
    pub fn nothing(dimension: usize) -> Self {
        Self {
            mean: Array1::zeros(dimension),
            covariance: Array2::zeros((dimension, dimension)),
        }
    }

    /// Of these sentences: centred unit rows.
    pub fn of(articles: &[Instances]) -> Self {
        let dimension = articles.first().map_or(0, |one| one.rows.ncols());
        let mut mean = Array1::<f64>::zeros(dimension);
        let mut covariance = Array2::<f64>::zeros((dimension, dimension));
        let mut count = 0.0;
        for article in articles {
            let rows = article.sentence_rows();
            mean += &rows.sum_axis(Axis(0));
            covariance += &rows.t().dot(&rows);
            count += rows.nrows() as f64;
        }
        mean /= f64::max(count, 1.0);
        covariance /= f64::max(count, 1.0);
        let column = mean.view().insert_axis(Axis(1));
        covariance -= &column.dot(&column.t());
        Self {
            mean: mean.mapv(|value| value as f32),
            covariance: covariance.mapv(|value| value as f32),
        }
    }
}

impl Direction {
    /// The direction of a topic in a space: ridge regression of +1 on its prototypes and −1 on those of other topics and
    /// the generic ones, both sides weighing the same; then standardised.
    pub fn of(
        prototypes: &Array2<f64>,
        others: &[&Array2<f64>],
        space: &Space,
        spread: &Spread,
    ) -> Self {
        let sides: Vec<(&Array2<f64>, f64)> = std::iter::once((prototypes, 1.0))
            .chain(others.iter().map(|rows| (*rows, -1.0)))
            .chain([(space.generic(), -1.0)])
            .filter(|(rows, _)| rows.nrows() > 0)
            .collect();
        let against: usize = sides
            .iter()
            .filter(|(_, side)| *side < 0.0)
            .map(|(rows, _)| rows.nrows())
            .sum();
        if prototypes.nrows() == 0 || against == 0 {
            return Self::nowhere(space.dimension());
        }
        let balance = against as f64 / prototypes.nrows() as f64;
        let found = minimise(
            |point| ridge(&sides, balance, point),
            vec![0.0; space.dimension() + 1],
            STEPS,
        );
        let weights = Array1::from(found[..space.dimension()].to_vec());
        Self::standardised(&weights, found[space.dimension()], spread)
    }

    /// The score that is always 0.
    pub fn nowhere(dimension: usize) -> Self {
        Self {
            weights: Array1::zeros(dimension),
            offset: 0.0,
        }
    }

    fn standardised(weights: &Array1<f64>, offset: f64, spread: &Spread) -> Self {
        let mean = spread.mean.mapv(f64::from).dot(weights) + offset;
        let variance = weights.dot(&spread.covariance.mapv(f64::from).dot(weights));
        let deviation = variance.max(1e-12).sqrt();
        Self {
            weights: weights.mapv(|weight| (weight / deviation) as f32),
            offset: ((offset - mean) / deviation) as f32,
        }
    }

    /// Score of each sentence.
    pub fn sentences(&self, instances: &Instances) -> Array1<f64> {
        instances.sentence_rows().dot(&self.weights.mapv(f64::from)) + f64::from(self.offset)
    }

    /// Score of an article, from those of its sentences.
    pub fn article(sentences: &Array1<f64>) -> f64 {
        let (mut best, mut second) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
        for score in sentences {
            (best, second) = match *score {
                score if score > best => (score, best),
                score => (best, score.max(second)),
            };
        }
        if second.is_finite() {
            BEST * best + SECOND * second
        } else {
            best
        }
    }
}

/// Weighted squared error of a linear score on prototypes, with L2 penalty; value and gradient.
fn ridge(sides: &[(&Array2<f64>, f64)], balance: f64, point: &[f64]) -> (f64, Vec<f64>) {
    let last = point.len() - 1;
    let weights = Array1::from(point[..last].to_vec());
    let mut slope = &weights * PENALTY;
    let mut offset_slope = OFFSET_PENALTY * point[last];
    let mut value =
        0.5 * PENALTY * weights.dot(&weights) + 0.5 * OFFSET_PENALTY * point[last] * point[last];
    for (rows, side) in sides {
        let weight = if *side > 0.0 { balance } else { 1.0 };
        let error = rows.dot(&weights) + (point[last] - side);
        value += 0.5 * weight * error.dot(&error);
        slope += &(rows.t().dot(&error) * weight);
        offset_slope += weight * error.sum();
    }
    let mut gradient = slope.to_vec();
    gradient.push(offset_slope);
    (value, gradient)
}

#[cfg(test)]
mod tests {
    use super::super::Prototypes;
    use super::super::optimise::gradient_error;
    use super::*;
    use ndarray::array;

    #[test]
    fn gradient_is_that_of_the_value() {
        let (here, there) = (array![[1.0, 0.0], [0.8, 0.6]], array![[0.0, 1.0]]);
        let sides = [(&here, 1.0), (&there, -1.0)];
        let error = gradient_error(|point| ridge(&sides, 0.5, point), &[0.3, -0.2, 0.1]);
        assert!(error < 1e-6, "{error}");
    }

    #[test]
    fn scores_are_standardised_and_point_to_the_prototypes() {
        let prototypes = Prototypes {
            topics: vec![array![[1.0, 0.0]], array![[0.0, 1.0]]],
            generic: array![[-1.0, 0.0]],
        };
        let space = Space::new(array![0.0, 0.0], prototypes);
        let article = array![[1.0_f32, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]];
        let instances = space.instances(article.view(), 0);
        let spread = Spread::of(std::slice::from_ref(&instances));
        let topics = space.topics();
        let direction = Direction::of(&topics[0], &[&topics[1]], &space, &spread);
        let scores = direction.sentences(&instances);
        assert!(scores.sum().abs() < 1e-4);
        assert!((scores.dot(&scores) / 4.0 - 1.0).abs() < 1e-4, "{scores}");
        assert!(scores[0] > scores[1] && scores[0] > scores[2]);
        let alone = Direction::article(&array![2.0]);
        assert_eq!(alone, 2.0, "one sentence has no second");
        assert!((Direction::article(&array![1.0, 3.0, 2.0]) - 2.6).abs() < 1e-12);
    }
}
