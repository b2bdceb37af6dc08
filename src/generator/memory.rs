//! What is kept of the last prompts: their keys and values, so that the instructions that all prompts begin with, what
//! the prompts of an article have in common, and a prompt that is answered several times, are computed once.
//!
//! A prompt is always computed in the same parts, whether they are recalled or not, and with Candle's AVX2 and AVX-512
//! kernels a row of a product does not depend on the rows beside it (`together_tests`): what was generated before, or
//! together with it, cannot change a result. With AMX, Candle takes another kernel from 32 rows on; not tested there.

use super::GeneratorError;
use super::cache::KvCache;
use super::decoder::{Decoder, Part};

/// A prompt as it is computed: up to each of its cuts, then the rest.
#[derive(Debug, Clone, Copy)]
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
    cache: KvCache,
}

impl Kept {
    fn is(&self, prompt: Prompt) -> bool {
        self.tokens == prompt.tokens && self.cuts == prompt.cuts
    }
}

/// Prompts of the last call, and their beginnings.
#[derive(Debug, Default)]
pub(super) struct PromptMemory {
    kept: Vec<Kept>,
}

impl PromptMemory {
    /// For each prompt a cache that holds it, with room for as many tokens as `capacities` say.
    pub(super) fn recall(
        &mut self,
        decoder: &Decoder,
        prompts: &[Prompt],
        capacities: &[usize],
    ) -> Result<Vec<KvCache>, GeneratorError> {
        let all = prompts.iter().flat_map(|prompt| prompt.and_beginnings());
        let wanted: Vec<Prompt> = all.collect();
        let mut kept = std::mem::take(&mut self.kept);
        kept.retain(|kept| wanted.iter().any(|prompt| kept.is(*prompt)));
        let deepest = wanted.iter().map(|prompt| prompt.cuts.len()).max();
        for depth in 0..=deepest.unwrap_or(0) {
            let level = wanted.iter().filter(|prompt| prompt.cuts.len() == depth);
            compute(decoder, level, &mut kept)?;
        }
        let caches = prompts.iter().zip(capacities).map(|(prompt, capacity)| {
            let held = find(&kept, *prompt);
            decoder.continuing(&held.cache, prompt.tokens.len(), *capacity)
        });
        let caches = caches.collect();
        self.kept = kept;
        Ok(caches)
    }
}

/// Adds to `kept`, which has their beginnings, those of the prompts that it has not, computed together.
fn compute<'a>(
    decoder: &Decoder,
    prompts: impl Iterator<Item = &'a Prompt<'a>>,
    kept: &mut Vec<Kept>,
) -> Result<(), GeneratorError> {
    let known = kept.len();
    for prompt in prompts {
        if kept.iter().any(|kept| kept.is(*prompt)) {
            continue;
        }
        let length = prompt.tokens.len();
        let cache = match prompt.beginning() {
            Some(beginning) => {
                let held = find(kept, beginning);
                decoder.continuing(&held.cache, beginning.tokens.len(), length)
            }
            None => decoder.new_cache(length),
        };
        kept.push(Kept {
            tokens: prompt.tokens.to_vec(),
            cuts: prompt.cuts.to_vec(),
            cache,
        });
    }
    let mut parts: Vec<Part> = kept[known..]
        .iter_mut()
        .map(|kept| Part {
            tokens: &kept.tokens[kept.cuts.last().copied().unwrap_or(0)..],
            cache: &mut kept.cache,
        })
        .collect();
    decoder.take_in(&mut parts)
}

fn find<'a>(kept: &'a [Kept], prompt: Prompt) -> &'a Kept {
    kept.iter()
        .find(|kept| kept.is(prompt))
        .expect("invariant: what was wanted is held")
}
