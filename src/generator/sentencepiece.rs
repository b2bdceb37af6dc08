//! A `tokenizers` tokenizer from a GGUF file of the kind `tokenizer.ggml.model = llama`: SentencePiece BPE.
//!
//! SentencePiece joins the neighbours whose joint piece has the best score, until no joint piece is in the vocabulary.
//! The file has no list of merges: each way to cut a piece in two known pieces is one, ranked by the piece's score.
//! Characters outside the vocabulary become bytes `<0xNN>`. The space before a text (`add_space_prefix`) is not added
//! here: only the caller knows where a text begins.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use tokenizers::decoders::byte_fallback::ByteFallback;
use tokenizers::decoders::fuse::Fuse;
use tokenizers::models::bpe::BPE;
use tokenizers::normalizers::Replace;
use tokenizers::{AddedToken, Tokenizer};

use super::vocabulary::{TokenKind, Vocabulary};

/// Stands for a space inside pieces.
const SPACE: &str = "▁";

/// Builds the tokenizer; the error is the reason why it cannot be built.
pub(super) fn build(vocabulary: &Vocabulary, scores: &[f32]) -> Result<Tokenizer, String> {
    if scores.len() != vocabulary.len() {
        return Err(format!(
            "{} scores for {} tokens",
            scores.len(),
            vocabulary.len()
        ));
    }
    let mut ids = HashMap::new();
    let mut spaces = Vec::new();
    for (id, text, kind) in vocabulary.iter() {
        match kind {
            TokenKind::Normal | TokenKind::Byte => {
                ids.insert(text.to_string(), id);
            }
            TokenKind::WhiteSpace => {
                ids.insert(text.to_string(), id);
                spaces.push(AddedToken::from(text.to_string(), false).normalized(false));
            }
            TokenKind::Special => {}
        }
    }
    if let Some(byte) = (0..=u8::MAX).find(|byte| !ids.contains_key(&format!("<0x{byte:02X}>"))) {
        return Err(format!(
            "the vocabulary has no token for the byte {byte:#04x}"
        ));
    }
    let merges = merges(vocabulary, scores);
    let bpe = BPE::builder()
        .vocab_and_merges(
            ids.into_iter().collect::<tokenizers::models::bpe::Vocab>(),
            merges,
        )
        .byte_fallback(true)
        .build()
        .map_err(|e| e.to_string())?;
    let mut tokenizer = Tokenizer::new(bpe);
    let to_pieces = Replace::new(" ", SPACE).map_err(|e| e.to_string())?;
    let to_text = Replace::new(SPACE, " ").map_err(|e| e.to_string())?;
    tokenizer
        .with_normalizer(Some(to_pieces))
        .map_err(|e| e.to_string())?;
    let decoders = vec![
        to_text.into(),
        ByteFallback::new().into(),
        Fuse::new().into(),
    ];
    tokenizer.with_decoder(Some(tokenizers::decoders::sequence::Sequence::new(
        decoders,
    )));
    tokenizer.add_tokens(spaces).map_err(|e| e.to_string())?;
    Ok(tokenizer)
}

/// All pairs of pieces that together are a piece, the best joint piece first.
fn merges(vocabulary: &Vocabulary, scores: &[f32]) -> Vec<(String, String)> {
    let normal = || {
        vocabulary
            .iter()
            .filter(|(_, _, kind)| *kind == TokenKind::Normal)
    };
    let known: HashSet<&str> = normal().map(|(_, text, _)| text).collect();
    let mut pieces: Vec<(u32, &str)> = normal().map(|(id, text, _)| (id, text)).collect();
    let score = |id: u32| scores[id as usize];
    pieces.sort_by(|a, b| score(b.0).total_cmp(&score(a.0)).then(a.0.cmp(&b.0)));
    let mut merges = Vec::new();
    for (_, piece) in pieces {
        let mut cuts: Vec<(&str, &str)> = piece
            .char_indices()
            .skip(1)
            .map(|(at, _)| piece.split_at(at))
            .filter(|(left, right)| known.contains(left) && known.contains(right))
            .collect();
        cuts.sort_by_key(|(left, _)| Reverse(left.len()));
        merges.extend(
            cuts.into_iter()
                .map(|(l, r)| (l.to_string(), r.to_string())),
        );
    }
    merges
}
