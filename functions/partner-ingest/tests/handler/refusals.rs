//! What is refused: by which problem, and where it is kept for its sender.

use cloudevent::Incoming;
use intake::{AcceptError, EventStore, Sender, Surface};
use lambda_kit::aws::CallBudget;
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
    for _ in 0..2 {
        let answer = send(&world, &request(&world, content_type, body));
        assert_eq!(problem(&answer), (status, name.to_owned()));
    }
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["state"], "unreadable");
    assert_eq!(rows[0]["raw"], body);
    assert_eq!(rows[0]["headers"]["content-type"], content_type);
    assert!(!rows[0].to_string().contains("Bearer"), "{}", rows[0]);
}

#[test]
fn what_can_not_be_unpacked_is_kept_packed() {
    let world = world();
    let mut request = request(&world, BATCH, "H4sIAAAA");
    request["isBase64Encoded"] = true.into();
    request["headers"]["content-encoding"] = "gzip".into();
    let answer = send(&world, &request);
    assert_eq!(problem(&answer), (400, "malformed-body".to_owned()));
    let rows = world.rows("quarantine");
    assert_eq!(rows[0]["raw_base64"], "H4sIAAAA");
    assert_eq!(rows[0]["headers"]["content-encoding"], "gzip");
}

#[test]
fn an_event_in_binary_mode_is_kept_with_its_headers_and_told_from_others_by_them() {
    let world = world();
    for (id, kind) in [("1", "com.example.unheard-of.v1"), ("2", "a b")] {
        let mut binary = request(&world, "application/json", r#"{ "order": "4711" }"#);
        for (name, value) in [
            ("ce-specversion", "1.0"),
            ("ce-id", id),
            ("ce-source", "/shops/17"),
            ("ce-type", kind),
        ] {
            binary["headers"][name] = value.into();
        }
        assert_eq!(send(&world, &binary)["statusCode"], 400);
    }
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert_eq!(row["headers"]["ce-id"], row["event_id"]);
        assert_eq!(row["headers"]["content-type"], "application/json");
        assert_eq!(row["headers"].as_object().unwrap().len(), 5);
        assert_eq!(row["raw"], r#"{ "order": "4711" }"#);
    }
}

#[test]
fn what_no_row_holds_is_kept_in_the_bucket() {
    let world = world();
    let mut large = order("1");
    large["type"] = "com.example.unheard-of.v1".into();
    large["data"]["note"] = "x".repeat(600 * 1024).into();
    for _ in 0..2 {
        let answer = post(&world, ONE, &large);
        assert_eq!(problem(&answer), (400, "unknown-event-type".to_owned()));
    }
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 1);
    let objects = world.objects("events");
    assert_eq!(objects.len(), 1);
    assert_eq!(rows[0]["raw_key"], objects[0].key.as_str());
    let kept: Value = serde_json::from_slice(&objects[0].body).unwrap();
    assert_eq!(kept["data"], large["data"]);
}

#[test]
fn a_media_type_as_long_as_a_row_is_its_events_fault_and_nobody_elses() {
    let world = world();
    let mut wrong = order("1");
    let media = format!("application/json; x={}", "a".repeat(400_000));
    wrong["datacontenttype"] = media.into();
    let answer = post(&world, BATCH, &json!([wrong, order("2")]));
    assert_eq!(told(&answer), ["invalid-event", "accepted"]);
}

#[test]
fn an_event_that_no_row_holds_is_refused_by_itself() {
    let world = world();
    let mut event = Incoming::from_json(&order("1").to_string()).unwrap();
    event.dataschema = Some(format!("urn:{}", "a".repeat(410_000)));
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let store = EventStore::new(&sdk, "events", "events", world.clock());
    let from = Sender {
        tenant: &"harbour".parse().unwrap(),
        partner: &"chandlery".parse().unwrap(),
        request_id: "request-1",
        gpc: false,
    };
    let refused = world.block_on(store.accept(&event, Surface::Events, from));
    assert!(
        matches!(refused, Err(AcceptError::Unkeepable)),
        "{refused:?}"
    );
}

#[test]
fn another_time_under_the_same_id_makes_another_event() {
    let world = world();
    post(&world, ONE, &order("1"));
    let mut corrected = order("1");
    corrected["time"] = "2026-01-15T08:58:00Z".into();
    let answer = post(&world, ONE, &corrected);
    assert_eq!(problem(&answer), (409, "event-id-taken".to_owned()));
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
