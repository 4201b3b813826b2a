//! The handler on a simulated AWS: what is taken for forgotten, and what becomes of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_dynamodb::{Client, primitives::Blob, types::AttributeValue};
use event::{Cause, CloudEvent, Data, OutboxItem, RELAY_SHARDS};
use lambda_kit::aws::CallBudget;
use profile_sweep::{App, SweepError, Swept, handle};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, Service, World};

const PROFILE: &str = "prf_01010101010171018101010101010101";
const GRACE: Duration = Duration::from_mins(10);

/// Puts the event of a version into the outbox, in this shard.
fn forget(world: &World, version: u64, shard: u8) -> String {
    let data = Data::ProfileUpdated {
        profile_id: PROFILE.parse().unwrap(),
        version,
        tenant_id: None,
        changed: ["locale".to_owned()].into(),
    };
    let cause = Cause {
        request_id: format!("request-{version}"),
    };
    let event = CloudEvent::new(data, &cause, &world.clock(), &world.ids());
    let mut row = serde_json::to_value(OutboxItem::new(&event)).unwrap();
    row["relay_shard"] = shard.to_string().into();
    world.put_row("profiles", row);
    event.id
}

/// A row that no code of ours wrote.
fn poison(world: &World) -> Value {
    let row = json!({
        "profile_id": PROFILE,
        "part": "outbox#evt_poison",
        "event": "no event",
        "relay_shard": "0",
        "relay_at": "2026-01-15T08:00:00.000Z",
    });
    world.put_row("profiles", row.clone());
    row
}

fn sweep_within(world: &World, limit: Duration) -> Result<Swept, SweepError> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    world.block_on(handle(&app, world.invocation(limit)))
}

fn sweep(world: &World) -> Result<Swept, SweepError> {
    sweep_within(world, Duration::from_secs(30))
}

/// The versions that the bus was told of.
fn told(world: &World) -> BTreeSet<u64> {
    let events = world.published_events();
    events
        .iter()
        .map(|event| event.detail["data"]["version"].as_u64().unwrap())
        .collect()
}

#[test]
fn rows_older_than_the_grace_are_relayed_and_younger_ones_left_to_the_stream() {
    let world = World::new(1);
    let old = forget(&world, 1, 0);
    world.advance(Duration::from_secs(1));
    forget(&world, 2, 0);
    world.advance(GRACE);
    let young = forget(&world, 3, 0);
    assert_eq!(sweep(&world).unwrap(), Swept { relayed: 1 });
    assert_eq!(told(&world), [1].into());
    assert_eq!(world.published_events()[0].detail["id"], old);
    assert_eq!(world.rows("profiles").len(), 2);
    world.advance(Duration::from_secs(1));
    assert_eq!(sweep(&world).unwrap(), Swept { relayed: 1 });
    let left = world.rows("profiles");
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["part"], format!("outbox#{young}"));
}

#[test]
fn all_of_a_long_outbox_is_relayed_from_every_shard() {
    let world = World::new(1);
    for version in 1..=100 {
        forget(
            &world,
            version,
            u8::try_from(version).unwrap() % RELAY_SHARDS,
        );
    }
    world.advance(GRACE * 2);
    assert_eq!(sweep(&world).unwrap(), Swept { relayed: 100 });
    assert_eq!(told(&world), (1..=100).collect());
    assert_eq!(world.published_events().len(), 100);
    assert!(world.rows("profiles").is_empty());
    assert_eq!(sweep(&world).unwrap(), Swept::default());
}

#[test]
fn a_poison_row_is_parked_once_and_its_neighbours_go_on() {
    let world = World::new(1);
    let row = poison(&world);
    forget(&world, 1, 0);
    world.advance(GRACE * 2);
    assert_eq!(sweep(&world).unwrap(), Swept { relayed: 2 });
    assert_eq!(told(&world), [1].into());
    let parked = world.sent_messages("parking");
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].attributes["idempotency.key"], "outbox#evt_poison");
    let body: Value = serde_json::from_str(&parked[0].body).unwrap();
    assert_eq!(body["service"], "profile-sweep");
    assert_eq!(body["cause"], "the outbox row holds no CloudEvent");
    assert!(
        body["payload"]
            .to_string()
            .contains(row["event"].as_str().unwrap())
    );
    assert_eq!(sweep(&world).unwrap(), Swept::default());
    assert_eq!(world.sent_messages("parking").len(), 1);
}

#[test]
fn a_poison_row_of_bytes_is_parked_too() {
    let world = World::new(1);
    let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = client
        .put_item()
        .table_name("profiles")
        .item("profile_id", text(PROFILE))
        .item("part", text("outbox#evt_poison"))
        .item("event", AttributeValue::B(Blob::new(b"\xff\x00")))
        .item("relay_shard", text("3"))
        .item("relay_at", text("2026-01-15T08:00:00.000Z"));
    world.block_on(put.send()).unwrap();
    assert_eq!(sweep(&world).unwrap(), Swept { relayed: 1 });
    assert_eq!(world.sent_messages("parking").len(), 1);
    assert_eq!(sweep(&world).unwrap(), Swept::default());
}

#[test]
fn a_shard_that_can_not_be_read_does_not_keep_the_others_waiting() {
    let world = World::new(1);
    for shard in 0..RELAY_SHARDS {
        forget(&world, u64::from(shard), shard);
    }
    world.advance(GRACE * 2);
    world.faults().always(Fault::Unavailable, |call| {
        call.operation == "Query" && call.input["ExpressionAttributeValues"][":shard"]["S"] == "2"
    });
    assert!(matches!(sweep(&world), Err(SweepError::Outbox(_))));
    assert_eq!(told(&world), [0, 1, 3, 4, 5, 6, 7].into());
    world.faults().heal();
    assert_eq!(sweep(&world).unwrap(), Swept { relayed: 1 });
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::BlackHole)]
fn while_the_bus_is_down_the_rows_stay(#[case] fault: Fault) {
    let world = World::new(1);
    for version in 1..=12 {
        forget(&world, version, 1);
    }
    world.advance(GRACE * 2);
    world
        .faults()
        .always(fault, |call| call.service == Service::EventBridge);
    let failed = sweep(&world).unwrap_err();
    assert!(matches!(failed, SweepError::Relay(_)));
    assert_eq!(world.rows("profiles").len(), 12);
    world.faults().heal();
    assert_eq!(sweep(&world).unwrap(), Swept { relayed: 12 });
}

#[test]
fn a_poison_row_that_can_not_be_parked_waits_for_the_next_sweep() {
    let world = World::new(1);
    poison(&world);
    forget(&world, 1, 5);
    world.faults().down(Service::Sqs);
    world.advance(GRACE * 2);
    assert!(sweep(&world).is_err());
    assert_eq!(told(&world), [1].into());
    world.faults().heal();
    assert_eq!(sweep(&world).unwrap(), Swept { relayed: 1 });
}

#[test]
fn a_sweep_ends_while_there_is_time_for_its_answer() {
    let world = World::new(1);
    for version in 1..=100 {
        forget(&world, version, 1);
    }
    world.advance(GRACE * 2);
    world
        .faults()
        .always(Fault::Delay(Duration::from_millis(1_500)), |_| true);
    let begun = world.clock().now();
    let swept = sweep(&world).unwrap();
    let taken = world.clock().now().duration_since(begun).unsigned_abs();
    assert!(taken < Duration::from_secs(30), "it took {taken:?}");
    assert!((10..100).contains(&swept.relayed), "{swept:?}");
    assert_eq!(world.published_events().len(), swept.relayed);
    assert_eq!(world.rows("profiles").len(), 100 - swept.relayed);
}
