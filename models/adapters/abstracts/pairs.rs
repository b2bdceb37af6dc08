//! What the abstracts' adapter is learnt from: `cargo run --release --example abstract_pairs -- MODEL RENDERINGS.jsonl ARTICLES.jsonl…`.
//!
//! Reads sentences put into English (`article`, `sentence`, `french`, `english`) and the articles that they are of (`id`,
//! `date`, `text`), and writes for each the token ids of the prompt that the generator would be given and of the English
//! sentence, one JSON object a line. A pair must not teach to invent: one with a number, date or name that the passage
//! has not is left out, with a line on standard error.

use anyhow::{Context, Result, ensure};
use depeche::abstracts::verify::Verifier;
use depeche::abstracts::{Glossary, Material, Source, messages};
use depeche::article::{PublicationDate, Span};
use depeche::generator::{GgufGenerator, Message, Role};
use depeche::registry::{Registry, Store, StoreOptions};
use depeche::text::{Document, segment};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Article {
    id: String,
    date: Option<String>,
    text: String,
}

#[derive(Deserialize)]
struct Rendering {
    article: String,
    sentence: usize,
    french: String,
    english: String,
}

/// Findings of these checks mean that the passage has not what the English sentence says.
const INVENTED: [&str; 3] = ["numbers", "dates", "names"];
/// Longest sentence, in words.
const MAX_WORDS: usize = 60;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &'static str| arguments.next().context(what);
    let model = next("the first argument is a model")?;
    let renderings = next("the second argument is a file of sentences in English")?;
    let model = Store::new(Registry::from_env()?, StoreOptions::from_env()?).ensure(&model)?;
    let generator = GgufGenerator::load(&model.weights, model.fingerprint)?;
    let glossary = Glossary::load(None)?;
    let mut articles = BTreeMap::new();
    for path in arguments {
        let rows: Vec<Article> = rows(&path)?;
        articles.extend(
            rows.into_iter()
                .map(|article| (article.id.clone(), article)),
        );
    }
    for row in rows::<Rendering>(&renderings)? {
        let article = articles.get(&row.article).context(row.article.clone())?;
        let Some(passage) = passage(&row, article, &glossary)? else {
            eprintln!(
                "{} {}: left out: {}",
                row.article, row.sentence, row.english
            );
            continue;
        };
        let mut turns = messages(&passage);
        let prompt = generator.encode(&turns)?;
        turns.push(Message {
            role: Role::Assistant,
            content: row.english.clone(),
        });
        let whole = generator.encode(&turns)?;
        let answer = &whole[prompt.len()..];
        println!(
            "{}",
            serde_json::json!({"id": row.article, "passage": passage, "english": row.english,
                               "prompt": prompt, "answer": answer})
        );
    }
    Ok(())
}

fn rows<T: DeserializeOwned>(path: &str) -> Result<Vec<T>> {
    let text = std::fs::read_to_string(path).with_context(|| path.to_owned())?;
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>()
        .with_context(|| path.to_owned())
}

/// What the generator would be given, if it has everything that the English sentence says.
fn passage(row: &Rendering, article: &Article, glossary: &Glossary) -> Result<Option<String>> {
    let whole = Span {
        start: 0,
        end: article.text.len(),
    };
    let document: Document = segment(&article.text, whole);
    let date = article.date.as_deref().and_then(PublicationDate::parse);
    // The generator is not told the dateline.
    let material = Material {
        dateline: None,
        ..Material::of(None, &article.text, &document, date)
    };
    let found = material
        .sentences
        .get(row.sentence)
        .map(|sentence| sentence.text.as_str());
    ensure!(
        found == Some(row.french.as_str()),
        "{}: sentence {} is another one now: {found:?}",
        row.article,
        row.sentence
    );
    let passage = Source::of(&material, glossary).passage(row.sentence);
    let heard = passage.heard(&material);
    let findings = Verifier::new(&material.with(&heard), glossary).check(&row.english, MAX_WORDS);
    let invented = findings
        .iter()
        .any(|finding| INVENTED.contains(&finding.check));
    Ok((!invented).then_some(passage.text))
}
