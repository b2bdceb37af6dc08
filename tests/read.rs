//! The readers on any bytes: one entry an input, texts unchanged, nothing but an answer.

use depeche::read::{Entry, InputFormat, ReadError, ReadOptions, discover, open, survey};
use proptest::prelude::*;

fn read(format: InputFormat, content: &[u8]) -> Result<Vec<Entry>, ReadError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let files = discover(&[file.path().display().to_string()], Some(format), &[])?;
    let options = ReadOptions {
        max_article_bytes: 500,
        ..ReadOptions::default()
    };
    // Two rows may have one id: that is the survey's business, and an answer.
    if let Err(error) = survey(&files, &options) {
        assert!(
            error.to_string().contains("line 1") || matches!(error, ReadError::DuplicateId { .. }),
            "{error}"
        );
    }
    Ok(open(&files[0], &options)?.collect())
}

fn texts(entries: Vec<Entry>) -> Vec<String> {
    let text = |entry: Entry| {
        entry.article.map_or_else(
            |notice| format!("{:?}", notice.code),
            |article| article.text,
        )
    };
    entries.into_iter().map(text).collect()
}

/// Bytes that come near to a file of rows.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"text,id\n".to_vec()),
        Just(b"{\"text\":\"".to_vec()),
        Just(b"\"}\n".to_vec()),
        Just(b"[".to_vec()),
        Just(b"]".to_vec()),
        Just(b"\",\"".to_vec()),
        Just(b"\\ud83d".to_vec()),
        Just(b"\xEF\xBB\xBF".to_vec()),
        Just(b"\xFF\xFE".to_vec()),
        Just(vec![b'a'; 600]),
        "[\",;\t\r\n a-zé0-9\0]{0,12}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// A text that is an article.
fn article() -> impl Strategy<Value = String> {
    "[a-zé][a-zé ,;\"'\t\r\n«»\u{a0}\u{202e}😀]{0,40}"
}

proptest! {
    #[test]
    fn any_bytes_are_entries_or_a_refusal(content in file(), format in prop::sample::select(&InputFormat::ALL[..])) {
        let Ok(entries) = read(format, &content) else {
            return Ok(());
        };
        let mut sources: Vec<_> = entries.iter().map(|entry| entry.source.clone()).collect();
        for article in entries.iter().filter_map(|entry| entry.article.as_ref().ok()) {
            prop_assert!(article.text.len() <= 500 && !article.text.contains('\0'));
            prop_assert!(article.text.get(article.body.start..article.body.end).is_some_and(|body| !body.is_empty()));
        }
        sources.sort();
        sources.dedup();
        prop_assert_eq!(sources.len(), entries.len());
        if format == InputFormat::Jsonl {
            let lines = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&content).split(|byte| *byte == b'\n');
            let lines = lines.filter(|line| !line.trim_ascii().is_empty()).count();
            prop_assert_eq!(entries.len(), lines);
        }
        if format == InputFormat::Txt {
            prop_assert_eq!(entries.len(), 1);
        }
    }

    #[test]
    fn any_texts_come_back_from_every_kind_of_row(written in prop::collection::vec(article(), 1..8)) {
        let lines: String = written.iter().map(|text| serde_json::json!({ "text": text }).to_string() + "\n").collect();
        prop_assert_eq!(&texts(read(InputFormat::Jsonl, lines.as_bytes()).unwrap()), &written);
        prop_assert_eq!(&texts(read(InputFormat::Json, lines.as_bytes()).unwrap()), &written);
        for (format, delimiter) in [(InputFormat::Csv, b','), (InputFormat::Tsv, b'\t')] {
            let mut table = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            table.write_record(["n", "text"]).unwrap();
            for text in &written {
                table.write_record(["1", text]).unwrap();
            }
            let table = table.into_inner().unwrap();
            prop_assert_eq!(&texts(read(format, &table).unwrap()), &written);
        }
    }
}
