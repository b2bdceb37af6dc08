//! A figure: a number together with what it was made from, article by article.
//!
//! Owns [`Figure`]. Every metric keeps, for each article, a row of numbers that is enough to make the figure again from
//! any choice of articles (its sufficient statistics). So resampling, paired tests and the gate need to know no metric.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Makes a figure from the rows of some articles, repeats allowed; `None` where it is undefined (a quotient whose
/// denominator is 0, no articles).
pub type Formula = Arc<dyn Fn(&[&[f64]]) -> Option<f64> + Send + Sync>;

/// Which way a figure gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: it describes (a length).
    Neutral,
}

/// A number with its per-article statistics.
///
/// ```
/// use depeche_eval::{Direction, Figure};
///
/// let words = Figure::mean("words", Direction::Neutral, [Some(40.0), None, Some(50.0)]);
/// assert_eq!(words.value(), Some(45.0));
/// assert_eq!(words.value_of(&[0, 0, 2]), Some(130.0 / 3.0));
/// assert_eq!(words.value_of(&[1]), None);
/// ```
#[derive(Clone)]
pub struct Figure {
    /// What it is called, in kebab case: `core-macro-f1`.
    pub name: String,
    /// Which way it gets better.
    pub direction: Direction,
    /// Parameters that change the number, as in sacreBLEU's signatures: `nc:6|nw:0|beta:2`; empty if there are none.
    pub parameters: String,
    /// One row for each article of the task, in the task's order; all of one length.
    pub rows: Vec<Vec<f64>>,
    /// From rows to the number.
    pub formula: Formula,
}

impl Figure {
    /// The figure over all articles.
    pub fn value(&self) -> Option<f64> {
        (self.formula)(&self.rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// The figure over these articles (indices into [`rows`](Figure::rows), repeats allowed).
    ///
    /// # Panics
    /// If an index is not below the number of rows.
    pub fn value_of(&self, articles: &[usize]) -> Option<f64> {
        let rows: Vec<&[f64]> = articles
            .iter()
            .map(|at| self.rows[*at].as_slice())
            .collect();
        (self.formula)(&rows)
    }

    /// The quotient of two sums: each article gives its part of the numerator and of the denominator.
    pub fn ratio(
        name: &str,
        direction: Direction,
        parts: impl IntoIterator<Item = (f64, f64)>,
    ) -> Figure {
        Figure {
            name: name.to_owned(),
            direction,
            parameters: String::new(),
            rows: parts
                .into_iter()
                .map(|(part, whole)| vec![part, whole])
                .collect(),
            formula: Arc::new(|rows| {
                let sum = |column: usize| rows.iter().map(|row| row[column]).sum::<f64>();
                let whole = sum(1);
                (whole > 0.0).then(|| sum(0) / whole)
            }),
        }
    }

    /// The mean over the articles that have a value.
    pub fn mean(
        name: &str,
        direction: Direction,
        values: impl IntoIterator<Item = Option<f64>>,
    ) -> Figure {
        let parts = values
            .into_iter()
            .map(|value| (value.unwrap_or(0.0), f64::from(u8::from(value.is_some()))));
        Figure::ratio(name, direction, parts)
    }

    /// The same figure with its parameters named.
    pub fn with_parameters(mut self, parameters: &str) -> Figure {
        parameters.clone_into(&mut self.parameters);
        self
    }
}

impl fmt::Debug for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Figure")
            .field("name", &self.name)
            .field("parameters", &self.parameters)
            .field("rows", &self.rows.len())
            .field("value", &self.value())
            .finish()
    }
}
