use rstest::rstest;
use serde_json::json;
use testkit::Fault;

use crate::{
    GRANTED, JANE, WITHDRAWN, answer, assert_problem, body, claims, consent, outbox, row, send,
    world,
};

const PART: &str = "consent#harbour#account-notices";

#[test]
fn a_person_agrees_and_changes_their_mind() {
    let world = world(1);
    let granted = send(&world, &consent("account-notices", GRANTED));
    assert_eq!(granted["statusCode"], 200);
    assert_eq!(
        body(&granted),
        json!({
            "tenant": "harbour",
            "purpose": "account-notices",
            "decision": "granted",
            "text_version": "2026-01",
            "surface": "self-service",
            "decided_at": "2026-01-15T09:00:00Z",
            "version": 1,
        })
    );
    let withdrawn = send(&world, &consent("account-notices", WITHDRAWN));
    assert_eq!(body(&withdrawn)["version"], 2);
    assert_eq!(row(&world, JANE, PART).unwrap()["ruling"], "withdrawn");
    let mut told: Vec<_> = outbox(&world)
        .into_iter()
        .map(|event| (event["data"]["version"].as_u64(), event["type"].clone()))
        .collect();
    told.sort_by_key(|(version, _)| *version);
    assert_eq!(
        told,
        [
            (Some(1), json!("dev.fairlead.consent.granted.v1")),
            (Some(2), json!("dev.fairlead.consent.withdrawn.v1"))
        ]
    );
    assert_eq!(row(&world, JANE, "profile").unwrap()["version"], 3);
}

#[test]
fn deciding_the_same_again_writes_nothing() {
    let world = world(1);
    let first = send(&world, &consent("account-notices", GRANTED));
    let rows = world.rows("profiles");
    assert_eq!(send(&world, &consent("account-notices", GRANTED)), first);
    assert_eq!(world.rows("profiles"), rows);
}

#[test]
fn a_decision_on_another_text_is_another_decision() {
    let world = world(1);
    send(&world, &consent("account-notices", GRANTED));
    let other = GRANTED.replace("2026-01", "2025-06");
    assert_eq!(
        body(&send(&world, &consent("account-notices", &other)))["version"],
        2
    );
}

#[test]
fn a_consent_is_given_to_one_tenant_for_one_purpose() {
    let world = world(1);
    send(&world, &consent("account-notices", GRANTED));
    let mut other = consent("account-notices", WITHDRAWN);
    claims(&mut other)["fairlead:tenant"] = "airport".into();
    send(&world, &other);
    send(&world, &consent("newsletter", WITHDRAWN));
    assert_eq!(row(&world, JANE, PART).unwrap()["ruling"], "granted");
}

#[rstest]
#[case("Account-Notices")]
#[case("a b")]
#[case("a#b")]
#[case("")]
#[case("../profile")]
fn a_purpose_is_a_name(#[case] purpose: &str) {
    let world = world(1);
    let refused = send(&world, &consent(purpose, GRANTED));
    assert_problem(&refused, 400, "invalid-field", Some("purpose"));
    assert!(world.trace().is_empty());
}

#[rstest]
#[case("")]
#[case("granted")]
#[case(r#"{"decision":"maybe","text_version":"1"}"#)]
#[case(r#"{"decision":"granted","text_version":""}"#)]
#[case(r#"{"decision":"granted","text_version":"a b"}"#)]
#[case(r#"{"decision":"granted","text_version":"1","language":"deutsch_"}"#)]
#[case(r#"{"decision":"granted","text_version":"1","overrides_gpc":"yes"}"#)]
#[case(r#"{"decision":"granted","text_version":"1","more":1}"#)]
#[case(r#"{"decision":"granted","decision":"withdrawn","text_version":"1"}"#)]
fn a_decision_that_can_not_be_read_is_refused(#[case] sent: &str) {
    let world = world(1);
    let refused = send(&world, &consent("account-notices", sent));
    assert_problem(&refused, 400, "malformed-body", None);
    assert!(world.trace().is_empty());
}

#[test]
fn a_token_that_names_no_tenant_decides_nothing() {
    let world = world(1);
    let mut request = consent("account-notices", GRANTED);
    let claims = claims(&mut request).as_object_mut().unwrap();
    claims.remove("fairlead:tenant");
    assert_problem(&send(&world, &request), 403, "no-tenant-in-token", None);
    assert!(world.trace().is_empty());
}

#[test]
fn someone_without_a_profile_decides_nothing() {
    let world = world(1);
    let mut request = consent("account-notices", GRANTED);
    claims(&mut request)["fairlead:profile"] = "prf_03030303030373038303030303030303".into();
    assert_problem(&send(&world, &request), 404, "no-such-profile", None);
    assert!(outbox(&world).is_empty());
}

#[test]
fn two_decisions_at_once_are_both_on_record() {
    for seed in 1..=20 {
        let world = world(seed);
        let (granted, withdrawn) = (
            consent("account-notices", GRANTED),
            consent("account-notices", WITHDRAWN),
        );
        world
            .block_on(async { tokio::join!(answer(&world, &granted), answer(&world, &withdrawn)) });
        assert_eq!(
            row(&world, JANE, PART).unwrap()["version"],
            2,
            "seed {seed}"
        );
        assert_eq!(outbox(&world).len(), 2, "seed {seed}");
    }
}

#[test]
fn a_lost_acknowledgement_makes_one_decision() {
    let world = world(1);
    world
        .faults()
        .once(Fault::LoseAcknowledgement, testkit::Call::is_table_write);
    let answer = send(&world, &consent("account-notices", GRANTED));
    assert_eq!(body(&answer)["version"], 1);
    assert_eq!(outbox(&world).len(), 1);
}

#[test]
fn only_a_purpose_of_the_tenant_can_be_decided_on() {
    let world = world(1);
    let refused = send(&world, &consent("unheard-of", GRANTED));
    assert_problem(&refused, 400, "unknown-purpose", Some("purpose"));
    let mut at_the_airport = consent("newsletter", GRANTED);
    claims(&mut at_the_airport)["fairlead:tenant"] = "airport".into();
    let refused = send(&world, &at_the_airport);
    assert_problem(&refused, 400, "unknown-purpose", Some("purpose"));
    assert!(outbox(&world).is_empty());
}

#[test]
fn only_a_text_that_the_purpose_has_can_be_decided_on() {
    let world = world(1);
    for body in [GRANTED, WITHDRAWN] {
        let unheard_of = body.replace("2026-01", "2027-01");
        let refused = send(&world, &consent("newsletter", &unheard_of));
        assert_problem(&refused, 400, "unknown-text-version", Some("text_version"));
    }
    assert!(outbox(&world).is_empty());
}

#[test]
fn a_grant_names_its_text_and_a_withdrawal_need_not() {
    let world = world(1);
    let refused = send(&world, &consent("newsletter", r#"{"decision":"granted"}"#));
    assert_problem(&refused, 400, "malformed-body", Some("text_version"));
    let older = GRANTED.replace("2026-01", "2025-06");
    send(&world, &consent("newsletter", &older));
    let withdrawn = send(
        &world,
        &consent("newsletter", r#"{"decision":"withdrawn"}"#),
    );
    assert_eq!(body(&withdrawn)["text_version"], "2025-06");
}

#[test]
fn what_was_granted_can_be_withdrawn_though_its_text_is_gone() {
    let world = world(1);
    send(&world, &consent("newsletter", GRANTED));
    crate::define(
        &world,
        "harbour",
        "newsletter",
        &json!({ "text_versions": ["2027-01"] }),
    );
    assert_eq!(
        body(&send(&world, &consent("newsletter", WITHDRAWN)))["decision"],
        "withdrawn"
    );
}

#[rstest]
#[case("customer-service", GRANTED)]
#[case("customer-service", WITHDRAWN)]
#[case("fraud-prevention", GRANTED)]
fn what_does_not_depend_on_the_person_can_not_be_decided_on(
    #[case] purpose: &str,
    #[case] decision: &str,
) {
    let world = world(1);
    let refused = send(&world, &consent(purpose, decision));
    assert_problem(&refused, 409, "not-a-matter-of-consent", None);
    assert!(outbox(&world).is_empty());
}

#[test]
fn legitimate_interests_can_be_objected_to() {
    let world = world(1);
    let objected = send(&world, &consent("fraud-prevention", WITHDRAWN));
    assert_eq!(body(&objected)["decision"], "withdrawn");
    let told = outbox(&world);
    assert_eq!(told[0]["type"], "dev.fairlead.consent.withdrawn.v1");
    assert_eq!(told[0]["data"]["legal_basis"], "legitimate_interests");
}

#[test]
fn a_grant_ends_after_the_days_that_its_purpose_gives_it() {
    let world = world(1);
    let granted = send(
        &world,
        &consent(
            "newsletter",
            &GRANTED.replace('}', r#","language":"de-CH"}"#),
        ),
    );
    assert_eq!(body(&granted)["expires_at"], "2026-01-20T09:00:00Z");
    assert_eq!(body(&granted)["language"], "de-CH");
    let told = &outbox(&world)[0]["data"];
    assert_eq!(told["expires_at"], "2026-01-20T09:00:00Z");
    assert_eq!(told["language"], "de-CH");
}

#[test]
fn granting_again_a_day_later_is_granting_for_longer() {
    let world = world(1);
    send(&world, &consent("newsletter", GRANTED));
    world.advance(std::time::Duration::from_hours(23));
    assert_eq!(
        body(&send(&world, &consent("newsletter", GRANTED)))["version"],
        1
    );
    world.advance(std::time::Duration::from_hours(1));
    let renewed = body(&send(&world, &consent("newsletter", GRANTED)));
    assert_eq!(
        (&renewed["version"], &renewed["expires_at"]),
        (&json!(2), &json!("2026-01-21T09:00:00Z"))
    );
}

#[test]
fn a_profile_that_is_being_closed_takes_no_decision() {
    let world = world(1);
    let mut closed = row(&world, JANE, "profile").unwrap();
    closed["closed"] = "erased".into();
    world.put_row("profiles", closed);
    assert_problem(
        &send(&world, &consent("newsletter", GRANTED)),
        404,
        "no-such-profile",
        None,
    );
    assert!(outbox(&world).is_empty());
}

#[test]
fn a_decision_is_counted_among_the_changes_of_the_profiles_parts() {
    let world = world(1);
    send(&world, &consent("newsletter", GRANTED));
    send(&world, &consent("newsletter", WITHDRAWN));
    let profile = row(&world, JANE, "profile").unwrap();
    assert_eq!(
        (&profile["parts"], &profile["version"]),
        (&json!(2), &json!(3))
    );
}
