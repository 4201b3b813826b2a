//! From the outbox to the bus.

use aws_sdk_dynamodb::Client;
use event::{Cause, CloudEvent, Data};
use lambda_kit::{aws::CallBudget, dynamodb::text};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{World, delivery::Redelivery, explore::Scenario};

use crate::actors::{Person, changes, gets_a_token, set_the_scene, stream_flows, sweep_runs};

/// Whose profile is written to beside the API.
const SOMEONE: &str = "prf_0202020202027202820202020202020a";

pub(super) const BOTH: [Redelivery; 2] = [Redelivery::Same, Redelivery::Split];

/// A dozen changes, more than one call of `PutEvents` takes, reach the stream at once.
pub(super) struct ManyChanges;

impl Scenario for ManyChanges {
    fn name(&self) -> &'static str {
        "many-changes"
    }

    fn setup(&self, world: &World) {
        world.block_on(async {
            for n in 1..=12 {
                let event = event_of(world, n);
                someone_writes(world, &format!("outbox#{}", event.id), &event.to_json()).await;
            }
        });
    }

    async fn run(&self, world: &World) -> Value {
        stream_flows(world).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

fn event_of(world: &World, version: u64) -> CloudEvent {
    let data = Data::ProfileUpdated {
        profile_id: SOMEONE.parse().expect("it is a profile id"),
        version,
        tenant_id: None,
        changed: ["locale".to_owned()].into(),
    };
    let cause = Cause {
        request_id: format!("request {version}"),
    };
    CloudEvent::new(data, &cause, &world.clock(), &world.ids())
}

/// Rows of the outbox that no code of ours wrote lie between two good ones.
pub(super) struct Poison;

impl Scenario for Poison {
    fn name(&self) -> &'static str {
        "poison"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            someone_writes(world, "outbox#evt_no-event", "this is no event").await;
            someone_writes(world, "outbox#evt_no-time", r#"{"source":"s","type":"t"}"#).await;
            changes(world, &claims, json!({ "display_name": "J." })).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        stream_flows(world).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

async fn someone_writes(world: &World, part: &str, event: &str) {
    let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
    let put = client
        .put_item()
        .table_name("profiles")
        .item("profile_id", text(SOMEONE))
        .item("part", text(part))
        .item("event", text(event))
        .item("relay_shard", text("0"))
        .item("relay_at", text("2026-01-15T09:00:00.000Z"))
        .condition_expression("attribute_not_exists(part)");
    put.send().await.expect("a row is written");
}

/// The stream lost its records; the sweep finds what is left of them in the outbox.
pub(super) struct Forgotten;

impl Scenario for Forgotten {
    fn name(&self) -> &'static str {
        "forgotten"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            someone_writes(world, "outbox#evt_no-event", "this is no event").await;
            for n in 0..3 {
                changes(world, &claims, json!({ "display_name": format!("J. {n}") })).await;
            }
        });
        world.advance(Duration::from_hours(25));
    }

    async fn run(&self, world: &World) -> Value {
        sweep_runs(world).await;
        Value::Null
    }
}
