//! Lets calls that are under way at once pass one by one, in an order that is commanded.
//!
//! The seed of a world decides one order of the calls that several actors make at once. A proof
//! needs them all: [`World::interleave`](crate::World::interleave) stops every call before it
//! reaches its service, until whoever commands it has let it pass.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::Call;

tokio::task_local! {
    /// Which of the actors makes the call.
    pub(crate) static ACTOR: usize;
}

/// A call that waits to pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Who makes it, in the order of the actors.
    pub actor: usize,
    /// The call.
    pub call: Call,
}

#[derive(Clone, Default)]
pub(crate) struct Turnstile(Arc<Mutex<Gate>>);

#[derive(Default)]
struct Gate {
    is_closed: bool,
    waiting: Vec<(Waiting, Arc<Notify>)>,
}

impl Turnstile {
    /// Waits until `call` may pass: at once, unless the turnstile is closed.
    pub(crate) async fn pass(&self, call: &Call) {
        let Ok(actor) = ACTOR.try_with(|actor| *actor) else {
            return;
        };
        let passed = Arc::new(Notify::new());
        {
            let mut gate = self.gate();
            if !gate.is_closed {
                return;
            }
            let call = call.clone();
            let waiting = Waiting { actor, call };
            gate.waiting.push((waiting, Arc::clone(&passed)));
        }
        passed.notified().await;
    }

    pub(crate) fn close(&self) {
        self.gate().is_closed = true;
    }

    pub(crate) fn open(&self) {
        let mut gate = self.gate();
        gate.is_closed = false;
        for (_, passed) in gate.waiting.drain(..) {
            passed.notify_one();
        }
    }

    /// The calls that wait, by actor.
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        let mut gate = self.gate();
        gate.waiting.sort_by_key(|(waiting, _)| waiting.actor);
        gate.waiting
            .iter()
            .map(|(waiting, _)| waiting.clone())
            .collect()
    }

    /// Lets the call at `place` of [`waiting`](Self::waiting) pass.
    pub(crate) fn let_pass(&self, place: usize) {
        let mut gate = self.gate();
        let (_, passed) = gate.waiting.remove(place);
        passed.notify_one();
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
