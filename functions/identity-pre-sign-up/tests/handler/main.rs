//! The handler on a simulated user pool: whose sign-up goes ahead, and where logins of other
//! providers lead.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod linking;
mod orders;
mod outage;
mod sign_up;

use identity::{aws::PasswordSource, cognito::TriggerFailure};
use identity_pre_sign_up::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    World,
    engine::{USER_POOL, UserPool},
};

const JANE: &str = "jane@example.com";

/// A pool with a provider that says which addresses it verified, and one that does not.
fn world(seed: u64) -> World {
    let world = World::new(seed);
    let pool = world.engines().user_pool();
    pool.add_provider("Google", "Google", &["email", "email_verified"]);
    pool.add_provider("Facebook", "Facebook", &["email", "email_verified"]);
    pool.add_provider("Corp_IdP", "SAML", &["email"]);
    world
}

fn pool(world: &World) -> &UserPool {
    world.engines().user_pool()
}

/// A function's process.
fn app(world: &World) -> App {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let passwords = PasswordSource::from_fn(|| Some([7; 32]));
    App::new(&world.environment(), &sdk, world.clock(), passwords).unwrap()
}

async fn answer(app: &App, event: &Value) -> Result<Value, TriggerFailure> {
    let event = to_raw_value(event).unwrap();
    let answered = handle(app, &event).await;
    answered.map(|answer| serde_json::to_value(answer).unwrap())
}

/// Cognito sees a login of another provider for the first time.
fn first_sight(world: &World, provider: &str, subject: &str, attributes: &Value) -> Value {
    let mut all = json!({ "cognito:email_alias": "", "cognito:phone_number_alias": "" });
    for (name, value) in attributes.as_object().unwrap() {
        all[name] = value.clone();
    }
    json!({
        "version": "1",
        "region": "eu-central-1",
        "userPoolId": USER_POOL,
        "userName": pool(world).federated_name(provider, subject),
        "callerContext": { "awsSdkVersion": "x", "clientId": "web" },
        "triggerSource": "PreSignUp_ExternalProvider",
        "request": { "userAttributes": all, "validationData": {} },
        "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
    })
}

fn verified(email: &str) -> Value {
    json!({ "email": email, "email_verified": "true" })
}

/// A person signs in by another provider at the hosted login, and again where Cognito's first
/// attempt after a link fails; returns the username that they end up with.
async fn signs_in(
    world: &World,
    app: &App,
    provider: &str,
    subject: &str,
    attributes: Value,
) -> Result<String, TriggerFailure> {
    if let Some(username) = pool(world).signed_in(provider, subject) {
        return Ok(username);
    }
    answer(app, &first_sight(world, provider, subject, &attributes)).await?;
    let of = attributes.as_object().unwrap().iter();
    let pairs: Vec<(&str, &str)> = of
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    match pool(world).sign_up_federated(provider, subject, &pairs) {
        Ok(username) => Ok(username),
        Err(message) => {
            assert!(message.starts_with("Already found an entry"), "{message}");
            Ok(pool(world).signed_in(provider, subject).unwrap())
        }
    }
}

/// The user of that name.
fn user(world: &World, username: &str) -> Value {
    let mut users = pool(world).users();
    users.retain(|user| user["username"] == username);
    users.remove(0)
}
