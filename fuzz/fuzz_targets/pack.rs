//! The encoder's 4-bit pack: any bytes are an encoder or an error.
#![no_main]

use depeche::encoder::{CandleEncoder, EncoderFiles, EncoderSettings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = EncoderFiles::Pack {
        weights: folder.path().join("pack.bin"),
        // Never read: weights come first.
        tokenizer: folder.path().join("tokenizer.json"),
    };
    std::fs::write(folder.path().join("pack.bin"), bytes).expect("a written file");
    let _ = CandleEncoder::load(&files, EncoderSettings::default(), "fuzzed");
});
