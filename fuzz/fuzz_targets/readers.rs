//! Every input format on any bytes; the first byte chooses the format. What is read must lie inside its text.
#![no_main]

use depeche::read::{InputFormat, ReadOptions, discover, open, survey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, content)) = bytes.split_first() else {
        return;
    };
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), content).expect("a written file");
    let options = ReadOptions {
        max_article_bytes: 2000,
        ..ReadOptions::default()
    };
    let format = InputFormat::ALL[usize::from(*first) % InputFormat::ALL.len()];
    let inputs = [file.path().display().to_string()];
    let files = discover(&inputs, Some(format), &[]).expect("the file is there");
    // A refusal (two ids, no text column) is an answer; what must not be is a panic.
    let _ = survey(&files, &options);
    let Ok(entries) = open(&files[0], &options) else {
        return;
    };
    for article in entries.filter_map(|entry| entry.article.ok()) {
        assert!(article.text.len() <= options.max_article_bytes);
        assert!(!article.text[article.body.start..article.body.end].is_empty());
        assert!(!article.text.contains('\0'));
    }
});
