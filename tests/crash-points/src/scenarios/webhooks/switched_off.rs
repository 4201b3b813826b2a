//! Webhooks that operators switched off.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::{set_up, without_attempts};
use crate::actors::webhooks::{events_are_matched, webhooks_go_out, webhooks_go_out_within};

/// Longer than a delivery waits before it is seen whether they are on again.
const A_WHILE: Duration = Duration::from_mins(12);

/// An operator switches the tenant's webhooks off before two orders are to be told of, and on again later:
/// then both are.
pub(in crate::scenarios) struct SwitchedOff;

fn switch(world: &World, is_off: bool) {
    let flag = json!({ "name": "partner-webhooks", "tenant": "harbour", "enabled": !is_off });
    world
        .engines()
        .put_published("flags", &[("feature-flag", flag)]);
}

/// Whether something went wrong with a look at the flags: who never learns of one sends as ever.
fn was_hidden(world: &World) -> bool {
    world
        .trace()
        .iter()
        .any(|traced| traced.fault.is_some() && traced.call.subject().starts_with("config["))
}

impl Scenario for SwitchedOff {
    fn name(&self) -> &'static str {
        "webhook-switched-off"
    }

    fn setup(&self, world: &World) {
        set_up(world);
        switch(world, true);
    }

    async fn run(&self, world: &World) -> Value {
        events_are_matched(world).await;
        for _ in 0..2 {
            webhooks_go_out_within(world, 1).await;
            tokio::time::sleep(A_WHILE).await;
        }
        let received = world.engines().received_webhooks().len();
        assert!(
            received == 0 || was_hidden(world),
            "webhooks went out that are off"
        );
        switch(world, false);
        webhooks_go_out(world).await;
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        let mut observation = without_attempts(Observation::of(world));
        // It is written by hand, and no part of what is looked at.
        observation.rows.remove("config");
        observation
    }
}
