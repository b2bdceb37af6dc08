//! A head for articles with any number of topics.
//!
//! Two stages: instance weights learnt from whole articles (`learn`), then a small calibrated regression a topic on the
//! article's logit and its cues (`stack`). The second stage learns on out-of-fold logits of the first, since those of
//! the articles that it has seen are too good to be true.

use super::article::{Article, Background, Example, Prototypes};
use super::evidence;
use super::few::Transfer;
use super::folds::{split, stratified};
use super::instances::Space;
use super::learn::{Bag, Length, Linear, MarginPrior, Penalties};
use super::pooling::sigmoid;
use super::stack::{self, FEATURES, features};
use super::threshold::{self, Band, rounded};
use super::zero::{Direction, Spread};
use super::{Settings, Verdict};
use ndarray::{Array1, Array2, Axis, s};
use rayon::prelude::*;

/// Everything that a trained head knows; the first axis of all matrices is the topic.
#[derive(Debug, Clone)]
pub(super) struct Several {
    /// Where vectors are looked at from.
    pub space: Space,
    /// What zero-shot scores are measured against.
    pub spread: Spread,
    /// First stage.
    pub linear: Linear,
    /// Zero-shot scores; only topics learnt from few examples use theirs.
    pub directions: Vec<Direction>,
    /// What long articles lose.
    pub length: Length,
    /// Second stage, `(topics, WEIGHTS)`.
    pub stack: Array2<f32>,
    /// Where decisions change.
    pub bands: Vec<Band>,
    /// What the topics teach about further ones.
    pub transfer: Transfer,
}

/// The first stage with the space that it works in.
struct FirstStage {
    space: Space,
    linear: Linear,
}

impl Several {
    /// Learns all topics, and what they teach about further ones.
    pub fn train(
        examples: &[&Example],
        background: &[Background],
        prototypes: &Prototypes,
        settings: &Settings,
    ) -> Self {
        let mut head = Self::without_transfer(examples, background, prototypes, settings);
        let seen: Vec<_> = examples
            .iter()
            .map(|example| {
                head.space.instances(
                    example.article.vectors.view(),
                    example.article.clause_of.len(),
                )
            })
            .collect();
        head.spread = Spread::of(&seen);
        head.transfer = Transfer::learn(&head, examples, &seen, settings);
        head
    }

    /// Learns all topics and nothing else: what cross-validation needs.
    pub fn without_transfer(
        examples: &[&Example],
        background: &[Background],
        prototypes: &Prototypes,
        settings: &Settings,
    ) -> Self {
        let fold_of = stratified(examples, settings.inner_folds, settings.seed);
        // One fit a fold and one on all: independent of each other, so threads do not change the result.
        let mut stages: Vec<FirstStage> = (0..=settings.inner_folds)
            .into_par_iter()
            .map(|fold| {
                let (outside, _) = split(&fold_of, fold);
                let learnt: Vec<_> = outside.iter().map(|at| examples[*at]).collect();
                FirstStage::fit(&learnt, background, prototypes, settings)
            })
            .collect();
        let last = stages.pop().expect("the fit on all examples");
        let rows: Vec<Vec<[f64; FEATURES]>> = examples
            .iter()
            .zip(&fold_of)
            .map(|(example, fold)| stages[*fold].features(&example.article, settings))
            .collect();
        let labels = labels(examples);
        let everyone: Vec<usize> = (0..examples.len()).collect();
        let dimension = last.space.dimension();
        let topics = labels.ncols();
        let probabilities = calibrated(&rows, &labels, &fold_of, settings);
        Self {
            spread: Spread::nothing(dimension),
            length: Length::of(settings),
            directions: vec![Direction::nowhere(dimension); topics],
            stack: stack::fit(&rows, &labels, &everyone, settings.stack_penalty),
            bands: vec![threshold::trained(&probabilities, settings.unsure_share); topics],
            transfer: Transfer::default(),
            space: last.space,
            linear: last.linear,
        }
    }

    /// Verdicts on an article, in the order of the topics.
    pub fn score(&self, article: &Article) -> Vec<Verdict> {
        if article.sentences() == 0 {
            return vec![Verdict::none(); self.bands.len()];
        }
        let instances = self
            .space
            .instances(article.vectors.view(), article.clause_of.len());
        let logits = self
            .linear
            .logits(&instances, self.space.topics(), &self.length);
        (0..self.bands.len())
            .map(|topic| {
                let direction = &self.directions[topic];
                let zero_shot = Direction::article(&direction.sentences(&instances));
                let features =
                    features(article, topic, Some(logits.article[topic]), Some(zero_shot));
                let probability = sigmoid(stack::weigh(self.stack.row(topic), &features));
                let column = logits.instances.column(topic);
                let (sentences, rest) = column.split_at(Axis(0), instances.sentences);
                let (pairs, clauses) = rest.split_at(Axis(0), instances.sentences - 1);
                Verdict::new(probability, self.bands[topic], || {
                    let sentences = evidence::with_clauses(article, sentences, clauses);
                    evidence::strongest(article, topic, sentences.view(), pairs)
                })
            })
            .collect()
    }
}

impl FirstStage {
    fn fit(
        examples: &[&Example],
        background: &[Background],
        prototypes: &Prototypes,
        settings: &Settings,
    ) -> Self {
        let space = Space::of(examples.iter().map(|example| &example.article), prototypes);
        let topics = prototypes.topics.len();
        let mut bags: Vec<Bag> = examples
            .iter()
            .map(|example| Bag::of(example, Array1::ones(topics)))
            .collect();
        bags.extend(
            background
                .iter()
                .map(|article| background_bag(article, settings)),
        );
        bags.extend(prototype_bags(&space, 0.0));
        let penalties = Penalties {
            sentence: settings.sentence_penalty,
            mean: settings.mean_penalty,
            margin: MarginPrior::Shared,
        };
        let linear = Linear::fit(&space, space.topics(), &bags, penalties, settings);
        drop(bags);
        Self { space, linear }
    }

    /// Features of every topic.
    fn features(&self, article: &Article, settings: &Settings) -> Vec<[f64; FEATURES]> {
        let instances = self
            .space
            .instances(article.vectors.view(), article.clause_of.len());
        let logits = self
            .linear
            .logits(&instances, self.space.topics(), &Length::of(settings));
        (0..logits.article.len())
            .map(|topic| features(article, topic, Some(logits.article[topic]), None))
            .collect()
    }
}

/// Prototypes as articles of one sentence. Those of a topic have it and count `others` as examples without the other
/// topics; generic ones have none.
pub(super) fn prototype_bags(space: &Space, others: f64) -> Vec<Bag<'_>> {
    let topics = space.topics().len();
    let own = space.prototypes.topics.iter().enumerate();
    let own = own.flat_map(|(topic, rows)| {
        let labels = Array1::from_shape_fn(topics, |at| if at == topic { 1.0 } else { 0.0 });
        let weights = labels.mapv(|label| if label == 1.0 { 1.0 } else { others });
        single_rows(rows, labels, weights)
    });
    let generic = single_rows(
        &space.prototypes.generic,
        Array1::zeros(topics),
        Array1::ones(topics),
    );
    own.chain(generic).collect()
}

/// A background article as an example without the topics that it lacks.
fn background_bag<'a>(article: &'a Background, settings: &Settings) -> Bag<'a> {
    let sentences = article.vectors.nrows().min(settings.background_sentences);
    let weight = |lacks: &bool| {
        if *lacks {
            settings.background_weight
        } else {
            0.0
        }
    };
    Bag {
        vectors: article.vectors.slice(s![..sentences, ..]),
        clauses: 0,
        labels: Array1::zeros(article.lacks.len()),
        weights: article.lacks.iter().map(weight).collect(),
    }
}

/// Each row as a bag with these labels.
pub(super) fn single_rows(
    rows: &Array2<f32>,
    labels: Array1<f64>,
    weights: Array1<f64>,
) -> impl Iterator<Item = Bag<'_>> {
    (0..rows.nrows()).map(move |at| Bag {
        vectors: rows.slice(s![at..=at, ..]),
        clauses: 0,
        labels: labels.clone(),
        weights: weights.clone(),
    })
}

/// Labels as numbers, `(examples, topics)`.
pub(super) fn labels(examples: &[&Example]) -> Array2<f64> {
    let topics = examples.first().map_or(0, |example| example.topics.len());
    Array2::from_shape_fn((examples.len(), topics), |(at, topic)| {
        if examples[at].topics[topic] { 1.0 } else { 0.0 }
    })
}

/// Probabilities of stacks that have not seen the article either: what the unsure band may be chosen on.
fn calibrated(
    rows: &[Vec<[f64; FEATURES]>],
    labels: &Array2<f64>,
    fold_of: &[usize],
    settings: &Settings,
) -> Array2<f64> {
    let mut probabilities = Array2::zeros(labels.raw_dim());
    for fold in 0..settings.inner_folds {
        let (outside, inside) = split(fold_of, fold);
        let stack = stack::fit(rows, labels, &outside, settings.stack_penalty);
        for at in inside {
            for topic in 0..labels.ncols() {
                let logit = stack::weigh(stack.row(topic), &rows[at][topic]);
                probabilities[[at, topic]] = rounded(sigmoid(logit));
            }
        }
    }
    probabilities
}
