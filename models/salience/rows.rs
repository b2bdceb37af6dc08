//! What salience is learnt from: `cargo run --release --example salience_rows -- RENDERINGS.jsonl ARTICLES.jsonl…`.
//!
//! Reads ranked sentences (`article`, `sentence`, `rank`) and the articles that they are of (`id`, `text`), and writes for
//! each sentence of these articles its features, its vector and its rank (null if a reader would leave it out), one JSON
//! object a line; before them one line with the fingerprint of the encoder and the names of the features.

use anyhow::{Context, Result};
use depeche::abstracts::{FEATURES, features};
use depeche::article::Span;
use depeche::cli::load::{self, Adaptation};
use depeche::encoder::Encoder;
use depeche::registry::{Registry, Role, Store, StoreOptions};
use depeche::text::segment;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let renderings = arguments
        .next()
        .context("the first argument is a file of ranked sentences")?;
    let registry = Registry::from_env()?;
    let id = registry.default_model(Role::Encoder)?.id.clone();
    let model = Store::new(registry, StoreOptions::from_env()?).ensure(&id)?;
    let encoder = load::encoder(&model, Adaptation::of(&model.fingerprint))?;
    println!(
        "{}",
        json!({"encoder": encoder.fingerprint(), "features": FEATURES})
    );
    let mut ranks: BTreeMap<String, BTreeMap<u64, u64>> = BTreeMap::new();
    for row in rows(&renderings)? {
        let number = |name: &str| {
            row[name]
                .as_u64()
                .with_context(|| format!("{row}: no {name}"))
        };
        let article = row["article"].as_str().context("no article")?.to_owned();
        ranks
            .entry(article)
            .or_default()
            .insert(number("sentence")?, number("rank")?);
    }
    for path in arguments {
        for row in rows(&path)? {
            let id = row["id"].as_str().context("no id")?;
            let Some(ranks) = ranks.get(id) else { continue };
            let text = row["text"].as_str().context("no text")?;
            let whole = Span {
                start: 0,
                end: text.len(),
            };
            let sentences = segment(text, whole).sentences;
            let texts: Vec<&str> = sentences
                .iter()
                .map(|sentence| sentence.text.as_str())
                .collect();
            let (features, vectors) = (features(&texts), encoder.encode(&texts)?);
            for place in 0..texts.len() {
                println!(
                    "{}",
                    json!({"article": id, "rank": ranks.get(&(place as u64)),
                           "features": features.row(place).to_vec(), "vector": vectors.row(place).to_vec()})
                );
            }
        }
    }
    Ok(())
}

fn rows(path: &str) -> Result<Vec<Value>> {
    let text = std::fs::read_to_string(path).with_context(|| path.to_owned())?;
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>()
        .with_context(|| path.to_owned())
}
