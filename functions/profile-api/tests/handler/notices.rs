use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Fault, World};

use crate::{
    GRANTED, JANE, JOAN, WITHDRAWN, assert_problem, body, claims, consent, outbox, patch, request,
    row, send, world,
};

const TEST: &str = "POST /v1/me/notices/test";

/// Jane, who proved a telephone number and agreed to notices.
fn reachable() -> World {
    let world = world(1);
    let mut profile = row(&world, JANE, "profile").unwrap();
    profile["fields"]["phone_number"] = json!({
        "value": "+4930901820", "verified": true, "at": "2025-06-01T00:00:00Z", "source": "login",
    });
    world.put_row("profiles", profile);
    let agreed = send(&world, &consent("account-notices", GRANTED));
    assert_eq!(agreed["statusCode"], 200, "{agreed}");
    world
}

fn ways(world: &World) -> Value {
    let answer = send(world, &request("GET /v1/me/notices"));
    assert_eq!(answer["statusCode"], 200, "{answer}");
    body(&answer)["ways"].clone()
}

/// What became of the last test, way by way.
fn states(world: &World) -> Vec<String> {
    let ways = ways(world);
    let states = ways.as_array().unwrap().iter();
    states
        .map(|way| way["test"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The tests that are on their way.
fn tests(world: &World) -> Vec<Value> {
    let mut events = outbox(world);
    events.retain(|event| event["type"] == "dev.fairlead.profile.notice-tested.v1");
    events
}

#[test]
fn each_way_says_whether_it_is_open_and_why_it_is_not() {
    let world = world(1);
    let closed = |way: &str, reason: &str| json!({ "way": way, "open": false, "reason": reason });
    let open = |way: &str| json!({ "way": way, "open": true });
    let unasked = json!([
        closed("sms", "not-consented"),
        closed("topic", "not-consented")
    ]);
    assert_eq!(ways(&world), unasked);
    send(&world, &consent("account-notices", GRANTED));
    let unproven = json!([closed("sms", "number-not-proven"), open("topic")]);
    assert_eq!(ways(&world), unproven);
    let world = reachable();
    assert_eq!(ways(&world), json!([open("sms"), open("topic")]));
    send(&world, &patch(r#"{"notices_by_sms":"no"}"#, "\"3\""));
    assert_eq!(
        ways(&world),
        json!([closed("sms", "declined"), open("topic")])
    );
    send(&world, &consent("account-notices", WITHDRAWN));
    assert_eq!(ways(&world), unasked);
}

#[test]
fn a_test_is_told_of_in_the_transaction_that_puts_it_on_record() {
    let world = reachable();
    let answer = send(&world, &request(TEST));
    assert_eq!(answer["statusCode"], 202, "{answer}");
    let told = body(&answer);
    assert_eq!(told["tenant"], "harbour");
    for way in told["ways"].as_array().unwrap() {
        assert_eq!(way["test"], "waiting", "{told}");
    }
    let [test] = tests(&world).try_into().unwrap();
    assert_eq!(
        test["data"],
        json!({ "profile_id": JANE, "tenant_id": "harbour" })
    );
    let row = row(&world, JANE, "notice-test").unwrap();
    assert_eq!(row["event_id"], test["id"]);
}

#[test]
fn what_the_ledger_has_is_sent_and_the_rest_waits() {
    let world = reachable();
    send(&world, &request(TEST));
    let [test] = tests(&world).try_into().unwrap();
    assert_eq!(states(&world), ["waiting", "waiting"]);
    let ledger = |way: &str, state: &str| {
        json!({
            "key": format!("notice#{}#{way}", test["id"].as_str().unwrap()),
            "state": state, "owner": "a run", "lease_until": 0, "expires_at": 1_900_000_000,
        })
    };
    world.put_row("ledger", ledger("topic", "in_progress"));
    world.put_row("ledger", ledger("sms", "done"));
    assert_eq!(states(&world), ["sent", "waiting"]);
    world.put_row("ledger", ledger("topic", "done"));
    assert_eq!(states(&world), ["sent", "sent"]);
    // What went out went out, whatever the person says afterwards.
    send(&world, &consent("account-notices", WITHDRAWN));
    assert_eq!(states(&world), ["sent", "sent"]);
    world.advance(Duration::from_hours(25));
    assert_eq!(states(&world), ["", ""], "a test of yesterday is no news");
}

#[test]
fn there_is_one_test_in_a_minute() {
    let world = reachable();
    let mut next = request(TEST);
    next["requestContext"]["requestId"] = "request-2".into();
    assert_eq!(send(&world, &request(TEST))["statusCode"], 202);
    world.advance(Duration::from_secs(20));
    let refused = send(&world, &next);
    assert_problem(&refused, 429, "too-soon", None);
    let wait = refused["headers"]["retry-after"].as_str().unwrap();
    let wait: u64 = wait.parse().unwrap();
    assert!((39..=41).contains(&wait), "{wait}");
    assert_eq!(tests(&world).len(), 1);
    world.advance(Duration::from_secs(wait));
    assert_eq!(send(&world, &next)["statusCode"], 202);
    assert_eq!(tests(&world).len(), 2);
}

#[test]
fn two_at_once_are_one() {
    let world = reachable();
    let mut other = request(TEST);
    other["requestContext"]["requestId"] = "request-2".into();
    let (one, two) = world.block_on(async {
        let one = request(TEST);
        tokio::join!(crate::answer(&world, &one), crate::answer(&world, &other))
    });
    let mut statuses = [&one, &two].map(|answer| answer["statusCode"].as_u64().unwrap());
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 429], "{one} {two}");
    assert_eq!(tests(&world).len(), 1);
}

#[test]
fn a_test_that_was_asked_for_and_not_answered_is_recognised_when_it_comes_again() {
    let world = reachable();
    let mut keyed = request(TEST);
    keyed["headers"]["idempotency-key"] = "8e03978e-40d5-43e8-bc93-6894a57f9324".into();
    world.faults().always(Fault::Unavailable, |call| {
        call.to_string().starts_with("dynamodb:UpdateItem ledger")
    });
    assert_eq!(send(&world, &keyed)["statusCode"], 202);
    world.faults().heal();
    world.advance(Duration::from_secs(11));
    assert_eq!(send(&world, &keyed)["statusCode"], 202);
    assert_eq!(tests(&world).len(), 1);
}

#[test]
fn without_an_open_way_nothing_is_asked_for() {
    let world = reachable();
    let declined = r#"{"notices_by_sms":"no","notices_by_topic":"no"}"#;
    send(&world, &patch(declined, "\"3\""));
    assert_problem(&send(&world, &request(TEST)), 409, "no-open-way", None);
    assert_eq!(row(&world, JANE, "notice-test"), None);
    assert!(tests(&world).is_empty());
    // It does not count, either.
    send(&world, &patch(r#"{"notices_by_topic":"yes"}"#, "\"4\""));
    let mut next = request(TEST);
    next["requestContext"]["requestId"] = "request-2".into();
    assert_eq!(send(&world, &next)["statusCode"], 202);
}

#[test]
fn notices_are_a_tenants() {
    let world = reachable();
    for route in ["GET /v1/me/notices", TEST] {
        let mut homeless = request(route);
        claims(&mut homeless)
            .as_object_mut()
            .unwrap()
            .remove("fairlead:tenant");
        assert_problem(&send(&world, &homeless), 403, "no-tenant-in-token", None);
    }
    send(&world, &request(TEST));
    let mut elsewhere = request("GET /v1/me/notices");
    claims(&mut elsewhere)["fairlead:tenant"] = "airport".into();
    let answer = body(&send(&world, &elsewhere));
    assert_eq!(answer.get("tested_at"), None, "{answer}");
    assert_eq!(answer["ways"][1]["reason"], "not-consented");
}

#[test]
fn whoever_is_leaving_or_became_somebody_else_asks_for_nothing_more() {
    for closed in ["erasing", "erased"] {
        let world = reachable();
        let mut profile = row(&world, JANE, "profile").unwrap();
        profile["closed"] = closed.into();
        world.put_row("profiles", profile);
        for route in ["GET /v1/me/notices", TEST] {
            assert_problem(&send(&world, &request(route)), 404, "no-such-profile", None);
        }
        assert!(tests(&world).is_empty());
    }
    // By the root that they are one with now, they are told as that says.
    let world = reachable();
    let mut profile = row(&world, JANE, "profile").unwrap();
    profile["closed"] = "merged".into();
    profile["merged_into"] = JOAN.into();
    world.put_row("profiles", profile);
    assert_problem(&send(&world, &request(TEST)), 409, "no-open-way", None);
}
