//! The generator that the pipeline uses: a GGUF file's model, tokenizer and template put to work.
//!
//! Owns the loop prompts → tokens → texts and its limits. The weights, which a step has to read whole, serve all open
//! texts at once: the next token of those being written, and the next part of the prompts that come after them, so that a
//! text which ends makes room for another at once (continuous batching: Yu et al., Orca, OSDI 2022).

use crate::kernels::for_each_mut;
use crate::lora::{Adapter, LoraError};
use std::collections::VecDeque;
use std::path::Path;

use super::cache::KvCache;
use super::config::DecoderConfig;
use super::decoder::{Decoder, PASS_TOKENS, Part};
use super::gguf::GgufFile;
use super::memory::{Prompt, PromptMemory};
use super::sampling::Sampler;
use super::template::ChatTemplate;
use super::texts::Text;
use super::tokenizer::PromptTokenizer;
use super::{
    Architecture, Generation, GenerationRequest, Generator, GeneratorError, Message, StopReason,
    Ticket,
};

/// Texts written at the same time at most: with more, attention and what else is done for each text grows as fast as the
/// reading of the weights is saved.
const MOST_TEXTS: usize = 24;
/// Tokens of all these texts, but for a single one: in a 1.5B model their keys and values are 700 MB.
const MOST_TOKENS: usize = 12_288;
/// Prompt tokens computed in one pass while no text has a token, so that the first soon has one.
const FIRST_PASS_TOKENS: usize = 128;

/// A decoder-only model from a GGUF file, run by Candle on the CPU.
///
/// ```no_run
/// use depeche::generator::{GenerationRequest, Generator, GgufGenerator, Message, Role};
///
/// let mut generator = GgufGenerator::load("model.gguf".as_ref(), "my-model@sha256:0123456789ab")?;
/// let messages = vec![Message { role: Role::User, content: "Say hello in French.".into() }];
/// let request = GenerationRequest::greedy(messages, 20);
/// let generation = generator.generate(&[request]).remove(0)?;
/// println!("{}", generation.text);
/// # Ok::<(), depeche::generator::GeneratorError>(())
/// ```
#[derive(Debug)]
pub struct GgufGenerator {
    fingerprint: String,
    decoder: Decoder,
    tokenizer: PromptTokenizer,
    template: ChatTemplate,
    /// The tokens from which on the adapter is in force, if there is one.
    invocation: Option<Vec<u32>>,
    memory: PromptMemory,
    tickets: u64,
    /// Requests that are not open yet, in order, as texts before their first token.
    waiting: VecDeque<(Ticket, Result<Text, GeneratorError>)>,
    open: Vec<Open>,
}

/// A text being written.
#[derive(Debug)]
struct Open {
    ticket: Ticket,
    text: Text,
    /// What holds the prompt, once that is computed, and what has been written.
    cache: Option<KvCache>,
}

impl GgufGenerator {
    /// Loads the model file at `path` into memory. `fingerprint` names it in provenance, as
    /// `id@sha256:` and the first 12 hex digits of the file's hash, which the caller has checked.
    ///
    /// # Errors
    /// A file that cannot be read, is not well-formed GGUF, or needs something that is not implemented: another
    /// architecture, an unknown tokenizer, a tensor without a place.
    pub fn load(path: &Path, fingerprint: impl Into<String>) -> Result<Self, GeneratorError> {
        let file = GgufFile::open(path)?;
        // What fails in a moment comes before the weights, which take seconds.
        let embeddings = DecoderConfig::read(&file)?.vocabulary;
        let tokenizer = PromptTokenizer::read(&file)?;
        let vocabulary = tokenizer.vocabulary();
        if vocabulary.len() > embeddings {
            let reason = format!("{} tokens for {embeddings} embeddings", vocabulary.len());
            return Err(GeneratorError::malformed(path, reason));
        }
        let name = |id: Option<u32>| id.map_or(String::new(), |id| vocabulary.text(id).to_string());
        let source = file.text("tokenizer.chat_template")?;
        let template = ChatTemplate::new(source, name(vocabulary.bos), name(vocabulary.eos));
        let template = template.map_err(|e| {
            GeneratorError::unsupported(path, format!("metadata `tokenizer.chat_template`: {e}"))
        })?;
        let decoder = Decoder::read(&file)?;
        Ok(Self {
            fingerprint: fingerprint.into(),
            decoder,
            tokenizer,
            template,
            invocation: None,
            memory: PromptMemory::default(),
            tickets: 0,
            waiting: VecDeque::new(),
            open: Vec::new(),
        })
    }

    /// Lays an activated adapter (aLoRA) over the model: [`GenerationRequest::adapted`] switches it on, from the
    /// beginning of the answer, so that a prompt is computed once for attempts with it and without.
    ///
    /// # Errors
    /// It is an adapter that changes the reading of the prompt, too, or one of another model.
    pub fn with_adapter(mut self, adapter: &Adapter) -> Result<Self, LoraError> {
        let Some(invocation) = adapter.invocation() else {
            let reason = "only activated adapters (alora_invocation_tokens) are supported here";
            return Err(adapter.misfit(reason.to_owned()));
        };
        self.decoder.adapt(adapter)?;
        self.invocation = Some(invocation.to_vec());
        Ok(self)
    }

    /// The family of the model.
    pub fn architecture(&self) -> Architecture {
        self.decoder.config().architecture
    }

    /// The tokens that `messages` become, the beginning of the answer included: their number must stay below
    /// [`Generator::context_tokens`].
    ///
    /// # Errors
    /// The template does not accept the messages.
    pub fn encode(&self, messages: &[Message]) -> Result<Vec<u32>, GeneratorError> {
        self.tokenizer.encode(&self.template.render(messages)?)
    }

    /// The text that a request asks for, before its first token.
    fn begin(&self, request: &GenerationRequest) -> Result<Text, GeneratorError> {
        let sampler = Sampler::new(request.sampling)?;
        let prompt = self.encode(&request.messages)?;
        if prompt.is_empty() {
            return Err(GeneratorError::InvalidRequest {
                reason: "the prompt is empty".into(),
            });
        }
        let context_tokens = self.context_tokens();
        if prompt.len() >= context_tokens {
            return Err(GeneratorError::PromptTooLong {
                prompt_tokens: prompt.len(),
                context_tokens,
            });
        }
        // The answer's beginning belongs to it: an adapter is in force from there.
        let answer = match &self.invocation {
            Some(invocation) if prompt.ends_with(invocation) => prompt.len() - invocation.len(),
            _ => prompt.len() - 1,
        };
        let budget = request.max_new_tokens.min(context_tokens - prompt.len());
        let mut cuts = Vec::new();
        let in_common = (request.common > 0).then_some(request.common);
        for bytes in std::iter::once(0).chain(in_common) {
            let cut = self.same_beginning(&request.messages, bytes, &prompt)?;
            if cut < answer && cuts.last().copied().unwrap_or(0) < cut {
                cuts.push(cut);
            }
        }
        Ok(Text {
            budget,
            prompt,
            cuts,
            answer,
            sampler,
            adapted: request.adapted,
            constraint: request.constraint.clone(),
            written: Vec::new(),
            end: (budget == 0).then_some(Ok(StopReason::TokenBudget)),
        })
    }

    /// How many tokens the prompt has in common with one whose last message ends after so many bytes.
    fn same_beginning(
        &self,
        messages: &[Message],
        bytes: usize,
        prompt: &[u32],
    ) -> Result<usize, GeneratorError> {
        let mut others = messages.to_vec();
        if let Some(last) = others.last_mut() {
            let end = last.content.floor_char_boundary(bytes);
            last.content.truncate(end);
        }
        let others = self.encode(&others)?;
        let same = prompt.iter().zip(&others).take_while(|(a, b)| a == b);
        Ok(same.count())
    }

    /// Opens texts that wait, as many as there may be; returns what came of those that cannot be opened.
    fn admit(&mut self) -> Vec<(Ticket, Result<Generation, GeneratorError>)> {
        let mut ended = Vec::new();
        let mut tokens: usize = self.open.iter().map(|open| open.text.capacity()).sum();
        while let Some((ticket, text)) = self.waiting.pop_front() {
            match text {
                Ok(text) if text.end.is_none() => {
                    tokens += text.capacity();
                    let full = self.open.len() >= MOST_TEXTS || tokens > MOST_TOKENS;
                    if full && !self.open.is_empty() {
                        self.waiting.push_front((ticket, Ok(text)));
                        break;
                    }
                    let cache = None;
                    self.open.push(Open {
                        ticket,
                        text,
                        cache,
                    });
                }
                text => ended.push((ticket, text.and_then(|text| text.finish(&self.tokenizer)))),
            }
        }
        ended
    }

    /// Gives texts whose prompt has been computed what holds it, and those that have written more than usual more room.
    fn lend_caches(&mut self) {
        for at in 0..self.open.len() {
            let (before, rest) = self.open.split_at_mut(at + 1);
            let open = &mut before[at];
            let (prompt, capacity) = (open.text.before_answer(), open.text.capacity());
            match &open.cache {
                None => {
                    let mut later = rest.iter().filter(|other| other.cache.is_none());
                    let again = later.any(|other| other.text.before_answer() == prompt);
                    open.cache = self.memory.lend(&self.decoder, prompt, capacity, again);
                }
                Some(cache) if cache.room() == 0 => {
                    let larger = self.decoder.continuing(cache, cache.tokens(), capacity);
                    open.cache = Some(larger);
                }
                Some(_) => {}
            }
        }
    }

    /// One pass over the weights: computes parts of the prompts that are not held yet, and chooses a token of each text
    /// whose prompt is.
    fn pass(&mut self) -> candle_core::Result<()> {
        let begun = |open: &Open| !open.text.written.is_empty();
        let most_tokens = match self.open.iter().any(begun) {
            true => PASS_TOKENS,
            false => FIRST_PASS_TOKENS,
        };
        let unread = self.open.iter().filter(|open| open.cache.is_none());
        let unread = unread.map(|open| (open.text.before_answer(), open.text.capacity()));
        let unread: Vec<(Prompt, usize)> = unread.collect();
        let read = self.memory.unread(&self.decoder, &unread, most_tokens);
        let writing = self.open.iter_mut();
        let mut writing: Vec<(&mut Text, &mut KvCache)> = writing
            .filter_map(|open| Some((&mut open.text, open.cache.as_mut()?)))
            .collect();
        writing.sort_by_key(|(text, _)| text.adapted);
        let tokens: Vec<Vec<u32>> = writing.iter().map(|(text, _)| text.unread()).collect();
        let parts = tokens.iter().zip(&mut writing);
        let parts = parts.map(|(tokens, (text, cache))| Part {
            tokens,
            cache,
            adapted: text.adapted,
        });
        let read_tokens: usize = read.iter().map(|part| part.tokens.len()).sum();
        let texts = tokens.len();
        let mut scores = self.decoder.forward(read, parts.collect())?;
        tracing::trace!(read_tokens, texts, "a token of each text");
        let scores = scores.chunks_exact_mut(self.decoder.config().vocabulary);
        let mut turns: Vec<_> = writing.into_iter().zip(scores).collect();
        for_each_mut(&mut turns, |((text, _), scores)| {
            text.go_on(scores, &self.tokenizer);
        });
        Ok(())
    }

    /// Takes the texts that have ended out of the open ones.
    fn ended(&mut self) -> Vec<(Ticket, Result<Generation, GeneratorError>)> {
        let ended = self.open.extract_if(.., |open| open.text.end.is_some());
        let ended = ended.map(
            |Open {
                 ticket,
                 text,
                 cache,
             }| {
                if let Some(cache) = cache {
                    self.memory.keep(text.before_answer(), cache);
                }
                (ticket, text.finish(&self.tokenizer))
            },
        );
        let ended = ended.collect();
        let unread = self.open.iter().filter(|open| open.cache.is_none());
        let wanted: Vec<Prompt> = unread.map(|open| open.text.before_answer()).collect();
        self.memory.forget(&wanted);
        ended
    }
}

impl Generator for GgufGenerator {
    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn context_tokens(&self) -> usize {
        self.decoder.config().context
    }

    fn submit(&mut self, request: &GenerationRequest) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let text = self.begin(request);
        self.waiting.push_back((ticket, text));
        ticket
    }

    fn step(&mut self) -> Vec<(Ticket, Result<Generation, GeneratorError>)> {
        let mut ended = self.admit();
        if self.open.is_empty() {
            return ended;
        }
        self.lend_caches();
        match self.pass() {
            Ok(()) => ended.extend(self.ended()),
            Err(error) => {
                // It is of the pass, not of one of its texts.
                self.memory = PromptMemory::default();
                let failed = self.open.drain(..).map(|open| open.ticket);
                let error = || candle_core::Error::msg(&error).into();
                ended.extend(failed.map(|ticket| (ticket, Err(error()))));
            }
        }
        ended
    }

    fn room(&self) -> usize {
        MOST_TEXTS.saturating_sub(self.open.len() + self.waiting.len())
    }

    fn reset(&mut self) {
        self.memory = PromptMemory::default();
        self.waiting.clear();
        self.open.clear();
    }
}
