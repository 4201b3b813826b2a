//! Handlers that only read: whatever call fails or is cut off, what is told is the whole answer, and
//! nothing is left behind.

use serde_json::{Value, json};
use testkit::{World, explore::Scenario, tokens::Token};

use crate::actors::{
    Person,
    description::{asks_for_description, readers},
    gets_a_token,
    messages::{forgets_the_password, the_tenant_has_words},
    migration::{LEGACY_NAME, is_brought_over, jane_is_there},
    operations::{looks_at_the_house, something_goes_on},
    pages::{comes_to_the_front_door, there_are_pages},
    receipts::{asks_as_an_operator, reads_receipts, was_looked_up},
    set_the_scene,
};

/// A person is told a code in the words of their tenant, in a language that it has none of.
pub(super) struct CodeTold;

impl Scenario for CodeTold {
    fn name(&self) -> &'static str {
        "code-told"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        the_tenant_has_words(world);
    }

    async fn run(&self, world: &World) -> Value {
        let mut message = forgets_the_password(world, &Person::jane(), "fr").await;
        if message.iter().all(Value::is_null) {
            // It came in Cognito's words, because the tenant's could not be read: she asks for another.
            message = forgets_the_password(world, &Person::jane(), "fr").await;
        }
        json!(message)
    }
}

/// A person comes over from another directory by their password and gets their first token; whoever
/// has another password does not come, and whoever forgot theirs does.
pub(super) struct BroughtOver;

impl Scenario for BroughtOver {
    fn name(&self) -> &'static str {
        "brought-over"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        jane_is_there(world);
    }

    async fn run(&self, world: &World) -> Value {
        let stranger = is_brought_over(world, LEGACY_NAME, Some("another's")).await;
        let forgetful = is_brought_over(world, LEGACY_NAME, None).await;
        let response = is_brought_over(world, LEGACY_NAME, Some("her own")).await;
        let response = response.expect("she is brought over");
        // Cognito makes her account of what it was told.
        let mut attributes = response.get("userAttributes").cloned().unwrap_or_default();
        if let Some(attributes) = attributes.as_object_mut() {
            attributes.insert("sub".to_owned(), "jane-sub".into());
        }
        let claims = gets_a_token(world, &Person { attributes }).await;
        json!([stranger, forgetful, response, claims])
    }
}

/// A person and an operator look at what a partner read, and how often partners did.
pub(super) struct ReceiptsSeen;

impl Scenario for ReceiptsSeen {
    fn name(&self) -> &'static str {
        "receipts-seen"
    }

    fn setup(&self, world: &World) {
        was_looked_up(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let own = reads_receipts(world, &claims).await;
        assert!(
            own.as_str().unwrap_or_default().contains("The Chandlery"),
            "a receipt names no partner"
        );
        let chandlery = Some("chandlery");
        let listed = asks_as_an_operator(world, "GET /v1/receipts", chandlery).await;
        let counted = asks_as_an_operator(world, "GET /v1/receipts/summary", None).await;
        json!([
            own,
            listed.expect("the API answers"),
            counted.expect("the API answers"),
        ])
    }
}

/// A stranger, a person and an operator look what the API can do for them.
pub(super) struct DescriptionSeen;

impl Scenario for DescriptionSeen {
    fn name(&self) -> &'static str {
        "description-seen"
    }

    fn setup(&self, _: &World) {}

    async fn run(&self, world: &World) -> Value {
        let (person, operator) = readers(world);
        json!([
            paths(world, "/openapi-3.0.json", None).await,
            paths(world, "/openapi.json", Some(&person)).await,
            paths(world, "/openapi.json", Some(&operator)).await,
        ])
    }
}

/// An operator looks how the house is doing, and how its flows with Salesforce are.
pub(super) struct HouseSeen;

impl Scenario for HouseSeen {
    fn name(&self) -> &'static str {
        "house-seen"
    }

    fn setup(&self, world: &World) {
        something_goes_on(world);
    }

    async fn run(&self, world: &World) -> Value {
        let house = looks_at_the_house(world, "GET /v1/operations/house").await;
        let house = house.expect("the API answers");
        let parts = house.get("parts").and_then(Value::as_array);
        let busy = parts.into_iter().flatten();
        let busy = busy.filter(|part| part.get("through").is_some());
        let busy: Vec<_> = busy
            .map(|part| (part.get("part"), part.get("through"), part.get("feeds")))
            .collect();
        assert!(!busy.is_empty(), "nothing goes through the house");
        let flows = looks_at_the_house(world, "GET /v1/operations/flows").await;
        json!([busy, flows.expect("the API answers")])
    }
}

/// Somebody comes to the pages with a session that is none.
pub(super) struct FrontDoorSeen;

impl Scenario for FrontDoorSeen {
    fn name(&self) -> &'static str {
        "front-door-seen"
    }

    fn setup(&self, world: &World) {
        there_are_pages(world);
    }

    async fn run(&self, world: &World) -> Value {
        comes_to_the_front_door(world)
            .await
            .expect("there is a page")
    }
}

/// How an answer begins and which paths are in it: the whole of it would be compared for a long time.
async fn paths(world: &World, path: &str, token: Option<&Token>) -> Value {
    let answer = asks_for_description(world, path, token).await;
    let (status, body) = answer.expect("the API answers");
    let document: Value = serde_json::from_str(&body).expect("a description is JSON");
    let paths = document.get("paths").and_then(Value::as_object);
    let paths: Vec<&String> = paths.into_iter().flat_map(serde_json::Map::keys).collect();
    assert!(!paths.is_empty(), "nothing is described");
    json!([status, paths, body.len()])
}
