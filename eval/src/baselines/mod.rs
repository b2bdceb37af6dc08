//! Systems without a model.
