use aws_sdk_dynamodb::types::{
    KeysAndAttributes, PutRequest, TransactWriteItem, Update, WriteRequest,
};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use lambda_kit::aws::CallBudget;
use serde_json::json;
use testkit::{Fault, Service, World};

use super::{code, dynamodb_of, n, s};

/// Adds one to a counter, on no condition.
async fn add(world: &World) -> Result<(), aws_sdk_dynamodb::Error> {
    let client = dynamodb_of(world);
    let update = client
        .update_item()
        .table_name("ledger")
        .key("key", s("k"))
        .update_expression("ADD n :one")
        .expression_attribute_values(":one", n(1));
    update.send().await?;
    Ok(())
}

fn count(world: &World) -> u64 {
    world
        .rows("ledger")
        .first()
        .map_or(0, |row| row["n"].as_u64().unwrap())
}

#[test]
fn an_unavailable_or_throttling_service_is_asked_again() {
    for fault in [Fault::Unavailable, Fault::Throttle] {
        let world = World::new(1);
        world.faults().at(1, fault);
        world.block_on(add(&world)).unwrap();
        assert_eq!((world.trace().len(), count(&world)), (2, 1), "{fault}");
    }
}

#[test]
fn every_service_words_its_refusals_so_that_the_sdk_tries_again() {
    for fault in [Fault::Unavailable, Fault::Throttle] {
        let world = World::new(1);
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let queue = world
            .environment()
            .required("PARKING_QUEUE_URL")
            .unwrap()
            .to_owned();
        for service in [
            Service::Sns,
            Service::Sqs,
            Service::EventBridge,
            Service::S3,
        ] {
            world
                .faults()
                .once(fault, move |call| call.service == service);
        }
        world.block_on(async {
            let sns = aws_sdk_sns::Client::new(&sdk);
            sns.publish()
                .phone_number("+491721234567")
                .message("m")
                .send()
                .await
                .unwrap();
            let sqs = aws_sdk_sqs::Client::new(&sdk);
            sqs.send_message()
                .queue_url(queue)
                .message_body("m")
                .send()
                .await
                .unwrap();
            let bus = aws_sdk_eventbridge::Client::new(&sdk);
            bus.put_events()
                .entries(PutEventsRequestEntry::builder().build())
                .send()
                .await
                .unwrap();
            let s3 = aws_sdk_s3::Client::new(&sdk);
            s3.delete_object()
                .bucket("exports")
                .key("k")
                .send()
                .await
                .unwrap();
        });
        assert_eq!(world.trace().len(), 8, "{fault}");
    }
}

#[test]
fn a_lost_acknowledgement_makes_the_sdk_write_twice() {
    let world = World::new(1);
    world.faults().at(1, Fault::LoseAcknowledgement);
    world.block_on(add(&world)).unwrap();
    assert_eq!(count(&world), 2);
}

#[test]
fn a_delay_shorter_than_the_timeout_is_only_slow() {
    let world = World::new(1);
    world
        .faults()
        .at(1, Fault::Delay(std::time::Duration::from_millis(300)));
    world.block_on(add(&world)).unwrap();
    assert_eq!(world.trace().len(), 1);
    assert_eq!(world.clock().now().to_string(), "2026-01-15T09:00:00.3Z");
}

#[test]
fn a_black_hole_is_left_when_the_attempt_times_out() {
    let world = World::new(1);
    world.faults().at(1, Fault::BlackHole);
    world.block_on(add(&world)).unwrap();
    assert_eq!((world.trace().len(), count(&world)), (2, 1));
    let waited = world
        .clock()
        .now()
        .duration_since("2026-01-15T09:00:00Z".parse().unwrap());
    assert!(waited.unsigned_abs() >= CallBudget::HTTP.attempt_timeout);
}

#[test]
fn a_service_that_is_down_stays_down_until_it_is_healed() {
    let world = World::new(1);
    world.faults().down(Service::DynamoDb);
    assert!(world.block_on(add(&world)).is_err());
    assert!(world.trace().len() > 1);
    world.faults().heal();
    world.block_on(add(&world)).unwrap();
}

#[test]
fn a_conflict_cancels_a_transaction_and_refuses_a_write() {
    let world = World::new(1);
    world.faults().always(Fault::Conflict, |_| true);
    let client = dynamodb_of(&world);
    let update = Update::builder()
        .table_name("ledger")
        .key("key", s("k"))
        .update_expression("ADD n :n")
        .expression_attribute_values(":n", n(1));
    let item = TransactWriteItem::builder()
        .update(update.build().unwrap())
        .build();
    let result = world.block_on(client.transact_write_items().transact_items(item).send());
    assert_eq!(code(result), "TransactionCanceledException");
    let result = world.block_on(
        client
            .put_item()
            .table_name("ledger")
            .item("key", s("k"))
            .send(),
    );
    assert_eq!(code(result), "TransactionConflictException");
    world
        .block_on(
            client
                .get_item()
                .table_name("ledger")
                .key("key", s("k"))
                .send(),
        )
        .unwrap();
    assert!(world.rows("ledger").is_empty());
}

#[test]
fn half_of_the_events_fail() {
    let world = World::new(1);
    world.faults().at(1, Fault::HalfApply);
    let entry = |n: u32| {
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name("fairlead")
            .source("s")
            .detail_type("t");
        entry.detail(json!({ "n": n }).to_string()).build()
    };
    let client = aws_sdk_eventbridge::Client::new(&world.sdk_config(&CallBudget::BATCH));
    let answer = world
        .block_on(
            client
                .put_events()
                .set_entries(Some((0..3).map(entry).collect()))
                .send(),
        )
        .unwrap();
    assert_eq!(answer.failed_entry_count(), 2);
    let failed: Vec<_> = answer
        .entries()
        .iter()
        .map(|entry| entry.error_code().is_some())
        .collect();
    assert_eq!(failed, [true, false, true]);
    let published: Vec<_> = world
        .published_events()
        .into_iter()
        .map(|event| event.detail)
        .collect();
    assert_eq!(published, [json!({ "n": 1 })]);
}

#[test]
fn the_only_entry_of_a_batch_fails() {
    let world = World::new(1);
    world.faults().at(1, Fault::HalfApply);
    let entry = SendMessageBatchRequestEntry::builder()
        .id("1")
        .message_body("m")
        .build()
        .unwrap();
    let client = aws_sdk_sqs::Client::new(&world.sdk_config(&CallBudget::BATCH));
    let queue = world
        .environment()
        .required("PARKING_QUEUE_URL")
        .unwrap()
        .to_owned();
    let answer = world
        .block_on(
            client
                .send_message_batch()
                .queue_url(queue)
                .entries(entry)
                .send(),
        )
        .unwrap();
    assert_eq!(
        (answer.successful().len(), answer.failed()[0].id()),
        (0, "1")
    );
    assert!(world.sent_messages("parking").is_empty());
}

#[test]
fn half_of_a_batch_of_rows_is_left_unprocessed() {
    let world = World::new(1);
    let client = dynamodb_of(&world);
    world.faults().always(Fault::HalfApply, |_| true);
    let put = |key: &str| {
        let put = PutRequest::builder().item("key", s(key)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    };
    let writes = vec![put("a"), put("b"), put("c")];
    let written = world
        .block_on(
            client
                .batch_write_item()
                .request_items("ledger", writes)
                .send(),
        )
        .unwrap();
    assert_eq!(written.unprocessed_items().unwrap()["ledger"].len(), 2);
    assert_eq!(world.rows("ledger"), [json!({ "key": "b" })]);

    let keys = ["a", "b"]
        .map(|key| [("key".to_owned(), s(key))].into())
        .to_vec();
    let wanted = KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .build()
        .unwrap();
    let read = world
        .block_on(
            client
                .batch_get_item()
                .request_items("ledger", wanted)
                .send(),
        )
        .unwrap();
    assert_eq!(read.responses().unwrap()["ledger"].len(), 1);
    assert_eq!(
        read.unprocessed_keys().unwrap()["ledger"].keys()[0]["key"],
        s("a")
    );
}

#[test]
fn each_simulated_process_has_its_own_quota_of_retries() {
    // The SDK's quota allows about a hundred retries after timeouts or server errors.
    for _ in 0..200 {
        let world = World::new(1);
        world.faults().at(1, Fault::Throttle);
        world.block_on(add(&world)).unwrap();
    }
}

#[test]
#[should_panic(expected = "the world stopped at call 1")]
fn a_crash_that_nobody_expects_is_reported() {
    let world = World::new(1);
    world.faults().at(1, Fault::CrashBefore);
    drop(world.block_on(add(&world)));
}
