//! The contact centre, and whoever is on call.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    explore::{Observation, Scenario},
};

use super::{outbox::BOTH, partner::what_was_decided};
use crate::actors::{
    Person,
    contact::{
        are_on_call, asked, asks, calls, is_configured, is_unreadable, serves_customers,
        shifts_are_looked_at, texts_arrive,
    },
    gets_a_token, set_the_scene,
};

/// Somebody calls on a holiday, and once more when what is configured can't be read.
pub(super) struct ContactAsked;

impl Scenario for ContactAsked {
    fn name(&self) -> &'static str {
        "contact-asked"
    }

    fn setup(&self, world: &World) {
        is_configured(world);
    }

    async fn run(&self, world: &World) -> Value {
        let process = asked(world);
        let first = asks(world, &process).await;
        assert_eq!(
            first.get("state"),
            Some(&json!("holiday")),
            "a queue is open on a holiday"
        );
        is_unreadable(world);
        tokio::time::sleep(Duration::from_secs(10)).await;
        let mut stale = asks(world, &process).await;
        assert_eq!(
            stale.get("stale"),
            Some(&json!(true)),
            "what is old is told as if it were not"
        );
        if let Some(members) = stale.as_object_mut() {
            members.insert("source".to_owned(), "table".into());
            members.insert("stale".to_owned(), false.into());
        }
        // It may have been asked twice, since an answer was lost: then what was just read was kept.
        let read = |mut told: Value| {
            if let Some(source) = told.get_mut("source") {
                *source = "table".into();
            }
            told
        };
        let (first, stale) = (read(first), read(stale));
        assert_eq!(first, stale, "an older configuration says something else");
        first
    }
}

/// Jane calls, somebody whom nobody knows, and somebody who withholds their number.
pub(super) struct CallerKnown;

impl Scenario for CallerKnown {
    fn name(&self) -> &'static str {
        "caller-known"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        serves_customers(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let jane = calls(world, "+4930901820").await;
        assert_eq!(jane.get("name"), Some(&json!("Jane")), "she is not known");
        json!([
            jane,
            calls(world, "+4930901899").await,
            calls(world, "anonymous").await,
        ])
    }

    fn observe(&self, world: &World) -> Observation {
        what_was_decided(world)
    }
}

/// Somebody calls by a number that Jane has on a partner's word alone: who that is nobody knows.
pub(super) struct CallerOnAWord;

impl Scenario for CallerOnAWord {
    fn name(&self) -> &'static str {
        "caller-on-a-word"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        serves_customers(world);
        world.block_on(gets_a_token(world, &Person::jane()));
        let mut rows = world.rows("identifiers").into_iter();
        let mut row = rows
            .find(|row| {
                let key = row.get("identifier").and_then(Value::as_str);
                key.is_some_and(|key| key.starts_with("phone#"))
            })
            .expect("she has a number");
        if let Some(verified) = row.get_mut("verified") {
            *verified = false.into();
        }
        world.put_row("identifiers", row);
    }

    async fn run(&self, world: &World) -> Value {
        let told = calls(world, "+4930901820").await;
        assert_eq!(
            told.get("status"),
            Some(&json!("ambiguous")),
            "somebody else is told of her"
        );
        told
    }

    fn observe(&self, world: &World) -> Observation {
        what_was_decided(world)
    }
}

/// One shift is looked at, and then the next one.
pub(super) struct ShiftsChange;

impl Scenario for ShiftsChange {
    fn name(&self) -> &'static str {
        "shifts-change"
    }

    fn setup(&self, world: &World) {
        are_on_call(world);
    }

    async fn run(&self, world: &World) -> Value {
        shifts_are_looked_at(world).await;
        tokio::time::sleep(Duration::from_mins(30)).await;
        shifts_are_looked_at(world).await;
        Value::Null
    }
}

/// Two text messages are passed on, though they are published twice and the queue brings them twice.
pub(super) struct TextsRelayed;

impl Scenario for TextsRelayed {
    fn name(&self) -> &'static str {
        "texts-relayed"
    }

    fn setup(&self, _: &World) {}

    async fn run(&self, world: &World) -> Value {
        texts_arrive(world).await;
        texts_arrive(world).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}
