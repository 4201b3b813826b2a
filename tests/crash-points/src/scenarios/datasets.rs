//! Two devices of a person on one dataset.

use serde_json::{Value, json};
use testkit::{World, explore::Scenario};

use crate::actors::{
    Person,
    datasets::{deletes, lists, pulls, pushes},
    gets_a_token, set_the_scene,
};

/// Two devices push to a dataset; the one that was slower is told, decides, and pushes again; then
/// both pull.
pub(super) struct Devices;

impl Scenario for Devices {
    fn name(&self) -> &'static str {
        "devices"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let nothing = Value::Null;
        let begun = [("theme", Some("dark")), ("notes", Some("buy milk"))];
        pushes(world, &claims, &nothing, &begun).await;
        let tablet = pulls(world, &claims, &nothing).await;
        let phone = pulls(world, &claims, &nothing).await;
        let seen = |pulled: &Value| pulled.get("records").cloned().unwrap_or_default();
        let faster = [("theme", Some("light")), ("notes", None)];
        pushes(world, &claims, &seen(&tablet), &faster).await;
        let slower = [("theme", Some("sepia")), ("size", Some("12"))];
        let (refused, problem) = pushes(world, &claims, &seen(&phone), &slower).await;
        let conflicts = problem.get("conflicts").cloned().unwrap_or_default();
        pushes(world, &claims, &conflicts, &slower).await;
        json!([
            refused,
            conflicts,
            pulls(world, &claims, &phone).await,
            pulls(world, &claims, &nothing).await,
            lists(world, &claims).await,
        ])
    }
}

/// A dataset is deleted, in several transactions, and made anew.
pub(super) struct DatasetDeleted;

impl Scenario for DatasetDeleted {
    fn name(&self) -> &'static str {
        "dataset-deleted"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            let changes = [("key 1", Some("one")), ("key 2", Some("two"))];
            pushes(world, &claims, &Value::Null, &changes).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let known = pulls(world, &claims, &Value::Null).await;
        let deleted = deletes(world, &claims).await;
        let gone = pulls(world, &claims, &known).await;
        pushes(world, &claims, &Value::Null, &[("key 1", Some("anew"))]).await;
        json!([
            deleted,
            gone,
            pulls(world, &claims, &known).await,
            lists(world, &claims).await
        ])
    }
}
