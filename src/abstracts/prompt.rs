//! What the generator is told. Owns the instructions and their one example, and the plain requests of the baselines.
//!
//! The instructions come first and never change, so that an engine can compute them once.

use crate::generator::{Message, Role};

/// What is asked of the generator: a sentence of an abstract, not the abstract, because a small model that is given
/// more says of one person what is told of another.
const INSTRUCTIONS: &str = "You put sentences of French news-wire dispatches into English. Write one short English \
sentence of at most 30 words with what the French sentence says: who did what with whom, when and where, and the \
figure or decision that matters. Copy names, offices, numbers and dates exactly: they are in English already. The \
context only tells who and what is meant. Say nothing that the sentence does not say. Answer with the English \
sentence alone.";

/// A sentence as the model sees it, with terms in English. It has no name, number or date, so that none of them can
/// turn up in the abstract of another dispatch.
const EXAMPLE: [&str; 3] = [
    "Le mayor a reçu au town hall les représentants des pêcheurs, venus demander la réouverture du port.",
    "Après deux heures d'entretiens, ils sont convenus de le rouvrir avant l'hiver.",
    "The mayor and the fishermen agreed to reopen the port before winter.",
];

/// Words of the example that could leak into the abstract of another dispatch, with the beginning of their French:
/// they may be written only where the article has one of both.
pub const EXAMPLE_WORDS: [(&str, &str); 5] = [
    ("mayor", "mair"),
    ("fishermen", "pêcheur"),
    ("reopen", "rouv"),
    ("winter", "hiver"),
    ("town hall", "mairie"),
];

/// A sentence with its context, which can be empty.
pub(super) fn passage(context: &str, sentence: &str) -> String {
    match context {
        "" => format!("Sentence: {sentence}"),
        context => format!("{}\n\nSentence: {sentence}", beginning(context)),
    }
}

/// The beginning of a passage whose context begins with this.
pub(super) fn beginning(context: &str) -> String {
    format!("Context: {context}")
}

/// The conversation that asks for a passage in English.
pub fn messages(passage: &str) -> Vec<Message> {
    let turn = |role, content: &str| Message {
        role,
        content: content.to_owned(),
    };
    let [context, sentence, english] = EXAMPLE;
    vec![
        turn(Role::System, INSTRUCTIONS),
        turn(Role::User, &self::passage(context, sentence)),
        turn(Role::Assistant, english),
        turn(Role::User, passage),
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
        for text in EXAMPLE {
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
            assert!(EXAMPLE.concat().contains(english), "{english}");
        }
    }

    #[test]
    fn the_passage_comes_last() {
        let messages = messages(&passage("", "La source."));
        let last = messages.last().map(|last| last.content.as_str());
        assert_eq!(last, Some("Sentence: La source."));
    }
}
