//! First stage: which instances speak of a topic, learnt from labels of whole articles.
//!
//! The logit of an article is the noisy-or of its instances' logits plus a term linear in the article's mean. Owns the
//! weights ([`Linear`]) and their fit.

use super::instances::{Instances, Space};
use super::optimise::minimise;
use super::pooling::{noisy_or, sigmoid, softplus};
use super::{Example, Settings};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate, s, stack};

/// The weights of all topics, as stored. They apply to unit vectors and plain margins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linear {
    /// Of an instance's vector, `(topics, dimension)`.
    pub sentence: Array2<f32>,
    /// Of the article's mean, `(topics, dimension)`.
    pub mean: Array2<f32>,
    /// Of an instance's margin, `(topics)`.
    pub margin: Array1<f32>,
    /// Of an instance, `(topics)`.
    pub bias: Array1<f32>,
}

/// What the logit of a long article loses: the more sentences, the more of them look like a topic by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Length {
    penalty: f64,
    reference: f64,
}

impl Length {
    /// As set.
    pub fn of(settings: &Settings) -> Self {
        Self {
            penalty: settings.length_penalty,
            reference: settings.length_reference,
        }
    }

    /// With this many sentences.
    fn loss(self, sentences: usize) -> f64 {
        self.penalty * (sentences as f64 / self.reference).ln().max(0.0)
    }
}

/// What [`Linear`] makes of an article.
pub(super) struct Logits {
    /// Of each instance, `(instances, topics)`.
    pub instances: Array2<f64>,
    /// Of the article, `(topics)`.
    pub article: Array1<f64>,
}

/// One thing to learn from: an article or a prototype.
pub(super) struct Bag<'a> {
    /// `(sentences + clauses, dimension)`, at least one sentence.
    pub vectors: ArrayView2<'a, f32>,
    /// How many of the last rows are clauses.
    pub clauses: usize,
    /// 1 for each topic that it has, else 0.
    pub labels: Array1<f64>,
    /// What each label counts; 0: it says nothing of the topic.
    pub weights: Array1<f64>,
}

impl<'a> Bag<'a> {
    /// A labelled article whose labels count this much.
    pub fn of(example: &'a Example, weights: Array1<f64>) -> Self {
        let label = |has: &bool| if *has { 1.0 } else { 0.0 };
        Self {
            vectors: example.article.vectors.view(),
            clauses: example.article.clause_of.len(),
            labels: example.topics.iter().map(label).collect(),
            weights,
        }
    }
}

/// Where the margin weights are pulled to.
#[derive(Debug, Clone, Copy)]
pub(super) enum MarginPrior {
    /// To their mean, and that weakly to 0.
    Shared,
    /// To this weight of a plain margin.
    At(f64),
}

/// Penalties of a fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Penalties {
    /// L2 on the sentence weights.
    pub sentence: f64,
    /// L2 on the weights of the mean.
    pub mean: f64,
    /// Where margin weights are pulled to.
    pub margin: MarginPrior,
}

/// The pull of the mean margin weight to 0, as a share of the pull of each topic's to the mean.
const SHARED_MARGIN_PULL: f64 = 0.1;

impl Linear {
    /// Learns the weights of the topics with these prototypes (centred unit rows, one matrix a topic).
    pub fn fit(
        space: &Space,
        prototypes: &[Array2<f64>],
        bags: &[Bag],
        penalties: Penalties,
        settings: &Settings,
    ) -> Self {
        let objective = Objective::new(space, prototypes, bags, penalties, settings);
        let start = objective.start(settings.start_bias);
        let found = minimise(|point| objective.at(point), start, settings.steps);
        let parts = objective.parts(&found);
        Self {
            sentence: parts.sentence.mapv(|w| (w * settings.vector_scale) as f32),
            mean: parts.mean.mapv(|w| (w * settings.vector_scale) as f32),
            margin: parts.margin.mapv(|w| (w * settings.margin_scale) as f32),
            bias: parts.bias.mapv(|w| w as f32),
        }
    }

    /// Logits of an article's instances and of the article.
    pub fn logits(
        &self,
        instances: &Instances,
        prototypes: &[Array2<f64>],
        length: &Length,
    ) -> Logits {
        let margins = margins(instances, prototypes);
        let wide = |weights: &Array2<f32>| weights.mapv(f64::from);
        let each = instances.rows.dot(&wide(&self.sentence).t())
            + margins * self.margin.mapv(f64::from)
            + self.bias.mapv(f64::from);
        let pooled = noisy_or(&each, &[0, each.nrows()]);
        let article = pooled.logits.remove_axis(Axis(0)) + wide(&self.mean).dot(&instances.mean);
        Logits {
            article: article - length.loss(instances.sentences),
            instances: each,
        }
    }

    /// These weights with those of further topics after them.
    pub fn and(&self, further: &Self) -> Self {
        Self {
            sentence: concatenate![Axis(0), self.sentence, further.sentence],
            mean: concatenate![Axis(0), self.mean, further.mean],
            margin: concatenate![Axis(0), self.margin, further.margin],
            bias: concatenate![Axis(0), self.bias, further.bias],
        }
    }
}

/// Margins of all topics, `(instances, topics)`.
fn margins(instances: &Instances, prototypes: &[Array2<f64>]) -> Array2<f64> {
    let mut margins = Array2::zeros((instances.rows.nrows(), prototypes.len()));
    for (mut column, rows) in margins.columns_mut().into_iter().zip(prototypes) {
        column.assign(&instances.margins(rows));
    }
    margins
}

/// The penalised likelihood of the labels, negative, as a function of the weights.
struct Objective {
    rows: Array2<f64>,    // (instances, dimension), scaled
    margins: Array2<f64>, // (instances, topics), scaled
    means: Array2<f64>,   // (bags, dimension), scaled
    starts: Vec<usize>,   // first instance of each bag, and the end
    labels: Array2<f64>,  // (bags, topics)
    weights: Array2<f64>, // (bags, topics)
    penalties: Penalties,
    margin_penalty: f64,
    margin_scale: f64,
}

/// The weights inside a point: sentence, bias, margin, mean, in this order.
struct Parts<'a> {
    sentence: ArrayView2<'a, f64>, // (topics, dimension)
    bias: ArrayView1<'a, f64>,
    margin: ArrayView1<'a, f64>,
    mean: ArrayView2<'a, f64>, // (topics, dimension)
}

impl Objective {
    fn new(
        space: &Space,
        prototypes: &[Array2<f64>],
        bags: &[Bag],
        penalties: Penalties,
        settings: &Settings,
    ) -> Self {
        let seen: Vec<Instances> = bags
            .iter()
            .map(|bag| space.instances(bag.vectors, bag.clauses))
            .collect();
        let mut starts = vec![0];
        starts.extend(seen.iter().scan(0, |end, instances| {
            *end += instances.rows.nrows();
            Some(*end)
        }));
        let all_margins: Vec<_> = seen.iter().map(|one| margins(one, prototypes)).collect();
        let rows: Vec<_> = seen.iter().map(|one| one.rows.view()).collect();
        let means: Vec<_> = seen.iter().map(|one| one.mean.view()).collect();
        let margins: Vec<_> = all_margins.iter().map(|rows| rows.view()).collect();
        let labels: Vec<_> = bags.iter().map(|bag| bag.labels.view()).collect();
        let weights: Vec<_> = bags.iter().map(|bag| bag.weights.view()).collect();
        let same = "bags of one space have rows of one length";
        Self {
            rows: concatenate(Axis(0), &rows).expect(same) * settings.vector_scale,
            margins: concatenate(Axis(0), &margins).expect(same) * settings.margin_scale,
            means: stack(Axis(0), &means).expect(same) * settings.vector_scale,
            starts,
            labels: stack(Axis(0), &labels).expect(same),
            weights: stack(Axis(0), &weights).expect(same),
            penalties,
            margin_penalty: settings.margin_penalty,
            margin_scale: settings.margin_scale,
        }
    }

    /// All weights 0 but the bias.
    fn start(&self, bias: f64) -> Vec<f64> {
        let (topics, dimension) = (self.labels.ncols(), self.rows.ncols());
        let mut point = vec![0.0; 2 * topics * (dimension + 1)];
        point[topics * dimension..][..topics].fill(bias);
        point
    }

    fn parts<'a>(&self, point: &'a [f64]) -> Parts<'a> {
        let (topics, dimension) = (self.labels.ncols(), self.rows.ncols());
        let matrix = |part: &'a [f64]| {
            ArrayView2::from_shape((topics, dimension), part).expect("the part has this size")
        };
        let (sentence, rest) = point.split_at(topics * dimension);
        let (bias, rest) = rest.split_at(topics);
        let (margin, mean) = rest.split_at(topics);
        Parts {
            sentence: matrix(sentence),
            bias: ArrayView1::from(bias),
            margin: ArrayView1::from(margin),
            mean: matrix(mean),
        }
    }

    /// Value and gradient.
    fn at(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let parts = self.parts(point);
        let each =
            self.rows.dot(&parts.sentence.t()) + &(&self.margins * &parts.margin) + parts.bias;
        let pooled = noisy_or(&each, &self.starts);
        let logits = pooled.logits + self.means.dot(&parts.mean.t());
        let mut value = 0.0;
        let mut pull = Array2::zeros(logits.raw_dim()); // ∂ loss / ∂ logit, (bags, topics)
        for ((at, logit), label) in logits.indexed_iter().zip(&self.labels) {
            let weight = self.weights[at];
            value += weight * (softplus(*logit) - label * logit);
            pull[at] = weight * (sigmoid(*logit) - label);
        }
        let mut each_pull = pooled.slopes; // (instances, topics)
        for (bag, range) in self.starts.windows(2).enumerate() {
            let mut rows = each_pull.slice_mut(s![range[0]..range[1], ..]);
            rows *= &pull.row(bag);
        }
        let Penalties { sentence, mean, .. } = self.penalties;
        value += 0.5 * sentence * parts.sentence.fold(0.0, |sum, w| sum + w * w);
        value += 0.5 * mean * parts.mean.fold(0.0, |sum, w| sum + w * w);
        let (margin_value, margin_gradient) = self.margin_penalty(parts.margin);
        let gradient = [
            each_pull.t().dot(&self.rows) + &(&parts.sentence * sentence),
            pull.t().dot(&self.means) + &(&parts.mean * mean),
        ];
        let bias = each_pull.sum_axis(Axis(0));
        let margin = (&each_pull * &self.margins).sum_axis(Axis(0)) + margin_gradient;
        let flat = gradient[0].iter().chain(&bias).chain(&margin);
        (
            value + margin_value,
            flat.chain(&gradient[1]).copied().collect(),
        )
    }

    /// Value and gradient of the penalty on the margin weights.
    fn margin_penalty(&self, margin: ArrayView1<f64>) -> (f64, Array1<f64>) {
        let penalty = self.margin_penalty;
        let pull = SHARED_MARGIN_PULL * penalty;
        let (centre, pull) = match self.penalties.margin {
            MarginPrior::Shared => (margin.mean().unwrap_or_default(), pull),
            MarginPrior::At(weight) => (weight / self.margin_scale, 0.0),
        };
        let away = margin.mapv(|weight| weight - centre);
        let value =
            0.5 * penalty * away.dot(&away) + 0.5 * pull * margin.len() as f64 * centre * centre;
        (value, away * penalty + pull * centre)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Prototypes;
    use super::super::optimise::gradient_error;
    use super::*;
    use ndarray::array;

    #[test]
    fn gradient_is_that_of_the_value() {
        let prototypes = Prototypes {
            topics: vec![array![[0.0, 0.6, 0.8]], array![[1.0, 0.0, 0.0]]],
            generic: array![[0.0, 1.0, 0.0]],
        };
        let space = Space::new(array![0.1, -0.1, 0.05], prototypes);
        let articles = [
            array![[0.6_f32, 0.8, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]],
            array![[0.0_f32, -1.0, 0.0]],
        ];
        let bags: Vec<Bag> = articles
            .iter()
            .zip([[1.0, 0.0], [0.0, 1.0]])
            .map(|(article, labels)| Bag {
                vectors: article.view(),
                clauses: 0,
                labels: Array1::from(labels.to_vec()),
                weights: array![1.0, 0.3],
            })
            .collect();
        for margin in [MarginPrior::Shared, MarginPrior::At(2.0)] {
            let penalties = Penalties {
                sentence: 0.3,
                mean: 2.0,
                margin,
            };
            let settings = Settings::default();
            let objective = Objective::new(&space, space.topics(), &bags, penalties, &settings);
            let point: Vec<f64> = (0..objective.start(0.0).len())
                .map(|at| ((at * 7 % 11) as f64 - 5.0) / 20.0)
                .collect();
            let error = gradient_error(|point| objective.at(point), &point);
            assert!(error < 1e-6, "{margin:?}: {error}");
        }
    }
}
