//! What could not be processed is processed again.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Effect, Observation, Scenario},
};

use super::idempotency::with_states_alone;
use crate::actors::{
    Person,
    dead_letters::{redrives, what_is_back_reaches_people},
    events::{events_flow, order, posts, takes_orders},
    gets_a_token, set_the_scene, sweep_runs,
};

/// A key for each request: an operator asks until nothing is left.
const KEYS: [&str; 2] = [
    "8e03978e-40d5-43e8-bc93-6894a57f9324",
    "0d2a1f5b-6c3e-4f18-9a47-5be1c7d20f36",
];

/// An operator has all that lies in `queue` processed again, twice. What was in somebody's hands who
/// died is in sight again by then.
async fn redrives_until_nothing_is_left(world: &World, queue: &str) {
    for key in KEYS {
        redrives(world, key, queue).await;
        tokio::time::sleep(Duration::from_secs(15)).await;
    }
}

/// All that there is, with what lies in `queue` and what was sent back to `source`.
fn with_queues(world: &World, queue: &str, source: &str) -> Observation {
    let mut observation = with_states_alone(Observation::of(world));
    let left = world.engines().held_messages(queue);
    let left = left.into_iter().map(|message| message.body.into());
    observation
        .rows
        .insert(format!("queue {queue}"), left.collect());
    let sent = world.sent_messages(source);
    observation
        .effects
        .extend(sent.into_iter().map(Effect::from));
    observation
}

/// What event-router failed on, and what a rule could not bring to it, gets back into its queue, and
/// from there into a person's timeline.
pub(super) struct DeadLetters;

impl Scenario for DeadLetters {
    fn name(&self) -> &'static str {
        "dead-letters"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            let id = claims.get("fairlead:profile").and_then(Value::as_str);
            let id = id.expect("the token names a profile");
            let orders = ["1", "2", "3"].map(|n| order(n, id, &json!({ "order": n })));
            posts(world, &orders).await;
            events_flow(world).await;
        });
        for event in world.published_events() {
            if event.detail.get("dataref").is_some() {
                let body = event.envelope().to_string();
                let engines = world.engines();
                engines.put_message("events-in-dead-letters", &body, &[], 5);
            }
        }
    }

    async fn run(&self, world: &World) -> Value {
        redrives_until_nothing_is_left(world, "events-in-dead-letters").await;
        what_is_back_reaches_people(world).await;
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        with_queues(world, "events-in-dead-letters", "events-in")
    }
}

/// A row of the outbox that was parked is relayed again, and what Lambda gave up on in the stream is
/// left to the sweep.
pub(super) struct ParkedAgain;

impl Scenario for ParkedAgain {
    fn name(&self) -> &'static str {
        "parked-again"
    }

    fn setup(&self, world: &World) {
        let profile = "prf_0202020202027202820202020202020a";
        let part = "outbox#evt_0303030303037303830303030303030b";
        let event = json!({
            "id": "evt_0303030303037303830303030303030b",
            "source": "dev.fairlead.profile",
            "type": "dev.fairlead.profile.updated.v1",
            "time": "2026-01-15T08:00:00Z",
        });
        world.put_row(
            "profiles",
            json!({
                "profile_id": profile,
                "part": part,
                "event": event.to_string(),
                "relay_at": "2026-01-15T08:00:00.000Z",
                "parked_because": "the event bus refuses the event",
            }),
        );
        let keys = json!({ "profile_id": { "S": profile }, "part": { "S": part } });
        let parked = json!({
            "service": "profile-stream",
            "key": part,
            "cause": "the event bus refuses the event",
            "payload": { "dynamodb": { "Keys": keys } },
        });
        let given_up = json!({
            "requestContext": { "condition": "RetryAttemptsExhausted" },
            "DDBStreamBatchInfo": { "shardId": "shardId-1", "batchSize": 1 },
        });
        for body in [parked, given_up] {
            let engines = world.engines();
            engines.put_message("parking", &body.to_string(), &[], 0);
        }
    }

    async fn run(&self, world: &World) -> Value {
        redrives_until_nothing_is_left(world, "parking").await;
        sweep_runs(world).await;
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        with_queues(world, "parking", "parking")
    }
}
