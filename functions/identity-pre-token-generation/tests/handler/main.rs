//! The handler on a simulated AWS: what a token says, who a profile is made for, and what is left
//! when a service is down.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod claims;
mod outage;
mod people;

use std::time::Duration;

use identity::{Identifier, IdentifierKey};
use identity_pre_token_generation::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

/// The app client of the sample events.
const CLIENT: &str = "4example7clientid1example";

/// Cognito gives a trigger so long.
const LIMIT: Duration = Duration::from_secs(5);

/// A world in which the sample events' client belongs to the tenant `harbour`.
fn world(seed: u64) -> World {
    let world = World::new(seed);
    world.put_row(
        "directory",
        json!({ "tenant": format!("client#{CLIENT}"), "part": "client", "owner_tenant": "harbour" }),
    );
    world
}

/// A new process.
fn app(world: &World) -> App {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap()
}

async fn asked(world: &World, app: &App, event: &Value) -> Value {
    let event = to_raw_value(event).unwrap();
    let answer = handle(app, &event, world.invocation(LIMIT)).await;
    serde_json::to_value(answer.unwrap()).unwrap()
}

fn answer(world: &World, app: &App, event: &Value) -> Value {
    world.block_on(asked(world, app, event))
}

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn person_v1() -> Value {
    sample(include_str!("../events/cognito_pre_token_v1.json"))
}

fn person_v2() -> Value {
    sample(include_str!("../events/cognito_pre_token_v2.json"))
}

fn machine() -> Value {
    sample(include_str!(
        "../events/cognito_pre_token_v3_client_credentials.json"
    ))
}

/// A person's event with these attributes beside the sample's.
fn person(attributes: &Value) -> Value {
    let mut event = person_v2();
    for (name, value) in attributes.as_object().unwrap() {
        event["request"]["userAttributes"][name] = value.clone();
    }
    event
}

/// The claims for the access token.
fn claims(answer: &Value) -> &Value {
    &answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]["claimsToAddOrOverride"]
}

/// What the table `identifiers` calls the login of the sample events.
fn login_key(world: &World) -> String {
    let sub = "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11".parse().unwrap();
    Identifier::CognitoSub(sub).key(&key(world))
}

/// What the table `identifiers` calls the address of the sample events.
fn address_key(world: &World) -> String {
    Identifier::Email("ada@example.org".parse().unwrap()).key(&key(world))
}

fn key(world: &World) -> IdentifierKey {
    IdentifierKey::from_environment(&world.environment()).unwrap()
}

/// The keys of the table `identifiers`.
fn identifiers(world: &World) -> Vec<String> {
    let rows = world.rows("identifiers");
    rows.iter()
        .map(|row| row["identifier"].as_str().unwrap().to_owned())
        .collect()
}

/// The rows of the table `profiles` whose part begins like this.
fn parts(world: &World, prefix: &str) -> Vec<Value> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"].as_str().unwrap().starts_with(prefix));
    rows
}
