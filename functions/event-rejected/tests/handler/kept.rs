//! What is kept of each kind of refused event, and how it is taken again.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use cloudevent::Limits;
use http::Request;
use intake::{Came, RejectedItem, Surface, Upload, problems};
use lambda_kit::{
    aws::CallBudget,
    objects::{Announced, UploadLinker},
};
use serde_json::{Value, json};
use testkit::World;

use crate::{
    KIND, READ, RESUBMIT, body, by_operator, item, keep, order, problem, refuse, refuse_as,
    refuse_by, send, world,
};

#[test]
fn an_event_in_binary_mode_is_shown_and_taken_with_its_headers() {
    let world = world();
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/shops/17"),
        ("ce-type", KIND),
        ("content-type", "application/json"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let came = Came {
        surface: Surface::Events,
        call: None,
        event_id: Some("1".to_owned()),
        subject: None,
        headers: BTreeMap::from(headers),
        raw: br#"{ "order": "4711" }"#,
    };
    let id = refuse_as(&world, "chandlery", &came);
    let one = body(&send(&world, READ, &id, None));
    assert_eq!(one["headers"]["ce-type"], KIND);
    assert_eq!(one["raw"], r#"{ "order": "4711" }"#);
    let seen = by_operator(&world, "chandlery", READ, &id, None);
    assert_eq!(body(&seen).get("headers"), None);
    assert_eq!(send(&world, RESUBMIT, &id, None)["statusCode"], 204);
    assert_eq!(world.rows("events")[0]["id"], "1");
}

#[test]
fn what_no_row_holds_is_fetched_by_a_link_and_taken_as_it_came() {
    let world = world();
    let large = order(&json!({ "order": "4711", "note": "x".repeat(600 * 1024) })).to_string();
    let id = refuse(&world, "chandlery", large.as_bytes());
    let row = &world.rows("quarantine")[0];
    assert!(row.get("raw").is_none() && row.get("raw_base64").is_none());
    let one = body(&send(&world, READ, &id, None));
    let link = Request::get(one["raw_url"].as_str().unwrap());
    let fetched = world.engines().call(&link.body(Bytes::new()).unwrap());
    assert_eq!(fetched.body(), large.as_bytes());
    let seen = by_operator(&world, "chandlery", READ, &id, None);
    assert_eq!(body(&seen).get("raw_url"), None);
    let taken = by_operator(&world, "chandlery", RESUBMIT, &id, None);
    assert_eq!(taken["statusCode"], 204);
    assert_eq!(world.rows("events").len(), 1);
}

#[test]
fn what_is_kept_no_more_has_to_be_sent() {
    let world = world();
    let id = refuse(&world, "chandlery", b"{}");
    let mut row = world.rows("quarantine")[0].clone();
    row.as_object_mut().unwrap().remove("raw");
    row["raw_key"] = "rejected/harbour/chandlery/gone/1".into();
    world.put_row("quarantine", row);
    let answer = send(&world, RESUBMIT, &id, None);
    assert_eq!(problem(&answer), (409, "event-not-kept".to_owned()));
}

#[test]
fn what_is_refused_again_is_kept_for_as_long_again_and_says_why_it_is_refused_now() {
    let world = world();
    let first = refuse(&world, "chandlery", b"{}");
    let before = world.rows("quarantine")[0].clone();
    world.advance(Duration::from_mins(1));
    refuse(&world, "chandlery", b"{}");
    assert_eq!(world.rows("quarantine"), std::slice::from_ref(&before));
    world.advance(Duration::from_hours(6 * 24));
    refuse(&world, "chandlery", b"{}");
    let again = world.rows("quarantine")[0].clone();
    assert_eq!(again["rejected_id"], first.as_str());
    assert_eq!(again["received_at"], before["received_at"]);
    let ends = |row: &Value| row["expires_at"].as_i64().unwrap();
    assert!(ends(&again) - ends(&before) >= 6 * 24 * 60 * 60, "{again}");
    // DynamoDB takes days to remove what has run out.
    let mut gone = again.clone();
    gone["expires_at"] = (world.clock().now().as_second() - 1).into();
    gone["state"] = "resubmitted".into();
    world.put_row("quarantine", gone);
    refuse(&world, "chandlery", b"{}");
    let anew = &world.rows("quarantine")[0];
    assert_eq!(anew["state"], "waiting");
    assert_ne!(anew["received_at"], before["received_at"]);
}

#[test]
fn a_message_of_an_sdk_is_taken_again_as_one() {
    let world = world();
    let raw = br#"{"type":"track","messageId":"1","userId":"C-17"}"#;
    let id = refuse_by(&world, Surface::Segment, "chandlery", raw);
    let one = body(&send(&world, READ, &id, None));
    assert_eq!(one["rejected"]["surface"], "segment");
    let answer = send(&world, RESUBMIT, &id, None);
    assert_eq!(problem(&answer), (400, "invalid-event".to_owned()));
    let corrected = json!({
        "type": "track", "messageId": "1", "userId": "C-17", "event": "Order placed",
    });
    world.advance(Duration::from_secs(90));
    for _ in 0..2 {
        let taken = send(&world, RESUBMIT, &id, Some(&corrected));
        assert_eq!(taken["statusCode"], 204, "{taken}");
    }
    let rows = world.rows("events");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["type"], "dev.fairlead.segment.track.v1");
    assert_eq!(rows[0]["source"], "segment:harbour/chandlery");
    let row = &world.rows("quarantine")[0];
    assert_eq!(row["state"], "resubmitted");
    // It says no time: it is of when it came.
    assert_eq!(rows[0]["time"], row["received_at"]);
}

#[test]
fn a_whole_request_is_shown_and_is_nothing_that_waits_to_be_taken() {
    let world = world();
    let came = Came {
        surface: Surface::Events,
        call: None,
        event_id: None,
        subject: None,
        headers: BTreeMap::from([("content-type".to_owned(), "text/plain".to_owned())]),
        raw: b"[{",
    };
    let whole = item(&world, "chandlery", &came).unreadable();
    keep(&world, &whole, came.raw);
    let id = whole.rejected_id.as_str();
    let one = body(&send(&world, READ, id, None));
    assert_eq!(one["rejected"]["state"], "unreadable");
    assert_eq!(
        (&one["raw"], &one["headers"]["content-type"]),
        (&json!("[{"), &json!("text/plain"))
    );
    let corrected = order(&json!({ "order": "4711" }));
    for sent in [None, Some(&corrected)] {
        let answer = send(&world, RESUBMIT, id, sent);
        assert_eq!(problem(&answer), (409, "sent-elsewhere".to_owned()));
    }
}

/// The data of `upload` is put by the link that the chandlery was given for it.
fn put(world: &World, upload: &Upload, data: &'static str) {
    let linker = UploadLinker::new(&world.sdk_config(&CallBudget::HTTP), "events");
    let (checksum, now) = (upload.checksum(), world.clock().now());
    let announced = Announced {
        content_type: upload.media_type(),
        bytes: upload.bytes(),
        sha256: &checksum,
    };
    let key = upload.key(&"harbour".parse().unwrap(), &"chandlery".parse().unwrap());
    let link = world.block_on(linker.link(&key, announced, now, Duration::from_mins(15)));
    let link = link.unwrap();
    let mut request = Request::put(link.url.expose());
    for (name, value) in &link.headers {
        request = request.header(name, value);
    }
    let answer = world.engines().call(&request.body(data.into()).unwrap());
    assert_eq!(answer.status(), 200);
}

#[test]
fn an_upload_is_taken_again_with_the_data_that_was_put_and_no_other() {
    let world = world();
    let announced = json!({
        "event": { "specversion": "1.0", "id": "1", "source": "/shops/17", "type": KIND },
        "bytes": 17,
        // Of {"order":"4711"} and a line break.
        "sha256": "a4f2e7aeaf21482238c1acee9f45a25bf1ce9f93157121669b15dcc0952e07fc",
    });
    let limits = Limits::at(world.clock().now());
    let upload = Upload::read(announced.to_string().as_bytes(), &limits).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"chandlery".parse().unwrap());
    let now = world.clock().now();
    let row = RejectedItem::uploaded(whose, &upload, &problems::unknown_type(), now);
    keep(&world, &row, upload.announcement().as_bytes());
    let id = row.rejected_id.as_str();
    let one = body(&send(&world, READ, id, None));
    assert_eq!(one["rejected"]["surface"], "uploads");
    assert_eq!(one["raw"], upload.announcement());
    let answer = send(&world, RESUBMIT, id, None);
    assert_eq!(problem(&answer), (409, "not-uploaded".to_owned()));
    put(&world, &upload, "{\"order\":\"4711\"}\n");
    let answer = send(&world, RESUBMIT, id, Some(&announced));
    assert_eq!(problem(&answer), (409, "sent-elsewhere".to_owned()));
    for _ in 0..2 {
        let taken = by_operator(&world, "chandlery", RESUBMIT, id, None);
        assert_eq!(taken["statusCode"], 204, "{taken}");
    }
    let rows = world.rows("events");
    assert_eq!((rows.len(), &rows[0]["body_bytes"]), (1, &json!(17)));
    assert_eq!(world.rows("quarantine")[0]["state"], "resubmitted");
}
