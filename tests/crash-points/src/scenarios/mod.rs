//! The scenarios: what happens, told by the actors.

mod all;
mod audience;
mod configuration;
mod consent;
mod contact;
mod datasets;
mod dead_letters;
mod directory;
mod erasure;
mod events;
mod export;
mod extensions;
mod fan_out;
mod flows;
mod hooks;
mod idempotency;
mod identify;
mod identity;
mod login;
mod merge;
mod notification;
mod operators;
mod outbox;
mod outcomes;
mod partner;
mod profile;
mod reads;
mod receipts;
mod registering;
mod reread;
mod running;
mod sdks;
mod uploads;
mod webhooks;

use std::sync::Arc;

use serde_json::Value;
use testkit::{
    Fault, World,
    canonical::Canonical,
    delivery::Redelivery,
    explore::{self, Observation, Part, Report, Scenario},
};

pub use self::all::all;

/// A scenario that can be explored.
pub struct Explorable {
    /// What it is called.
    pub name: String,
    /// Where two faults in one run are explored by day.
    pub two_faults: TwoFaults,
    explore: Box<dyn Fn(How, u64, Part) -> Report + Send + Sync>,
    breaks: Box<dyn Fn(u64) -> bool + Send + Sync>,
    undisturbed: Box<dyn Fn(u64) -> Canonical + Send + Sync>,
}

/// Where two faults in one run are explored by day; at night they are in every scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoFaults {
    /// At every place.
    Everywhere,
    /// At a few places by day, of a scenario that is too long for all of them; at every place at night.
    InPart,
    /// Nowhere.
    Nowhere,
}

/// What goes wrong in an exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The world stops.
    Crashes,
    /// Calls fail.
    Failures,
    /// Calls fail, at as many places as this.
    SomeFailures(usize),
    /// The world stops twice.
    DoubleCrashes,
    /// The world stops, and an answer is lost.
    CrashAndLoss,
    /// The world stops, and a call fails in any way.
    MixedFaults,
    /// The world stops twice, at as many places as this.
    SomeDoubleCrashes(usize),
    /// The world stops, and an answer is lost, at as many places as this.
    SomeCrashAndLoss(usize),
    /// A call fails, and it or another one fails as well, at as many places as this.
    SomeDoubleFailures(usize),
}

impl How {
    /// Whether calls fail, and the world never stops.
    #[must_use]
    pub const fn is_without_crashes(self) -> bool {
        matches!(
            self,
            Self::Failures | Self::SomeFailures(_) | Self::SomeDoubleFailures(_)
        )
    }
}

impl Explorable {
    fn new(scenario: impl Scenario + Send + Sync + 'static) -> Self {
        let name = scenario.name().to_owned();
        let scenario = Comparable(scenario);
        let scenario = Arc::new(scenario);
        let (same, again) = (Arc::clone(&scenario), Arc::clone(&scenario));
        let undisturbed = move |seed| explore::undisturbed(&*same, seed);
        let breaks = move |seed| {
            [&Fault::CRASHES[..], &Fault::FAILURES[..]]
                .into_iter()
                .any(|faults| explore::breaks(&*again, seed, faults))
        };
        let explore = move |how, seed, part| match how {
            How::Crashes => explore::faults(&*scenario, seed, &Fault::CRASHES, part),
            How::Failures => explore::faults(&*scenario, seed, &Fault::FAILURES, part),
            How::SomeFailures(most) => {
                explore::some_faults(&*scenario, seed, &Fault::FAILURES, most, part)
            }
            How::DoubleCrashes => explore::pairs(&*scenario, seed, &explore::DOUBLE_CRASHES, part),
            How::CrashAndLoss => {
                explore::pairs(&*scenario, seed, &explore::LEAST_MIXED_FAULTS, part)
            }
            How::MixedFaults => explore::pairs(&*scenario, seed, &explore::mixed_faults(), part),
            How::SomeDoubleCrashes(most) => {
                explore::sample(&*scenario, seed, &explore::DOUBLE_CRASHES, most, part)
            }
            How::SomeCrashAndLoss(most) => {
                explore::sample(&*scenario, seed, &explore::LEAST_MIXED_FAULTS, most, part)
            }
            How::SomeDoubleFailures(most) => {
                explore::sample(&*scenario, seed, &explore::double_failures(), most, part)
            }
        };
        Self {
            name,
            two_faults: TwoFaults::Nowhere,
            explore: Box::new(explore),
            breaks: Box::new(breaks),
            undisturbed: Box::new(undisturbed),
        }
    }

    /// The same, with two faults in one run explored by day at every place.
    fn twice(scenario: impl Scenario + Send + Sync + 'static) -> Self {
        Self {
            two_faults: TwoFaults::Everywhere,
            ..Self::new(scenario)
        }
    }

    /// The same, with two faults in one run explored by day at a few places.
    fn twice_in_part(scenario: impl Scenario + Send + Sync + 'static) -> Self {
        Self {
            two_faults: TwoFaults::InPart,
            ..Self::new(scenario)
        }
    }

    /// How it ends if nothing goes wrong.
    #[must_use]
    pub fn undisturbed(&self, seed: u64) -> Canonical {
        (self.undisturbed)(seed)
    }

    /// Explores it, as far as it is in `part`.
    #[must_use]
    pub fn explore(&self, how: How, seed: u64, part: Part) -> Report {
        (self.explore)(how, seed, part)
    }

    /// Whether any one fault makes it end otherwise.
    #[must_use]
    pub fn breaks(&self, seed: u64) -> bool {
        (self.breaks)(seed)
    }
}

/// A row's place in an index follows from its random id: that it has one is compared, which
/// one it is can't be. And what is taken of a partner's limit counts requests, those that nobody
/// answered too.
struct Comparable<S>(S);

impl<S: Scenario> Scenario for Comparable<S> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn setup(&self, world: &World) {
        self.0.setup(world);
    }

    fn run(&self, world: &World) -> impl Future<Output = Value> {
        self.0.run(world)
    }

    fn observe(&self, world: &World) -> Observation {
        let mut observation = self.0.observe(world);
        let rows = observation.rows.values_mut().flatten();
        rows.for_each(|row| {
            for place in ["relay_shard", "partner_day"] {
                if let Some(shard) = row.get_mut(place) {
                    *shard = "some".into();
                }
            }
        });
        if let Some(rows) = observation.rows.get_mut("ledger") {
            let key = |row: &Value| row.get("key").and_then(Value::as_str).map(str::to_owned);
            rows.retain(|row| !key(row).is_some_and(|key| key.starts_with("rate#")));
        }
        observation
    }

    fn redeliveries(&self) -> &[Redelivery] {
        self.0.redeliveries()
    }
}

/// Without the ids of requests. What is done in several transactions follows from several requests,
/// if it was cut off between them: from which, is no part of the state.
fn without_requests(mut observation: Observation) -> Observation {
    const REQUESTS: [&str; 4] = [
        "last_request",
        "request_id",
        "undone_by_request",
        "correlationid",
    ];
    let blank = |object: &mut Value| {
        for name in REQUESTS {
            if let Some(request) = object.get_mut(name) {
                *request = "a request".into();
            }
        }
    };
    for row in observation.rows.values_mut().flatten() {
        blank(row);
        let event = row.get("event").and_then(Value::as_str);
        let event = event.and_then(|event| serde_json::from_str::<Value>(event).ok());
        if let (Some(mut event), Some(row)) = (event, row.as_object_mut()) {
            blank(&mut event);
            row.insert("event".to_owned(), event.to_string().into());
        }
    }
    for effect in &mut observation.effects {
        if let Some(event) = effect.content.get_mut("detail") {
            blank(event);
        }
    }
    observation
}

/// As if what waited had been told of once: it is told of again if whom it names came to be known only
/// after it was looked at, which is a matter of who came first.
fn without_telling_again(mut observation: Observation) -> Observation {
    for row in observation.rows.get_mut("events").into_iter().flatten() {
        if let Some(attributes) = row.as_object_mut() {
            attributes.remove("told_again_at");
        }
    }
    let mut announced: Vec<Value> = Vec::new();
    observation.effects.retain(|effect| {
        if effect.content.pointer("/detail/dataref").is_none() {
            return true;
        }
        let is_first = !announced.contains(&effect.content);
        if is_first {
            announced.push(effect.content.clone());
        }
        is_first
    });
    observation
}
