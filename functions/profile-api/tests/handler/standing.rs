use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    GRANTED, WITHDRAWN, assert_problem, body, claims, consent, define, outbox, request, send,
    standing, world,
};

/// What the list says of a purpose.
fn listed(answer: &Value, purpose: &str) -> Value {
    let purposes = body(answer)["purposes"].as_array().unwrap().clone();
    let mut purposes = purposes.into_iter();
    purposes.find(|each| each["purpose"] == purpose).unwrap()
}

#[test]
fn who_never_decided_granted_nothing() {
    let world = world(1);
    let answer = send(&world, &request("GET /v1/me/consents"));
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(body(&answer)["tenant"], "harbour");
    assert_eq!(
        listed(&answer, "partner-offers"),
        json!({
            "purpose": "partner-offers",
            "display_name": "partner-offers",
            "legal_basis": "consent",
            "text_versions": ["2025-06", "2026-01"],
            "sale_or_sharing": true,
            "state": "never_decided",
            "permitted": false,
        })
    );
    let permitted = [
        "account-notices",
        "newsletter",
        "customer-service",
        "fraud-prevention",
    ]
    .map(|purpose| listed(&answer, purpose)["permitted"].as_bool().unwrap());
    assert_eq!(permitted, [false, false, true, true]);
}

#[test]
fn the_list_tells_what_was_decided_and_until_when_it_holds() {
    let world = world(1);
    send(&world, &consent("newsletter", GRANTED));
    send(&world, &consent("account-notices", WITHDRAWN));
    send(&world, &consent("fraud-prevention", WITHDRAWN));
    let answer = send(&world, &request("GET /v1/me/consents"));
    let newsletter = listed(&answer, "newsletter");
    assert_eq!(
        (&newsletter["state"], &newsletter["permitted"]),
        (&json!("granted"), &json!(true))
    );
    assert_eq!(
        newsletter["latest"],
        json!({
            "tenant": "harbour",
            "purpose": "newsletter",
            "decision": "granted",
            "text_version": "2026-01",
            "surface": "self-service",
            "decided_at": "2026-01-15T09:00:00Z",
            "expires_at": "2026-01-20T09:00:00Z",
            "version": 1,
        })
    );
    assert_eq!(listed(&answer, "account-notices")["state"], "withdrawn");
    assert_eq!(listed(&answer, "fraud-prevention")["permitted"], false);
    assert_eq!(listed(&answer, "partner-offers")["state"], "never_decided");
}

#[test]
fn a_grant_holds_until_the_second_it_ends() {
    let world = world(1);
    send(&world, &consent("newsletter", GRANTED));
    let state = || body(&send(&world, &standing("newsletter")))["state"].clone();
    world.advance(Duration::from_hours(5 * 24) - Duration::from_secs(1));
    assert_eq!(state(), "granted");
    world.advance(Duration::from_secs(1));
    assert_eq!(state(), "expired");
    send(&world, &consent("newsletter", GRANTED));
    assert_eq!(state(), "granted");
}

#[test]
fn that_a_grant_ended_is_on_record_before_what_is_decided_then() {
    let world = world(1);
    for decision in [GRANTED, GRANTED, WITHDRAWN] {
        send(&world, &consent("newsletter", decision));
        world.advance(Duration::from_hours(6 * 24));
    }
    let answer = body(&send(&world, &standing("newsletter")));
    let history = answer["history"].as_array().unwrap().iter();
    let told: Vec<_> = history.map(|each| each["decision"].clone()).collect();
    assert_eq!(
        told,
        ["withdrawn", "expired", "granted", "expired", "granted"]
    );
}

#[test]
fn a_person_is_told_what_a_text_says_and_their_decision_keeps_its_digest() {
    let world = world(1);
    let notice = json!({
        "text_version": "2026-01", "url": "https://harbour.example/privacy/newsletter",
        "sha256": "0a".repeat(32), "recipients": ["Printers"], "retention": "Until you unsubscribe",
    });
    let differing = json!({ "notices": [notice] });
    define(&world, "harbour", "newsletter", &differing);
    send(&world, &consent("newsletter", GRANTED));
    let answer = body(&send(&world, &standing("newsletter")));
    assert_eq!(answer["notices"], differing["notices"]);
    assert_eq!(answer["history"][0]["text_sha256"], notice["sha256"]);
    let told = outbox(&world);
    assert_eq!(told[0]["data"]["text_sha256"], notice["sha256"]);
}

#[test]
fn what_a_purpose_rests_on_today_is_what_counts() {
    let world = world(1);
    send(&world, &consent("account-notices", WITHDRAWN));
    define(
        &world,
        "harbour",
        "account-notices",
        &json!({ "legal_basis": "contract" }),
    );
    let answer = send(&world, &request("GET /v1/me/consents"));
    let notices = listed(&answer, "account-notices");
    assert_eq!(
        (&notices["state"], &notices["permitted"]),
        (&json!("withdrawn"), &json!(true))
    );
}

#[test]
fn each_tenant_has_its_own_list() {
    let world = world(1);
    send(&world, &consent("account-notices", GRANTED));
    let mut elsewhere = request("GET /v1/me/consents");
    claims(&mut elsewhere)["fairlead:tenant"] = "airport".into();
    let answer = send(&world, &elsewhere);
    assert_eq!(body(&answer)["purposes"].as_array().unwrap().len(), 1);
    assert_eq!(listed(&answer, "account-notices")["state"], "never_decided");
}

#[test]
fn the_list_costs_a_read_of_the_directory_and_two_of_the_profile() {
    let world = world(1);
    send(&world, &request("GET /v1/me/consents"));
    let calls: Vec<_> = world
        .trace()
        .iter()
        .map(|call| call.call.operation.clone())
        .collect();
    assert_eq!(calls, ["Query", "GetItem", "Query"]);
}

#[test]
fn without_a_tenant_or_a_purpose_there_is_nothing_to_show() {
    let world = world(1);
    for mut request in [request("GET /v1/me/consents"), standing("newsletter")] {
        let claims = claims(&mut request).as_object_mut().unwrap();
        claims.remove("fairlead:tenant");
        assert_problem(&send(&world, &request), 403, "no-tenant-in-token", None);
    }
    assert_problem(
        &send(&world, &standing("a#b")),
        400,
        "invalid-field",
        Some("purpose"),
    );
    assert!(world.trace().is_empty());
    let unknown = send(&world, &standing("unheard-of"));
    assert_problem(&unknown, 400, "unknown-purpose", Some("purpose"));
}

#[test]
fn a_directory_that_can_not_be_read_is_no_empty_one() {
    let world = world(1);
    define(
        &world,
        "harbour",
        "newsletter",
        &json!({ "legal_basis": "whim" }),
    );
    for request in [
        request("GET /v1/me/consents"),
        consent("account-notices", GRANTED),
    ] {
        assert_problem(&send(&world, &request), 503, "unavailable", None);
    }
}
