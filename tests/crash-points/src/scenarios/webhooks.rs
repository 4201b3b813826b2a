//! Partners who are told of events by webhooks.

mod failing;
mod switched_off;

pub(super) use failing::EndpointFailing;
use serde_json::{Value, json};
pub(super) use switched_off::SwitchedOff;
use testkit::{
    World,
    delivery::Redelivery,
    explore::{Observation, Scenario},
};

use super::{
    erasure::Steps, idempotency::with_states_alone, outbox::BOTH, without_requests,
    without_telling_again,
};
use crate::actors::{
    Person, decides_on,
    erasure::{acknowledges, erasures_run, lists},
    events::{
        KIND, events_flow, order, order_by_device, posts, takes_orders, what_waited_is_told_of,
    },
    gets_a_token,
    identify::app_says,
    partner::agree,
    set_the_scene, stream_flows,
    webhooks::{
        ENDPOINT, Wish, agree_on_events, events_are_matched, later_events_are_matched, subscribes,
        webhooks_go_out, wishes,
    },
};

const ALL: &str = "POST /v1/subscriptions";
const ONE: &str = "/v1/subscriptions/{subscription_id}";

fn wanted(url: &str) -> Value {
    json!({ "url": url, "types": ["com.example.order.placed.v1"], "purpose": "newsletter" })
}

/// The id of the one subscription that there is.
fn the_subscription(world: &World) -> String {
    let rows = world.rows("subscriptions");
    let id = rows.first().and_then(|row| row.get("subscription_id"));
    id.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A partner subscribes, changes its mind, makes another secret, and ends it.
pub(super) struct Subscribed;

impl Scenario for Subscribed {
    fn name(&self) -> &'static str {
        "subscribed"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
    }

    async fn run(&self, world: &World) -> Value {
        let wish = |route, key| Wish {
            route,
            key,
            ..Wish::default()
        };
        let first = wishes(world, wish(ALL, "key-of-the-first-wish"), &wanted(ENDPOINT)).await;
        let id = the_subscription(world);
        let on_it = |route, key| Wish {
            subscription: &id,
            ..wish(route, key)
        };
        let (put, delete) = (format!("PUT {ONE}"), format!("DELETE {ONE}"));
        let secret = format!("POST {ONE}/secret");
        let elsewhere = wanted("https://chandlery.example.com/elsewhere");
        let changed = wishes(world, on_it(&put, "key-of-the-second-wish"), &elsewhere).await;
        let rotated = on_it(&secret, "key-of-the-third-wish");
        let rotated = wishes(world, rotated, &Value::Null).await;
        let other = wish(ALL, "key-of-the-fourth-wish");
        let other = wishes(world, other, &wanted(ENDPOINT)).await;
        let ended = on_it(&delete, "key-of-the-fifth-wish");
        let ended = wishes(world, ended, &Value::Null).await;
        json!([first, changed, rotated, other, ended])
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(without_requests(Observation::of(world)))
    }
}

/// What differs from run to run, though the end is the same: how often something was tried, and how an
/// endpoint did meanwhile.
fn without_attempts(mut observation: Observation) -> Observation {
    for (table, names) in [
        ("deliveries", &["attempts", "tried", "version"][..]),
        (
            "subscriptions",
            &["circuit", "failing_since", "version"][..],
        ),
    ] {
        for row in observation.rows.get_mut(table).into_iter().flatten() {
            for name in names {
                if let Some(members) = row.as_object_mut() {
                    members.remove(*name);
                }
            }
        }
    }
    with_states_alone(without_requests(observation))
}

/// Jane agreed to the newsletter; the chandlery is told of orders for that, and two of hers are on the
/// bus.
fn set_up(world: &World) {
    set_the_scene(world);
    agree_on_events(world);
    takes_orders(world);
    world.block_on(async {
        let claims = gets_a_token(world, &Person::jane()).await;
        decides_on(world, &claims, "newsletter", "granted").await;
        subscribes(world, &[KIND], "newsletter").await;
        let jane = claims.get("fairlead:profile").and_then(Value::as_str);
        let jane = jane.expect("the token names a profile");
        let orders = ["1", "2"].map(|n| order(n, jane, &json!({ "order": n })));
        posts(world, &orders).await;
        events_flow(world).await;
    });
}

/// Two orders are told of, one of them at the second attempt, since the first answer leads elsewhere; and
/// the bus brings both once more.
pub(super) struct Webhooks;

impl Scenario for Webhooks {
    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn setup(&self, world: &World) {
        set_up(world);
        let elsewhere = [("location", "https://169.254.169.254/latest/meta-data/")];
        let engines = world.engines();
        engines.answer_webhook(ENDPOINT, 302, &elsewhere);
    }

    async fn run(&self, world: &World) -> Value {
        for _ in 0..2 {
            events_are_matched(world).await;
            webhooks_go_out(world).await;
        }
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        without_attempts(Observation::of(world))
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// Jane withdraws her consent while what is about her waits.
pub(super) struct WithdrawnWhileWaiting;

impl Scenario for WithdrawnWhileWaiting {
    fn name(&self) -> &'static str {
        "webhook-withdrawn"
    }

    fn setup(&self, world: &World) {
        set_up(world);
        world.block_on(async {
            events_are_matched(world).await;
            let claims = gets_a_token(world, &Person::jane()).await;
            decides_on(world, &claims, "newsletter", "withdrawn").await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        webhooks_go_out(world).await;
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        without_attempts(Observation::of(world))
    }
}

/// The endpoint answers that it is gone, however often it is asked.
pub(super) struct EndpointGone;

impl Scenario for EndpointGone {
    fn name(&self) -> &'static str {
        "webhook-gone"
    }

    fn setup(&self, world: &World) {
        set_up(world);
        for _ in 0..8 {
            world.engines().answer_webhook(ENDPOINT, 410, &[]);
        }
        world.block_on(events_are_matched(world));
    }

    async fn run(&self, world: &World) -> Value {
        webhooks_go_out(world).await;
        Value::Null
    }

    /// Which of the deliveries found it gone, and which found it disabled, is a matter of who came first.
    fn observe(&self, world: &World) -> Observation {
        let mut observation = without_attempts(Observation::of(world));
        for row in observation.rows.get_mut("deliveries").into_iter().flatten() {
            let is_over = row.get("due_at").is_none();
            *row = json!({ "is_over": is_over });
        }
        observation
            .effects
            .retain(|effect| !effect.channel.starts_with("webhook "));
        observation.rows.remove("receipts");
        observation
    }
}

/// Of what it has to erase the chandlery is told, and reminded, by webhooks; the bus brings all of it
/// once more, after the chandlery has acknowledged.
pub(super) struct ToldToErase;

impl Scenario for ToldToErase {
    fn name(&self) -> &'static str {
        "webhook-erasure"
    }

    fn setup(&self, world: &World) {
        const TYPES: [&str; 2] = [
            "dev.fairlead.erasure.told.v1",
            "dev.fairlead.erasure.reminded.v1",
        ];
        Steps.setup(world);
        world.block_on(async {
            subscribes(world, &TYPES, "account-notices").await;
            erasures_run(world).await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_are_matched(world).await;
        webhooks_go_out(world).await;
        let told = world.engines().received_webhooks();
        assert!(!told.is_empty(), "the chandlery is told of no erasure");
        let open = lists(world, "chandlery").await;
        let id = open.pointer("/body/erasures/0/erasure_id");
        let id = id.and_then(Value::as_str).unwrap_or_default();
        let said = acknowledges(world, "chandlery", id).await;
        events_are_matched(world).await;
        webhooks_go_out(world).await;
        said
    }

    fn observe(&self, world: &World) -> Observation {
        without_attempts(Observation::of(world))
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

const DEVICE: &str = "d3b07384-d113-4dec-89ea-a6238ad5ff00";

/// An order of whoever has a device is there before anybody is known by it. Then Jane's app says that it is
/// hers, and the chandlery is told of it.
pub(super) struct ToldOnceKnown;

impl Scenario for ToldOnceKnown {
    fn name(&self) -> &'static str {
        "webhook-once-known"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree_on_events(world);
        takes_orders(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides_on(world, &claims, "newsletter", "granted").await;
            subscribes(world, &[KIND], "newsletter").await;
            let data = json!({ "order": "1" });
            posts(world, &[order_by_device("1", DEVICE, &data)]).await;
            events_flow(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_are_matched(world).await;
        assert!(
            world.rows("deliveries").is_empty(),
            "there is a delivery of whom nobody knows"
        );
        let from = world.published_events().len();
        let claims = gets_a_token(world, &Person::jane()).await;
        let said = app_says(world, &claims, &json!({ "anonymous_id": DEVICE })).await;
        what_waited_is_told_of(world, from).await;
        later_events_are_matched(world, from).await;
        webhooks_go_out(world).await;
        assert!(
            !world.engines().received_webhooks().is_empty(),
            "a partner is not told of somebody who is known by now"
        );
        said
    }

    fn observe(&self, world: &World) -> Observation {
        without_telling_again(without_attempts(Observation::of(world)))
    }
}
