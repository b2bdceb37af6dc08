//! Rotary position embedding (RoPE, arXiv 2104.09864): tables of cosines and sines, and their application.
//!
//! A table covers the positions that one generation can reach, not the whole context window.

use std::sync::{Arc, Mutex};

use super::config::RopeStyle;

/// Turning speeds of one kind of layer: the angle per position of each pair of values.
#[derive(Debug)]
pub(super) struct Frequencies {
    angles: Vec<f32>,
    /// The last table, which serves all texts that are not longer.
    table: Mutex<Arc<RopeTable>>,
}

impl Frequencies {
    /// θᵢ = base^(−2i/d) / divisor, with Llama 3.1's factor for pair i dividing it too if the file has factors.
    pub(super) fn new(head_dim: usize, base: f32, divisor: f32, factors: Option<&[f32]>) -> Self {
        let pairs = (0..head_dim).step_by(2).enumerate();
        let angles = pairs.map(|(pair, i)| {
            let slow = factors.map_or(1.0, |f| f[pair]);
            1.0 / (base.powf(i as f32 / head_dim as f32) * divisor * slow)
        });
        Self {
            angles: angles.collect(),
            table: Mutex::default(),
        }
    }

    /// A table for positions 0 to `positions - 1` at least.
    pub(super) fn table(&self, positions: usize) -> Arc<RopeTable> {
        let mut table = self
            .table
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let pairs = self.angles.len();
        if table.turns.len() < positions * pairs {
            let turns = (0..positions.next_power_of_two()).flat_map(|position| {
                let angles = self.angles.iter();
                angles.map(move |angle| (position as f32 * angle).sin_cos())
            });
            let turns = turns.collect();
            *table = Arc::new(RopeTable { turns, pairs });
        }
        Arc::clone(&table)
    }
}

/// Sines and cosines of each position and pair: (positions, head_dim / 2).
#[derive(Debug, Default)]
pub(super) struct RopeTable {
    turns: Vec<(f32, f32)>,
    pairs: usize,
}

impl RopeTable {
    /// Rotates the values of one head at `position`.
    pub(super) fn rotate(&self, head: &mut [f32], position: usize, style: RopeStyle) {
        let turns = &self.turns[position * self.pairs..][..self.pairs];
        let turn = |a: &mut f32, b: &mut f32, (sin, cos): (f32, f32)| {
            (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
        };
        match style {
            RopeStyle::Interleaved => {
                for (pair, turned) in head.chunks_exact_mut(2).zip(turns) {
                    let [a, b] = pair else {
                        unreachable!("chunks of two")
                    };
                    turn(a, b, *turned);
                }
            }
            RopeStyle::HalfSplit => {
                let (left, right) = head.split_at_mut(self.pairs);
                for ((a, b), turned) in left.iter_mut().zip(right).zip(turns) {
                    turn(a, b, *turned);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_turn_their_own_pairs() {
        let table = Frequencies::new(4, 10_000.0, 1.0, None).table(2);
        let (sin, cos) = 1f32.sin_cos();
        let turned = |style| {
            let mut x = [1f32, 0., 0., 0.];
            table.rotate(&mut x, 1, style);
            x
        };
        assert_eq!(turned(RopeStyle::Interleaved), [cos, sin, 0., 0.]);
        assert_eq!(turned(RopeStyle::HalfSplit), [cos, 0., sin, 0.]);
    }

    #[test]
    fn divisor_and_factors_slow_the_rotation() {
        let plain = Frequencies::new(4, 100.0, 1.0, None).angles;
        assert_eq!(plain, [1.0, 0.1]);
        let slowed = Frequencies::new(4, 100.0, 2.0, Some(&[1.0, 4.0])).angles;
        assert_eq!(slowed, [0.5, 0.0125]);
    }

    #[test]
    fn a_longer_text_has_a_longer_table() {
        let frequencies = Frequencies::new(4, 100.0, 1.0, None);
        let (short, long) = (frequencies.table(3), frequencies.table(100));
        assert_eq!(short.turns.len(), 8);
        assert_eq!(long.turns[..8], short.turns[..]);
        assert!(Arc::ptr_eq(&long, &frequencies.table(5)));
    }
}
