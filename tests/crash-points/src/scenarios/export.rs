//! A person wants all that is held on them.

use serde_json::{Value, json};
use testkit::{
    World,
    engine::EXPORTS_BUCKET,
    explore::{Observation, Scenario},
};

use crate::actors::{
    Person, decides, export::exports, gets_a_token, login::signs_in, set_the_scene, stream_flows,
};

/// A person who decided on a consent exports what is held on them.
pub(super) struct Export;

impl Scenario for Export {
    fn name(&self) -> &'static str {
        "export"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            signs_in(world, &Person::jane()).await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        json!([exports(world, &claims).await])
    }

    /// An archive whose link nobody was told is removed after a day. How many of them there are says
    /// nothing; what the person was given is in the answer.
    fn observe(&self, world: &World) -> Observation {
        let mut observation = Observation::of(world);
        let bucket = format!("bucket {EXPORTS_BUCKET}");
        observation.rows.remove(&bucket);
        observation
    }
}
