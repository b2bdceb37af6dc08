//! Fetching models end to end, without a network.
#![cfg(unix)]

mod fake_hub;
mod hub;
mod log;
mod site;
mod tamper;
mod wheels;
