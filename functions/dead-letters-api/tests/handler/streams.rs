use serde_json::{Value, json};
use testkit::{Call, Fault, World, engine::RECEIPTS_BUCKET};

use crate::{all, left, operator, outcomes, redrive, request, send, show, world};

const PROFILE: &str = "prf_01010101010171018101010101010101";

/// A row of an outbox that was parked, and the message of that.
fn parked_row(world: &World) {
    world.put_row(
        "profiles",
        json!({
            "profile_id": PROFILE,
            "part": "outbox#evt_1",
            "event": r#"{"source":"s","type":"t","time":"2026-01-15T09:00:00Z"}"#,
            "relay_at": "2026-01-15T08:00:00.000Z",
            "parked_because": "the event bus refuses the event",
        }),
    );
    let keys = json!({ "profile_id": { "S": PROFILE }, "part": { "S": "outbox#evt_1" } });
    park(
        world,
        "parking",
        "outbox#evt_1",
        &json!({ "dynamodb": { "Keys": keys } }),
    );
}

fn park(world: &World, queue: &str, key: &str, payload: &Value) {
    let parked = json!({
        "service": "profile-stream",
        "key": key,
        "cause": "the event bus refuses the event",
        "payload": payload,
    });
    let attributes = [("idempotency.key", key)];
    let engines = world.engines();
    engines.put_message(queue, &parked.to_string(), &attributes, 0);
}

/// What Lambda says of a batch of a stream on which it gave up.
fn given_up(world: &World, queue: &str) {
    let record = json!({
        "requestContext": { "condition": "RetryAttemptsExhausted" },
        "DDBStreamBatchInfo": { "shardId": "shardId-1", "startSequenceNumber": "1", "batchSize": 3 },
    });
    let engines = world.engines();
    engines.put_message(queue, &record.to_string(), &[], 0);
}

fn receipt() -> Value {
    json!({
        "profile_id": { "S": PROFILE },
        "receipt_id": { "S": "rcp_019bc10dd48070008000000000000001" },
        "partner_day": { "S": "harbour#chandlery#2025-01-15#2" },
        "tenant": { "S": "harbour" },
        "partner": { "S": "chandlery" },
        "purpose": { "S": "newsletter" },
        "outcome": { "S": "allowed" },
        "allowed": { "L": [{ "S": "names" }] },
        "withheld": { "M": {} },
        "policies": { "L": [{ "S": "by-consent" }] },
        "at": { "S": "2025-01-15T09:00:00Z" },
        "request_id": { "S": "request-0" },
        "expires_at": { "N": "1768467600" },
    })
}

/// The change by which a receipt left its table.
fn expired(row: &Value) -> Value {
    json!({
        "eventName": "REMOVE",
        "dynamodb": { "SequenceNumber": "1", "OldImage": row },
    })
}

#[test]
fn a_parked_row_is_to_be_relayed_again_by_whoever_finds_it() {
    let world = world(0);
    parked_row(&world);
    let shown = show(&world, "parking");
    let message = &shown["messages"][0];
    assert_eq!(message["cause"], "parked");
    assert_eq!(message["row"], "outbox#evt_1");
    assert_eq!(message["way_back"], "outbox");
    let redriven = redrive(&world, "parking", &all());
    assert_eq!(outcomes(&redriven), ["relayed"]);
    let row = &world.rows("profiles")[0];
    assert!(row["relay_shard"].is_string(), "{row}");
    assert_eq!(row["relay_at"], "2026-01-15T08:00:00.000Z");
    assert!(row.get("parked_because").is_none(), "{row}");
    assert_eq!(left(&world, "parking"), 0);
}

#[test]
fn a_row_that_is_parked_no_more_is_left_as_it_is() {
    let world = world(0);
    parked_row(&world);
    parked_row(&world);
    let redriven = redrive(&world, "parking", &all());
    let mut both = outcomes(&redriven);
    both.sort_unstable();
    assert_eq!(both, ["not-parked", "relayed"]);
    park(&world, "events-parking", "harbour#gone", &json!({}));
    let gone = redrive(&world, "events-parking", &all());
    assert_eq!(outcomes(&gone), ["not-parked"]);
    assert!(world.rows("events").is_empty());
}

#[test]
fn while_another_is_at_the_row_the_message_stays() {
    let world = world(0);
    parked_row(&world);
    let is_marking = |call: &Call| call.operation == "UpdateItem";
    world.faults().once(Fault::Conflict, is_marking);
    let redriving = request(&operator(&world), crate::REDRIVE, "parking", &all());
    assert_eq!(send(&world, &redriving).0, 503);
    assert_eq!(outcomes(&redrive(&world, "parking", &all())), ["relayed"]);
}

#[test]
fn a_parked_receipt_is_archived_once_its_archive_takes_it() {
    let world = world(0);
    let change = expired(&receipt());
    park(&world, "receipts-parking", "rcp_1", &change);
    let is_archiving = |call: &Call| call.operation == "PutObject";
    world.faults().always(Fault::Unavailable, is_archiving);
    let redriving = request(
        &operator(&world),
        crate::REDRIVE,
        "receipts-parking",
        &all(),
    );
    assert_eq!(send(&world, &redriving).0, 503);
    world.faults().heal();
    let redriven = redrive(&world, "receipts-parking", &all());
    assert_eq!(outcomes(&redriven), ["archived"]);
    let objects = world.objects(RECEIPTS_BUCKET);
    assert_eq!(
        objects[0].key,
        "receipts/year=2025/month=01/day=15/rcp_019bc10dd48070008000000000000001.json"
    );
    assert_eq!(left(&world, "receipts-parking"), 0);
}

#[test]
fn what_is_no_receipt_stays_and_nothing_of_it_is_shown() {
    let world = world(0);
    let mut row = receipt();
    row["outcome"] = json!({ "S": "unheard-of" });
    park(&world, "receipts-parking", "rcp_1", &expired(&row));
    let redriven = redrive(&world, "receipts-parking", &all());
    assert_eq!(outcomes(&redriven), ["stays"]);
    assert_eq!(redriven["more"], false);
    let shown = show(&world, "receipts-parking");
    assert_eq!(shown["messages"].as_array().unwrap().len(), 1);
    assert!(!shown.to_string().contains(PROFILE), "{shown}");
}

#[test]
fn what_lambda_gave_up_on_is_left_to_the_sweep_and_stays_where_there_is_none() {
    let world = world(0);
    for (queue, outcome) in [
        ("parking", "left-to-sweep"),
        ("events-parking", "left-to-sweep"),
        ("receipts-parking", "stays"),
    ] {
        given_up(&world, queue);
        let shown = show(&world, queue);
        assert_eq!(shown["messages"][0]["cause"], "given-up");
        assert_eq!(outcomes(&redrive(&world, queue, &all())), [outcome]);
    }
    assert_eq!(left(&world, "parking"), 0);
    assert_eq!(left(&world, "receipts-parking"), 1);
}
