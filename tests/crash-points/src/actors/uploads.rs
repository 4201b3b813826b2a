//! A partner's machine that uploads what is too large to be sent.

use std::fmt::Write as _;

use bytes::Bytes;
use http::Request;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::{World, delivery, tokens::Token};

/// The type into which nobody looks.
pub const SCAN: &str = "com.example.scan.made.v1";

/// The tenant takes scans, whatever is in them.
pub fn takes_scans(world: &World) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": format!("event-type#{SCAN}"),
            "schema": json!({ "contentMediaType": "application/pdf" }).to_string(),
            "revision": 1,
            "registered_by": "operator",
        }),
    );
}

/// That an event of `kind` about `subject` has `data`, of the type `media`.
#[must_use]
pub fn announcement(id: &str, (kind, media): (&str, &str), subject: &str, data: &str) -> Value {
    let digest = Sha256::digest(data);
    let sha256 = digest.iter().fold(String::new(), |mut digits, byte| {
        _ = write!(digits, "{byte:02x}");
        digits
    });
    json!({
        "event": {
            "specversion": "1.0",
            "id": id,
            "source": "/scanners/3",
            "type": kind,
            "time": "2026-01-15T08:59:00Z",
            "subject": subject,
            "datacontenttype": media,
        },
        "bytes": data.len(),
        "sha256": sha256,
    })
}

/// The chandlery's machine announces what it wants to upload, until it is answered; the answer's body.
pub async fn announces(world: &World, announced: &Value) -> Value {
    let request = request(world, "POST /v1/uploads", &Value::Null, announced);
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use event_uploads::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    body(&answer.await.expect("the API answers"))
}

/// It puts `data` where it was told to; whether S3 took it.
pub fn puts(world: &World, told: &Value, data: &str) -> bool {
    let url = told.pointer("/put/url").and_then(Value::as_str);
    let mut request = Request::put(url.unwrap_or_default());
    let headers = told.pointer("/put/headers").and_then(Value::as_object);
    for (name, value) in headers.into_iter().flatten() {
        request = request.header(name, value.as_str().unwrap_or_default());
    }
    let request = request.body(Bytes::copy_from_slice(data.as_bytes()));
    let answer = world.engines().call(&request.expect("it is a link"));
    answer.status().is_success()
}

/// It says that it did, until it is answered; the answer's body, in which it makes no difference whether
/// the event was kept by this attempt or by one before it.
pub async fn completes(world: &World, told: &Value, announced: &Value) -> Value {
    let id = told.get("upload_id").cloned().unwrap_or_default();
    let route = "POST /v1/uploads/{upload_id}/complete";
    let request = request(world, route, &json!({ "upload_id": id }), announced);
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use event_uploaded::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let mut body = body(&answer.await.expect("the API answers"));
    let status = body.pointer_mut("/events/0/status");
    if let Some(status) = status.filter(|status| **status == "duplicate") {
        *status = "accepted".into();
    }
    body
}

/// An event gets there: it is announced, uploaded and completed.
pub async fn uploads(world: &World, announced: &Value, data: &str) -> Value {
    let told = announces(world, announced).await;
    puts(world, &told, data);
    completes(world, &told, announced).await
}

/// The chandlery's machine asks for the data of the one event that there is, until it is answered: the
/// status, and where a link leads, without what it is signed with. Its receipt has to be on record.
pub async fn fetches_data(world: &World) -> Value {
    let events = world.rows("events");
    let key = events.first().and_then(|row| row.get("event")?.as_str());
    let (_, event) = key
        .and_then(|key| key.split_once('#'))
        .expect("there is an event");
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": "GET /v1/events/{event}/data",
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "fairlead-purpose": "newsletter",
        },
        "pathParameters": { "event": event },
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use event_data::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let receipt = answer.pointer("/headers/fairlead-receipt");
    let is_on_record = |row: &Value| row.get("receipt_id") == receipt;
    assert!(
        world.rows("receipts").iter().any(is_on_record),
        "an answer left without its receipt"
    );
    let link = answer.pointer("/headers/location").and_then(Value::as_str);
    // The host names the process, and what follows the path is signed anew each time.
    let place = link.and_then(|link| link.split('?').next()?.splitn(4, '/').last());
    json!([answer.get("statusCode"), place])
}

fn request(world: &World, route: &str, path: &Value, body: &Value) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    json!({
        "routeKey": route,
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/json",
        },
        "pathParameters": path,
        "body": body.to_string(),
        "requestContext": { "requestId": "" },
    })
}

fn body(answer: &Value) -> Value {
    let body = answer.get("body").and_then(Value::as_str);
    serde_json::from_str(body.expect("an answer has a body")).expect("an answer is JSON")
}
