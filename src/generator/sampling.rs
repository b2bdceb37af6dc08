//! Scores → the next token.

use candle_core::{Device, Tensor};
use candle_transformers::generation::{LogitsProcessor, Sampling as CandleSampling};

use super::{GeneratorError, Sampling};
use crate::kernels::log_sum_exp;

/// Tokens tried before a text under a constraint ends: what comes later is no longer what the model means.
const MOST_TRIED: usize = 32;

/// Logits, in multiples of the temperature, below the best one: a token there is drawn less than once in 150,000 times
/// as often. Leaving those out spares the sorting of a whole vocabulary.
const NEGLIGIBLE: f32 = 12.0;

/// A token as chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chosen {
    pub(super) token: u32,
    /// Natural logarithm of the probability that the model gives the token, before temperature and constraint.
    pub(super) log_probability: f32,
}

/// Chooses tokens for one text.
pub(super) enum Sampler {
    Greedy,
    /// With its temperature.
    Nucleus(Box<LogitsProcessor>, f64),
}

impl Sampler {
    /// A sampler at the start of its random sequence.
    pub(super) fn new(sampling: Sampling) -> Result<Self, GeneratorError> {
        let Sampling::Nucleus {
            temperature,
            top_p,
            seed,
        } = sampling
        else {
            return Ok(Self::Greedy);
        };
        let invalid = |reason| Err(GeneratorError::InvalidRequest { reason });
        if !(temperature.is_finite() && temperature > 0.0) {
            return invalid(format!(
                "temperature is {temperature}, expected more than 0"
            ));
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return invalid(format!("top_p is {top_p}, expected more than 0, at most 1"));
        }
        let nucleus = CandleSampling::TopP {
            p: top_p,
            temperature,
        };
        let processor = LogitsProcessor::from_sampling(seed, nucleus);
        Ok(Self::Nucleus(Box::new(processor), temperature))
    }

    /// The next token that `admits` accepts, of the [`MOST_TRIED`] that come first; `None` if there is none.
    pub(super) fn next_admitted(
        &mut self,
        scores: &mut [f32],
        mut admits: impl FnMut(u32) -> Result<bool, GeneratorError>,
    ) -> Result<Option<Chosen>, GeneratorError> {
        check(scores)?;
        let total = log_sum_exp(scores);
        for _ in 0..MOST_TRIED {
            let token = self.choose(scores)?;
            if admits(token)? {
                let log_probability = scores[token as usize] - total;
                return Ok(Some(Chosen {
                    token,
                    log_probability,
                }));
            }
            scores[token as usize] = f32::NEG_INFINITY;
        }
        Ok(None)
    }

    /// The next token. Of equal scores the greedy choice takes the lowest id.
    #[cfg(test)]
    fn next(&mut self, mut scores: Vec<f32>) -> Result<u32, GeneratorError> {
        let chosen = self.next_admitted(&mut scores, |_| Ok(true))?;
        chosen
            .map(|chosen| chosen.token)
            .ok_or(GeneratorError::NotFinite)
    }

    fn choose(&mut self, scores: &[f32]) -> Result<u32, GeneratorError> {
        match self {
            Self::Greedy => {
                let best = (0u32..)
                    .zip(scores)
                    .fold(None, |best: Option<(u32, f32)>, (id, &s)| match best {
                        Some((_, top)) if top >= s => best,
                        _ => Some((id, s)),
                    });
                best.map(|(id, _)| id).ok_or(GeneratorError::NotFinite)
            }
            Self::Nucleus(processor, temperature) => {
                let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let least = top - NEGLIGIBLE * *temperature as f32;
                let (ids, likely): (Vec<u32>, Vec<f32>) = (0u32..)
                    .zip(scores)
                    .filter(|(_, score)| **score >= least)
                    .unzip();
                let place = processor.sample(&Tensor::new(likely, &Device::Cpu)?)?;
                let chosen = ids.get(place as usize).copied();
                chosen.ok_or(GeneratorError::NotFinite)
            }
        }
    }
}

fn check(scores: &[f32]) -> Result<(), GeneratorError> {
    match scores.iter().all(|score| score.is_finite()) {
        true => Ok(()),
        false => Err(GeneratorError::NotFinite),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nucleus(temperature: f64, top_p: f64, seed: u64) -> Sampling {
        Sampling::Nucleus {
            temperature,
            top_p,
            seed,
        }
    }

    fn draw(sampling: Sampling) -> Vec<u32> {
        let mut sampler = Sampler::new(sampling).unwrap();
        (0..20)
            .map(|_| sampler.next(vec![0.0, 1.0, 1.5, 0.5]).unwrap())
            .collect()
    }

    #[test]
    fn greedy_takes_the_first_of_the_best() {
        let mut sampler = Sampler::new(Sampling::Greedy).unwrap();
        assert_eq!(sampler.next(vec![-3.0, 2.0, 2.0, 1.0]).unwrap(), 1);
    }

    #[test]
    fn nucleus_repeats_with_its_seed_only() {
        assert_eq!(draw(nucleus(1.0, 0.9, 7)), draw(nucleus(1.0, 0.9, 7)));
        assert_ne!(draw(nucleus(1.0, 0.9, 7)), draw(nucleus(1.0, 0.9, 8)));
    }

    #[test]
    fn a_small_nucleus_is_greedy() {
        assert_eq!(draw(nucleus(1.0, 0.1, 7)), [2; 20]);
    }

    #[test]
    fn what_is_not_admitted_is_passed_over() {
        let scores = vec![0.0, 1.0, 1.5, 0.5];
        let mut greedy = Sampler::new(Sampling::Greedy).unwrap();
        let below_two = greedy.next_admitted(&mut scores.clone(), |token| Ok(token < 2));
        let chosen = below_two.unwrap().unwrap();
        assert_eq!(chosen.token, 1);
        // exp(1) of exp(0) + exp(1) + exp(1.5) + exp(0.5)
        assert!((chosen.log_probability.exp() - 0.2760).abs() < 1e-4);
        let mut drawn = Sampler::new(nucleus(1.0, 0.9, 7)).unwrap();
        for _ in 0..20 {
            let token = drawn.next_admitted(&mut scores.clone(), |token| Ok(token == 3));
            assert_eq!(token.unwrap().map(|chosen| chosen.token), Some(3));
        }
        let many = vec![0.0; MOST_TRIED + 1];
        assert_eq!(
            greedy
                .next_admitted(&mut many.clone(), |_| Ok(false))
                .unwrap(),
            None
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for sampling in [
            nucleus(0.0, 0.9, 1),
            nucleus(f64::NAN, 0.9, 1),
            nucleus(1.0, 1.1, 1),
        ] {
            assert!(matches!(
                Sampler::new(sampling),
                Err(GeneratorError::InvalidRequest { .. })
            ));
        }
        let mut sampler = Sampler::new(Sampling::Greedy).unwrap();
        assert!(matches!(
            sampler.next(vec![0.0, f32::NAN]),
            Err(GeneratorError::NotFinite)
        ));
        assert!(matches!(
            sampler.next(vec![]),
            Err(GeneratorError::NotFinite)
        ));
    }
}
