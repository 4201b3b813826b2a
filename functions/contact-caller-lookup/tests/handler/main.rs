//! The handler on a simulated AWS: who is found by a number, what is told of them and under which receipt,
//! and that a call goes on whatever fails.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use contact_caller_lookup::{App, handle};
use identity::{Identifier, IdentifierKey};
use lambda_kit::aws::CallBudget;
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, Service, World};

const JANE: &str = "prf_01010101010171018101010101010101";
const JANES: &str = "+4930901820";
/// A number that Jane has on a partner's word.
const SAID: &str = "+4930901821";
/// A number of somebody who was erased.
const ERASED: &str = "+4930901822";
/// A number that many have.
const SHARED: &str = "+4930901823";
/// The number of somebody who deals with another tenant alone.
const STRANGERS: &str = "+4930901824";
/// The number of somebody who is being merged just now.
const SETTLING: &str = "+4930901825";
const NOBODYS: &str = "+4930901899";

/// A process, and the world that it is in.
struct Scene {
    world: World,
    app: App,
}

impl Scene {
    fn new() -> Self {
        Self::agreed(&["names", "demographics", "events"])
    }

    /// A tenant that agreed with its contact centre on these groups.
    fn agreed(groups: &[&str]) -> Self {
        let world = World::new(1);
        put_directory(&world, groups);
        put_people(&world);
        let sdk = world.sdk_config(&CallBudget::CONTACT);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        Self { world, app }
    }

    fn call(&self, number: &str, format: &str) -> Value {
        let event = json!({
            "Details": {
                "ContactData": {
                    "ContactId": "4a573372-1f28-4e26-b97b-1c1d1e1f2021",
                    "CustomerEndpoint": { "Address": number, "Type": "TELEPHONE_NUMBER" },
                    "Queue": null,
                },
                "Parameters": { "format": format },
            },
            "Name": "ContactFlowEvent",
        });
        let event = to_raw_value(&event).unwrap();
        let invocation = self.world.invocation(Duration::from_secs(5));
        let before = self.world.clock().now();
        let answer = self
            .world
            .block_on(handle(&self.app, &event, invocation))
            .unwrap();
        let waited = self.world.clock().now().duration_since(before);
        assert!(waited.as_millis() < 2_000, "a caller waited for {waited}");
        serde_json::to_value(answer).unwrap()
    }

    /// The one receipt that there is.
    fn receipt(&self) -> Value {
        let receipts = self.world.rows("receipts");
        assert_eq!(receipts.len(), 1);
        receipts[0].clone()
    }
}

fn put_directory(world: &World, groups: &[&str]) {
    for row in [
        json!({
            "tenant": "harbour", "part": "purpose#customer-service", "display_name": "Customer service",
            "legal_basis": "contract", "text_versions": ["2026-01"],
        }),
        json!({
            "tenant": "harbour", "part": "agreement#customer-service", "partner": "contact-centre",
            "terms": { "customer-service": groups },
        }),
        json!({ "tenant": "*", "part": "identifier-rules", "blocked": [SHARED] }),
    ] {
        world.put_row("directory", row);
    }
}

fn put_people(world: &World) {
    let jane = profile(JANE, &json!({ "tenants": ["harbour"] }));
    world.put_row("profiles", jane);
    let strangers = "prf_02020202020272028202020202020202";
    world.put_row(
        "profiles",
        profile(strangers, &json!({ "tenants": ["airport"] })),
    );
    let settling = "prf_03030303030373038303030303030303";
    world.put_row(
        "profiles",
        profile(
            settling,
            &json!({ "tenants": ["harbour"], "closed": "settling" }),
        ),
    );
    let at =
        |id: &str, verified: bool| json!({ "profile_id": id, "member": id, "verified": verified });
    for (number, row) in [
        (JANES, at(JANE, true)),
        (SAID, at(JANE, false)),
        (SHARED, at(JANE, true)),
        (ERASED, json!({ "erased_at": "2025-06-01T00:00:00Z" })),
        (STRANGERS, at(strangers, true)),
        (SETTLING, at(settling, true)),
    ] {
        let key = IdentifierKey::from_environment(&world.environment()).unwrap();
        let mut row = row;
        row["identifier"] = Identifier::Phone(number.parse().unwrap()).key(&key).into();
        world.put_row("identifiers", row);
    }
    world.put_row(
        "profiles",
        json!({
            "profile_id": JANE, "part": "traits#harbour", "tenant": "harbour", "segments": ["regulars"],
            "at": "2025-07-01T00:00:00Z", "partner": "chandlery",
        }),
    );
    for (n, data) in [(1, "an older one"), (2, "a new one")] {
        world.put_row("profiles", entry(n, data));
    }
}

fn profile(id: &str, differing: &Value) -> Value {
    let field = |value: &str| json!({ "value": value, "verified": true, "at": "2025-06-01T00:00:00Z", "source": "login" });
    let mut row = json!({
        "profile_id": id,
        "part": "profile",
        "version": 3,
        "fields": {
            "email": field("jane@example.com"), "given_name": field("Jane"), "family_name": field("Keel"),
            "locale": field("de-CH"), "birthdate": field("1990-12-31"),
        },
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    for (name, value) in differing.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

/// What happened on the `n`th of January.
fn entry(n: u8, data: &str) -> Value {
    let time = format!("2026-01-{n:02}T12:00:00Z");
    let body = json!({
        "specversion": "1.0", "id": n.to_string(), "source": "/shops/17", "type": "com.example.order.placed.v1",
        "time": time, "data": { "order": data },
    });
    json!({
        "profile_id": JANE,
        "part": format!("event#harbour#2026-01-{n:02}T12:00:00.000000000Z#digest{n}"),
        "tenant": "harbour", "partner": "chandlery", "source": "/shops/17", "id": n.to_string(),
        "type": "com.example.order.placed.v1", "time": time, "accepted_at": time, "body": body.to_string(),
        "purge_at": 1_900_000_000,
    })
}

#[test]
fn a_caller_is_known_by_name_language_segment_and_what_happened_last() {
    let scene = Scene::new();
    let told = scene.call(JANES, "STRING_MAP");
    let receipt = scene.receipt();
    let expected = json!({
        "status": "found", "found": "true", "receipt_id": receipt["receipt_id"], "profile_id": JANE,
        "name": "Jane Keel", "given_name": "Jane", "family_name": "Keel", "language": "de-CH",
        "segments": "regulars", "last_event_type": "com.example.order.placed.v1",
        "last_event_at": "2026-01-02T12:00:00Z", "withheld": "", "partial": "false",
    });
    assert_eq!(told, expected);
    assert_eq!(receipt["profile_id"], JANE);
    assert_eq!(receipt["purpose"], "customer-service");
    assert_eq!(receipt["partner"], "contact-centre");
    assert_eq!(
        receipt["request_id"],
        "4a573372-1f28-4e26-b97b-1c1d1e1f2021"
    );
    assert_eq!(
        receipt["allowed"],
        json!(["names", "demographics", "events"])
    );
}

#[test]
fn in_json_events_come_with_what_they_say_the_newest_first() {
    let told = Scene::new().call(JANES, "JSON");
    assert_eq!(told["found"], true);
    assert_eq!(told["segments"], json!(["regulars"]));
    let events = told["events"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["data"], json!({ "order": "a new one" }));
    assert_eq!(events[1]["time"], "2026-01-01T12:00:00Z");
}

#[test]
fn what_was_not_agreed_on_is_not_told() {
    let scene = Scene::agreed(&["names"]);
    let told = scene.call(JANES, "JSON");
    assert_eq!(told["name"], "Jane Keel");
    for absent in ["language", "last_event_type"] {
        assert_eq!(told.get(absent), None, "{absent}");
    }
    assert_eq!(
        (&told["segments"], &told["events"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(scene.receipt()["allowed"], json!(["names"]));
}

#[test]
fn each_call_is_on_record() {
    let scene = Scene::new();
    scene.call(JANES, "JSON");
    scene.call(JANES, "JSON");
    assert_eq!(scene.world.rows("receipts").len(), 2);
}

/// Whom they are about is nobody in the receipts, too: who calls by it is not known.
#[rstest]
#[case(NOBODYS, "unknown", "unknown#harbour#contact-centre")]
#[case(ERASED, "unknown", "unknown#harbour#contact-centre")]
#[case(SAID, "ambiguous", "unknown#harbour#contact-centre")]
#[case(SHARED, "ambiguous", "unknown#harbour#contact-centre")]
#[case(STRANGERS, "unknown", "prf_02020202020272028202020202020202")]
fn who_is_not_known_for_sure_is_told_from_nobody(
    #[case] number: &str,
    #[case] status: &str,
    #[case] about: &str,
) {
    let scene = Scene::new();
    let told = scene.call(number, "JSON");
    let receipt = scene.receipt();
    let expected = json!({ "status": status, "found": false, "receipt_id": receipt["receipt_id"] });
    assert_eq!(told, expected);
    assert_eq!(receipt["profile_id"], about);
    assert_eq!(receipt["outcome"], "refused");
}

#[test]
fn of_whom_is_being_merged_the_flow_may_ask_again() {
    assert_eq!(Scene::new().call(SETTLING, "JSON")["status"], "unavailable");
}

#[test]
fn for_a_number_that_is_withheld_nobody_is_looked_up() {
    let scene = Scene::new();
    for number in ["anonymous", "+266696687", ""] {
        assert_eq!(
            scene.call(number, "JSON"),
            json!({ "status": "withheld", "found": false })
        );
    }
    assert!(scene.world.trace().is_empty());
}

#[test]
fn an_agreement_that_has_ended_tells_nobody() {
    let scene = Scene::new();
    scene.world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": "agreement#customer-service", "partner": "contact-centre",
            "terms": { "customer-service": ["names"] }, "valid_until": "2026-01-01T00:00:00Z",
        }),
    );
    let told = scene.call(JANES, "JSON");
    assert_eq!(
        (&told["status"], &told["reason"]),
        (&json!("refused"), &json!("agreement-expired"))
    );
}

#[test]
fn nothing_is_told_that_is_not_on_record() {
    let scene = Scene::new();
    let is_receipt = |call: &testkit::Call| call.operation == "PutItem";
    scene.world.faults().always(Fault::Unavailable, is_receipt);
    assert_eq!(
        scene.call(JANES, "JSON"),
        json!({ "status": "unavailable", "found": false })
    );
}

#[test]
fn whatever_is_down_or_slow_the_call_goes_on() {
    let scene = Scene::new();
    scene.world.faults().down(Service::DynamoDb);
    assert_eq!(scene.call(JANES, "JSON")["status"], "unavailable");
    let scene = Scene::new();
    scene.world.faults().always(Fault::BlackHole, |_| true);
    assert_eq!(scene.call(JANES, "JSON")["status"], "unavailable");
}

#[test]
fn what_is_known_beside_the_profile_may_be_missing_and_it_is_said() {
    let scene = Scene::new();
    scene.call(NOBODYS, "JSON");
    let is_beside = |call: &testkit::Call| call.operation == "Query";
    scene.world.faults().always(Fault::BlackHole, is_beside);
    let told = scene.call(JANES, "JSON");
    assert_eq!(
        (&told["name"], &told["partial"]),
        (&json!("Jane Keel"), &json!(true))
    );
    assert_eq!(told["events"], json!([]));
}
