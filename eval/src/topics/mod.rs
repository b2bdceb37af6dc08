//! Figures of topics: decisions, rankings, probabilities.

pub mod counts;
