//! A partner that keeps up with those who consented.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::partners::PURPOSE;
use super::{Outcome, Scene, Visitor};
use crate::json::text;
use crate::wait;

/// The partner asks where the feed is now.
pub(super) fn begin(scene: &Scene, machine: &str) -> Outcome<String> {
    let page = get(scene, machine, "/v1/changes")?;
    let place = text(&page, "/next")?.to_owned();
    ensure!(
        of(&page, "changes").next().is_none(),
        "a new reader is told of changes: {page}"
    );
    Ok((place, "before anything else".to_owned()))
}

/// The partner lists who consented, until the person is among them.
pub(super) fn lists(scene: &Scene, visitor: &Visitor, machine: &str) -> Outcome<()> {
    let found = wait::until("the person to be listed", wait::PATIENCE, || {
        let mut path = "/v1/profiles".to_owned();
        loop {
            let page = get(scene, machine, &path)?;
            let mut people = of(&page, "profiles");
            if let Some(found) = people.find(|person| is(person, visitor)) {
                return Ok(Some(found.clone()));
            }
            let Some(next) = page.get("next").and_then(Value::as_str) else {
                return Ok(None);
            };
            path = format!("/v1/profiles?cursor={next}");
        }
    })?;
    let name = text(&found, "/data/given_name")?;
    ensure!(
        name == visitor.person.given_name,
        "they are listed as {name}"
    );
    Ok(((), format!("receipt {}", text(&found, "/receipt_id")?)))
}

/// The partner follows its feed from `place` on, until the person is gone.
pub(super) fn leaves(scene: &Scene, visitor: &Visitor, machine: &str, place: &str) -> Outcome<()> {
    let mut place = place.to_owned();
    let mut told = Vec::new();
    wait::until("the person to be gone", wait::PATIENCE, || {
        let page = get(scene, machine, &format!("/v1/changes?since={place}"))?;
        text(&page, "/next")?.clone_into(&mut place);
        let changes = of(&page, "changes").filter(|change| is(change, visitor));
        for change in changes {
            told.push(text(change, "/change")?.to_owned());
        }
        Ok(told.last().is_some_and(|last| last == "gone").then_some(()))
    })?;
    Ok(((), format!("the feed said {}", told.join(", "))))
}

fn is(told: &Value, visitor: &Visitor) -> bool {
    told.get("profile_id").and_then(Value::as_str) == Some(&visitor.profile_id)
}

fn of<'a>(page: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    page.get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn get(scene: &Scene, machine: &str, path: &str) -> Result<Value> {
    let headers = [("fairlead-purpose", PURPOSE)];
    let api = &scene.fairlead.api;
    api.send("GET", path, Some(machine), &headers, Vec::new())?
        .expect(200)?
        .json()
}
