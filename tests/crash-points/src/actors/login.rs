//! People at the hosted login, and what Cognito asks about them.

use identity::aws::PasswordSource;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    World, delivery,
    engine::{USER_POOL, UserPool},
};

use super::{CLIENT, Person, confirms, gets_a_token};

/// A person's login at another provider.
#[derive(Debug, Clone, Copy)]
pub struct Federated {
    /// What the pool calls the provider.
    pub provider: &'static str,
    /// The person's id there.
    pub subject: &'static str,
    /// The address that they have there.
    pub email: &'static str,
    /// Whether the provider vouches for it.
    pub verified: bool,
}

/// Jane's login at Google.
pub const GOOGLE: Federated = Federated {
    provider: "Google",
    subject: "108204268033311374519",
    email: "jane@example.com",
    verified: true,
};

/// Jane's login at Facebook.
pub const FACEBOOK: Federated = Federated {
    provider: "Facebook",
    subject: "1719",
    ..GOOGLE
};

/// The pool's providers.
pub fn set_the_pool(world: &World) {
    let pool = pool(world);
    for provider in ["Google", "Facebook"] {
        pool.add_provider(provider, provider, &["email", "email_verified"]);
    }
}

fn pool(world: &World) -> &UserPool {
    world.engines().user_pool()
}

/// Jane signs up by herself and enters the code that she was sent; `None` if Cognito knows her.
#[must_use]
pub fn signs_up(world: &World) -> Option<String> {
    let username = pool(world).sign_up("jane@example.com", "her own").ok()?;
    pool(world).confirm(&username).expect("she was sent a code");
    Some(username)
}

/// Jane proves to Cognito that a telephone number is hers, and is not asked to sign in again.
pub fn proves_a_number(world: &World, username: &str) {
    pool(world).set_attribute(username, "phone_number", "+4930901820");
    pool(world).set_attribute(username, "phone_number_verified", "true");
}

/// An operator deletes the user of that name from the pool.
pub fn is_deleted(world: &World, username: &str) {
    pool(world).delete(username);
}

/// From now on the pool's list has the user of that name, or lacks them though they are there.
pub fn is_listed(world: &World, username: &str, is_told: bool) {
    pool(world).list(username, is_told);
}

/// What Cognito says of the user of that name.
#[must_use]
pub fn person(world: &World, username: &str) -> Person {
    Person {
        attributes: pool(world).attributes(username),
    }
}

/// Cognito asks identity-pre-sign-up about a login that it sees for the first time.
async fn is_seen_first(world: &World, login: &Federated) {
    let event = json!({
        "version": "1",
        "triggerSource": "PreSignUp_ExternalProvider",
        "userPoolId": USER_POOL,
        "userName": pool(world).federated_name(login.provider, login.subject),
        "callerContext": { "awsSdkVersion": "x", "clientId": CLIENT },
        "request": { "userAttributes": { "email": login.email, "email_verified": login.verified.to_string() } },
        "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
    });
    let passed = delivery::cognito(world, &event, async |event, _| {
        use identity_pre_sign_up::{App, handle};
        let sdk = world.sdk_config(&CallBudget::COGNITO);
        let passwords = PasswordSource::from_fn(|| Some([7; 32]));
        let app = App::new(&world.environment(), &sdk, world.clock(), passwords)
            .expect("the environment is whole");
        handle(&app, event).await
    });
    passed.await.expect("pre-sign-up answers");
}

/// A person signs in by another provider, and again where Cognito's first attempt after a link
/// fails; returns the claims of their token.
pub async fn signs_in_by(world: &World, login: &Federated) -> Value {
    let signed_in = || pool(world).signed_in(login.provider, login.subject);
    if signed_in().is_none() {
        is_seen_first(world, login).await;
        let verified = login.verified.to_string();
        let attributes = [("email", login.email), ("email_verified", &*verified)];
        let made = pool(world).sign_up_federated(login.provider, login.subject, &attributes);
        if let Ok(username) = made {
            confirms(world, &person(world, &username)).await;
        }
    }
    let username = signed_in().expect("the login leads to somebody by now");
    pool(world).give_refresh_token(&username);
    gets_a_token(world, &person(world, &username)).await
}

/// Cognito tells identity-post-authentication that `person` signed in.
pub async fn signs_in(world: &World, person: &Person) {
    let event = person.trigger("PostAuthentication_Authentication");
    let recorded = delivery::cognito(world, &event, async |event, invocation| {
        use identity_post_authentication::{App, handle};
        let sdk = world.sdk_config(&CallBudget::COGNITO);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    recorded.await.expect("post-authentication answers");
}

/// The schedule starts identity-reconcile.
pub async fn reconcile_runs(world: &World) {
    let reconciled = delivery::schedule(world, &Value::Null, async |_, invocation| {
        use identity_reconcile::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, &invocation).await
    });
    reconciled.await.expect("the reconciliation gets through");
}
