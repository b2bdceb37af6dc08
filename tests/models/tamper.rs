//! Weights that are not the pinned ones, by each way in which they come: no path to them is ever handed out, so no parser
//! sees them.

use std::fs;
use std::path::Path;

use depeche::registry::{Store, StoreOptions};

use crate::fake_hub::FakeHub;
use crate::site::{Member, Site, chain, hub_source, weights};

/// What can be done to a file, and the result.
fn tampered() -> Vec<(&'static str, Vec<u8>)> {
    let whole = weights();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    let mut longer = whole.clone();
    longer.push(b'\n');
    vec![
        ("a bit changed", changed),
        ("cut", whole[..whole.len() - 1].to_vec()),
        ("longer", longer),
        ("empty", Vec::new()),
        ("another format", b"\x80\x04\x95 a pickle".to_vec()),
    ]
}

/// Neither `local` nor `ensure` gives the file; what the error says.
fn refused(store: &Store, what: &str) -> String {
    store.local("t").map(|model| model.weights).expect_err(what);
    let error = chain(
        &store
            .ensure("t")
            .map(|model| model.weights)
            .expect_err(what),
    );
    assert!(
        error.contains("t/model.gguf") || error.contains("model \"t\"") || error.contains("`t`"),
        "{what}: {error}"
    );
    error
}

/// A site whose model `t` has one source.
fn site(source: &str) -> Site {
    let mut site = Site::new();
    site.model("t", &weights(), &[source]);
    site
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("create");
    fs::write(path, bytes).expect("write");
}

#[test]
fn a_file_named_by_path_in_the_cache_or_in_a_shared_folder() {
    for (what, bytes) in tampered() {
        for place in [
            "local.gguf",
            "cache/models/t/model.gguf",
            "share/t/model.gguf",
        ] {
            let site = site("{ path = \"local.gguf\" }");
            let store = site
                .store(|options: &mut StoreOptions| options.models_dir = Some(site.path("share")));
            write(&site.path(place), &weights());
            assert!(store.local("t").is_ok(), "{place}: the whole file is taken");
            write(&site.path(place), &bytes);
            refused(&store, &format!("{what} at {place}"));
        }
    }
}

#[test]
fn a_wheel() {
    for (what, bytes) in tampered() {
        let source = "{ wheels = { packages = [\"one==1\"], member = \"*/data/weights.bin\" } }";
        let site = site(source);
        let members: [Member; 1] = [("one/data/weights.bin", &bytes)];
        site.wheel("one==1", &members);
        refused(&site.store(|_| ()), what);
        assert!(!site.cached("t").exists(), "{what}");
    }
    // The archive itself, a bit changed at every place: what comes of it is the pinned content or an error.
    let site = site("{ wheels = { packages = [\"one==1\"], member = \"*/data/weights.bin\" } }");
    let whole = weights();
    site.wheel("one==1", &[("one/data/weights.bin", &whole)]);
    let wheel = site.path("wheels/one==1.whl");
    let archive = fs::read(&wheel).expect("there");
    for at in (0..archive.len()).step_by(3) {
        let mut changed = archive.clone();
        changed[at] ^= 1;
        fs::write(&wheel, changed).expect("write");
        if let Ok(model) = site.store(|_| ()).ensure("t") {
            assert_eq!(fs::read(&model.weights).expect("there"), whole, "byte {at}");
            fs::remove_dir_all(site.path("cache")).expect("remove");
        }
    }
}

#[test]
fn the_hub() {
    for (what, bytes) in tampered() {
        let site = site(&hub_source("owner/name"));
        let hub = FakeHub::serving(bytes);
        let store = site.store(|options| options.hub.endpoint = Some(hub.endpoint.clone()));
        refused(&store, what);
        assert!(!site.cached("t").exists(), "{what}");
    }
}
