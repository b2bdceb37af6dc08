//! The shape of a gold row, strict: an unknown or missing field fails.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    pub date: String,
    pub title: Option<String>,
    pub text: String,
    pub language: String,
    pub kind: String,
    pub topics: Vec<String>,
    #[serde(rename = "abstract")]
    pub summary: String,
    #[serde(default)]
    pub facts: Vec<Fact>,
    pub noise: Vec<String>,
    pub hard_negatives: Vec<HardNegative>,
    pub split: String,
    pub fictional: bool,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fact {
    Person {
        source: String,
        english: String,
        office: Option<String>,
    },
    Organisation {
        source: String,
        english: String,
    },
    Place {
        source: String,
        english: String,
    },
    Number {
        source: String,
        english: String,
        value: f64,
        unit: String,
    },
    Date {
        source: String,
        english: String,
        value: String,
    },
    Event {
        source: String,
        english: String,
        who: String,
        did: String,
        to: Option<String>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HardNegative {
    pub topic: String,
    pub kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    pub id: String,
    pub date: String,
    pub title: Option<String>,
    pub text: String,
    pub language: String,
    pub topics: Vec<String>,
    pub fictional: bool,
}

impl Fact {
    pub fn quotes(&self) -> (&str, &str) {
        match self {
            Self::Person {
                source, english, ..
            }
            | Self::Organisation { source, english }
            | Self::Place { source, english }
            | Self::Number {
                source, english, ..
            }
            | Self::Date {
                source, english, ..
            }
            | Self::Event {
                source, english, ..
            } => (source, english),
        }
    }

    /// What is not a quotation must say something too.
    pub fn is_filled_in(&self) -> bool {
        match self {
            Self::Person { office, .. } => office.as_ref().is_none_or(|office| !office.is_empty()),
            Self::Organisation { .. } | Self::Place { .. } => true,
            Self::Number { value, unit, .. } => value.is_finite() && !unit.is_empty(),
            // ISO 8601: a date, or an interval of two.
            Self::Date { value, .. } => value.split('/').all(is_iso_date),
            Self::Event { who, did, to, .. } => {
                !who.is_empty() && !did.is_empty() && to.as_ref().is_none_or(|to| !to.is_empty())
            }
        }
    }
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
pub fn is_iso_date(text: &str) -> bool {
    let digits =
        |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() <= 3 && digits(parts[0], 4) && parts[1..].iter().all(|part| digits(part, 2))
}
