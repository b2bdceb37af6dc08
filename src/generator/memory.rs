//! What is kept of the last prompts: their keys and values, so that the instructions that all prompts begin with, what
//! the prompts of an article have in common, and a prompt that is answered several times, are computed once.
//!
//! A prompt is always computed in the same parts, whether they are recalled or not, and a row of a product does not
//! depend on the rows beside it (`together_tests`): what was generated before, or together with it, cannot change a
//! result.

use super::GeneratorError;
use super::cache::KvCache;
use super::decoder::{Decoder, Part};

/// A prompt as it is computed: up to each of its cuts, then the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prompt<'a> {
    /// Tokens before the answer.
    pub(super) tokens: &'a [u32],
    /// Where beginnings end that other prompts have too: ascending, inside the tokens.
    pub(super) cuts: &'a [usize],
}

impl<'a> Prompt<'a> {
    /// What is computed before the last part.
    fn beginning(self) -> Option<Self> {
        let (last, cuts) = self.cuts.split_last()?;
        let tokens = &self.tokens[..*last];
        Some(Self { tokens, cuts })
    }

    /// The prompt, then its beginnings, from the longest.
    fn and_beginnings(self) -> impl Iterator<Item = Prompt<'a>> {
        std::iter::successors(Some(self), |prompt| prompt.beginning())
    }
}

/// Tokens with the cache that holds them.
#[derive(Debug)]
struct Kept {
    tokens: Vec<u32>,
    cuts: Vec<usize>,
    /// Lent to the text that is being written after the prompt.
    cache: Option<KvCache>,
}

impl Kept {
    fn is(&self, prompt: Prompt) -> bool {
        self.tokens == prompt.tokens && self.cuts == prompt.cuts
    }

    fn serves(&self, wanted: &Wanted) -> bool {
        self.is(wanted.prompt) && self.cache.is_some()
    }
}

/// Prompts of the last call, and their beginnings.
#[derive(Debug, Default)]
pub(super) struct PromptMemory {
    kept: Vec<Kept>,
}

impl PromptMemory {
    /// For each prompt a cache that holds it, with room for as many tokens as `capacities` say. To be given back by
    /// [`PromptMemory::keep`]; what is not is forgotten.
    pub(super) fn recall(
        &mut self,
        decoder: &Decoder,
        prompts: &[Prompt],
        capacities: &[usize],
    ) -> Result<Vec<KvCache>, GeneratorError> {
        let mut all: Vec<Wanted> = Vec::new();
        for (prompt, capacity) in prompts.iter().zip(capacities) {
            for beginning in prompt.and_beginnings() {
                let whole = beginning.tokens.len() == prompt.tokens.len();
                let capacity = if whole {
                    *capacity
                } else {
                    beginning.tokens.len()
                };
                match all.iter_mut().find(|wanted| wanted.prompt == beginning) {
                    Some(wanted) => wanted.capacity = wanted.capacity.max(capacity),
                    None => all.push(Wanted {
                        prompt: beginning,
                        capacity,
                    }),
                }
            }
        }
        let mut kept = std::mem::take(&mut self.kept);
        kept.retain(|kept| all.iter().any(|wanted| kept.serves(wanted)));
        let deepest = all.iter().map(|wanted| wanted.prompt.cuts.len()).max();
        for depth in 0..=deepest.unwrap_or(0) {
            let level = all
                .iter()
                .filter(|wanted| wanted.prompt.cuts.len() == depth);
            compute(decoder, level, &mut kept)?;
        }
        // A prompt's own cache goes to the last text that wants it, copies to the others.
        let caches = prompts.iter().zip(capacities).enumerate();
        let caches = caches.map(|(at, (prompt, capacity))| {
            let held = find(&mut kept, *prompt);
            let again = prompts[at + 1..].iter().any(|later| held.is(*later));
            match (&held.cache, again) {
                (Some(cache), true) => decoder.continuing(cache, prompt.tokens.len(), *capacity),
                _ => held
                    .cache
                    .take()
                    .expect("invariant: what was wanted is held"),
            }
        });
        let caches = caches.collect();
        self.kept = kept;
        Ok(caches)
    }

    /// Takes back what was lent for `prompts`, without what was written since.
    pub(super) fn keep(&mut self, prompts: &[Prompt], caches: Vec<KvCache>) {
        for (prompt, mut cache) in prompts.iter().zip(caches) {
            cache.rewind(prompt.tokens.len());
            if let Some(kept) = self.kept.iter_mut().find(|kept| kept.is(*prompt)) {
                kept.cache = Some(cache);
            }
        }
    }
}

/// A prompt, or the beginning of one, that is to be held with room for `capacity` tokens.
struct Wanted<'a> {
    prompt: Prompt<'a>,
    capacity: usize,
}

/// Adds to `kept`, which has their beginnings, those of the prompts that it has not, computed together.
fn compute<'a>(
    decoder: &Decoder,
    level: impl Iterator<Item = &'a Wanted<'a>>,
    kept: &mut Vec<Kept>,
) -> Result<(), GeneratorError> {
    let known = kept.len();
    for Wanted { prompt, capacity } in level {
        if let Some(known) = kept.iter_mut().find(|kept| kept.is(*prompt)) {
            if let Some(small) = known.cache.take_if(|cache| cache.capacity() < *capacity) {
                known.cache = Some(decoder.continuing(&small, prompt.tokens.len(), *capacity));
            }
            continue;
        }
        let cache = match prompt.beginning() {
            Some(beginning) => {
                let held = find(kept, beginning);
                let held = held.cache.as_ref();
                let held = held.expect("invariant: beginnings are not lent");
                decoder.continuing(held, beginning.tokens.len(), *capacity)
            }
            None => decoder.new_cache(*capacity),
        };
        kept.push(Kept {
            tokens: prompt.tokens.to_vec(),
            cuts: prompt.cuts.to_vec(),
            cache: Some(cache),
        });
    }
    let parts = kept[known..].iter_mut().filter_map(|kept| {
        let Kept {
            tokens,
            cuts,
            cache,
        } = kept;
        Some(Part {
            tokens: &tokens[cuts.last().copied().unwrap_or(0)..],
            cache: cache.as_mut()?,
        })
    });
    decoder.take_in(&mut parts.collect::<Vec<_>>())
}

fn find<'a>(kept: &'a mut [Kept], prompt: Prompt) -> &'a mut Kept {
    kept.iter_mut()
        .find(|kept| kept.is(prompt))
        .expect("invariant: what was wanted is held")
}
