//! Partners who are told of events by webhooks.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::{idempotency::with_states_alone, without_requests};
use crate::actors::{
    partner::agree,
    set_the_scene,
    webhooks::{Wish, wishes},
};

const ENDPOINT: &str = "https://chandlery.example.com/hooks";
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
