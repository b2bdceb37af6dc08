//! One row of a table or of JSON Lines → an article. Owns the field names and their aliases.

use super::{Entry, InputFile, ReadOptions, check_not_empty, content, too_large};
use crate::article::{Article, Span};
use crate::record::{Notice, NoticeCode, fingerprint};

/// Names under which the text of a row is looked for, in order.
pub const TEXT_FIELDS: [&str; 3] = ["text", "body", "content"];

/// The fields of a row that depeche reads, as strings.
#[derive(Debug, Default)]
pub struct Row {
    pub id: Option<String>,
    pub text: Option<String>,
    pub title: Option<String>,
    pub date: Option<String>,
    pub url: Option<String>,
    pub language: Option<String>,
}

impl Row {
    /// Collects a row from its fields; unknown fields are left alone, blank ones count as missing.
    pub fn from_fields<'a>(
        fields: impl Iterator<Item = (&'a str, String)>,
        options: &ReadOptions,
    ) -> Self {
        let mut row = Self::default();
        let mut best_alias = TEXT_FIELDS.len();
        for (name, value) in fields {
            match &options.text_field {
                Some(wanted) if wanted == name => row.text = Some(value.clone()),
                Some(_) => {}
                None => {
                    let alias = TEXT_FIELDS.iter().position(|field| *field == name);
                    if let Some(alias) = alias.filter(|alias| *alias < best_alias) {
                        best_alias = alias;
                        row.text = Some(value);
                        continue;
                    }
                }
            }
            let value = Some(value).filter(|value| !value.trim().is_empty());
            match name {
                "id" => row.id = value,
                "title" => row.title = value,
                "date" => row.date = value,
                "url" => row.url = value,
                "language" | "lang" => row.language = value,
                _ => {}
            }
        }
        row
    }

    /// The entry of this row at a line of a file; `raw` is the row as it stands there.
    pub fn into_entry(
        self,
        file: &InputFile,
        line: u64,
        raw: &[u8],
        options: &ReadOptions,
    ) -> Entry {
        let id = self.id.clone().unwrap_or_else(|| file.line_id(line));
        let source = file.source_line(line);
        let article = self.into_article(id.clone(), source.clone(), options);
        let content = match &article {
            Ok(article) => content::of_article(article),
            Err(_) => fingerprint(raw),
        };
        Entry {
            id,
            source,
            content: Some(content),
            article,
        }
    }

    fn into_article(
        self,
        id: String,
        source: String,
        options: &ReadOptions,
    ) -> Result<Article, Notice> {
        let text = self.text.ok_or_else(|| {
            let names = match &options.text_field {
                Some(field) => field.clone(),
                None => TEXT_FIELDS.join(", "),
            };
            Notice::new(
                NoticeCode::BadRow,
                format!("no text: the row has no string field {names}; name it with --text-field"),
            )
        })?;
        // A headline is encoded like a sentence: it counts, too.
        let size = text.len() + self.title.as_ref().map_or(0, String::len);
        if size > options.max_article_bytes {
            return Err(too_large(Some(size), options));
        }
        if text.contains('\0') {
            return Err(Notice::new(
                NoticeCode::Binary,
                "the text contains NUL characters: this is not a text",
            ));
        }
        check_not_empty(&text)?;
        Ok(Article {
            id,
            source,
            body: Span {
                start: 0,
                end: text.len(),
            },
            text,
            title: self.title,
            date: self.date,
            url: self.url,
            language: self.language,
        })
    }
}

/// A row that could not be parsed at all; `raw` is what stands there, if anything could be read.
pub fn bad_row(file: &InputFile, line: u64, raw: Option<&[u8]>, notice: Notice) -> Entry {
    Entry {
        id: file.line_id(line),
        source: file.source_line(line),
        content: raw.map(fingerprint),
        article: Err(notice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(fields: &[(&str, &str)], options: &ReadOptions) -> Option<String> {
        let fields = fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        Row::from_fields(fields, options).text
    }

    #[test]
    fn text_is_found_under_its_aliases_in_order() {
        let options = ReadOptions::default();
        let table = [
            (vec![("body", "b"), ("text", "t")], Some("t")),
            (vec![("text", "t"), ("body", "b")], Some("t")),
            (vec![("content", "c"), ("body", "b")], Some("b")),
            (vec![("texte", "x")], None),
        ];
        for (fields, expected) in table {
            assert_eq!(
                text_of(&fields, &options).as_deref(),
                expected,
                "{fields:?}"
            );
        }
        let named = ReadOptions {
            text_field: Some("texte".into()),
            ..options
        };
        assert_eq!(
            text_of(&[("text", "t"), ("texte", "x")], &named).as_deref(),
            Some("x")
        );
    }

    #[test]
    fn a_headline_counts_for_the_size() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jsonl");
        std::fs::write(&path, "").unwrap();
        let files = crate::read::discover(&[path.display().to_string()], None, &[]).unwrap();
        let options = ReadOptions {
            max_article_bytes: 10,
            ..ReadOptions::default()
        };
        let fields = |title: &str| [("title", title.to_owned()), ("text", "un".to_owned())];
        for (title, fits) in [("12345678", true), ("123456789", false)] {
            let row = Row::from_fields(fields(title).into_iter(), &options);
            let entry = row.into_entry(&files[0], 1, b"{}", &options);
            assert_eq!(entry.article.is_ok(), fits, "{title}");
        }
    }

    #[test]
    fn the_text_field_may_be_one_that_has_another_meaning() {
        let named = ReadOptions {
            text_field: Some("title".into()),
            ..ReadOptions::default()
        };
        assert_eq!(text_of(&[("title", "t")], &named).as_deref(), Some("t"));
    }
}
