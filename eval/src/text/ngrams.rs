//! Runs of n neighbouring items, counted.
//!
//! Owns [`counts`] and [`overlap`]. The items are words or characters; which ones is the business of the metric.

use std::collections::HashMap;
use std::hash::Hash;

/// How often each run of `n` items occurs. `n` is at least 1.
pub(super) fn counts<T: Eq + Hash>(items: &[T], n: usize) -> HashMap<&[T], usize> {
    let mut counts = HashMap::new();
    for run in items.windows(n) {
        *counts.entry(run).or_insert(0) += 1;
    }
    counts
}

/// How many runs of `n` items there are, with repeats.
pub(super) fn total<T>(items: &[T], n: usize) -> usize {
    (items.len() + 1).saturating_sub(n)
}

/// How many runs of `n` items two sequences share, each at most as often as the one that has it less often.
///
/// The "clipped" count of BLEU (Papineni et al. 2002, section 2.1), also used by ROUGE-N and chrF.
pub(super) fn overlap<T: Eq + Hash>(one: &[T], other: &[T], n: usize) -> usize {
    let (one, other) = (counts(one, n), counts(other, n));
    one.iter()
        .map(|(run, count)| (*count).min(other.get(run).copied().unwrap_or(0)))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        let (one, other) = ([1, 2, 1, 2, 1], [2, 1, 2]);
        for (n, shared) in [(1, 3), (2, 2), (3, 1), (4, 0)] {
            assert_eq!(overlap(&one, &other, n), shared, "{n}");
        }
        assert_eq!(counts(&one, 2)[&[1, 2][..]], 2);
        assert_eq!([total(&one, 1), total(&one, 5), total(&one, 6)], [5, 1, 0]);
        assert_eq!(total::<u8>(&[], 1), 0);
    }

    proptest! {
        #[test]
        fn overlap_is_symmetric_and_bounded(
            one in prop::collection::vec(0u8..4, 0..12),
            other in prop::collection::vec(0u8..4, 0..12),
            n in 1usize..5,
        ) {
            let shared = overlap(&one, &other, n);
            prop_assert_eq!(shared, overlap(&other, &one, n));
            prop_assert!(shared <= total(&one, n).min(total(&other, n)));
            prop_assert_eq!(overlap(&one, &one, n), total(&one, n));
            prop_assert_eq!(counts(&one, n).values().sum::<usize>(), total(&one, n));
        }
    }
}
