//! The checks on sentences that nobody wrote for them: news put into English by a machine of 2010, and the same mended
//! by people. They lie in a folder that the environment variable `DEPECHE_DATA` names; absent, the test says so and
//! passes.

#[allow(dead_code)] // what other tests use
mod support;

use depeche::abstracts::verify::{CHECKS, Verifier};
use depeche::abstracts::{Glossary, Material};
use depeche::article::Span;
use depeche::text::segment;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Row {
    fr: String,
    en: String,
    mt_smt_2010: String,
}

/// Every so manieth sentence is looked at.
const STEP: usize = 10;
/// Numbers in letters that machine and people spell alike.
const LETTERS: [&str; 10] = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty",
];

/// The figures of an English sentence, as one comparable text.
fn figures(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, ',' | '.'))
        .map(|word| word.replace([',', '.'], ""))
        .filter(|word| {
            word.starts_with(|c: char| c.is_ascii_digit()) || LETTERS.contains(&word.as_str())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn mended_sentences_pass_and_wrong_figures_of_the_machine_do_not() {
    let Some(folder) = support::real_data() else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("parallel_wcelig/potet_fr_en_postedited.jsonl"))
        .unwrap();
    let rows: Vec<Row> = text
        .lines()
        .step_by(STEP)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let glossary = Glossary::load(None).unwrap();
    let mut flagged: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let (mut mended, mut wrong, mut caught) = (0, 0, 0);
    for row in &rows {
        let whole = Span {
            start: 0,
            end: row.fr.len(),
        };
        let document = segment(&row.fr, whole);
        if document.sentences.is_empty() {
            continue;
        }
        let verifier = Verifier::new(&Material::of(None, &row.fr, &document, None), &glossary);
        mended += 1;
        let of = |text: &str| -> Vec<&'static str> {
            let findings = verifier.check(text, 200);
            let names = CHECKS.iter().copied();
            names
                .filter(|name| findings.iter().any(|finding| finding.check == *name))
                .collect()
        };
        for name in of(&row.en) {
            flagged.entry(name).or_default()[0] += 1;
        }
        let machine = of(&row.mt_smt_2010);
        // A figure that the machine wrote and people took away is wrong as a rule.
        let right = figures(&row.en);
        if figures(&row.mt_smt_2010)
            .iter()
            .any(|figure| !right.contains(figure))
        {
            wrong += 1;
            caught += usize::from(machine.contains(&"numbers") || machine.contains(&"dates"));
        }
        for name in machine {
            flagged.entry(name).or_default()[1] += 1;
        }
    }
    println!("of {mended} sentences, mended and by the machine, not passed: {flagged:?}");
    println!("wrong figures of the machine: {wrong}, found {caught}");
    for name in ["numbers", "dates", "names", "organisations", "direction"] {
        let alarms = flagged.get(name).map_or(0, |counts| counts[0]);
        assert!(alarms * 100 <= 8 * mended, "{name}: {alarms} of {mended}");
    }
    assert!(caught > 0);
}
