//! Token ids of texts → windows that the model can read → ragged batches.
//!
//! A text longer than the model's window is cut, without overlap, into windows of equal limit, so that
//! every token is read. Windows of many texts lie one after the other in a [`Batch`], without padding:
//! the matrix products run over all tokens at once, and attention stays inside its window.

use std::ops::Range;

/// One window of one text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Window {
    /// Position of the text in the call.
    pub text: usize,
    /// Its content tokens (without opening and closing token) as a range of that text's tokens.
    pub content: Range<usize>,
}

impl Window {
    /// Its share in the text's vector: its content tokens, at least 1 so that an empty text counts.
    pub fn weight(&self) -> f32 {
        self.content.len().max(1) as f32
    }
}

/// Cuts texts of `lengths` content tokens into windows of at most `limit`, in order of texts.
/// A text without tokens has one empty window.
pub(super) fn split(lengths: impl IntoIterator<Item = usize>, limit: usize) -> Vec<Window> {
    let mut windows = Vec::new();
    for (text, length) in lengths.into_iter().enumerate() {
        for start in (0..length.max(1)).step_by(limit) {
            windows.push(Window {
                text,
                content: start..length.min(start + limit),
            });
        }
    }
    windows
}

/// Windows that go through the model together, laid end to end.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Batch {
    /// Token ids, opening and closing tokens included.
    pub ids: Vec<u32>,
    /// Row of the position table for each token.
    pub positions: Vec<u32>,
    /// The tokens of each window, as ranges of `ids`.
    pub segments: Vec<Range<usize>>,
}

impl Batch {
    /// Appends one window: opening token, content, closing token.
    pub fn push(&mut self, [open, close]: [u32; 2], content: &[u32], first_position: usize) {
        let start = self.ids.len();
        self.ids.push(open);
        self.ids.extend_from_slice(content);
        self.ids.push(close);
        let end = self.ids.len();
        self.positions.extend(
            (first_position..)
                .take(end - start)
                .map(|position| position as u32),
        );
        self.segments.push(start..end);
    }
}

/// Groups neighbouring windows so that a group has at most `budget` tokens (one window may exceed it).
pub(super) fn group(windows: &[Window], budget: usize) -> impl Iterator<Item = &[Window]> {
    let mut rest = windows;
    std::iter::from_fn(move || {
        let mut tokens = 0;
        let fitting = rest.iter().take_while(|window| {
            tokens += window.content.len() + 2;
            tokens <= budget
        });
        let count = fitting.count().max(1);
        let (taken, left) = rest.split_at_checked(count)?;
        rest = left;
        Some(taken)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_text_has_one_empty_window() {
        assert_eq!(
            split([0], 510),
            [Window {
                text: 0,
                content: 0..0
            }]
        );
        assert_eq!(split([510, 511], 510).len(), 3);
    }

    #[test]
    fn positions_start_anew_in_each_window() {
        let mut batch = Batch::default();
        batch.push([0, 2], &[7, 8], 2);
        batch.push([0, 2], &[], 2);
        assert_eq!(batch.ids, [0, 7, 8, 2, 0, 2]);
        assert_eq!(batch.positions, [2, 3, 4, 5, 2, 3]);
        assert_eq!(batch.segments, [0..4, 4..6]);
    }

    proptest! {
        #[test]
        fn every_token_is_read_once(lengths in prop::collection::vec(0usize..2000, 0..20), limit in 1usize..600) {
            let windows = split(lengths.iter().copied(), limit);
            for (text, &length) in lengths.iter().enumerate() {
                let mut next = 0;
                for window in windows.iter().filter(|window| window.text == text) {
                    prop_assert_eq!(window.content.start, next);
                    prop_assert!(window.content.len() <= limit);
                    next = window.content.end;
                }
                prop_assert_eq!(next, length);
            }
        }

        #[test]
        fn groups_keep_order_and_budget(lengths in prop::collection::vec(0usize..2000, 0..20), budget in 1usize..3000) {
            let windows = split(lengths, 510);
            let groups: Vec<_> = group(&windows, budget).collect();
            prop_assert_eq!(&groups.concat(), &windows);
            for group in groups {
                let tokens: usize = group.iter().map(|window| window.content.len() + 2).sum();
                prop_assert!(tokens <= budget || group.len() == 1);
            }
        }
    }
}
