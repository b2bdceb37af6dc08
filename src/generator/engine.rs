//! The generator that the pipeline uses: a GGUF file's model, tokenizer and template put to work.
//!
//! Owns the loop prompt → tokens → text and its limits. One request at a time.

use crate::lora::{Adapter, LoraError};
use std::path::Path;

use super::config::DecoderConfig;
use super::decoder::Decoder;
use super::gguf::GgufFile;
use super::memory::PromptMemory;
use super::sampling::{Chosen, Sampler};
use super::template::ChatTemplate;
use super::tokenizer::PromptTokenizer;
use super::{
    Architecture, CONSTRAINED, Generation, GenerationRequest, Generator, GeneratorError, Message,
    StopReason,
};

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

    fn generate_one(&mut self, request: &GenerationRequest) -> Result<Generation, GeneratorError> {
        let mut sampler = Sampler::new(request.sampling)?;
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
        let budget = request.max_new_tokens.min(context_tokens - prompt.len());
        let same = self.same_beginning(&request.messages, &prompt)?;
        let (chosen, stop) = self.continue_from(&prompt, same, budget, request, &mut sampler)?;
        let tokens: Vec<u32> = chosen.iter().map(|chosen| chosen.token).collect();
        let total: f32 = chosen.iter().map(|chosen| chosen.log_probability).sum();
        Ok(Generation {
            text: self.tokenizer.decode(&tokens)?.trim().to_string(),
            prompt_tokens: prompt.len(),
            new_tokens: tokens.len(),
            log_probability: total / tokens.len().max(1) as f32,
            stop,
        })
    }

    /// How many tokens the prompt has in common with one whose last message is empty.
    fn same_beginning(
        &self,
        messages: &[Message],
        prompt: &[u32],
    ) -> Result<usize, GeneratorError> {
        let mut others = messages.to_vec();
        if let Some(last) = others.last_mut() {
            last.content.clear();
        }
        let others = self.encode(&others)?;
        let same = prompt.iter().zip(&others).take_while(|(a, b)| a == b);
        Ok(same.count())
    }

    /// At most `budget` tokens after `prompt`, the stop token not among them.
    fn continue_from(
        &mut self,
        prompt: &[u32],
        same: usize,
        budget: usize,
        request: &GenerationRequest,
        sampler: &mut Sampler,
    ) -> Result<(Vec<Chosen>, StopReason), GeneratorError> {
        let mut tokens: Vec<Chosen> = Vec::new();
        if budget == 0 {
            return Ok((tokens, StopReason::TokenBudget));
        }
        // The answer's beginning belongs to it: an adapter is in force from there.
        let answer = match &self.invocation {
            Some(invocation) if prompt.ends_with(invocation) => prompt.len() - invocation.len(),
            _ => prompt.len() - 1,
        };
        let cuts = [same.min(answer), answer];
        let cache = self
            .memory
            .recall(&self.decoder, prompt, cuts, prompt.len() + budget)?;
        let mut scores = self
            .decoder
            .forward(&prompt[answer..], cache, request.adapted)?;
        let stops = &self.tokenizer.vocabulary().stop;
        loop {
            let chosen = sampler.next_admitted(scores, |token| {
                let Some(constraint) = &request.constraint else {
                    return Ok(true);
                };
                let seen = tokens.len().saturating_sub(2 * CONSTRAINED);
                let mut written: Vec<u32> = tokens[seen..].iter().map(|c| c.token).collect();
                let ended = stops.contains(&token);
                written.extend((!ended).then_some(token));
                Ok(constraint.admits(&self.tokenizer.decode(&written)?, ended))
            })?;
            match chosen {
                None => return Ok((tokens, StopReason::Constraint)),
                Some(chosen) if stops.contains(&chosen.token) => {
                    return Ok((tokens, StopReason::StopToken));
                }
                Some(chosen) => tokens.push(chosen),
            }
            if tokens.len() == budget {
                return Ok((tokens, StopReason::TokenBudget));
            }
            let last = tokens[tokens.len() - 1].token;
            scores = self.decoder.forward(&[last], cache, request.adapted)?;
        }
    }
}

impl Generator for GgufGenerator {
    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn context_tokens(&self) -> usize {
        self.decoder.config().context
    }

    fn generate(
        &mut self,
        requests: &[GenerationRequest],
    ) -> Vec<Result<Generation, GeneratorError>> {
        requests
            .iter()
            .map(|request| self.generate_one(request))
            .collect()
    }

    fn reset(&mut self) {
        self.memory = PromptMemory::default();
    }
}
