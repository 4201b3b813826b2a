//! An endpoint that is given up.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::{ONE, set_up, wanted, without_attempts};
use crate::actors::webhooks::{
    ELSEWHERE, ENDPOINT, Wish, endpoint_answers, events_are_matched, subscribes_to_ends,
    webhooks_go_out, webhooks_go_out_within, wishes,
};

/// The endpoint has failed for days, and fails once more: its subscription is disabled, what waits for it
/// has failed, and the chandlery is told of that elsewhere. Then it answers again, and the chandlery has all
/// of it sent again.
pub(in crate::scenarios) struct EndpointFailing;

/// For longer than that nothing waits for an endpoint that was given up.
const MINUTES: usize = 30;

/// The subscription that is told there.
fn told_at(world: &World, url: &str) -> Value {
    let mut rows = world.rows("subscriptions").into_iter();
    let row = rows.find(|row| row.get("url").and_then(Value::as_str) == Some(url));
    row.expect("the chandlery subscribed")
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The ids and states of what a subscription was to be told.
fn deliveries_of(world: &World, subscription: &str) -> Vec<(String, String)> {
    let rows = world.rows("deliveries").into_iter();
    rows.filter(|row| text(row, "subscription_id") == subscription)
        .map(|row| {
            let (id, state) = (text(&row, "delivery_id"), text(&row, "state"));
            (id.to_owned(), state.to_owned())
        })
        .collect()
}

impl Scenario for EndpointFailing {
    fn name(&self) -> &'static str {
        "webhook-failing"
    }

    fn setup(&self, world: &World) {
        set_up(world);
        world.block_on(async {
            subscribes_to_ends(world).await;
            events_are_matched(world).await;
        });
        let mut row = told_at(world, ENDPOINT);
        if let Some(members) = row.as_object_mut() {
            let circuit = json!({ "state": "closed", "failures": 4 });
            members.insert("circuit".to_owned(), circuit);
            let since = "2026-01-01T00:00:00Z".into();
            members.insert("failing_since".to_owned(), since);
        }
        world.put_row("subscriptions", row);
        endpoint_answers(world, false);
    }

    async fn run(&self, world: &World) -> Value {
        webhooks_go_out_within(world, MINUTES).await;
        let row = told_at(world, ENDPOINT);
        assert_eq!(text(&row, "disabled_because"), "failing");
        let id = text(&row, "subscription_id").to_owned();
        let all = deliveries_of(world, &id);
        assert_eq!(all.len(), 2);
        for (_, state) in &all {
            assert_eq!(state, "failed", "it was dropped");
        }
        endpoint_answers(world, true);
        let put = format!("PUT {ONE}");
        let retry = format!("POST {ONE}/deliveries/{{delivery_id}}/retry");
        let on_it = |route, key, delivery| Wish {
            route,
            key,
            subscription: &id,
            delivery,
        };
        let active = on_it(&put, "key-of-the-wish-to-go-on", "");
        let mut answers = vec![wishes(world, active, &wanted(ENDPOINT)).await];
        let keys = ["key-of-the-first-retry", "key-of-the-second-retry"];
        for (key, (delivery, _)) in keys.into_iter().zip(&all) {
            let again = on_it(&retry, key, delivery);
            answers.push(wishes(world, again, &Value::Null).await);
        }
        webhooks_go_out(world).await;
        let statuses = answers.iter().map(|answer| answer.get(0));
        json!(statuses.collect::<Vec<_>>())
    }

    fn observe(&self, world: &World) -> Observation {
        let elsewhere = told_at(world, ELSEWHERE);
        let told = deliveries_of(world, text(&elsewhere, "subscription_id"));
        assert_eq!(told.len(), 1, "the end of a subscription is told once");
        let mut observation = without_attempts(Observation::of(world));
        // Which of the orders was decided on before the end, is a matter of who came first.
        observation.rows.remove("receipts");
        observation
    }
}
