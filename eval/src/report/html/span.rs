//! Where evidence stands in the text of a page.
//!
//! Owns [`utf16`]: reports count UTF-8 bytes, browsers count UTF-16 units.

/// A span of UTF-8 bytes as a span of UTF-16 units of the same text.
///
/// A span that cuts a character is widened to the whole character, one that runs beyond the end is cut there. `None` if
/// nothing of the text is in it: it cannot be shown.
pub(super) fn utf16(text: &str, (start, end): (usize, usize)) -> Option<(usize, usize)> {
    if start >= end || start >= text.len() {
        return None;
    }
    let start = text.floor_char_boundary(start);
    let end = text.ceil_char_boundary(end.min(text.len()));
    let before = text[..start].encode_utf16().count();
    Some((before, before + text[start..end].encode_utf16().count()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a browser shows for the span: `text.slice(start, end)`.
    fn shown(text: &str, (start, end): (usize, usize)) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        String::from_utf16(&units[start..end]).expect("whole characters")
    }

    #[test]
    fn table() {
        // é has 2 bytes and 1 unit, 🚢 4 bytes and 2 units, € 3 bytes and 1 unit.
        let text = "Été 🚢 à 5 €.";
        let cases = [
            ((0, 5), Some("Été")),
            ((6, 10), Some("🚢")),
            ((7, 9), Some("🚢")),
            ((1, 2), Some("É")),
            ((11, 400), Some("à 5 €.")),
            ((14, 14), None),
            ((9, 3), None),
            ((400, 500), None),
        ];
        for (span, expected) in cases {
            let found = utf16(text, span).map(|span| shown(text, span));
            assert_eq!(found.as_deref(), expected, "{span:?}");
        }
        assert_eq!(utf16("", (0, 1)), None);
    }

    proptest! {
        #[test]
        fn a_span_on_characters_shows_just_these(text in "\\PC{1,40}", a in 0usize..200, b in 0usize..200) {
            let start = text.floor_char_boundary(a.min(b));
            let end = text.ceil_char_boundary(a.max(b));
            match utf16(&text, (start, end)) {
                Some(span) => prop_assert_eq!(shown(&text, span), &text[start..end]),
                None => prop_assert!(start >= end),
            }
        }

        #[test]
        fn any_span_is_shown_or_refused(text in "\\PC{0,20}", start in 0usize..100, end in 0usize..100) {
            if let Some((from, to)) = utf16(&text, (start, end)) {
                prop_assert!(from < to && to <= text.encode_utf16().count());
            }
        }
    }
}
