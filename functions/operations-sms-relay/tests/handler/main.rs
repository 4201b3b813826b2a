//! The handler on a simulated AWS: each message is passed on once, and nothing of it but its words.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::collections::BTreeMap;

use lambda_kit::aws::CallBudget;
use operations_sms_relay::{App, handle};
use serde_json::{Value, json};
use testkit::{
    World, delivery,
    engine::{Recipient, SMS_TOPIC},
};

fn sms(id: &str, body: &str) -> String {
    let sms = json!({
        "originationNumber": "+14255550182", "destinationNumber": "+12125550101", "messageKeyword": "JOIN",
        "messageBody": body, "inboundMessageId": id, "previousPublishedMessageId": "an-earlier-one",
    });
    published(&sms.to_string())
}

fn published(message: &str) -> String {
    json!({ "Type": "Notification", "MessageId": "1", "Message": message }).to_string()
}

/// The queue brings these; how many of them end as dead letters.
fn brings(world: &World, bodies: &[String]) -> usize {
    let outcome = delivery::sqs(
        world,
        "text-messages",
        bodies.to_vec(),
        async |event, invocation| {
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
            handle(&app, event, invocation).await
        },
    );
    world.block_on(outcome).dead_letters.len()
}

#[test]
fn a_message_is_passed_on_once_and_nothing_of_it_but_its_words() {
    let world = World::new(1);
    let message = sms("m-1", "I am on my way");
    assert_eq!(brings(&world, &[message.clone(), message.clone()]), 0);
    assert_eq!(brings(&world, &[message]), 0);
    let sent = world.notifications();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].recipient, Recipient::Topic(SMS_TOPIC.to_owned()));
    assert_eq!(sent[0].message, "I am on my way");
    let attributes = [("idempotency.key".to_owned(), "sms#m-1".to_owned())];
    assert_eq!(sent[0].attributes, BTreeMap::from(attributes));
    let ledger = Value::from(world.rows("ledger")).to_string();
    assert!(
        !ledger.contains("4255550182") && !ledger.contains("on my way"),
        "{ledger}"
    );
}

#[test]
fn the_same_words_of_another_message_are_passed_on_too() {
    let world = World::new(1);
    brings(&world, &[sms("m-1", "Yes"), sms("m-2", "Yes")]);
    assert_eq!(world.notifications().len(), 2);
}

#[test]
fn what_is_no_text_message_is_a_dead_letter_and_its_neighbours_go_on() {
    let world = World::new(1);
    let bodies = [
        published("STOP"),
        "no JSON".to_owned(),
        sms("m-1", "Yes"),
        published("{}"),
    ];
    assert_eq!(brings(&world, &bodies), 3);
    assert_eq!(world.notifications().len(), 1);
}

#[test]
fn a_message_without_words_is_nothing_to_pass_on() {
    let world = World::new(1);
    assert_eq!(brings(&world, &[sms("m-1", " ")]), 0);
    assert!(world.notifications().is_empty());
}
