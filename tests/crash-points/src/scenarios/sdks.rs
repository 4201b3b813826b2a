//! Messages of SDKs, from the request to the person.

use serde_json::{Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    explore::{Observation, Scenario},
};

use super::{outbox::BOTH, without_requests};
use crate::actors::{
    define_purpose,
    events::{events_flow, events_reach_people},
    identify::machine_says,
    sdks::{has_a_write_key, page_sends, private_page_sends},
    set_the_scene,
};

const DEVICE: &str = "d3b07384-d113-4dec-89ea-a6238ad5ff00";

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

/// A customer is identified on a device that a visitor had: two profiles become one, a field is
/// filled, and the message gets into the timeline.
pub(super) struct SdkIdentify;

impl Scenario for SdkIdentify {
    fn name(&self) -> &'static str {
        "sdk-identify"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        has_a_write_key(world);
        world.block_on(async {
            machine_says(world, &json!({ "external_id": "C-17" })).await;
            machine_says(world, &json!({ "anonymous_id": DEVICE })).await;
            let identify = json!({
                "type": "identify",
                "messageId": "1",
                "userId": "C-17",
                "anonymousId": DEVICE,
                "traits": { "firstName": "Joan", "email": "joan@example.com" },
            });
            page_sends(world, &[identify]).await;
            events_flow(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_reach_people(world, 0).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A page tells of a visitor whom nobody saw before.
pub(super) struct SdkVisit;

impl Scenario for SdkVisit {
    fn name(&self) -> &'static str {
        "sdk-visit"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        has_a_write_key(world);
        world.block_on(async {
            let seen = |id: &str| {
                json!({
                    "type": "page", "messageId": id, "anonymousId": DEVICE, "name": "Anchors",
                    "timestamp": "2026-01-15T08:59:00Z",
                })
            };
            page_sends(world, &[seen("1"), seen("2")]).await;
            events_flow(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_reach_people(world, 0).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// A page tells of a visitor whose browser has Global Privacy Control: they object to what is shared
/// unless somebody does, once.
pub(super) struct SdkSignal;

impl Scenario for SdkSignal {
    fn name(&self) -> &'static str {
        "sdk-signal"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        has_a_write_key(world);
        define_purpose(world, "measurement", "legitimate_interests", true, None);
        world.block_on(async {
            let seen = json!({
                "type": "page", "messageId": "1", "anonymousId": DEVICE, "name": "Anchors",
                "timestamp": "2026-01-15T08:59:00Z",
            });
            private_page_sends(world, &[seen]).await;
            events_flow(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_reach_people(world, 0).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// A customer gets another id.
pub(super) struct SdkAlias;

impl Scenario for SdkAlias {
    fn name(&self) -> &'static str {
        "sdk-alias"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        has_a_write_key(world);
        world.block_on(async {
            machine_says(world, &json!({ "external_id": "C-17" })).await;
            let alias = json!({
                "type": "alias", "messageId": "1", "userId": "C-18", "previousId": "C-17",
            });
            page_sends(world, &[alias]).await;
            events_flow(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_reach_people(world, 0).await;
        Value::Null
    }
}

/// Two messages that say different things of one customer were taken over, and both come again.
pub(super) struct SdkSaidAgain;

impl Scenario for SdkSaidAgain {
    fn name(&self) -> &'static str {
        "sdk-said-again"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        has_a_write_key(world);
        world.block_on(async {
            let said = |id: &str, time: &str, name: &str| {
                json!({
                    "type": "identify", "messageId": id, "timestamp": time, "userId": "C-17",
                    "traits": { "firstName": name },
                })
            };
            let first = said("1", "2026-01-15T08:58:00Z", "Joan");
            let second = said("2", "2026-01-15T08:59:00Z", "Jane");
            page_sends(world, &[first, second]).await;
            events_flow(world).await;
            events_reach_people(world, 0).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_reach_people(world, 0).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}
