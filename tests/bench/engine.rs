//! The Rust side of `make bench`: this crate's engines and Candle's own, each measured in a process of its own.
//!
//!     bench_engine prompts ARTICLES              lengths × batches of prompts, for `speed`
//!     bench_engine requests ARTICLES COUNT       what labelling asks the generator for, for a replay by another engine
//!     bench_engine speed (depeche|candle) FILE   prefill and decode of the prompts in FILE
//!     bench_engine encode (depeche|candle) ARTICLES COUNT
//!
//! Prints JSON. bench.py runs it and its peers in turn.

mod encoders;

use anyhow::{Context, Result, bail};
use candle_core::quantized::gguf_file;
use candle_core::{Device, Tensor};
use candle_transformers::models::quantized_qwen2::ModelWeights;
use depeche::abstracts::{Glossary, Material, Summariser, SummarySettings};
use depeche::article::{PublicationDate, Span};
use depeche::cli::load;
use depeche::generator::{
    Generation, GenerationRequest, Generator, GeneratorError, GgufGenerator, Message, Role, Ticket,
};
use depeche::registry::{LocalModel, Registry, Role as ModelRole, Store, StoreOptions};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Texts at once, and tokens of each one's prompt.
const SHAPES: [(usize, usize); 3] = [(1, 512), (4, 512), (16, 128)];
/// New tokens of each text.
const STEPS: usize = 32;

#[derive(Deserialize)]
struct Article {
    date: Option<String>,
    title: Option<String>,
    text: String,
}

/// One text to continue: what is said, and the tokens that it becomes.
#[derive(Serialize, Deserialize)]
struct Prompt {
    content: String,
    tokens: Vec<u32>,
}

/// One text that labelling asked for.
#[derive(Serialize)]
struct Asked {
    tokens: Vec<u32>,
    new_tokens: usize,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match arguments[..] {
        ["prompts", articles] => prompts(articles)?,
        ["requests", articles, count] => requests(articles, count.parse()?)?,
        ["speed", "depeche", file] => speed(file, Ours::load)?,
        ["speed", "candle", file] => speed(file, Stock::load)?,
        ["encode", engine, articles, count] => encoders::encode(engine, articles, count.parse()?)?,
        _ => bail!("unknown arguments {arguments:?}: see the head of tests/bench/engine.rs"),
    };
    println!("{answer}");
    Ok(())
}

fn model(role: ModelRole) -> Result<LocalModel> {
    let store = Store::new(Registry::from_env()?, StoreOptions::from_env()?);
    let id = Registry::builtin().default_model(role)?.id.clone();
    Ok(store.ensure(&id)?)
}

fn articles(path: &str) -> Result<Vec<Article>> {
    let text = std::fs::read_to_string(path).with_context(|| path.to_owned())?;
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>()
        .with_context(|| path.to_owned())
}

/// Peak of resident memory in bytes, pages of mapped files included (`VmHWM`); 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn ask(content: &str) -> Vec<Message> {
    let content = format!("Tell in English, in detail and at length, what this says:\n\n{content}");
    vec![Message {
        role: Role::User,
        content,
    }]
}

fn prompts(path: &str) -> Result<serde_json::Value> {
    let model = model(ModelRole::Generator)?;
    let generator = GgufGenerator::load(&model.weights, "bench")?;
    let texts: Vec<String> = articles(path)?
        .into_iter()
        .map(|article| article.text)
        .collect();
    let most: usize = SHAPES.iter().map(|(batch, _)| batch).sum();
    let mut next = (0..most).map(|place| {
        // Long enough for any shape, and no two begin alike.
        (0..12)
            .map(|k| texts[(place + 41 * k) % texts.len()].as_str())
            .collect::<Vec<_>>()
            .join("\n\n")
    });
    let mut shapes = BTreeMap::new();
    for (batch, tokens) in SHAPES {
        let mut prompts = Vec::new();
        for text in next.by_ref().take(batch) {
            let mut words: Vec<&str> = text.split(' ').collect();
            let mut encoded = generator.encode(&ask(&words.join(" ")))?;
            while encoded.len() > tokens {
                let less = words.len() - (encoded.len() - tokens).div_ceil(4).min(words.len() - 1);
                words.truncate(less);
                encoded = generator.encode(&ask(&words.join(" ")))?;
            }
            prompts.push(Prompt {
                content: words.join(" "),
                tokens: encoded,
            });
        }
        shapes.insert(batch, prompts);
    }
    Ok(serde_json::to_value(shapes)?)
}

/// A generator that notes what it was asked for.
struct Noting {
    inner: GgufGenerator,
    /// Tokens of the prompts being served.
    prompts: BTreeMap<Ticket, Vec<u32>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Generator for Noting {
    fn fingerprint(&self) -> &str {
        self.inner.fingerprint()
    }

    fn context_tokens(&self) -> usize {
        self.inner.context_tokens()
    }

    fn submit(&mut self, request: &GenerationRequest) -> Ticket {
        let ticket = self.inner.submit(request);
        if let Ok(tokens) = self.inner.encode(&request.messages) {
            self.prompts.insert(ticket, tokens);
        }
        ticket
    }

    fn step(&mut self) -> Vec<(Ticket, Result<Generation, GeneratorError>)> {
        let ended = self.inner.step();
        let mut asked = self
            .asked
            .lock()
            .expect("invariant: nobody panics with the lock");
        asked.extend(ended.iter().filter_map(|(ticket, result)| {
            Some(Asked {
                tokens: self.prompts.remove(ticket)?,
                new_tokens: result.as_ref().ok()?.new_tokens.max(1),
            })
        }));
        ended
    }

    fn room(&self) -> usize {
        self.inner.room()
    }

    fn reset(&mut self) {
        self.inner.reset();
    }
}

/// For each of the first articles the tokens of the plain request for its whole text, and the requests of the pipeline.
fn requests(path: &str, count: usize) -> Result<serde_json::Value> {
    let generator = load::generator(&model(ModelRole::Generator)?, true)?;
    let plain = |text: &str| {
        let request = "Summarise this French article in English in at most 60 words.";
        generator.encode(&[Message {
            role: Role::User,
            content: format!("{request}\n\n{text}"),
        }])
    };
    let articles: Vec<Article> = articles(path)?.into_iter().take(count).collect();
    let whole: Vec<Vec<u32>> = articles
        .iter()
        .map(|article| plain(&article.text))
        .collect::<Result<_, _>>()?;
    let encoder = model(ModelRole::Encoder)?;
    let adaptation = load::Adaptation::of(&encoder.fingerprint);
    let encoder = Arc::new(load::encoder(&encoder, adaptation)?);
    let asked = Arc::default();
    let noting = Noting {
        inner: generator,
        prompts: BTreeMap::new(),
        asked: Arc::clone(&asked),
    };
    let settings = SummarySettings::default();
    let mut summariser =
        Summariser::new(Box::new(noting), encoder, Glossary::load(None)?, settings);
    let mut rows = Vec::new();
    for (article, whole) in articles.iter().zip(whole) {
        let body = Span {
            start: 0,
            end: article.text.len(),
        };
        let document = depeche::text::segment(&article.text, body);
        let date = article.date.as_deref().and_then(PublicationDate::parse);
        let material = Material::of(article.title.as_deref(), &article.text, &document, date);
        summariser.write(&[material]).remove(0)?;
        let asked = std::mem::take(
            &mut *asked
                .lock()
                .expect("invariant: nobody panics with the lock"),
        );
        rows.push(serde_json::json!({"whole": whole, "asked": asked}));
    }
    Ok(rows.into())
}

/// An engine that continues prompts.
trait Engine {
    /// Seconds to the first token of all, seconds for the rest, and how many tokens the rest was.
    fn run(&mut self, prompts: &[Prompt]) -> Result<(f64, f64, usize)>;

    /// Tokens of the prompts that it computes.
    fn computed(&self, prompts: &[Prompt]) -> usize {
        prompts.iter().map(|prompt| prompt.tokens.len()).sum()
    }
}

/// Measures the engine that `load` makes of a model file.
fn speed<E: Engine>(file: &str, load: fn(&Path) -> Result<E>) -> Result<serde_json::Value> {
    let model = model(ModelRole::Generator)?;
    let start = Instant::now();
    let mut engine = load(&model.weights)?;
    let load_seconds = start.elapsed().as_secs_f64();
    let text = std::fs::read_to_string(file).with_context(|| file.to_owned())?;
    let shapes: BTreeMap<usize, Vec<Prompt>> = serde_json::from_str(&text)?;
    let (mut prefill, mut decode) = (BTreeMap::new(), BTreeMap::new());
    engine.run(&shapes[&1][..1])?; // Weights are packed when they are first used.
    for (batch, prompts) in &shapes {
        let (first, rest, tokens) = engine.run(prompts)?;
        prefill.insert(*batch, engine.computed(prompts) as f64 / first);
        decode.insert(*batch, tokens as f64 / rest);
    }
    Ok(serde_json::json!({
        "prefill": prefill, "decode": decode, "load_seconds": load_seconds, "peak_bytes": peak_memory(),
    }))
}

/// This crate's generator.
struct Ours {
    generator: GgufGenerator,
}

impl Ours {
    fn load(weights: &Path) -> Result<Self> {
        let generator = GgufGenerator::load(weights, "bench")?;
        Ok(Self { generator })
    }

    /// Seconds and new tokens.
    fn time(&mut self, prompts: &[Prompt], budget: usize) -> Result<(f64, usize)> {
        let request = |prompt: &Prompt| GenerationRequest::greedy(ask(&prompt.content), budget);
        let requests: Vec<GenerationRequest> = prompts.iter().map(request).collect();
        let start = Instant::now();
        let mut tokens = 0;
        for result in self.generator.generate(&requests) {
            tokens += result?.new_tokens;
        }
        Ok((start.elapsed().as_secs_f64(), tokens))
    }
}

impl Engine for Ours {
    fn run(&mut self, prompts: &[Prompt]) -> Result<(f64, f64, usize)> {
        self.generator.reset();
        let (first, _) = self.time(prompts, 1)?;
        // The prompts' keys and values are kept: what is timed now are steps of one token a text.
        let (rest, tokens) = self.time(prompts, STEPS)?;
        Ok((first, rest, tokens))
    }

    fn computed(&self, prompts: &[Prompt]) -> usize {
        let first = &prompts[0].tokens;
        let same = |prompt: &Prompt| {
            first
                .iter()
                .zip(&prompt.tokens)
                .take_while(|(a, b)| a == b)
                .count()
        };
        let common = prompts[1..].iter().map(same).min().unwrap_or(0);
        let all: usize = prompts.iter().map(|prompt| prompt.tokens.len()).sum();
        all - common * (prompts.len() - 1)
    }
}

/// Candle's stock loop: one text after the other.
struct Stock {
    model: ModelWeights,
}

impl Stock {
    fn load(weights: &Path) -> Result<Self> {
        let mut file = std::fs::File::open(weights)?;
        let content = gguf_file::Content::read(&mut file)?;
        let model = ModelWeights::from_gguf(content, &mut file, &Device::Cpu)?;
        Ok(Self { model })
    }

    fn next(&mut self, tokens: &[u32], at: usize) -> Result<u32> {
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        let scores = self.model.forward(&input, at)?.squeeze(0)?;
        Ok(scores.argmax(0)?.to_scalar()?)
    }
}

impl Engine for Stock {
    fn run(&mut self, prompts: &[Prompt]) -> Result<(f64, f64, usize)> {
        let (mut first, mut rest) = (0.0, 0.0);
        for prompt in prompts {
            let start = Instant::now();
            let mut token = self.next(&prompt.tokens, 0)?;
            first += start.elapsed().as_secs_f64();
            let start = Instant::now();
            for step in 0..STEPS {
                token = self.next(&[token], prompt.tokens.len() + step)?;
            }
            rest += start.elapsed().as_secs_f64();
        }
        Ok((first, rest, STEPS * prompts.len()))
    }
}
