//! What the partner is told by webhooks.

use anyhow::{Result, ensure};
use serde_json::json;

use super::{Outcome, Scene, Steps, Visitor, events, partners::PURPOSE};
use crate::person::fresh_name;
use crate::seed::{HOOK_SECRET, ORDER_PLACED};
use crate::webhooks::{Receiver, Subscription, Webhook};

pub(super) fn flow(
    steps: &mut Steps<'_>,
    scene: &Scene,
    visitor: &Visitor,
    machine: &str,
) -> Result<()> {
    let receiver = Receiver::start()?;
    let subscription = steps.take("the partner subscribes to its orders", || {
        subscribe(scene, machine, &receiver)
    })?;
    let (order, webhook) = steps.take("the next order is sent to its endpoint", || {
        is_sent(scene, visitor, machine, &receiver)
    })?;
    steps.take("the reference library says who sent it", || {
        is_proven(scene, &subscription, &webhook, &order)
    })?;
    steps.take(
        "the delivery is on record, and the subscription ends",
        || is_on_record(subscription, &webhook),
    )
}

fn subscribe<'a>(
    scene: &'a Scene,
    machine: &'a str,
    receiver: &Receiver,
) -> Outcome<Subscription<'a>> {
    let url = receiver.url();
    let api = &scene.fairlead.api;
    let subscription = Subscription::new(api, machine, &url, (ORDER_PLACED, PURPOSE))?;
    Ok((subscription, format!("at {url}, for {PURPOSE}")))
}

/// Gives the order's id with what the endpoint got.
fn is_sent(
    scene: &Scene,
    visitor: &Visitor,
    machine: &str,
    receiver: &Receiver,
) -> Outcome<(String, Webhook)> {
    let id = fresh_name("order")?;
    let order = events::order(&id, visitor, &json!({ "order": id, "amount": 990 }));
    let told = events::post(scene, machine, &[order])?;
    ensure!(
        told.iter()
            .all(|each| each.get("status") == Some(&json!("accepted"))),
        "the order is {told:?}"
    );
    let webhook = receiver.wait_for("the order", |webhook| webhook.body.contains(&id))?;
    let result = format!("{id}, of {} bytes", webhook.body.len());
    Ok(((id, webhook), result))
}

/// By the partner's secret and no other, and only as it came.
fn is_proven(
    scene: &Scene,
    subscription: &Subscription<'_>,
    webhook: &Webhook,
    order: &str,
) -> Outcome<()> {
    let secrets = [subscription.secret.as_str(), HOOK_SECRET];
    let read = scene.clients.received(webhook, &secrets)?;
    ensure!(
        read.get("proven") == Some(&json!([true, false]))
            && read.get("proven_when_changed") == Some(&json!([false, false]))
            && read.pointer("/event/id") == Some(&json!(order)),
        "it says {read}"
    );
    Ok((
        (),
        "whoever has the partner's secret, as it came".to_owned(),
    ))
}

fn is_on_record(subscription: Subscription<'_>, webhook: &Webhook) -> Outcome<()> {
    let status = subscription.delivered(webhook)?;
    subscription.end()?;
    Ok(((), format!("delivered, answered {status}")))
}
