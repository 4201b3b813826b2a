//! A person reads and changes what is theirs.

use serde_json::{Value, json};
use testkit::{World, explore::Scenario};

use crate::actors::{Person, changes, decides, gets_a_token, set_the_scene};

/// A person changes their profile twice.
pub(super) struct Change;

impl Scenario for Change {
    fn name(&self) -> &'static str {
        "change"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        changes(world, &claims, json!({ "display_name": "J." })).await;
        changes(world, &claims, json!({ "display_name": null, "locale": "de-CH" })).await
    }
}

/// A person agrees, and changes their mind.
pub(super) struct Consent;

impl Scenario for Consent {
    fn name(&self) -> &'static str {
        "consent"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        json!([decides(world, &claims, "granted").await, decides(world, &claims, "withdrawn").await])
    }
}
