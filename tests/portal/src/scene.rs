//! The people and the tenant that pages are looked at with.

use std::time::Duration;

use identity::{Identifier, IdentifierKey};
use serde_json::{Value, json};

use crate::House;

/// Jane's profile.
pub const JANE: &str = "prf_01010101010171018101010101010101";
/// That of Joan, who is an operator, too.
pub const JOAN: &str = "prf_02020202020272028202020202020202";

/// Sets it: Jane and Joan have profiles, and `harbour` a partner, an agreement and purposes.
pub fn set(house: &House) {
    put_profile(house, JANE, "Jane");
    put_profile(house, JOAN, "Joan");
    for (part, row) in [
        ("tenant", json!({ "display_name": "Harbour Stores" })),
        (
            "partner#chandlery",
            json!({ "display_name": "The Chandlery" }),
        ),
        (
            "purpose#newsletter",
            purpose("The Harbour Letter", "consent"),
        ),
        ("purpose#account-notices", purpose("Notices", "consent")),
        (
            "purpose#customer-service",
            purpose("Customer service", "contract"),
        ),
        (
            "agreement#letters",
            json!({ "partner": "chandlery", "terms": { "newsletter": ["names"] } }),
        ),
    ] {
        put(
            house,
            "directory",
            &json!({ "tenant": "harbour", "part": part }),
            row,
        );
    }
}

fn purpose(name: &str, basis: &str) -> Value {
    json!({ "display_name": name, "legal_basis": basis, "text_versions": ["2026-01"] })
}

fn put_profile(house: &House, id: &str, name: &str) {
    let field =
        |value: &str| json!({ "value": value, "at": "2025-06-01T00:00:00Z", "source": "person" });
    let row = json!({
        "version": 3,
        "fields": { "given_name": field(name), "country": field("CH") },
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
        "tenants": ["harbour"],
    });
    put(
        house,
        "profiles",
        &json!({ "profile_id": id, "part": "profile" }),
        row,
    );
}

/// `harbour` has code of its own, which runs in version 2 and ran in version 1.
pub fn put_extension(house: &House) {
    let key = json!({ "tenant": "harbour", "part": "extension#greeter" });
    let row = json!({
        "name": "greeter",
        "state": "active",
        "active": "2",
        "previous": "1",
        "kind": "wasm",
        "events": ["com.example.seen.v1"],
        "ordered": false,
        "timeout_ms": 1_000,
        "revision": 2,
        "told": 2,
        "created_at": "2026-01-14T09:00:00Z",
        "changed_at": "2026-01-14T09:00:00Z",
        "changed_by": "operator",
        "last_request": "an earlier request",
    });
    put(house, "directory", &key, row);
    let usage = json!({
        "events": 30,
        "errors": 1,
        "withheld": 2,
        "duration_ms": 500,
        "fuel": 1_000,
        "memory_bytes_ms": 1_073_741_824_000_u64,
        "expires_at": 1_900_000_000,
    });
    let key = json!({ "key": "extension-usage#harbour#greeter#2026-01-15" });
    put(house, "ledger", &key, usage);
}

/// Lets the operators of `harbour` see names, and what partners told, of whom they look up for customer
/// service; Jane deals with `harbour` and has proved her address.
pub fn let_operators_look_up(house: &House) {
    let key = json!({ "tenant": "harbour", "part": "agreement#operators" });
    let terms = json!({ "customer-service": ["names", "events"] });
    let agreement = json!({ "partner": "operators", "terms": terms });
    put(house, "directory", &key, agreement);
    let key = IdentifierKey::from_environment(&house.world.environment());
    let key = key.expect("the environment has the key");
    let address = "jane@example.com".parse().expect("it is an address");
    let identifier = Identifier::Email(address).key(&key);
    let row = json!({ "profile_id": JANE, "member": JANE, "verified": true });
    put(
        house,
        "identifiers",
        &json!({ "identifier": identifier }),
        row,
    );
}

/// Jane is known by an address and a login at Google that she proved, by what the chandlery calls her, and on
/// a device.
pub fn put_identifiers(house: &House) {
    for (n, (kind, value, said)) in (1_u8..).zip([
        ("email", "jane@example.com", json!({ "verified": true })),
        ("social", "Google 1093", json!({ "verified": true })),
        (
            "external",
            "C-17",
            json!({ "asserted_by": "harbour/chandlery" }),
        ),
        ("anonymous", "d3b07384-d113-4dec", json!({})),
    ]) {
        let key = format!("{kind}#{}", n.to_string().repeat(64));
        let row = json!({ "value": value, "at": "2025-06-01T00:00:00Z" });
        let part = format!("identifier#{key}");
        put(
            house,
            "profiles",
            &json!({ "profile_id": JANE, "part": part }),
            row,
        );
        let mut row = json!({ "profile_id": JANE, "member": JANE, "verified": false });
        if let (Some(row), Some(said)) = (row.as_object_mut(), said.as_object()) {
            row.extend(said.clone());
        }
        put(house, "identifiers", &json!({ "identifier": key }), row);
    }
}

/// A receipt of `outcome`, the `n`-th, made `n` minutes after the world began.
pub fn put_receipt(house: &House, n: u64, outcome: &str, partner: &str, reason: &str) {
    let millis = 1_768_467_600_000 + n * 60_000;
    let key =
        json!({ "profile_id": JANE, "receipt_id": format!("rcp_{millis:012x}70008000{n:012x}") });
    let refused = outcome == "refused";
    let row = json!({
        "partner_day": format!("harbour#{partner}#2026-01-15#{}", n % 4),
        "tenant": "harbour",
        "partner": partner,
        "agreement": "letters",
        "purpose": "newsletter",
        "legal_basis": "consent",
        "reason": reason,
        "outcome": outcome,
        "allowed": if refused { json!([]) } else { json!(["names"]) },
        "withheld": if refused { json!({ "names": "consent-missing" }) } else { json!({}) },
        "policies": ["by-consent"],
        "at": format!("2026-01-15T09:{n:02}:00Z"),
        "request_id": "request-0",
        "expires_at": 1_768_467_600 + 365 * 86_400,
    });
    put(house, "receipts", &key, row);
}

/// Puts `row` into `table` under `key`, as if it had always been there.
pub fn put(house: &House, table: &str, key: &Value, mut row: Value) {
    let members = key.as_object().expect("a key is an object").clone();
    row.as_object_mut()
        .expect("a row is an object")
        .extend(members);
    house.world.put_row(table, row);
}

/// Something goes on in the house: event-router ran and failed, a message waits, and three are stuck.
pub fn put_figures(house: &House) {
    let engines = house.world.engines();
    let ago = |minutes| house.world.clock().now() - Duration::from_mins(minutes);
    let (router, queue) = (
        "fairlead-simulated-event-router",
        "fairlead-simulated-events-in",
    );
    let dead = "fairlead-simulated-events-in-dead-letters";
    for (metric, of, minutes, value) in [
        (("AWS/Lambda", "Invocations"), router, 2, 2.0),
        (("AWS/Lambda", "Invocations"), router, 31, 3.0),
        (("AWS/Lambda", "Errors"), router, 2, 2.0),
        (
            ("AWS/Lambda", "Invocations"),
            "fairlead-simulated-profile-api",
            7,
            2.0,
        ),
        (("AWS/SQS", "NumberOfMessagesSent"), queue, 31, 9.0),
        (
            ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
            queue,
            2,
            4.0,
        ),
        (
            ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
            queue,
            2,
            900.0,
        ),
        (
            ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
            dead,
            2,
            3.0,
        ),
    ] {
        engines.put_metric(metric, of, ago(minutes), value);
    }
}

/// The flow that takes outcomes to Salesforce can't be mended from here, and could be three days ago.
pub fn put_broken_flow(house: &House) {
    let key = json!({ "kind": "flow", "record_id": "fairlead-simulated-salesforce-outcomes" });
    let row = json!({
        "version": 9, "state": "open", "since": "2026-01-15T08:00:00Z", "cause": "credentials",
        "tries": 4, "tried": ["sign-in", "start"], "acted_at": "2026-01-15T08:40:00Z", "told": true,
        "next_try_at": "2026-01-15T09:10:00Z",
        "repairs": [{
            "since": "2026-01-12T03:10:00Z", "until": "2026-01-12T03:16:00Z", "cause": "throttled",
            "tries": 1, "tried": ["wait", "redrive"], "told": false,
        }],
    });
    put(house, "config", &key, row);
}
