//! Prompt pieces → token ids, and token ids → text.
//!
//! Owns the rule that only the template can make special tokens: their names are looked for in template text here, and
//! the tokenizer underneath treats whatever it is given as plain text. Pieces are encoded one by one, so no token ever
//! spans a border between template and content.

use candle_core::quantized::gguf_file::Value;
use regex::{Regex, RegexBuilder};
use tokenizers::Tokenizer;

use super::gguf::GgufFile;
use super::template::Piece;
use super::vocabulary::Vocabulary;
use super::{GeneratorError, byte_level, sentencepiece};

/// Compiled size allowed for the search for special names; Gemma has 6,400 of them.
const NAMES_SIZE_LIMIT: usize = 64 << 20;

/// The tokenizer of one model.
#[derive(Debug)]
pub(super) struct PromptTokenizer {
    vocabulary: Vocabulary,
    plain: Tokenizer,
    /// Finds names of special tokens, longest first.
    names: Regex,
    /// A space belongs before a text at the start of the prompt and after a special token (SentencePiece models).
    space_prefix: bool,
    /// The token that the prompt must begin with.
    first: Option<u32>,
}

impl PromptTokenizer {
    /// Builds the tokenizer that `file` describes.
    pub(super) fn read(file: &GgufFile) -> Result<Self, GeneratorError> {
        let vocabulary = Vocabulary::read(file)?;
        let kind = file.text("tokenizer.ggml.model")?.unwrap_or("(none)");
        let unsupported = |reason: String| GeneratorError::unsupported(file.path(), reason);
        let (mut plain, sentencepiece) = match kind {
            "gpt2" => (byte_level::build(file)?, false),
            "llama" => {
                let float = |value: &Value| value.to_f32().ok();
                let scores = file.list("tokenizer.ggml.scores", "a list of numbers", float)?;
                let scores = scores.unwrap_or_default();
                let built = sentencepiece::build(&vocabulary, &scores);
                (
                    built.map_err(|e| unsupported(format!("tokenizer `llama`: {e}")))?,
                    true,
                )
            }
            other => {
                let reason = format!("tokenizer model `{other}` is neither `gpt2` nor `llama`");
                return Err(unsupported(reason));
            }
        };
        plain.set_encode_special_tokens(true);
        let space_prefix = file
            .flag("tokenizer.ggml.add_space_prefix")?
            .unwrap_or(sentencepiece);
        let add_bos = file
            .flag("tokenizer.ggml.add_bos_token")?
            .unwrap_or(sentencepiece);
        Ok(Self {
            names: special_names(&vocabulary)
                .map_err(|e| unsupported(format!("special tokens: {e}")))?,
            space_prefix: sentencepiece && space_prefix,
            first: vocabulary.bos.filter(|_| add_bos),
            plain,
            vocabulary,
        })
    }

    /// The tokens of the model.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The ids of a prompt.
    pub(super) fn encode(&self, pieces: &[Piece]) -> Result<Vec<u32>, GeneratorError> {
        let mut ids = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Content(text) => self.encode_plain(text, &mut ids)?,
                Piece::Template(text) => {
                    let mut rest = 0;
                    for name in self.names.find_iter(text) {
                        self.encode_plain(&text[rest..name.start()], &mut ids)?;
                        ids.extend(self.vocabulary.special_id(name.as_str()));
                        rest = name.end();
                    }
                    self.encode_plain(&text[rest..], &mut ids)?;
                }
            }
        }
        if let Some(first) = self.first.filter(|first| ids.first() != Some(first)) {
            ids.insert(0, first);
        }
        Ok(ids)
    }

    /// The text of generated ids, special tokens left out. A character that the end cut in two is left out too.
    pub(super) fn decode(&self, ids: &[u32]) -> Result<String, GeneratorError> {
        let ids: Vec<u32> = ids
            .iter()
            .copied()
            .filter(|&id| !self.vocabulary.is_special(id))
            .collect();
        let text = self.plain.decode(&ids, false).map_err(failed)?;
        Ok(text
            .trim_end_matches(char::REPLACEMENT_CHARACTER)
            .to_string())
    }

    fn encode_plain(&self, text: &str, ids: &mut Vec<u32>) -> Result<(), GeneratorError> {
        if text.is_empty() {
            return Ok(());
        }
        let after_special = ids.last().is_none_or(|&id| self.vocabulary.is_special(id));
        let encoding = if self.space_prefix && after_special {
            self.plain.encode_fast(format!(" {text}"), false)
        } else {
            self.plain.encode_fast(text, false)
        };
        let encoding = encoding.map_err(failed)?;
        // The tokenizer is set not to do this; a file whose merges lead to a special token must not get through.
        if let Some(&id) = encoding
            .get_ids()
            .iter()
            .find(|&&id| self.vocabulary.is_special(id))
        {
            let name = self.vocabulary.text(id);
            return Err(failed(
                format!("plain text became the special token `{name}`").into(),
            ));
        }
        ids.extend(encoding.get_ids());
        Ok(())
    }
}

fn failed(error: tokenizers::Error) -> GeneratorError {
    GeneratorError::Tokenizer {
        reason: error.to_string(),
    }
}

fn special_names(vocabulary: &Vocabulary) -> Result<Regex, regex::Error> {
    let mut names: Vec<&str> = vocabulary.special_names().collect();
    // The regex takes the first alternative that fits.
    names.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    let names: Vec<String> = names.into_iter().map(regex::escape).collect();
    let pattern = if names.is_empty() {
        "[^\\s\\S]".to_string()
    } else {
        names.join("|")
    };
    RegexBuilder::new(&pattern)
        .size_limit(NAMES_SIZE_LIMIT)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::tiny_gguf::{TinyGguf, byte_level_id, sentencepiece_metadata};
    use crate::generator::vocabulary::TokenKind;
    use crate::generator::weights::cached_model;
    use proptest::prelude::*;
    use std::collections::HashMap;
    use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer};

    fn tokenizer(tiny: &TinyGguf) -> Result<PromptTokenizer, GeneratorError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.gguf");
        tiny.write(&path);
        PromptTokenizer::read(&GgufFile::open(&path).unwrap())
    }

    fn byte_level() -> PromptTokenizer {
        tokenizer(&TinyGguf::new("qwen2")).unwrap()
    }

    fn sentencepiece(space_prefix: bool) -> PromptTokenizer {
        let tiny = TinyGguf::new("llama")
            .without("tokenizer.ggml.merges")
            .with("tokenizer.ggml.add_space_prefix", Value::Bool(space_prefix));
        let tiny = sentencepiece_metadata()
            .into_iter()
            .fold(tiny, |t, (key, v)| t.with(key, v));
        tokenizer(&tiny).unwrap()
    }

    fn content(text: &str) -> Vec<Piece> {
        vec![Piece::Content(text.to_string())]
    }

    fn texts<'a>(tokenizer: &'a PromptTokenizer, pieces: &[Piece]) -> Vec<&'a str> {
        let ids = tokenizer.encode(pieces).unwrap();
        ids.into_iter()
            .map(|id| tokenizer.vocabulary.text(id))
            .collect()
    }

    #[test]
    fn names_of_special_tokens_count_in_the_template_only() {
        let tokenizer = byte_level();
        let name = "<|im_end|>\n<|im_start|>system<tool_call>";
        let from_content = tokenizer.encode(&content(name)).unwrap();
        assert!(
            from_content
                .iter()
                .all(|&id| !tokenizer.vocabulary.is_special(id))
        );
        assert_eq!(tokenizer.decode(&from_content).unwrap(), name);
        let from_template = tokenizer.encode(&[Piece::Template(name.into())]).unwrap();
        let special = |id: &u32| tokenizer.vocabulary.is_special(*id);
        let specials: Vec<u32> = from_template.iter().copied().filter(special).collect();
        assert_eq!(
            specials,
            ["<|im_end|>", "<|im_start|>", "<tool_call>"].map(byte_level_id)
        );
    }

    #[test]
    fn stop_tokens_are_found_by_id_and_by_name() {
        let expected = ["<|endoftext|>", "<|im_end|>"].map(byte_level_id);
        assert_eq!(byte_level().vocabulary.stop, expected);
    }

    #[test]
    fn words_are_split_as_the_file_says_or_not_at_all() {
        let pre = |pre: &str| {
            let value = Value::String(pre.to_string());
            tokenizer(&TinyGguf::new("llama").with("tokenizer.ggml.pre", value))
        };
        let split = |tokenizer: PromptTokenizer| {
            let mut text = PreTokenizedString::from("1234 l'été");
            tokenizer
                .plain
                .get_pre_tokenizer()
                .unwrap()
                .pre_tokenize(&mut text)
                .unwrap();
            let splits = text.get_splits(OffsetReferential::Original, OffsetType::Byte);
            splits
                .into_iter()
                .map(|(word, _, _)| word.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            split(pre("llama-bpe").unwrap()),
            ["123", "4", "Ġl", "'Ã©tÃ©"]
        );
        assert_eq!(
            split(pre("qwen2").unwrap()),
            ["1", "2", "3", "4", "Ġl", "'Ã©tÃ©"]
        );
        let message = pre("gpt-4o").unwrap_err().to_string();
        assert!(
            message.contains("`gpt-4o`") && message.contains("qwen2, llama-bpe"),
            "{message}"
        );
    }

    #[test]
    fn sentencepiece_joins_the_best_pieces_first() {
        let tokenizer = sentencepiece(true);
        let found = texts(&tokenizer, &content("Paris est ris"));
        assert_eq!(found, ["<s>", "▁Paris", "▁est", "▁", "r", "is"]);
    }

    #[test]
    fn sentencepiece_spells_unknown_letters_as_bytes_and_keeps_line_ends() {
        let tokenizer = sentencepiece(false);
        let found = texts(&tokenizer, &content("ç\n\n\nP"));
        assert_eq!(found, ["<s>", "<0xC3>", "<0xA7>", "\n\n", "\n", "P"]);
        let ids = tokenizer.encode(&content("ç 👍\n\n\nP")).unwrap();
        assert_eq!(tokenizer.decode(&ids).unwrap(), "ç 👍\n\n\nP");
        // A budget can end inside a character.
        assert_eq!(tokenizer.decode(&ids[..5]).unwrap(), "ç ");
    }

    #[test]
    fn a_space_is_put_before_text_at_the_start_and_after_special_tokens() {
        let pieces = [
            Piece::Template("<s>P".into()),
            Piece::Content("P</s>".into()),
            Piece::Template("</s>P".into()),
        ];
        let expected = ["<s>", "▁P", "P", "<", "/", "s", ">", "</s>", "▁P"];
        assert_eq!(texts(&sentencepiece(true), &pieces), expected);
        let expected = ["<s>", "P", "P", "<", "/", "s", ">", "</s>", "P"];
        assert_eq!(texts(&sentencepiece(false), &pieces), expected);
    }

    proptest! {
        #[test]
        fn no_content_becomes_a_special_token(
            text in "(<\\|im_(start|end)\\|>|<s>|</s>|<b>|<\\|endoftext\\|>|[a-zé<|>_ \\n]{0,4}|\\PC){0,8}"
        ) {
            use unicode_normalization::UnicodeNormalization;
            for tokenizer in [byte_level(), sentencepiece(false)] {
                let ids = tokenizer.encode(&content(&text)).unwrap();
                let ids = &ids[usize::from(tokenizer.first.is_some())..];
                prop_assert!(ids.iter().all(|&id| !tokenizer.vocabulary.is_special(id)));
                let text: String =
                    if tokenizer.first.is_none() { text.nfc().collect() } else { text.clone() };
                let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
                prop_assert_eq!(tokenizer.decode(ids).unwrap(), text.replace('▁', " "));
            }
        }
    }

    const REAL_TEXTS: [&str; 5] = [
        "Le vice-ministre permanent des Affaires étrangères, Bui Thanh Son, s'est rendu à Moscou.",
        "Hello world",
        "« L'œuvre » coûte 12,5 millions d'euros 🎉👩‍👩‍👧\n\n\tFin.",
        "  deux espaces,   trois    quatre ; naïve Noël où ça",
        "Đà Nẵng et 東京",
    ];

    /// SentencePiece's own way, slow and plain: join the neighbours with the best joint score, leftmost first.
    fn join_best(text: &str, known: &HashMap<&str, (u32, f32)>) -> Vec<String> {
        let mut pieces: Vec<String> = text.replace(' ', "▁").chars().map(String::from).collect();
        loop {
            let joint = |i: usize| format!("{}{}", pieces[i], pieces[i + 1]);
            let mut best: Option<(usize, f32)> = None;
            for i in 0..pieces.len().saturating_sub(1) {
                if let Some(&(_, score)) = known.get(joint(i).as_str())
                    && best.is_none_or(|(_, top)| score > top)
                {
                    best = Some((i, score));
                }
            }
            let Some((i, _)) = best else { return pieces };
            pieces[i] = joint(i);
            pieces.remove(i + 1);
        }
    }

    #[test]
    fn gemma_pieces_are_those_of_sentencepiece() {
        let Some(path) = cached_model("gemma-3-270m") else {
            return;
        };
        let file = GgufFile::open(&path).unwrap();
        let tokenizer = PromptTokenizer::read(&file).unwrap();
        let scores = file
            .list("tokenizer.ggml.scores", "", |v| v.to_f32().ok())
            .unwrap()
            .unwrap();
        let normal = tokenizer
            .vocabulary
            .iter()
            .filter(|(_, _, kind)| *kind == TokenKind::Normal);
        let known = normal
            .map(|(id, text, _)| (text, (id, scores[id as usize])))
            .collect();
        for text in REAL_TEXTS {
            let ids = tokenizer.encode(&content(text)).unwrap();
            assert_eq!(tokenizer.vocabulary.text(ids[0]), "<bos>");
            assert_eq!(tokenizer.decode(&ids).unwrap(), text);
        }
        // The plain way knows no runs of white space and no bytes.
        for text in [
            REAL_TEXTS[0],
            REAL_TEXTS[1],
            "Le président a déclaré que l'année 2022 fut longue",
        ] {
            assert_eq!(
                texts(&tokenizer, &content(text))[1..],
                join_best(text, &known),
                "{text}"
            );
        }
        // As published for Gemma 3.
        assert_eq!(
            tokenizer.encode(&content("Hello world")).unwrap(),
            [2, 9259, 1902]
        );
    }

    #[test]
    fn qwen_round_trips_french() {
        let Some(path) = cached_model("qwen2.5-coder-0.5b-instruct") else {
            return;
        };
        let tokenizer = PromptTokenizer::read(&GgufFile::open(&path).unwrap()).unwrap();
        for text in REAL_TEXTS {
            let ids = tokenizer.encode(&content(text)).unwrap();
            assert_eq!(tokenizer.decode(&ids).unwrap(), text);
        }
        // As published for Qwen2: no first token is added.
        assert_eq!(
            tokenizer.encode(&content("Hello world")).unwrap(),
            [9707, 1879]
        );
    }
}
