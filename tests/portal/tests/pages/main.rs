//! The pages over the real API on a simulated AWS: what people and operators do there, what browsers are
//! told, and what whoever means harm does not get.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod forms;
mod hostile;
mod operators;
mod people;
mod sign_in;

use fairlead_portal::{Browser, House, Who};
use serde_json::{Value, json};

const JANE: &str = "prf_01010101010171018101010101010101";
const JOAN: &str = "prf_02020202020272028202020202020202";

/// Markup that would do something, wherever it stood as such.
const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>{{7*7}}\u{202e}";

fn jane() -> Who {
    Who::Person(JANE.to_owned())
}

fn operator() -> Who {
    Who::Operator(JOAN.to_owned())
}

/// A house in which Jane and Joan have profiles, and `harbour` a partner, an agreement and purposes.
fn house(seed: u64) -> House {
    let house = House::new(seed);
    put_profile(&house, JANE, "Jane");
    put_profile(&house, JOAN, "Joan");
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
            &house,
            "directory",
            &json!({ "tenant": "harbour", "part": part }),
            row,
        );
    }
    house
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
    });
    put(
        house,
        "profiles",
        &json!({ "profile_id": id, "part": "profile" }),
        row,
    );
}

/// A receipt of `outcome`, the `n`-th, made `n` minutes after the world began.
fn put_receipt(house: &House, n: u64, outcome: &str, partner: &str, reason: &str) {
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

fn put(house: &House, table: &str, key: &Value, mut row: Value) {
    let members = key.as_object().unwrap().clone();
    row.as_object_mut().unwrap().extend(members);
    house.world.put_row(table, row);
}

fn signed_in<'a>(house: &'a House, who: &Who) -> Browser<'a> {
    Browser::signed_in(house, who)
}

/// All pages of people that can be looked at.
const PEOPLES: [&str; 8] = [
    "/me",
    "/me/profile",
    "/me/permissions",
    "/me/permissions/newsletter",
    "/me/readers",
    "/me/notices",
    "/me/export",
    "/me/delete",
];

/// All pages of operators that can be looked at.
const OPERATORS: [&str; 10] = [
    "/ops/requests",
    "/ops/requests.csv",
    "/ops/requests/chandlery",
    "/ops/people",
    "/ops/flows",
    "/ops/flows/events-in-dead-letters",
    "/ops/rejected",
    "/ops/tenant",
    "/ops/tenant/partners/chandlery",
    "/ops/tenant/agreements/letters",
];
