//! What the generator is told. Owns the instructions and their one example, and the plain requests of the baselines.
//!
//! The instructions come first and never change, so that an engine can compute them once.

use crate::generator::{Message, Role};

/// The codebook's rule for an abstract, as instructions to an instruct model.
const INSTRUCTIONS: &str = "You write English abstracts of French news-wire dispatches. An abstract is two English \
sentences, at most {max_words} words together. First sentence: who did what with whom, when and where. Second \
sentence: the most important thing that was agreed or said. Copy names, offices, numbers and dates exactly. \
Say nothing that the dispatch does not say. Answer with the abstract alone.";

/// A dispatch as the model sees it (terms and dates already in English), invented for this prompt.
const EXAMPLE_SOURCE: &str = "La deputy minister of agriculture Tran Mai Linh a reçu le 4 October 2021 à Hanoi \
l'ambassadeur de Norway. Les deux parties sont convenues de porter leurs échanges de produits aquatiques à \
900 millions de dollars d'ici 2024.";

const EXAMPLE_ABSTRACT: &str = "Deputy Minister of Agriculture Tran Mai Linh received the Ambassador of Norway in \
Hanoi on 4 October 2021. The two sides agreed to raise their trade in aquatic products to 900 million dollars by 2024.";

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
