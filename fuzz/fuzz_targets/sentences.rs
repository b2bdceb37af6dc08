//! Sentences and what is found in them, on pages put together from pieces of French wire copy: a byte chooses a piece.
#![no_main]

#[path = "../../tests/support/covered.rs"]
mod covered;

use depeche::article::Span;
use depeche::text::{dates, numbers, segment};
use libfuzzer_sys::fuzz_target;

/// What sentence ends, dates and numbers are decided by.
const PIECES: [&str; 64] = [
    " ", "\n", "\n\n", ".", "...", "…", "!", "?", ";", ":", ",", "«\u{a0}", "\u{a0}»", "\"", "'", "’", "(", ")", "[",
    "]", "-", "–", "• ", "1. ", "a) ", "M.", "Mme ", "av. J.-C.", "etc.", "No. ", "p. 3", "le ", "Le ", "l'ONU",
    "Hanoï (VNA) – ", " -VNA", "Photo : VNA", ">> Lire aussi : ", "15 mai 2024", "lundi", "le 1er janvier", "en 2022",
    "3,5 milliards", "12.000", "1 000", "20 %", "deux cents", "quatre-vingt-dix-neuf", "million", "XIXe", "24/7",
    "08h30", "&nbsp;", "&amp;eacute;", "e\u{301}", "\u{feff}", "\u{202e}", "www.vna.vn", "a@b.fr", "今天。", "वह ।",
    "İ", "ǅ", "mot",
];

fuzz_target!(|bytes: &[u8]| {
    let page: String = bytes
        .iter()
        .map(|byte| PIECES[usize::from(*byte) % PIECES.len()])
        .collect();
    let body = Span {
        start: 0,
        end: page.len(),
    };
    let document = segment(&page, body);
    covered::check(&page, &document, body);
    for sentence in &document.sentences {
        dates::find(&sentence.text);
        numbers::find(&sentence.text);
    }
});
