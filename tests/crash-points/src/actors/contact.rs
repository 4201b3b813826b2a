//! The contact centre, whose flows ask while somebody is on the line, and whoever is on call.

use contact_config_lookup::App as ConfigLookup;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, engine::ON_CALL_TOPIC};

/// As often as a flow asks, until it is told all that there is.
const PATIENCE: usize = 5;

/// An office that is open on weekdays, and a storm on the 15th of January.
pub fn is_configured(world: &World) {
    let hours = json!({
        "name": "Office", "days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:00", "closes": "18:00",
        "time_zone": "Europe/Berlin",
    });
    let storm = json!({ "name": "Storm", "from": "2026-01-15" });
    let told = json!({ "name": "storm", "language": "en", "text": "A storm", "when": "holiday" });
    world.engines().put_published(
        "contact",
        &[
            ("opening-hours", hours),
            ("holiday", storm),
            ("announcement", told),
        ],
    );
}

/// The row that everything is read from is none that can be read.
pub fn is_unreadable(world: &World) {
    let row = json!({ "kind": "published", "record_id": "contact", "records": "no bytes" });
    world.put_row("config", row);
}

/// A process that flows ask of the configuration.
#[must_use]
pub fn asked(world: &World) -> ConfigLookup {
    let sdk = world.sdk_config(&CallBudget::CONTACT);
    ConfigLookup::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole")
}

/// What a flow sends of a contact from `number`.
fn contact(number: &str) -> Value {
    json!({
        "Details": {
            "ContactData": {
                "ContactId": "a-contact",
                "CustomerEndpoint": { "Address": number, "Type": "TELEPHONE_NUMBER" },
                "Queue": null,
            },
            "Parameters": { "format": "JSON" },
        },
        "Name": "ContactFlowEvent",
    })
}

/// A flow asks a process once what comes of a contact.
pub async fn asks_once(world: &World, process: &ConfigLookup) -> Value {
    let event = contact("+4930901899");
    let answer = delivery::connect(world, &event, async |event, invocation| {
        contact_config_lookup::handle(process, event, invocation).await
    });
    let mut answer = answer.await.expect("a flow is answered");
    if let Some(members) = answer.as_object_mut() {
        members.remove("age_seconds");
    }
    answer
}

/// A flow asks a process what comes of a contact, again while that knows of nothing.
pub async fn asks(world: &World, process: &ConfigLookup) -> Value {
    let mut answer = Value::Null;
    for _ in 0..PATIENCE {
        answer = asks_once(world, process).await;
        if answer.get("source").and_then(Value::as_str) != Some("default") {
            break;
        }
    }
    answer
}

/// The tenant agreed with its contact centre on what that may know of callers.
pub fn serves_customers(world: &World) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "agreement#customer-service",
            "partner": "contact-centre",
            "terms": { "customer-service": ["names", "demographics", "events"] },
        }),
    );
}

/// A flow asks once who calls from `number`; without the receipt's id, which has to be on record.
pub async fn calls_once(world: &World, number: &str) -> Value {
    let event = contact(number);
    let answer = delivery::connect(world, &event, async |event, invocation| {
        use contact_caller_lookup::{App, handle};
        let sdk = world.sdk_config(&CallBudget::CONTACT);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    let mut answer = answer.await.expect("a flow is answered");
    let receipt = answer
        .as_object_mut()
        .and_then(|members| members.remove("receipt_id"));
    if let Some(receipt) = receipt {
        let is_on_record = |row: &Value| row.get("receipt_id") == Some(&receipt);
        assert!(
            world.rows("receipts").iter().any(is_on_record),
            "an answer left without its receipt"
        );
    }
    answer
}

/// A flow asks who calls from `number`, again until it is told all that it may know.
pub async fn calls(world: &World, number: &str) -> Value {
    let mut answer = Value::Null;
    for _ in 0..PATIENCE {
        answer = calls_once(world, number).await;
        let is_known = answer.get("status").and_then(Value::as_str) != Some("unavailable");
        let is_whole = answer.get("partial").and_then(Value::as_bool) != Some(true);
        if is_known && is_whole {
            break;
        }
    }
    answer
}

/// Two people are on call one after the other, and somebody is told of everything by hand.
pub fn are_on_call(world: &World) {
    let shift = |from: &str, until: &str, phone: &str| {
        let shift =
            json!({ "name": "A shift", "from": from, "until": until, "line": 1, "phone": phone });
        ("roster", shift)
    };
    world.engines().put_published(
        "contact",
        &[
            shift(
                "2026-01-15T08:00:00Z",
                "2026-01-15T09:30:00Z",
                "+4930901820",
            ),
            shift(
                "2026-01-15T09:30:00Z",
                "2026-01-15T17:00:00Z",
                "+4930901821",
            ),
        ],
    );
    world
        .engines()
        .put_subscription(ON_CALL_TOPIC, "sms", "+4930901829");
}

/// The schedule starts operations-oncall-assign.
pub async fn shifts_are_looked_at(world: &World) {
    let run = delivery::schedule(world, &Value::Null, async |_, _| {
        use operations_oncall_assign::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app).await
    });
    run.await.expect("the run gets through");
}

/// Two text messages that people sent, one of them published twice, reach operations-sms-relay.
pub async fn texts_arrive(world: &World) {
    let text = |id: &str, body: &str| {
        let text = json!({
            "originationNumber": "+14255550182", "destinationNumber": "+12125550101",
            "messageBody": body, "inboundMessageId": id,
        });
        json!({ "Type": "Notification", "Message": text.to_string() }).to_string()
    };
    let bodies = [
        text("m-1", "I am on my way"),
        text("m-2", "Yes"),
        text("m-1", "I am on my way"),
    ];
    let outcome = delivery::sqs(world, "text-messages", bodies, async |event, invocation| {
        use operations_sms_relay::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}
