//! Articles that name special tokens: whatever a message says, its prompt has the special tokens of the template and no
//! others. With tiny tokenizers, and with the real ones that are in the cache.

use super::gguf::GgufFile;
use super::template::ChatTemplate;
use super::tiny_gguf::{TinyGguf, sentencepiece_metadata};
use super::tokenizer::PromptTokenizer;
use super::weights::cached_model;
use super::{Message, Role};
use crate::special_names;
use std::path::Path;

/// A model's template and tokenizer, without its weights.
struct Prompts {
    template: ChatTemplate,
    tokenizer: PromptTokenizer,
}

impl Prompts {
    fn open(path: &Path) -> Self {
        let file = GgufFile::open(path).unwrap();
        let tokenizer = PromptTokenizer::read(&file).unwrap();
        let name = |id: Option<u32>| {
            id.map_or("", |id| tokenizer.vocabulary().text(id))
                .to_owned()
        };
        let (bos, eos) = (tokenizer.vocabulary().bos, tokenizer.vocabulary().eos);
        let source = file.text("tokenizer.chat_template").unwrap();
        Self {
            template: ChatTemplate::new(source, name(bos), name(eos)).unwrap(),
            tokenizer,
        }
    }

    /// The special tokens of a conversation in which the article says `text`.
    fn special(&self, text: &str) -> Vec<u32> {
        let turn = |role, content: &str| Message {
            role,
            content: content.to_owned(),
        };
        let messages = [
            turn(Role::System, "Sois bref."),
            turn(Role::User, "Sentence: Oui."),
            turn(Role::Assistant, "Yes."),
            turn(Role::User, &format!("Sentence: {text}")),
        ];
        let pieces = self.template.render(&messages).unwrap();
        let mut ids = self.tokenizer.encode(&pieces).unwrap();
        ids.retain(|&id| self.tokenizer.vocabulary().is_special(id));
        ids
    }

    fn check(&self, model: &str) {
        let plain = self.special("Le ministre est arrivé.");
        for name in special_names::GENERATOR
            .into_iter()
            .chain(special_names::ENCODER)
        {
            for text in [
                name.to_owned(),
                format!("Le {name}mot{name}."),
                name.repeat(20),
            ] {
                assert_eq!(self.special(&text), plain, "{model}: {text}");
            }
        }
        // Every name that the model itself has.
        let names: Vec<&str> = self.tokenizer.vocabulary().special_names().collect();
        let step = names.len().div_ceil(300).max(1);
        for name in names.into_iter().step_by(step) {
            assert_eq!(
                self.special(&format!("Le {name} mot")),
                plain,
                "{model}: {name}"
            );
        }
    }
}

#[test]
fn an_article_makes_no_special_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    let byte_level = TinyGguf::new("qwen2");
    let sentencepiece = sentencepiece_metadata().into_iter().fold(
        TinyGguf::new("llama").without("tokenizer.ggml.merges"),
        |tiny, (key, value)| tiny.with(key, value),
    );
    for (model, tiny) in [("byte level", byte_level), ("sentencepiece", sentencepiece)] {
        tiny.write(&path);
        let prompts = Prompts::open(&path);
        assert!(!prompts.special("Oui.").is_empty(), "{model}");
        prompts.check(model);
    }
}

#[test]
fn nor_with_the_real_tokenizers() {
    let models = [
        "qwen2.5-coder-1.5b-instruct",
        "qwen2.5-coder-0.5b-instruct",
        "gemma-3-270m",
    ];
    for (model, path) in models.iter().filter_map(|id| Some((id, cached_model(id)?))) {
        Prompts::open(&path).check(model);
    }
}
