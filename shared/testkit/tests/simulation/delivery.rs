use std::{cell::RefCell, convert::Infallible, time::Duration};

use aws_lambda_events::{dynamodb, sqs};
use serde_json::{Value, json};
use testkit::{
    Fault, World,
    delivery::{self, Redelivery},
};

use super::{dynamodb_of, s};

type Answered = Result<Value, Infallible>;

/// Reads a row, so that there is a call at which the world can stop.
async fn call(world: &World) {
    drop(
        dynamodb_of(world)
            .get_item()
            .table_name("ledger")
            .key("key", s("k"))
            .send()
            .await,
    );
}

#[test]
fn cognito_delivers_three_times_and_gives_up() {
    let world = World::new(1);
    let deliveries = RefCell::new(0);
    let gave_up = world.block_on(delivery::cognito(&world, &Value::Null, async |_, _| {
        *deliveries.borrow_mut() += 1;
        Err::<Value, _>("store is down")
    }));
    assert_eq!(
        gave_up.unwrap_err().to_string(),
        "given up after 3 deliveries: store is down"
    );
    assert_eq!(*deliveries.borrow(), 3);
}

#[test]
fn a_trigger_comes_again_after_a_crash_with_other_ids() {
    for fault in Fault::CRASHES {
        let world = World::new(1);
        world.faults().at(1, fault);
        let ids = RefCell::new(Vec::new());
        world
            .block_on(delivery::cognito(&world, &Value::Null, async |_, _| {
                ids.borrow_mut().push(world.ids().uuid());
                call(&world).await;
                Answered::Ok(Value::Null)
            }))
            .unwrap();
        let [first, second] = ids.borrow()[..] else {
            panic!("two deliveries")
        };
        assert_ne!(first, second);
    }
}

#[test]
fn nothing_leaves_a_process_that_is_dead() {
    let world = World::new(1);
    world.faults().at(1, Fault::CrashBefore);
    let deliveries = RefCell::new(0);
    world
        .block_on(delivery::cognito(&world, &Value::Null, async |_, _| {
            *deliveries.borrow_mut() += 1;
            if *deliveries.borrow() == 1 {
                // The second call would leave in the same moment in which the first one dies.
                tokio::join!(call(&world), call(&world));
            }
            Answered::Ok(Value::Null)
        }))
        .unwrap();
    assert_eq!(world.trace().len(), 1);
}

#[test]
fn a_crash_ends_all_deliveries_that_are_under_way() {
    let world = World::new(1);
    world.faults().at(2, Fault::CrashAfter);
    let deliveries = RefCell::new(0);
    let deliver = async || {
        delivery::cognito(&world, &Value::Null, async |_, _| {
            *deliveries.borrow_mut() += 1;
            call(&world).await;
            call(&world).await;
            Answered::Ok(Value::Null)
        })
        .await
    };
    let answers = world.block_on(async { tokio::join!(deliver(), deliver()) });
    assert_eq!(answers, (Ok(Value::Null), Ok(Value::Null)));
    assert_eq!((*deliveries.borrow(), world.trace().len()), (4, 2 + 4));
}

#[test]
fn a_function_that_takes_too_long_is_cut_off() {
    let world = World::new(1);
    let result = world.block_on(delivery::cognito(&world, &Value::Null, async |_, _| {
        tokio::time::sleep(Duration::from_secs(6)).await;
        Answered::Ok(Value::Null)
    }));
    assert_eq!(result.unwrap_err().last, "the function's time ran out");
    let waited = world
        .clock()
        .now()
        .duration_since("2026-01-15T09:00:00Z".parse().unwrap());
    assert_eq!(waited.as_secs(), 15);
}

#[test]
fn a_client_repeats_its_request_until_the_answer_is_below_500() {
    let world = World::new(1);
    let statuses = RefCell::new(vec![412, 503, 500]);
    let answer = world.block_on(delivery::http_client(
        &world,
        &json!({ "routeKey": "PATCH /v1/me" }),
        async |request, _| {
            assert!(request.get().contains("PATCH"));
            Answered::Ok(json!({ "statusCode": statuses.borrow_mut().pop() }))
        },
    ));
    assert_eq!(answer, Ok(json!({ "statusCode": 412 })));
}

#[test]
fn each_repetition_of_a_request_has_an_id_of_its_own() {
    let world = World::new(1);
    let ids = RefCell::new(Vec::new());
    let request = json!({ "requestContext": { "requestId": "given" } });
    let gave_up = world.block_on(delivery::http_client(
        &world,
        &request,
        async |request, _| {
            let request: Value = serde_json::from_str(request.get()).unwrap();
            ids.borrow_mut()
                .push(request["requestContext"]["requestId"].clone());
            Answered::Ok(json!({ "statusCode": 503 }))
        },
    ));
    assert_eq!(gave_up.unwrap_err().attempts, 5);
    let mut ids = ids.into_inner();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[test]
fn an_invocation_says_until_when_it_may_run() {
    let world = World::new(1);
    let deadline = world.block_on(delivery::schedule(
        &world,
        &Value::Null,
        async |_, invocation| Answered::Ok(json!(invocation.deadline.to_string())),
    ));
    assert_eq!(deadline.unwrap(), "2026-01-15T09:00:30Z");
}

/// The bodies of a batch and how often its messages were received.
fn told(event: &sqs::SqsEvent) -> (String, String) {
    let bodies = event
        .records
        .iter()
        .map(|record| record.body.clone().unwrap());
    let counts = event
        .records
        .iter()
        .map(|record| record.attributes["ApproximateReceiveCount"].clone());
    (bodies.collect(), counts.collect())
}

fn bodies(text: &str) -> Vec<String> {
    text.chars().map(String::from).collect()
}

#[test]
fn a_queue_delivers_again_what_was_reported_until_it_is_a_dead_letter() {
    let world = World::new(1);
    let seen = RefCell::new(Vec::new());
    let outcome = world.block_on(delivery::sqs(
        &world,
        "notification",
        bodies("abc"),
        async |event, _| {
            let event: sqs::SqsEvent = serde_json::from_str(event.get()).unwrap();
            seen.borrow_mut().push(told(&event));
            let failed = event
                .records
                .iter()
                .filter(|record| record.body.as_deref() == Some("b"));
            let failures: Vec<Value> = failed
                .map(|record| json!({ "itemIdentifier": record.message_id }))
                .collect();
            Answered::Ok(json!({ "batchItemFailures": failures }))
        },
    ));
    let seen: Vec<_> = seen
        .borrow()
        .iter()
        .map(|(bodies, counts)| format!("{bodies} {counts}"))
        .collect();
    assert_eq!(seen, ["abc 111", "b 2", "b 3", "b 4", "b 5"]);
    assert_eq!(outcome.dead_letters[0].body, "b");
}

#[test]
fn a_queue_delivers_the_whole_batch_again_after_a_crash_or_in_halves() {
    for (redelivery, expected) in [
        (Redelivery::Same, vec!["abc", "abc"]),
        (Redelivery::Split, vec!["abc", "a", "bc"]),
    ] {
        let world = World::new(1);
        world.set_redelivery(redelivery);
        world.faults().at(1, Fault::CrashAfter);
        let seen = RefCell::new(Vec::new());
        let outcome = world.block_on(delivery::sqs(
            &world,
            "q",
            bodies("abc"),
            async |event, _| {
                let event: sqs::SqsEvent = serde_json::from_str(event.get()).unwrap();
                seen.borrow_mut().push(told(&event).0);
                call(&world).await;
                Answered::Ok(Value::Null)
            },
        ));
        assert_eq!(*seen.borrow(), expected);
        assert!(outcome.dead_letters.is_empty());
    }
}

#[test]
fn a_queue_takes_an_empty_identifier_for_the_whole_batch() {
    let world = World::new(1);
    let outcome = world.block_on(delivery::sqs(&world, "q", bodies("ab"), async |_, _| {
        Answered::Ok(json!({ "batchItemFailures": [{ "itemIdentifier": "" }] }))
    }));
    assert_eq!((outcome.deliveries, outcome.dead_letters.len()), (5, 2));
}

/// A world in whose stream of profiles there are records with the given parts.
fn with_records(parts: &[&str]) -> World {
    let world = World::new(1);
    let client = dynamodb_of(&world);
    for part in parts {
        let put = client
            .put_item()
            .table_name("profiles")
            .item("profile_id", s("prf_1"))
            .item("part", s(part));
        world.block_on(put.send()).unwrap();
    }
    world
}

fn parts(event: &dynamodb::Event) -> Vec<String> {
    let part = |record: &dynamodb::EventRecord| {
        let keys: Value = serde_json::to_value(&record.change.keys).unwrap();
        keys["part"]["S"].as_str().unwrap().to_owned()
    };
    event.records.iter().map(part).collect()
}

#[test]
fn a_stream_goes_on_from_the_lowest_record_that_was_reported() {
    let world = with_records(&["a", "b", "c"]);
    let seen = RefCell::new(Vec::new());
    let outcome = world.block_on(delivery::stream(&world, "profiles", async |event, _| {
        let event: dynamodb::Event = serde_json::from_str(event.get()).unwrap();
        seen.borrow_mut().push(parts(&event).concat());
        let number = |place: usize| event.records[place].change.sequence_number.clone();
        let failed = if seen.borrow().len() == 1 {
            vec![number(2), number(1)]
        } else {
            vec![]
        };
        let failures: Vec<Value> = failed
            .iter()
            .map(|number| json!({ "itemIdentifier": number }))
            .collect();
        Answered::Ok(json!({ "batchItemFailures": failures }))
    }));
    assert_eq!(*seen.borrow(), ["abc", "bc"]);
    assert_eq!(outcome.deliveries, 2);
    assert!(outcome.discarded.is_empty());
}

#[test]
fn a_stream_isolates_a_poison_record_by_halving_and_discards_it_alone() {
    let world = with_records(&["a", "b", "c", "d"]);
    world.set_redelivery(Redelivery::Split);
    let done = RefCell::new(Vec::new());
    let outcome = world.block_on(delivery::stream(&world, "profiles", async |event, _| {
        let event: dynamodb::Event = serde_json::from_str(event.get()).unwrap();
        let parts = parts(&event);
        if parts.contains(&"c".to_owned()) {
            return Err("poison");
        }
        done.borrow_mut().extend(parts);
        Ok(Value::Null)
    }));
    assert_eq!(*done.borrow(), ["a", "b", "d"]);
    assert_eq!(outcome.discarded.len(), 1);
}

#[test]
fn a_stream_delivers_also_what_its_function_writes() {
    let world = with_records(&["a"]);
    let seen = RefCell::new(Vec::new());
    let deliver = async || {
        delivery::stream(&world, "profiles", async |event, _| {
            let event: dynamodb::Event = serde_json::from_str(event.get()).unwrap();
            seen.borrow_mut()
                .extend(event.records.iter().map(|record| record.event_name.clone()));
            let delete = dynamodb_of(&world).delete_item().table_name("profiles");
            drop(
                delete
                    .key("profile_id", s("prf_1"))
                    .key("part", s("a"))
                    .send()
                    .await,
            );
            Answered::Ok(Value::Null)
        })
        .await
    };
    world.block_on(deliver());
    world.block_on(deliver());
    assert_eq!(*seen.borrow(), ["INSERT", "REMOVE"]);
}
