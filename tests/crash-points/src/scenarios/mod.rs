//! The scenarios: what happens, told by the actors.

mod consent;
mod identity;
mod notification;
mod outbox;
mod partner;
mod profile;

use std::sync::Arc;

use serde_json::Value;
use testkit::{
    World,
    canonical::Canonical,
    delivery::Redelivery,
    explore::{self, Observation, Report, Scenario},
};

/// A scenario that can be explored.
pub struct Explorable {
    /// What it is called.
    pub name: String,
    explore: Box<dyn Fn(How, u64) -> Report + Send + Sync>,
    undisturbed: Box<dyn Fn(u64) -> Canonical + Send + Sync>,
}

/// What goes wrong in an exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The world stops.
    Crashes,
    /// Calls fail.
    Failures,
    /// The world stops twice.
    DoubleCrashes,
}

impl Explorable {
    fn new(scenario: impl Scenario + Send + Sync + 'static) -> Self {
        let name = scenario.name().to_owned();
        let scenario = WithoutShards(scenario);
        let scenario = Arc::new(scenario);
        let same = Arc::clone(&scenario);
        let undisturbed = move |seed| explore::undisturbed(&*same, seed);
        let explore = move |how, seed| match how {
            How::Crashes => explore::crashes(&*scenario, seed),
            How::Failures => explore::failures(&*scenario, seed),
            How::DoubleCrashes => explore::double_crashes(&*scenario, seed),
        };
        Self {
            name,
            explore: Box::new(explore),
            undisturbed: Box::new(undisturbed),
        }
    }

    /// How it ends if nothing goes wrong.
    #[must_use]
    pub fn undisturbed(&self, seed: u64) -> Canonical {
        (self.undisturbed)(seed)
    }

    /// Explores it.
    #[must_use]
    pub fn explore(&self, how: How, seed: u64) -> Report {
        (self.explore)(how, seed)
    }
}

/// A row's place in the sparse index follows from its random id: that it has one is compared, which
/// one it is can't be.
struct WithoutShards<S>(S);

impl<S: Scenario> Scenario for WithoutShards<S> {
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
        rows.filter_map(|row| row.get_mut("relay_shard"))
            .for_each(|shard| *shard = "some".into());
        observation
    }

    fn redeliveries(&self) -> &[Redelivery] {
        self.0.redeliveries()
    }
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Explorable> {
    vec![
        Explorable::new(identity::SignUp),
        Explorable::new(identity::FirstToken),
        Explorable::new(identity::NewsFromTheLogin),
        Explorable::new(identity::AddressOfSomeoneElse),
        Explorable::new(profile::Change),
        Explorable::new(profile::Overtaken),
        Explorable::new(consent::Consent),
        Explorable::new(consent::GlobalPrivacyControl),
        Explorable::new(consent::Expired),
        Explorable::new(outbox::ManyChanges),
        Explorable::new(outbox::Poison),
        Explorable::new(outbox::Forgotten),
        Explorable::new(notification::Notices),
        Explorable::new(notification::WithdrawnWhileQueued),
        Explorable::new(partner::PartnerRead),
    ]
}
