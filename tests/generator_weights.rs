//! The generator on real weights, where they are in the cache.

#[path = "fixtures/generator/weights.rs"]
mod weights;

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use candle_core::quantized::gguf_file::Content;
use candle_core::quantized::tokenizer::TokenizerFromGguf;
use depeche::generator::{GenerationRequest, Generator, GgufGenerator, Message, Role, StopReason};
use tokenizers::Tokenizer;
use weights::cached_model;

/// Each model takes all cores and some GB: one after the other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const FRENCH: &str =
    "Le président français est arrivé lundi à Hanoï pour une visite de trois jours.";

fn translation(max_new_tokens: usize) -> GenerationRequest {
    let message = |role, content: String| Message { role, content };
    let messages = vec![
        message(Role::System, "You are a translator.".into()),
        message(Role::User, format!("Translate into English: {FRENCH}")),
    ];
    GenerationRequest::greedy(messages, max_new_tokens)
}

/// Tokens of the translation prompt, written out by hand and counted by the tokenizer that Candle builds.
fn chatml_tokens(path: &Path) -> usize {
    let content = Content::read(&mut File::open(path).unwrap()).unwrap();
    let prompt = format!(
        "<|im_start|>system\nYou are a translator.<|im_end|>\n<|im_start|>user\n\
         Translate into English: {FRENCH}<|im_end|>\n<|im_start|>assistant\n"
    );
    Tokenizer::from_gguf(&content)
        .unwrap()
        .encode(prompt, false)
        .unwrap()
        .len()
}

/// A French sentence in, an English one out, twice the same; a budget of 5 cuts it.
fn translates(id: &str) {
    let Some(path) = cached_model(id) else { return };
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut generator = GgufGenerator::load(&path, id).unwrap();
    let results = generator.generate(&[translation(40), translation(5), translation(40)]);
    let generations: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    let [whole, cut, again] = &generations[..] else {
        panic!("three requests, three results")
    };
    eprintln!("{id}: {}", whole.text);
    assert_eq!(whole, again);
    assert_eq!(whole.stop, StopReason::StopToken);
    for word in ["French", "Hano", "Monday", "three", "visit"] {
        assert!(whole.text.contains(word), "no {word:?} in {:?}", whole.text);
    }
    assert_eq!((cut.stop, cut.new_tokens), (StopReason::TokenBudget, 5));
    assert!(
        whole.text.starts_with(&cut.text),
        "{:?} {:?}",
        whole.text,
        cut.text
    );
    assert_eq!(whole.prompt_tokens, chatml_tokens(&path));
}

#[test]
fn qwen_half_a_billion_translates() {
    translates("qwen2.5-coder-0.5b-instruct");
}

#[test]
fn qwen_one_and_a_half_billion_translates() {
    translates("qwen2.5-coder-1.5b-instruct");
}

/// What llama.cpp (release 11549) writes from the same file, as far as it holds for every set of kernels: after that
/// the next words are nearly equally likely ("country of France", "United Kingdom"), and rounding decides.
#[test]
fn gemma_goes_on_with_a_text_as_llama_cpp_does() {
    let Some(path) = cached_model("gemma-3-270m") else {
        return;
    };
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut generator = GgufGenerator::load(&path, "gemma").unwrap();
    for (prompt, prompt_tokens, continuation) in [
        ("The capital of France is", 6, "the capital of the"),
        (
            "Un, deux, trois, quatre, cinq,",
            11,
            // llama.cpp goes on with "douze": a near tie, which the order of a sum decides.
            "six, huit, neuf, dix, ",
        ),
    ] {
        let messages = vec![Message {
            role: Role::User,
            content: prompt.into(),
        }];
        let request = GenerationRequest::greedy(messages, 24);
        let generation = generator.generate(&[request]).remove(0).unwrap();
        assert_eq!(generation.prompt_tokens, prompt_tokens);
        assert!(
            generation.text.starts_with(continuation),
            "{}",
            generation.text
        );
    }
}
