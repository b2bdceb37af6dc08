//! The head as a whole, on small made-up articles.
