//! What operators see of their tenant's partners.

use std::time::Duration;

use serde_json::json;

use crate::{
    JANE, JOAN, LIST, asks, body, of_the_day, operator, reasons, receipt, send, table_calls, world,
};

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
fn without_an_end_the_time_lasts_until_now() {
    let world = world(1);
    let query = json!({ "partner": "chandlery", "from": "2026-01-15T09:02:00Z" });
    world.advance(Duration::from_secs(200));
    let answer = send(&world, &asks(&operator(&world), LIST, query));
    assert_eq!(reasons(&answer), ["order 3", "order 2"]);
}

#[test]
fn a_long_time_is_walked_page_by_page_and_a_page_may_be_empty() {
    let world = world(1);
    let in_may = 120 * 1440;
    world.put_row(
        "receipts",
        receipt(in_may, JOAN, "harbour", "chandlery", "allowed"),
    );
    world.advance(Duration::from_hours(200 * 24));
    let mut query = json!({ "partner": "chandlery", "from": "2026-01-15T09:02:00Z" });
    let (mut found, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let before = table_calls(&world);
        let answer = send(&world, &asks(&operator(&world), LIST, query.clone()));
        assert!(table_calls(&world) - before <= 31 * 4);
        let page = reasons(&answer);
        sizes.push(page.len());
        found.extend(page);
        let next = body(&answer)["next"].clone();
        if next.is_null() {
            break;
        }
        query["cursor"] = next;
    }
    assert_eq!(sizes, [0, 0, 1, 0, 0, 0, 3]);
    let may = format!("order {in_may}");
    assert_eq!(found, [may.as_str(), "order 4", "order 3", "order 2"]);
}

#[test]
fn what_is_older_than_twelve_months_is_not_looked_for() {
    let world = world(1);
    let query = json!({ "partner": "chandlery", "from": "1970-01-01T00:00:00Z", "to": "2025-01-15T08:00:00Z" });
    let before = table_calls(&world);
    let answer = send(&world, &asks(&operator(&world), LIST, query));
    assert_eq!(body(&answer), json!({ "receipts": [] }));
    assert_eq!(table_calls(&world), before);
}
