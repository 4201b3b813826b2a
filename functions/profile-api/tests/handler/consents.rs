use rstest::rstest;
use serde_json::json;
use testkit::Fault;

use crate::{JANE, answer, assert_problem, body, claims, consent, outbox, row, send, world};

const PART: &str = "consent#harbour#account-notices";
const GRANTED: &str = r#"{"decision":"granted","text_version":"2026-01"}"#;
const WITHDRAWN: &str = r#"{"decision":"withdrawn","text_version":"2026-01"}"#;

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
    let newer = GRANTED.replace("2026-01", "2026-02");
    assert_eq!(
        body(&send(&world, &consent("account-notices", &newer)))["version"],
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
#[case(r#"{"decision":"granted"}"#)]
#[case(r#"{"decision":"maybe","text_version":"1"}"#)]
#[case(r#"{"decision":"granted","text_version":""}"#)]
#[case(r#"{"decision":"granted","text_version":"a b"}"#)]
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
