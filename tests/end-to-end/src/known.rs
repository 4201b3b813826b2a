//! What there is that callers of the API can name.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::fairlead::Fairlead;
use crate::hosted_login::Tokens;
use crate::person::Person;
use crate::running::Running;
use crate::{token, wait};

/// What the people here consented to, and the partner may ask for.
pub const PURPOSE: &str = "newsletter";

/// Somebody of whom the partner may read, and erasures of others, of which it was told.
#[derive(Clone, Debug)]
pub struct Known {
    /// The id of their profile.
    pub profile_id: String,
    /// Their address.
    pub email: String,
    /// An erasure that came to its end.
    pub ended: String,
    /// One that the partner did not acknowledge yet.
    pub open: String,
}

impl Known {
    /// Makes them.
    pub fn make(fairlead: &Fairlead, running: &Running) -> Result<Self> {
        let machine = fairlead.partner_token(&running.world)?;
        let (person, tokens) = consents(fairlead)?;
        let known = Self {
            profile_id: profile_of(&tokens)?,
            email: person.email,
            ended: leaves(fairlead, &machine)?,
            open: leaves(fairlead, &machine)?,
        };
        for erasure in [&known.ended, &known.open] {
            is_told_to(fairlead, &machine, erasure)?;
        }
        acknowledges(fairlead, &machine, &known.ended)?;
        Ok(known)
    }
}

/// Somebody new, who consents.
fn consents(fairlead: &Fairlead) -> Result<(Person, Tokens)> {
    let person = Person::newcomer("Nora")?;
    fairlead.admit(&person)?;
    let tokens = fairlead.sign_in(&person)?;
    fairlead
        .api
        .decide(&tokens.access, PURPOSE, "granted")?
        .expect(200)?;
    Ok((person, tokens))
}

fn profile_of(tokens: &Tokens) -> Result<String> {
    let claims = token::claims(&tokens.access)?;
    Ok(token::text(&claims, "fairlead:profile")?.to_owned())
}

/// Somebody new of whom the partner reads asks to be erased; the id of the erasure.
fn leaves(fairlead: &Fairlead, machine: &str) -> Result<String> {
    let api = &fairlead.api;
    let (_, tokens) = consents(fairlead)?;
    let path = format!("/v1/profiles/{}", profile_of(&tokens)?);
    let asked = [("fairlead-purpose", PURPOSE)];
    api.send("GET", &path, Some(machine), &asked, Vec::new())?
        .expect(200)?;
    let token = Some(tokens.access.as_str());
    let answer = api.send("DELETE", "/v1/me", token, &[], Vec::new())?;
    let begun = answer.expect(202)?.json()?;
    let id = begun.get("erasure_id").and_then(Value::as_str);
    Ok(id.context("an erasure has an id")?.to_owned())
}

/// Waits until the partner is told of an erasure, which it is once the person is gone.
fn is_told_to(fairlead: &Fairlead, machine: &str, erasure: &str) -> Result<()> {
    wait::until("the partner to be told", wait::PATIENCE * 2, || {
        let api = &fairlead.api;
        let open = api.send("GET", "/v1/erasures", Some(machine), &[], Vec::new())?;
        Ok(open.expect(200)?.text().contains(erasure).then_some(()))
    })
}

/// The partner has erased what it was given, and with that the erasure ends.
fn acknowledges(fairlead: &Fairlead, machine: &str, erasure: &str) -> Result<()> {
    let api = &fairlead.api;
    let path = format!("/v1/erasures/{erasure}");
    let ack = format!("{path}/ack");
    api.send("POST", &ack, Some(machine), &[], Vec::new())?
        .expect(204)?;
    wait::until("the erasure's end", wait::PATIENCE, || {
        let status = api.send("GET", &path, None, &[], Vec::new())?;
        let status = status.expect(200)?.json()?;
        Ok(status.get("ended_at").is_some().then_some(()))
    })
}
