//! Webhooks of partners' systems.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::without_requests;
use crate::actors::{
    events::{KIND, takes_orders},
    hooks::{has_a_hook, system_sends},
    set_the_scene,
};

/// A message, the same again, and another one under its id.
pub(super) struct Hook;

impl Scenario for Hook {
    fn name(&self) -> &'static str {
        "hook"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
        has_a_hook(world);
    }

    async fn run(&self, world: &World) -> Value {
        let order = |number: &str| {
            json!({
                "type": KIND,
                "timestamp": "2026-01-15T08:59:00Z",
                "data": { "order": number },
            })
        };
        let first = system_sends(world, "msg_1", &order("1")).await;
        let again = system_sends(world, "msg_1", &order("1")).await;
        json!([
            first,
            again,
            system_sends(world, "msg_1", &order("2")).await
        ])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}
