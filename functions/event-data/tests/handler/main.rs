//! The handler on a simulated AWS: who is led to an event's data, and that everybody else is told no more
//! than of an event that is not there.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use bytes::Bytes;
use cloudevent::{Incoming, Limits};
use event_data::{App, handle};
use http::{Request, Response};
use intake::{EventItem, Upload};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Call, Fault, World, engine::EVENTS_BUCKET, tokens::Token};

const JANE: &str = "prf_01010101010171018101010101010101";
const ERASED: &str = "prf_06060606060676068606060606060606";
const NOBODY: &str = "prf_0f0f0f0f0f0f7f0f8f0f0f0f0f0f0f0f";
const ROUTE: &str = "GET /v1/events/{event}/data";
const SCANS: &str = "com.example.scan.made.v1";

/// The data of every scan, and its SHA-256.
const DATA: &str = "{}";
const SHA256: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// A world in which Jane agreed to the newsletter of the harbour, for which the chandlery may have events.
fn world() -> World {
    let world = World::new(1);
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "purpose#newsletter",
            "display_name": "newsletter",
            "legal_basis": "consent",
            "text_versions": ["2026-01"],
        }),
    );
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
    agree(&world, &["names", "events"]);
    world.put_row(
        "profiles",
        json!({
            "profile_id": JANE, "part": "profile", "version": 3, "fields": {},
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    world.put_row(
        "profiles",
        json!({ "profile_id": ERASED, "part": "profile", "closed": "erased" }),
    );
    decide(&world, "granted");
    world
}

fn agree(world: &World, groups: &[&str]) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "agreement#letters",
            "partner": "chandlery",
            "terms": { "newsletter": groups },
        }),
    );
}

/// What Jane said about the newsletter.
fn decide(world: &World, ruling: &str) {
    world.put_row(
        "profiles",
        json!({
            "profile_id": JANE,
            "part": "consent#harbour#newsletter",
            "tenant": "harbour",
            "purpose": "newsletter",
            "ruling": ruling,
            "text_version": "2026-01",
            "surface": "self-service",
            "decided_at": "2025-07-01T00:00:00Z",
            "version": 1,
        }),
    );
}

/// The CRM uploaded a scan to `tenant` about `subject`; how it is named.
fn scan(world: &World, tenant: &str, subject: &str) -> String {
    let announced = json!({
        "event": {
            "specversion": "1.0", "id": "canary", "source": "/scanners/3", "type": SCANS,
            "time": "2026-01-15T08:59:00Z", "subject": subject,
        },
        "bytes": DATA.len(),
        "sha256": SHA256,
    });
    let now = world.clock().now();
    let upload = Upload::read(announced.to_string().as_bytes(), &Limits::at(now)).unwrap();
    let whose = (&tenant.parse().unwrap(), &"crm".parse().unwrap());
    let item = EventItem::uploaded(&upload, whose, "request-1", EVENTS_BUCKET, now);
    let key = item.body_key.clone().unwrap();
    world
        .engines()
        .put_object(EVENTS_BUCKET, &key, "application/json", DATA);
    put(world, item)
}

fn put(world: &World, item: EventItem) -> String {
    let digest = item.event.digest().to_owned();
    world.put_row("events", serde_json::to_value(item).unwrap());
    digest
}

/// What the chandlery asks for, with the scope that reading takes.
fn request(world: &World, event: &str) -> Value {
    let now = world.clock().now();
    let token = Token::machine(now, "harbour", "chandlery", "letters");
    json!({
        "routeKey": ROUTE,
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "fairlead-purpose": "newsletter",
        },
        "pathParameters": { "event": event },
        "requestContext": { "requestId": "request-2" },
    })
}

fn send(world: &World, request: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(&app, &event, invocation)).unwrap();
    serde_json::to_value(answer).unwrap()
}

fn ask(world: &World, event: &str) -> Value {
    send(world, &request(world, event))
}

/// The status, the name of the problem, and what else is told.
fn told(answer: &Value) -> (u64, String, Value) {
    let mut body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let members = body.as_object_mut().unwrap();
    // Each answer has a receipt of its own.
    members.remove("receipt_id");
    let kind = members["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name, body)
}

/// What somebody who has the link gets.
fn follow(world: &World, answer: &Value) -> Response<Bytes> {
    let link = answer["headers"]["location"].as_str().unwrap();
    let request = Request::get(link).body(Bytes::new()).unwrap();
    world.engines().call(&request)
}

#[test]
fn who_may_have_the_event_is_led_to_its_data_for_five_minutes_with_a_receipt() {
    let world = world();
    let event = scan(&world, "harbour", JANE);
    let answer = ask(&world, &event);
    assert_eq!(answer["statusCode"], 307, "{answer}");
    assert_eq!(answer["headers"]["cache-control"], "no-store");
    assert_eq!(answer.get("body"), None);
    let data = follow(&world, &answer);
    assert_eq!(
        (data.status().as_u16(), &data.body()[..]),
        (200, b"{}".as_slice())
    );
    let receipts = world.rows("receipts");
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["profile_id"], JANE);
    assert_eq!(receipts[0]["allowed"], json!(["events"]));
    assert_eq!(
        receipts[0]["receipt_id"],
        answer["headers"]["fairlead-receipt"]
    );
    world.advance(Duration::from_mins(5));
    assert_eq!(follow(&world, &answer).status(), 403);
    assert_eq!(follow(&world, &ask(&world, &event)).status(), 200);
}

#[test]
fn consent_and_agreement_are_those_of_the_moment() {
    let world = world();
    let event = scan(&world, "harbour", JANE);
    decide(&world, "withdrawn");
    let (status, problem, body) = told(&ask(&world, &event));
    assert_eq!((status, problem.as_str()), (403, "not-permitted"));
    assert_eq!(body["reason"], "consent-withdrawn");
    decide(&world, "granted");
    world.advance(Duration::from_mins(2));
    agree(&world, &["names"]);
    let (status, problem, body) = told(&ask(&world, &event));
    assert_eq!((status, problem.as_str()), (403, "not-permitted"));
    assert_eq!(body["reason"], "group-not-in-agreement");
    assert_eq!(world.rows("receipts").len(), 2);
}

#[test]
fn an_event_that_the_partner_may_not_know_of_is_answered_as_one_that_is_not_there() {
    let world = world();
    let not_there = told(&ask(&world, &"x".repeat(43)));
    assert_eq!((not_there.0, not_there.1.as_str()), (404, "no-such-person"));
    let of_another_tenant = scan(&world, "airport", JANE);
    assert_eq!(told(&ask(&world, &of_another_tenant)), not_there);
    let strangers = scan(&world, "harbour", NOBODY);
    assert_eq!(told(&ask(&world, &strangers)), not_there);
    let erased = scan(&world, "harbour", ERASED);
    assert_eq!(told(&ask(&world, &erased)), not_there);
    // Each is on record.
    assert_eq!(world.rows("receipts").len(), 4);
}

#[test]
fn what_has_its_data_in_itself_or_no_data_any_more_is_not_there() {
    let world = world();
    let not_there = told(&ask(&world, &"x".repeat(43)));
    let json = json!({
        "specversion": "1.0", "id": "canary", "source": "/shops/17", "type": SCANS,
        "time": "2026-01-15T08:59:00Z", "subject": JANE, "data": {},
    });
    let event = Incoming::from_json(&json.to_string()).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = world.clock().now();
    let (item, _) = EventItem::new(&event, whose, "request-1", EVENTS_BUCKET, now);
    let small = put(&world, item);
    assert_eq!(told(&ask(&world, &small)), not_there);
    let scanned = scan(&world, "harbour", JANE);
    let mut rows = world.rows("events").into_iter();
    let row = rows.find(|row| row["event"].as_str().unwrap().ends_with(&scanned));
    let mut row = row.unwrap();
    for name in ["envelope", "body_bucket", "body_key", "body_bytes"] {
        row.as_object_mut().unwrap().remove(name);
    }
    world.put_row("events", row);
    assert_eq!(told(&ask(&world, &scanned)), not_there);
}

#[test]
fn what_is_asked_wrongly_is_refused_with_what_is_wrong() {
    let world = world();
    let event = scan(&world, "harbour", JANE);
    for malformed in ["", "canary", "rejected", &event[1..]] {
        let (status, problem, body) = told(&ask(&world, malformed));
        assert_eq!((status, problem.as_str()), (400, "invalid-field"));
        assert_eq!(body["field"], "event");
    }
    let mut aimless = request(&world, &event);
    aimless["headers"]
        .as_object_mut()
        .unwrap()
        .remove("fairlead-purpose");
    let (status, problem, _) = told(&send(&world, &aimless));
    assert_eq!((status, problem.as_str()), (400, "purpose-needed"));
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let mut unscoped = request(&world, &event);
    unscoped["headers"]["authorization"] = token.bearer().into();
    let (status, problem, _) = told(&send(&world, &unscoped));
    assert_eq!((status, problem.as_str()), (403, "scope-missing"));
    let mut elsewhere = request(&world, &event);
    elsewhere["routeKey"] = "GET /v1/events/{event}".into();
    let (status, problem, _) = told(&send(&world, &elsewhere));
    assert_eq!((status, problem.as_str()), (404, "no-such-route"));
}

#[test]
fn without_a_receipt_there_is_no_link() {
    let world = world();
    let event = scan(&world, "harbour", JANE);
    for table in ["events", "profiles", "receipts"] {
        let is_lost = move |call: &Call| call.subject().contains(table);
        world.faults().always(Fault::Unavailable, is_lost);
        let answer = ask(&world, &event);
        let (status, problem, _) = told(&answer);
        assert_eq!((status, problem.as_str()), (503, "unavailable"), "{table}");
        assert_eq!(answer["headers"].get("location"), None);
        world.faults().heal();
    }
}
