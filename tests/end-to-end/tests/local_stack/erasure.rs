use anyhow::{Context as _, Result, ensure};
use fairlead_end_to_end::{kept, token, wait};
use serde_json::{Value, json};

use crate::visitor::{Visitor, running};

/// Sends a body as JSON and gives the answer's status.
fn send(visitor: &Visitor, method: &str, path: &str, body: &Value) -> Result<u16> {
    let headers = [("content-type", "application/json")];
    let token = Some(visitor.tokens.access.as_str());
    let body = serde_json::to_vec(body)?;
    let api = &visitor.fairlead.api;
    Ok(api.send(method, path, token, &headers, body)?.status)
}

/// Asks to be erased; the erasure's id.
fn ask(visitor: &Visitor) -> Result<String> {
    let token = Some(visitor.tokens.access.as_str());
    let api = &visitor.fairlead.api;
    let answer = api.send("DELETE", "/v1/me", token, &[], Vec::new())?;
    let begun = answer.expect(202)?.json()?;
    let id = begun.get("erasure_id").and_then(Value::as_str);
    Ok(id.context("an erasure has an id")?.to_owned())
}

/// How far an erasure is, as soon as it has `name`.
fn reached(visitor: &Visitor, id: &str, name: &str) -> Result<Value> {
    let path = format!("/v1/erasures/{id}");
    wait::until(&format!("the erasure's {name}"), wait::PATIENCE, || {
        let api = &visitor.fairlead.api;
        let answer = api.send("GET", &path, None, &[], Vec::new())?;
        let status = answer.expect(200)?.json()?;
        Ok(status.get(name).is_some().then_some(status))
    })
}

#[test]
fn of_somebody_who_is_erased_nothing_is_left() -> Result<()> {
    let visitor = Visitor::new("canary")?;
    let (_, etag) = visitor.profile()?;
    let marker = visitor.person.family_name.to_lowercase();
    let api = &visitor.fairlead.api;
    let change = json!({ "display_name": format!("Display {marker}") });
    api.change_me(&visitor.tokens.access, &etag, &change)?
        .expect(200)?;
    api.decide(&visitor.tokens.access, "newsletter", "granted")?
        .expect(200)?;
    let pushed = json!({
        "device": format!("device-{marker}"),
        "changes": [{ "key": format!("key-{marker}"), "value": format!("value {marker}"), "version": 0 }],
    });
    let dataset = format!("/v1/me/datasets/set-{marker}");
    ensure!(
        send(&visitor, "PATCH", &dataset, &pushed)? == 200,
        "the push failed"
    );
    let said = json!({ "anonymous_id": format!("device-of-{marker}") });
    ensure!(
        send(&visitor, "POST", "/v1/identify", &said)? == 200,
        "the device was refused"
    );
    let claims = token::claims(&visitor.tokens.access)?;
    let profile = token::text(&claims, "fairlead:profile")?;
    let (running, fairlead) = running()?;
    let machine = fairlead.partner_token(&running.world)?;
    let reason = format!("case of {marker}");
    let asked = [
        ("fairlead-purpose", "newsletter"),
        ("fairlead-reason", &reason),
    ];
    let path = format!("/v1/profiles/{profile}");
    api.send("GET", &path, Some(&machine), &asked, Vec::new())?
        .expect(200)?;
    let held = || -> Result<Vec<String>> {
        let kept = kept::everything(&fairlead)?.into_iter();
        let held = kept.filter(|(_, held)| held.to_lowercase().contains(&marker));
        Ok(held.map(|(place, _)| place).collect())
    };
    ensure!(
        !held()?.is_empty(),
        "the marker is nowhere, so that not finding it proves nothing"
    );

    let id = ask(&visitor)?;
    reached(&visitor, &id, "data_removed_at")?;
    // What comes late changes nothing.
    ensure!(
        send(&visitor, "PATCH", &dataset, &pushed)? == 404,
        "a device was let in"
    );
    ensure!(
        api.me(&visitor.tokens.access)?.status == 404,
        "the token opens something"
    );
    ensure!(
        fairlead.sign_in(&visitor.person).is_err(),
        "they can sign in"
    );
    let ack = format!("/v1/erasures/{id}/ack");
    wait::until("the partner to be told", wait::PATIENCE, || {
        let answer = api.send("POST", &ack, Some(&machine), &[], Vec::new())?;
        Ok((answer.status == 204).then_some(()))
    })?;
    let ended = reached(&visitor, &id, "ended_at")?;
    ensure!(
        ended.get("state") == Some(&json!("erased")),
        "it ended otherwise: {ended}"
    );
    let left = held()?;
    ensure!(left.is_empty(), "{marker} is left in {left:?}");
    Ok(())
}

#[test]
fn who_thinks_better_of_it_is_as_before() -> Result<()> {
    let visitor = Visitor::new("hesitant")?;
    let before = visitor.profile()?;
    let id = ask(&visitor)?;
    ensure!(
        visitor.fairlead.api.me(&visitor.tokens.access)?.status == 404,
        "it is open"
    );
    ensure!(
        send(&visitor, "DELETE", "/v1/me/erasure", &json!({}))? == 204,
        "it stays closed"
    );
    ensure!(visitor.profile()? == before, "the profile is another one");
    let ended = reached(&visitor, &id, "ended_at")?;
    ensure!(
        ended.get("state") == Some(&json!("withdrawn")),
        "it ended otherwise: {ended}"
    );
    Ok(())
}
