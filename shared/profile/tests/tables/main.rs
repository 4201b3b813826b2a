//! The tables `profiles` and `identifiers` on a simulated DynamoDB.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod closed;
mod devices;
mod erased;
mod identify;
mod logins;
mod many;
mod merging;
mod patches;
mod people;
mod segments;
mod settling;
mod splitting;

use event::Cause;
use identity::{Identifier, IdentifierKey, LoginFacts, ProfileId};
use lambda_kit::aws::CallBudget;
use profile::{ProfileError, ProfileReader, ProfileStore, ProfileWriter, RulesReader};
use serde_json::{Value, json};
use testkit::World;

fn cause(request: &str) -> Cause {
    Cause {
        request_id: request.to_owned(),
    }
}

fn key(world: &World) -> IdentifierKey {
    IdentifierKey::from_environment(&world.environment()).unwrap()
}

/// What the table `identifiers` calls an identifier of `kind`.
fn keyed(world: &World, kind: &str, text: &str) -> String {
    let identifier = match kind {
        "email" => Identifier::Email(text.parse().unwrap()),
        "phone" => Identifier::Phone(text.parse().unwrap()),
        _ => Identifier::CognitoSub(text.parse().unwrap()),
    };
    identifier.key(&key(world))
}

fn store(world: &World) -> ProfileStore {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let (clock, ids) = (world.clock(), world.ids());
    let rules = RulesReader::new(&sdk, "directory", world.clock());
    ProfileStore::new(
        &sdk,
        "profiles",
        "identifiers",
        key(world),
        rules,
        clock,
        ids,
    )
}

fn reader(world: &World) -> ProfileReader {
    ProfileReader::new(&world.sdk_config(&CallBudget::HTTP), "profiles")
}

fn writer(world: &World) -> ProfileWriter {
    ProfileWriter::new(reader(world), world.clock(), world.ids())
}

/// What Cognito says about Jane, with these attributes beside her sub.
fn facts(attributes: &Value) -> LoginFacts {
    let mut all = json!({ "sub": "jane-sub" });
    for (name, value) in attributes.as_object().unwrap() {
        all[name] = value.clone();
    }
    LoginFacts::from_attributes(&serde_json::from_value(all).unwrap()).unwrap()
}

fn try_ensure(world: &World, attributes: &Value) -> Result<ProfileId, ProfileError> {
    let ensured = world.block_on(store(world).ensure(&facts(attributes), None, &cause("login")))?;
    Ok(ensured.profile_id)
}

fn ensure(world: &World, attributes: &Value) -> ProfileId {
    try_ensure(world, attributes).unwrap()
}

/// The keys of the table `identifiers`, and the profiles' own lists of them.
fn identifiers(world: &World) -> (Vec<String>, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let keys = world.rows("identifiers");
    let own = world.rows("profiles");
    (
        keys.iter().map(|row| text(&row["identifier"])).collect(),
        own.iter()
            .filter_map(|row| {
                Some(
                    row["part"]
                        .as_str()?
                        .strip_prefix("identifier#")?
                        .to_owned(),
                )
            })
            .collect(),
    )
}

/// The events that wait in the outbox, by the version that they tell of.
fn told(world: &World) -> Vec<(u64, Value)> {
    let mut events: Vec<(u64, Value)> = world
        .rows("profiles")
        .iter()
        .filter_map(|row| serde_json::from_str(row["event"].as_str()?).ok())
        .map(|event: Value| {
            (
                event["data"]["version"].as_u64().unwrap(),
                event["data"]["changed"].clone(),
            )
        })
        .collect();
    events.sort_by_key(|(version, _)| *version);
    events
}
