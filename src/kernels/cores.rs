//! Work spread over the processor's cores.
//!
//! Candle's pool is used, whose threads spin for a moment between two pieces of work: a step of a decoder has some two
//! hundred, and waking a sleeping thread takes as long as some of them.

use std::ops::Range;
use std::sync::Mutex;

/// Runs `work` for parts of `0..items` on all cores, and returns when all are done.
pub(crate) fn spread(items: usize, work: impl Fn(Range<usize>) + Sync) {
    match items {
        0 => {}
        1 => work(0..1),
        _ => candle_core::utils::barrier_pool().execute_chunked(items, work),
    }
}

/// Runs `work` for each of the items on all cores, and returns when all are done.
pub(crate) fn for_each_mut<T: Send>(items: &mut [T], work: impl Fn(&mut T) + Sync) {
    // Each is locked once, by the thread that has drawn it.
    let items: Vec<Mutex<&mut T>> = items.iter_mut().map(Mutex::new).collect();
    spread(items.len(), |drawn| {
        for item in &items[drawn] {
            work(&mut item.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_has_its_turn_once() {
        for count in [0, 1, 2, 1000] {
            let mut items = vec![0usize; count];
            for_each_mut(&mut items, |item| *item += 1);
            assert!(items.iter().all(|item| *item == 1));
        }
    }
}
