//! What is kept of the last prompts: their keys and values, so that the instructions that all prompts begin with, and a
//! prompt that is answered several times, are computed once.
//!
//! A prompt is always computed in the same parts, whether they are recalled or not, and with Candle's AVX2 and AVX-512
//! kernels a row of a product does not depend on the rows beside it (`together_tests`): what was generated before, or
//! together with it, cannot change a result. With AMX, Candle takes another kernel from 32 rows on; not tested there.

use super::GeneratorError;
use super::cache::KvCache;
use super::decoder::{Decoder, Part};

/// A prompt as it is computed: the beginning that it shares with others, then the rest of what comes before the answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prompt<'a> {
    /// Tokens before the answer.
    pub(super) tokens: &'a [u32],
    /// How many of them are the shared beginning.
    pub(super) shared: usize,
}

/// Tokens with the cache that holds them.
#[derive(Debug)]
struct Kept {
    tokens: Vec<u32>,
    shared: usize,
    cache: KvCache,
}

impl Kept {
    fn is(&self, prompt: Prompt) -> bool {
        self.tokens == prompt.tokens && self.shared == prompt.shared
    }
}

/// Shared beginnings and prompts of the last call.
#[derive(Debug, Default)]
pub(super) struct PromptMemory {
    beginnings: Vec<Kept>,
    prompts: Vec<Kept>,
}

impl PromptMemory {
    /// For each prompt a cache that holds it, with room for as many tokens as `capacities` say.
    pub(super) fn recall(
        &mut self,
        decoder: &Decoder,
        prompts: &[Prompt],
        capacities: &[usize],
    ) -> Result<Vec<KvCache>, GeneratorError> {
        let beginnings: Vec<Prompt> = prompts
            .iter()
            .map(|prompt| Prompt {
                tokens: &prompt.tokens[..prompt.shared],
                shared: 0,
            })
            .collect();
        let kept = std::mem::take(&mut self.beginnings);
        self.beginnings = hold(kept, &beginnings, decoder, |prompt| {
            decoder.new_cache(prompt.tokens.len())
        })?;
        let kept = std::mem::take(&mut self.prompts);
        self.prompts = hold(kept, prompts, decoder, |prompt| {
            let beginning = &prompt.tokens[..prompt.shared];
            let held = find(
                &self.beginnings,
                Prompt {
                    tokens: beginning,
                    shared: 0,
                },
            );
            decoder.continuing(&held.cache, prompt.shared, prompt.tokens.len())
        })?;
        let caches = prompts.iter().zip(capacities).map(|(prompt, capacity)| {
            let held = find(&self.prompts, *prompt);
            decoder.continuing(&held.cache, prompt.tokens.len(), *capacity)
        });
        caches.collect()
    }
}

/// Those of `kept` that are wanted, and the others computed together, each from the cache that `begin` makes for it.
fn hold(
    mut kept: Vec<Kept>,
    wanted: &[Prompt],
    decoder: &Decoder,
    begin: impl Fn(&Prompt) -> Result<KvCache, GeneratorError>,
) -> Result<Vec<Kept>, GeneratorError> {
    kept.retain(|kept| wanted.iter().any(|prompt| kept.is(*prompt)));
    let known = kept.len();
    for prompt in wanted {
        if !kept.iter().any(|kept| kept.is(*prompt)) {
            kept.push(Kept {
                tokens: prompt.tokens.to_vec(),
                shared: prompt.shared,
                cache: begin(prompt)?,
            });
        }
    }
    let mut parts: Vec<Part> = kept[known..]
        .iter_mut()
        .map(|kept| Part {
            tokens: &kept.tokens[kept.shared..],
            cache: &mut kept.cache,
        })
        .collect();
    decoder.take_in(&mut parts)?;
    Ok(kept)
}

fn find<'a>(kept: &'a [Kept], prompt: Prompt) -> &'a Kept {
    kept.iter()
        .find(|kept| kept.is(prompt))
        .expect("invariant: what was wanted is held")
}
