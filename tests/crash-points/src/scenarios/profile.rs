//! A person reads and changes what is theirs.

use serde_json::{Value, json};
use testkit::{World, explore::Scenario};

use crate::actors::{Person, changes, gets_a_token, patches, reads, set_the_scene};

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
        changes(
            world,
            &claims,
            json!({ "display_name": null, "locale": "de-CH" }),
        )
        .await
    }
}

/// Two apps of one person read the same version; the slower one is told that it is stale, and the
/// faster one's change stands.
pub(super) struct Overtaken;

impl Scenario for Overtaken {
    fn name(&self) -> &'static str {
        "overtaken"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let slow = reads(world, &claims).await;
        changes(world, &claims, json!({ "display_name": "faster" })).await;
        let refused = patches(world, &claims, &slow, json!({ "display_name": "slower" })).await;
        json!([refused.get("statusCode"), reads(world, &claims).await])
    }
}
