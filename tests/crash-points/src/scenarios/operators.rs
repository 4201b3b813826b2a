//! Operators ask for erasures.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::{erasure::known_to_the_crm, without_requests};
use crate::actors::{
    erasure::{
        erasure_of, erasures_are_started, erasures_run, looks_at, operator_asks_for_erasure,
    },
    identify::machine_says,
    login::set_the_pool,
    partner::agree,
    set_the_scene, stream_flows,
};

/// Somebody whom a machine knows and who has no login is erased at an operator's word, which is given
/// twice.
pub(super) struct ErasureByOperator;

impl Scenario for ErasureByOperator {
    fn name(&self) -> &'static str {
        "erasure-by-operator"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        set_the_pool(world);
        world.block_on(async {
            machine_says(world, &known_to_the_crm()).await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let rows = world.rows("profiles");
        let is_profile = |row: &&Value| row.get("part").is_some_and(|part| part == "profile");
        let profile = rows
            .iter()
            .find(is_profile)
            .and_then(|row| row.get("profile_id"));
        let profile = profile
            .and_then(Value::as_str)
            .expect("the machine has a customer");
        let asked = operator_asks_for_erasure(world, profile).await;
        let again = operator_asks_for_erasure(world, profile).await;
        stream_flows(world).await;
        erasures_are_started(world).await;
        let ended = erasures_run(world).await;
        stream_flows(world).await;
        machine_says(world, &known_to_the_crm()).await;
        json!([
            asked,
            again,
            ended,
            looks_at(world, &erasure_of(&asked)).await
        ])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}
