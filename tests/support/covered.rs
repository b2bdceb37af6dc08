//! What must hold for any text that is cut into sentences and noise. Used by tests and by the fuzz targets.

use depeche::article::Span;
use depeche::text::{Document, LONGEST_SENTENCE};

/// Every visible byte of `body` is in exactly one sentence or piece of noise, in order; sentences are clean.
pub fn check(raw: &str, document: &Document, body: Span) {
    let mut spans: Vec<Span> = document.sentences.iter().map(|s| s.span).collect();
    assert!(spans.is_sorted() && document.noise.is_sorted_by_key(|n| n.span));
    spans.extend(document.noise.iter().map(|n| n.span));
    spans.sort();
    let mut at = body.start;
    for span in spans {
        assert!(at <= span.start && span.start < span.end && span.end <= body.end);
        assert!(
            blank(&raw[at..span.start]),
            "lost: {:?}",
            &raw[at..span.start]
        );
        at = span.end;
    }
    assert!(blank(&raw[at..body.end]), "lost: {:?}", &raw[at..body.end]);
    let mut paragraph = 0;
    for sentence in &document.sentences {
        let text = &sentence.text;
        assert!(text.chars().any(char::is_alphanumeric), "{text:?}");
        assert!(
            text.len() <= LONGEST_SENTENCE * 3 / 2,
            "{} bytes",
            text.len()
        );
        assert!(
            !text.contains("  ") && !text.contains(['\n', '\u{a0}', '’']),
            "{text:?}"
        );
        assert_eq!(text.trim(), text);
        assert!(
            sentence.paragraph == paragraph
                || sentence.paragraph == paragraph + 1
                || paragraph == 0
        );
        paragraph = sentence.paragraph;
    }
}

fn blank(text: &str) -> bool {
    let invisible = |c: char| {
        matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
        ) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}')
            || matches!(c, '\u{e0000}'..='\u{e007f}')
    };
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || invisible(c))
}
