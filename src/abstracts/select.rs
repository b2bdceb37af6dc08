//! Which sentences the generator is given: the leading ones. A dispatch says first what matters.

/// Most sentences given.
const MAX_SENTENCES: usize = 4;
/// Most bytes of text given, the first sentence not counted against it.
const MAX_BYTES: usize = 900;

/// The leading sentences: at least one, at most [`MAX_SENTENCES`], within [`MAX_BYTES`] after the first.
pub fn leading<'a>(sentences: impl Iterator<Item = &'a str>) -> usize {
    let mut bytes = 0;
    let mut count = 0;
    for sentence in sentences.take(MAX_SENTENCES) {
        bytes += sentence.len();
        if count > 0 && bytes > MAX_BYTES {
            break;
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lead_is_always_given_and_the_rest_within_bounds() {
        let long = "a".repeat(2_000);
        let table: [(Vec<&str>, usize); 4] = [
            (vec![], 0),
            (vec![&long, "b"], 1),
            (vec!["a"; 9], MAX_SENTENCES),
            (vec!["a", &long], 1),
        ];
        for (sentences, expected) in table {
            assert_eq!(leading(sentences.iter().copied()), expected);
        }
    }
}
