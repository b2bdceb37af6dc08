//! Character references that pages leave in a text (`&eacute;`, `&#39;`, `&nbsp;`).
//!
//! Owns [`without_references`]. Names are those of HTML 4 for Latin letters and common marks,
//! <https://www.w3.org/TR/html401/sgml/entities.html>.

use unicode_normalization::UnicodeNormalization;

/// Accents as the second part of a reference's name, with the combining character.
const ACCENTS: [(&str, char); 7] = [
    ("acute", '\u{301}'),
    ("grave", '\u{300}'),
    ("circ", '\u{302}'),
    ("uml", '\u{308}'),
    ("cedil", '\u{327}'),
    ("tilde", '\u{303}'),
    ("ring", '\u{30a}'),
];

/// The text with character references replaced by what they stand for; unknown ones stay.
pub(super) fn without_references(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split_once(';').map(|(name, _)| name);
        match name.and_then(|name| Some((character(name)?, name.len() + 2))) {
            Some((character, length)) => {
                plain.push(character);
                rest = &rest[length..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    let plain = match name {
        "nbsp" => '\u{a0}',
        "laquo" => '«',
        "raquo" => '»',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "apos" => '\'',
        "quot" => '"',
        "amp" => '&',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "euro" => '€',
        "deg" => '°',
        "oelig" => 'œ',
        "OElig" => 'Œ',
        "aelig" => 'æ',
        _ => return accented(name),
    };
    Some(plain)
}

fn accented(name: &str) -> Option<char> {
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let (_, accent) = ACCENTS.iter().find(|(accent, _)| name[1..] == **accent)?;
    let mut composed = [letter, *accent].into_iter().nfc();
    let first = composed.next();
    first.filter(|_| composed.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let table = [
            (
                "l&rsquo;accus&eacute; &agrave; H&ocirc; Chi Minh",
                "l’accusé à Hô Chi Minh",
            ),
            ("l&#39;ann&#xE9;e", "l'année"),
            ("3&nbsp;500", "3\u{a0}500"),
            ("R&D; a & b &unknown; &", "R&D; a & b &unknown; &"),
            ("&é; &#0; &#99999999;", "&é; &#0; &#99999999;"),
        ];
        for (text, plain) in table {
            assert_eq!(without_references(text), plain);
        }
    }
}
