//! Partners' events, from the request to the bus.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    explore::{Observation, Scenario},
    tokens::Token,
};

use super::{outbox::BOTH, without_requests};
use crate::actors::{
    Person,
    events::{
        events_are_swept, events_flow, events_reach_people, order, posts, registers, resubmits,
        takes_orders,
    },
    gets_a_token, set_the_scene,
};

const JANE: &str = "prf_01010101010171018101010101010101";

fn orders(n: u32) -> Vec<Value> {
    let all = (1..=n).map(|n| order(&n.to_string(), JANE, &json!({ "order": n.to_string() })));
    all.collect()
}

/// A batch with an event that can't be taken; the same again; and another event under an id that is
/// taken.
pub(super) struct Ingest;

impl Scenario for Ingest {
    fn name(&self) -> &'static str {
        "ingest"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
    }

    async fn run(&self, world: &World) -> Value {
        let mut batch = orders(3);
        batch.push(order("4", JANE, &json!({ "orders": 4 })));
        let first = posts(world, &batch).await;
        let again = posts(world, &batch).await;
        let other = order("1", JANE, &json!({ "order": "another" }));
        json!([first, again, posts(world, &[other]).await])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// An event that no row holds.
pub(super) struct LargeEvent;

impl Scenario for LargeEvent {
    fn name(&self) -> &'static str {
        "large-event"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
    }

    async fn run(&self, world: &World) -> Value {
        let large = json!({ "order": "1", "note": "x".repeat(310 * 1024) });
        posts(world, &[order("1", JANE, &large)]).await
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A dozen events, more than one call of `PutEvents` takes, reach the stream at once.
pub(super) struct EventStream;

impl Scenario for EventStream {
    fn name(&self) -> &'static str {
        "event-stream"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
        world.block_on(posts(world, &orders(12)));
    }

    async fn run(&self, world: &World) -> Value {
        events_flow(world).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// The stream lost its records; the sweep finds what is left of them.
pub(super) struct EventSweep;

impl Scenario for EventSweep {
    fn name(&self) -> &'static str {
        "event-sweep"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
        world.block_on(posts(world, &orders(3)));
        world.put_row(
            "events",
            json!({ "event": "harbour#poison", "relay_shard": "0", "relay_at": "2026-01-15T08:00:00.000Z" }),
        );
        world.advance(Duration::from_hours(25));
    }

    async fn run(&self, world: &World) -> Value {
        events_are_swept(world).await;
        Value::Null
    }
}

/// Events of somebody, of somebody who was erased, and of nobody reach the router; and all of them
/// again.
pub(super) struct EventRouter;

impl Scenario for EventRouter {
    fn name(&self) -> &'static str {
        "event-router"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
        world.put_row(
            "profiles",
            json!({ "profile_id": JANE, "part": "profile", "closed": "erased" }),
        );
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            let id = claims.get("fairlead:profile").and_then(Value::as_str);
            let id = id.expect("the token names a profile");
            let mut events = orders(1);
            for (n, subject) in [("2", id), ("3", id), ("4", "nobody")] {
                events.push(order(n, subject, &json!({ "order": n })));
            }
            let large = json!({ "order": "5", "note": "x".repeat(310 * 1024) });
            events.push(order("5", JANE, &large));
            posts(world, &events).await;
            events_flow(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_reach_people(world, 0).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        events_reach_people(world, 0).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// An event that was refused is corrected and sent again, twice.
pub(super) struct Resubmitted;

impl Scenario for Resubmitted {
    fn name(&self) -> &'static str {
        "resubmitted"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
        world.block_on(posts(world, &[order("1", JANE, &json!({}))]));
    }

    async fn run(&self, world: &World) -> Value {
        let corrected = order("1", JANE, &json!({ "order": "1" }));
        let first = resubmits(world, Some(&corrected)).await;
        json!([first, resubmits(world, Some(&corrected)).await])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// An event that no row holds comes before its type, and hours later again; then the type is there, and
/// what came is taken, twice.
pub(super) struct Quarantined;

impl Scenario for Quarantined {
    fn name(&self) -> &'static str {
        "quarantined"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        let client = Token::client_row("harbour", "chandlery", "letters");
        world.put_row("directory", client);
    }

    async fn run(&self, world: &World) -> Value {
        let large = json!({ "order": "1", "note": "x".repeat(310 * 1024) });
        let large = [order("1", JANE, &large)];
        let first = posts(world, &large).await;
        tokio::time::sleep(Duration::from_hours(2)).await;
        let again = posts(world, &large).await;
        takes_orders(world);
        let taken = resubmits(world, None).await;
        json!([first, again, taken, resubmits(world, None).await])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A type is registered, and its schema changes twice: so that nothing breaks, and so that something
/// would.
pub(super) struct TypeRegistered;

impl Scenario for TypeRegistered {
    fn name(&self) -> &'static str {
        "type-registered"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
    }

    async fn run(&self, world: &World) -> Value {
        let mut answers = Vec::new();
        for length in [10, 20, 5] {
            let schema = json!({ "type": "string", "maxLength": length });
            answers.push(registers(world, "com.example.note.v1", &schema).await);
        }
        answers.into()
    }
}
