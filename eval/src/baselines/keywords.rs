//! Keywords: an article has a topic if it contains one of the topic's terms.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::BaselineError;
use crate::read::gold::Gold;
use crate::read::prediction::Prediction;

#[derive(Deserialize)]
struct TermsFile {
    topic: Vec<TopicTerms>,
}

#[derive(Deserialize)]
struct TopicTerms {
    id: String,
    #[serde(default)]
    terms: Vec<String>,
}

/// Looks for the terms of each topic. The probability of a topic with n terms found is n / (n + 1): it only ranks.
pub(super) fn predict(
    path: &Path,
    articles: &[Gold],
    topics: &[String],
) -> Result<Vec<Prediction>, BaselineError> {
    let text = std::fs::read_to_string(path).map_err(|source| BaselineError::Terms {
        path: path.to_owned(),
        source,
    })?;
    let file: TermsFile = toml::from_str(&text).map_err(|source| BaselineError::Syntax {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    let terms: HashMap<&str, Vec<String>> = file
        .topic
        .iter()
        .map(|topic| {
            let terms = topic
                .terms
                .iter()
                .map(|term| padded(term.trim_end_matches('*')));
            // A term with a star may go on: no space is asked for behind it.
            let stars = topic.terms.iter().map(|term| term.ends_with('*'));
            let terms = terms.zip(stars).map(|(term, star)| match star {
                true => term.trim_end().to_owned(),
                false => term,
            });
            (topic.id.as_str(), terms.collect())
        })
        .collect();
    if topics
        .iter()
        .all(|topic| terms.get(topic.as_str()).is_none_or(Vec::is_empty))
    {
        return Err(BaselineError::NoTerms {
            path: path.to_owned(),
        });
    }
    let predict = |article: &Gold| {
        let text = padded(&format!(
            "{} {}",
            article.title.as_deref().unwrap_or(""),
            article.text
        ));
        let probability = |topic: &String| {
            let terms = terms
                .get(topic.as_str())
                .map(Vec::as_slice)
                .unwrap_or_default();
            let found = terms
                .iter()
                .filter(|term| text.contains(term.as_str()))
                .count() as f64;
            found / (found + 1.0)
        };
        super::prediction(
            &article.id,
            topics,
            topics.iter().map(probability).collect(),
        )
    };
    Ok(articles.iter().map(predict).collect())
}

/// Lower case, one space between words and at both ends, everything else gone.
fn padded(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_and_stars() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("terms.toml");
        let file = "[[topic]]\nid = \"t\"\nterms = [\"libre-échange\", \"commercia*\"]\n";
        std::fs::write(&path, file).expect("written");
        let topics = ["t".to_owned()];
        let table = [
            ("Accord de Libre-Échange.", 0.5),
            ("Les échanges commerciaux et le libre-échange", 2.0 / 3.0),
            ("Le commerce", 0.0),
            ("libre-échangiste", 0.0),
        ];
        for (text, expected) in table {
            let article = Gold {
                id: "a".to_owned(),
                text: text.to_owned(),
                ..Gold::default()
            };
            let predictions = predict(&path, &[article], &topics).expect("good terms");
            assert_eq!(predictions[0].probability("t"), Some(expected), "{text}");
            assert_eq!(predictions[0].assigns("t"), expected >= 0.5, "{text}");
        }
        let error = predict(&path, &[], &["other".to_owned()]).expect_err("no such topic");
        assert!(matches!(error, BaselineError::NoTerms { .. }), "{error}");
    }
}
