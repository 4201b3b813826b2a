use std::fs;

use anyhow::{Result, ensure};
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::observe::Observer;
use fairlead_end_to_end::person::{Person, fresh_name};
use fairlead_end_to_end::profile_api::etag;
use fairlead_end_to_end::{logs, token, wait};
use serde_json::json;

use crate::visitor::running;

/// Somebody whose every field can be told from all other text.
struct Canary {
    person: Person,
    display_name: String,
}

impl Canary {
    fn new() -> Result<Self> {
        let mut person = Person::newcomer("canary")?;
        person.given_name = fresh_name("canary-given")?;
        person.family_name = fresh_name("canary-family")?;
        Ok(Self {
            person,
            display_name: fresh_name("canary-display")?,
        })
    }

    /// What must not be found, in the forms that it could have been printed in.
    fn markers(&self) -> Vec<String> {
        let Person {
            email,
            phone,
            given_name,
            family_name,
            password,
        } = &self.person;
        let digits = phone.trim_start_matches('+').to_owned();
        let local_part = email.split('@').next().unwrap_or_default().to_owned();
        let texts = [given_name, family_name, password, &self.display_name];
        texts
            .into_iter()
            .cloned()
            .chain([digits, local_part])
            .collect()
    }
}

#[test]
fn nothing_that_a_function_prints_tells_who_a_person_is() -> Result<()> {
    let (_, fairlead) = running()?;
    let canary = Canary::new()?;
    live(&fairlead, &canary)?;
    let printed = printed(&fairlead)?;
    for function in FUNCTIONS {
        let spoke = printed
            .iter()
            .any(|(group, lines)| group.ends_with(function) && !lines.is_empty());
        ensure!(spoke, "{function} printed nothing: where are its logs?");
    }
    let lines = printed
        .iter()
        .flat_map(|(from, lines)| lines.iter().map(move |line| (from, line)));
    for (from, line) in lines {
        for marker in canary.markers() {
            ensure!(!line.contains(&marker), "{from} shows {marker}: {line}");
        }
    }
    Ok(())
}

/// The functions that a canary gets through.
const FUNCTIONS: [&str; 6] = [
    "identity-pre-sign-up",
    "identity-post-confirmation",
    "identity-pre-token-generation",
    "profile-api",
    "profile-stream",
    "notification-dispatch",
];

/// All that the functions printed: to their log groups, and through the local stack's own log.
fn printed(fairlead: &Fairlead) -> Result<Vec<(String, Vec<String>)>> {
    let mut printed = logs::all(&fairlead.aws)?;
    let log = fs::read_to_string(&fairlead.stack.log)?;
    // In these lines the local stack tells whom it has sent a mail or an SMS; on AWS nobody prints them.
    let sent = [" INFO [sns] ", " INFO [ses] "];
    let lines = log
        .lines()
        .filter(|line| !sent.iter().any(|sender| line.contains(sender)));
    printed.push((
        "the local stack's log".to_owned(),
        lines.map(str::to_owned).collect(),
    ));
    Ok(printed)
}

/// Lets the canary go through every function, by the smooth ways and the rough ones.
fn live(fairlead: &Fairlead, canary: &Canary) -> Result<()> {
    let Canary {
        person,
        display_name,
    } = canary;
    let mut bus = Observer::of_bus(
        &fairlead.stack,
        &fairlead.aws,
        &fresh_name("canary-events")?,
    )?;
    fairlead.admit(person)?;
    let access = fairlead.sign_in(person)?.access;
    let profile_id = token::text(&token::claims(&access)?, "fairlead:profile")?.to_owned();
    fairlead
        .api
        .decide(&access, "account-notices", "granted")?
        .expect(200)?;
    let version = etag(&fairlead.api.me(&access)?.expect(200)?)?;
    let change = json!({ "display_name": display_name });
    fairlead
        .api
        .change_me(&access, &version, &change)?
        .expect(200)?;
    fairlead
        .api
        .change_me(&access, &version, &change)?
        .expect(412)?;
    fairlead
        .api
        .change_me(
            &access,
            &version,
            &json!({ display_name.as_str(): display_name }),
        )?
        .expect(400)?;
    fairlead
        .api
        .decide(&access, display_name, display_name)?
        .expect(400)?;

    let updated = "dev.fairlead.profile.updated.v1";
    let message = bus.wait_for("the edit's event", |message| {
        message.event(updated, &profile_id).is_some()
    })?;
    for marker in canary.markers() {
        ensure!(
            !message.body.contains(&marker),
            "the event tells {marker}: {}",
            message.body
        );
    }
    wait::until("the SMS about the edit", wait::PATIENCE, || {
        let sent =
            fairlead_end_to_end::observe::sms_to(&fairlead.http, &fairlead.stack, &person.phone)?;
        Ok((!sent.is_empty()).then_some(()))
    })
}
