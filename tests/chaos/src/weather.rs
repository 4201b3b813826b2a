//! What goes wrong on the way between functions and services.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use fastrand::Rng;
use testkit::{Call, Fault, Service, fault::FaultPlan};

/// How many of ten thousand calls meet each fault. Only a few calls can be half done.
const FAULTS: [(Fault, u32); 9] = [
    (Fault::CrashBefore, 40),
    (Fault::CrashAfter, 40),
    (Fault::Unavailable, 80),
    (Fault::Throttle, 80),
    (Fault::LoseAcknowledgement, 80),
    (Fault::Delay(Duration::from_millis(150)), 100),
    (Fault::BlackHole, 5),
    (Fault::HalfApply, 2_000),
    (Fault::Conflict, 100),
];

/// One in as many calls finds its service down, for everybody and for a while.
const OUTAGES: u32 = 600;

/// For how long: all attempts at an operation fail within less.
const OUTAGE: Duration = Duration::from_millis(400);

/// How often calls met faults, by operation and fault.
pub type Met = BTreeMap<(String, String), usize>;

/// Counts what goes wrong. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Weather(Arc<Mutex<Met>>);

/// Which service is down until when.
struct Outage {
    now: Option<(Service, Instant)>,
    dice: Rng,
}

impl Weather {
    /// From now on things go wrong, until `faults` are healed. How often follows from `random`; at which
    /// call does not, since processes go on as they like.
    pub fn breaks(&self, faults: &FaultPlan, random: &mut Rng) {
        let outage = Mutex::new(Outage {
            now: None,
            dice: Rng::with_seed(random.u64(..)),
        });
        let weather = self.clone();
        faults.always(Fault::Unavailable, move |call: &Call| {
            let is_down = locked(&outage).is_met(call.service, Instant::now());
            weather.note(is_down, call, Fault::Unavailable)
        });
        for (fault, often) in FAULTS {
            let dice = Mutex::new(Rng::with_seed(random.u64(..)));
            let weather = self.clone();
            faults.always(fault, move |call: &Call| {
                let is_met = locked(&dice).u32(..10_000) < often;
                weather.note(is_met, call, fault)
            });
        }
    }

    /// What went wrong so far.
    #[must_use]
    pub fn so_far(&self) -> Met {
        locked(&self.0).clone()
    }

    fn note(&self, is_met: bool, call: &Call, fault: Fault) -> bool {
        if is_met {
            let operation = format!("{}:{}", call.service, call.operation);
            let mut met = locked(&self.0);
            *met.entry((operation, fault.to_string())).or_default() += 1;
        }
        is_met
    }
}

impl Outage {
    /// Whether a call to `service` finds it down, as the first one or not.
    fn is_met(&mut self, service: Service, now: Instant) -> bool {
        if let Some((down, until)) = self.now
            && now < until
        {
            return down == service;
        }
        let begins = self.dice.u32(..OUTAGES) == 0;
        self.now = begins.then(|| (service, now + OUTAGE));
        begins
    }
}

/// How many of the calls failed whose process did not die of it.
#[must_use]
pub fn failures(met: &Met) -> usize {
    let deaths = Fault::CRASHES.map(|fault| fault.to_string());
    let failures = met.iter().filter(|((_, fault), _)| !deaths.contains(fault));
    failures.map(|(_, count)| count).sum()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
