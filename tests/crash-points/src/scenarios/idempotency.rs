//! Requests that are sent again under their idempotency key.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use crate::actors::{
    Person, changes, decides, gets_a_token,
    partner::{agree, looks_up_under},
    patches_under, reads, set_the_scene,
};

const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

/// A person's app changes the profile under a key, another one changes it after that, and then the
/// first repeats itself: it is told what it was told.
pub(super) struct Repeated;

impl Scenario for Repeated {
    fn name(&self) -> &'static str {
        "repeated"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let before = reads(world, &claims).await;
        let patch = json!({ "display_name": "J." });
        let first = patches_under(world, KEY, &claims, &before, patch.clone()).await;
        changes(world, &claims, json!({ "locale": "de-CH" })).await;
        let again = patches_under(world, KEY, &claims, &before, patch).await;
        assert_eq!(again.get("body"), first.get("body"));
        json!([first.get("body"), reads(world, &claims).await])
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }
}

/// Two copies of one request at once: one of them is it.
pub(super) struct TwoAtOnce;

impl Scenario for TwoAtOnce {
    fn name(&self) -> &'static str {
        "two-at-once"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let before = reads(world, &claims).await;
        let patch = json!({ "display_name": "J." });
        let copy = || patches_under(world, KEY, &claims, &before, patch.clone());
        let (one, other) = tokio::join!(copy(), copy());
        assert_eq!(one.get("body"), other.get("body"));
        json!([one.get("body"), reads(world, &claims).await])
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }
}

/// A partner asks twice under one key while a person agrees, and twice after they withdrew: each time
/// what is so then, with one receipt for what was allowed and one for what was not.
pub(super) struct RepeatedRead;

impl Scenario for RepeatedRead {
    fn name(&self) -> &'static str {
        "repeated-read"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let asks = async || looks_up_under(world, KEY, "jane@example.com").await;
        let given = asks().await;
        assert_eq!(asks().await, given);
        decides(world, &claims, "withdrawn").await;
        let refused = asks().await;
        assert_eq!(asks().await, refused);
        assert_eq!(world.rows("receipts").len(), 2, "receipts were made twice");
        json!([given, refused])
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }
}

/// Of the ledger, only what became of each request: the rest is sealed under what differs from run
/// to run.
pub(super) fn with_states_alone(mut observation: Observation) -> Observation {
    for row in observation.rows.get_mut("ledger").into_iter().flatten() {
        *row = json!({ "key": row.get("key"), "state": row.get("state") });
    }
    observation
}
