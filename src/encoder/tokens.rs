//! Text → content token ids, with the `tokenizer.json` of the model.
//!
//! Opening and closing tokens are known here but set by [`super::windows`], since a text may have
//! several windows. The name of a special token in a text (`</s>`, `<mask>`) is read as plain characters.

use std::path::Path;

use serde_json::Value;
use tokenizers::Tokenizer;

use super::EncoderError;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The tokenizer of one model.
#[derive(Debug)]
pub(super) struct Tokens {
    tokenizer: Tokenizer,
    /// Ids of the opening and the closing token (`<s>` and `</s>`, or `[CLS]` and `[SEP]`).
    pub frame: [u32; 2],
}

impl Tokens {
    /// Reads a `tokenizer.json` for a model of `vocabulary` word vectors.
    pub fn load(path: &Path, vocabulary: usize) -> Result<Self, EncoderError> {
        let json = std::fs::read(path).map_err(|source| EncoderError::Read {
            path: path.to_owned(),
            source,
        })?;
        let broken = |source| EncoderError::Tokenizer {
            path: path.to_owned(),
            source,
        };
        let mut json: Value =
            serde_json::from_slice(&json).map_err(|error| broken(error.into()))?;
        hide_special_tokens(&mut json);
        let mut tokenizer: Tokenizer =
            serde_json::from_value(json).map_err(|error| broken(error.into()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(broken)?;
        let frame = frame(&tokenizer, path)?;
        let highest = frame.into_iter().max().map_or(0, |id| id as usize);
        let ids = tokenizer.get_vocab_size(true).max(highest + 1);
        if ids > vocabulary {
            return Err(EncoderError::Unsupported {
                path: path.to_owned(),
                reason: format!(
                    "it has {ids} ids but the model has {vocabulary} word vectors; \
                     use the tokenizer that came with the model"
                ),
            });
        }
        Ok(Self { tokenizer, frame })
    }

    /// Content tokens of `text`, without opening and closing token.
    pub fn content(&self, text: &str) -> Result<Vec<u32>, BoxError> {
        Ok(self.tokenizer.encode_fast(text, false)?.get_ids().to_vec())
    }
}

/// The two tokens that the tokenizer's own template puts around an empty text.
fn frame(tokenizer: &Tokenizer, path: &Path) -> Result<[u32; 2], EncoderError> {
    let encoding = tokenizer
        .encode("", true)
        .map_err(|source| EncoderError::Tokenizer {
            path: path.to_owned(),
            source,
        })?;
    <[u32; 2]>::try_from(encoding.get_ids()).map_err(|_| EncoderError::Unsupported {
        path: path.to_owned(),
        reason: format!(
            "its template puts {} tokens around an empty text; supported is one before and one after",
            encoding.len()
        ),
    })
}

/// Makes special tokens unreachable from text; the template still puts them by id.
///
/// Dropping them from the list of added tokens stops the search for their names. But a Unigram
/// vocabulary has `</s>` as a piece too, with the best score of all, and would still find it, where
/// SentencePiece itself never matches a control symbol. So such a piece gets a name which no text can
/// have: it begins with a space, and the pre-tokenizer turns each space into `▁`.
fn hide_special_tokens(tokenizer: &mut Value) {
    let mut names = Vec::new();
    if let Some(Value::Array(added)) = tokenizer.get_mut("added_tokens") {
        added.retain(|token| {
            let special = token["special"] == true;
            if special && let Some(name) = token["content"].as_str() {
                names.push(name.to_owned());
            }
            !special
        });
    }
    // Only a Unigram model lists its vocabulary as an array, of pairs of piece and score.
    let vocabulary = tokenizer
        .pointer_mut("/model/vocab")
        .and_then(Value::as_array_mut);
    for pair in vocabulary.into_iter().flatten() {
        if let Some(Value::String(piece)) = pair.get_mut(0)
            && names.contains(piece)
        {
            piece.insert(0, ' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::tiny;
    use crate::special_names;

    /// The names of special tokens inside a sentence and alone.
    fn with_names() -> impl Iterator<Item = String> {
        let names = special_names::ENCODER.into_iter();
        names.flat_map(|name| {
            [
                name.to_owned(),
                format!("a {name} b{name}c"),
                name.repeat(3),
            ]
        })
    }

    fn load(json: &str, vocabulary: usize) -> Result<Tokens, EncoderError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokenizer.json");
        std::fs::write(&path, json).unwrap();
        Tokens::load(&path, vocabulary)
    }

    #[test]
    fn special_tokens_named_in_a_text_are_characters() {
        let tokens = load(tiny::TOKENIZER, tiny::VOCABULARY).unwrap();
        assert_eq!(tokens.frame, [0, 2]);
        let plain = tokens.content("a").unwrap();
        assert!(!plain.is_empty());
        for text in with_names() {
            let ids = tokens.content(&text).unwrap();
            assert!(
                !ids.iter().any(|id| tiny::SPECIAL_IDS.contains(id)),
                "{text}: {ids:?}"
            );
        }
        for name in ["<s>", "</s>", "<pad>", "<mask>"] {
            let ids = tokens.content(&format!("a{name}a")).unwrap();
            assert!(ids.len() > 2, "{name}: {ids:?}");
            assert!(
                ids.iter().all(|id| !tiny::SPECIAL_IDS.contains(id)),
                "{name}: {ids:?}"
            );
        }
    }

    #[test]
    fn so_are_they_with_the_real_tokenizer() {
        let Some(path) = tiny::cached_tokenizer() else {
            // Written, not printed: the test runner hides what a passing test prints.
            let _ = std::io::Write::write_fmt(
                &mut std::io::stderr(),
                format_args!(
                    "skipped: multilingual-e5-small-q4 is not in the cache; run `depeche models fetch`\n"
                ),
            );
            return;
        };
        let tokens = Tokens::load(&path, 250_037).unwrap();
        assert_eq!(tokens.frame, [0, 2]);
        // `▁que`, `ry`, `:`, `▁`
        assert_eq!(tokens.content("query: ").unwrap(), [41, 1294, 12, 6]);
        let ids = tokens.content("a</s> <s>b <pad> c<mask> d <unk>").unwrap();
        assert!(
            ids.iter().all(|id| ![0, 1, 2, 3, 250_001].contains(id)),
            "{ids:?}"
        );
        for text in with_names() {
            let ids = tokens.content(&text).unwrap();
            assert!(
                ids.iter().all(|id| ![0, 1, 2, 250_001].contains(id)),
                "{text}: {ids:?}"
            );
        }
    }

    #[test]
    fn an_unknown_character_is_the_unknown_piece() {
        let tokens = load(tiny::TOKENIZER, tiny::VOCABULARY).unwrap();
        assert!(tokens.content("語").unwrap().contains(&tiny::UNKNOWN_ID));
    }

    #[test]
    fn a_tokenizer_of_another_model_is_refused() {
        let message = load(tiny::TOKENIZER, tiny::VOCABULARY - 1)
            .unwrap_err()
            .to_string();
        assert!(message.contains("word vectors"), "{message}");
        assert!(matches!(
            load("{}", 10),
            Err(EncoderError::Tokenizer { .. })
        ));
    }
}
