use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use aws_sdk_sns::types::MessageAttributeValue;
use lambda_kit::aws::CallBudget;
use testkit::{World, connector::TracedCall};

use super::{dynamodb_of, s};

#[test]
fn time_passes_only_by_waiting() {
    let started = std::time::Instant::now();
    let world = World::new(1);
    let clock = world.clock();
    assert_eq!(clock.now().to_string(), "2026-01-15T09:00:00Z");
    world.advance(Duration::from_hours(24));
    assert_eq!(clock.now().to_string(), "2026-01-16T09:00:00Z");
    assert!(started.elapsed() < Duration::from_mins(1));
}

#[test]
fn the_sdk_signs_with_the_simulated_time() {
    let world = World::new(1);
    let config = world.sdk_config(&CallBudget::HTTP);
    let expected: SystemTime = world.clock().now().into();
    assert_eq!(config.time_source().unwrap().now(), expected);
}

#[test]
fn calls_that_are_under_way_at_once_overtake_each_other_as_the_seed_decides() {
    let order = |seed: u64| {
        let world = World::new(seed);
        let client = dynamodb_of(&world);
        let put = async |name: &str| {
            for n in 0..3 {
                let key = s(&format!("{name}{n}"));
                client
                    .put_item()
                    .table_name("ledger")
                    .item("key", key)
                    .send()
                    .await
                    .unwrap();
            }
        };
        world.block_on(async { tokio::join!(put("a"), put("b")) });
        let key = |call: &TracedCall| {
            call.call.input["Item"]["key"]["S"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        world.trace().iter().map(key).collect::<Vec<_>>()
    };
    let orders: BTreeSet<_> = (1..=20).map(order).collect();
    assert!(orders.len() > 5, "{orders:?}");
    assert_eq!(order(1), order(1));
}

#[test]
fn one_seed_gives_one_trace() {
    let run = |seed: u64| {
        let world = World::new(seed);
        world.faults().at(2, testkit::Fault::Throttle);
        let client = dynamodb_of(&world);
        let sns = aws_sdk_sns::Client::new(&world.sdk_config(&CallBudget::HTTP));
        let ids = world.ids();
        world.block_on(async {
            for _ in 0..5 {
                let id = ids.uuid().to_string();
                let item = [
                    ("key".to_owned(), s(&id)),
                    ("b".to_owned(), s("1")),
                    ("a".to_owned(), s("2")),
                ];
                client
                    .put_item()
                    .table_name("ledger")
                    .set_item(Some(item.into()))
                    .send()
                    .await
                    .unwrap();
                let attributes = ["a", "b", "c"].map(|name| {
                    let attribute = MessageAttributeValue::builder()
                        .data_type("String")
                        .string_value(name);
                    (name.to_owned(), attribute.build().unwrap())
                });
                let sms = sns.publish().phone_number("+491721234567").message("m");
                sms.set_message_attributes(Some(attributes.into()))
                    .send()
                    .await
                    .unwrap();
            }
        });
        assert_eq!(world.trace().len(), 11);
        world.trace_hash()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}
