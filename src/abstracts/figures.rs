//! The figures that an abstract may use: decoding cannot write a number or year that the article has not, nor a word
//! of the prompt's example.
//!
//! Figures are compared by their digits, thousands separators left out: what the article writes in words ("dix",
//! "11e", "3.500") allows its value. Numbers in English words are left to the checks.

use super::Material;
use super::prompt::EXAMPLE_WORDS;
use crate::generator::Constraint;
use crate::text::{dates, numbers};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A run of digits with separators inside.
static FIGURE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d+(?:[.,]\d+)*").expect("the pattern is valid"));

/// Magnitudes by which an article's number may be given: 3 500 millions as 3.5 billion.
const MAGNITUDES: [f64; 4] = [1.0, 1e3, 1e6, 1e9];

/// What digits an abstract may hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    allowed: BTreeSet<String>,
    /// Words of the prompt's example that the article has not.
    barred: Vec<&'static str>,
}

impl Figures {
    /// The figures of the article, of its text in English (with resolved dates) and of its date.
    pub(super) fn of(material: &Material, english: &str) -> Self {
        let mut figures = Self::default();
        figures.add_written(english);
        let title = material.title.into_iter().chain(material.dateline);
        for text in title.chain(material.sentences.iter().map(|s| s.text.as_str())) {
            figures.add_written(text);
            for number in numbers::find(text) {
                figures.add_value(number.value);
            }
            for date in dates::find(text) {
                let parts = [date.day.map(u16::from), date.year];
                for part in parts.into_iter().flatten() {
                    figures.allowed.insert(part.to_string());
                }
            }
        }
        if let Some(date) = material.date {
            figures.allowed.insert(date.year.to_string());
        }
        let texts = material.sentences.iter().map(|s| s.text.as_str());
        let article: String = texts.chain([english]).collect::<Vec<_>>().join(" ");
        let article = article.to_lowercase();
        figures.barred = EXAMPLE_WORDS
            .into_iter()
            .filter(|(english, french)| !article.contains(english) && !article.contains(french))
            .map(|(english, _)| english)
            .collect();
        figures
    }

    fn add_written(&mut self, text: &str) {
        let written = FIGURE.find_iter(text).map(|found| digits(found.as_str()));
        self.allowed.extend(written);
    }

    fn add_value(&mut self, value: f64) {
        for magnitude in MAGNITUDES {
            let scaled = value / magnitude;
            // More decimals than this nobody writes; below one it is another number.
            if magnitude == 1.0 || (scaled >= 1.0 && (scaled * 1000.0).fract().abs() < 1e-6) {
                self.allowed.insert(scaled.to_string());
            }
        }
    }

    fn has(&self, figure: &str) -> bool {
        self.allowed.contains(figure)
    }

    fn has_beginning(&self, figure: &str) -> bool {
        let next = self.allowed.range(figure.to_owned()..).next();
        next.is_some_and(|next| next.starts_with(figure))
    }
}

/// The figure without thousands separators.
fn digits(figure: &str) -> String {
    figure.replace(',', "")
}

impl Constraint for Figures {
    fn admits(&self, written: &str, ended: bool) -> bool {
        let lower = written.to_lowercase();
        if self.barred.iter().any(|word| lower.contains(word)) {
            return false;
        }
        let found: Vec<_> = FIGURE.find_iter(written).collect();
        found.iter().rev().take(2).all(|figure| {
            let rest = &written[figure.end()..];
            let open = !ended && matches!(rest, "" | "," | ".");
            let written = digits(figure.as_str());
            self.has(&written) || open && self.has_beginning(&written)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{PublicationDate, Span};
    use crate::text::segment;

    #[test]
    fn only_figures_of_the_article() {
        let raw = "La 11e session a approuvé dix projets pour 3.500 emplois et 2.500 millions de dollars, soit 6,3%.";
        let whole = Span {
            start: 0,
            end: raw.len(),
        };
        let document = segment(raw, whole);
        let material = Material::of(None, raw, &document, PublicationDate::parse("2024-05-17"));
        let figures = Figures::of(&material, "on 9 May 2024");
        let table = [
            ("the 11th session", true),
            ("the 12th session", false),
            ("10 projects", true),
            ("1", true), // may become 10 or 11
            ("1 project", false),
            ("3,5", true), // may become 3,500
            ("3,500 jobs", true),
            ("3500", true),
            ("2.5 billion", true),
            ("2.6 billion", false),
            ("6.3%", true),
            ("in 2024", true),
            ("in 2023", false),
            ("on 9 May", true),
            ("on 9, 12", false),
            ("no figure at all", true),
            ("before winter", false), // a word of the prompt's example
        ];
        for (text, admitted) in table {
            assert_eq!(figures.admits(text, false), admitted, "{text}");
        }
        assert!(figures.admits("in 20", false));
        assert!(!figures.admits("in 20", true));
    }
}
