//! `depeche train`: labelled articles → a topic head.

use super::load::{self, Adaptation};
use super::store::StoreArgs;
use crate::article::Span;
use crate::encoder::Encoder;
use crate::record::{self, fingerprint};
use crate::registry::Role;
use crate::text;
use crate::topics::head::{
    self, Article, Background, Example, FEW, Head, LeftOut, Prototypes, Settings, Verdict,
};
use crate::topics::{CueFinder, Encoded, Taxonomy, encode, prototypes};
use anyhow::{Context, bail, ensure};
use clap::Args;
use depeche_eval::report::Resampling;
use depeche_eval::{Decision, Gold, PredictedTopic, Prediction, align, stats, topics};
use ndarray::Array2;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  depeche train --gold corpus/gold -o models/heads/mine        a head for the topics of the taxonomy
  depeche train --gold mine.jsonl -o my-head                   a head for topics of your own
  depeche train --gold fish.jsonl --add-topic fisheries --taxonomy mine.toml -o my-head
                                                               one more topic, from eight examples or more
  depeche label articles/ -o out.jsonl --only topics --head my-head

Gold rows have `id`, `text`, `topics` and optionally `title`. Of a folder train.jsonl and dev.jsonl are read, never test.jsonl.
The same rows, seed, encoder and taxonomy give the same head. Figures are cross-validated: every article is scored by a head
that has not seen it. Where every row has exactly one topic, the head gives each article one.";

/// Arguments of `depeche train`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TrainArgs {
    /// Labelled articles: JSON Lines, CSV or TSV files, or folders with train.jsonl and dev.jsonl
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    gold: Vec<PathBuf>,

    /// The folder to write the head into: head.safetensors and head.json
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,

    /// Learn only this topic, on top of what --head knows; the other topics stay as they are
    #[arg(long, value_name = "ID")]
    add_topic: Option<String>,

    /// The head that --add-topic adds to [default: the built-in one]
    #[arg(long, value_name = "DIR", requires = "add_topic", env = "DEPECHE_HEAD")]
    head: Option<PathBuf>,

    /// Topics with their example phrases and terms instead of the built-in twelve
    #[arg(long, value_name = "FILE", env = "DEPECHE_TAXONOMY")]
    taxonomy: Option<PathBuf>,

    /// Encoder, see `depeche models list`; by default the registry's
    #[arg(long, value_name = "ID", env = "DEPECHE_ENCODER")]
    encoder: Option<String>,

    /// Use the encoder as published even for topics that it was adapted to (it is used as published for all others)
    #[arg(long, conflicts_with = "add_topic")]
    no_adapter: bool,

    /// Seed of the folds
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,

    /// Do not cross-validate: faster, and no figures
    #[arg(long)]
    no_report: bool,

    /// Also leave each topic out and meet it as a new one, and print what it is worth: some minutes more
    #[arg(long, conflicts_with = "add_topic")]
    leave_topics_out: bool,

    #[command(flatten)]
    store: StoreArgs,
}

/// Runs `depeche train`.
pub fn run(args: &TrainArgs, quiet: bool) -> anyhow::Result<ExitCode> {
    let say = |line: &str| {
        if !quiet {
            eprintln!("{line}");
        }
    };
    let taxonomy = match &args.taxonomy {
        Some(path) => Taxonomy::from_file(path)?,
        None => Taxonomy::built_in(),
    };
    let (gold, data) = read(&args.gold)?;
    let store = args.store.open(quiet)?;
    let id = match &args.encoder {
        Some(id) => id.clone(),
        None => store.registry().default_model(Role::Encoder)?.id.clone(),
    };
    let model = store.ensure(&id)?;
    let base = match &args.add_topic {
        Some(_) => Some(load::head(args.head.as_deref(), &model.fingerprint)?),
        None => None,
    };
    let adaptation = match &base {
        Some(base) => base.adaptation,
        None if args.no_adapter || !known(&taxonomy, &gold) => Adaptation::None,
        None => Adaptation::of(&model.fingerprint),
    };
    let encoder = load::encoder(&model, adaptation)?;
    let material = Material {
        gold: &gold,
        taxonomy: &taxonomy,
        encoder: &encoder,
        settings: Settings {
            seed: args.seed,
            ..Settings::default()
        },
    };
    let mut about = json!({
        "program": env!("CARGO_PKG_VERSION"),
        "encoder": encoder.fingerprint(),
        "taxonomy": taxonomy.fingerprint,
        "data": data,
        "seed": args.seed,
    });
    say(&format!("encoding {} articles", gold.len()));
    let (head, report) = match (&args.add_topic, base) {
        (Some(topic), Some(base)) => (material.add_topic(topic, &base.head)?, Value::Null),
        _ => material.train(!args.no_report, args.leave_topics_out, &say)?,
    };
    about["report"] = report;
    head.save(&args.output, &about)?;
    say(&format!("wrote {}", args.output.display()));
    Ok(ExitCode::SUCCESS)
}

/// What a head is made from.
struct Material<'a> {
    gold: &'a [Gold],
    taxonomy: &'a Taxonomy,
    encoder: &'a dyn Encoder,
    settings: Settings,
}

impl Material<'_> {
    /// Trains all topics that gold has enough of; the second value is the cross-validated report.
    fn train(
        &self,
        report: bool,
        leave_topics_out: bool,
        say: &dyn Fn(&str),
    ) -> anyhow::Result<(Head, Value)> {
        let names = self.names()?;
        let examples = self.examples(&names)?;
        let prototypes = self.prototypes(&names)?;
        let background = self.background(&names)?;
        say(&format!("training {} topics", names.len()));
        let head = head::train_with(&names, &examples, &background, &prototypes, &self.settings)?;
        if head.is_exclusive() {
            say("every article has exactly one topic: the head will give each article one");
        }
        if leave_topics_out {
            say("leaving out one topic after the other");
            new_topics(&head::leave_topics_out(
                &names,
                &examples,
                &background,
                &prototypes,
                &self.settings,
            )?);
        }
        if !report {
            return Ok((head, Value::Null));
        }
        say("cross-validating");
        let unseen = head::cross_validate_verdicts(
            &names,
            &examples,
            &background,
            &prototypes,
            &self.settings,
        )?;
        Ok((head, self.report(&names, &unseen)))
    }

    /// Adds one topic to a head.
    fn add_topic(&self, topic: &str, head: &Head) -> anyhow::Result<Head> {
        ensure!(
            !head.names().iter().any(|name| name == topic),
            "the head already knows the topic {topic:?}; train it anew without --add-topic"
        );
        let examples = self.examples(&[topic.to_owned()])?;
        let prototypes = prototypes(self.taxonomy, topic, self.encoder)?;
        Ok(head.with_topic(topic, &prototypes, &examples)?)
    }

    /// The taxonomy's topics that gold has, or gold's own where it has others.
    fn names(&self) -> anyhow::Result<Vec<String>> {
        let used = Gold::topics_of(self.gold);
        if used.is_empty() {
            bail!("no row of --gold has a topic");
        }
        Ok(match known(self.taxonomy, self.gold) {
            true => self
                .taxonomy
                .ids()
                .filter(|id| used.contains(id))
                .map(str::to_owned)
                .collect(),
            false => used.into_iter().map(str::to_owned).collect(),
        })
    }

    fn prototypes(&self, names: &[String]) -> anyhow::Result<Prototypes> {
        let generic: Vec<&str> = self
            .taxonomy
            .generic
            .descriptions
            .iter()
            .map(String::as_str)
            .collect();
        let topics: Result<Vec<Array2<f32>>, _> = names
            .iter()
            .map(|name| prototypes(self.taxonomy, name, self.encoder))
            .collect();
        Ok(Prototypes {
            topics: topics?,
            generic: self.encoder.encode(&generic)?,
        })
    }

    /// The taxonomy's sentences that look like a topic and do not have it.
    fn background(&self, names: &[String]) -> anyhow::Result<Vec<Background>> {
        let mut background = Vec::new();
        for entry in &self.taxonomy.topics {
            let lacks: Vec<bool> = names.iter().map(|name| *name == entry.id).collect();
            for text in entry
                .counter_descriptions
                .iter()
                .filter(|_| lacks.contains(&true))
            {
                background.push(Background {
                    vectors: self.encoder.encode(&[text.as_str()])?,
                    lacks: lacks.clone(),
                });
            }
        }
        Ok(background)
    }

    fn examples(&self, names: &[String]) -> anyhow::Result<Vec<Example>> {
        let cues = CueFinder::new(self.taxonomy, names.iter().map(String::as_str));
        let example = |row: &Gold| -> anyhow::Result<Example> {
            let body = Span {
                start: 0,
                end: row.text.len(),
            };
            let document = text::segment(&row.text, body);
            let title = row
                .title
                .as_deref()
                .filter(|title| !title.trim().is_empty());
            let sentences = document
                .sentences
                .iter()
                .map(|sentence| sentence.text.as_str());
            let texts: Vec<&str> = title.into_iter().chain(sentences).collect();
            ensure!(!texts.is_empty(), "article {:?} has no text", row.id);
            let Encoded { vectors, clause_of } = encode(self.encoder, &texts)?;
            Ok(Example {
                id: row.id.clone(),
                article: Article {
                    vectors,
                    clause_of,
                    has_title: title.is_some(),
                    cues: cues.find(&texts),
                },
                topics: names.iter().map(|name| row.has_topic(name)).collect(),
            })
        };
        self.gold.iter().map(example).collect()
    }

    /// Prints and returns the figures of verdicts, `[article][topic]`, on unseen articles.
    fn report(&self, names: &[String], unseen: &[Vec<Verdict>]) -> Value {
        let rows = self.gold.iter().zip(unseen);
        let predictions: Vec<Prediction> = rows
            .map(|(gold, row)| Prediction {
                id: gold.id.clone(),
                topics: names
                    .iter()
                    .zip(row)
                    .map(|(name, verdict)| predicted(name, verdict))
                    .collect(),
                ..Prediction::default()
            })
            .collect();
        let (pairs, _) = align(self.gold, &predictions, names);
        let core: Vec<String> = self
            .taxonomy
            .topics
            .iter()
            .filter(|entry| entry.core && names.contains(&entry.id))
            .map(|entry| entry.id.clone())
            .collect();
        let single = self.gold.iter().all(|row| row.topics.len() == 1);
        let figures = match single {
            true => topics::label_figures(&pairs, names),
            false => topics::figures(&pairs, names, &core),
        };
        let mut report = serde_json::Map::new();
        for figure in figures {
            let estimate = stats::estimate(&figure, &Resampling::default());
            if let (Some(value), Some(low), Some(high)) =
                (estimate.value, estimate.low, estimate.high)
            {
                println!("{:<32} {value:.3} [{low:.3}, {high:.3}]", figure.name);
                report.insert(figure.name, json!([value, low, high]));
            }
        }
        report.into()
    }
}

/// Prints what topics are worth that are met as new ones.
fn new_topics(left_out: &[LeftOut]) {
    let (with, without) = FEW;
    println!(
        "F1 of a topic left out      zero-shot   same articles: zero-shot   {with} with, {without} without"
    );
    let line = |name: &str, of: [f64; 3]| {
        println!(
            "{name:<27} {:.3}       {:.3}                      {:.3}",
            of[0], of[1], of[2]
        );
    };
    let row = |topic: &LeftOut| [topic.zero_shot, topic.zero_shot_on_rest, topic.few_shot];
    for topic in left_out {
        line(&topic.name, row(topic));
    }
    let mean = |at: usize| left_out.iter().map(|t| row(t)[at]).sum::<f64>() / left_out.len() as f64;
    line("mean", [0, 1, 2].map(mean));
    let better = left_out.iter().filter(|t| t.few_shot > t.zero_shot_on_rest);
    let (better, all) = (better.count(), left_out.len());
    println!("better with examples: {better} of {all}");
}

fn predicted(name: &str, verdict: &Verdict) -> PredictedTopic {
    PredictedTopic {
        id: name.to_owned(),
        probability: Some(verdict.probability),
        decision: match verdict.decision {
            record::Decision::Assigned => Decision::Assigned,
            record::Decision::Unsure => Decision::Unsure,
            record::Decision::Rejected => Decision::Rejected,
        },
        evidence: Vec::new(),
    }
}

/// Whether the taxonomy has all topics of gold.
fn known(taxonomy: &Taxonomy, gold: &[Gold]) -> bool {
    let used = Gold::topics_of(gold);
    used.iter()
        .all(|topic| taxonomy.ids().any(|id| id == *topic))
}

/// The labelled rows of all files, and what they were: path, number of rows, hash.
fn read(paths: &[PathBuf]) -> anyhow::Result<(Vec<Gold>, Vec<Value>)> {
    let mut files = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => files.extend(["train.jsonl", "dev.jsonl"].map(|name| path.join(name))),
            false => files.push(path.clone()),
        }
    }
    let (mut gold, mut data): (Vec<Gold>, Vec<Value>) = (Vec::new(), Vec::new());
    for file in files {
        let rows = Gold::read_with(&file, &Default::default())
            .with_context(|| format!("cannot read the labelled articles {}", file.display()))?;
        if let Some(row) = rows
            .iter()
            .find(|row| gold.iter().any(|other| other.id == row.id))
        {
            bail!(
                "{}: the id {:?} is in another file too",
                file.display(),
                row.id
            );
        }
        let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        data.push(json!({"file": name, "rows": rows.len(), "sha256": fingerprint(&bytes)}));
        gold.extend(rows);
    }
    ensure!(!gold.is_empty(), "--gold has no rows");
    Ok((gold, data))
}
