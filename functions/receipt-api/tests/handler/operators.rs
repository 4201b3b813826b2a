//! What operators see of their tenant's partners.

use serde_json::{Value, json};

use crate::{JANE, LIST, SUMMARY, asks, body, of_the_day, operator, reasons, receipt, send, world};

#[test]
fn operators_see_what_a_partner_of_their_tenant_asked_for() {
    let world = world(1);
    let answer = send(&world, &asks(&operator(&world), LIST, of_the_day()));
    assert_eq!(
        reasons(&answer),
        ["order 4", "order 3", "order 2", "order 1"]
    );
    let receipts = &body(&answer)["receipts"];
    assert_eq!(receipts[0].get("profile_id"), None);
    assert_eq!(
        receipts[3],
        json!({
            "receipt_id": receipt(1, JANE, "harbour", "chandlery", "allowed")["receipt_id"],
            "at": "2026-01-15T09:01:00Z",
            "profile_id": JANE,
            "partner": "chandlery",
            "agreement": "letters",
            "purpose": "newsletter",
            "legal_basis": "consent",
            "reason": "order 1",
            "outcome": "allowed",
            "allowed": ["names"],
            "withheld": {},
            "policies": ["by-consent"],
            "request_id": "request-0",
        })
    );
}

#[test]
fn operators_of_another_tenant_see_their_own_partner_of_that_name() {
    let world = world(1);
    let token = operator(&world).claim("fairlead:tenant", "airport");
    let answer = send(&world, &asks(&token, LIST, of_the_day()));
    assert_eq!(reasons(&answer), ["order 5"]);
}

#[test]
fn the_time_that_is_asked_about_has_its_first_moment_and_not_its_last() {
    let world = world(1);
    let mut query = of_the_day();
    query["from"] = "2026-01-15T09:02:00Z".into();
    query["to"] = "2026-01-15T09:04:00Z".into();
    let answer = send(&world, &asks(&operator(&world), LIST, query));
    assert_eq!(reasons(&answer), ["order 3", "order 2"]);
}

#[test]
fn receipts_are_counted_by_purpose_day_and_outcome() {
    let world = world(1);
    let answer = send(&world, &asks(&operator(&world), SUMMARY, of_the_day()));
    let count = |outcome: &str, receipts: u64| -> Value {
        json!({
            "partner": "chandlery",
            "purpose": "newsletter",
            "day": "2026-01-15",
            "outcome": outcome,
            "receipts": receipts,
        })
    };
    assert_eq!(
        body(&answer),
        json!({
            "receipts": 4,
            "counts": [count("allowed", 2), count("partly", 1), count("refused", 1)],
        })
    );
}
