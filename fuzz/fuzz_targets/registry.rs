//! The user's registry file: any text is a list of models or an error.
#![no_main]

use depeche::registry::Registry;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("a written file");
    if let Ok(registry) = Registry::load(file.path()) {
        for model in registry.models() {
            // Ids and names become paths: none may lead out of its folder.
            for name in model.files.iter().map(|file| &file.name).chain([&model.id]) {
                assert!(!name.contains(['/', '\\', '\0']) && name != ".." && name != ".");
            }
        }
    }
});
