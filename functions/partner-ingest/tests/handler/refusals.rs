//! What is refused: by which problem, and where it is kept for its sender.

use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Call, Fault};

use crate::{BATCH, ONE, order, post, problem, request, send, told, world};

#[test]
fn one_event_that_is_refused_is_answered_by_its_problem() {
    let world = world();
    let mut wrong = order("1");
    wrong["data"] = json!({});
    assert_eq!(
        problem(&post(&world, ONE, &wrong)),
        (400, "schema-violation".to_owned())
    );
    post(&world, ONE, &order("1"));
    wrong["data"] = json!({ "order": "another" });
    assert_eq!(
        problem(&post(&world, ONE, &wrong)),
        (409, "event-id-taken".to_owned())
    );
}

#[test]
fn a_batch_of_which_none_is_kept_is_refused_with_the_problem_of_each() {
    let world = world();
    post(&world, ONE, &order("1"));
    let mut other = order("1");
    other["data"] = json!({ "order": "another" });
    let taken = post(&world, BATCH, &json!([other]));
    assert_eq!(problem(&taken), (409, "event-id-taken".to_owned()));
    assert_eq!(told(&taken), ["event-id-taken"]);
    let refused = post(&world, BATCH, &json!([other, {}]));
    assert_eq!(problem(&refused), (400, "events-refused".to_owned()));
    assert_eq!(told(&refused), ["event-id-taken", "invalid-event"]);
    let nothing = post(&world, BATCH, &json!([]));
    assert_eq!(nothing["statusCode"], 202);
    assert_eq!(told(&nothing), Vec::<String>::new());
}

#[rstest]
#[case("text/plain", "{}", 415, "media-type")]
#[case(BATCH, "{}", 400, "malformed-body")]
#[case(BATCH, "[{]", 400, "malformed-body")]
fn what_can_not_be_read_at_all_is_refused_as_a_whole(
    #[case] content_type: &str,
    #[case] body: &str,
    #[case] status: u64,
    #[case] name: &str,
) {
    let world = world();
    let answer = send(&world, &request(&world, content_type, body));
    assert_eq!(problem(&answer), (status, name.to_owned()));
}

#[test]
fn too_many_events_are_refused_before_any_is_kept() {
    let world = world();
    let batch: Value = (0..=1_000).map(|n| order(&n.to_string())).collect();
    let answer = post(&world, BATCH, &batch);
    assert_eq!(problem(&answer), (413, "too-many-events".to_owned()));
    assert!(world.rows("events").is_empty());
}

#[test]
fn what_is_refused_is_kept_for_its_sender_as_it_came_and_once() {
    let world = world();
    let mut wrong = order("1");
    wrong["data"] = json!({});
    let raw = r#"{ "specversion": "1.0",  "id": "" }"#;
    let body = format!("[{wrong}, {raw}]");
    for _ in 0..2 {
        let answer = send(&world, &request(&world, BATCH, &body));
        assert_eq!(problem(&answer), (400, "events-refused".to_owned()));
    }
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.get("about").is_none()));
    assert!(
        rows.iter()
            .all(|row| row["sender"] == "harbour#chandlery" && row["state"] == "waiting")
    );
    assert!(rows.iter().any(|row| row["raw"] == raw));
    let is_a_problem = |row: &Value| {
        let kind = row["problem"]["type"].as_str().unwrap();
        kind.starts_with("https://fairlead.dev/problems/")
    };
    assert!(rows.iter().all(is_a_problem));
}

#[test]
fn what_can_not_be_kept_for_its_sender_is_to_be_sent_again() {
    let world = world();
    world.faults().always(Fault::Unavailable, |call: &Call| {
        call.is_table_write() && call.subject().contains("quarantine")
    });
    let batch = json!([order("1"), {}]);
    assert_eq!(
        problem(&post(&world, BATCH, &batch)),
        (503, "unavailable".to_owned())
    );
    world.faults().heal();
    assert_eq!(
        told(&post(&world, BATCH, &batch)),
        ["duplicate", "invalid-event"]
    );
}

#[test]
fn whom_a_refused_event_names_is_kept_with_it_so_that_it_goes_with_them() {
    const PERSON: &str = "prf_019bc0e2128070000000000000000001";
    let world = world();
    let mut wrong = order("1");
    wrong["subject"] = PERSON.into();
    wrong["data"] = json!({});
    let broken = format!(r#"{{ "id": "", "subject": "{PERSON}" }}"#);
    let body = format!("[{wrong}, {broken}]");
    send(&world, &request(&world, BATCH, &body));
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row["about"] == PERSON), "{rows:?}");
}
