//! What partners are sent, taken by clients that others wrote.

use anyhow::{Result, ensure};
use fairlead_end_to_end::interop::Clients;
use fairlead_end_to_end::json::text;
use fairlead_end_to_end::person::fresh_name;
use fairlead_end_to_end::profile_api::ProfileApi;
use fairlead_end_to_end::seed::{HOOK_SECRET, ORDER_PLACED};
use fairlead_end_to_end::webhooks::{Receiver, Subscription, Webhook};
use serde_json::json;

use crate::visitor::Visitor;
use crate::visitor::running;

/// The partner tells of an order of `person`, and is told of it.
fn told_of_an_order(
    api: &ProfileApi,
    machine: &str,
    person: &str,
    receiver: &Receiver,
) -> Result<(String, Webhook)> {
    let id = fresh_name("order")?;
    let event = json!({
        "specversion": "1.0",
        "id": id,
        "source": "/shops/17",
        "type": ORDER_PLACED,
        "subject": person,
        "data": { "order": "Größe 50" },
    });
    let headers = [("content-type", "application/cloudevents+json")];
    let body = serde_json::to_vec(&event)?;
    let answer = api.send("POST", "/v1/events", Some(machine), &headers, body)?;
    let answer = answer.expect(202)?.json()?;
    let status = text(&answer, "/events/0/status")?;
    ensure!(status == "accepted", "the order is {status}");
    let webhook = receiver.wait_for("the order", |webhook| webhook.body.contains(&id))?;
    Ok((id, webhook))
}

#[test]
fn what_is_sent_is_proven_by_the_reference_library_and_read_by_the_cloudevents_sdk() -> Result<()> {
    let visitor = Visitor::new("Rhea")?;
    let (running, fairlead) = running()?;
    let clients = Clients::from_environment()?;
    let (api, machine) = (&fairlead.api, fairlead.partner_token(&running.world)?);
    api.decide(&visitor.tokens.access, "newsletter", "granted")?
        .expect(200)?;
    let (profile, _) = visitor.profile()?;
    let person = text(&profile, "/profile_id")?;
    let receiver = Receiver::start()?;
    let wanted = (ORDER_PLACED, "newsletter");
    let subscription = Subscription::new(api, &machine, &receiver.url(), wanted)?;

    let (id, webhook) = told_of_an_order(api, &machine, person, &receiver)?;
    let read = clients.received(&webhook, &[&subscription.secret, HOOK_SECRET])?;
    let expected = json!({
        "proven": [true, false],
        "proven_when_changed": [false, false],
        "event": {
            "id": id,
            "type": ORDER_PLACED,
            "subject": person,
            "data": { "order": "Größe 50" },
        },
    });
    assert_eq!(read, expected);
    assert_eq!(subscription.delivered(&webhook)?, 204);

    let newer = subscription.another_secret()?;
    let (_, webhook) = told_of_an_order(api, &machine, person, &receiver)?;
    let read = clients.received(&webhook, &[&subscription.secret, &newer, HOOK_SECRET])?;
    assert_eq!(read.get("proven"), Some(&json!([true, true, false])));
    subscription.end()
}
