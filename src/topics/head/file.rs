//! A head on disk: `head.safetensors` (weights, f32) and `head.json` (everything else, with the weights' hash).
//!
//! Owns both formats. The JSON is written last and names the hash of the weights, so that a torn pair is noticed.

use super::disk::{ABOUT_FILE, Files, WEIGHTS_FILE, write};
use super::few::Transfer;
use super::instances::Space;
use super::learn::{Length, Linear};
use super::one::One;
use super::several::Several;
use super::stack::WEIGHTS;
use super::threshold::Band;
use super::zero::{Direction, Spread};
use super::{Head, HeadError, Model, Prototypes, Settings};
use crate::files::sha256;
use ndarray::{Array, Array1, Array2, Axis, Dimension};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Version of the format; raised when a file of an older program would be misread.
const FORMAT: u32 = 1;

/// `head.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    format: u32,
    names: Vec<String>,
    dimension: usize,
    weights_sha256: String,
    decisions: Decisions,
    settings: Settings,
    about: serde_json::Value,
}

/// What is small and not a tensor, by kind of head.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Decisions {
    Several {
        bands: Vec<Band>,
        prototypes: Vec<usize>,
        transfer: Transfer,
    },
    One {
        sharpness: f64,
        unsure_below: f64,
    },
}

/// A tensor on its way to disk: shape and little-endian f32.
type Tensors = BTreeMap<&'static str, (Vec<usize>, Vec<u8>)>;

fn put<D: Dimension>(tensors: &mut Tensors, name: &'static str, array: &Array<f32, D>) {
    let bytes = array.iter().flat_map(|value| value.to_le_bytes()).collect();
    tensors.insert(name, (array.shape().to_vec(), bytes));
}

/// Writes the head into a folder, which is made if there is none.
pub(super) fn save(head: &Head, folder: &Path, about: &serde_json::Value) -> Result<(), HeadError> {
    let weights = encode(&tensors(&head.model));
    let card = Card {
        format: FORMAT,
        names: head.names.clone(),
        dimension: head.dimension(),
        weights_sha256: sha256(&weights),
        decisions: decisions(&head.model),
        settings: head.settings.clone(),
        about: about.clone(),
    };
    let mut json = serde_json::to_vec_pretty(&card).expect("a card has only string keys");
    json.push(b'\n');
    write(&folder.join(WEIGHTS_FILE), &weights)?;
    write(&folder.join(ABOUT_FILE), &json)
}

fn tensors(model: &Model) -> Tensors {
    let mut tensors = Tensors::new();
    match model {
        Model::Several(head) => {
            put(&mut tensors, "centre", &head.space.centre);
            put(&mut tensors, "spread.mean", &head.spread.mean);
            put(&mut tensors, "spread.covariance", &head.spread.covariance);
            put(
                &mut tensors,
                "prototypes.generic",
                &head.space.prototypes.generic,
            );
            let views: Vec<_> = head
                .space
                .prototypes
                .topics
                .iter()
                .map(|rows| rows.view())
                .collect();
            let topics =
                ndarray::concatenate(Axis(0), &views).expect("prototypes of one dimension");
            put(&mut tensors, "prototypes.topics", &topics);
            put(&mut tensors, "sentence.weight", &head.linear.sentence);
            put(&mut tensors, "sentence.bias", &head.linear.bias);
            put(&mut tensors, "mean.weight", &head.linear.mean);
            put(&mut tensors, "margin.weight", &head.linear.margin);
            let views: Vec<_> = head
                .directions
                .iter()
                .map(|one| one.weights.view())
                .collect();
            let weights = ndarray::stack(Axis(0), &views).expect("directions of one dimension");
            put(&mut tensors, "zero_shot.weight", &weights);
            let offsets: Array1<f32> = head.directions.iter().map(|one| one.offset).collect();
            put(&mut tensors, "zero_shot.bias", &offsets);
            put(&mut tensors, "stack.weight", &head.stack);
        }
        Model::One(head) => {
            put(&mut tensors, "centre", &head.space.centre);
            put(&mut tensors, "class.weight", &head.weights);
            put(&mut tensors, "class.bias", &head.bias);
        }
    }
    tensors
}

fn encode(tensors: &Tensors) -> Vec<u8> {
    let views = tensors.iter().map(|(name, (shape, bytes))| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (*name, view.expect("four bytes a value"))
    });
    safetensors::serialize(views, None).expect("no metadata that could be too long")
}

fn decisions(model: &Model) -> Decisions {
    match model {
        Model::Several(head) => Decisions::Several {
            bands: head.bands.clone(),
            prototypes: head
                .space
                .prototypes
                .topics
                .iter()
                .map(Array2::nrows)
                .collect(),
            transfer: head.transfer.clone(),
        },
        Model::One(head) => Decisions::One {
            sharpness: head.sharpness,
            unsure_below: head.unsure_below,
        },
    }
}

/// Reads a head from a folder.
pub(super) fn load(folder: &Path) -> Result<Head, HeadError> {
    parse(&Files::read(folder)?, folder)
}

/// Reads a head from the content of its files; `folder` stands for where they are in errors.
pub(super) fn parse(files: &Files, folder: &Path) -> Result<Head, HeadError> {
    let path = folder.join(ABOUT_FILE);
    let card: Card = serde_json::from_slice(&files.about).map_err(|source| HeadError::Syntax {
        path: path.clone(),
        source,
    })?;
    let invalid = |problem: String| HeadError::Invalid {
        path: path.clone(),
        problem,
    };
    if card.format != FORMAT {
        let format = card.format;
        return Err(invalid(format!(
            "format {format} is not known; this program reads format {FORMAT}"
        )));
    }
    if let Some(problem) = card.problem() {
        return Err(invalid(problem));
    }
    let path = folder.join(WEIGHTS_FILE);
    let bytes = &files.weights;
    if sha256(bytes) != card.weights_sha256 {
        let problem = format!("does not have the hash that {ABOUT_FILE} names");
        return Err(HeadError::Invalid { path, problem });
    }
    let tensors = SafeTensors::deserialize(bytes).map_err(|source| HeadError::Tensors {
        path: path.clone(),
        source,
    })?;
    let model = Weights { path, tensors }.model(&card)?;
    Ok(Head {
        names: card.names,
        settings: card.settings,
        about: card.about,
        model,
    })
}

impl Card {
    /// What is wrong with it in itself.
    fn problem(&self) -> Option<String> {
        let topics = self.names.len();
        if topics == 0 || self.dimension == 0 {
            return Some("has no topics or no dimension".to_owned());
        }
        let Decisions::Several {
            bands,
            prototypes,
            transfer,
        } = &self.decisions
        else {
            return None;
        };
        if transfer.few.is_empty() {
            return Some("`transfer.few` is empty".to_owned());
        }
        let mut table = vec![
            ("bands", bands.len(), topics),
            ("prototypes", prototypes.len(), topics),
        ];
        let few = transfer.few.iter().map(|few| &few.shared);
        let shared = few.chain([&transfer.untrained]);
        table.extend(shared.map(|shared| ("transfer.weights", shared.weights.len(), WEIGHTS)));
        let wrong = table.into_iter().find(|(_, found, wanted)| found != wanted);
        wrong.map(|(key, found, wanted)| format!("`{key}` has {found} entries, not {wanted}"))
    }
}

/// The opened weight file.
struct Weights<'a> {
    path: PathBuf,
    tensors: SafeTensors<'a>,
}

impl Weights<'_> {
    fn model(&self, card: &Card) -> Result<Model, HeadError> {
        let (topics, dimension) = (card.names.len(), card.dimension);
        let centre = self.vector("centre", dimension)?;
        match &card.decisions {
            Decisions::Several {
                bands,
                prototypes,
                transfer,
            } => {
                let space = Space::new(centre, self.prototypes(prototypes, dimension)?);
                Ok(Model::Several(Box::new(Several {
                    space,
                    length: Length::of(&card.settings),
                    spread: Spread {
                        mean: self.vector("spread.mean", dimension)?,
                        covariance: self.matrix("spread.covariance", dimension, dimension)?,
                    },
                    linear: Linear {
                        sentence: self.matrix("sentence.weight", topics, dimension)?,
                        mean: self.matrix("mean.weight", topics, dimension)?,
                        margin: self.vector("margin.weight", topics)?,
                        bias: self.vector("sentence.bias", topics)?,
                    },
                    directions: self.directions(topics, dimension)?,
                    stack: self.matrix("stack.weight", topics, WEIGHTS)?,
                    bands: bands.clone(),
                    transfer: transfer.clone(),
                })))
            }
            Decisions::One {
                sharpness,
                unsure_below,
            } => {
                let nothing = Prototypes {
                    topics: Vec::new(),
                    generic: Array2::zeros((0, dimension)),
                };
                Ok(Model::One(Box::new(One {
                    space: Space::new(centre, nothing),
                    weights: self.matrix("class.weight", topics, 2 * dimension)?,
                    bias: self.vector("class.bias", topics)?,
                    sharpness: *sharpness,
                    unsure_below: *unsure_below,
                })))
            }
        }
    }

    fn prototypes(&self, counts: &[usize], dimension: usize) -> Result<Prototypes, HeadError> {
        let mut rest = self.matrix("prototypes.topics", counts.iter().sum(), dimension)?;
        let mut topics = Vec::with_capacity(counts.len());
        for count in counts {
            let (own, others) = rest.view().split_at(Axis(0), *count);
            topics.push(own.to_owned());
            rest = others.to_owned();
        }
        let rows = self.rows("prototypes.generic")?;
        Ok(Prototypes {
            topics,
            generic: self.matrix("prototypes.generic", rows, dimension)?,
        })
    }

    fn directions(&self, topics: usize, dimension: usize) -> Result<Vec<Direction>, HeadError> {
        let weights = self.matrix("zero_shot.weight", topics, dimension)?;
        let offsets = self.vector("zero_shot.bias", topics)?;
        let rows = weights.rows().into_iter().zip(&offsets);
        Ok(rows
            .map(|(weights, offset)| Direction {
                weights: weights.to_owned(),
                offset: *offset,
            })
            .collect())
    }

    fn view(&self, name: &str) -> Result<TensorView<'_>, HeadError> {
        self.tensors
            .tensor(name)
            .map_err(|source| HeadError::Tensors {
                path: self.path.clone(),
                source,
            })
    }

    fn rows(&self, name: &str) -> Result<usize, HeadError> {
        Ok(self
            .view(name)?
            .shape()
            .first()
            .copied()
            .unwrap_or_default())
    }

    /// The values of a tensor of this shape, all finite.
    fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, HeadError> {
        let view = self.view(name)?;
        let invalid = |problem: String| HeadError::Invalid {
            path: self.path.clone(),
            problem,
        };
        if view.dtype() != Dtype::F32 || view.shape() != shape {
            let (dtype, found) = (view.dtype(), view.shape());
            return Err(invalid(format!(
                "`{name}` is {dtype:?} {found:?}, not F32 {shape:?}"
            )));
        }
        let (chunks, _) = view.data().as_chunks::<4>();
        let values: Vec<f32> = chunks
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect();
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(invalid(format!("`{name}` has values that are not numbers"))),
        }
    }

    fn vector(&self, name: &str, length: usize) -> Result<Array1<f32>, HeadError> {
        Ok(Array1::from(self.values(name, &[length])?))
    }

    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Array2<f32>, HeadError> {
        let values = self.values(name, &[rows, columns])?;
        Ok(Array2::from_shape_vec((rows, columns), values).expect("the shape was checked"))
    }
}
