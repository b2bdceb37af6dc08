//! A hub made of a `TcpListener`, which answers what `hf-hub` 1.0.0 asks.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::site::sha256;

/// What a hub of ours answers: status, headers, body.
pub type Answer = (&'static str, Vec<(&'static str, String)>, Vec<u8>);

/// A hub on this machine. `None` as an answer: accepts and says nothing.
pub struct FakeHub {
    pub endpoint: String,
    pub requests: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
    pub connections: Arc<AtomicUsize>,
}

impl FakeHub {
    pub fn new(answer: impl Fn(&str, usize) -> Option<Answer> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let hub = Self {
            endpoint: format!("http://{}", listener.local_addr().expect("bound")),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let (requests, connections) = (hub.requests.clone(), hub.connections.clone());
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                connections.fetch_add(1, Ordering::SeqCst);
                let Some(request) = read_request(&stream) else {
                    continue;
                };
                let line = request.get("").cloned().unwrap_or_default();
                let number = {
                    let mut all = requests.lock().expect("no panic while held");
                    all.push(request);
                    all.len()
                };
                match answer(&line, number) {
                    Some(answer) => respond(stream, &answer, line.starts_with("HEAD")),
                    None => silent.push(stream),
                }
            }
        });
        hub
    }

    /// Serves `content` as `model.gguf` of any repository, as the hub does for a small file.
    pub fn serving(content: Vec<u8>) -> Self {
        Self::new(move |_, _| Some(file_answer(&content)))
    }

    pub fn silent() -> Self {
        Self::new(|_, _| None)
    }

    pub fn lines(&self) -> Vec<String> {
        let requests = self.requests.lock().expect("no panic while held");
        requests.iter().map(|request| request[""].clone()).collect()
    }
}

pub fn file_answer(content: &[u8]) -> Answer {
    let headers = vec![
        ("ETag", format!("\"{}\"", sha256(content))),
        (
            "X-Repo-Commit",
            "0123456789012345678901234567890123456789".to_owned(),
        ),
    ];
    ("200 OK", headers, content.to_vec())
}

/// Headers by lower-case name; the request line under the empty name.
fn read_request(stream: &TcpStream) -> Option<BTreeMap<String, String>> {
    let mut lines = BufReader::new(stream).lines();
    let mut request = BTreeMap::from([(String::new(), lines.next()?.ok()?)]);
    for line in lines {
        match line.ok()?.split_once(": ") {
            Some((name, value)) => request.insert(name.to_ascii_lowercase(), value.to_owned()),
            None => return Some(request),
        };
    }
    None
}

fn respond(mut stream: TcpStream, (status, headers, body): &Answer, head: bool) {
    let mut text = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    if !head {
        bytes.extend_from_slice(body);
    }
    // The client may have gone: that is its right.
    let _ = stream.write_all(&bytes);
}
