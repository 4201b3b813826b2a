//! The handler on a simulated AWS: what is due is queued, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{collections::BTreeSet, time::Duration};

use lambda_kit::aws::CallBudget;
use serde_json::json;
use subscription::Ticket;
use subscription_due::{App, handle};
use testkit::{World, delivery};

const ONE: &str = "harbour#chandlery#sub_01010101010101010101010101010101";
const OTHER: &str = "harbour#crm#sub_02020202020202020202020202020202";
const THIRD: &str = "harbour#sailmaker#sub_03030303030303030303030303030303";
const DUE: &str = "dlv_01010101010101010101010101010101";
const LATER: &str = "dlv_02020202020202020202020202020202";
const OVER: &str = "dlv_03030303030303030303030303030303";

/// A delivery of a subscription that is looked for at `due_at`, or is over.
fn put(world: &World, (subscription, shard): (&str, u8), id: &str, due_at: Option<&str>) {
    let (partner, subscription_id) = subscription
        .strip_prefix("harbour#")
        .and_then(|rest| rest.split_once('#'))
        .unwrap();
    let mut row = json!({
        "subscription": subscription,
        "delivery_id": id,
        "tenant": "harbour",
        "partner": partner,
        "subscription_id": subscription_id,
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
        row["due_shard"] = shard.to_string().into();
        row["due_order"] = format!("{subscription}#{due_at}").into();
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
    put(&world, (ONE, 1), DUE, Some("2026-01-15T09:00:00.000Z"));
    put(&world, (ONE, 1), LATER, Some("2026-01-15T09:20:00.000Z"));
    put(&world, (ONE, 1), OVER, None);
    assert_eq!(run(&world), 1);
    let queued = world.sent_messages("webhooks");
    let ticket = Ticket::read(&queued[0].body).unwrap();
    assert_eq!(ticket.delivery_id.as_str(), DUE);
    world.advance(Duration::from_mins(20));
    assert_eq!(run(&world), 2);
}

/// The subscriptions of what was queued, in order.
fn queued(world: &World) -> Vec<String> {
    let messages = world.sent_messages("webhooks").into_iter();
    messages
        .map(|message| Ticket::read(&message.body).unwrap().subscription)
        .collect()
}

#[test]
fn however_much_waits_for_one_partner_that_of_another_goes_in_turn() {
    let world = World::new(1);
    for n in 0..20_000 {
        let id = format!("dlv_{n:032x}");
        put(&world, (ONE, 1), &id, Some("2026-01-15T08:00:00.000Z"));
    }
    // They are due last of all, and found in other partitions of the index, before it and behind it.
    let last = Some("2026-01-15T09:00:00.000Z");
    put(&world, (OTHER, 0), DUE, last);
    put(&world, (THIRD, 3), DUE, last);
    let count = run(&world);
    let queued = queued(&world);
    assert_eq!(queued.len(), count);
    assert!(
        (1_000..20_000).contains(&count),
        "a run queued {count}, which is too few or has no end"
    );
    for other in [OTHER, THIRD] {
        let place = queued.iter().position(|subscription| subscription == other);
        assert!(place.is_some_and(|place| place < 10), "at {place:?}");
    }
}

#[test]
fn two_subscriptions_in_one_partition_go_in_turn_and_to_the_end() {
    let world = World::new(1);
    for n in 0..60 {
        let due_at = Some("2026-01-15T08:00:00.000Z");
        put(&world, (ONE, 1), &format!("dlv_{n:032x}"), due_at);
        put(&world, (OTHER, 1), &format!("dlv_{n:032x}"), due_at);
    }
    assert_eq!(run(&world), 120);
    let queued = queued(&world);
    let (first, second) = (queued.iter().step_by(2), queued.iter().skip(1).step_by(2));
    assert!(first.zip(second).all(|(one, other)| one != other));
    let ids: BTreeSet<String> = world
        .sent_messages("webhooks")
        .into_iter()
        .map(|message| message.body)
        .collect();
    assert_eq!(ids.len(), 120);
}
