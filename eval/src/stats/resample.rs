//! Which articles are drawn, and which are exchanged.
//!
//! Owns [`Draws`] and [`Exchanges`]: endless streams of choices that depend on the seed and the number of articles only.
//! The generator is ChaCha8, whose stream is defined bit for bit, so that it is the same on every machine; the two kinds
//! of choice read different streams of it and do not disturb each other.

use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Articles drawn with replacement, as many as there are.
pub(super) struct Draws {
    random: ChaCha8Rng,
    articles: Vec<usize>,
}

impl Draws {
    /// Draws from `n` articles.
    pub(super) fn new(n: usize, seed: u64) -> Draws {
        Draws {
            random: stream(seed, 0),
            articles: vec![0; n],
        }
    }

    /// The next resample: indices below `n`, repeats allowed.
    pub(super) fn draw(&mut self) -> &[usize] {
        let n = self.articles.len();
        for article in &mut self.articles {
            *article = self.random.random_range(0..n);
        }
        &self.articles
    }
}

/// For each article, whether two systems exchange what they said of it: each with probability one half.
pub(super) struct Exchanges {
    random: ChaCha8Rng,
    exchanged: Vec<bool>,
}

impl Exchanges {
    /// Exchanges among `n` articles.
    pub(super) fn new(n: usize, seed: u64) -> Exchanges {
        Exchanges {
            random: stream(seed, 1),
            exchanged: vec![false; n],
        }
    }

    /// The next choice, one flag an article.
    pub(super) fn draw(&mut self) -> &[bool] {
        for flags in self.exchanged.chunks_mut(64) {
            let bits = self.random.next_u64();
            for (at, flag) in flags.iter_mut().enumerate() {
                *flag = bits >> at & 1 == 1;
            }
        }
        &self.exchanged
    }
}

/// One of the generator's independent streams.
fn stream(seed: u64, number: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(number);
    random
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_streams_are_what_they_always_were() {
        // If these numbers change, so do all intervals: raise the crate's version.
        assert_eq!(Draws::new(10, 1).draw(), [5, 4, 9, 0, 2, 5, 3, 2, 8, 2]);
        let bits: Vec<u8> = Exchanges::new(10, 1)
            .draw()
            .iter()
            .map(|flag| u8::from(*flag))
            .collect();
        assert_eq!(bits, [1, 1, 1, 0, 0, 1, 1, 1, 1, 0]);
    }

    #[test]
    fn every_article_is_as_likely_as_any_other() {
        let (mut drawn, mut exchanged) = ([0_u32; 70], [0_u32; 70]);
        let (mut draws, mut exchanges) = (Draws::new(70, 7), Exchanges::new(70, 7));
        for _ in 0..4000 {
            draws.draw().iter().for_each(|at| drawn[*at] += 1);
            for (count, flag) in exchanged.iter_mut().zip(exchanges.draw()) {
                *count += u32::from(*flag);
            }
        }
        // Five standard deviations: √4000 = 63.2 for draws, √4000 ÷ 2 = 31.6 for exchanges.
        for (drawn, exchanged) in drawn.into_iter().zip(exchanged) {
            assert!(drawn.abs_diff(4000) < 316, "{drawn}");
            assert!(exchanged.abs_diff(2000) < 158, "{exchanged}");
        }
    }
}
