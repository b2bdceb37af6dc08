//! The generator's GGUF file: any bytes are a model or an error.
#![no_main]

use depeche::generator::GgufGenerator;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("a written file");
    let _ = GgufGenerator::load(file.path(), "fuzzed");
});
