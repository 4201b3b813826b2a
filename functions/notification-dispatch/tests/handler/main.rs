//! The handler on a simulated AWS: who gets a notice, that they get it once, and which messages
//! stay in the queue.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod consent;
mod failing;
mod once;
mod preferences;
mod rules;

use std::time::Duration;

use event::{Cause, CloudEvent, Data};
use lambda_kit::{aws::CallBudget, batch::UnreadableBatch};
use notification_dispatch::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, engine::Recipient};

const JANE: &str = "prf_01010101010171018101010101010101";
const PHONE: &str = "+4930901820";

/// The function's timeout.
const LIMIT: Duration = Duration::from_secs(30);

/// A world in which Jane proved her telephone number.
fn world_with_jane(phone_verified: bool) -> World {
    let world = World::new(1);
    world.put_row(
        "profiles",
        json!({
            "profile_id": JANE,
            "part": "profile",
            "version": 1,
            "fields": {
                "phone_number": { "value": PHONE, "verified": phone_verified, "at": "2025-06-01T00:00:00Z", "source": "login" },
            },
            "created_at": "2025-06-01T00:00:00Z",
            "updated_at": "2025-06-01T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    world
}

/// Jane's decision on notices of a tenant.
fn decide(world: &World, tenant: &str, ruling: &str) {
    world.put_row(
        "profiles",
        json!({
            "profile_id": JANE,
            "part": format!("consent#{tenant}#account-notices"),
            "tenant": tenant,
            "purpose": "account-notices",
            "ruling": ruling,
            "text_version": "2026-01",
            "surface": "self-service",
            "decided_at": "2025-06-01T00:00:00Z",
            "version": 1,
        }),
    );
}

/// What Jane wants, beside what else is known of her.
fn prefer(world: &World, preferences: &Value) {
    let mut rows = world.rows("profiles").into_iter();
    let mut row = rows.find(|row| row["part"] == "profile").unwrap();
    for (field, wanted) in preferences.as_object().unwrap() {
        row["fields"][field] =
            json!({ "value": wanted, "at": "2025-06-01T00:00:00Z", "source": "person" });
    }
    world.put_row("profiles", row);
}

/// A world in which Jane proved her telephone number and agreed to `harbour`'s notices.
fn world() -> World {
    let world = world_with_jane(true);
    decide(&world, "harbour", "granted");
    world
}

fn event_of(world: &World, data: Data) -> CloudEvent {
    let cause = Cause {
        request_id: "request-1".to_owned(),
    };
    CloudEvent::new(data, &cause, &world.clock(), &world.ids())
}

/// Jane's profile changed by the tenant's surface.
fn updated(world: &World, tenant: Option<&str>) -> CloudEvent {
    let data = Data::ProfileUpdated {
        profile_id: JANE.parse().unwrap(),
        version: 2,
        tenant_id: tenant.map(|tenant| tenant.parse().unwrap()),
        changed: ["locale".to_owned()].into(),
    };
    event_of(world, data)
}

fn created(world: &World) -> CloudEvent {
    let data = Data::ProfileCreated {
        profile_id: JANE.parse().unwrap(),
        version: 1,
        tenant_id: Some("harbour".parse().unwrap()),
        identifiers: [].into(),
    };
    event_of(world, data)
}

/// Jane asked for a test of the tenant's notices.
fn tested(world: &World) -> CloudEvent {
    let data = Data::ProfileNoticeTested {
        profile_id: JANE.parse().unwrap(),
        tenant_id: "harbour".parse().unwrap(),
    };
    event_of(world, data)
}

/// The event as the rule on the bus puts it into the queue.
fn envelope(event: &CloudEvent) -> String {
    json!({
        "version": "0",
        "id": "0b2b4f0e-1111-4222-8333-abcdefabcdef",
        "detail-type": "dev.fairlead.profile.updated.v1",
        "source": "dev.fairlead.profile",
        "account": "111122223333",
        "time": "2026-01-15T09:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": event,
    })
    .to_string()
}

fn message_id(place: usize) -> String {
    format!("059f36b4-87a3-44ab-83d2-{place:012}")
}

/// A batch of messages with these bodies.
fn batch(bodies: &[String]) -> Value {
    let record = |(place, body): (usize, &String)| {
        json!({
            "messageId": message_id(place),
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "body": body,
            "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1790842529000" },
            "messageAttributes": {},
            "md5OfBody": "ffba8ec8c71854577390643820e79d42",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:notifications",
            "awsRegion": "eu-central-1",
        })
    };
    let records: Vec<Value> = bodies.iter().enumerate().map(record).collect();
    json!({ "Records": records })
}

/// What a new process answers.
async fn answer(world: &World, event: &Value, limit: Duration) -> Result<Value, UnreadableBatch> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(event).unwrap();
    let answer = handle(&app, &event, world.invocation(limit)).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

/// The places of the messages that stay in the queue.
fn deliver(world: &World, bodies: &[String]) -> Vec<usize> {
    let answer = world
        .block_on(answer(world, &batch(bodies), LIMIT))
        .unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures
        .iter()
        .map(|failure| {
            let mut places = 0..bodies.len();
            places
                .find(|place| failure["itemIdentifier"] == message_id(*place))
                .unwrap()
        })
        .collect()
}

/// How many text messages and topic messages went out.
fn sent(world: &World) -> (usize, usize) {
    let all = world.notifications();
    let phones = all
        .iter()
        .filter(|sent| matches!(sent.recipient, Recipient::Phone(_)))
        .count();
    (phones, all.len() - phones)
}
