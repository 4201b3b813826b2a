//! Two devices of one person on one dataset, over the real protocols.

use anyhow::{Context as _, Result};
use fairlead_end_to_end::http::Answer;
use serde_json::{Value, json};

use crate::visitor::Visitor;

const SETTINGS: &str = "/v1/me/datasets/settings";

fn pull(device: &Visitor, since: u64) -> Result<Value> {
    let path = format!("{SETTINGS}?since={since}");
    let token = Some(device.tokens.access.as_str());
    let answer = device
        .fairlead
        .api
        .send("GET", &path, token, &[], Vec::new())?;
    answer.expect(200)?.json()
}

fn push(device: &Visitor, key: &str, value: Option<&str>, version: u64) -> Result<Answer> {
    let body = json!({ "device": "phone", "changes": [{ "key": key, "value": value, "version": version }] });
    device.fairlead.api.send(
        "PATCH",
        SETTINGS,
        Some(&device.tokens.access),
        &[("content-type", "application/json")],
        serde_json::to_vec(&body)?,
    )
}

fn version(answer: &Value) -> Result<u64> {
    answer
        .get("version")
        .and_then(Value::as_u64)
        .context("an answer has a version")
}

/// The first record of a pull, or of a conflict.
fn first(answer: &Value, list: &str) -> Option<(String, Option<String>)> {
    let record = answer.get(list)?.get(0)?;
    let text = |name| record.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((text("key")?, text("value")))
}

#[test]
fn what_one_device_pushes_another_pulls_and_the_slower_one_is_told() -> Result<()> {
    let phone = Visitor::new("Dora")?;
    let tablet = phone.on_another_device()?;
    let pushed = push(&phone, "theme", Some("dark"), 0)?
        .expect(200)?
        .json()?;
    let pulled = pull(&tablet, 0)?;
    let dark = Some(("theme".to_owned(), Some("dark".to_owned())));
    assert_eq!(first(&pulled, "records"), dark);
    let seen = version(&pulled)?;
    assert_eq!(seen, version(&pushed)?);

    let changed = push(&tablet, "theme", Some("light"), seen)?
        .expect(200)?
        .json()?;
    let refused = push(&phone, "theme", Some("sepia"), seen)?
        .expect(409)?
        .json()?;
    let light = Some(("theme".to_owned(), Some("light".to_owned())));
    assert_eq!(first(&refused, "conflicts"), light);
    assert_eq!(first(&pull(&phone, seen)?, "records"), light);

    push(&phone, "theme", None, version(&changed)?)?.expect(200)?;
    let removed = Some(("theme".to_owned(), None));
    assert_eq!(
        first(&pull(&tablet, version(&changed)?)?, "records"),
        removed
    );
    Ok(())
}

#[test]
fn a_value_of_a_megabyte_goes_there_and_back() -> Result<()> {
    let device = Visitor::new("Emil")?;
    let value = "x".repeat(1_000_000);
    push(&device, "drawing", Some(&value), 0)?.expect(200)?;
    let drawing = Some(("drawing".to_owned(), Some(value)));
    assert_eq!(first(&pull(&device, 0)?, "records"), drawing);
    Ok(())
}

#[test]
fn a_deleted_dataset_is_gone_for_every_device() -> Result<()> {
    let device = Visitor::new("Fritz")?;
    let pushed = push(&device, "theme", Some("dark"), 0)?
        .expect(200)?
        .json()?;
    let token = Some(device.tokens.access.as_str());
    let send = |method, path| {
        device
            .fairlead
            .api
            .send(method, path, token, &[], Vec::new())
    };
    send("DELETE", SETTINGS)?.expect(204)?;
    let pulled = pull(&device, version(&pushed)?)?;
    assert_eq!(pulled.get("full_sync_needed"), Some(&json!(true)));
    let listed = send("GET", "/v1/me/datasets")?.expect(200)?.json()?;
    assert_eq!(listed, json!({ "datasets": [] }));
    Ok(())
}

#[test]
fn two_people_have_their_own_datasets() -> Result<()> {
    let (greta, hans) = (Visitor::new("Greta")?, Visitor::new("Hans")?);
    push(&greta, "theme", Some("dark"), 0)?.expect(200)?;
    assert_eq!(first(&pull(&hans, 0)?, "records"), None);
    Ok(())
}
