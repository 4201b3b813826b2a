//! A history at random: events come, are dispatched, run and applied, in any order and through faults, until
//! nothing is left to be done.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use event::CloudEvent;
use extension::{RunId, RunKey, RunMessage};
use fairlead_crash_points::actors::{
    events::events_flow,
    running::{
        brought_to_host, dispatched, queues_of, results_are_applied, run_by_host, these_are_applied,
    },
    stream_flows,
};
use fastrand::Rng;
use serde_json::{Value, json};
use testkit::{Fault, World};

use crate::{
    cast::{self, Given, PEOPLE, TENANTS},
    policy::Asked,
    roles,
    seen::{self, Sight},
};

/// How long a history is.
const STEPS: usize = 26;

/// How often it is looked for what is left to be done at the end.
const ROUNDS: usize = 12;

/// What a history came to.
#[derive(Debug, Default)]
pub struct Told {
    /// What tenants saw.
    pub sight: Sight,
    /// What hosts asked of IAM.
    pub asked: BTreeMap<usize, BTreeSet<Asked>>,
    /// How often the world stopped, or a call failed.
    pub faults: usize,
    /// How many events came.
    pub events: usize,
    /// What is not as it has to be.
    pub violations: Vec<String>,
}

struct History {
    world: World,
    given: Given,
    rng: RefCell<Rng>,
    /// What the bus told and was not dispatched yet.
    pending: RefCell<Vec<String>>,
    /// How much of each queue its host was brought.
    brought: RefCell<BTreeMap<String, usize>>,
    /// How many of the bus's events were passed on.
    passed: RefCell<usize>,
    told: RefCell<Told>,
}

/// The history of `seed`.
#[must_use]
pub fn history(seed: u64) -> Told {
    let world = World::new(seed);
    let given = cast::set_up(&world);
    let history = History {
        world,
        given,
        rng: RefCell::new(Rng::with_seed(seed)),
        pending: RefCell::default(),
        brought: RefCell::default(),
        passed: RefCell::default(),
        told: RefCell::default(),
    };
    for _ in 0..STEPS {
        history.step();
    }
    history.world.faults().heal();
    for _ in 0..ROUNDS {
        history.drain();
    }
    let sight = seen::all(&history.world, &history.given);
    let mut told = history.told.into_inner();
    let wrong = sight
        .places
        .iter()
        .take(3)
        .map(|place| format!("seed {seed}: {place}"));
    told.violations.extend(wrong);
    told.sight = sight;
    told
}

impl History {
    fn below(&self, most: usize) -> usize {
        self.rng.borrow_mut().usize(..most.max(1))
    }

    fn step(&self) {
        self.event();
        self.may_go_wrong();
        match self.below(5) {
            0 | 1 => self.dispatch(),
            2 => self.host(self.below(TENANTS.len())),
            3 => self.apply(),
            _ => self.astray(),
        }
        self.world.faults().heal();
    }

    /// Something happens.
    fn event(&self) {
        let mut told = self.told.borrow_mut();
        told.events += 1;
        let number = told.events;
        drop(told);
        let (person, tenants, _) = PEOPLE[self.below(PEOPLE.len())];
        let tenant = tenants[self.below(tenants.len())];
        let body = match self.below(6) {
            0 => cast::own(tenant, number, person, true),
            1 => cast::own(tenant, number, person, false),
            2 => cast::order(&self.world, tenant, number, None, false),
            3 => cast::order(&self.world, tenant, number, Some(person), true),
            _ => cast::order(&self.world, tenant, number, Some(person), false),
        };
        self.pending.borrow_mut().push(body);
    }

    /// Once in a while the process dies at one of its next calls, or the call fails.
    fn may_go_wrong(&self) {
        if self.below(3) > 0 {
            return;
        }
        let at = self.world.calls_so_far() + 1 + self.below(30);
        let faults = [
            Fault::CrashBefore,
            Fault::CrashAfter,
            Fault::LoseAcknowledgement,
            Fault::Unavailable,
            Fault::HalfApply,
        ];
        self.world.faults().at(at, faults[self.below(faults.len())]);
        self.told.borrow_mut().faults += 1;
    }

    /// Some of what happened is dispatched, and now and then something again.
    fn dispatch(&self) {
        let mut pending = self.pending.borrow_mut();
        let count = self.below(6).min(pending.len());
        let mut bodies: Vec<String> = pending.drain(..count).collect();
        drop(pending);
        if let (Some(first), 0) = (bodies.first().cloned(), self.below(4)) {
            bodies.push(first);
        }
        self.world
            .block_on(dispatched(&self.world, "extension-intake", bodies));
        let kept = self.world.sent_messages("extension-backlog");
        let mut brought = self.brought.borrow_mut();
        let from = brought.entry("extension-backlog".to_owned()).or_default();
        let waiting: Vec<String> = kept
            .iter()
            .skip(*from)
            .map(|each| each.body.clone())
            .collect();
        *from = kept.len();
        drop(brought);
        self.world
            .block_on(dispatched(&self.world, "extension-backlog", waiting));
    }

    /// What is new in a tenant's queues reaches its host.
    fn host(&self, tenant: usize) {
        let [queue, fifo, _] = queues_of(TENANTS[tenant]);
        for queue in [queue, fifo] {
            let sent = self.world.sent_messages(&queue);
            let mut brought = self.brought.borrow_mut();
            let from = brought.entry(queue.clone()).or_default();
            let bodies = sent
                .iter()
                .skip(*from)
                .map(|each| each.body.clone())
                .collect();
            *from = sent.len();
            drop(brought);
            self.noted(tenant, run_by_host(&self.world, TENANTS[tenant], bodies));
        }
    }

    /// Something goes on in the host of `tenant`, and what it asks of IAM is noted.
    fn noted<T>(&self, tenant: usize, goes_on: impl Future<Output = T>) -> T {
        let before = self.world.calls_so_far();
        let outcome = self.world.block_on(goes_on);
        let calls = self.world.trace_after(before);
        let asked = calls.iter().flat_map(|traced| roles::asked(&traced.call));
        let mut told = self.told.borrow_mut();
        told.asked.entry(tenant).or_default().extend(asked);
        outcome
    }

    /// What came of runs is applied, and what that causes is to be dispatched.
    fn apply(&self) {
        let from = self.passed.replace(self.world.published_events().len());
        self.world.block_on(async {
            results_are_applied(&self.world, from).await;
            stream_flows(&self.world).await;
            events_flow(&self.world).await;
        });
        let published = self.world.engines().published_after(from);
        let told = published
            .iter()
            .filter(|event| !event.source.starts_with("dev.fairlead.extension"));
        let bodies = told.map(|event| event.envelope().to_string());
        self.pending.borrow_mut().extend(bodies);
        *self.passed.borrow_mut() = self.world.published_events().len();
    }

    /// Somebody puts a message of one tenant into another's queue, and has a host tell of a run that is none of
    /// its own.
    fn astray(&self) {
        let from = self.below(TENANTS.len());
        let to = (from + 1 + self.below(TENANTS.len() - 1)) % TENANTS.len();
        let [queue, ..] = queues_of(TENANTS[from]);
        let sent = self.world.sent_messages(&queue);
        let claims: Vec<&str> = sent.iter().map(|each| each.body.as_str()).collect();
        let Some(body) = claims.get(self.below(claims.len())) else {
            return;
        };
        let is_claim = body.contains("\"claim\"");
        // What lies in its own queue as its own is its own: but where it points is not.
        self.delivers_astray(to, cast::astray(body, from, to, is_claim));
        self.forges(from, to, body);
    }

    /// A message that no code may see; it ends where no host takes it from.
    fn delivers_astray(&self, to: usize, body: String) {
        let before = cast::given_so_far(&self.given).len();
        let brought = brought_to_host(&self.world, TENANTS[to], vec![body]);
        let left = self.noted(to, brought);
        let after = cast::given_so_far(&self.given).len();
        if after != before || left.is_empty() {
            let tenant = TENANTS[to];
            let violation = format!("{tenant}'s code ran on a message that is none of its own");
            self.told.borrow_mut().violations.push(violation);
        }
    }

    /// The host of `to` tells that code of `from` answered: by a key that it has, which is that of its own run.
    fn forges(&self, from: usize, to: usize, body: &str) {
        let Some(message) = RunMessage::read(body) else {
            return;
        };
        let [queue, ..] = queues_of(TENANTS[to]);
        let own = self.world.sent_messages(&queue);
        let Some(own) = own.first().and_then(|own| RunMessage::read(&own.body)) else {
            return;
        };
        let run = RunId {
            event_id: "forged".to_owned(),
            ..message.run.clone()
        };
        let forged = result(&run, &own.key, &message);
        let before = rows_of(&self.world, TENANTS[from]);
        let published = json!({ "detail": forged }).to_string();
        self.world
            .block_on(these_are_applied(&self.world, vec![published]));
        if rows_of(&self.world, TENANTS[from]) != before {
            let violation = format!(
                "a result that {} forged is applied for {}",
                TENANTS[to], TENANTS[from]
            );
            self.told.borrow_mut().violations.push(violation);
        }
    }

    fn drain(&self) {
        while !self.pending.borrow().is_empty() {
            let bodies: Vec<String> = {
                let mut pending = self.pending.borrow_mut();
                let count = pending.len().min(10);
                pending.drain(..count).collect()
            };
            self.pending.borrow_mut().extend(bodies);
            self.dispatch_all();
        }
        for tenant in 0..TENANTS.len() {
            self.host(tenant);
        }
        self.apply();
    }

    fn dispatch_all(&self) {
        let bodies: Vec<String> = self.pending.borrow_mut().drain(..).collect();
        for some in bodies.chunks(10) {
            self.world
                .block_on(dispatched(&self.world, "extension-intake", some.to_vec()));
        }
        self.dispatch();
    }
}

/// A result of `run`, sealed by a key that is another run's.
fn result(run: &RunId, key: &RunKey, about: &RunMessage) -> Value {
    let answer = json!({ "traits": { "greeting": "forged" } }).to_string();
    let sealed = key.seal(run, "1.0.0", &answer).expect("it can be sealed");
    let event = json!({
        "specversion": "1.0", "id": run.result_id(), "source": "dev.fairlead.extension",
        "type": "dev.fairlead.extension.finished.v1", "subject": run.extension,
        "time": "2026-01-15T09:00:00Z", "datacontenttype": "application/json",
        "fairleadhops": 1, "fairleadextensions": run.extension,
        "data": {
            "tenant_id": run.tenant, "extension": run.extension, "version": "1.0.0",
            "event_id": run.event_id, "event_type": about.event_type, "profile_id": about.person,
            "outcome": "success", "answer": sealed, "duration_ms": 1,
        },
    });
    let read: CloudEvent = serde_json::from_value(event).expect("it is an event");
    serde_json::to_value(read).expect("it is JSON")
}

/// What there is of a tenant in people's profiles and among events.
fn rows_of(world: &World, tenant: &str) -> Vec<Value> {
    let traits = world.rows("profiles").into_iter();
    let traits = traits.filter(|row| {
        let part = row["part"].as_str().unwrap_or_default();
        part.starts_with(&format!("trait#{tenant}#"))
    });
    let events = world.rows("events").into_iter();
    traits
        .chain(events.filter(|row| row["tenant"] == *tenant))
        .collect()
}
