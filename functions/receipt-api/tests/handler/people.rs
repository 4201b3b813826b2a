//! What people see of their own.

use std::time::Duration;

use event::Cause;
use identity::ProfileId;
use lambda_kit::aws::CallBudget;
use profile::{Grounds, Merger};
use serde_json::json;
use testkit::{World, sale};

use crate::{
    JANE, JOAN, assert_problem, body, jane_asks, profile, reasons, receipt, send, someone_asks,
    world,
};

const JUDY: &str = "prf_03030303030373038303030303030303";

fn merger(world: &World) -> Merger {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    Merger::new(&sdk, "profiles", "identifiers", world.clock(), world.ids())
}

fn cause() -> Cause {
    Cause {
        request_id: "request-2".to_owned(),
    }
}

/// Two become one, in the minute after `minute`; by which merge.
fn merge(world: &World, minute: u64, one: &str, other: &str) -> identity::MergeId {
    wait(world, minute);
    let [one, other]: [ProfileId; 2] = [one, other].map(|id| id.parse().unwrap());
    let joined = world.block_on(merger(world).join(one, other, &Grounds::Operator, &cause()));
    joined.unwrap().merge_id.unwrap()
}

fn split(world: &World, minute: u64, id: &str, merge_id: identity::MergeId) {
    wait(world, minute);
    let parted = merger(world);
    let cause = cause();
    let parted = parted.split(id.parse().unwrap(), merge_id, &cause);
    world.block_on(parted).unwrap();
}

/// Lets it be half past the minute `minute` of the world.
fn wait(world: &World, minute: u64) {
    let until = 1_768_467_630 + i64::try_from(minute).unwrap() * 60;
    let left = until - world.clock().now().as_second();
    world.advance(Duration::from_secs(u64::try_from(left).unwrap()));
}

fn reads(world: &World, n: u64, id: &str) {
    world.put_row(
        "receipts",
        receipt(n, id, "harbour", "chandlery", "allowed"),
    );
}

#[test]
fn whoever_was_one_for_a_while_sees_what_was_read_of_them_meanwhile_and_nothing_else() {
    let world = world(1);
    let seen = |id: &str| reasons(&send(&world, &someone_asks(id, json!(null))));
    let merge_id = merge(&world, 9, JANE, JOAN);
    reads(&world, 10, JANE);
    let both = ["order 10", "order 5", "order 3", "order 2", "order 1"];
    assert_eq!(seen(JANE), both);
    assert_eq!(seen(JOAN), both);
    split(&world, 11, JANE, merge_id);
    reads(&world, 12, JANE);
    reads(&world, 13, JOAN);
    let jane = ["order 12", "order 10", "order 5", "order 3", "order 1"];
    assert_eq!(seen(JANE), jane);
    assert_eq!(seen(JOAN), ["order 13", "order 10", "order 2"]);
}

#[test]
fn who_was_absorbed_with_another_sees_what_was_read_of_all() {
    let world = world(1);
    world.put_row("profiles", profile(JUDY));
    let seen = |id: &str| reasons(&send(&world, &someone_asks(id, json!(null))));
    let inner = merge(&world, 9, JOAN, JUDY);
    reads(&world, 10, JOAN);
    let outer = merge(&world, 11, JANE, JOAN);
    reads(&world, 12, JANE);
    split(&world, 13, JANE, outer);
    reads(&world, 14, JOAN);
    split(&world, 15, JOAN, inner);
    reads(&world, 16, JOAN);
    assert_eq!(seen(JUDY), ["order 14", "order 12", "order 10"]);
    let joan = ["order 16", "order 14", "order 12", "order 10", "order 2"];
    assert_eq!(seen(JOAN), joan);
    merge(&world, 17, JANE, JUDY);
    let all = [
        "order 14", "order 12", "order 10", "order 5", "order 3", "order 1",
    ];
    assert_eq!(seen(JANE), all);
}

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
    // The person with their members, one query, and one look for each of two partners.
    assert_eq!(world.trace().len(), 5);
}

#[test]
fn the_token_of_somebody_who_is_erased_opens_nothing() {
    for closed in ["erasing", "erased"] {
        let world = world(1);
        let row = json!({ "profile_id": JANE, "part": "profile", "closed": closed });
        world.put_row("profiles", row);
        let answer = send(&world, &jane_asks(json!(null)));
        assert_problem(&answer, 404, "no-such-profile", None);
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

#[test]
fn a_browser_that_says_no_to_sale_withdraws_it_here_too() {
    let world = world(1);
    sale::grant(&world, JANE);
    let mut request = jane_asks(json!(null));
    send(&world, &request);
    assert!(sale::is_granted(&world, JANE));
    request["headers"]["sec-gpc"] = "1".into();
    let answer = send(&world, &request);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert!(!sale::is_granted(&world, JANE));
}
