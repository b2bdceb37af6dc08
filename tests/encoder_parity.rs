//! The encoder against the reference engine, with the real weights of multilingual-e5-small.
//!
//! Input: tests/fixtures/encoder (20 texts and their reference vectors, see make_vectors.py there) and
//! the model in depeche's cache. Without the model each test says `skipped: …` and passes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use depeche::encoder::{CandleEncoder, Encoder, EncoderFiles, EncoderSettings, Pooling};
use ndarray::{Array1, Array2};
use serde_json::Value;

/// Lowest cosine between our vector and the reference vector of a text. The reference rounds
/// activations to 8 bits, so the two cannot be equal.
const COSINE: f32 = 0.995;
/// Largest difference between the two 20 × 20 matrices of similarities.
const SIMILARITY: f32 = 0.01;

/// The folder of the default encoder in the cache, if it is there.
fn model_folder() -> Option<PathBuf> {
    let cache = depeche::registry::StoreOptions::from_env().ok()?.cache;
    let folder = cache.join("models/multilingual-e5-small-q4");
    folder.join("e5-small-q4.bin").is_file().then_some(folder)
}

fn load(settings: EncoderSettings) -> Option<CandleEncoder> {
    let folder = model_folder()?;
    let files = EncoderFiles::Pack {
        weights: folder.join("e5-small-q4.bin"),
        tokenizer: folder.join("tokenizer.json"),
    };
    Some(CandleEncoder::load(&files, settings, "multilingual-e5-small-q4@test").unwrap())
}

/// The encoder with default settings, loaded once, or a line that says why a test is skipped.
fn encoder() -> Option<&'static CandleEncoder> {
    static ENCODER: LazyLock<Option<CandleEncoder>> =
        LazyLock::new(|| load(EncoderSettings::default()));
    if ENCODER.is_none() {
        // Written, not printed: the test runner hides what a passing test prints.
        let _ = std::io::stderr().write_fmt(format_args!(
            "skipped: multilingual-e5-small-q4 is not in the cache; run `depeche models fetch`\n"
        ));
    }
    ENCODER.as_ref()
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/encoder")
        .join(name);
    std::fs::read_to_string(path).unwrap()
}

fn texts() -> Vec<String> {
    let row = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    fixture("texts.jsonl").lines().map(row).collect()
}

/// Reference vectors, shape (20, 384), and the number of tokens of each text.
fn reference() -> (Array2<f32>, Vec<u64>) {
    let file: Value = serde_json::from_str(&fixture("vectors.json")).unwrap();
    let rows = file["vectors"].as_array().unwrap();
    let vector = |row: &Value| -> Vec<f32> {
        row["vector"]
            .as_array()
            .unwrap()
            .iter()
            .map(|x| x.as_f64().unwrap() as f32)
            .collect()
    };
    let values: Vec<f32> = rows.iter().flat_map(vector).collect();
    let vectors = Array2::from_shape_vec((rows.len(), values.len() / rows.len()), values).unwrap();
    (
        vectors,
        rows.iter()
            .map(|row| row["tokens"].as_u64().unwrap())
            .collect(),
    )
}

fn encode(encoder: &CandleEncoder, texts: &[String]) -> Array2<f32> {
    encoder
        .encode(&texts.iter().map(String::as_str).collect::<Vec<_>>())
        .unwrap()
}

/// The lowest cosine text by text, and the largest difference of similarities.
fn compare(ours: &Array2<f32>, reference: &Array2<f32>) -> (f32, f32) {
    let cosines: Array1<f32> = (ours * reference).sum_axis(ndarray::Axis(1));
    let lowest = cosines.iter().copied().fold(f32::INFINITY, f32::min);
    let difference = ours.dot(&ours.t()) - reference.dot(&reference.t());
    (
        lowest,
        difference.iter().map(|x| x.abs()).fold(0.0, f32::max),
    )
}

fn agrees((cosine, similarity): (f32, f32)) -> bool {
    cosine >= COSINE && similarity <= SIMILARITY
}

#[test]
fn vectors_agree_with_the_reference_engine() {
    let Some(encoder) = encoder() else { return };
    let (reference, tokens) = reference();
    assert_eq!(reference.dim(), (20, encoder.dimension()));
    assert!(
        tokens.iter().filter(|count| **count > 512).count() >= 3,
        "long texts are missing"
    );
    let result = compare(&encode(encoder, &texts()), &reference);
    eprintln!(
        "lowest cosine {:.5}, largest difference of similarities {:.5}",
        result.0, result.1
    );
    assert!(
        agrees(result),
        "lowest cosine and largest difference of similarities: {result:?}"
    );
}

#[test]
fn a_dropped_prefix_or_cls_pooling_would_not_agree() {
    let wrong = [
        EncoderSettings {
            prefix: String::new(),
            ..EncoderSettings::default()
        },
        EncoderSettings {
            pooling: Pooling::Cls,
            ..EncoderSettings::default()
        },
    ];
    for settings in wrong {
        let Some(encoder) = load(settings.clone()) else {
            return;
        };
        let result = compare(&encode(&encoder, &texts()), &reference().0);
        eprintln!("{settings:?}: {result:?}");
        assert!(!agrees(result), "{settings:?} agrees too: {result:?}");
    }
}

#[test]
fn a_row_has_the_same_bits_in_any_batch() {
    let Some(encoder) = encoder() else { return };
    let mut texts = texts();
    texts.push(String::new());
    let together = encode(encoder, &texts);
    for (index, text) in texts.iter().enumerate() {
        let alone = encode(encoder, std::slice::from_ref(text));
        assert_eq!(alone.row(0), together.row(index), "text {index} alone");
    }
    // 8 is coprime to 21, so this is a permutation; each stride gives other neighbours.
    for stride in [8, 13] {
        let order: Vec<usize> = (0..texts.len())
            .map(|i| (i * stride + 5) % texts.len())
            .collect();
        let shuffled: Vec<String> = order.iter().map(|&index| texts[index].clone()).collect();
        let vectors = encode(encoder, &shuffled);
        for (row, &index) in order.iter().enumerate() {
            assert_eq!(
                vectors.row(row),
                together.row(index),
                "text {index} with stride {stride}"
            );
        }
    }
}

#[test]
fn the_end_of_a_long_text_is_read() {
    let Some(encoder) = encoder() else { return };
    let long = texts().into_iter().max_by_key(String::len).unwrap();
    let changed = format!("{long} Les joueurs de rugby ont perdu la finale.");
    let vectors = encode(encoder, &[long, changed]);
    assert_ne!(vectors.row(0), vectors.row(1));
}

#[test]
fn an_empty_text_has_a_vector_and_no_text_has_no_row() {
    let Some(encoder) = encoder() else { return };
    let vectors = encoder.encode(&["", " "]).unwrap();
    for row in vectors.rows() {
        assert!((row.dot(&row) - 1.0).abs() < 1e-5);
    }
    assert_eq!(encoder.encode(&[]).unwrap().dim(), (0, encoder.dimension()));
}
