//! One .txt file → one article. The top of the page (date, headline) is read by `text::header`.

use super::{Entries, Entry, InputFile, ReadOptions, content, decode, too_large, unreadable};
use crate::article::Article;
use crate::record::{Notice, NoticeCode, fingerprint};
use crate::text;
use std::fs::File;
use std::io::Read;

/// The one entry of a .txt file, read when it is asked for.
pub fn entries(file: &InputFile, options: &ReadOptions) -> Entries {
    let (file, options) = (file.clone(), options.clone());
    Box::new(std::iter::once_with(move || entry(&file, &options)))
}

fn entry(file: &InputFile, options: &ReadOptions) -> Entry {
    let (content, article) = match Page::read(file, options) {
        Ok(page) => {
            let raw = page.hash();
            let article = article(file, page, options);
            let whole = article.as_ref().map(content::of_article);
            (Some(whole.unwrap_or(raw)), article)
        }
        Err(notice) => (None, Err(notice)),
    };
    Entry {
        id: file.id.clone(),
        source: file.source(),
        content,
        article,
    }
}

fn article(file: &InputFile, page: Page, options: &ReadOptions) -> Result<Article, Notice> {
    if page.bytes.len() > options.max_article_bytes {
        return Err(too_large(usize::try_from(page.size).ok(), options));
    }
    let text = decode(page.bytes, options)?;
    let top = text::header(&text);
    if top.body.start >= top.body.end {
        return Err(Notice::new(
            NoticeCode::Empty,
            "the article has no text after its date and headline",
        ));
    }
    Ok(Article {
        id: file.id.clone(),
        source: file.source(),
        body: top.body,
        title: top.title.map(|title| title.text),
        date: top.date,
        url: None,
        language: None,
        text,
    })
}

/// A file as it lies on the disk.
struct Page {
    /// One byte above the limit is enough to know that it is too large.
    bytes: Vec<u8>,
    /// Of the whole file, in bytes.
    size: u64,
}

impl Page {
    fn read(file: &InputFile, options: &ReadOptions) -> Result<Self, Notice> {
        let failed = |error: std::io::Error| unreadable(&file.path, &error);
        let open = File::open(&file.path).map_err(failed)?;
        let size = open.metadata().map_err(failed)?.len();
        let mut bytes = Vec::new();
        open.take(options.max_article_bytes as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Ok(Self { bytes, size })
    }

    /// The size is told in the notice of a file that is too large, so it counts.
    fn hash(&self) -> String {
        fingerprint(&[self.size.to_string().as_bytes(), b":", &self.bytes].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{discover, open};

    fn read(content: &[u8]) -> Result<Article, Notice> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        std::fs::write(&path, content).unwrap();
        let files = discover(&[path.display().to_string()], None, &[]).unwrap();
        let options = ReadOptions {
            max_article_bytes: 100,
            ..ReadOptions::default()
        };
        open(&files[0], &options).unwrap().next().unwrap().article
    }

    #[test]
    fn date_and_headline_are_taken_from_the_top_and_the_text_stays_whole() {
        let page = "\u{FEFF} date 2021-03 Un titre\n\nUne phrase.\n";
        let article = read(page.as_bytes()).unwrap();
        assert_eq!(article.text, page);
        assert_eq!(article.date.as_deref(), Some("2021-03"));
        assert_eq!(article.title.as_deref(), Some("Un titre"));
        assert!(page[article.body.start..article.body.end].starts_with("Une phrase."));
    }

    #[test]
    fn what_is_no_article_says_why() {
        let table: [(&[u8], NoticeCode); 6] = [
            (b"", NoticeCode::Empty),
            (b"\xEF\xBB\xBF \n", NoticeCode::Empty),
            (b" date 2021-03 \n\n", NoticeCode::Empty),
            (b"PK\x03\x04\0\0", NoticeCode::Binary),
            (b"caf\xE9", NoticeCode::NotUtf8),
            (&[b'a'; 101], NoticeCode::TooLarge),
        ];
        for (content, expected) in table {
            assert_eq!(read(content).unwrap_err().code, expected, "{content:?}");
        }
    }
}
