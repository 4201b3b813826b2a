//! What the partner's shop tells of the person.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Outcome, Scene, Steps, Visitor, large, partners::PURPOSE, sdk, webhooks};
use crate::{
    fairlead::Fairlead,
    http::Answer,
    json::text,
    observe::{self, Message},
    person::fresh_name,
    seed::{ORDER_NOTICE, ORDER_PLACED, PARTNER, TENANT},
    wait,
};

/// Where the shop's events come from.
pub(super) const SOURCE: &str = "/shops/17";

/// How a reference to an event begins; behind it is its key.
pub(super) const REFERENCE: &str = "fairlead:event:";

/// The partner's events, from the request to the bus, to the timeline and to the partner itself.
pub(super) fn flow(
    steps: &mut Steps<'_>,
    scene: &mut Scene,
    visitor: &Visitor,
    (machine, device): (&str, &str),
) -> Result<()> {
    let ids = steps.take(
        "the partner's shop sends events, and sends them again",
        || send(scene, visitor, machine),
    )?;
    steps.take("the bus is told where they are", || are_told(scene, &ids))?;
    steps.take("they get into the person's timeline", || {
        are_in_the_timeline(scene, visitor, &ids)
    })?;
    steps.take("they are told of their orders by the brand's rule", || {
        are_notified(scene, visitor)
    })?;
    steps.take("the partner reads the timeline for its purpose", || {
        are_read(scene, visitor, machine, &ids)
    })?;
    steps.take(
        "an SDK of Segment sends what they do on their device",
        || sdk::tell(scene, visitor, device),
    )?;
    large::flow(steps, scene, visitor, machine)?;
    webhooks::flow(steps, scene, visitor, machine)
}

/// Two events of the person, sent twice, beside one that can't be taken.
fn send(scene: &Scene, visitor: &Visitor, machine: &str) -> Outcome<[String; 2]> {
    let ids = [fresh_name("order")?, fresh_name("order")?];
    let mut batch: Vec<Value> = ids
        .iter()
        .map(|id| order(id, visitor, &json!({ "order": id, "amount": 1250 })))
        .collect();
    let refused = fresh_name("order")?;
    batch.push(order(&refused, visitor, &json!({ "amount": -1 })));
    let mut outcomes = Vec::new();
    for expected in ["accepted", "duplicate"] {
        let told = post(scene, machine, &batch)?;
        let statuses: Vec<&str> = told
            .iter()
            .map(|each| text(each, "/status"))
            .collect::<Result<_>>()?;
        ensure!(
            statuses == [expected, expected, "refused"],
            "the events are {statuses:?}"
        );
        outcomes.push(format!("2 {expected}, 1 refused"));
    }
    Ok((ids, outcomes.join("; ")))
}

/// That the person ordered something.
pub(super) fn order(id: &str, visitor: &Visitor, data: &Value) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": SOURCE,
        "type": ORDER_PLACED,
        "subject": visitor.profile_id,
        "data": data,
    })
}

/// What became of each event of a batch.
pub(super) fn post(scene: &Scene, machine: &str, batch: &[Value]) -> Result<Vec<Value>> {
    let headers = [("content-type", "application/cloudevents-batch+json")];
    let body = serde_json::to_vec(batch)?;
    let api = &scene.fairlead.api;
    let answer = api.send("POST", "/v1/events", Some(machine), &headers, body)?;
    let answer = answer.expect(202)?.json()?;
    let told = answer.get("events").and_then(Value::as_array);
    told.cloned().context("an answer tells of each event")
}

/// The bus is told of each event, and of nothing that it says.
fn are_told(scene: &mut Scene, ids: &[String; 2]) -> Outcome<()> {
    for id in ids {
        is_told(scene, id)?;
    }
    Ok(((), "by reference, without data and subject".to_owned()))
}

/// What the bus is told of an event, of which it says nothing but where it is.
pub(super) fn is_told(scene: &mut Scene, id: &str) -> Result<Value> {
    let announced = |message: &Message| {
        let envelope: Value = serde_json::from_str(&message.body).ok()?;
        let event = envelope.get("detail")?;
        (event.get("id")?.as_str()? == id).then(|| event.clone())
    };
    let message = scene.bus.wait_for("the event on the bus", |message| {
        announced(message).is_some()
    })?;
    let event = announced(&message).context("the event that was awaited is there")?;
    ensure!(
        text(&event, "/tenantid")? == TENANT
            && text(&event, "/partnerid")? == PARTNER
            && text(&event, "/dataref")?.starts_with(REFERENCE)
            && event.get("data").is_none()
            && event.get("subject").is_none(),
        "the bus is told {event}"
    );
    Ok(event)
}

/// The person sees both events, and nothing else.
fn are_in_the_timeline(scene: &Scene, visitor: &Visitor, ids: &[String; 2]) -> Outcome<()> {
    wait::until("the events in the timeline", wait::PATIENCE, || {
        Ok(are_all(&timeline(scene, visitor)?, ids)?.then_some(()))
    })?;
    Ok(((), ids.join(" and ")))
}

/// Whoever consented to the rule's purpose is told that there is an order, and not what it says.
fn are_notified(scene: &mut Scene, visitor: &Visitor) -> Outcome<()> {
    let what = "a notice of an order on the notifications topic";
    let message = scene.topic.wait_for(what, |message| {
        message.body.contains(ORDER_PLACED) && message.body.contains(&visitor.profile_id)
    })?;
    let notice: Value = serde_json::from_str(&message.body)?;
    ensure!(
        text(&notice, "/text")? == ORDER_NOTICE && notice.get("data").is_none(),
        "the topic is told {notice}"
    );
    let Fairlead { http, stack, .. } = &scene.fairlead;
    let phone = &visitor.person.phone;
    let sms = wait::until(&format!("an SMS to {phone}"), wait::PATIENCE, || {
        let mut texts = observe::sms_to(http, stack, phone)?.into_iter();
        Ok(texts.find(|text| text == ORDER_NOTICE))
    })?;
    Ok(((), format!("by SMS: \"{sms}\", and by event on the topic")))
}

/// What the person sees of what was told of them.
pub(super) fn timeline(scene: &Scene, visitor: &Visitor) -> Result<Answer> {
    let token = Some(visitor.access_token.as_str());
    let api = &scene.fairlead.api;
    let answer = api.send("GET", "/v1/me/events", token, &[], Vec::new())?;
    answer.expect(200)
}

/// Waits until the person sees an event for which `wanted` holds.
pub(super) fn await_entry(
    scene: &Scene,
    visitor: &Visitor,
    wanted: impl Fn(&Value) -> bool,
) -> Result<Value> {
    wait::until("the event in the timeline", wait::PATIENCE, || {
        let page = timeline(scene, visitor)?.json()?;
        let events = page.get("events").and_then(Value::as_array);
        let mut events = events.into_iter().flatten();
        Ok(events.find(|event| wanted(event)).cloned())
    })
}

/// The partner reads them under a receipt.
fn are_read(scene: &Scene, visitor: &Visitor, machine: &str, ids: &[String; 2]) -> Outcome<()> {
    let path = format!("/v1/profiles/{}/events", visitor.profile_id);
    let headers = [("fairlead-purpose", PURPOSE)];
    let api = &scene.fairlead.api;
    let answer = api.send("GET", &path, Some(machine), &headers, Vec::new())?;
    let answer = answer.expect(200)?;
    ensure!(are_all(&answer, ids)?, "the partner reads other events");
    let receipt = answer.json()?;
    Ok(((), format!("receipt {}", text(&receipt, "/receipt_id")?)))
}

/// Whether a page has these events.
fn are_all(page: &Answer, ids: &[String; 2]) -> Result<bool> {
    let page = page.json()?;
    let events = page.get("events").and_then(Value::as_array);
    let events = events.context("a page has events")?;
    let has = |id: &String| {
        let mut told = events.iter().filter_map(|event| event.get("id"));
        told.any(|each| each == id.as_str())
    };
    Ok(events.len() == ids.len() && ids.iter().all(has))
}
