//! The text room on real French news that is not part of the project: the folder that the
//! environment variable DEPECHE_DATA names. Absent, the tests say so and pass.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use depeche::article::Span;
use depeche::text::{Document, LONGEST_SENTENCE, NoiseKind, header, identify, segment};

const FILES: [&str; 3] = [
    "wikinews_winer_fr/articles_2016.jsonl",
    "masakhanews_fr/dev.jsonl",
    "masakhanews_fr/fewshot50_train.jsonl",
];

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("DEPECHE_DATA").map(PathBuf::from);
    if folder.is_none() {
        // Written, not printed: the test runner hides what a passing test prints.
        let _ = std::io::stderr().write_fmt(format_args!(
            "skipped: DEPECHE_DATA names no folder of real articles\n"
        ));
    }
    folder
}

/// The articles of the three files, each with its id.
fn articles() -> Option<Vec<(String, String)>> {
    let folder = data()?;
    let mut articles = Vec::new();
    for file in FILES {
        for line in fs::read_to_string(folder.join(file)).unwrap().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| row[name].as_str().unwrap().to_owned();
            articles.push((field("id"), field("text")));
        }
    }
    Some(articles)
}

fn whole(text: &str) -> Document {
    let end = text.len();
    segment(text, Span { start: 0, end })
}

#[test]
fn no_visible_byte_of_a_real_article_is_lost() {
    let Some(articles) = articles() else { return };
    assert!(articles.len() > 1000);
    for (id, text) in articles {
        let document = whole(&text);
        let mut spans: Vec<Span> = document.sentences.iter().map(|s| s.span).collect();
        spans.extend(document.noise.iter().map(|noise| noise.span));
        spans.sort();
        let mut at = 0;
        for span in spans {
            assert!(
                span.start >= at && is_blank(&text[at..span.start]),
                "{id} at {at}"
            );
            assert!(!is_blank(&text[span.start..span.end]), "{id} at {at}");
            at = span.end;
        }
        assert!(is_blank(&text[at..]), "{id}");
    }
}

/// White space and the invisible marks that some articles have inside.
fn is_blank(text: &str) -> bool {
    let invisible = [
        '\u{ad}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}',
    ];
    text.chars()
        .all(|c| c.is_whitespace() || invisible.contains(&c))
}

#[test]
fn real_sentences_have_plausible_lengths_and_starts() {
    let Some(articles) = articles() else { return };
    let mut lengths = Vec::new();
    let mut small_starts = 0;
    for (_, text) in articles {
        for sentence in whole(&text).sentences {
            lengths.push(sentence.text.chars().count());
            small_starts += usize::from(sentence.text.starts_with(char::is_lowercase));
            assert!(sentence.text.len() <= LONGEST_SENTENCE, "{}", sentence.text);
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    // French news: 20 to 25 words a sentence.
    assert!((110..=160).contains(&median), "median {median} characters");
    // A sentence that begins with a small letter is nearly always a wrong split.
    assert!(
        small_starts * 1000 < lengths.len(),
        "{small_starts} of {}",
        lengths.len()
    );
}

#[test]
fn real_articles_are_french_and_almost_free_of_wire_noise() {
    let Some(articles) = articles() else { return };
    let mut hedged = 0;
    for (id, text) in articles {
        let language = identify(&text);
        assert!(
            language.is_none_or(|l| l.code == "fr" || !l.reliable),
            "{id}: {language:?}"
        );
        hedged += usize::from(language.is_none_or(|l| !l.reliable));
        // These sources have no agency signatures, numbered pictures or teasers behind them.
        let wrong = whole(&text).noise.into_iter().find(|noise| {
            matches!(
                noise.kind,
                NoiseKind::Signature | NoiseKind::Teaser | NoiseKind::PhotoCredit
            )
        });
        assert!(
            wrong.is_none_or(|n| n.span.end == text.len()),
            "{id}: {wrong:?}"
        );
    }
    // Lists of names are hedged.
    assert!(hedged <= 10, "{hedged} articles in no certain language");
}

#[test]
fn real_wire_pages_have_the_right_top_and_noise() {
    let Some(folder) = data() else { return };
    let page = |name: &str| fs::read_to_string(folder.join("../articles").join(name)).unwrap();

    let text = page("cvn-2024-05.txt");
    let top = header(&text);
    assert_eq!(top.date.as_deref(), Some("2024-05"));
    let title = top.title.unwrap().span;
    let first_line = text.lines().next().unwrap();
    assert_eq!(
        first_line,
        format!(" date 2024-05 {}", &text[title.start..title.end])
    );
    let document = segment(&text, top.body);
    let related = NoiseKind::RelatedHeadline;
    let expected = [
        related,
        related,
        related,
        NoiseKind::PhotoCredit,
        NoiseKind::Signature,
    ];
    assert_eq!(kinds(&document), expected);
    // Two names with initials are in it.
    assert_eq!(document.sentences.len(), 8);

    let text = page("vna-2020-03.txt");
    let top = header(&text);
    assert_eq!((top.date.as_deref(), top.title), (Some("2020-03"), None));
    let document = segment(&text, top.body);
    let expected = [
        NoiseKind::Caption,
        NoiseKind::Dateline,
        NoiseKind::Signature,
    ];
    assert_eq!(kinds(&document), expected);
    assert_eq!(document.sentences.len(), 11);
    for sentence in document.sentences {
        assert!(!sentence.text.contains("VNA") && sentence.text.ends_with('.'));
    }
}

fn kinds(document: &Document) -> Vec<NoiseKind> {
    document.noise.iter().map(|noise| noise.kind).collect()
}
