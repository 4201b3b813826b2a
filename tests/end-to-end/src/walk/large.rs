//! An event too large to be sent: its data is uploaded, and travels as a claim check.

use anyhow::{Context as _, Result, ensure};
use http::Request;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Outcome, Scene, Steps, Visitor, events};
use crate::aws::JsonService;
use crate::json::text;
use crate::person::fresh_name;
use crate::seed::ORDER_PLACED;
use crate::signature::hex;

/// How much the event says.
const BYTES: usize = 3 * 1024 * 1024;

/// An event whose data is at hand.
struct Large {
    id: String,
    data: Vec<u8>,
}

pub(super) fn flow(
    steps: &mut Steps<'_>,
    scene: &mut Scene,
    visitor: &Visitor,
    machine: &str,
) -> Result<()> {
    let large = steps.take("the partner uploads an event of 3 MB", || {
        upload(scene, visitor, machine)
    })?;
    steps.take("its claim check is good for all of it", || {
        is_redeemed(scene, &large)
    })?;
    steps.take("it gets into the person's timeline", || {
        events::await_entry(scene, visitor, |event| {
            event.get("id") == Some(&json!(large.id))
        })?;
        Ok(((), large.id.clone()))
    })
}

/// The event is announced, its data put where the answer says, and the event taken.
fn upload(scene: &Scene, visitor: &Visitor, machine: &str) -> Outcome<Large> {
    let id = fresh_name("order")?;
    let data = json!({ "order": id, "lines": "ä".repeat(BYTES / 2) });
    let data = serde_json::to_vec(&data)?;
    let announcement = json!({
        "event": {
            "specversion": "1.0",
            "id": id,
            "source": events::SOURCE,
            "type": ORDER_PLACED,
            "subject": visitor.profile_id,
        },
        "bytes": data.len(),
        "sha256": hex(&Sha256::digest(&data)),
    });
    let announced = post(scene, machine, "/v1/uploads", &announcement, 201)?;
    put(scene, &announced, &data)?;
    let path = format!("/v1/uploads/{}/complete", text(&announced, "/upload_id")?);
    let told = post(scene, machine, &path, &announcement, 202)?;
    let status = text(&told, "/events/0/status")?;
    ensure!(status == "accepted", "the event is {status}");
    let result = format!("{} bytes by a link, {status}", data.len());
    Ok((Large { id, data }, result))
}

fn post(scene: &Scene, machine: &str, path: &str, body: &Value, status: u16) -> Result<Value> {
    let headers = [("content-type", "application/json")];
    let body = serde_json::to_vec(body)?;
    let api = &scene.fairlead.api;
    let answer = api.send("POST", path, Some(machine), &headers, body)?;
    answer.expect(status)?.json()
}

/// Sends the data as the link wants it.
fn put(scene: &Scene, announced: &Value, data: &[u8]) -> Result<()> {
    let mut request = Request::put(text(announced, "/put/url")?);
    let headers = announced.pointer("/put/headers").and_then(Value::as_object);
    for (name, value) in headers.context("a link has headers")? {
        let value = value.as_str().context("a header is a text")?;
        request = request.header(name, value);
    }
    let request = request.body(data.to_vec())?;
    scene.fairlead.http.send(request)?.expect(200).map(drop)
}

/// By what the bus is told, whoever may read events finds all that the event says.
fn is_redeemed(scene: &mut Scene, large: &Large) -> Outcome<()> {
    let event = events::is_told(scene, &large.id)?;
    let reference = text(&event, "/dataref")?;
    let key = reference.strip_prefix(events::REFERENCE);
    let aws = &scene.fairlead.aws;
    let request = json!({
        "TableName": scene.fairlead.stack.output("EventsTable")?,
        "Key": { "event": { "S": key.context("it refers to an event")? } },
    });
    let row = aws.call(JsonService::DynamoDb, "GetItem", &request)?;
    let bucket = text(&row, "/Item/body_bucket/S")?;
    let object = text(&row, "/Item/body_key/S")?;
    let found = aws.get_object(&format!("{bucket}/{object}"))?.expect(200)?;
    ensure!(found.body == large.data, "the object holds something else");
    let announced = event.to_string().len();
    Ok((
        (),
        format!(
            "{announced} bytes on the bus lead to {} in the bucket",
            found.body.len()
        ),
    ))
}
