//! A person leaves for good.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::partners;
use super::{Outcome, Scene, Steps, Visitor};
use crate::json::text;
use crate::wait;

/// The person asks to be erased, and is.
pub(super) fn leave(
    steps: &mut Steps<'_>,
    scene: &Scene,
    visitor: &Visitor,
    machine: &str,
) -> Result<()> {
    let erasure = steps.take("they ask to be erased", || ask(scene, visitor))?;
    steps.take("nobody reads them any more", || {
        is_closed(scene, visitor, machine)
    })?;
    steps.take("their logins and data are removed", || {
        is_removed(scene, visitor, &erasure)
    })?;
    steps.take("the partner acknowledges it", || {
        is_acknowledged(scene, visitor, &erasure, machine)
    })?;
    steps.take("the certificate is issued", || {
        is_certified(scene, visitor, &erasure)
    })
}

/// The person asks to be erased; gives the erasure's id.
fn ask(scene: &Scene, visitor: &Visitor) -> Outcome<String> {
    let token = Some(visitor.access_token.as_str());
    let api = &scene.fairlead.api;
    let answer = api.send("DELETE", "/v1/me", token, &[], Vec::new())?;
    let begun = answer.expect(202)?.json()?;
    let id = text(&begun, "/erasure_id")?.to_owned();
    let result = format!(
        "202 {id}, to be removed at {}",
        text(&begun, "/removal_at")?
    );
    Ok((id, result))
}

/// Neither they nor the partner read them.
fn is_closed(scene: &Scene, visitor: &Visitor, machine: &str) -> Outcome<()> {
    scene.fairlead.api.me(&visitor.access_token)?.expect(404)?;
    let refusal = partners::ask(scene, visitor, machine)?
        .expect(404)?
        .json()?;
    Ok((
        (),
        format!(
            "404 for them, and 404 {} for the partner",
            text(&refusal, "/title")?
        ),
    ))
}

/// What was to be removed is gone, and so is the login.
fn is_removed(scene: &Scene, visitor: &Visitor, erasure: &str) -> Outcome<()> {
    let status = reached(scene, erasure, "/data_removed_at")?;
    ensure!(
        scene.fairlead.sign_in(&visitor.person).is_err(),
        "they can still sign in"
    );
    Ok((
        (),
        format!(
            "at {}; they can't sign in any more",
            text(&status, "/data_removed_at")?
        ),
    ))
}

/// The partner finds it, and says that it has erased what it was given.
fn is_acknowledged(scene: &Scene, visitor: &Visitor, erasure: &str, machine: &str) -> Outcome<()> {
    let api = &scene.fairlead.api;
    let told = wait::until("the partner to be told", wait::PATIENCE, || {
        let answer = api.send("GET", "/v1/erasures", Some(machine), &[], Vec::new())?;
        let open = answer.expect(200)?.json()?;
        let open = open.get("erasures").and_then(Value::as_array).cloned();
        let mut open = open.context("erasures are a list")?.into_iter();
        Ok(open.find(|each| each.get("erasure_id") == Some(&erasure.into())))
    })?;
    // Under the visit's id, too: it read them by that one while the two were one.
    let ids = told.get("profile_ids").and_then(Value::as_array);
    ensure!(
        ids.is_some_and(|ids| ids.iter().any(|id| id == &visitor.profile_id)),
        "the partner is told of somebody else: {told}"
    );
    let path = format!("/v1/erasures/{erasure}/ack");
    api.send("POST", &path, Some(machine), &[], Vec::new())?
        .expect(204)?;
    Ok(((), format!("for {}", visitor.profile_id)))
}

/// The certificate says what was erased, and that the partner acknowledged it.
fn is_certified(scene: &Scene, visitor: &Visitor, erasure: &str) -> Outcome<()> {
    reached(scene, erasure, "/ended_at")?;
    let path = format!("/v1/erasures/{erasure}/certificate");
    let answer = scene
        .fairlead
        .api
        .send("GET", &path, None, &[], Vec::new())?;
    let answer = answer.expect(200)?;
    for marker in [
        &visitor.profile_id,
        &visitor.person.email,
        &visitor.person.family_name,
    ] {
        ensure!(
            !answer.text().contains(marker.as_str()),
            "the certificate tells who it was: {}",
            answer.text()
        );
    }
    let certificate = answer.json()?;
    text(&certificate, "/recipients/0/acknowledged_at")?;
    let count = |name: &str| {
        let count = certificate.pointer(&format!("/erased/{name}"));
        count
            .cloned()
            .with_context(|| format!("{name} are not counted: {certificate}"))
    };
    Ok((
        (),
        format!(
            "{} login, {} identifiers and {} records erased, {} partner acknowledged",
            count("logins")?,
            count("identifiers")?,
            count("records")?,
            text(&certificate, "/recipients/0/partner")?,
        ),
    ))
}

/// How far the erasure is, once it has what `pointer` leads to.
fn reached(scene: &Scene, erasure: &str, pointer: &str) -> Result<Value> {
    let path = format!("/v1/erasures/{erasure}");
    wait::until(&format!("the erasure's {pointer}"), wait::PATIENCE, || {
        let answer = scene
            .fairlead
            .api
            .send("GET", &path, None, &[], Vec::new())?;
        let status = answer.expect(200)?.json()?;
        Ok(status.pointer(pointer).is_some().then_some(status))
    })
}
