//! Whether the quotation marks of one row of a table are as RFC 4180 has them.
//!
//! The `csv` crate reads any bytes as some row: after a quotation mark that is not closed, or not doubled inside a
//! field, articles run together without a word. Here such a row is found.

/// Where the scan of a row stands.
#[derive(Clone, Copy)]
enum State {
    /// Before the first byte of a field.
    Start,
    /// In a field without quotation marks around it; those inside it are letters.
    Bare,
    Quoted,
    /// After a quotation mark in a quoted field: its end, or the first of a doubled one.
    Closed,
    /// In the spaces between a quoted field and its delimiter.
    Trailing,
}

/// What is wrong with the quotation marks of `row`, the bytes of one row as they stand in the file, if anything.
pub fn fault(row: &[u8], delimiter: u8) -> Option<&'static str> {
    let mut state = State::Start;
    for &byte in row {
        let ends = byte == delimiter || matches!(byte, b'\r' | b'\n');
        state = match (state, byte) {
            (State::Quoted, b'"') => State::Closed,
            (State::Quoted, _) => State::Quoted,
            (State::Start | State::Closed, b'"') => State::Quoted,
            _ if ends => State::Start,
            (State::Start | State::Bare, _) => State::Bare,
            (State::Closed | State::Trailing, b' ') => State::Trailing,
            (State::Closed | State::Trailing, _) => {
                return Some(
                    "a quotation mark inside a quoted field is not doubled, or one before it is not closed: \
                     rows may have run together; mend the quotes",
                );
            }
        };
    }
    let open = matches!(state, State::Quoted);
    open.then_some(
        "a quotation mark is not closed: the rest of the file was read as one row; mend the quotes",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_closed_and_doubled_or_letters_of_a_bare_field() {
        let table = [
            ("1,\"Un, deux\",3\n", None),
            ("1,\"Il dit \"\"oui\"\".\"\r\n", None),
            ("1,\"deux\nlignes\",\"\"\n", None),
            ("1,une vis de 5\" de long\n", None),
            ("1,\"Un\" ,2\n", None),
            ("\n\n1,\"a\"\n", None),
            ("1,\"Un\n2,Deux\n", Some("not closed")),
            ("1,\"Un\n2,\"Deux\"\n", Some("run together")),
            ("1,\"Il dit \"oui\" et part\"\n", Some("run together")),
            ("1,\"a\" \"b\"\n", Some("run together")),
        ];
        for (row, expected) in table {
            let found = fault(row.as_bytes(), b',');
            match expected {
                None => assert_eq!(found, None, "{row:?}"),
                Some(part) => assert!(
                    found.is_some_and(|why| why.contains(part)),
                    "{row:?}: {found:?}"
                ),
            }
        }
        assert_eq!(fault(b"\"a\"\t\"b, c\"\n", b'\t'), None);
    }
}
