//! What `hf-hub` reports of a download: for the bar, and for the time limits of `hub`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hf_hub::progress::{DownloadEvent, FileProgress, FileStatus, ProgressEvent, ProgressHandler};

use super::progress::Task;

/// A smaller size is not believed: where a mirror leaves out the hub's own header, it is the length
/// of a redirect's body.
const LEAST_CREDIBLE_SIZE: u64 = 64 * 1024;

/// Notes what `hf-hub` reports, for the bar and for the time limits.
pub(super) struct Watch {
    task: Arc<dyn Task>,
    started: AtomicBool,
    size: AtomicU64,
    bytes: AtomicU64,
}

impl Watch {
    pub fn new(task: Arc<dyn Task>) -> Self {
        Self {
            task,
            started: AtomicBool::new(false),
            size: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// The bytes so far; `None` until the hub has answered.
    pub fn position(&self) -> Option<u64> {
        let started = self.started.load(Ordering::Acquire);
        started.then(|| self.bytes.load(Ordering::Relaxed))
    }

    /// Saves the download of a file that cannot be the right one.
    pub fn check_size(&self, file: &str, expected: Option<u64>) -> Result<(), String> {
        let size = self.size.load(Ordering::Relaxed);
        match expected {
            Some(expected) if size >= LEAST_CREDIBLE_SIZE && size != expected => {
                let problem =
                    format!("{file} has {size} bytes, expected {expected}; not downloaded");
                Err(problem)
            }
            _ => Ok(()),
        }
    }

    /// Whether bytes came over the network.
    pub fn transferred(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > 0
    }

    fn moved_to(&self, bytes: u64) {
        self.bytes.fetch_max(bytes, Ordering::Relaxed);
        self.task.set(bytes);
    }
}

impl ProgressHandler for Watch {
    fn on_progress(&self, event: &ProgressEvent) {
        match event {
            ProgressEvent::Download(DownloadEvent::Start { total_bytes, .. }) => {
                self.size.store(*total_bytes, Ordering::Relaxed);
                self.started.store(true, Ordering::Release);
            }
            ProgressEvent::Download(DownloadEvent::Progress { files }) => {
                let running = |file: &&FileProgress| file.status == FileStatus::InProgress;
                files
                    .iter()
                    .filter(running)
                    .for_each(|file| self.moved_to(file.bytes_completed));
            }
            ProgressEvent::Download(DownloadEvent::AggregateProgress {
                bytes_completed, ..
            }) => {
                self.moved_to(*bytes_completed);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::progress::Silent;

    #[test]
    fn another_size_is_not_downloaded_but_a_redirects_is_not_believed() {
        let announce = |total_bytes| {
            let watch = Watch::new(Arc::new(Silent));
            let start = DownloadEvent::Start {
                total_files: 1,
                total_bytes,
            };
            watch.on_progress(&start.into());
            watch.check_size("model.gguf", Some(1_000_000)).is_ok()
        };
        assert!(announce(1_000_000) && announce(0) && announce(1_234));
        assert!(!announce(999_999) && !announce(2_000_000));
    }
}
