//! People whom Cognito writes to.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

use super::Person;

/// The tenant has a name, and an English subject of its own.
pub fn the_tenant_has_words(world: &World) {
    world.put_row(
        "directory",
        json!({ "tenant": "harbour", "part": "tenant", "display_name": "The Harbour" }),
    );
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "message#forgot-password#en",
            "subject": "Your code for {tenant}",
        }),
    );
}

/// `person`, who reads `locale`, forgot their password, and Cognito asks identity-custom-message how
/// to tell them the code: the subject, the e-mail and the text message; each is `Null` where Cognito
/// says what it says by itself.
pub async fn forgets_the_password(world: &World, person: &Person, locale: &str) -> [Value; 3] {
    let mut event = person.trigger("CustomMessage_ForgotPassword");
    let mut attributes = person.attributes.clone();
    if let Some(attributes) = attributes.as_object_mut() {
        attributes.insert("locale".to_owned(), locale.into());
    }
    if let Some(request) = event.get_mut("request") {
        *request = json!({ "userAttributes": attributes, "codeParameter": "{####}" });
    }
    let answer = delivery::cognito(world, &event, async |event, _| {
        use identity_custom_message::{App, handle};
        let sdk = world.sdk_config(&CallBudget::COGNITO);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event).await
    });
    let answer = answer.await.expect("custom-message answers");
    ["emailSubject", "emailMessage", "smsMessage"].map(|part| {
        let text = answer.pointer(&format!("/response/{part}"));
        text.cloned().unwrap_or_default()
    })
}
