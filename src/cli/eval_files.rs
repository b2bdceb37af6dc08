//! What `depeche eval --predictions FILE --gold PATH` scores: tasks and systems made up from the files.

use anyhow::{Context, bail, ensure};
use depeche_eval::report::TaskKind;
use depeche_eval::suite::{Method, Primary, System, Task};
use depeche_eval::{Gold, Prediction, Split};
use std::path::{Path, PathBuf};

use crate::topics::Taxonomy;

/// A task for topics and one for abstracts, as far as both gold and predictions have them; a system for each file.
pub(super) fn tasks_and_systems(
    predictions: &[PathBuf],
    gold: &Path,
    split: &str,
) -> anyhow::Result<(Vec<Task>, Vec<System>)> {
    let folder = gold.is_dir();
    let gold = match folder {
        true => gold.join(format!("{split}.jsonl")),
        false => gold.to_owned(),
    };
    let articles = Gold::read_with(&gold, &Default::default())
        .with_context(|| format!("cannot read the labelled articles {}", gold.display()))?;
    ensure!(!articles.is_empty(), "{}: has no articles", gold.display());
    let mut has = (false, false);
    for path in predictions {
        let rows = Prediction::read(path)?;
        has.0 |= rows.iter().any(|row| !row.topics.is_empty());
        has.1 |= rows.iter().any(|row| row.summary.is_some());
    }
    let mut tasks = Vec::new();
    if has.0 {
        tasks.push(topics_task(&articles, &gold));
    }
    if has.1 && articles.iter().any(|article| article.summary.is_some()) {
        tasks.push(abstracts_task(&articles, &gold));
    }
    if tasks.is_empty() {
        bail!(
            "nothing to score: the predictions have neither topics, nor abstracts of articles that have one in {}",
            gold.display()
        );
    }
    Ok((tasks, systems(predictions)?))
}

fn systems(predictions: &[PathBuf]) -> anyhow::Result<Vec<System>> {
    let mut systems: Vec<System> = Vec::new();
    for path in predictions {
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let taken = systems.iter().any(|system| system.name == stem);
        let name = match taken {
            true => path.display().to_string(),
            false => stem,
        };
        ensure!(
            systems.iter().all(|system| system.name != name),
            "{} is given twice",
            path.display()
        );
        systems.push(System {
            name,
            title: path.display().to_string(),
            kinds: vec![TaskKind::Topics, TaskKind::Abstracts],
            method: Method::File(path.clone()),
        });
    }
    Ok(systems)
}

/// The taxonomy's topics that gold uses, or gold's own where it has others.
fn topics_task(articles: &[Gold], gold: &Path) -> Task {
    let used = Gold::topics_of(articles);
    let taxonomy = Taxonomy::built_in();
    let ours = used
        .iter()
        .all(|topic| taxonomy.ids().any(|id| id == *topic));
    let topics: Vec<String> = match ours {
        true => taxonomy.ids().map(str::to_owned).collect(),
        false => used.into_iter().map(str::to_owned).collect(),
    };
    let core = taxonomy.topics.iter().filter(|entry| ours && entry.core);
    let core: Vec<String> = core.map(|entry| entry.id.clone()).collect();
    let figures: &[&str] = match core.is_empty() {
        true => &["macro-f1", "micro-f1", "ece"],
        false => &["core-macro-f1", "macro-f1", "ece"],
    };
    Task {
        topics,
        core,
        ..task("topics", TaskKind::Topics, articles, gold, figures)
    }
}

fn abstracts_task(articles: &[Gold], gold: &Path) -> Task {
    let figures = ["supported-abstracts", "fact-recall", "chrf", "rouge-l"];
    task("abstracts", TaskKind::Abstracts, articles, gold, &figures)
}

fn task(name: &str, kind: TaskKind, articles: &[Gold], gold: &Path, figures: &[&str]) -> Task {
    let all_test = articles
        .iter()
        .all(|article| article.split == Some(Split::Test));
    let primary = figures.iter().map(|figure| Primary {
        figure: (*figure).to_owned(),
        margin: 0.0,
    });
    Task {
        name: name.to_owned(),
        version: 1,
        title: format!("{name}, {}", gold.display()),
        kind,
        gold: gold.display().to_string(),
        split: all_test.then_some(Split::Test),
        ids: None,
        train: None,
        fields: Default::default(),
        topics: Vec::new(),
        core: Vec::new(),
        primary: primary.collect(),
        quick: false,
        systems: None,
    }
}
