//! What SDKs say of who somebody is, on a simulated AWS: it is taken over by the rules for partners, once
//! and in the order in which it was said, before the message gets into a timeline.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use event_router::{App, handle};
use identity::{ExternalId, Identifier, IdentifierKey};
use intake::EventItem;
use jiff::Timestamp;
use lambda_kit::aws::CallBudget;
use segment::{Call, Kind, Limits};
use serde_json::{Value, json};
use testkit::{Call as Request, Fault, World, delivery};

const JANE: &str = "prf_01010101010171018101010101010101";
const DEVICE: &str = "d3b07384-d113-4dec-89ea-a6238ad5ff00";

/// Accepts a message of the CRM's page, said at `time`, and says what the bus brings of it.
fn accept(world: &World, kind: Kind, time: &str, message: &Value) -> String {
    let mut message = message.clone();
    message["timestamp"] = time.into();
    let source = segment::source("harbour", "crm");
    let now = world.clock().now();
    let (call, body) = (Call::One(kind), message.to_string());
    let read = segment::read(call, body.as_bytes(), &source, now, &Limits::default()).unwrap();
    let event = read.into_iter().next().unwrap().unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let (item, _) = EventItem::new(&event, whose, "request-1", "events", now);
    let detail = serde_json::to_value(item.announcement()).unwrap();
    world.put_row("events", serde_json::to_value(item).unwrap());
    json!({ "version": "0", "detail": detail }).to_string()
}

fn identify(world: &World, time: &str, message: &Value) -> String {
    accept(world, Kind::Identify, time, message)
}

/// How many messages end as dead letters.
fn deliver(world: &World, bodies: &[&String]) -> usize {
    let bodies: Vec<String> = bodies.iter().map(|body| (*body).clone()).collect();
    let outcome = delivery::sqs(world, "events-in", bodies, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(outcome).dead_letters.len()
}

fn parts(world: &World, prefix: &str) -> Vec<Value> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"].as_str().unwrap().starts_with(prefix));
    rows
}

/// The one profile there is, as far as its fields say.
fn field(world: &World, name: &str) -> Value {
    let profiles = parts(world, "profile");
    assert_eq!(profiles.len(), 1, "{profiles:?}");
    profiles[0]["fields"][name]["value"].clone()
}

fn external(id: &str) -> Identifier {
    Identifier::External(ExternalId::new("harbour", "crm", id).unwrap())
}

/// Whose an identifier is.
fn owner(world: &World, identifier: &Identifier) -> Option<String> {
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let key = identifier.key(&key);
    let rows = world.rows("identifiers");
    let row = rows.iter().find(|row| row["identifier"] == key.as_str())?;
    Some(row["profile_id"].as_str()?.to_owned())
}

const EARLIER: &str = "2026-01-15T08:50:00Z";
const LATER: &str = "2026-01-15T08:55:00Z";

#[test]
fn identify_makes_a_profile_of_whom_nobody_knew_and_then_enters_the_message() {
    let world = World::new(1);
    let said = json!({
        "messageId": "1", "userId": "C-17", "anonymousId": DEVICE,
        "traits": {
            "firstName": "Jane", "email": "jane@example.com", "plan": "gold",
            "address": { "country": "ch" },
        },
    });
    let message = identify(&world, EARLIER, &said);
    assert_eq!(deliver(&world, &[&message, &message]), 0);
    assert_eq!(deliver(&world, &[&message]), 0);
    assert_eq!(field(&world, "given_name"), "Jane");
    assert_eq!(field(&world, "country"), "CH");
    let profile = parts(&world, "profile")[0].clone();
    assert_eq!(profile["version"], 1);
    assert_eq!(field(&world, "email"), "jane@example.com");
    assert_eq!(profile["fields"]["email"].get("verified"), None);
    let id = profile["profile_id"].as_str().unwrap().to_owned();
    let device = Identifier::Anonymous(DEVICE.parse().unwrap());
    for identifier in [external("C-17"), device] {
        assert_eq!(owner(&world, &identifier), Some(id.clone()));
    }
    let entries = parts(&world, "event#");
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["type"], "dev.fairlead.segment.identify.v1");
    assert_eq!(entries[0]["profile_id"], id.as_str());
}

#[test]
fn what_was_said_later_stays_in_whichever_order_it_comes() {
    for order in [[0, 1], [1, 0]] {
        let world = World::new(1);
        let said = |id: &str, name: &str| json!({ "messageId": id, "userId": "C-17", "traits": { "firstName": name } });
        let messages = [
            identify(&world, EARLIER, &said("1", "Jane")),
            identify(&world, LATER, &said("2", "Joan")),
        ];
        for place in order.into_iter().chain([0]) {
            assert_eq!(deliver(&world, &[&messages[place]]), 0);
        }
        assert_eq!(field(&world, "given_name"), "Joan");
        assert_eq!(parts(&world, "event#").len(), 2);
    }
}

#[test]
fn nothing_but_identify_makes_a_customer_and_each_kind_finds_one() {
    let world = World::new(1);
    let about = |id: &str, user: &str| json!({ "messageId": id, "userId": user, "event": "Order placed", "groupId": "crew" });
    let unknown = accept(&world, Kind::Track, EARLIER, &about("1", "C-17"));
    assert_eq!(deliver(&world, &[&unknown]), 0);
    assert!(world.rows("profiles").is_empty() && world.rows("identifiers").is_empty());
    let said = json!({ "messageId": "2", "userId": "C-17", "anonymousId": DEVICE });
    assert_eq!(deliver(&world, &[&identify(&world, EARLIER, &said)]), 0);
    for (id, kind) in [
        ("3", Kind::Track),
        ("4", Kind::Page),
        ("5", Kind::Screen),
        ("6", Kind::Group),
    ] {
        let message = accept(&world, kind, LATER, &about(id, "C-17"));
        assert_eq!(deliver(&world, &[&message]), 0);
    }
    let device = json!({ "messageId": "7", "anonymousId": DEVICE });
    assert_eq!(
        deliver(&world, &[&accept(&world, Kind::Page, LATER, &device)]),
        0
    );
    assert_eq!(parts(&world, "event#").len(), 6);
}

#[test]
fn a_visitor_gets_a_profile_at_first_sight_whatever_they_are_seen_by() {
    for kind in [
        Kind::Page,
        Kind::Screen,
        Kind::Track,
        Kind::Group,
        Kind::Identify,
    ] {
        let world = World::new(1);
        let seen = |id: &str| {
            let said = json!({
                "messageId": id, "anonymousId": DEVICE, "event": "Basket filled", "groupId": "crew",
            });
            accept(&world, kind, EARLIER, &said)
        };
        let [first, second] = ["1", "2"].map(seen);
        assert_eq!(deliver(&world, &[&first, &second, &first]), 0);
        assert_eq!(deliver(&world, &[&second]), 0);
        let profiles = parts(&world, "profile");
        assert_eq!(profiles.len(), 1, "{kind:?}");
        assert_eq!(profiles[0].get("known_by"), None);
        let device = Identifier::Anonymous(DEVICE.parse().unwrap());
        let id = profiles[0]["profile_id"].as_str().unwrap();
        assert_eq!(owner(&world, &device).as_deref(), Some(id));
        let entries = parts(&world, "event#");
        assert_eq!(entries.len(), 2, "{kind:?}");
        assert!(entries.iter().all(|entry| entry["profile_id"] == id));
    }
}

#[test]
fn a_device_that_anybody_could_guess_makes_no_visitor() {
    let world = World::new(1);
    let seen = [
        "1",
        "undefined-undefined",
        "00000000-0000-4000-8000-00000000000a",
    ]
    .map(|id| json!({ "messageId": id, "anonymousId": id }))
    .map(|said| accept(&world, Kind::Page, EARLIER, &said));
    assert_eq!(deliver(&world, &[&seen[0], &seen[1], &seen[2]]), 0);
    assert!(world.rows("profiles").is_empty() && world.rows("identifiers").is_empty());
}

/// Whoever reads a page has its write key.
#[test]
fn a_write_key_gives_nobody_a_device_or_an_address_of_somebody_with_a_login() {
    let world = World::new(1);
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let jane = json!({
        "profile_id": JANE, "part": "profile", "version": 1, "fields": {}, "known_by": ["login"],
        "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-01T00:00:00Z",
        "last_request": "an earlier request",
    });
    world.put_row("profiles", jane.clone());
    let device = Identifier::Anonymous(DEVICE.parse().unwrap());
    let email = Identifier::Email("jane@example.com".parse().unwrap());
    for identifier in [&device, &email] {
        world.put_row(
            "identifiers",
            json!({ "identifier": identifier.key(&key), "profile_id": JANE, "member": JANE, "verified": true }),
        );
    }
    let other = "5f0c9a1e-7b3d-4c6a-9e21-d84b7f31a0c2";
    let traits = json!({ "email": "jane@example.com", "firstName": "Mallory" });
    let said = [
        json!({ "messageId": "1", "anonymousId": other, "traits": traits }),
        json!({ "messageId": "2", "anonymousId": DEVICE, "traits": traits }),
        json!({ "messageId": "3", "anonymousId": DEVICE, "userId": "C-17", "traits": traits }),
        json!({ "messageId": "4", "anonymousId": other, "userId": "C-17", "traits": traits }),
        json!({ "messageId": "5", "anonymousId": other, "userId": JANE }),
    ]
    .map(|said| identify(&world, EARLIER, &said));
    assert_eq!(deliver(&world, &said.each_ref()), 0);
    assert!(world.rows("profiles").contains(&jane));
    for identifier in [&device, &email] {
        assert_eq!(owner(&world, identifier).as_deref(), Some(JANE));
    }
    assert_ne!(owner(&world, &external("C-17")).as_deref(), Some(JANE));
}

#[test]
fn what_is_nobodys_identifier_is_left_out() {
    let world = World::new(1);
    let said = json!({
        "messageId": "1", "userId": "undefined", "anonymousId": "1",
        "traits": { "email": "test@test.com", "phone": "none" },
    });
    assert_eq!(deliver(&world, &[&identify(&world, EARLIER, &said)]), 0);
    assert!(world.rows("profiles").is_empty() && world.rows("identifiers").is_empty());
}

#[test]
fn a_partners_word_takes_no_address_from_whom_it_belongs_to() {
    let world = World::new(1);
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let email = Identifier::Email("jane@example.com".parse().unwrap());
    world.put_row(
        "identifiers",
        json!({ "identifier": email.key(&key), "profile_id": JANE, "member": JANE, "verified": true }),
    );
    let said =
        json!({ "messageId": "1", "userId": "C-17", "traits": { "email": "jane@example.com" } });
    assert_eq!(deliver(&world, &[&identify(&world, EARLIER, &said)]), 0);
    assert_eq!(owner(&world, &email).unwrap(), JANE);
    assert_ne!(owner(&world, &external("C-17")).unwrap(), JANE);
}

#[test]
fn alias_gives_whoever_is_known_another_id_and_makes_nobody() {
    let world = World::new(1);
    let alias = |id: &str, user: &str, before: &str| {
        let said = json!({ "messageId": id, "userId": user, "previousId": before });
        accept(&world, Kind::Alias, LATER, &said)
    };
    assert_eq!(deliver(&world, &[&alias("1", "C-18", "C-17")]), 0);
    assert!(world.rows("identifiers").is_empty());
    let known = identify(
        &world,
        EARLIER,
        &json!({ "messageId": "2", "userId": "C-17" }),
    );
    assert_eq!(deliver(&world, &[&known]), 0);
    let id = owner(&world, &external("C-17"));
    // To a new id, from one that was never told, and from a device.
    for (message, user, before) in [
        ("3", "C-18", "C-17"),
        ("4", "C-17", "C-16"),
        ("5", "C-17", DEVICE),
    ] {
        let message = alias(message, user, before);
        assert_eq!(deliver(&world, &[&message, &message]), 0);
    }
    let device = Identifier::Anonymous(DEVICE.parse().unwrap());
    for identifier in [external("C-16"), external("C-18"), device] {
        assert_eq!(owner(&world, &identifier), id, "{identifier:?}");
    }
    assert_eq!(parts(&world, "profile").len(), 1);
    assert_eq!(parts(&world, "event#").len(), 4);
}

#[test]
fn two_whom_the_partner_knows_stay_two_whatever_an_alias_says() {
    let world = World::new(1);
    let known = ["C-17", "C-18"]
        .map(|id| identify(&world, EARLIER, &json!({ "messageId": id, "userId": id })));
    assert_eq!(deliver(&world, &[&known[0], &known[1]]), 0);
    let said = json!({ "messageId": "1", "userId": "C-18", "previousId": "C-17" });
    assert_eq!(
        deliver(&world, &[&accept(&world, Kind::Alias, LATER, &said)]),
        0
    );
    assert_ne!(
        owner(&world, &external("C-17")),
        owner(&world, &external("C-18"))
    );
    assert_eq!(parts(&world, "merge#").len(), 0);
}

#[test]
fn of_somebody_who_was_erased_nothing_is_made_anew_and_what_the_message_says_is_removed() {
    let world = World::new(1);
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let device = Identifier::Anonymous(DEVICE.parse().unwrap());
    for identifier in [external("C-17"), device] {
        world.put_row(
            "identifiers",
            json!({ "identifier": identifier.key(&key), "erased_at": "2026-01-01T09:00:00Z" }),
        );
    }
    let by_id = json!({ "messageId": "1", "userId": "C-17", "traits": { "firstName": "canary" } });
    let by_device = json!({
        "messageId": "2", "userId": "C-99", "anonymousId": DEVICE, "traits": { "firstName": "canary" },
    });
    let messages = [by_id, by_device].map(|said| identify(&world, EARLIER, &said));
    assert_eq!(deliver(&world, &[&messages[0], &messages[1]]), 0);
    assert!(world.rows("profiles").is_empty());
    assert!(!json!(world.rows("events")).to_string().contains("canary"));
}

#[test]
fn a_message_whose_word_can_not_be_taken_over_is_not_entered_yet() {
    let world = World::new(1);
    let said = json!({ "messageId": "1", "userId": "C-17" });
    let message = identify(&world, EARLIER, &said);
    world.faults().always(Fault::Unavailable, |call: &Request| {
        call.is_table_write() && call.subject().contains("identifiers")
    });
    assert_eq!(deliver(&world, &[&message]), 1);
    assert!(world.rows("profiles").is_empty());
    world.faults().heal();
    assert_eq!(deliver(&world, &[&message]), 0);
    assert_eq!(parts(&world, "event#").len(), 1);
}

#[test]
fn a_time_that_is_still_to_come_does_not_keep_what_is_said_after_it() {
    let world = World::new(1);
    let said = |id: &str, name: &str| json!({ "messageId": id, "userId": "C-17", "traits": { "firstName": name } });
    let now: Timestamp = world.clock().now();
    let ahead = now + jiff::SignedDuration::from_hours(20);
    let first = identify(&world, &ahead.to_string(), &said("1", "Jane"));
    assert_eq!(deliver(&world, &[&first]), 0);
    world.advance(std::time::Duration::from_mins(1));
    let now = world.clock().now().to_string();
    let second = identify(&world, &now, &said("2", "Joan"));
    assert_eq!(deliver(&world, &[&second]), 0);
    assert_eq!(field(&world, "given_name"), "Joan");
}
