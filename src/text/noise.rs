//! Which parts of a wire page are noise, and which are paragraphs.
//!
//! Owns the classes of whole lines, the grouping of lines into paragraphs, and the cutting of a
//! paragraph at the marks that [`agency`](super::agency) and [`caption`](super::caption) find.
//! Where other articles begin is [`super::tail`]'s. Input is plain text, see
//! [`clean`](super::clean).

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::agency::{compile, dateline, datelines_inside, is_signature_line, signatures};
use super::caption::{caption_start, credits, is_positioned_phrase};
use super::sentences::is_bullet;
use super::{NoiseKind, Piece, PieceKind, lines, tail};

/// A line longer than this, in bytes, is no link to another article.
const LONGEST_LINK: usize = 250;
/// A line of addresses is not longer than this, in bytes.
const LONGEST_CONTACT: usize = 200;
/// Text that was wrapped is wider than this, in characters.
const NARROWEST_WRAP: usize = 40;

static LINK_LINE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:>>+|[►▶→])\s*\S|^(?:(?:À|A) )?(?:[Ll]ire|[Vv]oir|[Rr]egarder|[ÉéEe]couter) (?:aussi|également)\b|^Voir plus$",
    )
});
static LINK_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?:^|[.!?…»"”]\s+)((?:(?:(?:À|A) (?:(?:surtout|ne pas|ne surtout pas) )?(?:lire|voir|regarder|écouter|manquer)|Lire|Voir|Regarder|Écouter)\b|Articles recommandés|Vous pourriez (?:aussi |également |peut-être )?être intéressée?s? par)[^.:!?…»"\n]{0,60}:)"#,
    )
});
static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?i:tél(?:éphone)?|hotline|ligne directe|fax|télécopie|portable|mobile|e-?mail|courriel|adresse|site(?: web| internet)?|numéros?(?: de téléphone)?)\b[^:]{0,40}:.*(?:\d|@|www\.|https?://)|^(?:\+?[\d(][\d\s().,/;-]{6,}|\S+@\S+\.\S+|(?:https?://|www\.)\S+)$",
    )
});
static SHARE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:Partager (?:cet |l')article\b.{0,20}|(?:Partager|Imprimer|Courriel|Facebook|Twitter|Google\+?|Identi\.ca|Reddit|Digg|Yahoo!|LinkedIn|WhatsApp|Telegram|Zalo)\s?,?)$",
    )
});

/// Cuts plain text into noise and running text, in order and without the white space between.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let end = tail::start(text).unwrap_or(text.len());
    let mut pieces = Vec::new();
    for (number, block) in blocks(&text[..end]).into_iter().enumerate() {
        match block.kind {
            Some(kind) => add(&mut pieces, text, block.range, PieceKind::Noise(kind)),
            None => cut_paragraph(text, block.range, number, &mut pieces),
        }
    }
    for line in lines(&text[end..]) {
        let range = end + line.start..end + line.end;
        let kind = match line_kind(&text[range.clone()]) {
            Some(NoiseKind::RelatedHeadline) | None => NoiseKind::Teaser,
            Some(kind) => kind,
        };
        add(&mut pieces, text, range, PieceKind::Noise(kind));
    }
    pieces
}

/// The kind of noise that a whole sentence is, if it is: only marks, or an address.
pub(super) fn of_sentence(sentence: &str) -> Option<NoiseKind> {
    if !sentence.chars().any(char::is_alphanumeric) {
        Some(NoiseKind::Separator)
    } else if sentence.len() <= LONGEST_CONTACT && CONTACT.is_match(sentence) {
        Some(NoiseKind::Contact)
    } else {
        None
    }
}

/// The kind of noise that a whole line is, if it is.
fn line_kind(line: &str) -> Option<NoiseKind> {
    if line.len() <= LONGEST_LINK && LINK_LINE.is_match(line) {
        Some(NoiseKind::RelatedHeadline)
    } else if is_signature_line(line) {
        Some(NoiseKind::Signature)
    } else if SHARE.is_match(line) {
        Some(NoiseKind::Contact)
    } else {
        of_sentence(line)
    }
}

/// A paragraph, or a line that is noise.
struct Block {
    range: Range<usize>,
    kind: Option<NoiseKind>,
}

/// Groups lines: a blank line, a line of noise and a list item each begin a new block.
fn blocks(text: &str) -> Vec<Block> {
    let all: Vec<Range<usize>> = lines(text).collect();
    let mut blocks: Vec<Block> = Vec::new();
    for stanza in all.split(|line| line.is_empty()) {
        let width = stanza.iter().map(|line| width(&text[line.clone()])).max();
        let mut previous: Option<&str> = None;
        for range in stanza {
            let line = &text[range.clone()];
            let kind = line_kind(line);
            let joined = previous.is_some_and(|p| goes_on(p, line, width.unwrap_or(0)));
            match blocks.last_mut() {
                Some(last) if kind.is_none() && joined => last.range.end = range.end,
                _ => blocks.push(Block {
                    range: range.clone(),
                    kind,
                }),
            }
            previous = kind.is_none().then_some(line);
        }
    }
    blocks
}

/// Whether `line` continues the paragraph of `previous`: the break between them was made by
/// wrapping at `width`, because the first word of `line` had no more room before it.
fn goes_on(previous: &str, line: &str, limit: usize) -> bool {
    let first_word = line.split(' ').next().unwrap_or(line);
    let forced = width(previous) + 1 + width(first_word) > limit && limit >= NARROWEST_WRAP;
    let small = line.starts_with(char::is_lowercase);
    !is_bullet(line) && (forced || small)
}

fn width(line: &str) -> usize {
    line.chars().count()
}

/// What interrupts a paragraph.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Credit,
    Signature,
    LinkLabel,
    /// A new report begins; the mark is empty and the dateline follows it.
    Dateline,
}

/// Cuts one paragraph at its marks.
fn cut_paragraph(text: &str, range: Range<usize>, number: usize, pieces: &mut Vec<Piece>) {
    let running = PieceKind::Text(number);
    let paragraph = &text[range.clone()];
    let marks = marks(paragraph);
    if marks.is_empty() && is_positioned_phrase(paragraph) {
        add(pieces, text, range, PieceKind::Noise(NoiseKind::Caption));
        return;
    }
    let mut at = range.start;
    let mut dated = cut_dateline(text, &mut at, range.end, pieces);
    for (mark, place) in marks {
        let (start, end) = (range.start + place.start, range.start + place.end);
        if start < at {
            continue;
        }
        let noise = match mark {
            Mark::Signature => Some((start, NoiseKind::Signature)),
            Mark::LinkLabel => Some((start, NoiseKind::RelatedHeadline)),
            Mark::Dateline => None,
            Mark::Credit => {
                let numbered = text[start..].trim_start_matches('(').starts_with("ảnh");
                let alone = at == range.start && end == range.end;
                let first = caption_start(&text[at..start], numbered, alone);
                // The first sentence of a report is no caption, whatever follows it.
                let caption = first.filter(|&first| first > 0 || !dated);
                Some(caption.map_or((start, NoiseKind::PhotoCredit), |first| {
                    (at + first, NoiseKind::Caption)
                }))
            }
        };
        let cut = noise.map_or(start, |(first, _)| first);
        add(pieces, text, at..cut, running);
        if let Some((first, kind)) = noise {
            add(pieces, text, first..end, PieceKind::Noise(kind));
        }
        at = end;
        dated = cut_dateline(text, &mut at, range.end, pieces);
    }
    add(pieces, text, at..range.end, running);
}

/// Cuts a dateline at `at`, after white space, and moves `at` behind it.
fn cut_dateline(text: &str, at: &mut usize, end: usize, pieces: &mut Vec<Piece>) -> bool {
    let rest = text[*at..end].trim_start();
    let start = end - rest.len();
    let Some(length) = dateline(rest) else {
        return false;
    };
    let kind = PieceKind::Noise(NoiseKind::Dateline);
    add(pieces, text, start..start + length, kind);
    *at = start + length;
    true
}

/// The marks of a paragraph in order.
fn marks(paragraph: &str) -> Vec<(Mark, Range<usize>)> {
    let labels = LINK_LABEL
        .captures_iter(paragraph)
        .filter_map(|found| found.get(1).map(|label| label.range()));
    let mut marks: Vec<(Mark, Range<usize>)> = Vec::new();
    marks.extend(credits(paragraph).into_iter().map(|r| (Mark::Credit, r)));
    marks.extend(
        signatures(paragraph)
            .into_iter()
            .map(|r| (Mark::Signature, r)),
    );
    marks.extend(labels.map(|r| (Mark::LinkLabel, r)));
    marks.extend(datelines_inside(paragraph).map(|at| (Mark::Dateline, at..at)));
    marks.sort_by_key(|(_, range)| (range.start, range.end));
    marks
}

/// Adds the range without the white space around it, unless nothing is left.
fn add(pieces: &mut Vec<Piece>, text: &str, range: Range<usize>, kind: PieceKind) {
    let inner = &text[range.clone()];
    let start = range.end - inner.trim_start().len();
    let end = range.start + inner.trim_end().len();
    if start < end {
        pieces.push(Piece { start, end, kind });
    }
}
