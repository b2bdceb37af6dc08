//! Brackets and straight quotation marks that belong together.
//!
//! Owns the search for pairs in one paragraph, given as characters with their offsets.
//! [`sentences`](super::sentences) decides what a pair means for the end of a sentence.

/// A bracket longer than this, in characters, no longer keeps its sentences together.
const LONGEST_BRACKET: usize = 200;

/// For each character inside a pair of round or square brackets not longer than
/// [`LONGEST_BRACKET`], the index of the outermost such closing bracket; 0 elsewhere.
pub(super) fn short_brackets(chars: &[(usize, char)]) -> Vec<usize> {
    let mut closes = vec![0; chars.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (index, &(_, c)) in chars.iter().enumerate() {
        match c {
            '(' | '[' => open.push(index),
            ')' | ']' => {
                if let Some(first) = open.pop()
                    && index - first <= LONGEST_BRACKET
                {
                    // Pairs inside this one are covered by it.
                    while pairs.last().is_some_and(|&(inner, _)| inner > first) {
                        pairs.pop();
                    }
                    pairs.push((first, index));
                }
            }
            _ => {}
        }
    }
    for (first, last) in pairs {
        closes[first..last].fill(last);
    }
    closes
}

/// For each character, whether a straight double quote is open before it. Space around a quote says
/// whether it opens or closes; without space, quotes alternate.
pub(super) fn open_quotes(chars: &[(usize, char)]) -> Vec<bool> {
    let mut open = false;
    let mut states = Vec::with_capacity(chars.len());
    for (index, &(_, c)) in chars.iter().enumerate() {
        states.push(open);
        if c == '"' {
            let space_before = index == 0 || chars[index - 1].1.is_whitespace();
            let space_after = chars.get(index + 1).is_none_or(|&(_, c)| c.is_whitespace());
            open = match (space_before, space_after) {
                (true, false) => true,
                (false, true) => false,
                _ => !open,
            };
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<(usize, char)> {
        text.char_indices().collect()
    }

    #[test]
    fn the_outermost_short_bracket_counts() {
        assert_eq!(
            short_brackets(&chars("a(b[c]d)e")),
            [0, 7, 7, 7, 7, 7, 7, 0, 0]
        );
        assert_eq!(short_brackets(&chars("a)b(c")), [0; 5]);
        let long = format!("({}(x))", "y".repeat(LONGEST_BRACKET));
        let closes = short_brackets(&chars(&long));
        assert_eq!(closes[1], 0);
        assert_eq!(closes[LONGEST_BRACKET + 2], LONGEST_BRACKET + 3);
    }

    #[test]
    fn spaces_say_which_quote_opens() {
        let open: Vec<usize> = open_quotes(&chars("a \"b c\" d.\"e\" f"))
            .into_iter()
            .enumerate()
            .filter_map(|(index, open)| open.then_some(index))
            .collect();
        assert_eq!(open, [3, 4, 5, 6, 11, 12]);
    }
}
