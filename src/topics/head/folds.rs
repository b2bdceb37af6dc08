//! Folds for cross-validation, stratified by topic. Owns the drawing of examples: seeded, and free of their order.

use super::Example;
use sha2::{Digest, Sha256};

/// A number that is random to the eye and always the same for a seed and an id.
pub(super) fn lot(seed: u64, purpose: &str, id: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(purpose.as_bytes());
    hash.update([0]);
    hash.update(id.as_bytes());
    let digest = hash.finalize();
    u64::from_le_bytes(digest[..8].try_into().expect("a hash has 32 bytes"))
}

/// The fold of each example, below `folds`.
///
/// Rarest topic first, each example goes where its topics are scarcest so far (after Sechidis, Tsoumakas & Vlahavas
/// 2011, "On the stratification of multi-label data"); the number of examples counts like one more topic.
pub(super) fn stratified(examples: &[&Example], folds: usize, seed: u64) -> Vec<usize> {
    let topics = examples.first().map_or(0, |example| example.topics.len());
    let mut totals = vec![0usize; topics + 1];
    let kinds: Vec<Vec<usize>> = examples
        .iter()
        .map(|example| {
            let has = |topic: &usize| example.topics.get(*topic) == Some(&true);
            (0..topics).filter(has).chain([topics]).collect()
        })
        .collect();
    for kind in kinds.iter().flatten() {
        totals[*kind] += 1;
    }
    let mut order: Vec<usize> = (0..examples.len()).collect();
    order.sort_by_cached_key(|at| {
        let rarest = kinds[*at].iter().map(|kind| totals[*kind]).min();
        let id = &examples[*at].id;
        (rarest, lot(seed, "fold", id), id.clone())
    });
    let mut counts = vec![vec![0usize; topics + 1]; folds];
    let mut fold_of = vec![0; examples.len()];
    for at in order {
        let crowd = |fold: usize| -> f64 {
            let share = |kind: &usize| counts[fold][*kind] as f64 / totals[*kind] as f64;
            kinds[at].iter().map(share).sum()
        };
        let fold = (0..folds)
            .min_by(|a, b| crowd(*a).total_cmp(&crowd(*b)))
            .expect("at least one fold");
        fold_of[at] = fold;
        for kind in &kinds[at] {
            counts[fold][*kind] += 1;
        }
    }
    fold_of
}

/// The examples outside a fold and inside it.
pub(super) fn split(fold_of: &[usize], fold: usize) -> (Vec<usize>, Vec<usize>) {
    (0..fold_of.len()).partition(|at| fold_of[*at] != fold)
}

#[cfg(test)]
mod tests {
    use super::super::made_up::bare;
    use super::*;

    fn examples() -> Vec<Example> {
        (0..60)
            .map(|at| {
                let topics = vec![at % 2 == 0, at % 6 == 0, at % 12 == 1];
                bare(format!("a{at}"), topics)
            })
            .collect()
    }

    #[test]
    fn every_fold_has_its_share_of_every_topic() {
        let examples = examples();
        let all: Vec<&Example> = examples.iter().collect();
        let fold_of = stratified(&all, 5, 0);
        for fold in 0..5 {
            let inside: Vec<_> = (0..60).filter(|at| fold_of[*at] == fold).collect();
            assert_eq!(inside.len(), 12);
            for (topic, share) in [(0, 6), (1, 2), (2, 1)] {
                let count = inside.iter().filter(|at| all[**at].topics[topic]).count();
                assert_eq!(count, share, "topic {topic} in fold {fold}");
            }
        }
    }

    #[test]
    fn folds_depend_on_seed_and_ids_but_not_on_order() {
        let examples = examples();
        let all: Vec<&Example> = examples.iter().collect();
        let reversed: Vec<&Example> = examples.iter().rev().collect();
        let mut back = stratified(&reversed, 5, 0);
        back.reverse();
        assert_eq!(stratified(&all, 5, 0), back);
        assert_ne!(stratified(&all, 5, 0), stratified(&all, 5, 1));
    }
}
