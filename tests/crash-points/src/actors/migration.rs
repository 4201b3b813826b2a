//! People who have an account in the directory that they are brought over from.

use serde_json::{Value, json};
use testkit::{World, delivery};

use super::CLIENT;

/// Under which name Jane is in the directory that people are brought over from.
pub const LEGACY_NAME: &str = "jane@example.com";

/// Jane is in that directory, with a telephone number that it says is proven.
pub fn jane_is_there(world: &World) {
    let told = json!({
        "email": "Jane@Example.com",
        "email_verified": true,
        "phone_number": "+4930901820",
        "phone_number_verified": true,
        "given_name": "Jane",
    });
    let engines = world.engines();
    engines.put_legacy_person(LEGACY_NAME, "her own", &told);
}

/// Somebody whom Cognito does not know signs in by `username` and `password`, or forgot the password,
/// and Cognito asks identity-user-migration for them: its response, or nothing if it brings nobody.
pub async fn is_brought_over(
    world: &World,
    username: &str,
    password: Option<&str>,
) -> Option<Value> {
    let source = match password {
        Some(_) => "UserMigration_Authentication",
        None => "UserMigration_ForgotPassword",
    };
    let event = json!({
        "version": "1",
        "triggerSource": source,
        "userPoolId": "eu-central-1_EXAMPLE01",
        "userName": username,
        "callerContext": { "awsSdkVersion": "x", "clientId": CLIENT },
        "request": { "password": password, "validationData": null, "clientMetadata": null },
        "response": { "userAttributes": null, "finalUserStatus": null, "messageAction": null },
    });
    let answer = delivery::cognito(world, &event, async |event, _| {
        use identity_user_migration::{App, BUDGET, handle};
        let sdk = world.sdk_config(&BUDGET);
        let app = App::new(&world.environment(), &sdk).expect("the environment is whole");
        handle(&app, event).await
    });
    answer.await.ok()?.get("response").cloned()
}
