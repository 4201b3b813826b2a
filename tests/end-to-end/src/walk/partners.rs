//! A visitor whom nobody knows yet, and what a partner reads of them once they are known.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Outcome, Scene, Visitor, decide_on};
use crate::http::Answer;
use crate::json::text;
use crate::person::fresh_name;
use crate::seed::{AGREEMENT, PARTNER, TENANT};
use crate::token::{claims, text as claim};

/// What the partner's agreement covers, and needs the person's consent.
pub(super) const PURPOSE: &str = "newsletter";

/// Why the partner asks, as the person finds it in their receipts.
const REASON: &str = "edition 7";

/// The partner's machine gets a token that says whose it is.
pub(super) fn token(scene: &Scene) -> Outcome<String> {
    let token = scene.fairlead.partner_token(&scene.world)?;
    let claims = claims(&token)?;
    for (name, expected) in [
        ("fairlead:tenant", TENANT),
        ("fairlead:partner", PARTNER),
        ("fairlead:agreement", AGREEMENT),
    ] {
        let found = claim(&claims, name)?;
        ensure!(found == expected, "{name} is {found} instead of {expected}");
    }
    Ok((
        token,
        format!("for tenant {TENANT}, partner {PARTNER}, agreement {AGREEMENT}"),
    ))
}

/// The machine is kept out of a person's own page.
pub(super) fn is_kept_out(scene: &Scene, token: &str) -> Outcome<()> {
    let answer = scene.fairlead.api.me(token)?;
    ensure!(
        matches!(answer.status, 401 | 403),
        "status {} instead of 401 or 403",
        answer.status
    );
    Ok(((), format!("status {}", answer.status)))
}

/// The partner's shop sees a device for the first time.
pub(super) fn visit(scene: &Scene, machine: &str) -> Outcome<String> {
    let device = fresh_name("device-of-a-visitor")?;
    let said = json!({ "anonymous_id": device, "traits": { "locale": "en-GB" } });
    let headers = [("content-type", "application/json")];
    let body = serde_json::to_vec(&said)?;
    let api = &scene.fairlead.api;
    api.send("POST", "/v1/identify", Some(machine), &headers, body)?
        .expect(204)?;
    Ok((device.clone(), format!("on {device}")))
}

/// The person's browser says which device it is.
pub(super) fn join(scene: &Scene, visitor: &Visitor, device: &str) -> Outcome<()> {
    let body = serde_json::to_vec(&json!({ "anonymous_id": device }))?;
    let headers = [("content-type", "application/json")];
    let token = Some(visitor.access_token.as_str());
    let api = &scene.fairlead.api;
    let answer = api.send("POST", "/v1/identify", token, &headers, body)?;
    let joined = answer.expect(200)?.json()?;
    let profile_id = text(&joined, "/profile_id")?;
    ensure!(
        profile_id < visitor.profile_id.as_str(),
        "the visit's profile is older, and {profile_id} is not"
    );
    let me = api.me(&visitor.access_token)?.expect(200)?.json()?;
    ensure!(
        text(&me, "/profile_id")? == profile_id && text(&me, "/locale")? == "en-GB",
        "what was known of the visitor is not theirs: {me}"
    );
    Ok(((), format!("{} leads to {profile_id}", visitor.profile_id)))
}

/// The person agrees, and the partner reads.
pub(super) fn read(scene: &Scene, visitor: &Visitor, machine: &str) -> Outcome<()> {
    decide_on(scene, visitor, PURPOSE, "granted")?;
    let read = ask(scene, visitor, machine)?.expect(200)?.json()?;
    let name = text(&read, "/data/given_name")?;
    ensure!(
        name == visitor.person.given_name && read.pointer("/data/birthdate").is_none(),
        "the partner reads something else: {read}"
    );
    Ok(((), format!("receipt {}", text(&read, "/receipt_id")?)))
}

/// The person withdraws, and the partner is refused.
pub(super) fn is_refused(scene: &Scene, visitor: &Visitor, machine: &str) -> Outcome<()> {
    decide_on(scene, visitor, PURPOSE, "withdrawn")?;
    let refusal = ask(scene, visitor, machine)?.expect(403)?.json()?;
    let reason = text(&refusal, "/reason")?;
    ensure!(reason == "consent-withdrawn", "refused for {reason}");
    Ok(((), format!("403 {reason}")))
}

/// The person sees both in their receipts, the latest first.
pub(super) fn is_told(scene: &Scene, visitor: &Visitor) -> Outcome<()> {
    let token = Some(visitor.access_token.as_str());
    let api = &scene.fairlead.api;
    let answer = api.send("GET", "/v1/me/receipts", token, &[], Vec::new())?;
    let receipts = answer.expect(200)?.json()?;
    let receipts = receipts.get("receipts").and_then(Value::as_array);
    let receipts = receipts.context("receipts are a list")?;
    let outcomes: Vec<&str> = receipts
        .iter()
        .filter(|receipt| {
            receipt.get("partner") == Some(&PARTNER.into())
                && receipt.get("reason") == Some(&REASON.into())
        })
        .map(|receipt| text(receipt, "/outcome"))
        .collect::<Result<_>>()?;
    ensure!(
        outcomes == ["refused", "allowed"],
        "the receipts say {outcomes:?}"
    );
    Ok(((), format!("{}, by {PARTNER}", outcomes.join(" and "))))
}

/// What the machine is answered when it reads the person by the id of their login.
pub(super) fn ask(scene: &Scene, visitor: &Visitor, machine: &str) -> Result<Answer> {
    let path = format!("/v1/profiles/{}", visitor.profile_id);
    let headers = [("fairlead-purpose", PURPOSE), ("fairlead-reason", REASON)];
    let api = &scene.fairlead.api;
    api.send("GET", &path, Some(machine), &headers, Vec::new())
}
