//! What the program logs when it says all it can: never the token of the hub.

use std::net::TcpListener;

use assert_cmd::Command;

use crate::fake_hub::FakeHub;
use crate::site::{Site, hub_source, weights};

const TOKEN: &str = "hf_neverShowThisToAnyone";

/// Fetches model `h` from the hub at `endpoint` with this much said; all that was said.
fn said(site: &Site, endpoint: &str, level: &[&str], log: Option<&str>) -> String {
    // Writes the registry file.
    site.store(|_| ());
    let mut command = Command::cargo_bin("depeche").expect("built");
    command
        .args(["models", "fetch", "h"])
        .args(level)
        .env("DEPECHE_REGISTRY", site.path("registry.toml"))
        .env("DEPECHE_CACHE", site.path("cache"))
        .env("HF_HOME", site.path("hf"))
        .env("HF_ENDPOINT", endpoint)
        .env("HF_TOKEN", TOKEN)
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("HF_HUB_OFFLINE")
        .env_remove("DEPECHE_OFFLINE")
        .env_remove("DEPECHE_QUIET")
        .env_remove("RUST_LOG");
    if let Some(log) = log {
        command.env("RUST_LOG", log);
    }
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2), "no source gives the model");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn the_token_is_never_logged() {
    let mut site = Site::new();
    site.model("h", &weights(), &[&hub_source("owner/name")]);
    let answers = |status: &'static str| {
        FakeHub::new(move |_, _| {
            let echo = vec![("X-Error-Message", format!("bad token {TOKEN}"))];
            Some((
                status,
                echo,
                format!("{{\"error\": \"{TOKEN}\"}}").into_bytes(),
            ))
        })
    };
    let hubs = [
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "500 Internal Server Error",
    ]
    .map(answers);
    let free = TcpListener::bind("127.0.0.1:0")
        .and_then(|bound| bound.local_addr())
        .expect("a free port");
    let mut endpoints: Vec<String> = hubs.iter().map(|hub| hub.endpoint.clone()).collect();
    endpoints.push(format!("http://{free}"));
    for endpoint in &endpoints {
        let levels: [(&[&str], Option<&str>); 2] = [(&["-vvv"], None), (&[], Some("trace"))];
        for (level, log) in levels {
            let said = said(&site, endpoint, level, log);
            assert!(said.contains("owner/name"), "{endpoint}: {said}");
            assert!(
                !said.contains(TOKEN),
                "{endpoint} {level:?} {log:?}: {said}"
            );
        }
    }
    for hub in &hubs {
        let requests = hub.requests.lock().expect("no panic while held");
        assert!(
            requests
                .iter()
                .all(|request| request["authorization"] == format!("Bearer {TOKEN}")),
            "the token was sent: it could have been logged"
        );
        assert!(!requests.is_empty());
    }
}
