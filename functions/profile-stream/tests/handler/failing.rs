use std::{collections::BTreeSet, time::Duration};

use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, Service, World};

use crate::{
    LIMIT, again_from, deliver, done, inserted, outbox_rows, sequence_number, told, try_deliver,
};

fn puts(world: &World) -> Vec<usize> {
    let calls = world.trace();
    calls
        .iter()
        .filter(|call| call.call.service == Service::EventBridge)
        .map(|call| call.call.input["Entries"].as_array().unwrap().len())
        .collect()
}

#[test]
fn only_the_entries_that_failed_are_sent_again() {
    let world = World::new(1);
    let records = inserted(&outbox_rows(&world, 5));
    world.faults().once(Fault::HalfApply, |_| true);
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(puts(&world), [5, 3]);
    let versions: BTreeSet<u64> = told(&world).into_iter().collect();
    assert_eq!(versions, (1..=5).collect());
    assert_eq!(told(&world).len(), 5);
    assert!(world.rows("profiles").is_empty());
}

#[test]
fn entries_that_keep_failing_come_again_from_the_lowest_on() {
    let world = World::new(1);
    let records = inserted(&outbox_rows(&world, 3));
    // The first entry of a call fails each time; what else failed goes through in a later round.
    world.faults().always(Fault::HalfApply, |_| true);
    assert_eq!(deliver(&world, &records), again_from(0));
    let left = world.rows("profiles");
    assert_eq!(left.len(), 3 - told(&world).len());
    world.faults().heal();
    assert_eq!(deliver(&world, &records), done());
    let versions: BTreeSet<u64> = told(&world).into_iter().collect();
    assert_eq!(versions, (1..=3).collect());
    assert!(world.rows("profiles").is_empty());
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
fn while_the_bus_is_down_the_batch_comes_again_from_its_first_event(#[case] fault: Fault) {
    let world = World::new(1);
    let records = inserted(&outbox_rows(&world, 12));
    world
        .faults()
        .always(fault, |call| call.service == Service::EventBridge);
    assert_eq!(deliver(&world, &records), again_from(0));
    assert_eq!(world.rows("profiles").len(), 12);
    assert!(world.sent_messages("parking").is_empty());
    world.faults().heal();
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(told(&world), (1..=12).collect::<Vec<_>>());
}

#[test]
fn nothing_after_a_failed_chunk_is_published() {
    let world = World::new(1);
    let records = inserted(&outbox_rows(&world, 35));
    let second = records[10]["dynamodb"]["NewImage"]["event"]["S"].clone();
    world.faults().always(Fault::Unavailable, move |call| {
        call.input["Entries"][0]["Detail"] == second
    });
    assert_eq!(deliver(&world, &records), again_from(10));
    assert_eq!(told(&world), (1..=10).collect::<Vec<_>>());
    world.faults().heal();
    assert_eq!(deliver(&world, &records[10..]), done());
    assert_eq!(told(&world), (1..=35).collect::<Vec<_>>());
}

#[test]
fn an_event_whose_row_can_not_be_deleted_comes_again_with_its_id() {
    let world = World::new(1);
    let rows = outbox_rows(&world, 3);
    let records = inserted(&rows);
    let part = rows[1]["part"].clone();
    world.faults().always(Fault::Unavailable, move |call| {
        call.input["Key"]["part"]["S"] == part
    });
    assert_eq!(deliver(&world, &records), again_from(1));
    world.faults().heal();
    assert_eq!(deliver(&world, &records[1..]), done());
    let ids: BTreeSet<String> = world
        .published_events()
        .iter()
        .map(|event| event.detail["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(world.rows("profiles").is_empty());
}

#[test]
fn a_batch_whose_time_runs_out_reports_the_rest() {
    let world = World::new(1);
    let records = inserted(&outbox_rows(&world, 30));
    // Each call is slow: after some chunks less is left than the answer needs.
    world
        .faults()
        .always(Fault::Delay(Duration::from_millis(1_900)), |_| true);
    let answer = try_deliver(
        &world,
        &json!({ "Records": records }),
        Duration::from_secs(13),
    )
    .unwrap();
    assert_eq!(answer, again_from(20));
    assert_eq!(told(&world), (1..=20).collect::<Vec<_>>());
}

#[test]
fn a_batch_that_comes_with_no_time_left_is_reported_whole() {
    let world = World::new(1);
    let records = inserted(&outbox_rows(&world, 2));
    let answer = try_deliver(
        &world,
        &json!({ "Records": records }),
        Duration::from_secs(7),
    )
    .unwrap();
    assert_eq!(answer, again_from(0));
    assert!(world.trace().is_empty());
}

#[test]
fn a_batch_without_ids_fails_as_a_whole() {
    let world = World::new(1);
    let mut records = inserted(&outbox_rows(&world, 3));
    records[1]["dynamodb"]
        .as_object_mut()
        .unwrap()
        .remove("SequenceNumber");
    let events = [
        json!({ "Records": records }),
        json!({ "Records": [{ "eventName": "INSERT" }] }),
        json!({ "Records": "none" }),
        json!({}),
        Value::Null,
    ];
    for event in events {
        assert!(try_deliver(&world, &event, LIMIT).is_err(), "{event}");
    }
    assert!(world.trace().is_empty());
}

#[test]
fn a_reported_number_is_one_of_the_batch() {
    for seed in 1..=20 {
        let world = World::new(seed);
        let records = inserted(&outbox_rows(&world, 23));
        let failing = usize::try_from(seed).unwrap() % 7 + 1;
        world.faults().at(failing, Fault::BlackHole);
        world.faults().always(Fault::HalfApply, |_| true);
        let answer = deliver(&world, &records);
        for failure in answer["batchItemFailures"].as_array().unwrap() {
            let known = (0..23).any(|place| failure["itemIdentifier"] == sequence_number(place));
            assert!(known, "seed {seed}: {answer}");
        }
    }
}
