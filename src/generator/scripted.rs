//! A generator without a model, for tests of the rooms that use one.

use super::{Generation, GenerationRequest, Generator, GeneratorError, StopReason, Ticket};

/// Requests answered in a step.
const ROOM: usize = 24;

/// Words stand for tokens in what a [`ScriptedGenerator`] counts.
fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Answers requests by a function. **For tests only**: it knows no language.
///
/// A word counts as a token: an answer longer than the budget is cut, a prompt that fills the context is refused, as
/// with a real model.
///
/// ```
/// use depeche::generator::{GenerationRequest, Generator, Message, Role, ScriptedGenerator};
///
/// let mut generator = ScriptedGenerator::new(|request| Ok(request.messages[0].content.to_uppercase()));
/// let messages = vec![Message { role: Role::User, content: "deux mots".into() }];
/// let request = GenerationRequest::greedy(messages, 1);
/// let generation = generator.generate(&[request]).remove(0)?;
/// assert_eq!(generation.text, "DEUX");
/// # Ok::<(), depeche::generator::GeneratorError>(())
/// ```
pub struct ScriptedGenerator {
    answer: Box<Answer>,
    context_tokens: usize,
    tickets: u64,
    waiting: Vec<(Ticket, GenerationRequest)>,
}

type Answer = dyn FnMut(&GenerationRequest) -> Result<String, GeneratorError> + Send;

impl ScriptedGenerator {
    /// Answers with what `answer` returns.
    pub fn new(
        answer: impl FnMut(&GenerationRequest) -> Result<String, GeneratorError> + Send + 'static,
    ) -> Self {
        Self {
            answer: Box::new(answer),
            context_tokens: 32_768,
            tickets: 0,
            waiting: Vec::new(),
        }
    }

    /// Answers with the content of the last message.
    pub fn echo() -> Self {
        Self::new(|request| {
            Ok(request
                .messages
                .last()
                .map(|m| m.content.clone())
                .unwrap_or_default())
        })
    }

    /// Reads at most `context_tokens` words, prompt and answer together.
    #[must_use]
    pub fn with_context_tokens(mut self, context_tokens: usize) -> Self {
        self.context_tokens = context_tokens;
        self
    }

    fn generate_one(&mut self, request: &GenerationRequest) -> Result<Generation, GeneratorError> {
        let prompt_tokens = request.messages.iter().map(|m| words(&m.content)).sum();
        if prompt_tokens >= self.context_tokens {
            let context_tokens = self.context_tokens;
            return Err(GeneratorError::PromptTooLong {
                prompt_tokens,
                context_tokens,
            });
        }
        let budget = request
            .max_new_tokens
            .min(self.context_tokens - prompt_tokens);
        let answer = (self.answer)(request)?;
        let answer = answer.trim();
        let new_tokens = words(answer).min(budget);
        let cut = words(answer) > budget;
        Ok(Generation {
            text: if cut {
                answer
                    .split_whitespace()
                    .take(budget)
                    .collect::<Vec<_>>()
                    .join(" ")
            } else {
                answer.to_string()
            },
            prompt_tokens,
            new_tokens,
            log_probability: 0.0,
            stop: if cut {
                StopReason::TokenBudget
            } else {
                StopReason::StopToken
            },
        })
    }
}

impl std::fmt::Debug for ScriptedGenerator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptedGenerator")
            .field("context_tokens", &self.context_tokens)
            .finish_non_exhaustive()
    }
}

impl Generator for ScriptedGenerator {
    fn fingerprint(&self) -> &str {
        "scripted@sha256:000000000000"
    }

    fn context_tokens(&self) -> usize {
        self.context_tokens
    }

    fn submit(&mut self, request: &GenerationRequest) -> Ticket {
        self.tickets += 1;
        self.waiting.push((Ticket(self.tickets), request.clone()));
        Ticket(self.tickets)
    }

    /// Answers all.
    fn step(&mut self) -> Vec<(Ticket, Result<Generation, GeneratorError>)> {
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let answers = waiting.map(|(ticket, request)| (ticket, self.generate_one(&request)));
        answers.collect()
    }

    fn room(&self) -> usize {
        ROOM.saturating_sub(self.waiting.len())
    }

    fn reset(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::{Message, Role};

    fn request(content: &str, max_new_tokens: usize) -> GenerationRequest {
        let messages = vec![Message {
            role: Role::User,
            content: content.to_string(),
        }];
        GenerationRequest::greedy(messages, max_new_tokens)
    }

    #[test]
    fn budget_and_context_are_kept() {
        let mut generator = ScriptedGenerator::echo().with_context_tokens(5);
        let results = generator.generate(&[
            request("a  b", 2),
            request("a b c d", 9),
            request("a b c d e", 9),
        ]);
        let found: Vec<_> = results
            .into_iter()
            .map(|r| {
                r.map(|g| (g.text, g.new_tokens, g.stop))
                    .map_err(|e| e.to_string())
            })
            .collect();
        assert_eq!(found[0], Ok(("a  b".into(), 2, StopReason::StopToken)));
        assert_eq!(found[1], Ok(("a".into(), 1, StopReason::TokenBudget)));
        assert!(
            found[2]
                .as_ref()
                .unwrap_err()
                .contains("5 tokens, the model reads 5")
        );
    }
}
