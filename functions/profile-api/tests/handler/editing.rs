use rstest::rstest;
use serde_json::{Value, json};
use testkit::Fault;

use crate::{JANE, answer, assert_problem, body, outbox, patch, row, send, world};

#[test]
fn a_change_makes_the_next_version_and_tells_which_fields() {
    let world = world(1);
    let changed = send(
        &world,
        &patch(
            r#"{"given_name":" Zoë ","locale":null,"birthdate":"1990-12-31","country":"ch"}"#,
            "\"3\"",
        ),
    );
    assert_eq!(changed["statusCode"], 200);
    assert_eq!(changed["headers"]["etag"], "\"4\"");
    let profile = body(&changed);
    assert_eq!(profile["given_name"], "Zoë");
    assert_eq!(profile["birthdate"], "1990-12-31");
    assert_eq!(profile["country"], "CH");
    assert!(profile.get("locale").is_none());
    assert_eq!(profile["email"], "jane@example.com");
    assert_eq!(row(&world, JANE, "profile").unwrap()["version"], 4);
    let events = outbox(&world);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "dev.fairlead.profile.updated.v1");
    assert_eq!(events[0]["correlationid"], "request-1");
    assert_eq!(
        events[0]["data"],
        json!({
            "profile_id": JANE,
            "version": 4,
            "tenant_id": "harbour",
            "changed": ["birthdate", "country", "given_name", "locale"],
        })
    );
}

#[rstest]
#[case("{}")]
#[case(r#"{"given_name":"Jane"}"#)]
#[case(r#"{"given_name":" Jane ","display_name":null}"#)]
fn a_patch_that_changes_nothing_writes_nothing(#[case] nothing: &str) {
    let world = world(1);
    let rows = world.rows("profiles");
    let answer = send(&world, &patch(nothing, "\"3\""));
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["headers"]["etag"], "\"3\"");
    assert_eq!(world.rows("profiles"), rows);
    assert!(world.trace().iter().all(|call| !call.call.is_table_write()));
}

#[rstest]
#[case("\"2\"")]
#[case("\"4\"")]
#[case("3")]
#[case("W/\"3\"")]
#[case("\"+3\"")]
#[case("\"03\"")]
#[case("\"3\", \"4\"")]
#[case("*")]
#[case("")]
fn a_version_that_is_not_the_profiles_is_stale(#[case] tag: &str) {
    let world = world(1);
    let answer = send(&world, &patch(r#"{"given_name":"Zoe"}"#, tag));
    assert_problem(&answer, 412, "stale-version", None);
    assert!(outbox(&world).is_empty());
}

#[test]
fn a_change_names_the_version_it_is_made_on() {
    let world = world(1);
    let mut request = patch(r#"{"given_name":"Zoe"}"#, "");
    request["headers"]
        .as_object_mut()
        .unwrap()
        .remove("if-match");
    assert_problem(&send(&world, &request), 428, "version-needed", None);
}

#[test]
fn of_two_changes_at_once_one_is_told_that_it_is_stale() {
    for seed in 1..=20 {
        let world = world(seed);
        let mut first = patch(r#"{"given_name":"One"}"#, "\"3\"");
        first["requestContext"]["requestId"] = "request-2".into();
        let second = patch(r#"{"family_name":"Two"}"#, "\"3\"");
        let (first, second) =
            world.block_on(async { tokio::join!(answer(&world, &first), answer(&world, &second)) });
        let mut statuses = [&first["statusCode"], &second["statusCode"]].map(Value::as_u64);
        statuses.sort_unstable();
        assert_eq!(statuses, [Some(200), Some(412)], "seed {seed}");
        let profile = row(&world, JANE, "profile").unwrap();
        assert_eq!(profile["version"], 4, "seed {seed}");
        assert_ne!(
            profile["fields"]["given_name"]["value"] == "One",
            profile["fields"].get("family_name").is_some(),
            "seed {seed}"
        );
        assert_eq!(outbox(&world).len(), 1, "seed {seed}");
    }
}

#[test]
fn a_lost_acknowledgement_makes_one_version_and_one_event() {
    let world = world(1);
    world
        .faults()
        .once(Fault::LoseAcknowledgement, testkit::Call::is_table_write);
    let answer = send(&world, &patch(r#"{"given_name":"Zoe"}"#, "\"3\""));
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["headers"]["etag"], "\"4\"");
    let writes = world.trace();
    assert_eq!(
        writes
            .iter()
            .filter(|call| call.call.is_table_write())
            .count(),
        2
    );
    assert_eq!(row(&world, JANE, "profile").unwrap()["version"], 4);
    assert_eq!(outbox(&world).len(), 1);
}

#[test]
fn the_same_request_delivered_again_is_answered_the_same() {
    let world = world(1);
    let request = patch(r#"{"given_name":"Zoe"}"#, "\"3\"");
    let first = send(&world, &request);
    assert_eq!(send(&world, &request), first);
    assert_eq!(outbox(&world).len(), 1);
}

#[test]
fn another_writer_at_the_same_rows_is_waited_for() {
    let world = world(1);
    world.faults().once(Fault::Conflict, |_| true);
    let answer = send(&world, &patch(r#"{"given_name":"Zoe"}"#, "\"3\""));
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(outbox(&world).len(), 1);
}
