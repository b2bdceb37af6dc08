//! SIGINT (Ctrl-C) and SIGTERM: the first asks a run to end after the articles in hand, a second ends the program at once.

use crate::progress::say;
use signal_hook::consts::signal::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How often a thread looks whether there is a signal to acknowledge.
const LOOK: Duration = Duration::from_millis(100);

/// A signal that ends a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT, as from Ctrl-C.
    Interrupt,
    /// SIGTERM, as from `kill` or a system that shuts down.
    Terminate,
}

impl Signal {
    /// Exit status of a program that it ended: 128 and the signal's number.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }

    fn number(self) -> i32 {
        match self {
            Self::Interrupt => SIGINT,
            Self::Terminate => SIGTERM,
        }
    }
}

/// Says whether a run is to end.
#[derive(Debug, Clone, Default)]
pub struct Interrupts {
    /// Number of the signal that came; 0 before.
    caught: Arc<AtomicUsize>,
}

impl Interrupts {
    /// Catches the signals of this process from now on. Unless `quiet`, the first is acknowledged on standard error.
    ///
    /// # Errors
    /// The system refuses.
    pub fn catch(quiet: bool) -> std::io::Result<Self> {
        let interrupts = Self::default();
        let again = Arc::new(AtomicBool::new(false));
        for signal in [Signal::Interrupt, Signal::Terminate] {
            let (number, status) = (signal.number(), i32::from(signal.exit_status()));
            // In this order: at the first signal `again` is not yet true.
            flag::register_conditional_shutdown(number, status, Arc::clone(&again))?;
            flag::register(number, Arc::clone(&again))?;
            let value = usize::from(signal.exit_status());
            flag::register_usize(number, Arc::clone(&interrupts.caught), value)?;
        }
        if !quiet {
            let watched = interrupts.clone();
            std::thread::spawn(move || {
                while watched.caught().is_none() {
                    std::thread::sleep(LOOK);
                }
                say("ending after the articles in hand; once more to end at once");
            });
        }
        Ok(interrupts)
    }

    /// The signal that came, if one did.
    pub fn caught(&self) -> Option<Signal> {
        let value = self.caught.load(Ordering::SeqCst);
        let known = [Signal::Interrupt, Signal::Terminate];
        known
            .into_iter()
            .find(|signal| usize::from(signal.exit_status()) == value)
    }

    /// Behaves as if the signal had come.
    #[cfg(test)]
    pub(crate) fn raise(&self, signal: Signal) {
        let value = usize::from(signal.exit_status());
        self.caught.store(value, Ordering::SeqCst);
    }
}
