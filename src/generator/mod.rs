//! Prompt → text. Owns the trait [`Generator`] and its Candle implementation for GGUF files.
//!
//! ```text
//! messages → template → pieces → tokenizer → ids ─→ decoder (layers, cache) → scores → sampling → ids → text
//! ```
//!
//! [`GgufGenerator`] runs that line, with an adapter from the beginning of the answer on if it was given one; [`ScriptedGenerator`] stands in for it in tests. Which model to load and where it
//! lies is the caller's business, as is what to do with a text that was cut or refused.

#[cfg(test)]
mod adapter_tests;
mod attend;
mod byte_level;
mod cache;
mod config;
mod decoder;
mod engine;
mod error;
mod feed_forward;
mod gguf;
#[cfg(test)]
mod injection_tests;
mod layer;
mod linear;
mod memory;
#[cfg(test)]
mod parity_tests;
mod rope;
mod sampling;
mod scripted;
mod sentencepiece;
mod template;
mod texts;
#[cfg(test)]
#[path = "../../tests/fixtures/generator/tiny_gguf.rs"]
#[allow(dead_code)] // what only the integration tests use
mod tiny_gguf;
#[cfg(test)]
mod together_tests;
mod tokenizer;
mod vocabulary;
mod weight;
#[cfg(test)]
#[path = "../../tests/fixtures/generator/weights.rs"]
mod weights;
mod widen;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use config::Architecture;
pub use engine::GgufGenerator;
pub use error::GeneratorError;
pub use scripted::ScriptedGenerator;

/// Who says a [`Message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Standing instructions.
    System,
    /// The task and its material.
    User,
    /// The model (used for examples in the prompt).
    Assistant,
}

/// One turn of a chat prompt. Its content is data: names of special tokens in it are not interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// How the next token is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampling {
    /// Always the most probable token.
    Greedy,
    /// Drawn from the temperature-scaled nucleus, reproducibly.
    Nucleus {
        /// Divides the logits; > 0.
        temperature: f64,
        /// Probability mass kept, in (0, 1].
        top_p: f64,
        /// Same seed, same text.
        seed: u64,
    },
}

/// A rule that a text keeps token by token.
pub trait Constraint: std::fmt::Debug + Send + Sync {
    /// Whether the text may begin with `written`, the last token included; with `ended` nothing comes after it.
    ///
    /// A token may end inside a word or a number, and `written` may begin inside the text: what stands more than
    /// [`CONSTRAINED`] tokens back was admitted before.
    fn admits(&self, written: &str, ended: bool) -> bool;
}

/// Tokens at the end of a text that a [`Constraint`] sees at least.
pub const CONSTRAINED: usize = 24;

/// One text to generate.
#[derive(Debug, Clone)]
pub struct GenerationRequest {
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// Bytes of the last message that other requests begin with too, besides the messages before it: computed once for
    /// all that agree on them. 0 if there are none.
    pub common: usize,
    /// Token budget: at most this many new tokens.
    pub max_new_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// With the generator's adapter, if it has one.
    pub adapted: bool,
    /// What the text must keep to; tokens that break it are passed over for the next best.
    pub constraint: Option<Arc<dyn Constraint>>,
}

impl GenerationRequest {
    /// A greedy answer of at most `max_new_tokens`, without adapter or constraint.
    pub fn greedy(messages: Vec<Message>, max_new_tokens: usize) -> Self {
        Self {
            messages,
            common: 0,
            max_new_tokens,
            sampling: Sampling::Greedy,
            adapted: false,
            constraint: None,
        }
    }
}

/// Why a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The model said a stop token.
    StopToken,
    /// The token budget or the context window cut it: the text is truncated.
    TokenBudget,
    /// No probable token kept to the constraint.
    Constraint,
}

/// A generated text.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// What the model wrote, without special tokens, trimmed.
    pub text: String,
    /// Tokens of the prompt after templating.
    pub prompt_tokens: usize,
    /// Tokens generated, stop token not counted.
    pub new_tokens: usize,
    /// Mean natural logarithm of the probability of a token: how sure the model was. 0 for an empty text.
    pub log_probability: f32,
    /// Why it ended.
    pub stop: StopReason,
}

/// Stands for a request that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Writes text that continues a chat prompt.
pub trait Generator: Send {
    /// Model name and weight hash, for provenance: `id@sha256:…` (first 12 hex digits).
    fn fingerprint(&self) -> &str;

    /// Largest number of tokens (prompt and answer) that the model can see.
    fn context_tokens(&self) -> usize;

    /// Takes a request; [`Generator::step`] says under its ticket what comes of it.
    fn submit(&mut self, request: &GenerationRequest) -> Ticket;

    /// Goes on with the requests that were taken, for some tenths of a second to some seconds. Returns those that have
    /// ended by it, in any order; nothing if there are none.
    ///
    /// A text does not depend on the other requests, nor on what was generated before.
    ///
    /// # Errors
    /// For each request by itself: a prompt that does not fit ([`GeneratorError::PromptTooLong`] has both numbers), one
    /// that the model's chat template refuses, senseless sampling parameters, damaged weights.
    fn step(&mut self) -> Vec<(Ticket, Result<Generation, GeneratorError>)>;

    /// So many requests more can be served at the same time as those that were taken; the next ones wait.
    fn room(&self) -> usize;

    /// Forgets all requests, and whatever is kept from one to the next. Needed after [`Generator::step`] panicked: what it
    /// was writing then may be half written.
    fn reset(&mut self);

    /// One text for each request, in order. Not while others are being served: their texts would be lost.
    ///
    /// # Errors
    /// As of [`Generator::step`].
    fn generate(
        &mut self,
        requests: &[GenerationRequest],
    ) -> Vec<Result<Generation, GeneratorError>> {
        let tickets: Vec<Ticket> = requests
            .iter()
            .map(|request| self.submit(request))
            .collect();
        let mut ended = BTreeMap::new();
        while !tickets.iter().all(|ticket| ended.contains_key(ticket)) {
            ended.extend(self.step());
        }
        let generation = |ticket| ended.remove(ticket).expect("invariant: all have ended");
        tickets.iter().map(generation).collect()
    }
}
