//! The hash by which a later run knows whether an article has changed.
//!
//! Of an article: everything that shapes its record. Of what is no article: its bytes.

use crate::article::Article;
use crate::record::fingerprint;

/// The hash of an article's text, body, headline and date.
pub fn of_article(article: &Article) -> String {
    let body = format!("{}-{}", article.body.start, article.body.end);
    let parts = [
        Some(article.text.as_str()),
        Some(body.as_str()),
        article.title.as_deref(),
        article.date.as_deref(),
    ];
    let mut bytes = Vec::new();
    for part in parts {
        // The length goes first, so that the end of one part is never taken for the start of the next.
        let length = part.map_or("none".to_owned(), |part| part.len().to_string());
        bytes.extend_from_slice(length.as_bytes());
        bytes.push(b':');
        bytes.extend_from_slice(part.unwrap_or_default().as_bytes());
    }
    fingerprint(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Span;

    fn hash(text: &str, start: usize, title: Option<&str>, date: Option<&str>) -> String {
        of_article(&Article {
            id: "a".into(),
            source: "a.txt".into(),
            body: Span {
                start,
                end: text.len(),
            },
            text: text.into(),
            title: title.map(str::to_owned),
            date: date.map(str::to_owned),
            url: None,
            language: None,
        })
    }

    #[test]
    fn whatever_shapes_a_record_changes_the_hash() {
        let hashes = [
            hash("Un texte.", 0, Some("Titre"), Some("2024")),
            hash("Un texte!", 0, Some("Titre"), Some("2024")),
            hash("Un texte.", 3, Some("Titre"), Some("2024")),
            hash("Un texte.", 0, None, Some("2024")),
            hash("Un texte.", 0, Some("Titre2024"), None),
            hash("Un texte.", 0, Some("Titre"), Some("2025")),
            hash("Un texte.", 0, Some("Titre2"), Some("024")),
        ];
        for (at, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..at].contains(hash), "{at}");
        }
        assert_eq!(hashes[0], hash("Un texte.", 0, Some("Titre"), Some("2024")));
    }
}
