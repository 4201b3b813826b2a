//! What the person does on the partner's pages, told by an SDK that others wrote.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Outcome, Scene, Visitor, events};
use crate::json::text;
use crate::person::fresh_name;
use crate::seed::WRITE_KEY;

/// The type of what is tracked.
const TRACKED: &str = "dev.fairlead.segment.track.v1";

/// The SDK knows the partner's key and where the API is; of the person it knows the device alone.
pub(super) fn tell(scene: &Scene, visitor: &Visitor, device: &str) -> Outcome<()> {
    let filled = fresh_name("Basket filled")?;
    let calls = json!([
        { "name": "page", "with": { "anonymousId": device, "name": "Anchors" } },
        { "name": "track", "with": { "anonymousId": device, "event": filled } },
    ]);
    let failures = send(scene, &calls)?;
    ensure!(failures == json!([]), "the SDK failed: {failures}");
    let entry = events::await_entry(scene, visitor, |event| {
        event.get("type") == Some(&json!(TRACKED)) && event.to_string().contains(&filled)
    })?;
    Ok((
        (),
        format!(
            "by its write key; in the timeline as {}",
            text(&entry, "/id")?
        ),
    ))
}

/// What the SDK took for failures.
fn send(scene: &Scene, calls: &Value) -> Result<Value> {
    let done = scene.clients.sender(&json!({
        "do": "sdk",
        "library": "segment",
        "write_key": WRITE_KEY,
        "url": scene.fairlead.api.url,
        "gzip": false,
        "calls": calls,
    }))?;
    let failures = done.get("failures").cloned();
    failures.context("it tells of failures")
}
