use serde_json::{Value, json};
use testkit::{Fault, Service, World};

use crate::{PROFILE, again_from, deliver, done, inserted, outbox_row, record, told};

/// A row that no code of ours wrote.
fn poison(world: &World, part: &str, event: &str) -> Value {
    let row = json!({
        "profile_id": PROFILE,
        "part": part,
        "event": event,
        "relay_shard": "0",
        "relay_at": "2026-01-15T09:00:00.000Z",
    });
    world.put_row("profiles", row.clone());
    row
}

/// What lies on the parking queue: its keys and its bodies.
fn parked(world: &World) -> Vec<(String, Value)> {
    let messages = world.sent_messages("parking");
    messages
        .into_iter()
        .map(|message| {
            let key = message.attributes["idempotency.key"].clone();
            (key, serde_json::from_str(&message.body).unwrap())
        })
        .collect()
}

#[test]
fn a_poison_record_is_parked_with_cause_and_payload_and_its_neighbours_go_on() {
    let no_events = [
        "no JSON",
        "[]",
        r#"{"source":"s","type":"t"}"#,
        r#"{"source":"s","type":"t","time":"soon"}"#,
    ];
    for event in no_events {
        let world = World::new(1);
        let rows = [
            outbox_row(&world, 1),
            poison(&world, "outbox#evt_poison", event),
            outbox_row(&world, 2),
        ];
        let records = inserted(&rows);
        assert_eq!(deliver(&world, &records), done(), "{event}");
        assert_eq!(told(&world), [1, 2], "{event}");
        let parked = parked(&world);
        assert_eq!(parked.len(), 1);
        let (key, body) = &parked[0];
        assert_eq!(key, "outbox#evt_poison");
        assert_eq!(body["service"], "profile-stream");
        assert_eq!(body["cause"], "the outbox row holds no CloudEvent");
        assert_eq!(body["payload"], records[1]);
        let left = world.rows("profiles");
        assert_eq!(left.len(), 1);
        assert_eq!(left[0]["parked_because"], body["cause"]);
        assert!(left[0].get("relay_shard").is_none());
    }
}

#[test]
fn an_event_that_the_bus_refuses_for_good_is_parked() {
    let world = World::new(1);
    let nameless = r#"{"id":"evt_poison","source":"","type":"t","time":"2026-01-15T09:00:00Z"}"#;
    let rows = [
        outbox_row(&world, 1),
        poison(&world, "outbox#evt_poison", nameless),
        outbox_row(&world, 2),
    ];
    assert_eq!(deliver(&world, &inserted(&rows)), done());
    assert_eq!(told(&world), [1, 2]);
    assert_eq!(
        parked(&world)[0].1["cause"],
        "the event bus refuses the event"
    );
}

#[test]
fn a_record_whose_image_can_not_be_read_is_parked() {
    let broken: [fn(&mut Value); 4] = [
        |record| {
            let change = record["dynamodb"].as_object_mut().unwrap();
            change.remove("NewImage");
        },
        |record| record["dynamodb"]["NewImage"] = Value::Null,
        |record| record["dynamodb"]["NewImage"] = json!({ "event": { "X": 1 } }),
        |record| record["dynamodb"]["NewImage"]["event"] = json!({ "N": "7" }),
    ];
    for breaks in broken {
        let world = World::new(1);
        let rows = [
            outbox_row(&world, 1),
            outbox_row(&world, 2),
            outbox_row(&world, 3),
        ];
        let mut records = inserted(&rows);
        breaks(&mut records[1]);
        assert_eq!(deliver(&world, &records), done());
        assert_eq!(told(&world), [1, 3]);
        assert_eq!(parked(&world)[0].1["payload"], records[1]);
    }
}

#[test]
fn what_can_not_be_parked_comes_again() {
    let world = World::new(1);
    let rows = [
        outbox_row(&world, 1),
        poison(&world, "outbox#evt_poison", "no JSON"),
        outbox_row(&world, 2),
    ];
    let records = inserted(&rows);
    world.faults().down(Service::Sqs);
    assert_eq!(deliver(&world, &records), again_from(1));
    assert!(
        world
            .rows("profiles")
            .iter()
            .any(|row| row["relay_shard"] == "0")
    );
    world.faults().heal();
    assert_eq!(deliver(&world, &records[1..]), done());
    assert_eq!(parked(&world).len(), 1);
}

#[test]
fn a_poison_record_parked_twice_bears_the_same_key() {
    let world = World::new(1);
    let row = poison(&world, "outbox#evt_poison", "no JSON");
    world.faults().once(Fault::LoseAcknowledgement, |call| {
        call.service == Service::Sqs
    });
    assert_eq!(deliver(&world, &[record(0, "INSERT", &row)]), done());
    let parked = parked(&world);
    assert_eq!(parked.len(), 2);
    assert_eq!(parked[0], parked[1]);
}
