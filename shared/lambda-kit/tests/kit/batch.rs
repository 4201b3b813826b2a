use std::{cell::RefCell, convert::Infallible, io, time::Duration};

use lambda_kit::batch::{BatchResponse, sqs, stream};
use proptest::prelude::*;
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

const LIMIT: Duration = Duration::from_secs(30);

fn messages(outcomes: &[bool]) -> Value {
    let record = |place| json!({ "messageId": format!("m-{place}"), "body": format!("{place}") });
    json!({ "Records": (0..outcomes.len()).map(record).collect::<Vec<_>>() })
}

fn changes(outcomes: &[bool]) -> Value {
    let record = |place| json!({ "eventName": "INSERT", "dynamodb": { "SequenceNumber": format!("{place}"), "Keys": {} } });
    json!({ "Records": (0..outcomes.len()).map(record).collect::<Vec<_>>() })
}

fn outcome(ok: bool) -> Result<(), io::Error> {
    if ok {
        Ok(())
    } else {
        Err(io::Error::other("it was told to fail"))
    }
}

fn reported(response: &BatchResponse) -> Vec<String> {
    let failures = response.batch_item_failures.iter();
    failures
        .map(|failure| failure.item_identifier.clone())
        .collect()
}

proptest! {
    #[test]
    fn the_messages_that_failed_are_reported_and_no_others(outcomes in prop::collection::vec(any::<bool>(), 0..25)) {
        let world = World::new(1);
        let event = to_raw_value(&messages(&outcomes)).unwrap();
        let (invocation, clock) = (world.invocation(LIMIT), world.clock());
        let handled = sqs::process(&event, &invocation, &clock, async |message| {
            outcome(outcomes[message.body.parse::<usize>().unwrap()])
        });
        let response = world.block_on(handled).unwrap();
        let failed = outcomes.iter().enumerate().filter(|(_, ok)| !**ok).map(|(place, _)| format!("m-{place}"));
        prop_assert_eq!(reported(&response), failed.collect::<Vec<_>>());
    }

    #[test]
    fn a_stream_is_walked_in_order_up_to_the_chunk_of_the_first_failure(
        outcomes in prop::collection::vec(prop::bool::weighted(0.8), 0..40),
        chunk in 1_usize..12,
    ) {
        let world = World::new(1);
        let event = to_raw_value(&changes(&outcomes)).unwrap();
        let (invocation, clock) = (world.invocation(LIMIT), world.clock());
        let seen = RefCell::new(Vec::new());
        let handled = stream::process(&event, &invocation, &clock, chunk, |_| true, async |records| {
            let places = records.iter().map(|record| record.sequence_number.parse::<usize>().unwrap());
            places.map(|place| { seen.borrow_mut().push(place); outcome(outcomes[place]) }).collect()
        });
        let response = world.block_on(handled).unwrap();
        let lowest = outcomes.iter().position(|ok| !ok);
        prop_assert_eq!(reported(&response), lowest.map(|place| place.to_string()).into_iter().collect::<Vec<_>>());
        let walked = lowest.map_or(outcomes.len(), |place| outcomes.len().min((place / chunk + 1) * chunk));
        prop_assert_eq!(seen.into_inner(), (0..walked).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_no_batch_is_refused_and_never_quoted(text in "canary[a-z]{0,20}") {
        let world = World::new(1);
        let (invocation, clock) = (world.invocation(LIMIT), world.clock());
        for event in [
            json!(text), json!({ "Records": text }), json!({ "Records": [text] }),
            json!({ "Records": [{ "messageId": { text.as_str(): 1 }, "body": "", "dynamodb": text }] }),
        ] {
            let event = to_raw_value(&event).unwrap();
            let queue = sqs::process(&event, &invocation, &clock, async |_| Ok::<(), Infallible>(()));
            let table = stream::process(&event, &invocation, &clock, 10, |_| true, async |_| Vec::<Result<(), Infallible>>::new());
            for refused in [world.block_on(queue), world.block_on(table)] {
                let error = refused.unwrap_err();
                let told = format!("{error:?} {}", lambda_kit::Chain(&error));
                prop_assert!(!told.contains("canary"), "{}", told);
            }
        }
    }
}

#[test]
fn messages_are_not_begun_when_no_time_is_left() {
    let world = World::new(1);
    let event = to_raw_value(&messages(&[true, true])).unwrap();
    let (invocation, clock) = (world.invocation(Duration::from_secs(7)), world.clock());
    let handled = sqs::process(
        &event,
        &invocation,
        &clock,
        async |_| -> Result<(), Infallible> { panic!("it was begun") },
    );
    let response = world.block_on(handled).unwrap();
    assert_eq!(reported(&response), ["m-0", "m-1"]);
}

#[test]
fn success_is_an_empty_list() {
    let response = serde_json::to_value(BatchResponse::default()).unwrap();
    assert_eq!(response, json!({ "batchItemFailures": [] }));
}
