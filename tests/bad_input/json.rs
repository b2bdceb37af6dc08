//! Bad JSON Lines and JSON documents.

use crate::GOOD;
use crate::files::{BadFile, Row};
use serde_json::json;

/// Lines that are no article, or an odd one, with a name.
const LINES: [(&str, &str); 42] = [
    ("no-json", "Le ministre est arrivé."),
    ("open", "{"),
    ("open-text", "{\"text\":\"Le"),
    ("open-array", "[{\"text\":\"Le\"}"),
    ("array", "[{\"text\":\"Le ministre.\"}]"),
    ("text", "\"Le ministre.\""),
    ("number", "42"),
    ("null", "null"),
    ("empty-object", "{}"),
    ("text-null", "{\"text\":null}"),
    ("text-number", "{\"text\":3.5}"),
    ("text-list", "{\"text\":[\"Le ministre.\"]}"),
    ("text-object", "{\"text\":{\"fr\":\"Le ministre.\"}}"),
    ("text-true", "{\"text\":true}"),
    ("text-blank", "{\"text\":\"  \\n\\t\"}"),
    ("text-invisible", "{\"text\":\"\\u200b\\u202e\\ufeff\"}"),
    ("text-nul", "{\"text\":\"Le\\u0000ministre.\"}"),
    ("other-field", "{\"texte\":\"Le ministre.\"}"),
    ("field-case", "{\"Text\":\"Le ministre.\"}"),
    ("id-number", "{\"id\":1e3,\"text\":\"Le ministre.\"}"),
    ("id-list", "{\"id\":[1],\"text\":\"Le ministre.\"}"),
    ("id-blank", "{\"id\":\" \",\"text\":\"Le ministre.\"}"),
    (
        "id-odd",
        "{\"id\":\"../..\\n\\u001b[2J\\u0000/x\",\"text\":\"Le ministre.\"}",
    ),
    (
        "date-odd",
        "{\"date\":\"hier\\u0000\",\"text\":\"Le ministre est là.\"}",
    ),
    (
        "date-number",
        "{\"date\":-20240501,\"text\":\"Le ministre.\"}",
    ),
    (
        "title-types",
        "{\"title\":{},\"url\":3,\"language\":[],\"text\":\"Le ministre.\"}",
    ),
    (
        "twice",
        "{\"text\":\"Un ministre.\",\"text\":\"Le ministre.\"}",
    ),
    ("twice-types", "{\"text\":\"Un ministre.\",\"text\":3}"),
    ("nan", "{\"text\":NaN}"),
    ("infinity", "{\"id\":Infinity,\"text\":\"Le ministre.\"}"),
    ("huge-number", "{\"id\":1e999,\"text\":\"Le ministre.\"}"),
    (
        "long-number",
        "{\"id\":123456789012345678901234567890,\"text\":\"Le ministre.\"}",
    ),
    ("lone-surrogate", "{\"text\":\"Le \\ud83d ministre.\"}"),
    ("turned-surrogates", "{\"text\":\"\\udc4d\\ud83d\"}"),
    ("bad-escape", "{\"text\":\"Le \\x ministre.\"}"),
    ("raw-control", "{\"text\":\"Le \u{1} ministre.\"}"),
    ("raw-tab", "{\"text\":\"Le\tministre.\"}"),
    ("single-quotes", "{'text':'Le ministre.'}"),
    ("comma-behind", "{\"text\":\"Le ministre.\",}"),
    ("comment", "{\"text\":\"Le ministre.\"} // fin"),
    ("two-objects", "{\"text\":\"Un.\"}{\"text\":\"Deux.\"}"),
    ("byte-order-mark", "\u{feff}{\"text\":\"Le ministre.\"}"),
];

/// One bad line of JSON Lines, each between two good ones.
pub fn lines() -> Vec<BadFile> {
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"text\":{}{}}}",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    let deep_object = format!("{}1{}", "{\"text\":".repeat(5_000), "}".repeat(5_000));
    let long = format!("{{\"text\":\"{}\"}}", "a".repeat(2 << 20));
    let made: [(&str, &str); 4] = [
        ("deep-array", &deep("[", "]")),
        ("deep-open", &deep("[", "")),
        ("deep-object", &deep_object),
        ("long-line", &long),
    ];
    let good = json!({ "text": GOOD });
    let file = |(name, line): (&str, &str)| {
        let rows = vec![Row::at(1, true), Row::at(2, false), Row::at(3, true)];
        BadFile::rows(
            format!("lines/{name}.jsonl"),
            format!("{good}\n{line}\n{good}\n"),
            rows,
        )
    };
    let mut files: Vec<BadFile> = LINES.into_iter().chain(made).map(file).collect();
    let endless = [b"{\"text\":\"".as_slice(), &vec![b'a'; 10 << 20]].concat();
    files.push(BadFile::rows(
        "lines/endless.jsonl".into(),
        endless,
        vec![Row::at(1, false)],
    ));
    let carriage = format!("{good}\r{good}\r");
    files.push(BadFile::rows(
        "lines/carriage-returns.jsonl".into(),
        carriage,
        vec![Row::at(1, false)],
    ));
    files.push(BadFile::rows("lines/nothing.jsonl".into(), "", vec![]));
    files.push(BadFile::rows(
        "lines/blank.jsonl".into(),
        "\n \n\t\r\n",
        vec![],
    ));
    files
}

/// JSON documents: what is whole before the fault is kept.
pub fn documents() -> Vec<BadFile> {
    let good = json!({ "text": GOOD }).to_string();
    let table = [
        (
            "cut",
            format!("[{good},{{\"text\":"),
            vec![Row::at(1, false)],
        ),
        ("empty", String::new(), vec![]),
        ("empty-array", "[]".into(), vec![]),
        (
            "types",
            format!("[{good},3,null,[],{good}]"),
            vec![
                Row::at(1, true),
                Row::at(2, false),
                Row::at(3, false),
                Row::at(4, false),
                Row::at(5, true),
            ],
        ),
        ("scalar", "\"Le ministre.\"".into(), vec![Row::at(1, false)]),
        (
            "behind",
            format!("[{good}] fin"),
            vec![Row::at(1, true), Row::at(2, false)],
        ),
        (
            "sequence",
            format!("{good}\n{{]\n{good}"),
            vec![Row::at(1, true), Row::at(2, false)],
        ),
        ("deep", "[".repeat(100_000), vec![Row::at(1, false)]),
        (
            "wrapped",
            format!("{{\"articles\":[{good}]}}"),
            vec![Row::at(1, false)],
        ),
        (
            "html",
            "<html><body>404</body></html>".into(),
            vec![Row::at(1, false)],
        ),
        (
            "comma-behind",
            format!("[{good},]"),
            vec![Row::at(1, false)],
        ),
    ];
    let file = |(name, content, rows): (&str, String, Vec<Row>)| {
        BadFile::rows(format!("documents/{name}.json"), content, rows)
    };
    table.into_iter().map(file).collect()
}
