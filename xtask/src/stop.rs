//! Ending early: by Ctrl-C, by `down`, or because something beside it failed.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use thiserror::Error;

/// What ends with this was told to end; it has nothing to say for itself.
#[derive(Debug, Error)]
#[error("stopped")]
pub(crate) struct Stopped;

/// What ends with this has already said all that there is to say of its failure.
#[derive(Debug, Error)]
#[error("failed")]
pub(crate) struct Failed;

/// A request to end that everything long-running looks at.
#[derive(Clone)]
pub(crate) struct Stop {
    asked: Arc<(Mutex<bool>, Condvar)>,
}

impl Stop {
    /// A request that is made by the first SIGINT, SIGTERM or SIGHUP. Later ones change nothing:
    /// what then still runs is the tidying up, and that is bounded.
    pub(crate) fn on_signals() -> Result<Self> {
        let stop = Self {
            asked: Arc::default(),
        };
        let mut signals =
            Signals::new([SIGINT, SIGTERM, SIGHUP]).context("signals cannot be listened for")?;
        let asker = stop.clone();
        thread::spawn(move || {
            for _ in signals.forever() {
                asker.ask();
            }
        });
        Ok(stop)
    }

    /// Asks everything that works with this to end.
    pub(crate) fn ask(&self) {
        let (asked, changed) = &*self.asked;
        *asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Whether the end was asked for.
    pub(crate) fn is_asked(&self) -> bool {
        *self.asked.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the end is asked for, but no longer than `patience`; says whether it was.
    pub(crate) fn wait(&self, patience: Duration) -> bool {
        let (asked, changed) = &*self.asked;
        let guard = asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (guard, _) = changed
            .wait_timeout_while(guard, patience, |asked| !*asked)
            .unwrap_or_else(PoisonError::into_inner);
        *guard
    }

    /// An error if the end was asked for.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_asked() {
            Err(Stopped.into())
        } else {
            Ok(())
        }
    }
}
