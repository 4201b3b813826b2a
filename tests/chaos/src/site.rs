//! Where everything takes place: the services, what lies between them, and how far all of it is.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use fairlead_delivery_proof::transport::messages;
use fastrand::Rng;
use testkit::{engine::Engines, runtime_host::Services};

use crate::{queue::Queue, run::Slip};

/// How often somebody looks whether there is anything to do.
const ATTENTION: Duration = Duration::from_millis(10);

/// What all threads share.
pub(crate) struct Site {
    pub(crate) engines: Engines,
    pub(crate) queue: Queue,
    pub(crate) slip: Option<Slip>,
    services: Vec<Arc<Services>>,
    rule: Mutex<Rule>,
    senders_at_work: AtomicUsize,
    /// How many records of the stream are done with.
    streamed: AtomicUsize,
    is_sweeping: AtomicBool,
    is_calm: AtomicBool,
    is_over: AtomicBool,
}

/// The rule on the bus: how many events it has seen.
struct Rule {
    seen: usize,
    random: Rng,
}

/// Ends all as soon as it is dropped by a panic.
pub(crate) struct EndsByPanic<'a>(&'a Site);

impl Drop for EndsByPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.end();
        }
    }
}

impl Site {
    /// A site with so many senders at work.
    pub(crate) fn new(
        engines: Engines,
        services: Vec<Arc<Services>>,
        senders: usize,
        slip: Option<Slip>,
        random: Rng,
    ) -> Self {
        Self {
            engines,
            queue: Queue::default(),
            slip,
            services,
            rule: Mutex::new(Rule { seen: 0, random }),
            senders_at_work: AtomicUsize::new(senders),
            streamed: AtomicUsize::new(0),
            is_sweeping: AtomicBool::new(false),
            is_calm: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
        }
    }

    /// A thread that panics takes the others along.
    pub(crate) const fn ends_by_panic(&self) -> EndsByPanic<'_> {
        EndsByPanic(self)
    }

    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// From now on the carriers lose nothing any more.
    pub(crate) fn calm(&self) {
        self.is_calm.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::SeqCst)
    }

    pub(crate) fn sender_is_done(&self) {
        self.senders_at_work.fetch_sub(1, Ordering::SeqCst);
    }

    pub(crate) fn is_all_sent(&self) -> bool {
        self.senders_at_work.load(Ordering::SeqCst) == 0
    }

    /// The first so many records of the stream are done with.
    pub(crate) fn mark_streamed(&self, records: usize) {
        self.streamed.store(records, Ordering::SeqCst);
    }

    /// Whether a sweep is under way.
    pub(crate) fn mark_sweeping(&self, under_way: bool) {
        self.is_sweeping.store(under_way, Ordering::SeqCst);
    }

    /// Waits until it is time to look again.
    pub(crate) fn rest() {
        thread::sleep(ATTENTION);
    }

    /// The rule puts into the queue what announces an event.
    pub(crate) fn take_from_bus(&self) {
        let mut rule = self.rule.lock().unwrap_or_else(PoisonError::into_inner);
        let published = self.engines.published_after(rule.seen);
        rule.seen += published.len();
        for message in messages(published, &mut rule.random) {
            self.queue.send(message, Instant::now());
        }
    }

    /// Looks again and again whether `reached`; whether it was within `limit`.
    pub(crate) fn until(&self, limit: Duration, reached: impl Fn() -> bool) -> bool {
        let end = Instant::now() + limit;
        while Instant::now() < end && !self.is_over() {
            if reached() {
                return true;
            }
            Self::rest();
        }
        false
    }

    /// Whether nothing is under way any more. It is looked at in the order in which events go, so that
    /// nothing comes after to where nothing was.
    pub(crate) fn is_quiet(&self) -> bool {
        self.queue.redrive(Instant::now());
        // What is dear to find out comes once the queue is empty.
        if !self.is_all_sent() || !self.queue.is_empty() || !self.is_all_told() {
            return false;
        }
        self.take_from_bus();
        self.queue.is_empty() && !self.are_calls_late()
    }

    /// Whether the bus was told of every event, by the stream or by the sweep.
    fn is_all_told(&self) -> bool {
        let streamed = self.streamed.load(Ordering::SeqCst);
        !self.are_calls_late()
            && self.engines.changes_after("events", streamed).is_empty()
            && !self.is_sweeping.load(Ordering::SeqCst)
            && self.is_nothing_unrelayed()
    }

    fn is_nothing_unrelayed(&self) -> bool {
        let rows = self.engines.rows("events");
        rows.iter().all(|row| row.get("relay_shard").is_none())
    }

    fn are_calls_late(&self) -> bool {
        self.services
            .iter()
            .any(|services| services.are_awaiting_calls())
    }
}
