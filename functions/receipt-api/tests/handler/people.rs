//! What people see of their own.

use serde_json::json;

use crate::{JANE, body, jane_asks, reasons, receipt, send, world};

#[test]
fn people_see_who_read_what_of_them_and_why_the_newest_first() {
    let world = world(1);
    let answer = send(&world, &jane_asks(json!(null)));
    assert_eq!(reasons(&answer), ["order 5", "order 3", "order 1"]);
    assert_eq!(
        body(&answer)["receipts"][1],
        json!({
            "receipt_id": receipt(3, JANE, "harbour", "chandlery", "partly")["receipt_id"],
            "at": "2026-01-15T09:03:00Z",
            "tenant": "harbour",
            "partner": "chandlery",
            "partner_name": "The Chandlery",
            "purpose": "newsletter",
            "legal_basis": "consent",
            "reason": "order 3",
            "outcome": "partly",
            "fields": ["given_name", "family_name", "display_name"],
            "withheld": { "contacts": "group-not-in-agreement" },
        })
    );
    assert_eq!(body(&answer)["next"], json!(null));
}

#[test]
fn a_partner_that_is_no_longer_in_the_directory_has_no_name() {
    let world = world(1);
    let answer = send(&world, &jane_asks(json!(null)));
    let receipts = &body(&answer)["receipts"];
    assert_eq!(receipts[0]["tenant"], "airport");
    assert_eq!(receipts[0].get("partner_name"), None);
}

#[test]
fn each_partner_is_looked_up_once_for_a_page() {
    let world = world(1);
    send(&world, &jane_asks(json!(null)));
    // Their own row, one query, and one look for each of two partners.
    assert_eq!(world.trace().len(), 4);
}

#[test]
fn the_token_of_somebody_who_is_erased_opens_nothing() {
    for closed in ["erasing", "erased"] {
        let world = world(1);
        let row = json!({ "profile_id": JANE, "part": "profile", "closed": closed });
        world.put_row("profiles", row);
        let answer = send(&world, &jane_asks(json!(null)));
        assert_eq!(answer["statusCode"], 404);
        assert!(!body(&answer).to_string().contains("chandlery"));
    }
}

#[test]
fn a_person_turns_pages_until_the_last() {
    let world = world(1);
    for n in 10..130 {
        world.put_row(
            "receipts",
            receipt(n, JANE, "harbour", "chandlery", "allowed"),
        );
    }
    let mut all = Vec::new();
    let mut query = json!(null);
    loop {
        let answer = send(&world, &jane_asks(query));
        all.extend(reasons(&answer));
        let next = &body(&answer)["next"];
        if next.is_null() {
            break;
        }
        query = json!({ "cursor": next });
    }
    let newest = (10..130).rev().map(|n| format!("order {n}"));
    let expected: Vec<_> = newest
        .chain(["order 5", "order 3", "order 1"].map(str::to_owned))
        .collect();
    assert_eq!(all, expected);
}
