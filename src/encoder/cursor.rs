//! A bounds-checked reader over the bytes of a binary file.
//!
//! Input: bytes that are not trusted. Every read names its place when the bytes run out; nothing is allocated.

/// Reads little-endian numbers from the front of a file's bytes.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Bytes in the file.
    pub fn total(&self) -> usize {
        self.bytes.len()
    }

    /// The next `length` bytes.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let end = self
            .at
            .checked_add(length)
            .filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| {
            format!(
                "it ends too early: {length} bytes are wanted at byte {} of {}",
                self.at,
                self.bytes.len()
            )
        })?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub fn u16(&mut self) -> Result<u16, String> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes)
    }

    /// A signed number that must not be negative.
    pub fn count(&mut self, what: &str) -> Result<usize, String> {
        let value = i32::from_le_bytes(self.array()?);
        usize::try_from(value).map_err(|_| format!("{what} is {value}"))
    }

    /// A 64-bit length or offset.
    pub fn length(&mut self, what: &str) -> Result<usize, String> {
        let value = u64::from_le_bytes(self.array()?);
        usize::try_from(value).map_err(|_| format!("{what} is {value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_order_and_the_end_is_an_error() {
        let mut cursor = Cursor::new(&[1, 2, 3, 4, 5, 6, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(cursor.u16(), Ok(0x0201));
        assert_eq!(cursor.u32(), Ok(0x0605_0403));
        assert_eq!(
            cursor.count("number of things"),
            Err("number of things is -1".to_owned())
        );
        assert_eq!((cursor.position(), cursor.total()), (10, 10));
        assert!(cursor.take(1).unwrap_err().contains("at byte 10 of 10"));
        assert!(cursor.take(usize::MAX).is_err());
    }
}
