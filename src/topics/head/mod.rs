//! The trained topic head: articles as vectors and cues → topics with probability, decision and evidence.
//!
//! Owns learning ([`train`], [`cross_validate`]), scoring ([`Head::score`]), topics with no or few examples
//! ([`Head::untrained`], [`Head::with_topic`]) and the head's files. Does not own how vectors and cues are made.
//!
//! One of two kinds of head, chosen from the examples: for any number of topics an article (`several`), or for exactly
//! one (`one`). Learning is in f64; weights are rounded to f32 as soon as they are learnt, so that a head scores the same
//! before it is saved and after it is loaded.

mod article;
mod check;
mod disk;
mod error;
mod evidence;
mod few;
mod file;
mod folds;
mod instances;
mod learn;
mod left_out;
mod one;
mod optimise;
mod pooling;
mod settings;
mod several;
mod stack;
mod threshold;
mod zero;

#[cfg(test)]
mod made_up;
#[cfg(test)]
mod tests;

pub use article::{Article, Background, Cue, Example, Prototypes};
pub use disk::Files;
pub use error::{HeadError, TrainError};
pub use few::Untrained;
pub use left_out::{FEW, LeftOut, leave_topics_out};
pub use settings::{FewSettings, OneSettings, Settings};

use crate::record::Decision;
use ndarray::Array2;
use one::One;
use rayon::prelude::*;
use several::Several;
use std::path::Path;
use threshold::{Band, rounded};
use zero::Spread;

/// What a head says of one topic in an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// In 0..=1, calibrated, rounded to 4 decimals.
    pub probability: f64,
    /// What follows from it.
    pub decision: Decision,
    /// Indices of the sentences that carried the topic, strongest first; at most 3, none when it is rejected.
    pub evidence: Vec<usize>,
}

/// A trained topic head.
#[derive(Debug, Clone)]
pub struct Head {
    names: Vec<String>,
    settings: Settings,
    about: serde_json::Value,
    model: Model,
}

#[derive(Debug, Clone)]
enum Model {
    Several(Box<Several>),
    One(Box<One>),
}

/// Learns a head from labelled articles. Same examples and settings, same head, in whatever order the examples come.
///
/// ```
/// use depeche::topics::head::{Article, Cue, Example, Prototypes, Settings, train};
/// use ndarray::{Array2, array};
///
/// // Two sentences an article; the topic is on the first axis.
/// let example = |number: usize| Example {
///     id: format!("article {number}"),
///     article: Article {
///         vectors: match number % 2 {
///             0 => array![[1.0, 0.0, 0.0], [0.0, 0.6, 0.8]],
///             _ => array![[0.0, 1.0, 0.0], [0.0, 0.8, 0.6]],
///         },
///         clause_of: Vec::new(),
///         has_title: false,
///         cues: vec![vec![Cue::default()]; 2],
///     },
///     topics: vec![number % 2 == 0],
/// };
/// let examples: Vec<Example> = (0..40).map(example).collect();
/// let prototypes = Prototypes {
///     topics: vec![array![[0.8, 0.6, 0.0]]],
///     generic: Array2::zeros((0, 3)),
/// };
/// let head = train(&["sea".to_owned()], &examples, &prototypes, &Settings::default())?;
/// let verdict = &head.score(&example(50).article)[0];
/// assert!(verdict.probability > 0.5);
/// assert_eq!(verdict.evidence[0], 0);
/// # Ok::<(), depeche::topics::head::TrainError>(())
/// ```
///
/// # Errors
/// A topic has too few examples (8 with and 8 without it are needed), an example has no sentences, or shapes do not
/// agree; the message names the topic or the example and the next step.
pub fn train(
    names: &[String],
    examples: &[Example],
    prototypes: &Prototypes,
    settings: &Settings,
) -> Result<Head, TrainError> {
    train_with(names, examples, &[], prototypes, settings)
}

/// As [`train`], also learning from background articles where not to see a topic. They are used for articles with any
/// number of topics, not for exactly one.
///
/// # Errors
/// As [`train`].
pub fn train_with(
    names: &[String],
    examples: &[Example],
    background: &[Background],
    prototypes: &Prototypes,
    settings: &Settings,
) -> Result<Head, TrainError> {
    let prototypes = check::check(names, examples, prototypes)?;
    check::check_background(names, examples, background)?;
    let examples = in_order(examples);
    let model = match exactly_one(&examples) {
        true => Model::One(Box::new(One::train(&examples, settings))),
        false => Model::Several(Box::new(Several::train(
            &examples,
            background,
            &prototypes,
            settings,
        ))),
    };
    Ok(Head {
        names: names.to_vec(),
        settings: settings.clone(),
        about: serde_json::Value::Null,
        model,
    })
}

/// Probabilities of every example by a head that has not seen it, `(examples, topics)`.
///
/// # Errors
/// As [`train`].
pub fn cross_validate(
    names: &[String],
    examples: &[Example],
    prototypes: &Prototypes,
    settings: &Settings,
) -> Result<Array2<f64>, TrainError> {
    let verdicts = cross_validate_verdicts(names, examples, &[], prototypes, settings)?;
    Ok(Array2::from_shape_fn(
        (examples.len(), names.len()),
        |(at, topic)| verdicts[at][topic].probability,
    ))
}

/// Verdicts on every example by a head that has not seen it, `[example][topic]`.
///
/// Nested: calibration, thresholds and unsure bands are learnt without the example, too.
///
/// # Errors
/// As [`train`].
pub fn cross_validate_verdicts(
    names: &[String],
    examples: &[Example],
    background: &[Background],
    prototypes: &Prototypes,
    settings: &Settings,
) -> Result<Vec<Vec<Verdict>>, TrainError> {
    let prototypes = check::check(names, examples, prototypes)?;
    check::check_background(names, examples, background)?;
    let all: Vec<&Example> = examples.iter().collect();
    let one = exactly_one(&all);
    // The folds inside training are drawn with the seed itself; these are to be others.
    let fold_of = folds::stratified(&all, settings.folds, settings.seed.wrapping_add(1));
    let by_fold: Vec<Vec<(usize, Vec<Verdict>)>> = (0..settings.folds)
        .into_par_iter()
        .map(|fold| {
            let (outside, inside) = folds::split(&fold_of, fold);
            let mut learnt: Vec<&Example> = outside.iter().map(|at| all[*at]).collect();
            learnt.sort_by(|a, b| a.id.cmp(&b.id));
            let model = match one {
                true => Model::One(Box::new(One::train(&learnt, settings))),
                false => Model::Several(Box::new(Several::without_transfer(
                    &learnt,
                    background,
                    &prototypes,
                    settings,
                ))),
            };
            let score = |at: usize| (at, model.score(&all[at].article));
            inside.into_iter().map(score).collect()
        })
        .collect();
    let mut verdicts = vec![Vec::new(); examples.len()];
    for (at, scored) in by_fold.into_iter().flatten() {
        verdicts[at] = scored;
    }
    Ok(verdicts)
}

/// The examples by id: sums depend on the order of their terms.
fn in_order(examples: &[Example]) -> Vec<&Example> {
    let mut ordered: Vec<&Example> = examples.iter().collect();
    ordered.sort_by(|a, b| a.id.cmp(&b.id));
    ordered
}

/// True for a single-label task: there are two topics or more, and every example has exactly one.
fn exactly_one(examples: &[&Example]) -> bool {
    let single = |example: &&Example| {
        example.topics.len() > 1 && example.topics.iter().filter(|has| **has).count() == 1
    };
    examples.iter().all(single)
}

/// Vectors of another length come from another encoder: a caller must have compared encoders before.
fn check_dimension(article: &Article, dimension: usize) {
    assert_eq!(
        article.vectors.ncols(),
        dimension,
        "the article was encoded with another encoder than the head's examples"
    );
}

impl Verdict {
    /// Of an article that says nothing.
    fn none() -> Self {
        Self {
            probability: 0.0,
            decision: Decision::Rejected,
            evidence: Vec::new(),
        }
    }

    fn new(probability: f64, band: Band, evidence: impl FnOnce() -> Vec<usize>) -> Self {
        let probability = rounded(probability);
        let decision = band.decide(probability);
        let evidence = match decision {
            Decision::Rejected => Vec::new(),
            Decision::Assigned | Decision::Unsure => evidence(),
        };
        Self {
            probability,
            decision,
            evidence,
        }
    }
}

impl Model {
    fn score(&self, article: &Article) -> Vec<Verdict> {
        match self {
            Self::Several(head) => head.score(article),
            Self::One(head) => head.score(article),
        }
    }
}

impl Head {
    /// The topics, in the order of the verdicts.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Length of the vectors that it was trained on.
    pub fn dimension(&self) -> usize {
        match &self.model {
            Model::Several(head) => head.space.dimension(),
            Model::One(head) => head.space.dimension(),
        }
    }

    /// True when it gives each article exactly one topic.
    pub fn is_exclusive(&self) -> bool {
        matches!(self.model, Model::One(_))
    }

    /// Verdicts on an article, in the order of the names. Without sentences every topic is rejected.
    ///
    /// # Panics
    /// The article's vectors have another dimension than the head's.
    pub fn score(&self, article: &Article) -> Vec<Verdict> {
        if article.sentences() > 0 {
            check_dimension(article, self.dimension());
        }
        self.model.score(article)
    }

    /// Writes `head.safetensors` and `head.json` into a folder, each whole or not at all.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn save(&self, folder: &Path, about: &serde_json::Value) -> Result<(), HeadError> {
        file::save(self, folder, about)
    }

    /// Reads a head that [`Head::save`] has written. It scores exactly as the saved one did.
    ///
    /// # Errors
    /// A file is missing, torn, of another version, or does not fit the other one.
    pub fn load(folder: &Path) -> Result<Self, HeadError> {
        file::load(folder)
    }

    /// The same from the content of the files; `folder` stands for where they are in errors.
    ///
    /// # Errors
    /// As [`Head::load`].
    pub fn parse(files: &Files, folder: &Path) -> Result<Self, HeadError> {
        file::parse(files, folder)
    }

    /// Where the head comes from, as given to [`Head::save`]; null for one that was not loaded.
    pub fn about(&self) -> &serde_json::Value {
        &self.about
    }

    /// A topic that the head was not trained on, scored from its prototypes `(prototypes, dimension)` and cues with what
    /// the trained topics teach about such topics. Without prototypes, or with a head that has none to set them
    /// against, only cues count.
    pub fn untrained(&self, name: &str, prototypes: &Array2<f32>) -> Untrained {
        match &self.model {
            Model::Several(head) => {
                Untrained::new(name, &head.space, &head.spread, prototypes, &head.transfer)
            }
            Model::One(head) => {
                let spread = Spread::nothing(self.dimension());
                Untrained::new(
                    name,
                    &head.space,
                    &spread,
                    prototypes,
                    &few::Transfer::default(),
                )
            }
        }
    }

    /// The head with a further topic, learnt from few examples on top of its zero-shot score. The verdicts on the other
    /// topics stay exactly as they are. Each example has one label, the new topic's, and one column of cues.
    ///
    /// From some 30 positives on, training all topics together is better.
    ///
    /// # Errors
    /// Fewer than 8 examples with the topic or 8 without it, a topic that is there already, shapes that do not agree, or
    /// a head for exactly one topic an article.
    pub fn with_topic(
        &self,
        name: &str,
        prototypes: &Array2<f32>,
        examples: &[Example],
    ) -> Result<Self, TrainError> {
        let topic = name.to_owned();
        let Model::Several(head) = &self.model else {
            return Err(TrainError::ExactlyOne { topic });
        };
        if self.names.contains(&topic) {
            return Err(TrainError::Doubled { topic });
        }
        for example in examples {
            if let Some(problem) = check::problem(example, 1, self.dimension()) {
                let id = example.id.clone();
                return Err(TrainError::Example { id, problem });
            }
        }
        check::enough(name, examples.iter().map(|example| example.topics[0]))?;
        let prototypes = check::fitted(prototypes, self.dimension(), name)?;
        let extended = few::extend(head, &prototypes, &in_order(examples), &self.settings);
        Ok(Self {
            names: [self.names.as_slice(), &[topic]].concat(),
            settings: self.settings.clone(),
            about: self.about.clone(),
            model: Model::Several(Box::new(extended)),
        })
    }
}
