//! The generator that the pipeline uses: a GGUF file's model, tokenizer and template put to work.
//!
//! Owns the loop prompts → tokens → texts and its limits. The weights, which a step has to read whole, serve all texts of
//! a call at once.

use crate::kernels::for_each_mut;
use crate::lora::{Adapter, LoraError};
use std::path::Path;

use super::cache::KvCache;
use super::config::DecoderConfig;
use super::decoder::{Decoder, Part};
use super::gguf::GgufFile;
use super::memory::{Prompt, PromptMemory};
use super::sampling::Sampler;
use super::template::ChatTemplate;
use super::texts::Text;
use super::tokenizer::PromptTokenizer;
use super::{Architecture, Generation, GenerationRequest, Generator, GeneratorError, Message};

/// Texts written at the same time at most: each has its own keys and values, some 25 MB for 450 tokens of a 1.5B model.
const MOST_TEXTS: usize = 24;

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
        let mut cuts = Vec::new();
        let in_common = (request.common > 0).then_some(request.common);
        for bytes in std::iter::once(0).chain(in_common) {
            let cut = self.same_beginning(&request.messages, bytes, &prompt)?;
            if cut < answer && cuts.last().copied().unwrap_or(0) < cut {
                cuts.push(cut);
            }
        }
        Ok(Text {
            budget: request.max_new_tokens.min(context_tokens - prompt.len()),
            prompt,
            cuts,
            answer,
            sampler,
            constraint: request.constraint.clone(),
            written: Vec::new(),
            end: None,
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

    /// One text for each request, all with the adapter or all without.
    fn generate_together(
        &mut self,
        requests: &[GenerationRequest],
    ) -> Vec<Result<Generation, GeneratorError>> {
        let mut begun: Vec<Result<Text, GeneratorError>> =
            requests.iter().map(|request| self.begin(request)).collect();
        let texts = begun.iter_mut().filter_map(|text| text.as_mut().ok());
        let adapted = requests.iter().any(|request| request.adapted);
        match self.write(texts.collect(), adapted) {
            Ok(()) => begun
                .into_iter()
                .map(|text| text?.finish(&self.tokenizer))
                .collect(),
            Err(error) if requests.len() == 1 => vec![Err(error)],
            // Each by itself, so that each has its own error.
            Err(_) => requests
                .iter()
                .flat_map(|request| self.generate_together(std::slice::from_ref(request)))
                .collect(),
        }
    }

    /// Writes all texts to their ends, a token of each at a time.
    fn write(&mut self, mut open: Vec<&mut Text>, adapted: bool) -> Result<(), GeneratorError> {
        open.retain(|text| text.budget > 0);
        let prompts: Vec<Prompt> = open.iter().map(|text| text.before_answer()).collect();
        let capacities: Vec<usize> = open.iter().map(|text| text.capacity()).collect();
        let caches = self.memory.recall(&self.decoder, &prompts, &capacities)?;
        let mut texts: Vec<(&mut Text, KvCache)> = open.into_iter().zip(caches).collect();
        loop {
            let open = texts.iter_mut().filter(|(text, _)| text.end.is_none());
            let mut open: Vec<&mut (&mut Text, KvCache)> = open.collect();
            if open.is_empty() {
                break;
            }
            let unread: Vec<Vec<u32>> = open.iter().map(|(text, _)| text.unread()).collect();
            let parts = unread.iter().zip(&mut open);
            let mut parts: Vec<Part> = parts
                .map(|(tokens, (_, cache))| Part { tokens, cache })
                .collect();
            let mut scores = self.decoder.forward(&mut parts, adapted)?;
            tracing::trace!(texts = parts.len(), "a token of each text");
            let scores = scores.chunks_exact_mut(self.decoder.config().vocabulary);
            let mut turns: Vec<_> = open.iter_mut().zip(scores).collect();
            for_each_mut(&mut turns, |((text, _), scores)| {
                text.go_on(scores, &self.tokenizer);
            });
        }
        let (texts, caches): (Vec<&mut Text>, Vec<KvCache>) = texts.into_iter().unzip();
        let prompts: Vec<Prompt> = texts.iter().map(|text| text.before_answer()).collect();
        self.memory.keep(&prompts, caches);
        Ok(())
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
        let mut results = Vec::with_capacity(requests.len());
        for group in requests.chunk_by(|a, b| a.adapted == b.adapted) {
            for some in group.chunks(MOST_TEXTS) {
                results.extend(self.generate_together(some));
            }
        }
        results
    }

    fn reset(&mut self) {
        self.memory = PromptMemory::default();
    }
}
