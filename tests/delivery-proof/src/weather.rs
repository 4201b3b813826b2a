//! What goes wrong meanwhile.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use testkit::{Call, Fault, Service, World};

/// How many of ten thousand calls meet each fault in fair weather. Only a few calls can be half done.
const FAULTS: [(Fault, u32); 9] = [
    (Fault::CrashBefore, 6),
    (Fault::CrashAfter, 6),
    (Fault::Unavailable, 40),
    (Fault::Throttle, 40),
    (Fault::LoseAcknowledgement, 40),
    (Fault::Delay(Duration::from_millis(300)), 40),
    (Fault::BlackHole, 10),
    (Fault::HalfApply, 2_000),
    (Fault::Conflict, 60),
];

/// By how much more there is of them, and how seldom that is.
const STORMS: [u32; 6] = [0, 1, 1, 1, 2, 4];

/// What may be down for a while.
const OUTAGES: [Option<Service>; 12] = [
    Some(Service::DynamoDb),
    Some(Service::EventBridge),
    Some(Service::EventBridge),
    Some(Service::S3),
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    None,
];

/// How much went wrong.
#[derive(Debug, Clone, Default)]
pub struct Weather {
    faults: Arc<AtomicUsize>,
    crashes: Arc<AtomicUsize>,
}

impl Weather {
    /// Other things go wrong from now on.
    pub fn turns(&self, world: &World, random: &mut Rng) {
        let plan = world.faults();
        plan.heal();
        if let Some(service) = random.choice(OUTAGES).flatten() {
            let faults = Arc::clone(&self.faults);
            plan.always(Fault::Unavailable, move |call: &Call| {
                let is_down = call.service == service;
                faults.fetch_add(usize::from(is_down), Ordering::Relaxed);
                is_down
            });
        }
        let storm = random.choice(STORMS).unwrap_or_default();
        for (fault, often) in FAULTS {
            let of_its_kind = if Fault::CRASHES.contains(&fault) {
                &self.crashes
            } else {
                &self.faults
            };
            let count = Arc::clone(of_its_kind);
            let dice = Mutex::new(Rng::with_seed(random.u64(..)));
            plan.always(fault, move |_| {
                let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
                let is_met = dice.u32(..10_000) < often * storm;
                count.fetch_add(usize::from(is_met), Ordering::Relaxed);
                is_met
            });
        }
    }

    /// How many calls failed, and how many processes died.
    #[must_use]
    pub fn so_far(&self) -> (usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        (count(&self.faults), count(&self.crashes))
    }
}
