//! The handler on a simulated AWS: who is listed for whom, by which filter, page by page, and that
//! each of them has a receipt.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{collections::BTreeSet, time::Duration};

use audience::Projection;
use lambda_kit::aws::CallBudget;
use partner_list::{App, handle};
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Call, Fault, World, tokens::Token};

/// A world with `people` people who agreed to the newsletter of `harbour`, every third of them Swiss
/// and every second a regular.
fn world(people: u32) -> World {
    let world = World::new(1);
    for (purpose, basis) in [("newsletter", "consent"), ("service", "contract")] {
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour", "part": format!("purpose#{purpose}"), "display_name": purpose,
                "legal_basis": basis, "text_versions": ["2026-01"],
            }),
        );
    }
    agree(&world, "letters", &json!(["names", "demographics"]));
    agree(&world, "greetings", &json!(["names"]));
    for n in 0..people {
        put_person(&world, n, &json!({}));
        consent(&world, n, "granted", None);
        keep(&world, n);
    }
    world
}

fn agree(world: &World, agreement: &str, groups: &Value) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": format!("agreement#{agreement}"), "partner": "chandlery",
            "terms": { "newsletter": groups, "service": groups },
        }),
    );
}

fn id(n: u32) -> String {
    format!("prf_{n:032x}")
}

fn put_person(world: &World, n: u32, differing: &Value) {
    let field =
        |value: &str| json!({ "value": value, "at": "2025-06-01T00:00:00Z", "source": "person" });
    let country = if n.is_multiple_of(3) { "CH" } else { "DE" };
    let mut row = json!({
        "profile_id": id(n), "part": "profile", "version": 3,
        "fields": { "given_name": field(&format!("Jane {n}")), "country": field(country) },
        "created_at": "2025-06-01T00:00:00Z", "updated_at": format!("2025-06-{:02}T00:00:00Z", n % 28 + 1),
        "last_request": "an earlier request",
    });
    for (name, value) in differing.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("profiles", row);
    if n.is_multiple_of(2) {
        world.put_row(
            "profiles",
            json!({
                "profile_id": id(n), "part": "traits#harbour", "tenant": "harbour", "partner": "crm",
                "segments": ["regulars"], "at": "2025-06-01T00:00:00Z",
            }),
        );
    }
}

fn consent(world: &World, n: u32, ruling: &str, expires_at: Option<&str>) {
    let mut row = json!({
        "profile_id": id(n), "part": "consent#harbour#newsletter", "tenant": "harbour",
        "purpose": "newsletter", "ruling": ruling, "text_version": "2026-01",
        "surface": "self-service", "decided_at": "2025-05-01T00:00:00Z", "version": 1,
    });
    if let Some(end) = expires_at {
        row["expires_at"] = end.into();
    }
    world.put_row("profiles", row);
}

/// The audiences have the person as their record says.
fn keep(world: &World, n: u32) {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let projection = Projection::new(&sdk, "profiles", "audiences", world.clock());
    world
        .block_on(projection.keep(id(n).parse().unwrap()))
        .unwrap();
}

fn send_under(world: &World, agreement: &str, purpose: &str, query: &Value) -> Value {
    let partner = Token::client_row("harbour", "chandlery", agreement);
    world.put_row("directory", partner);
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", agreement);
    let token = token.scope("fairlead/profile.read");
    send_with(world, &token, purpose, query)
}

fn send_with(world: &World, token: &Token, purpose: &str, query: &Value) -> Value {
    let request = json!({
        "routeKey": "GET /v1/profiles",
        "headers": {
            "authorization": token.bearer(),
            "fairlead-purpose": purpose,
        },
        "queryStringParameters": query,
        "requestContext": { "requestId": "request-1" },
    });
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
    serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
}

fn send(world: &World, query: &Value) -> Value {
    send_under(world, "letters", "newsletter", query)
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// All pages, one after the other, with `between` done after each.
fn pages(world: &World, query: &Value, mut between: impl FnMut(&World)) -> Vec<Vec<String>> {
    let mut query = query.clone();
    let mut pages = Vec::new();
    loop {
        let answer = send(world, &query);
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let page = body(&answer);
        let ids = page["profiles"].as_array().unwrap().iter();
        pages.push(
            ids.map(|each| each["profile_id"].as_str().unwrap().to_owned())
                .collect(),
        );
        let Some(next) = page.get("next") else {
            return pages;
        };
        query["cursor"] = next.clone();
        between(world);
    }
}

fn all(world: &World, query: &Value) -> BTreeSet<String> {
    let pages = pages(world, query, |_| {});
    let listed: usize = pages.iter().map(Vec::len).sum();
    let all: BTreeSet<String> = pages.into_iter().flatten().collect();
    assert_eq!(all.len(), listed, "somebody is there twice");
    all
}

fn expected(people: impl Iterator<Item = u32>) -> BTreeSet<String> {
    people.map(id).collect()
}

fn problem(answer: &Value) -> (u64, String) {
    let kind = body(answer)["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name)
}

#[test]
fn everybody_who_consented_is_listed_once_with_what_may_be_read_and_a_receipt() {
    let world = world(120);
    let first = body(&send(&world, &json!({})));
    let one = &first["profiles"][0];
    assert!(
        one["data"]["given_name"]
            .as_str()
            .unwrap()
            .starts_with("Jane")
    );
    let receipts = world.rows("receipts");
    assert_eq!(receipts.len(), first["profiles"].as_array().unwrap().len());
    assert!(
        receipts
            .iter()
            .any(|receipt| receipt["receipt_id"] == one["receipt_id"])
    );
    assert_eq!(all(&world, &json!({})), expected(0..120));
}

#[test]
fn filters_narrow_the_list_each_alone_and_all_together() {
    let world = world(60);
    let since = "2025-06-15T00:00:00Z";
    let is_since = |n: &u32| n % 28 >= 14;
    for (query, wanted) in [
        (
            json!({ "segment": "regulars" }),
            expected((0..60).step_by(2)),
        ),
        (json!({ "country": "CH" }), expected((0..60).step_by(3))),
        (
            json!({ "updated_since": since }),
            expected((0..60).filter(is_since)),
        ),
        (
            json!({ "segment": "regulars", "country": "CH" }),
            expected((0..60).step_by(6)),
        ),
        (
            json!({ "segment": "regulars", "country": "CH", "updated_since": since }),
            expected((0..60).step_by(6).filter(is_since)),
        ),
        (json!({ "segment": "strangers" }), BTreeSet::new()),
    ] {
        assert_eq!(all(&world, &query), wanted, "{query}");
    }
}

#[test]
fn whoever_belongs_throughout_is_listed_once_whatever_is_written_meanwhile() {
    let world = world(120);
    let mut round = 0;
    let pages = pages(&world, &json!({}), |world| {
        round += 1;
        for n in (0..120).step_by(5) {
            put_person(world, n, &json!({ "version": 3 + round }));
            keep(world, n);
        }
        put_person(world, 500 + round, &json!({}));
        consent(world, 500 + round, "granted", None);
        keep(world, 500 + round);
    });
    let listed: Vec<String> = pages.into_iter().flatten().collect();
    for n in 0..120 {
        assert_eq!(listed.iter().filter(|each| **each == id(n)).count(), 1);
    }
}

#[test]
fn who_may_not_be_seen_any_more_is_left_out_at_once() {
    let world = world(10);
    consent(&world, 1, "withdrawn", None);
    consent(&world, 2, "granted", Some("2026-01-15T08:59:59Z"));
    put_person(
        &world,
        3,
        &json!({ "closed": "merged", "merged_into": id(4) }),
    );
    put_person(&world, 5, &json!({ "closed": "settling" }));
    world.put_row(
        "profiles",
        json!({ "profile_id": id(6), "part": "profile", "closed": "erased" }),
    );
    assert_eq!(
        all(&world, &json!({})),
        expected([0, 4, 7, 8, 9].into_iter())
    );
    let receipts = world.rows("receipts");
    let refused = receipts
        .iter()
        .filter(|receipt| receipt["outcome"] == "refused");
    assert_eq!(
        refused.count(),
        2,
        "who withdrew and whose grant ran out were decided on"
    );
    assert!(
        receipts
            .iter()
            .all(|receipt| receipt["profile_id"] != id(6))
    );
}

#[test]
fn a_country_is_asked_by_only_under_an_agreement_that_tells_it() {
    let world = world(6);
    let refused = send_under(
        &world,
        "greetings",
        "newsletter",
        &json!({ "country": "CH" }),
    );
    assert_eq!(problem(&refused), (403, "not-permitted".to_owned()));
    assert_eq!(body(&refused)["reason"], "group-not-in-agreement");
    assert_eq!(world.rows("receipts").len(), 1, "the refusal is on record");
    let listed = body(&send(
        &world,
        &json!({ "country": "CH", "fields": "names" }),
    ));
    assert_eq!(listed["profiles"][0]["data"]["country"], "CH");
}

#[test]
fn without_an_agreement_that_covers_it_nobody_is_listed_and_the_refusal_is_on_record() {
    let world = world(3);
    let refused = send_under(&world, "unheard-of", "newsletter", &json!({}));
    assert_eq!(problem(&refused), (403, "not-permitted".to_owned()));
    assert_eq!(body(&refused)["reason"], "no-agreement");
    let receipts = world.rows("receipts");
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["profile_id"], "unknown#harbour#chandlery");
}

#[test]
fn without_the_scope_nobody_is_listed_and_the_refusal_is_on_record() {
    let world = world(3);
    let partner = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", partner);
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let refused = send_with(&world, &token, "newsletter", &json!({}));
    assert_eq!(problem(&refused), (403, "scope-missing".to_owned()));
    let receipts = world.rows("receipts");
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["profile_id"], "unknown#harbour#chandlery");
}

#[rstest]
#[case::another_basis("service", json!({}), "unlistable-purpose")]
#[case::no_purpose("unheard-of", json!({}), "unknown-purpose")]
#[case::no_segment("newsletter", json!({ "segment": "VIP" }), "invalid-parameter")]
#[case::no_country("newsletter", json!({ "country": "XX" }), "invalid-parameter")]
#[case::no_time("newsletter", json!({ "updated_since": "yesterday" }), "invalid-parameter")]
#[case::no_cursor("newsletter", json!({ "cursor": "aGVsbG8" }), "invalid-parameter")]
fn what_can_not_be_listed_is_refused_by_name(
    #[case] purpose: &str,
    #[case] query: Value,
    #[case] name: &str,
) {
    let world = world(1);
    let refused = send_under(&world, "letters", purpose, &query);
    assert_eq!(problem(&refused), (400, name.to_owned()));
    assert_eq!(world.rows("receipts"), Vec::<Value>::new());
}

#[test]
fn a_cursor_serves_for_its_own_filters_alone() {
    let world = world(120);
    let next = body(&send(&world, &json!({})))["next"].clone();
    let other = send(&world, &json!({ "segment": "regulars", "cursor": next }));
    assert_eq!(problem(&other), (400, "invalid-parameter".to_owned()));
    assert_eq!(body(&other)["field"], "cursor");
}

#[test]
fn nobody_is_listed_whose_receipt_can_not_be_written() {
    let world = world(3);
    world
        .faults()
        .always(Fault::Unavailable, Call::is_table_write);
    let answer = send(&world, &json!({}));
    assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
    assert!(!answer.to_string().contains("Jane"));
    assert_eq!(world.rows("receipts"), Vec::<Value>::new());
}
