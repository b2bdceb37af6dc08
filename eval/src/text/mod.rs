//! Figures of an abstract's wording: against a reference, and by its form.
//!
//! Owns [`figures`]. Whether what an abstract says is true is not judged here but in [`support`](crate::support).
//!
//! Against [`Gold::summary`](crate::Gold::summary), over the articles that have one; an article without an abstract is
//! scored as the empty text, never left out:
//!
//! | figure | what it is | scale |
//! |---|---|---|
//! | `rouge-1`, `rouge-2`, `rouge-l`, `rouge-lsum` | mean F-measure over articles; for `rouge-lsum` each sentence is a line | 0 to 1 |
//! | `bleu` | corpus BLEU | 0 to 100 |
//! | `chrf`, `chrf++` | corpus chrF2 and chrF2++ | 0 to 100 |
//!
//! By form, over the abstracts that there are (except `written`):
//!
//! | figure | what it is |
//! |---|---|
//! | `written` | share of articles with an abstract; a blank one is none |
//! | `words` | mean number of words (pieces between white space with a letter or digit) |
//! | `compression` | words of the abstracts / words of their articles |
//! | `within-60-words` | share of at most 60 words |
//! | `copied-french` | share of words within four or more copied in a row from the article, two or more of them ordinary words |
//! | `novel-unigrams`, `-bigrams`, `-trigrams` | mean share of an abstract's different n-grams that the article does not have |
//! | `english` | share that is English ([`is_english`]) |
//! | `complete` | share that begins and ends as sentences do ([`is_complete`]) |
//! | `verified` | share that passed all of the program's checks; undefined if it checks none |
//! | `check-NAME` | share that passed this check of those that went through it |
//!
//! What novelty tells here: articles are French and abstracts English, so nearly all n-grams are novel, and those that are
//! not are names, numbers and words that both languages have. It says nothing of how far an abstract rewords its article,
//! as it does for summaries in one language. Low novelty means untranslated French; high novelty of single words, few names
//! and numbers of the article. The abstracts of `corpus/gold` (train and dev) have 0.76, 0.96
//! and 0.99, and nothing copied.

mod bleu;
mod chrf;
mod form;
mod language;
mod ngrams;
mod novelty;
mod rouge;
mod sentences;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::Arc;

use crate::align::Pair;
use crate::figure::{Direction, Figure};
use crate::read::prediction::PredictedAbstract;

pub use bleu::Bleu;
pub use chrf::{Chrf, Order};
pub use language::is_english;
pub use rouge::{RougeScore, RougeScores, rouge};
pub use sentences::is_complete;

/// Everything that is scored of an abstract's wording: against the reference, and by its form.
///
/// The figures and what each is over are listed in the [module's documentation](self). A figure without anything to be
/// over (no article has a reference, no abstract was written) is undefined; those of checks are there for the checks
/// that occur in the predictions.
///
/// ```
/// use depeche_eval::{Gold, Prediction, align, text};
/// use std::path::Path;
///
/// let gold = r#"{"id": "a", "topics": [], "text": "Le commerce a progressé.", "abstract": "Trade has grown."}"#;
/// let gold = Gold::parse(gold.as_bytes(), Path::new("gold.jsonl"))?;
/// let predictions = r#"{"id": "a", "abstract": "Trade grew."}"#;
/// let predictions = Prediction::parse(predictions.as_bytes(), Path::new("out.jsonl"))?;
/// let (pairs, _) = align(&gold, &predictions, &[]);
///
/// let figures = text::figures(&pairs);
/// let value = |name: &str| figures.iter().find(|figure| figure.name == name).and_then(|figure| figure.value());
/// assert_eq!(value("rouge-1"), Some(0.4));
/// assert_eq!(value("words"), Some(2.0));
/// assert_eq!(value("complete"), Some(1.0));
/// assert_eq!(value("verified"), None);
/// # Ok::<(), depeche_eval::ReadError>(())
/// ```
pub fn figures(pairs: &[Pair]) -> Vec<Figure> {
    let texts: Vec<Option<Texts>> = pairs.iter().map(Texts::of).collect();
    let mut figures = rouge_figures(&texts);
    figures.push(bleu_figure(&texts));
    figures.push(chrf_figure(
        "chrf",
        Chrf::PARAMETERS,
        &texts,
        Chrf::characters,
    ));
    figures.push(chrf_figure(
        "chrf++",
        Chrf::PARAMETERS_WITH_WORDS,
        &texts,
        Chrf::with_words,
    ));
    figures.extend(form::figures(pairs));
    figures
}

/// What is compared of an article that has a reference.
struct Texts<'a> {
    hypothesis: &'a str,
    reference: &'a str,
}

impl<'a> Texts<'a> {
    /// `None` if the article has no reference; a blank one is none.
    fn of(pair: &Pair<'a>) -> Option<Texts<'a>> {
        let reference = pair.gold.summary.as_deref()?;
        let hypothesis = written(pair).map_or("", |summary| &summary.text);
        (!reference.trim().is_empty()).then_some(Texts {
            hypothesis,
            reference,
        })
    }
}

/// The abstract of an article, if there is one that is not blank.
fn written<'a>(pair: &Pair<'a>) -> Option<&'a PredictedAbstract> {
    let summary = pair.prediction?.summary.as_ref()?;
    (!summary.text.trim().is_empty()).then_some(summary)
}

fn rouge_figures(texts: &[Option<Texts>]) -> Vec<Figure> {
    let scores: Vec<Option<RougeScores>> = texts
        .iter()
        .map(|texts| {
            let texts = texts.as_ref()?;
            Some(rouge(
                &sentences::lines(texts.hypothesis),
                &sentences::lines(texts.reference),
            ))
        })
        .collect();
    type Part = fn(&RougeScores) -> RougeScore;
    let parts: [(&str, &str, Part); 4] = [
        ("rouge-1", "measure:f|stem:no", |scores| scores.one),
        ("rouge-2", "measure:f|stem:no", |scores| scores.two),
        ("rouge-l", "measure:f|stem:no", |scores| scores.l),
        (
            "rouge-lsum",
            "measure:f|stem:no|lines:sentences",
            |scores| scores.lsum,
        ),
    ];
    let figure = |(name, parameters, part): (&str, &str, Part)| {
        let values = scores
            .iter()
            .map(|scores| scores.as_ref().map(|scores| part(scores).f));
        Figure::mean(name, Direction::Higher, values).with_parameters(parameters)
    };
    parts.into_iter().map(figure).collect()
}

fn bleu_figure(texts: &[Option<Texts>]) -> Figure {
    let row = |texts: &Option<Texts>| match texts {
        Some(texts) => Bleu::of(texts.hypothesis, texts.reference).row(),
        None => Bleu::default().row(),
    };
    Figure {
        name: "bleu".to_owned(),
        direction: Direction::Higher,
        parameters: Bleu::PARAMETERS.to_owned(),
        rows: texts.iter().map(row).collect(),
        formula: Arc::new(|rows| Some(Bleu::of_rows(rows)?.score())),
    }
}

fn chrf_figure(
    name: &str,
    parameters: &str,
    texts: &[Option<Texts>],
    count: fn(&str, &str) -> Chrf,
) -> Figure {
    let row = |texts: &Option<Texts>| match texts {
        Some(texts) => count(texts.hypothesis, texts.reference).row(),
        None => count("", "").row(),
    };
    Figure {
        name: name.to_owned(),
        direction: Direction::Higher,
        parameters: parameters.to_owned(),
        rows: texts.iter().map(row).collect(),
        formula: Arc::new(|rows| Some(Chrf::of_rows(rows)?.score())),
    }
}
