//! Bad files: encodings, broken JSON, tables that are none; each with what must come of it.

use crate::{GOOD, json};

/// A file and what must come of it.
#[derive(Clone)]
pub struct BadFile {
    pub name: String,
    pub bytes: Vec<u8>,
    pub outcome: Outcome,
}

#[derive(Clone)]
pub enum Outcome {
    /// These rows have a record each, and there are no others; a file without rows is named on standard error.
    Rows(Vec<Row>),
    /// The run does not begin: exit status 2, and the message has these parts besides the file's name.
    Refused(&'static [&'static str]),
}

/// One record that must be there.
#[derive(Clone, Copy)]
pub struct Row {
    /// Its line, or its number in a JSON document; a page has none.
    pub line: Option<u64>,
    /// It is the good article, and must be labelled as if it were alone.
    pub good: bool,
}

impl Row {
    pub fn page(good: bool) -> Self {
        Self { line: None, good }
    }

    pub fn at(line: u64, good: bool) -> Self {
        Self {
            line: Some(line),
            good,
        }
    }
}

impl BadFile {
    pub fn rows(name: String, bytes: impl Into<Vec<u8>>, rows: Vec<Row>) -> Self {
        Self {
            name,
            bytes: bytes.into(),
            outcome: Outcome::Rows(rows),
        }
    }

    fn refused(name: &str, bytes: impl Into<Vec<u8>>, parts: &'static [&'static str]) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.into(),
            outcome: Outcome::Refused(parts),
        }
    }

    /// How many bad inputs it holds: its bad rows, or itself.
    pub fn inputs(&self) -> usize {
        match &self.outcome {
            Outcome::Rows(rows) if rows.is_empty() => 1,
            Outcome::Rows(rows) => rows.iter().filter(|row| !row.good).count(),
            Outcome::Refused(_) => 1,
        }
    }
}

/// Everything that a run gets over.
pub fn rows() -> Vec<BadFile> {
    [encodings(), json::lines(), json::documents(), tables()].concat()
}

/// French in other encodings, and UTF-8 that is cut or forbidden.
fn spoilt() -> Vec<(&'static str, Vec<u8>)> {
    let text = "Le président est arrivé à Hanoï.";
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect();
    let wide = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
        [
            mark,
            &text.encode_utf16().flat_map(bytes).collect::<Vec<_>>(),
        ]
        .concat()
    };
    vec![
        ("latin-1", latin),
        (
            "windows-1252",
            b"L\x92Union \x96 \x80 3,5 millions".to_vec(),
        ),
        ("mac", b"Le pr\x8esident est arriv\x8e.".to_vec()),
        ("utf-16-le-mark", wide(b"\xFF\xFE", u16::to_le_bytes)),
        ("utf-16-be-mark", wide(b"\xFE\xFF", u16::to_be_bytes)),
        ("utf-16-le", wide(b"", u16::to_le_bytes)),
        ("utf-16-be", wide(b"", u16::to_be_bytes)),
        (
            "utf-32",
            text.chars()
                .flat_map(|c| u32::from(c).to_le_bytes())
                .collect(),
        ),
        ("cut-two", b"Hano\xC3".to_vec()),
        ("cut-three", b"Hano\xE2\x82".to_vec()),
        ("cut-four", b"Hano\xF0\x9F\x91".to_vec()),
        ("cut-inside", b"Hano\xC3 est loin".to_vec()),
        ("lone-tail", b"\x80\xBF Hano\xAF".to_vec()),
        ("overlong", b"\xC0\xAF \xE0\x80\xAF".to_vec()),
        ("surrogate", b"\xED\xA0\x80 Le".to_vec()),
        (
            "too-high",
            b"\xF4\x90\x80\x80 \xF8\x88\x80\x80\x80".to_vec(),
        ),
        ("nul", b"Le ministre\0 est arriv\xC3\xA9.".to_vec()),
        ("nul-only", vec![0; 100]),
        ("zip", b"PK\x03\x04\x14\0\x08\0\x08\0".to_vec()),
        ("gzip", b"\x1F\x8B\x08\0\0\0\0\0\0\x03".to_vec()),
        ("png", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec()),
        ("pdf", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec()),
        (
            "pickle",
            b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8C\x08builtins".to_vec(),
        ),
    ]
}

/// The spoilt texts as pages and inside JSON Lines and tables.
fn encodings() -> Vec<BadFile> {
    let good = serde_json::json!({ "text": GOOD }).to_string();
    let mut files = Vec::new();
    for (name, bytes) in spoilt() {
        files.push(BadFile::rows(
            format!("bytes/{name}.txt"),
            bytes.clone(),
            vec![Row::page(false)],
        ));
        // A line end inside the bytes would make two lines of one.
        let bytes: Vec<u8> = bytes
            .into_iter()
            .filter(|byte| !matches!(byte, b'\r' | b'\n' | b'"'))
            .collect();
        let line = [
            good.as_bytes(),
            b"\n{\"text\":\"",
            &bytes,
            b"\"}\n",
            good.as_bytes(),
        ]
        .concat();
        let rows = vec![Row::at(1, true), Row::at(2, false), Row::at(3, true)];
        files.push(BadFile::rows(
            format!("bytes-in-rows/{name}.jsonl"),
            line,
            rows.clone(),
        ));
        let table = [
            b"text\n\"",
            GOOD.as_bytes(),
            b"\"\n\"",
            &bytes,
            b"\"\n\"",
            GOOD.as_bytes(),
            b"\"\n",
        ]
        .concat();
        let rows = vec![Row::at(2, true), Row::at(3, false), Row::at(4, true)];
        files.push(BadFile::rows(
            format!("bytes-in-tables/{name}.csv"),
            table,
            rows,
        ));
    }
    files
}

/// Tables whose rows are odd.
fn tables() -> Vec<BadFile> {
    let quoted = format!("\"{GOOD}\"");
    let row = |id: &str| format!("{id},{quoted}\n");
    let whole = |middle: &str| format!("n,text\n{}{middle}\n{}", row("1"), row("3"));
    let between = || vec![Row::at(2, true), Row::at(3, false), Row::at(4, true)];
    let table = [
        ("too-many", whole("2,Un, deux, trois"), between()),
        ("too-few", whole("2"), between()),
        ("stray-quote", whole("2,\"Il dit \"oui\".\""), between()),
        (
            "quote-in-bare",
            whole("2,Une vis de 5\" de long."),
            between(),
        ),
        ("blank-text", whole("2,\"  \""), between()),
        ("quotes-only", whole("2,\"\"\"\"\"\""), between()),
        ("semicolons", whole("2;Le ministre."), between()),
        (
            "formula",
            whole("2,\"=HYPERLINK(\"\"http://x\"\")\""),
            between(),
        ),
        ("nul", whole("2,a\0b"), between()),
        (
            "unclosed",
            whole("2,\"Le ministre."),
            vec![Row::at(2, true), Row::at(3, false)],
        ),
        (
            "unclosed-last",
            format!("n,text\n{}2,\"Le ministre.", row("1")),
            vec![Row::at(2, true), Row::at(3, false)],
        ),
        (
            "duplicate-header",
            format!("text,text\n{quoted},Le ministre.\n"),
            vec![Row::at(2, true)],
        ),
        (
            "empty-column-name",
            format!(",text,\n1,{quoted},\n2,,\n"),
            vec![Row::at(2, true), Row::at(3, false)],
        ),
        (
            "byte-order-mark",
            format!("\u{feff}\"text\"\n{quoted}\n\u{feff}\n"),
            vec![Row::at(2, true), Row::at(3, false)],
        ),
        (
            "spaces-in-header",
            format!(" n ,\u{a0}Text \n1,{quoted}\n2,\n"),
            vec![Row::at(2, true), Row::at(3, false)],
        ),
        ("header-only", "n,text\n".into(), vec![]),
        (
            "blank-rows",
            format!("n,text\n\n\n{}\n", row("1")),
            vec![Row::at(4, true)],
        ),
        (
            "carriage-returns",
            format!("n,text\r1,{quoted}\r2\r3,{quoted}\r"),
            between(),
        ),
    ];
    let mut files: Vec<BadFile> = table
        .into_iter()
        .map(|(name, content, rows)| BadFile::rows(format!("odd-tables/{name}.csv"), content, rows))
        .collect();
    let tabs = format!("n\ttext\n1\t{quoted}\n2\tLe\tministre\n3\t{quoted}\n4\t\"open");
    let rows = vec![
        Row::at(2, true),
        Row::at(3, false),
        Row::at(4, true),
        Row::at(5, false),
    ];
    files.push(BadFile::rows("odd-tables/tabs.tsv".into(), tabs, rows));
    files
}

/// What stops a run before it begins, one file a run.
pub fn refused() -> Vec<BadFile> {
    let no_column: &[&str] = &["line 1", "no column text, body, content", "--text-field"];
    let not_utf8: &[&str] = &["line 1", "UTF-8"];
    let twice: &[&str] = &["two articles have the id", "#2", "#3"];
    vec![
        BadFile::refused("empty.csv", "", no_column),
        BadFile::refused("blank.csv", "\n\n\n", no_column),
        BadFile::refused("semicolons.csv", "id;text\n1;Le ministre.\n", no_column),
        BadFile::refused(
            "no-header.csv",
            "1,Le ministre est là.\n2,Il part.\n",
            no_column,
        ),
        BadFile::refused("empty-header.csv", ",,\n1,2,3\n", no_column),
        BadFile::refused(
            "prose.csv",
            "Le ministre est arrivé. ".repeat(1000),
            no_column,
        ),
        BadFile::refused("controls.csv", "\u{1b}[2J\u{7},x\n1,2\n", no_column),
        BadFile::refused("html.csv", "<html>\n<body>404</body>\n", no_column),
        BadFile::refused("open-header.csv", "\"id,text\n1,Le ministre.\n", no_column),
        BadFile::refused("tabs.csv", "id\ttext\n1\tLe ministre.\n", no_column),
        BadFile::refused("commas.tsv", "id,text\n1,Le ministre.\n", no_column),
        BadFile::refused(
            "utf16.csv",
            b"\xFF\xFEt\0e\0x\0t\0\n\0".as_slice(),
            not_utf8,
        ),
        BadFile::refused(
            "utf16-no-mark.csv",
            b"t\0e\0x\0t\0\n\0".as_slice(),
            not_utf8,
        ),
        BadFile::refused(
            "latin1.csv",
            b"id,r\xE9sum\xE9,text\n1,2,3\n".as_slice(),
            not_utf8,
        ),
        BadFile::refused("zip.csv", b"PK\x03\x04\x14\0\x08\0".as_slice(), not_utf8),
        BadFile::refused("twice.csv", "id,text\na,Un.\na,Deux.\n", twice),
        BadFile::refused(
            "twice.jsonl",
            "{\"text\":\"Zéro.\"}\n{\"id\":\"a\",\"text\":\"Un.\"}\n{\"id\":\"a\",\"text\":\"Deux.\"}\n",
            twice,
        ),
        BadFile::refused(
            "twice.json",
            "[{\"text\":\"Zéro.\"},{\"id\":1,\"text\":\"Un.\"},{\"id\":\"1\",\"text\":\"Deux.\"}]",
            twice,
        ),
        BadFile::refused(
            "twice-bad.jsonl",
            "{\"text\":\"Zéro.\"}\n{\"id\":\"\\u001b\\u0000\"}\n{\"id\":\"\\u001b\\u0000\"}\n",
            twice,
        ),
    ]
}
