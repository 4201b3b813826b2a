//! Messages of SDKs, from the request to the person.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::without_requests;
use crate::actors::{
    sdks::{has_a_write_key, page_sends},
    set_the_scene,
};

/// A message of an SDK.
fn track(id: &str) -> Value {
    json!({
        "type": "track",
        "event": "Order placed",
        "userId": "C-17",
        "messageId": id,
        "timestamp": "2026-01-15T08:59:00Z",
    })
}

/// A batch with a message that can't be taken. Whenever it is sent, its times are corrected anew.
pub(super) struct SdkBatch;

impl Scenario for SdkBatch {
    fn name(&self) -> &'static str {
        "sdk-batch"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        has_a_write_key(world);
    }

    async fn run(&self, world: &World) -> Value {
        let broken = json!({ "type": "track", "userId": "C-17", "messageId": "3" });
        page_sends(world, &[track("1"), track("2"), broken]).await
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}
