//! Events that are published to topics of partners.

use serde_json::{Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    explore::{Observation, Scenario},
};

use super::{outbox::BOTH, partner::what_was_decided, without_requests, without_telling_again};
use crate::actors::{
    Person, decides_on,
    events::{
        KIND, events_flow, events_reach_people, order, order_by_device, posts, takes_orders,
        what_waited_is_told_of,
    },
    fan_out::{events_fan_out, publishes},
    gets_a_token,
    identify::app_says,
    set_the_scene,
    uploads::{SCAN, announcement, announces, completes, puts, takes_scans},
    webhooks::agree_on_events,
};

/// Jane agreed to the newsletter, for which the chandlery takes events by a topic. Two orders of hers are
/// on the bus, one of which no topic takes, and a scan that was uploaded. Gives the id of her profile.
fn set_up(world: &World) -> String {
    set_the_scene(world);
    agree_on_events(world);
    takes_orders(world);
    takes_scans(world);
    publishes(world, &[KIND, SCAN], ("newsletter", "letters"));
    world.block_on(async {
        let claims = gets_a_token(world, &Person::jane()).await;
        decides_on(world, &claims, "newsletter", "granted").await;
        let jane = claims.get("fairlead:profile").and_then(Value::as_str);
        let jane = jane.expect("the token names a profile");
        let large = json!({ "order": "2", "note": "x".repeat(260 * 1024) });
        let orders = [
            order("1", jane, &json!({ "order": "1" })),
            order("2", jane, &large),
        ];
        posts(world, &orders).await;
        let data = "a scan of many pages";
        let scan = announcement("3", (SCAN, "application/pdf"), jane, data);
        let told = announces(world, &scan).await;
        assert!(
            puts(world, &told, data),
            "the link takes what was announced"
        );
        completes(world, &told, &scan).await;
        events_flow(world).await;
        jane.to_owned()
    })
}

/// Three events are published.
pub(super) struct FannedOut;

impl Scenario for FannedOut {
    fn name(&self) -> &'static str {
        "fan-out"
    }

    fn setup(&self, world: &World) {
        set_up(world);
    }

    async fn run(&self, world: &World) -> Value {
        events_fan_out(world, 0).await;
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        what_was_decided(world)
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// Jane withdraws her consent while events wait in the queue: nothing of her is published, or copied.
pub(super) struct FanOutWithdrawn;

impl Scenario for FanOutWithdrawn {
    fn name(&self) -> &'static str {
        "fan-out-withdrawn"
    }

    fn setup(&self, world: &World) {
        set_up(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides_on(world, &claims, "newsletter", "withdrawn").await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_fan_out(world, 0).await;
        assert!(
            world.notifications().is_empty(),
            "an event was published after its consent was withdrawn"
        );
        assert!(
            world.objects("claims").is_empty(),
            "what is withheld was copied"
        );
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        what_was_decided(world)
    }
}

/// Events were published, and whom they are about is gone before they reach a timeline. The queue brings
/// them once more.
pub(super) struct FanOutErased;

impl Scenario for FanOutErased {
    fn name(&self) -> &'static str {
        "fan-out-erased"
    }

    fn setup(&self, world: &World) {
        let jane = set_up(world);
        world.block_on(events_fan_out(world, 0));
        assert_eq!(world.objects("claims").len(), 2, "two are copied");
        let erased = json!({ "profile_id": jane, "part": "profile", "closed": "erased" });
        world.put_row("profiles", erased);
    }

    async fn run(&self, world: &World) -> Value {
        let is_left = || !world.objects("claims").is_empty();
        events_reach_people(world, 0).await;
        assert!(!is_left(), "what lies for a partner outlives the person");
        events_fan_out(world, 0).await;
        assert!(!is_left(), "what lies for a partner came back");
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        what_was_decided(world)
    }
}

const DEVICE: &str = "d3b07384-d113-4dec-89ea-a6238ad5ff00";

/// An order of whoever has a device reaches the partner's queue before anybody is known by it. Then Jane's
/// app says that it is hers.
pub(super) struct FannedOutOnceKnown;

impl Scenario for FannedOutOnceKnown {
    fn name(&self) -> &'static str {
        "fan-out-once-known"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree_on_events(world);
        takes_orders(world);
        publishes(world, &[KIND], ("newsletter", "letters"));
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides_on(world, &claims, "newsletter", "granted").await;
            let data = json!({ "order": "1" });
            posts(world, &[order_by_device("1", DEVICE, &data)]).await;
            events_flow(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_fan_out(world, 0).await;
        assert!(
            world.notifications().is_empty(),
            "an event was published of whom nobody knows"
        );
        let from = world.published_events().len();
        let claims = gets_a_token(world, &Person::jane()).await;
        let said = app_says(world, &claims, &json!({ "anonymous_id": DEVICE })).await;
        what_waited_is_told_of(world, from).await;
        events_fan_out(world, from).await;
        assert!(
            !world.notifications().is_empty(),
            "an event is withheld of somebody who is known by now"
        );
        said
    }

    fn observe(&self, world: &World) -> Observation {
        without_telling_again(without_requests(what_was_decided(world)))
    }
}
