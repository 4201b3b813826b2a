//! The handler on a simulated AWS: what is due is queued, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use serde_json::json;
use subscription::Ticket;
use subscription_due::{App, handle};
use testkit::{World, delivery};

const DUE: &str = "dlv_01010101010101010101010101010101";
const LATER: &str = "dlv_02020202020202020202020202020202";
const OVER: &str = "dlv_03030303030303030303030303030303";

/// A delivery that is looked for at `due_at`, or is over.
fn put(world: &World, id: &str, due_at: Option<&str>) {
    let mut row = json!({
        "subscription": "harbour#chandlery#sub_01010101010101010101010101010101",
        "delivery_id": id,
        "tenant": "harbour",
        "partner": "chandlery",
        "subscription_id": "sub_01010101010101010101010101010101",
        "type": "com.example.order.placed.v1",
        "message": { "of": "partner", "event": "harbour#abc" },
        "created_at": "2026-01-14T09:00:00Z",
        "state": "delivered",
        "attempts": 1,
        "tried": [],
        "expires_at": 1_900_000_000,
        "version": 3,
    });
    if let Some(due_at) = due_at {
        row["state"] = "waiting".into();
        row["due_shard"] = "1".into();
        row["due_at"] = due_at.into();
        row["next_at"] = due_at.into();
    }
    world.put_row("deliveries", row);
}

fn run(world: &World) -> usize {
    let run = delivery::schedule(world, &json!(null), async |_, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
        handle(&app, invocation).await
    });
    let done = world.block_on(run).unwrap();
    usize::try_from(done["queued"].as_u64().unwrap()).unwrap()
}

#[test]
fn what_is_due_is_queued_and_nothing_else() {
    let world = World::new(1);
    put(&world, DUE, Some("2026-01-15T09:00:00.000Z"));
    put(&world, LATER, Some("2026-01-15T09:20:00.000Z"));
    put(&world, OVER, None);
    assert_eq!(run(&world), 1);
    let queued = world.sent_messages("webhooks");
    let ticket = Ticket::read(&queued[0].body).unwrap();
    assert_eq!(ticket.delivery_id.as_str(), DUE);
    world.advance(Duration::from_mins(20));
    assert_eq!(run(&world), 2);
}
