//! The gold corpus keeps its promises: schema, facts, counts, no near-duplicates (see corpus/README.md).

mod row;

use row::{Foreign, Row, is_iso_date};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

const TOPICS: [&str; 12] = [
    "defence",
    "trade",
    "asean",
    "ukraine",
    "diplomacy",
    "multilateral",
    "energy",
    "culture_education",
    "science_technology",
    "health",
    "maritime",
    "consular",
];
const CORE: [&str; 4] = ["defence", "trade", "asean", "ukraine"];
const NOISE: [&str; 8] = [
    "caption",
    "dateline_signature",
    "encoding",
    "lost_spaces",
    "number_formats",
    "teaser",
    "term_variants",
    "year_in_date_only",
];
const HARD_NEGATIVES: [&str; 6] = [
    "caption",
    "enumeration",
    "geography",
    "other_sense",
    "passing",
    "teaser",
];

fn read<T: serde::de::DeserializeOwned>(name: &str) -> Vec<T> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../corpus/gold")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}:{}: {error}", number + 1))
    };
    text.lines().enumerate().map(parse).collect()
}

fn splits() -> BTreeMap<&'static str, Vec<Row>> {
    ["train", "dev", "test"]
        .map(|split| (split, read(&format!("{split}.jsonl"))))
        .into()
}

fn has(row: &Row, topic: &str) -> bool {
    row.topics.iter().any(|id| id == topic)
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn every_row_is_well_formed() {
    let mut ids = HashSet::new();
    for (split, rows) in splits() {
        for row in rows {
            let id = &row.id;
            assert!(ids.insert(id.clone()), "{id} occurs twice");
            assert_eq!(row.split, split, "{id}");
            assert!(row.fictional && row.language == "fr", "{id}");
            assert!(
                is_iso_date(&row.date) && ("2019".."2027").contains(&row.date.as_str()),
                "{id}"
            );
            assert!(
                row.title
                    .as_ref()
                    .is_none_or(|title| !title.trim().is_empty()),
                "{id}"
            );
            assert!(!row.kind.is_empty(), "{id}");
            let words = row.text.split_whitespace().count();
            assert!((60..=900).contains(&words), "{id}: {words} words");
            let known: BTreeSet<_> = row.topics.iter().map(String::as_str).collect();
            assert_eq!(
                known.len(),
                row.topics.len(),
                "{id}: a topic is given twice"
            );
            assert!(
                known.iter().all(|topic| TOPICS.contains(topic)),
                "{id}: {known:?}"
            );
            assert!(
                row.noise
                    .iter()
                    .all(|noise| NOISE.contains(&noise.as_str())),
                "{id}"
            );
            for negative in &row.hard_negatives {
                assert!(
                    CORE.contains(&negative.topic.as_str()) && !has(&row, &negative.topic),
                    "{id}: {negative:?}"
                );
                assert!(
                    HARD_NEGATIVES.contains(&negative.kind.as_str()),
                    "{id}: {negative:?}"
                );
            }
        }
    }
}

#[test]
fn abstracts_follow_the_codebook() {
    for row in splits().values().flatten() {
        let (id, text) = (&row.id, row.summary.as_str());
        let words = text.split_whitespace().count();
        assert!((8..=60).contains(&words), "{id}: {words} words");
        assert!(text.ends_with('.') && text.trim() == text, "{id}: {text}");
    }
}

#[test]
fn facts_are_in_the_article_and_in_the_abstract() {
    let splits = splits();
    for row in splits["dev"].iter().chain(&splits["test"]) {
        let id = &row.id;
        assert!(
            (2..=9).contains(&row.facts.len()),
            "{id}: {} facts",
            row.facts.len()
        );
        for fact in &row.facts {
            let (source, english) = fact.quotes();
            assert!(
                !source.is_empty() && row.text.contains(source),
                "{id}: {source:?} is not in the text"
            );
            assert!(
                !english.is_empty() && row.summary.contains(english),
                "{id}: {english:?} is not in the abstract"
            );
            assert!(fact.is_filled_in(), "{id}: {fact:?}");
        }
    }
}

#[test]
fn counts_are_as_promised() {
    let splits = splits();
    let floors = [("train", 120, 16), ("dev", 40, 5), ("test", 80, 10)];
    for (split, articles, positives) in floors {
        let rows = &splits[split];
        assert!(rows.len() >= articles, "{split}: {} articles", rows.len());
        for topic in TOPICS {
            let count = rows.iter().filter(|row| has(row, topic)).count();
            assert!(count >= positives, "{split}: {topic} has {count} positives");
        }
        for noise in NOISE {
            let count = rows
                .iter()
                .filter(|row| row.noise.iter().any(|kind| kind == noise))
                .count();
            assert!(
                share(count, rows.len()) >= 0.05,
                "{split}: {noise} in {count} articles"
            );
        }
    }
    let test = &splits["test"];
    for topic in CORE {
        let positives = test.iter().filter(|row| has(row, topic)).count();
        assert!(
            (0.20..=0.45).contains(&share(positives, test.len())),
            "{topic}: {positives}"
        );
        let negatives = test
            .iter()
            .flat_map(|row| &row.hard_negatives)
            .filter(|n| n.topic == topic)
            .count();
        assert!(negatives >= 6, "{topic}: {negatives} hard negatives");
    }
    let several = test.iter().filter(|row| row.topics.len() >= 2).count();
    assert!(
        share(several, test.len()) >= 0.40,
        "{several} with two topics or more"
    );
    let none = test
        .iter()
        .filter(|row| !CORE.iter().any(|topic| has(row, topic)))
        .count();
    assert!(
        share(none, test.len()) >= 0.20,
        "{none} without a core topic"
    );
    let negatives: usize = test.iter().map(|row| row.hard_negatives.len()).sum();
    assert!(negatives >= 32, "{negatives} hard negatives");
}

/// Vietnamese letters with their marks, or a Russian or Ukrainian surname as French writes it.
fn has_a_name_as_it_comes(row: &Row) -> bool {
    let vietnamese =
        |c: char| "ăâđêôơưĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹĩũ".contains(c);
    row.text
        .split(|c: char| !c.is_alphabetic() && c != '-')
        .any(|word| {
            let is_name = word.chars().next().is_some_and(char::is_uppercase);
            let french_russian = ["ov", "ev", "ïev", "ski", "ine", "enko", "tch", "ou"];
            let slavic = french_russian
                .iter()
                .filter(|mark| word.contains(**mark))
                .count()
                >= 2;
            is_name
                && (slavic
                    || word.contains('ï')
                    || word.chars().filter(|c| vietnamese(*c)).count() >= 1)
        })
}

#[test]
fn names_come_as_the_wire_writes_them() {
    let test = read::<Row>("test.jsonl");
    let count = test
        .iter()
        .filter(|row| has_a_name_as_it_comes(row))
        .count();
    assert!(share(count, test.len()) >= 0.30, "{count} articles");
}

#[test]
fn no_two_articles_are_near_duplicates() {
    let shingles = |text: &str| -> HashSet<String> {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        words.windows(5).map(|five| five.join(" ")).collect()
    };
    let all: Vec<(String, HashSet<String>)> = splits()
        .into_values()
        .flatten()
        .map(|row| (row.id, shingles(&row.text)))
        .collect();
    for (at, (id, one)) in all.iter().enumerate() {
        for (other_id, other) in &all[at + 1..] {
            let common = one.intersection(other).count();
            let jaccard = share(common, (one.len() + other.len() - common).max(1));
            assert!(jaccard < 0.10, "{id} and {other_id}: {jaccard:.3}");
        }
    }
}

#[test]
fn clean_twins_have_the_labels_of_their_noisy_ones() {
    let test = read::<Row>("test.jsonl");
    let twins = read::<Row>("test_clean.jsonl");
    assert!(twins.len() >= 30, "{} twins", twins.len());
    for twin in twins {
        let noisy = test.iter().find(|row| row.id == twin.id);
        let noisy = noisy.unwrap_or_else(|| panic!("{} is not in test.jsonl", twin.id));
        assert_ne!(noisy.text, twin.text, "{}", twin.id);
        assert_eq!(
            (&noisy.topics, &noisy.summary),
            (&twin.topics, &twin.summary),
            "{}",
            twin.id
        );
        assert!(twin.noise.len() < noisy.noise.len(), "{}", twin.id);
    }
}

#[test]
fn other_languages_are_there() {
    let rows = read::<Foreign>("languages.jsonl");
    for language in ["en", "es", "vi"] {
        let count = rows.iter().filter(|row| row.language == language).count();
        assert!(count >= 5, "{language}: {count}");
    }
    let ids: HashSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len());
    for row in &rows {
        assert!(
            row.fictional && is_iso_date(&row.date) && row.text.split_whitespace().count() >= 40,
            "{}",
            row.id
        );
        assert!(
            row.title.as_ref().is_none_or(|title| !title.is_empty()),
            "{}",
            row.id
        );
        assert!(
            row.topics
                .iter()
                .all(|topic| TOPICS.contains(&topic.as_str())),
            "{}",
            row.id
        );
    }
}
