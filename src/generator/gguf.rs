//! A GGUF file as an untrusted source of metadata and tensors.
//!
//! Owns the checks that keep a truncated or tampered file from becoming a panic, a huge allocation or a silently wrong
//! model: the header is bounded, every tensor is compared with the shape and types that the configuration expects, and
//! a tensor that nobody read is an error. Candle parses; the format is
//! <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::{GgmlDType, QTensor};

use super::GeneratorError;

/// Bytes read for the header. The largest in use (262,144 tokens with scores) has about 7 MB; a parsed value takes up to
/// 32 times its bytes on disk, so this bound also bounds the memory that a hostile header can ask for.
const HEADER_BYTES: u64 = 64 << 20;

/// An opened GGUF file whose header has been read.
pub(super) struct GgufFile {
    path: PathBuf,
    file: RefCell<File>,
    content: Content,
    unread: RefCell<BTreeSet<String>>,
}

impl GgufFile {
    /// Opens `path` and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, GeneratorError> {
        let open = |source| GeneratorError::Open {
            path: path.to_path_buf(),
            source,
        };
        let mut file = File::open(path).map_err(open)?;
        let mut head = Vec::new();
        Read::by_ref(&mut file)
            .take(HEADER_BYTES)
            .read_to_end(&mut head)
            .map_err(open)?;
        if has_zero_alignment(&head) {
            return Err(GeneratorError::malformed(path, "general.alignment is 0"));
        }
        let content = Content::read(&mut Cursor::new(head))
            .map_err(|e| GeneratorError::malformed(path, one_line(&e)))?;
        let unread = RefCell::new(content.tensor_infos.keys().cloned().collect());
        Ok(Self {
            path: path.to_path_buf(),
            file: RefCell::new(file),
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

    /// Reads the tensor `name`, which must have exactly the dimensions `shape` (outermost first).
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<QTensor, GeneratorError> {
        self.optional_tensor(name, shape)?.ok_or_else(|| {
            GeneratorError::malformed(&self.path, format!("tensor `{name}` is missing"))
        })
    }

    /// As [`GgufFile::tensor`], `None` if the file has no tensor of that name.
    pub(super) fn optional_tensor(
        &self,
        name: &str,
        shape: &[usize],
    ) -> Result<Option<QTensor>, GeneratorError> {
        let Some(info) = self.content.tensor_infos.get(name) else {
            return Ok(None);
        };
        let problem = |reason: String| {
            GeneratorError::malformed(&self.path, format!("tensor `{name}`: {reason}"))
        };
        if info.shape.dims() != shape {
            return Err(problem(format!(
                "shape {:?}, expected {shape:?}",
                info.shape.dims()
            )));
        }
        // Activation formats: Candle has no matrix product for them as weights.
        if matches!(info.ggml_dtype, GgmlDType::Q8_1 | GgmlDType::Q8K) {
            let reason = format!("tensor `{name}` has type {:?}", info.ggml_dtype);
            return Err(GeneratorError::unsupported(&self.path, reason));
        }
        let block = info.ggml_dtype.block_size();
        if !shape.last().is_some_and(|row| row.is_multiple_of(block)) {
            return Err(problem(format!(
                "rows are not made of whole blocks of {block}"
            )));
        }
        let tensor = info
            .read(
                &mut *self.file.borrow_mut(),
                self.content.tensor_data_offset,
                &Device::Cpu,
            )
            .map_err(|e| problem(one_line(&e)))?;
        self.unread.borrow_mut().remove(name);
        Ok(Some(tensor))
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
