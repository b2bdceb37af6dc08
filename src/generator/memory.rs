//! What is kept of the last prompt: its keys and values, so that the instructions that all prompts begin with, and a
//! prompt that is answered several times, are computed once.
//!
//! A prompt is always computed in the same parts, whether they are recalled or not: what was generated before cannot
//! change a result.

use super::GeneratorError;
use super::cache::KvCache;
use super::decoder::Decoder;

/// Room is taken in steps of so many tokens, so that most prompts find the cache large enough.
const STEP: usize = 512;

/// The parts of the last prompt, with the cache that holds them.
#[derive(Debug, Default)]
pub(super) struct PromptMemory {
    parts: Vec<Vec<u32>>,
    cache: Option<KvCache>,
}

impl PromptMemory {
    /// A cache that holds `prompt[..cuts[1]]`, computed in the parts that `cuts` make, with room for `capacity` tokens.
    pub(super) fn recall(
        &mut self,
        decoder: &Decoder,
        prompt: &[u32],
        cuts: [usize; 2],
        capacity: usize,
    ) -> Result<&mut KvCache, GeneratorError> {
        let wanted = [&prompt[..cuts[0]], &prompt[cuts[0]..cuts[1]]];
        let kept = std::mem::take(&mut self.parts);
        let cache = match self.cache.take() {
            Some(cache) if cache.capacity() >= capacity => self.cache.insert(cache),
            _ => {
                let rounded = capacity.next_multiple_of(STEP);
                let largest = decoder.config().context.max(capacity);
                let cache = decoder.new_cache(rounded.min(largest))?;
                self.cache.insert(cache)
            }
        };
        let held = cache.tokens();
        let mut same = 0;
        let mut parts = Vec::with_capacity(wanted.len());
        let mut recalled = true;
        for (at, part) in wanted.into_iter().enumerate() {
            recalled = recalled
                && kept.get(at).is_some_and(|known| known == part)
                && same + part.len() <= held;
            if !recalled {
                cache.truncate(same);
                decoder.take_in(part, cache)?;
            }
            same += part.len();
            parts.push(part.to_vec());
        }
        cache.truncate(same);
        // Only now: after an error nothing is remembered.
        self.parts = parts;
        Ok(cache)
    }
}
