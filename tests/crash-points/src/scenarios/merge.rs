//! Two persons become one, and two again.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::without_requests;

use crate::actors::{
    Person, changes, gets_a_token, operates, reads, set_the_scene, settling::begins,
    settling_is_finished, stream_flows,
};

/// As much as fits in a transaction, and so little that a merge takes several.
const WHOLE: usize = 100;
const LITTLE: usize = 6;

fn joan() -> Person {
    Person::jane()
        .with("sub", "joan-sub")
        .with("email", "joan@example.com")
        .with("phone_number", "+49 30 901821")
        .with("given_name", "Joan")
}

/// Jane and Joan have logged in, and Joan said more of herself than Jane did.
fn two(world: &World) -> (Value, Value) {
    set_the_scene(world);
    let jane = world.block_on(gets_a_token(world, &Person::jane()));
    // Whose id is the older one is seen by its millisecond.
    world.advance(Duration::from_secs(1));
    let joan = world.block_on(gets_a_token(world, &joan()));
    world.block_on(changes(world, &joan, json!({ "display_name": "J." })));
    world.advance(Duration::from_secs(1));
    (jane, joan)
}

fn id(claims: &Value) -> String {
    let id = claims.get("fairlead:profile").and_then(Value::as_str);
    id.unwrap_or_default().to_owned()
}

async fn merges(world: &World, limit: usize, one: &Value, other: &Value) -> Value {
    let profiles = json!({ "profiles": [id(one), id(other)] });
    operates(world, limit, "POST /v1/profiles/merge", &id(one), profiles).await
}

/// What the two look like to themselves by tokens that they get now.
async fn both(world: &World) -> Value {
    let jane = gets_a_token(world, &Person::jane()).await;
    let joan = gets_a_token(world, &joan()).await;
    json!([reads(world, &jane).await, reads(world, &joan).await])
}

/// An operator makes two one; then both logins change the person.
pub(super) struct Merge(pub(super) usize);

impl Merge {
    pub(super) const SMALL: Self = Self(WHOLE);
    pub(super) const LARGE: Self = Self(LITTLE);
}

impl Scenario for Merge {
    fn name(&self) -> &'static str {
        if self.0 == WHOLE {
            "merge"
        } else {
            "large-merge"
        }
    }

    fn setup(&self, world: &World) {
        two(world);
    }

    async fn run(&self, world: &World) -> Value {
        let jane = gets_a_token(world, &Person::jane()).await;
        let joan = gets_a_token(world, &joan()).await;
        let merged = merges(world, self.0, &joan, &jane).await;
        if self.0 != WHOLE {
            stream_flows(world).await;
            settling_is_finished(world, self.0).await;
        }
        changes(world, &joan, json!({ "birthdate": "1990-12-31" })).await;
        json!([merged, both(world).await])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// Two who were one for a while are two again.
pub(super) struct Split(pub(super) usize);

impl Split {
    pub(super) const SMALL: Self = Self(WHOLE);
    pub(super) const LARGE: Self = Self(LITTLE);
}

impl Scenario for Split {
    fn name(&self) -> &'static str {
        if self.0 == WHOLE {
            "split"
        } else {
            "large-split"
        }
    }

    fn setup(&self, world: &World) {
        let (jane, joan) = two(world);
        world.block_on(merges(world, WHOLE, &jane, &joan));
        world.block_on(changes(world, &joan, json!({ "locale": "fr" })));
    }

    async fn run(&self, world: &World) -> Value {
        let jane = id(&gets_a_token(world, &Person::jane()).await);
        let log = operates(
            world,
            self.0,
            "GET /v1/profiles/{profile_id}/merges",
            &jane,
            json!({}),
        );
        let merge_id = log.await.pointer("/merges/0/merge_id").cloned();
        let body = json!({ "merge_id": merge_id });
        let split = operates(
            world,
            self.0,
            "POST /v1/profiles/{profile_id}/split",
            &jane,
            body,
        );
        let split = split.await;
        if self.0 != WHOLE {
            stream_flows(world).await;
            settling_is_finished(world, self.0).await;
        }
        json!([split, both(world).await])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// An operator merges two and undoes it again, each of which is only begun: those whom it concerns are
/// taken for so many that the queue has to do the rest.
pub(super) struct LeftToTheQueue;

impl Scenario for LeftToTheQueue {
    fn name(&self) -> &'static str {
        "left-to-the-queue"
    }

    fn setup(&self, world: &World) {
        two(world);
    }

    async fn run(&self, world: &World) -> Value {
        let jane = gets_a_token(world, &Person::jane()).await;
        let joan = gets_a_token(world, &joan()).await;
        let route = "POST /v1/profiles/merge";
        let profiles = json!({ "profiles": [id(&jane), id(&joan)] });
        let merging = begins(world, route, &id(&jane), profiles).await;
        stream_flows(world).await;
        settling_is_finished(world, WHOLE).await;
        let together = both(world).await;
        let route = "GET /v1/profiles/{profile_id}/merges";
        let log = operates(world, WHOLE, route, &id(&jane), json!({})).await;
        let merge = json!({ "merge_id": log.pointer("/merges/0/merge_id") });
        let route = "POST /v1/profiles/{profile_id}/split";
        let parting = begins(world, route, &id(&jane), merge).await;
        stream_flows(world).await;
        settling_is_finished(world, WHOLE).await;
        json!([merging, together, parting, both(world).await])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}
