//! ROUGE, BLEU and chrF against their reference implementations.
//!
//! The fixture is written by `eval/parity/text.py` with rouge-score and sacreBLEU; every number in it is compared.

use depeche_eval::text::{Bleu, Chrf, RougeScore, rouge};
use serde::Deserialize;

/// A deviation up to this is rounding.
const EPSILON: f64 = 1e-6;
/// How many pairs of texts the fixture must hold, so that none is lost.
const CASES: usize = 158;
/// How many corpora it must hold.
const CORPORA: usize = 17;

#[derive(Deserialize)]
struct Fixture {
    signatures: Signatures,
    cases: Vec<Case>,
    corpora: Vec<Corpus>,
}

#[derive(Deserialize)]
struct Signatures {
    bleu: String,
    chrf: String,
    #[serde(rename = "chrf++")]
    chrf_with_words: String,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    hypothesis: String,
    reference: String,
    /// Precision, recall and F, as all of ROUGE's.
    rouge1: [f64; 3],
    rouge2: [f64; 3],
    #[serde(rename = "rougeL")]
    rouge_l: [f64; 3],
    #[serde(rename = "rougeLsum")]
    rouge_lsum: [f64; 3],
    #[serde(flatten)]
    scores: Scores,
}

#[derive(Deserialize)]
struct Corpus {
    name: String,
    /// Indices into the cases.
    cases: Vec<usize>,
    #[serde(flatten)]
    scores: Scores,
}

#[derive(Deserialize)]
struct Scores {
    bleu: Counted,
    chrf: Counted,
    #[serde(rename = "chrf++")]
    chrf_with_words: Counted,
}

/// A score with the counts that it was made from.
#[derive(Deserialize)]
struct Counted {
    score: f64,
    counts: Vec<usize>,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("../parity/text.json"))
        .expect("the fixture is as the script writes it")
}

fn assert_near(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() < EPSILON,
        "{what}: {found} is not {expected}"
    );
}

fn assert_scores(bleu: &Bleu, chrf: &Chrf, chrf_with_words: &Chrf, expected: &Scores, name: &str) {
    let mut counts = vec![bleu.hypothesis, bleu.reference];
    counts.extend(bleu.matched.iter().chain(&bleu.total));
    assert_eq!(counts, expected.bleu.counts, "{name}: counts of BLEU");
    assert_near(bleu.score(), expected.bleu.score, &format!("{name}: BLEU"));
    for (chrf, expected, metric) in [
        (chrf, &expected.chrf, "chrF"),
        (chrf_with_words, &expected.chrf_with_words, "chrF++"),
    ] {
        let orders = chrf.orders.iter();
        let counts = orders.flat_map(|order| [order.hypothesis, order.reference, order.matched]);
        assert_eq!(
            Vec::from_iter(counts),
            expected.counts,
            "{name}: counts of {metric}"
        );
        assert_near(chrf.score(), expected.score, &format!("{name}: {metric}"));
    }
}

#[test]
fn the_fixture_is_whole() {
    let fixture = fixture();
    assert_eq!(fixture.cases.len(), CASES);
    assert_eq!(fixture.corpora.len(), CORPORA);
    let words = |text: &str| text.split_whitespace().count();
    assert!(
        fixture
            .cases
            .iter()
            .any(|case| words(&case.hypothesis).min(words(&case.reference)) >= 400)
    );
}

#[test]
fn rouge_is_google_s() {
    for case in fixture().cases {
        let scores = rouge(&case.hypothesis, &case.reference);
        let table = [
            (scores.one, case.rouge1, "ROUGE-1"),
            (scores.two, case.rouge2, "ROUGE-2"),
            (scores.l, case.rouge_l, "ROUGE-L"),
            (scores.lsum, case.rouge_lsum, "ROUGE-Lsum"),
        ];
        for (
            RougeScore {
                precision,
                recall,
                f,
            },
            expected,
            measure,
        ) in table
        {
            for (found, expected) in [precision, recall, f].into_iter().zip(expected) {
                assert_near(found, expected, &format!("{}: {measure}", case.name));
            }
        }
    }
}

#[test]
fn bleu_and_chrf_of_one_text_are_sacrebleu_s() {
    for Case {
        name,
        hypothesis,
        reference,
        scores,
        ..
    } in fixture().cases
    {
        let bleu = Bleu::of(&hypothesis, &reference);
        let chrf = Chrf::characters(&hypothesis, &reference);
        let chrf_with_words = Chrf::with_words(&hypothesis, &reference);
        assert_scores(&bleu, &chrf, &chrf_with_words, &scores, &name);
    }
}

#[test]
fn bleu_and_chrf_of_corpora_are_sacrebleu_s() {
    let fixture = fixture();
    for Corpus {
        name,
        cases,
        scores,
    } in fixture.corpora
    {
        let texts = || {
            let cases = cases.iter().map(|at| &fixture.cases[*at]);
            cases.map(|case| (case.hypothesis.as_str(), case.reference.as_str()))
        };
        let bleu: Bleu = texts().map(|(ours, theirs)| Bleu::of(ours, theirs)).sum();
        let chrf: Chrf = texts()
            .map(|(ours, theirs)| Chrf::characters(ours, theirs))
            .sum();
        let chrf_with_words: Chrf = texts()
            .map(|(ours, theirs)| Chrf::with_words(ours, theirs))
            .sum();
        assert_scores(&bleu, &chrf, &chrf_with_words, &scores, &name);
    }
}

#[test]
fn parameters_are_those_of_sacrebleu_s_signatures() {
    let signatures = fixture().signatures;
    let table = [
        (Bleu::PARAMETERS, signatures.bleu),
        (Chrf::PARAMETERS, signatures.chrf),
        (Chrf::PARAMETERS_WITH_WORDS, signatures.chrf_with_words),
    ];
    for (ours, theirs) in table {
        let theirs = theirs.split("|version:").next().unwrap_or_default();
        // sacreBLEU says beta in the name of the metric: chrF2.
        assert_eq!(ours.trim_end_matches("|beta:2"), theirs);
    }
}
