//! The generator that the pipeline uses: a GGUF file's model, tokenizer and template put to work.
//!
//! Owns the loop prompt → tokens → text and its limits. One request at a time, each with a cache of its own.

use std::path::Path;

use super::config::DecoderConfig;
use super::decoder::Decoder;
use super::gguf::GgufFile;
use super::sampling::Sampler;
use super::template::ChatTemplate;
use super::tokenizer::PromptTokenizer;
use super::{
    Architecture, Generation, GenerationRequest, Generator, GeneratorError, Message, StopReason,
};

/// A decoder-only model from a GGUF file, run by Candle on the CPU.
///
/// ```no_run
/// use depeche::generator::{GenerationRequest, Generator, GgufGenerator, Message, Role, Sampling};
///
/// let mut generator = GgufGenerator::load("model.gguf".as_ref(), "my-model@sha256:0123456789ab")?;
/// let request = GenerationRequest {
///     messages: vec![Message { role: Role::User, content: "Say hello in French.".into() }],
///     max_new_tokens: 20,
///     sampling: Sampling::Greedy,
/// };
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
        })
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

    fn generate_one(&self, request: &GenerationRequest) -> Result<Generation, GeneratorError> {
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
        let (tokens, stop) = self.continue_from(&prompt, budget, &mut sampler)?;
        Ok(Generation {
            text: self.tokenizer.decode(&tokens)?.trim().to_string(),
            prompt_tokens: prompt.len(),
            new_tokens: tokens.len(),
            stop,
        })
    }

    /// At most `budget` tokens after `prompt`, the stop token not among them.
    fn continue_from(
        &self,
        prompt: &[u32],
        budget: usize,
        sampler: &mut Sampler,
    ) -> Result<(Vec<u32>, StopReason), GeneratorError> {
        let mut tokens = Vec::new();
        if budget == 0 {
            return Ok((tokens, StopReason::TokenBudget));
        }
        let mut cache = self.decoder.new_cache(prompt.len() + budget)?;
        let mut scores = self.decoder.forward(prompt, &mut cache)?;
        loop {
            let token = sampler.next(scores)?;
            if self.tokenizer.vocabulary().stop.contains(&token) {
                return Ok((tokens, StopReason::StopToken));
            }
            tokens.push(token);
            if tokens.len() == budget {
                return Ok((tokens, StopReason::TokenBudget));
            }
            scores = self.decoder.forward(&[token], &mut cache)?;
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
}
