//! What is kept of prompts: their keys and values, so that the instructions that all prompts begin with, what
//! the prompts of an article have in common, and a prompt that is answered several times, are computed once.
//!
//! A prompt is always computed in the same parts, whether they are recalled or not, and a row of a product does not
//! depend on the rows beside it (`together_tests`): what was generated before, or together with it, cannot change a
//! result.

use super::cache::KvCache;
use super::decoder::{Decoder, PASS_TOKENS, Part};

/// Tokens that are kept though no open text wants them, at most: what an article's next sentence or attempt begins with.
/// In a 1.5B model they take 57 KB each.
const IDLE_TOKENS: usize = 2560;

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

/// Tokens with the cache that holds the first of them, in the end all.
#[derive(Debug)]
struct Kept {
    tokens: Vec<u32>,
    cuts: Vec<usize>,
    cache: KvCache,
    /// When it was last of use.
    used: u64,
}

impl Kept {
    fn is(&self, prompt: Prompt) -> bool {
        self.tokens == prompt.tokens && self.cuts == prompt.cuts
    }

    fn is_whole(&self) -> bool {
        self.cache.tokens() == self.tokens.len()
    }

    /// What is to be computed of it in one pass. A prompt's own parts never depend on the other texts.
    fn unread(&self) -> &[u32] {
        let rest = &self.tokens[self.cache.tokens()..];
        &rest[..rest.len().min(PASS_TOKENS)]
    }
}

/// Prompts and their beginnings. What a text is written to is taken out, and given back when the text has ended.
#[derive(Debug, Default)]
pub(super) struct PromptMemory {
    kept: Vec<Kept>,
    clock: u64,
}

impl PromptMemory {
    /// What one pass over the weights is to compute of prompts that are not yet held whole: of each the shortest beginning
    /// that is missing, the first prompts first, `most_tokens` together as a rule. Each prompt is given with the tokens
    /// that its cache needs room for.
    pub(super) fn unread<'a>(
        &'a mut self,
        decoder: &Decoder,
        wanted: &[(Prompt, usize)],
        most_tokens: usize,
    ) -> Vec<Part<'a>> {
        let mut places = Vec::new();
        let mut rows = 0;
        for (prompt, capacity) in wanted {
            let Some(place) = self.missing(decoder, *prompt, *capacity) else {
                continue;
            };
            let more = self.kept[place].unread().len();
            if places.contains(&place) || rows > 0 && rows + more > most_tokens {
                continue;
            }
            rows += more;
            places.push(place);
        }
        let kept = self.kept.iter_mut().enumerate();
        let kept = kept.filter(|(place, _)| places.contains(place));
        let parts = kept.map(|(_, kept)| {
            let end = kept.cache.tokens() + kept.unread().len();
            Part {
                tokens: &kept.tokens[kept.cache.tokens()..end],
                cache: &mut kept.cache,
                adapted: false,
            }
        });
        parts.collect()
    }

    /// The place of the shortest beginning of a prompt, itself included, that is not held whole; made if it is not there.
    fn missing(&mut self, decoder: &Decoder, prompt: Prompt, capacity: usize) -> Option<usize> {
        self.clock += 1;
        let mut before: Option<usize> = None;
        let mut beginnings: Vec<Prompt> = prompt.and_beginnings().collect();
        beginnings.reverse();
        let whole = beginnings
            .iter()
            .rposition(|beginning| self.holds(*beginning));
        for beginning in &beginnings[whole.unwrap_or(0)..] {
            let place = self.kept.iter().position(|kept| kept.is(*beginning));
            let place = place.unwrap_or_else(|| {
                let capacity = match beginning.tokens.len() == prompt.tokens.len() {
                    true => capacity,
                    false => beginning.tokens.len(),
                };
                let cache = match before {
                    Some(before) => {
                        let Kept { tokens, cache, .. } = &self.kept[before];
                        decoder.continuing(cache, tokens.len(), capacity)
                    }
                    None => decoder.new_cache(capacity),
                };
                self.kept.push(Kept {
                    tokens: beginning.tokens.to_vec(),
                    cuts: beginning.cuts.to_vec(),
                    cache,
                    used: self.clock,
                });
                self.kept.len() - 1
            });
            self.kept[place].used = self.clock;
            if !self.kept[place].is_whole() {
                return Some(place);
            }
            before = Some(place);
        }
        None
    }

    /// Whether a prompt has been computed, and is here.
    pub(super) fn holds(&self, prompt: Prompt) -> bool {
        self.kept
            .iter()
            .any(|kept| kept.is(prompt) && kept.is_whole())
    }

    /// The cache that holds a prompt, with room for `capacity` tokens; a copy if it is wanted `again`. `None` if it is not
    /// here.
    pub(super) fn lend(
        &mut self,
        decoder: &Decoder,
        prompt: Prompt,
        capacity: usize,
        again: bool,
    ) -> Option<KvCache> {
        let mut kept = self.kept.iter();
        let place = kept.position(|kept| kept.is(prompt) && kept.is_whole())?;
        let held = &self.kept[place].cache;
        if again || held.capacity() < capacity {
            return Some(decoder.continuing(held, prompt.tokens.len(), capacity));
        }
        Some(self.kept.swap_remove(place).cache)
    }

    /// Takes back what was lent for a prompt, without what was written since.
    pub(super) fn keep(&mut self, prompt: Prompt, mut cache: KvCache) {
        if self.holds(prompt) {
            return;
        }
        cache.rewind(prompt.tokens.len());
        self.clock += 1;
        self.kept.push(Kept {
            tokens: prompt.tokens.to_vec(),
            cuts: prompt.cuts.to_vec(),
            cache,
            used: self.clock,
        });
    }

    /// Forgets what has not been of use for the longest time, down to what `wanted` need and [`IDLE_TOKENS`] more.
    pub(super) fn forget(&mut self, wanted: &[Prompt]) {
        let needed = |kept: &Kept| {
            let mut all = wanted.iter().flat_map(|prompt| prompt.and_beginnings());
            all.any(|beginning| kept.is(beginning))
        };
        let (needed, mut idle): (Vec<Kept>, Vec<Kept>) =
            std::mem::take(&mut self.kept).into_iter().partition(needed);
        idle.sort_by_key(|kept| std::cmp::Reverse(kept.used));
        let mut tokens = 0;
        idle.retain(|kept| {
            tokens += kept.tokens.len();
            tokens <= IDLE_TOKENS
        });
        self.kept = needed;
        self.kept.append(&mut idle);
    }
}
