//! What the generator is told. Owns the instructions and their one example, and the plain requests of the baselines.
//!
//! The instructions come first and never change, so that an engine can compute them once.

use crate::generator::{Message, Role};

/// The codebook's rule for an abstract, as instructions to an instruct model.
const INSTRUCTIONS: &str = "You write English abstracts of French news-wire dispatches. An abstract is one or two \
English sentences, at most {max_words} words together. It says who did what with whom, when and where, and the \
figure or decision that matters most. Copy names, offices, numbers and dates exactly: they are in English already. \
Say nothing that the dispatch does not say. Answer with the abstract alone.";

/// A dispatch as the model sees it, with terms in English. It has no name, number or date, so that none of them can
/// turn up in the abstract of another dispatch.
const EXAMPLE_SOURCE: &str = "Le mayor a reçu au town hall les représentants des pêcheurs, venus demander la \
réouverture du port. Les deux parties sont convenues de le rouvrir avant l'hiver.";

const EXAMPLE_ABSTRACT: &str = "The mayor received representatives of the fishermen at the town hall, where they asked \
for the port to be reopened. The two sides agreed to reopen it before winter.";

/// Words of the example that could leak into the abstract of another dispatch, with the beginning of their French:
/// they may be written only where the article has one of both.
pub const EXAMPLE_WORDS: [(&str, &str); 5] = [
    ("mayor", "mair"),
    ("fishermen", "pêcheur"),
    ("reopen", "rouv"),
    ("winter", "hiver"),
    ("town hall", "mairie"),
];

/// The conversation that asks for an abstract of `source`.
pub fn messages(source: &str, max_words: usize) -> Vec<Message> {
    let instructions = INSTRUCTIONS.replace("{max_words}", &max_words.to_string());
    let turn = |role, content: String| Message { role, content };
    vec![
        turn(Role::System, instructions),
        turn(Role::User, EXAMPLE_SOURCE.to_owned()),
        turn(Role::Assistant, EXAMPLE_ABSTRACT.to_owned()),
        turn(Role::User, source.to_owned()),
    ]
}

/// The baseline's request: a translation of one French sentence.
pub fn translation(sentence: &str) -> Vec<Message> {
    let content = format!(
        "Translate this French sentence into English. Answer with the translation alone.\n\n{sentence}"
    );
    vec![Message {
        role: Role::User,
        content,
    }]
}

/// The baseline's request: what somebody would simply ask, with the whole article.
pub fn plain(article: &str, max_words: usize) -> Vec<Message> {
    let content = format!(
        "Summarize the following French news article in English, in at most {max_words} words.\n\n{article}"
    );
    vec![Message {
        role: Role::User,
        content,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_has_no_fact_that_could_leak() {
        for text in [EXAMPLE_SOURCE, EXAMPLE_ABSTRACT] {
            assert!(!text.contains(|c: char| c.is_ascii_digit()));
            let names = text.match_indices(' ').filter(|(space, _)| {
                let inside = !text[..*space].ends_with('.');
                inside && text[space + 1..].starts_with(char::is_uppercase)
            });
            assert_eq!(names.count(), 0, "{text}");
        }
    }

    #[test]
    fn the_words_that_could_leak_are_those_of_the_example() {
        for (english, _) in EXAMPLE_WORDS {
            assert!(EXAMPLE_ABSTRACT.contains(english), "{english}");
        }
    }

    #[test]
    fn the_limit_and_the_source_are_given() {
        let messages = messages("La source.", 42);
        assert!(messages[0].content.contains("at most 42 words"));
        assert_eq!(
            messages.last().map(|last| last.content.as_str()),
            Some("La source.")
        );
    }
}
