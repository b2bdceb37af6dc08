//! What the abstracts' adapter is learnt from: `cargo run --release --example abstract_pairs -- MODEL FILE.jsonl…`.
//!
//! Reads labelled articles (`date`, `text`, `abstract`) and writes for each the token ids of the prompt that the generator
//! would be given and of the abstract, one JSON object a line. A pair must not teach to invent: more sentences are told
//! until the abstract has nothing that the checks find without the rest of the article. An article with a number or a
//! date that is nowhere in it is left out, with a line on standard error.

use anyhow::{Context, Result};
use depeche::abstracts::verify::Verifier;
use depeche::abstracts::{BUDGET_WORDS, Glossary, Material, Told, messages, tell};
use depeche::article::{PublicationDate, Span};
use depeche::generator::{GgufGenerator, Message, Role};
use depeche::registry::{Registry, Store, StoreOptions};
use depeche::text::{Document, Sentence, segment};
use regex::Regex;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    date: Option<String>,
    text: String,
    #[serde(rename = "abstract")]
    summary: String,
}

/// Budgets tried, as multiples of the usual one.
const BUDGETS: [f64; 4] = [1.0, 1.2, 1.5, 2.0];
/// Longest abstract, in words.
const MAX_WORDS: usize = 60;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments.next().context("the first argument is a model")?;
    let model = Store::new(Registry::from_env()?, StoreOptions::from_env()?).ensure(&model)?;
    let generator = GgufGenerator::load(&model.weights, model.fingerprint)?;
    let glossary = Glossary::load(None)?;
    for path in arguments {
        let rows = std::fs::read_to_string(&path).with_context(|| path.clone())?;
        for line in rows.lines() {
            let row: Row = serde_json::from_str(line).with_context(|| path.clone())?;
            let Some(told) = told(&row, &glossary) else {
                eprintln!("{}: left out: a number or date is not in it", row.id);
                continue;
            };
            let summary = day_first(&row.summary);
            let mut turns = messages(&told.text, MAX_WORDS);
            let prompt = generator.encode(&turns)?;
            turns.push(Message {
                role: Role::Assistant,
                content: summary.clone(),
            });
            let whole = generator.encode(&turns)?;
            let answer = &whole[prompt.len()..];
            println!(
                "{}",
                serde_json::json!({"id": row.id, "source": told.text, "abstract": summary,
                                   "prompt": prompt, "answer": answer})
            );
        }
    }
    Ok(())
}

/// What the generator would be told, with as much more as the abstract needs.
fn told(row: &Row, glossary: &Glossary) -> Option<Told> {
    let whole = Span {
        start: 0,
        end: row.text.len(),
    };
    let document = segment(&row.text, whole);
    let date = row.date.as_deref().and_then(PublicationDate::parse);
    let material = Material::of(None, &row.text, &document, date);
    let with =
        |material: &Material| Verifier::new(material, glossary).check(&row.summary, MAX_WORDS);
    let findings = with(&material);
    if findings
        .iter()
        .any(|finding| ["numbers", "dates"].contains(&finding.check))
    {
        return None;
    }
    BUDGETS.iter().find_map(|times| {
        let told = tell(&material, glossary, (BUDGET_WORDS as f64 * times) as usize);
        let chosen = chosen(&document, &told);
        let heard = Material {
            sentences: &chosen,
            ..material
        };
        (with(&heard).len() <= findings.len()).then_some(told)
    })
}

fn chosen(document: &Document, told: &Told) -> Vec<Sentence> {
    let places = told.places.iter();
    places
        .map(|place| document.sentences[*place].clone())
        .collect()
}

/// `June 25, 2020` → `25 June 2020`, as dates stand in what is told.
fn day_first(summary: &str) -> String {
    const MONTH: &str =
        "(January|February|March|April|May|June|July|August|September|October|November|December)";
    let full =
        Regex::new(&format!(r"\b{MONTH} (\d{{1,2}}), (\d{{4}})\b")).expect("the pattern is valid");
    let short = Regex::new(&format!(r"\b{MONTH} (\d{{1,2}})\b")).expect("the pattern is valid");
    let summary = full.replace_all(summary, "$2 $1 $3");
    short.replace_all(&summary, "$2 $1").into_owned()
}
