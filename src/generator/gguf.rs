//! A GGUF file as an untrusted source of metadata and tensors.
//!
//! Owns the checks that keep a truncated or tampered file from becoming a panic, a huge allocation or a silently wrong
//! model: the header is bounded, every tensor is compared with the shape and types that the configuration expects, and
//! a tensor that nobody read is an error. Candle parses; the format is
//! <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Cursor;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use memmap2::Mmap;

use super::GeneratorError;

/// Bytes in which the header must lie. The largest in use (262,144 tokens with scores) has about 7 MB; a parsed value takes up to
/// 32 times its bytes on disk, so this bound also bounds the memory that a hostile header can ask for.
const HEADER_BYTES: usize = 64 << 20;

/// A tensor where it stands in the file.
pub(super) struct Stored {
    pub(super) dtype: GgmlDType,
    /// The whole file.
    pub(super) map: Arc<Mmap>,
    /// Which bytes of it are the tensor's.
    pub(super) bytes: Range<usize>,
}

/// An opened GGUF file whose header has been read.
pub(super) struct GgufFile {
    path: PathBuf,
    map: Arc<Mmap>,
    content: Content,
    unread: RefCell<BTreeSet<String>>,
}

impl GgufFile {
    /// Opens `path` and reads its header. The tensors stay in the file, which is mapped into memory: it must not be
    /// changed in place while the model is in use.
    pub(super) fn open(path: &Path) -> Result<Self, GeneratorError> {
        let open = |source| GeneratorError::Open {
            path: path.to_path_buf(),
            source,
        };
        let file = File::open(path).map_err(open)?;
        // SAFETY: the mapping is only read. A file cut short by someone else while it is in use would end the program
        // (SIGBUS); the registry writes a model beside its place and renames it, so it never does that.
        let map = unsafe { Mmap::map(&file) }.map_err(open)?;
        let head = &map[..map.len().min(HEADER_BYTES)];
        if has_zero_alignment(head) {
            return Err(GeneratorError::malformed(path, "general.alignment is 0"));
        }
        let content = Content::read(&mut Cursor::new(head))
            .map_err(|e| GeneratorError::malformed(path, one_line(&e)))?;
        let unread = RefCell::new(content.tensor_infos.keys().cloned().collect());
        Ok(Self {
            path: path.to_path_buf(),
            map: Arc::new(map),
            content,
            unread,
        })
    }

    /// The file that is read, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The parsed header.
    pub(super) fn content(&self) -> &Content {
        &self.content
    }

    /// The value of `key`, if the file has it.
    fn value(&self, key: &str) -> Option<&Value> {
        self.content.metadata.get(key)
    }

    fn wrong_type(&self, key: &str, wanted: &str) -> GeneratorError {
        GeneratorError::unsupported(&self.path, format!("metadata `{key}` is not {wanted}"))
    }

    /// A whole number ≥ 0, whatever integer type it is stored in.
    pub(super) fn number(&self, key: &str) -> Result<Option<usize>, GeneratorError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        let number = whole_number(value).ok_or_else(|| self.wrong_type(key, "a whole number"))?;
        Ok(Some(number))
    }

    /// As [`GgufFile::number`], an error if the file lacks the key.
    pub(super) fn required_number(&self, key: &str) -> Result<usize, GeneratorError> {
        self.number(key)?.ok_or_else(|| {
            GeneratorError::malformed(&self.path, format!("metadata `{key}` is missing"))
        })
    }

    /// A finite floating-point number.
    pub(super) fn float(&self, key: &str) -> Result<Option<f32>, GeneratorError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        match value {
            Value::F32(x) if x.is_finite() => Ok(Some(*x)),
            Value::F64(x) if x.is_finite() => Ok(Some(*x as f32)),
            _ => Err(self.wrong_type(key, "a finite number")),
        }
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Result<Option<&str>, GeneratorError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong_type(key, "a text")),
        }
    }

    /// A truth value.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, GeneratorError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong_type(key, "true or false")),
        }
    }

    /// A list, each element read by `read`.
    pub(super) fn list<'a, T>(
        &'a self,
        key: &str,
        wanted: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<Vec<T>>, GeneratorError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        let Value::Array(items) = value else {
            return Err(self.wrong_type(key, wanted));
        };
        let items: Option<Vec<T>> = items.iter().map(read).collect();
        items.map(Some).ok_or_else(|| self.wrong_type(key, wanted))
    }

    /// Dimensions of a tensor, outermost first, if the file has it.
    pub(super) fn shape(&self, name: &str) -> Option<&[usize]> {
        Some(self.content.tensor_infos.get(name)?.shape.dims())
    }

    /// Copies the tensor `name`, which must have exactly the dimensions `shape` (outermost first).
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<QTensor, GeneratorError> {
        self.optional_tensor(name, shape)?
            .ok_or_else(|| self.missing(name))
    }

    /// That there is no tensor of that name.
    pub(super) fn missing(&self, name: &str) -> GeneratorError {
        GeneratorError::malformed(&self.path, format!("tensor `{name}` is missing"))
    }

    /// As [`GgufFile::tensor`], `None` if the file has no tensor of that name.
    pub(super) fn optional_tensor(
        &self,
        name: &str,
        shape: &[usize],
    ) -> Result<Option<QTensor>, GeneratorError> {
        let Some(Stored { dtype, bytes, .. }) = self.stored(name, shape)? else {
            return Ok(None);
        };
        let data = Cow::Borrowed(&self.map[bytes]);
        let tensor = QStorage::from_data(data, &Device::Cpu, dtype)
            .and_then(|storage| QTensor::new(storage, shape))
            .map_err(|e| self.problem(name, one_line(&e)))?;
        Ok(Some(tensor))
    }

    /// Where the tensor `name` lies, which must have exactly the dimensions `shape` (outermost first); `None` if the file
    /// has no tensor of that name.
    pub(super) fn stored(
        &self,
        name: &str,
        shape: &[usize],
    ) -> Result<Option<Stored>, GeneratorError> {
        let Some(info) = self.content.tensor_infos.get(name) else {
            return Ok(None);
        };
        let dtype = info.ggml_dtype;
        if info.shape.dims() != shape {
            let reason = format!("shape {:?}, expected {shape:?}", info.shape.dims());
            return Err(self.problem(name, reason));
        }
        // Activation formats: Candle has no matrix product for them as weights.
        if matches!(dtype, GgmlDType::Q8_1 | GgmlDType::Q8K) {
            let reason = format!("tensor `{name}` has type {dtype:?}");
            return Err(GeneratorError::unsupported(&self.path, reason));
        }
        let block = dtype.block_size();
        if !shape.last().is_some_and(|row| row.is_multiple_of(block)) {
            let reason = format!("rows are not made of whole blocks of {block}");
            return Err(self.problem(name, reason));
        }
        let size = shape.iter().product::<usize>() / block * dtype.type_size();
        let start = self.content.tensor_data_offset.saturating_add(info.offset);
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let bytes = start..start.saturating_add(size);
        if bytes.end > self.map.len() {
            let left = self.map.len().saturating_sub(start);
            let reason = format!("{size} bytes from {start} on, the file has {left} there");
            return Err(self.problem(name, reason));
        }
        self.unread.borrow_mut().remove(name);
        Ok(Some(Stored {
            dtype,
            map: Arc::clone(&self.map),
            bytes,
        }))
    }

    /// That something is wrong with a tensor.
    fn problem(&self, name: &str, reason: impl std::fmt::Display) -> GeneratorError {
        GeneratorError::malformed(&self.path, format!("tensor `{name}`: {reason}"))
    }

    /// An error if the file has a tensor that was never read: the model would be computed without it.
    pub(super) fn all_read(&self) -> Result<(), GeneratorError> {
        match self.unread.borrow().first() {
            None => Ok(()),
            Some(name) => {
                let reason = format!("tensor `{name}` has no place in this implementation");
                Err(GeneratorError::unsupported(&self.path, reason))
            }
        }
    }
}

/// The value of any integer type as a size.
pub(super) fn whole_number(value: &Value) -> Option<usize> {
    match *value {
        Value::U8(n) => Some(n.into()),
        Value::U16(n) => Some(n.into()),
        Value::U32(n) => usize::try_from(n).ok(),
        Value::U64(n) => usize::try_from(n).ok(),
        Value::I8(n) => usize::try_from(n).ok(),
        Value::I16(n) => usize::try_from(n).ok(),
        Value::I32(n) => usize::try_from(n).ok(),
        Value::I64(n) => usize::try_from(n).ok(),
        _ => None,
    }
}

/// Whether the header declares an alignment of 0, by which Candle's reader would divide.
fn has_zero_alignment(head: &[u8]) -> bool {
    // The key, its type as a little-endian u32 (0 to 5: u8, i8, u16, i16, u32, i32), and its value, all bytes 0.
    const ZERO: &str = r"(?s-u)general\.alignment(?:[\x00\x01]\x00{3}\x00|[\x02\x03]\x00{3}\x00{2}|[\x04\x05]\x00{3}\x00{4})";
    regex::bytes::Regex::new(ZERO)
        .expect("a valid pattern")
        .is_match(head)
}

/// Candle appends a backtrace to some messages: keep the first line.
fn one_line(error: &candle_core::Error) -> String {
    error
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_string()
}
