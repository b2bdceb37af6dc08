//! A file from the Hugging Face hub, through the crate `hf-hub`.
//!
//! Owns the time limits that `hf-hub` does not have, the wording of its failures, and the rule that
//! a hub which could not be reached is not asked again. Tokens and addresses are `options`' business;
//! a token never gets into a message.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hf_hub::{HFClient, HFError};

use super::fetch::Failure;
use super::manifest::{HubSource, RepoKind};
use super::options::HubOptions;
use super::progress::Task;
use super::reach::Answer;
use super::watch::Watch;

/// How often the download is looked at.
const TICK: Duration = Duration::from_millis(100);

const PUBLIC_HUB: &str = "https://huggingface.co";

pub(super) struct Hub {
    options: HubOptions,
    offline: Option<&'static str>,
    unreachable: AtomicBool,
}

/// A file in the hub's own cache.
pub(super) struct HubFile {
    pub path: PathBuf,
    /// Whether bytes came over the network just now.
    pub transferred: bool,
}

enum HubFailure {
    Unreachable(String),
    /// Asked for a file of the hub's own cache, which is not there.
    NotCached,
    Other(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    CacheOnly,
    Usual,
    /// Downloads even if the hub's own cache has the file.
    Afresh,
}

impl Hub {
    pub fn new(options: &HubOptions, offline: bool) -> Self {
        Self {
            options: options.clone(),
            offline: match (offline, options.offline) {
                (true, _) => Some("offline"),
                (false, true) => Some("HF_HUB_OFFLINE is set"),
                _ => None,
            },
            unreachable: AtomicBool::new(false),
        }
    }

    /// Whether only the hub's own cache may be asked.
    pub fn is_offline(&self) -> bool {
        self.offline.is_some() || self.unreachable.load(Ordering::Relaxed)
    }

    /// The file, from the hub's own cache or over the network. With `afresh` not from that cache.
    /// A file that the hub announces with another length than `bytes` is not downloaded.
    pub fn fetch(
        &self,
        source: &HubSource,
        bytes: Option<u64>,
        task: Arc<dyn Task>,
        afresh: bool,
    ) -> Result<HubFile, Failure> {
        let known = self.unreachable.load(Ordering::Relaxed);
        let mode = match (self.is_offline(), afresh) {
            (true, _) => Mode::CacheOnly,
            (false, true) => Mode::Afresh,
            (false, false) => Mode::Usual,
        };
        self.run(source, bytes, task, mode)
            .map_err(|failure| match failure {
                HubFailure::NotCached if known => {
                    Failure::Known("not asked: it could not be reached before".to_owned())
                }
                HubFailure::NotCached => Failure::Source(format!(
                    "not asked: {}, and {} is not in its cache {}",
                    self.offline.unwrap_or("offline"),
                    source.file,
                    self.options.cache.display()
                )),
                HubFailure::Unreachable(reason) => {
                    self.unreachable.store(true, Ordering::Relaxed);
                    Failure::Source(self.redact(&format!(
                        "cannot reach {}: {reason}; not asked again in this run",
                        self.shown_endpoint()
                    )))
                }
                HubFailure::Other(reason) => Failure::Source(self.redact(&reason)),
            })
    }

    /// Whether the hub answers when it is asked for this file; that it has none is an answer, too.
    pub fn reach(&self, source: &HubSource, task: Arc<dyn Task>) -> Answer {
        if let Some(reason) = self.offline {
            return Answer::NotAsked(reason.to_owned());
        }
        let endpoint = self.shown_endpoint();
        match self.run(source, None, task, Mode::Afresh) {
            Ok(_) => Answer::Reached(endpoint),
            Err(HubFailure::Unreachable(reason)) => {
                Answer::Unreached(self.redact(&format!("{endpoint}: {reason}")))
            }
            Err(HubFailure::NotCached) => Answer::Unreached(endpoint),
            Err(HubFailure::Other(reason)) => {
                Answer::Reached(self.redact(&format!("{endpoint} ({reason})")))
            }
        }
    }

    /// On a thread of its own: the caller may be inside an async runtime, where waiting is
    /// forbidden, and a panic of the libraries below then is one more failed source.
    fn run(
        &self,
        source: &HubSource,
        bytes: Option<u64>,
        task: Arc<dyn Task>,
        mode: Mode,
    ) -> Result<HubFile, HubFailure> {
        let work = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| HubFailure::Other(format!("no async runtime: {error}")))?;
            let result = runtime.block_on(self.download(source, bytes, task, mode));
            // Not waited for: a name server that does not answer would hold us up.
            runtime.shutdown_background();
            result
        };
        std::thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|_| {
            Err(HubFailure::Other(
                "the download broke off (panic)".to_owned(),
            ))
        })
    }

    async fn download(
        &self,
        source: &HubSource,
        bytes: Option<u64>,
        task: Arc<dyn Task>,
        mode: Mode,
    ) -> Result<HubFile, HubFailure> {
        let (owner, name) = hf_hub::split_id(&source.repo);
        let client = self.client().map_err(|error| classify(error, source))?;
        match source.repo_type {
            RepoKind::Model => {
                let repository = client.model(owner, name);
                self.download_from(repository, source, bytes, task, mode)
                    .await
            }
            RepoKind::Dataset => {
                let repository = client.dataset(owner, name);
                self.download_from(repository, source, bytes, task, mode)
                    .await
            }
        }
    }

    async fn download_from<T: hf_hub::RepoType>(
        &self,
        repository: hf_hub::HFRepository<T>,
        source: &HubSource,
        bytes: Option<u64>,
        task: Arc<dyn Task>,
        mode: Mode,
    ) -> Result<HubFile, HubFailure> {
        let watch = Arc::new(Watch::new(task));
        let mut download = pin!(
            repository
                .download_file()
                .filename(source.file.as_str())
                .revision(source.revision.as_str())
                .force_download(mode == Mode::Afresh)
                .local_files_only(mode == Mode::CacheOnly)
                .progress(Arc::clone(&watch))
                .send()
        );
        let mut moved = (Instant::now(), None);
        loop {
            if let Ok(result) = tokio::time::timeout(TICK, download.as_mut()).await {
                return Ok(HubFile {
                    path: result.map_err(|error| classify(error, source))?,
                    transferred: watch.transferred(),
                });
            }
            watch
                .check_size(&source.file, bytes)
                .map_err(HubFailure::Other)?;
            let position = watch.position();
            if position != moved.1 {
                moved = (Instant::now(), position);
            }
            self.check_stall(position, moved.0.elapsed())?;
        }
    }

    /// Whether nothing has happened for too long, at this position of the download.
    fn check_stall(&self, position: Option<u64>, still: Duration) -> Result<(), HubFailure> {
        let HubOptions {
            first_sign, stall, ..
        } = self.options;
        match position {
            None if still > first_sign => Err(HubFailure::Unreachable(format!(
                "no answer in {} s",
                first_sign.as_secs_f32()
            ))),
            Some(done) if still > stall => Err(HubFailure::Other(format!(
                "the download stood still for {} s at {done} bytes",
                stall.as_secs_f32()
            ))),
            _ => Ok(()),
        }
    }

    fn client(&self) -> Result<HFClient, HFError> {
        let mut builder = HFClient::builder()
            .cache_dir(&self.options.cache)
            .user_agent(concat!("depeche/", env!("CARGO_PKG_VERSION")))
            .endpoint(self.options.endpoint.as_deref().unwrap_or(PUBLIC_HUB))
            .retry_max_attempts(1);
        if let Some(token) = &self.options.token {
            builder = builder.token(token);
        }
        builder.build()
    }

    /// The hub's address without the user and password that it may carry.
    fn shown_endpoint(&self) -> String {
        let endpoint = self.options.endpoint.as_deref().unwrap_or(PUBLIC_HUB);
        match endpoint.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let host = host.rsplit('@').next().unwrap_or(host);
                format!("{scheme}://{host}{path}")
            }
            None => endpoint.to_owned(),
        }
    }

    fn redact(&self, text: &str) -> String {
        match &self.options.token {
            Some(token) if !token.is_empty() => text.replace(token.as_str(), "[token]"),
            _ => text.to_owned(),
        }
    }
}

/// One line without addresses or bodies of answers: those can carry secrets.
fn classify(error: HFError, source: &HubSource) -> HubFailure {
    let HubSource {
        repo_type: _,
        repo,
        revision,
        file,
    } = source;
    HubFailure::Other(match error {
        HFError::LocalEntryNotFound { .. } => return HubFailure::NotCached,
        HFError::Request { source, .. } if source.is_connect() || source.is_timeout() => {
            return HubFailure::Unreachable(innermost(&source));
        }
        HFError::Http { context } if context.status.is_server_error() => {
            return HubFailure::Unreachable(format!("it answers {}", context.status));
        }
        HFError::Http { context } => format!("the hub answers {}", context.status),
        HFError::AuthRequired { .. } => format!(
            "the hub asks who we are (401): {repo} does not exist, or needs a valid HF_TOKEN"
        ),
        HFError::Forbidden { .. } => format!(
            "the hub refuses (403): accept the terms of {repo} on its page, and set HF_TOKEN"
        ),
        HFError::RateLimited { .. } => "the hub asks to wait (429)".to_owned(),
        HFError::RepoNotFound { .. }
        | HFError::EntryNotFound { .. }
        | HFError::RevisionNotFound { .. } => format!("no {file} in {repo} at {revision}"),
        HFError::CacheLockTimeout { path } => {
            format!("another program holds the lock {}", path.display())
        }
        HFError::Request { source, .. } => format!("the transfer failed: {}", innermost(&source)),
        HFError::Xet { source, .. } => format!("the transfer failed: {}", innermost(&*source)),
        HFError::MalformedResponse { what, .. } => format!("the hub's answer is unusable: {what}"),
        HFError::Url(problem) => format!("HF_ENDPOINT is not an address: {problem}"),
        HFError::Io(problem) => format!("its cache cannot be used: {problem}"),
        other => other.to_string(),
    })
}

/// The cause at the bottom: `Connection refused`, not "error sending request".
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(change: impl FnOnce(&mut HubOptions)) -> Hub {
        let mut options = HubOptions::new("/nonexistent/huggingface");
        change(&mut options);
        Hub::new(&options, false)
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let cases = [
            (None, "https://huggingface.co"),
            (
                Some("https://me:secret@mirror.example/hf"),
                "https://mirror.example/hf",
            ),
            (Some("http://127.0.0.1:9"), "http://127.0.0.1:9"),
            (Some("nonsense"), "nonsense"),
        ];
        for (endpoint, shown) in cases {
            let hub = hub(|options| options.endpoint = endpoint.map(str::to_owned));
            assert_eq!(hub.shown_endpoint(), shown);
        }
    }

    #[test]
    fn a_token_is_cut_out_of_messages() {
        let hub = hub(|options| options.token = Some("hf_secret".to_owned()));
        assert_eq!(
            hub.redact("Bearer hf_secret refused"),
            "Bearer [token] refused"
        );
    }

    #[test]
    fn a_stall_counts_from_the_hubs_answer_on() {
        let hub = hub(|_| ());
        let seconds = Duration::from_secs;
        assert!(hub.check_stall(None, seconds(9)).is_ok());
        assert!(matches!(
            hub.check_stall(None, seconds(11)),
            Err(HubFailure::Unreachable(_))
        ));
        assert!(hub.check_stall(Some(5), seconds(59)).is_ok());
        assert!(matches!(
            hub.check_stall(Some(5), seconds(61)),
            Err(HubFailure::Other(_))
        ));
    }
}
