//! Scores predictions against labelled examples.
