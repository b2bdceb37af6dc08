//! A text while it is written: its prompt, what has been chosen, and why it ended.

use super::memory::Prompt;
use super::sampling::{Chosen, Sampler};
use super::tokenizer::PromptTokenizer;
use super::{CONSTRAINED, Constraint, Generation, GeneratorError, StopReason};
use std::sync::Arc;

/// New tokens that most answers stay below.
const USUAL_ANSWER: usize = 40;

/// One text in the making.
pub(super) struct Text {
    /// All tokens of the prompt.
    pub(super) prompt: Vec<u32>,
    /// Where beginnings end that other prompts have too, ascending, before the answer.
    pub(super) cuts: Vec<usize>,
    /// Where the answer begins: the last tokens of the prompt are its first.
    pub(super) answer: usize,
    /// New tokens at most.
    pub(super) budget: usize,
    pub(super) sampler: Sampler,
    /// With the adapter, if there is one.
    pub(super) adapted: bool,
    pub(super) constraint: Option<Arc<dyn Constraint>>,
    /// Tokens chosen so far, the stop token not among them.
    pub(super) written: Vec<Chosen>,
    /// Why nothing more is written.
    pub(super) end: Option<Result<StopReason, GeneratorError>>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Text({} tokens, {} new)",
            self.prompt.len(),
            self.written.len()
        )
    }
}

impl Text {
    /// The part of the prompt that attempts with an adapter and without share.
    pub(super) fn before_answer(&self) -> Prompt<'_> {
        Prompt {
            tokens: &self.prompt[..self.answer],
            cuts: &self.cuts,
        }
    }

    /// Tokens that its memory is made for: of the prompt and of an answer of usual length; of the longest once that is
    /// full.
    pub(super) fn capacity(&self) -> usize {
        let usual = USUAL_ANSWER.min(self.budget);
        match self.written.len() < usual {
            true => self.prompt.len() + usual,
            false => self.prompt.len() + self.budget,
        }
    }

    /// The tokens that the decoder has not seen yet.
    pub(super) fn unread(&self) -> Vec<u32> {
        match self.written.last() {
            Some(last) => vec![last.token],
            None => self.prompt[self.answer..].to_vec(),
        }
    }

    /// Chooses the next token by its scores, or ends.
    pub(super) fn go_on(&mut self, scores: &mut [f32], tokenizer: &PromptTokenizer) {
        let stops = &tokenizer.vocabulary().stop;
        self.end = match self.choose(scores, tokenizer) {
            Err(error) => Some(Err(error)),
            Ok(None) => Some(Ok(StopReason::Constraint)),
            Ok(Some(chosen)) if stops.contains(&chosen.token) => Some(Ok(StopReason::StopToken)),
            Ok(Some(chosen)) => {
                self.written.push(chosen);
                (self.written.len() == self.budget).then_some(Ok(StopReason::TokenBudget))
            }
        };
    }

    fn choose(
        &mut self,
        scores: &mut [f32],
        tokenizer: &PromptTokenizer,
    ) -> Result<Option<Chosen>, GeneratorError> {
        let stops = &tokenizer.vocabulary().stop;
        let (written, constraint) = (&self.written, &self.constraint);
        self.sampler.next_admitted(scores, |token| {
            let Some(constraint) = constraint else {
                return Ok(true);
            };
            let seen = written.len().saturating_sub(2 * CONSTRAINED);
            let mut tokens: Vec<u32> = written[seen..].iter().map(|c| c.token).collect();
            let ended = stops.contains(&token);
            tokens.extend((!ended).then_some(token));
            Ok(constraint.admits(&tokenizer.decode(&tokens)?, ended))
        })
    }

    /// The text when it has ended.
    ///
    /// # Errors
    /// What ended it, if that was an error.
    pub(super) fn finish(self, tokenizer: &PromptTokenizer) -> Result<Generation, GeneratorError> {
        let tokens: Vec<u32> = self.written.iter().map(|chosen| chosen.token).collect();
        let total: f32 = self.written.iter().map(|c| c.log_probability).sum();
        Ok(Generation {
            text: tokenizer.decode(&tokens)?.trim().to_string(),
            prompt_tokens: self.prompt.len(),
            new_tokens: tokens.len(),
            log_probability: total / tokens.len().max(1) as f32,
            stop: self.end.unwrap_or(Ok(StopReason::TokenBudget))?,
        })
    }
}
