//! Topics with no or few examples: scored by what the trained topics teach about such topics.
//!
//! Training plays through what it is like not to know a topic: it scores each of its topics from prototypes and cues
//! alone, and again after learning it from a handful of articles. Two regressions shared by all topics, learnt on these
//! rehearsals, then turn the scores of a really new topic into probabilities.

use super::article::{Article, Example};
use super::evidence;
use super::folds::lot;
use super::instances::{Instances, Space};
use super::learn::{Bag, Linear, MarginPrior, Penalties};
use super::pooling::sigmoid;
use super::several::{Several, labels, prototype_bags, single_rows};
use super::stack::{FEATURES, WEIGHTS, features, regress, weigh};
use super::threshold::{self, Band, rounded};
use super::zero::{Direction, Spread};
use super::{Settings, Verdict};
use ndarray::{Array1, Array2, Axis, array, concatenate, s};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// L2 penalty of the shared regressions: next to none, they learn on every article and topic.
const PENALTY: f64 = 0.01;

/// A regression shared by all topics, and where its decisions change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shared {
    /// One for each feature, then the bias.
    pub weights: Vec<f32>,
    /// Where decisions change.
    pub band: Band,
}

/// What the trained topics teach about further ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    /// For topics without examples.
    pub untrained: Shared,
    /// For topics with few examples, by rising ratio of negatives; at least one.
    pub few: Vec<Few>,
}

/// What was learnt from rehearsals with one ratio of negatives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Few {
    /// Negatives for each positive.
    pub negatives: f64,
    /// The regression.
    pub shared: Shared,
}

impl Default for Transfer {
    /// What the project's twelve topics taught: for heads that have no prototypes to learn it from.
    fn default() -> Self {
        Self {
            untrained: Shared {
                weights: vec![0.0, 3.8, 2.0, 1.3, 4.4, 2.3, -5.7],
                band: Band {
                    assigned: 0.27,
                    unsure: 0.25,
                },
            },
            few: vec![Few {
                negatives: 3.0,
                shared: Shared {
                    weights: vec![1.8, 3.5, 2.5, 1.4, 4.5, 1.2, -2.8],
                    band: Band {
                        assigned: 0.45,
                        unsure: 0.42,
                    },
                },
            }],
        }
    }
}

/// Features and labels of all rehearsals.
type Rehearsal = (Vec<[f64; FEATURES]>, Vec<f64>);

impl Shared {
    fn learn((rows, labels): &Rehearsal, share: f64) -> Self {
        let nothing = Array1::zeros(WEIGHTS);
        let weights =
            regress(rows, labels, &nothing, PENALTY, PENALTY).mapv(|weight| weight as f32);
        let probability = |row| rounded(sigmoid(weigh(weights.view(), row)));
        let probabilities: Vec<f64> = rows.iter().map(probability).collect();
        Self {
            band: threshold::shared(&probabilities, labels, share),
            weights: weights.to_vec(),
        }
    }
}

impl Transfer {
    /// Rehearses every topic that has prototypes. `seen` are the examples' instances in the head's space.
    pub fn learn(
        head: &Several,
        examples: &[&Example],
        seen: &[Instances],
        settings: &Settings,
    ) -> Self {
        let topics = head.space.topics();
        let known: Vec<usize> = (0..topics.len())
            .filter(|topic| topics[*topic].nrows() > 0)
            .collect();
        if known.len() < 2 {
            return Self::default();
        }
        let scores = zero_shot_scores(&head.space, &head.spread, seen);
        let labels = labels(examples);
        let everyone = known
            .iter()
            .flat_map(|topic| (0..examples.len()).map(move |at| (at, *topic)));
        let untrained: Rehearsal = everyone
            .map(|(at, topic)| {
                let row = features(
                    &examples[at].article,
                    topic,
                    None,
                    Some(scores[[at, topic]]),
                );
                (row, labels[[at, topic]])
            })
            .unzip();
        // The thresholds are chosen over all pairs of article and topic, so the share of unsure pairs is a topic's.
        let share = settings.unsure_share / known.len() as f64;
        let untrained = Shared::learn(&untrained, share);
        let few: Vec<Few> = settings
            .few
            .negatives
            .par_iter()
            .filter_map(|negatives| {
                let scored = rehearse_all(head, examples, seen, &scores, *negatives, settings);
                (!scored.0.is_empty()).then(|| Few {
                    negatives: *negatives,
                    shared: Shared::learn(&scored, share),
                })
            })
            .collect();
        let few = if few.is_empty() {
            Self::default().few
        } else {
            few
        };
        Self { untrained, few }
    }
}

/// Score of every article for every topic from the topics' prototypes alone, `(articles, topics)`.
fn zero_shot_scores(space: &Space, spread: &Spread, seen: &[Instances]) -> Array2<f64> {
    let topics = space.topics();
    let columns: Vec<Array1<f64>> = (0..topics.len())
        .into_par_iter()
        .map(|topic| {
            let others: Vec<_> = (0..topics.len())
                .filter(|at| *at != topic)
                .map(|at| &topics[at])
                .collect();
            let direction = Direction::of(&topics[topic], &others, space, spread);
            seen.iter()
                .map(|one| Direction::article(&direction.sentences(one)))
                .collect()
        })
        .collect();
    let views: Vec<_> = columns.iter().map(|row| row.view()).collect();
    ndarray::stack(Axis(1), &views).expect("one score an article")
}

/// All rehearsals with a ratio of negatives.
fn rehearse_all(
    head: &Several,
    examples: &[&Example],
    seen: &[Instances],
    scores: &Array2<f64>,
    negatives: f64,
    settings: &Settings,
) -> Rehearsal {
    let rehearsals: Vec<Rehearsal> = (0..settings.few.rehearsals)
        .into_par_iter()
        .map(|number| {
            let drawn = draw(examples, number, negatives, settings);
            rehearse(head, examples, seen, scores, &drawn, settings)
        })
        .collect();
    let (rows, labels): (Vec<_>, Vec<_>) = rehearsals.into_iter().unzip();
    (rows.concat(), labels.concat())
}

/// Learns every topic from the articles drawn for it and scores the others.
fn rehearse(
    head: &Several,
    examples: &[&Example],
    seen: &[Instances],
    scores: &Array2<f64>,
    drawn: &Array2<f64>,
    settings: &Settings,
) -> Rehearsal {
    let labels = labels(examples);
    let mut bags: Vec<Bag> = examples
        .iter()
        .zip(drawn.rows())
        .filter(|(_, weights)| weights.sum() > 0.0)
        .map(|(example, weights)| Bag::of(example, weights.to_owned()))
        .collect();
    bags.extend(prototype_bags(&head.space, settings.few.other_prototypes));
    let linear = fit(
        &head.space,
        head.space.topics(),
        &bags,
        mean_margin(&head.linear),
        settings,
    );
    let mut rehearsal = Rehearsal::default();
    for (at, example) in examples.iter().enumerate() {
        let logits = linear.logits(&seen[at], head.space.topics(), &head.length);
        for topic in 0..labels.ncols() {
            let rehearsed = drawn.column(topic).sum() > 0.0;
            if rehearsed && drawn[[at, topic]] == 0.0 {
                let logit = Some(logits.article[topic]);
                let row = features(&example.article, topic, logit, Some(scores[[at, topic]]));
                rehearsal.0.push(row);
                rehearsal.1.push(labels[[at, topic]]);
            }
        }
    }
    rehearsal
}

/// The articles that a rehearsal learns each topic from: 1 where drawn, `(articles, topics)`. A topic with prototypes and
/// twice as many positives as are drawn takes part.
fn draw(examples: &[&Example], number: usize, negatives: f64, settings: &Settings) -> Array2<f64> {
    let labels = labels(examples);
    let few = &settings.few;
    let negatives = (negatives * few.positives as f64).round() as usize;
    let mut drawn = Array2::zeros(labels.raw_dim());
    for topic in 0..labels.ncols() {
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let purpose = format!("rehearsal {number} {topic}");
        order.sort_by_cached_key(|at| lot(settings.seed, &purpose, &examples[*at].id));
        let (has, lacks): (Vec<usize>, Vec<usize>) = order
            .into_iter()
            .partition(|at| labels[[*at, topic]] == 1.0);
        if has.len() < 2 * few.positives {
            continue;
        }
        for at in has
            .iter()
            .take(few.positives)
            .chain(lacks.iter().take(negatives))
        {
            drawn[[*at, topic]] = 1.0;
        }
    }
    drawn
}

fn mean_margin(linear: &Linear) -> f64 {
    f64::from(linear.margin.mean().unwrap_or_default())
}

fn fit(
    space: &Space,
    prototypes: &[Array2<f64>],
    bags: &[Bag],
    margin: f64,
    settings: &Settings,
) -> Linear {
    let penalties = Penalties {
        sentence: settings.few.sentence_penalty,
        mean: settings.few.mean_penalty,
        margin: MarginPrior::At(margin),
    };
    Linear::fit(space, prototypes, bags, penalties, settings)
}

/// The head with a topic learnt from few examples after the others. `prototypes` is `(prototypes, dimension)`.
pub(super) fn extend(
    head: &Several,
    prototypes: &Array2<f32>,
    examples: &[&Example],
    settings: &Settings,
) -> Several {
    let own = [head.space.unit_rows(prototypes)];
    let positives = examples.iter().filter(|example| example.topics[0]).count() as f64;
    let negatives = examples.len() as f64 - positives;
    let ratio = negatives / positives;
    let rehearsed = &head.transfer.few;
    let reached = rehearsed.iter().rev().find(|few| few.negatives <= ratio);
    let few = reached.unwrap_or(&rehearsed[0]);
    // As many negatives a positive as in the rehearsals, so that the logits mean the same.
    let negative = few.negatives / ratio;
    let weight = |example: &Example| if example.topics[0] { 1.0 } else { negative };
    let mut bags: Vec<Bag> = examples
        .iter()
        .map(|example| Bag::of(example, array![weight(example)]))
        .collect();
    bags.extend(single_rows(prototypes, array![1.0], array![1.0]));
    for others in &head.space.prototypes.topics {
        bags.extend(single_rows(
            others,
            array![0.0],
            array![settings.few.other_prototypes],
        ));
    }
    bags.extend(single_rows(
        &head.space.prototypes.generic,
        array![0.0],
        array![1.0],
    ));
    let linear = fit(
        &head.space,
        &own,
        &bags,
        mean_margin(&head.linear),
        settings,
    );
    let others: Vec<_> = head.space.topics().iter().collect();
    let direction = Direction::of(&own[0], &others, &head.space, &head.spread);
    let mut known = head.space.prototypes.clone();
    known.topics.push(prototypes.clone());
    let row = Array1::from(few.shared.weights.clone()).insert_axis(Axis(0));
    Several {
        space: Space::new(head.space.centre.clone(), known),
        spread: head.spread.clone(),
        length: head.length,
        linear: head.linear.and(&linear),
        directions: [head.directions.as_slice(), &[direction]].concat(),
        stack: concatenate![Axis(0), head.stack, row],
        bands: [head.bands.as_slice(), &[few.shared.band]].concat(),
        transfer: head.transfer.clone(),
    }
}

/// A topic that was never trained, made by [`Head::untrained`](super::Head::untrained).
#[derive(Debug, Clone)]
pub struct Untrained {
    name: String,
    space: Space,
    direction: Direction,
    shared: Shared,
}

impl Untrained {
    pub(super) fn new(
        name: &str,
        space: &Space,
        spread: &Spread,
        prototypes: &Array2<f32>,
        transfer: &Transfer,
    ) -> Self {
        let own = space.unit_rows(prototypes);
        let others: Vec<_> = space.topics().iter().collect();
        Self {
            name: name.to_owned(),
            direction: Direction::of(&own, &others, space, spread),
            space: space.clone(),
            shared: transfer.untrained.clone(),
        }
    }

    /// The topic's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The verdict on an article whose cues have one column, this topic's.
    ///
    /// # Panics
    /// The article's vectors have another dimension than the head's.
    pub fn score(&self, article: &Article) -> Verdict {
        if article.sentences() == 0 {
            return Verdict::none();
        }
        super::check_dimension(article, self.space.dimension());
        let instances = self
            .space
            .instances(article.vectors.view(), article.clause_of.len());
        let sentences = self.direction.sentences(&instances);
        let features = features(article, 0, None, Some(Direction::article(&sentences)));
        let weights = Array1::from(self.shared.weights.clone());
        let probability = sigmoid(weigh(weights.view(), &features));
        Verdict::new(probability, self.shared.band, || {
            evidence::strongest(article, 0, sentences.view(), sentences.slice(s![..0]))
        })
    }
}
