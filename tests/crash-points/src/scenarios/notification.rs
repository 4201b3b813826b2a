//! Notices to people.

use serde_json::{Value, json};
use testkit::{World, delivery::Redelivery, engine::Recipient, explore::Scenario};

use crate::actors::{
    Person, changes, decides, gets_a_token, notices_go_out, set_the_scene, stream_flows,
};

const BOTH: [Redelivery; 2] = [Redelivery::Same, Redelivery::Split];

/// A person who agreed changes their profile twice; each change calls for a notice. The queue
/// delivers each message twice, as a standard queue may.
pub(super) struct Notices;

impl Scenario for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            changes(world, &claims, json!({ "display_name": "J." })).await;
            changes(world, &claims, json!({ "display_name": "Jane" })).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        stream_flows(world).await;
        notices_go_out(world).await;
        notices_go_out(world).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// A person withdraws while the notices lie in the queue: none goes out.
pub(super) struct WithdrawnWhileQueued;

impl Scenario for WithdrawnWhileQueued {
    fn name(&self) -> &'static str {
        "withdrawn-while-queued"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        decides(world, &claims, "granted").await;
        stream_flows(world).await;
        decides(world, &claims, "withdrawn").await;
        notices_go_out(world).await;
        assert!(
            world.notifications().is_empty(),
            "a notice went out after its consent was withdrawn"
        );
        Value::Null
    }
}

/// A person who agreed says that they want no text messages while a notice lies in the queue: the
/// topic is told, and the telephone stays silent.
pub(super) struct DeclinedWhileQueued;

impl Scenario for DeclinedWhileQueued {
    fn name(&self) -> &'static str {
        "declined-while-queued"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        changes(world, &claims, json!({ "notices_by_sms": "no" })).await;
        notices_go_out(world).await;
        let phones = world
            .notifications()
            .into_iter()
            .filter(|sent| matches!(sent.recipient, Recipient::Phone(_)));
        assert_eq!(
            phones.count(),
            0,
            "a telephone rang that was to stay silent"
        );
        Value::Null
    }
}
