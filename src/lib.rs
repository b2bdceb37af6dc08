//! depeche: topics and short English abstracts for French news-wire articles.
//!
//! Data flows one way:
//!
//! ```text
//! input → read → Article → text (clean, sentences) ─┬→ encoder → topics ──────────────┬→ Record → write → output
//!                                                   └→ abstracts → generator → Summary ┘
//! ```
//!
//! A room (module) imports only rooms of the groups above its own in this file. Only [`kernels`], [`lora`],
//! [`encoder`] and [`generator`] know Candle; outside them the world is `&str`, ids and `ndarray`.

#![forbid(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]
#![warn(missing_docs)]

mod files;
pub mod interrupts;
mod progress;

pub mod article;
pub mod record;

pub mod registry;
pub mod text;

pub mod read;
pub mod write;

pub mod kernels;
pub mod lora;

pub mod encoder;
pub mod generator;

pub mod abstracts;
pub mod topics;

pub mod pipeline;

pub mod batch;
pub mod run_report;

pub mod cli;

#[cfg(test)]
#[path = "../tests/fixtures/special_names.rs"]
mod special_names;
