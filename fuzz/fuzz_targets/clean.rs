//! The text room on any page: nothing visible is lost, nothing stands twice, no panic.
#![no_main]

#[path = "../../tests/support/covered.rs"]
mod covered;

use depeche::text::{header, identify, segment};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: &str| {
    let top = header(page);
    covered::check(page, &segment(page, top.body), top.body);
    identify(page);
});
