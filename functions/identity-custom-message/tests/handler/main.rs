//! The handler on a simulated AWS: whose words a message has, and that every person gets their code.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use identity_custom_message::{App, handle};
use lambda_kit::aws::CallBudget;
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, World};

fn forgot_password() -> Value {
    let text = include_str!("../events/cognito_custom_message_forgot_password.json");
    serde_json::from_str(text).unwrap()
}

fn invitation() -> Value {
    let text = include_str!("../events/cognito_custom_message_admin_create.json");
    serde_json::from_str(text).unwrap()
}

/// The same to a person who reads this language.
fn reading(mut event: Value, locale: &str) -> Value {
    event["request"]["userAttributes"]["locale"] = locale.into();
    event
}

/// The same where Cognito was called by AWS's API with `metadata`, and by no app client.
fn by_no_client(mut event: Value, metadata: Value) -> Value {
    event["callerContext"]["clientId"] = "CLIENT_ID_NOT_APPLICABLE".into();
    event["request"]["clientMetadata"] = metadata;
    event
}

/// A world in which the sample events' client belongs to the tenant `harbour`.
fn world() -> World {
    let world = World::new(1);
    world.put_row(
        "directory",
        json!({ "tenant": "client#4example7clientid1example", "part": "client", "owner_tenant": "harbour" }),
    );
    world.put_row(
        "directory",
        json!({ "tenant": "harbour", "part": "tenant", "display_name": "Harbour & <Sons>" }),
    );
    world
}

fn put_message(world: &World, kind: &str, language: &str, texts: Value) {
    let mut row = texts;
    row["tenant"] = "harbour".into();
    row["part"] = format!("message#{kind}#{language}").into();
    world.put_row("directory", row);
}

/// What a new process answers.
async fn answer(world: &World, event: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    let event = to_raw_value(event).unwrap();
    serde_json::to_value(handle(&app, &event).await.unwrap()).unwrap()
}

/// The answer's texts: subject, e-mail, text message.
fn texts(world: &World, event: &Value) -> [Value; 3] {
    let answer = world.block_on(answer(world, event));
    ["emailSubject", "emailMessage", "smsMessage"].map(|name| answer["response"][name].clone())
}

#[test]
fn a_tenants_own_words_go_out_with_its_name_escaped() {
    let world = world();
    let own = json!({ "subject": "Hello from {tenant}", "email": "<h1>{tenant}</h1>{####}", "sms": "{tenant} {####}" });
    put_message(&world, "forgot-password", "en", own);
    assert_eq!(
        texts(&world, &forgot_password()),
        [
            json!("Hello from Harbour & <Sons>"),
            json!("<h1>Harbour &amp; &lt;Sons&gt;</h1>{####}"),
            json!("Harbour & <Sons> {####}"),
        ]
    );
}

#[rstest]
#[case("de-CH", "Ein neues Passwort für Harbour & <Sons>")]
#[case("en-GB", "A new password for Harbour & <Sons>")]
#[case("fr", "A new password for Harbour & <Sons>")]
fn without_words_of_its_own_a_tenant_says_what_is_built_in(
    #[case] locale: &str,
    #[case] subject: &str,
) {
    let event = reading(forgot_password(), locale);
    assert_eq!(texts(&world(), &event)[0], subject);
}

#[test]
fn the_persons_language_goes_before_the_tenants_english_and_that_before_ours() {
    let world = world();
    let english = json!({ "subject": "theirs", "email": "theirs {####}", "sms": "theirs {####}" });
    put_message(&world, "forgot-password", "en", english);
    let subject = |locale: &str| texts(&world, &reading(forgot_password(), locale))[0].clone();
    assert_eq!(subject("de"), "Ein neues Passwort für Harbour & <Sons>");
    assert_eq!(subject("fr"), "theirs");
    let french = json!({ "subject": "le leur", "email": "{####}", "sms": "{####}" });
    put_message(&world, "forgot-password", "fr", french);
    assert_eq!(subject("fr"), "le leur");
}

#[test]
fn an_invitation_tells_the_name_to_sign_in_by() {
    let [subject, email, sms] = texts(&world(), &invitation());
    assert_eq!(subject, "Your account at Harbour & <Sons>");
    for text in [email, sms] {
        let text = text.as_str().unwrap();
        assert!(
            text.contains("{username}") && text.contains("{####}"),
            "{text}"
        );
    }
}

#[rstest]
#[case(json!({ "subject": "s", "email": "no code", "sms": "no code" }))]
#[case(json!({ "subject": "s\r\nBcc: x", "email": "{####}".repeat(4000), "sms": "x".repeat(140) + "{####}" }))]
#[case(json!({ "subject": 1, "email": [], "sms": null }))]
#[case(json!({ "subject": "x".repeat(141) }))]
fn a_part_that_cognito_would_not_take_is_replaced_by_ours(#[case] broken: Value) {
    let world = world();
    let ours = texts(&world, &forgot_password());
    put_message(&world, "forgot-password", "en", broken.clone());
    let [_, email, sms] = texts(&world, &forgot_password());
    assert_eq!([&email, &sms], [&ours[1], &ours[2]]);
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
fn while_the_directory_is_down_cognito_words_the_message(#[case] fault: Fault) {
    let world = world();
    world.faults().always(fault, |_| true);
    assert_eq!(
        world.block_on(answer(&world, &forgot_password())),
        forgot_password()
    );
}

#[test]
fn a_client_or_tenant_that_is_not_in_the_directory_leaves_the_words_to_cognito() {
    let world = World::new(1);
    assert_eq!(
        world.block_on(answer(&world, &forgot_password())),
        forgot_password()
    );
    world.put_row(
        "directory",
        json!({ "tenant": "client#4example7clientid1example", "part": "client", "owner_tenant": "harbour" }),
    );
    assert_eq!(
        world.block_on(answer(&world, &forgot_password())),
        forgot_password()
    );
}

#[test]
fn a_message_of_an_unknown_kind_passes_without_a_call() {
    let world = world();
    let mut event = forgot_password();
    event["triggerSource"] = "CustomMessage_SomethingNew".into();
    assert_eq!(world.block_on(answer(&world, &event)), event);
    assert!(world.trace().is_empty());
}

#[test]
fn an_invitation_by_no_client_has_the_words_of_the_tenant_that_its_maker_names() {
    let mut event = by_no_client(invitation(), json!({ "tenant": "harbour", "note": "x" }));
    let subject = "Your account at Harbour & <Sons>";
    assert_eq!(texts(&world(), &event)[0], subject);
    event["callerContext"]["clientId"] = Value::Null;
    assert_eq!(texts(&world(), &event)[0], subject);
}

#[test]
fn the_tenant_of_the_client_goes_before_the_one_that_is_named() {
    let mut event = invitation();
    event["request"]["clientMetadata"] = json!({ "tenant": "airport" });
    assert_eq!(
        texts(&world(), &event)[0],
        "Your account at Harbour & <Sons>"
    );
}

#[rstest]
#[case(invitation(), json!(null))]
#[case(invitation(), json!({}))]
#[case(invitation(), json!("harbour"))]
#[case(invitation(), json!({ "tenant": ["harbour"] }))]
#[case(invitation(), json!({ "tenant": "harbour#1" }))]
#[case(invitation(), json!({ "tenant": "airport" }))]
#[case(forgot_password(), json!({ "tenant": "harbour" }))]
fn what_names_no_tenant_leaves_the_words_to_cognito(#[case] event: Value, #[case] metadata: Value) {
    let world = world();
    let event = by_no_client(event, metadata);
    assert_eq!(world.block_on(answer(&world, &event)), event);
}
