//! A person's edits, and who is told of them.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Outcome, Scene, Visitor};
use crate::fairlead::Fairlead;
use crate::observe;
use crate::person::fresh_name;
use crate::profile_api::etag;
use crate::wait;

const PROFILE_UPDATED: &str = "dev.fairlead.profile.updated.v1";

pub(super) fn edit(scene: &Scene, visitor: &mut Visitor, display_name: &str) -> Outcome<()> {
    let before = visitor.etag.clone();
    change(scene, visitor, display_name)?;
    Ok(((), format!("version {before} became {}", visitor.etag)))
}

/// Edits the profile on the version that was seen last.
fn change(scene: &Scene, visitor: &mut Visitor, display_name: &str) -> Result<()> {
    let change = json!({ "display_name": display_name });
    let answer = scene
        .fairlead
        .api
        .change_me(&visitor.access_token, &visitor.etag, &change)?
        .expect(200)?;
    let changed = answer.json()?;
    ensure!(
        changed
            .get("display_name")
            .is_some_and(|found| found == display_name),
        "not changed: {changed}"
    );
    visitor.etag = etag(&answer)?;
    Ok(())
}

pub(super) fn is_notified(scene: &mut Scene, visitor: &Visitor) -> Outcome<()> {
    let event_id = event_of_last_edit(scene, visitor)?;
    let message = scene.topic.wait_for(
        "a message about the edit on the notifications topic",
        |message| message.body.contains(&event_id) && message.body.contains(&visitor.profile_id),
    )?;
    let Fairlead { http, stack, .. } = &scene.fairlead;
    let phone = &visitor.person.phone;
    let sms = wait::until(&format!("an SMS to {phone}"), wait::PATIENCE, || {
        Ok(observe::sms_to(http, stack, phone)?.into_iter().next_back())
    })?;
    let notice: Value =
        serde_json::from_str(&message.body).context("a message on the topic is JSON")?;
    let kind = notice
        .get("notice")
        .and_then(Value::as_str)
        .context("it names its notice")?;
    Ok(((), format!("by SMS: \"{sms}\", and by {kind} on the topic")))
}

/// The id of the event that the profile's last edit has put on the bus.
fn event_of_last_edit(scene: &mut Scene, visitor: &Visitor) -> Result<String> {
    let version: Value =
        serde_json::from_str(visitor.etag.trim_matches('"')).context("an ETag is a version")?;
    let of_last_edit = |message: &observe::Message| {
        let event = message.event(PROFILE_UPDATED, &visitor.profile_id)?;
        let is_last = event.pointer("/data/version") == Some(&version);
        event
            .get("id")
            .and_then(Value::as_str)
            .filter(|_| is_last)
            .map(str::to_owned)
    };
    let message = scene
        .bus
        .wait_for("the edit's event on the bus", |message| {
            of_last_edit(message).is_some()
        })?;
    of_last_edit(&message).context("the event that was awaited has an id")
}

pub(super) fn lost_update(scene: &Scene, visitor: &Visitor) -> Outcome<()> {
    let change = json!({ "display_name": "Overwritten" });
    let answer = scene
        .fairlead
        .api
        .change_me(&visitor.access_token, "\"1\"", &change)?
        .expect(412)?;
    let problem = answer.json()?;
    let title = problem
        .get("title")
        .and_then(Value::as_str)
        .context("a problem document has a title")?;
    Ok(((), format!("412 {title}")))
}

/// Edits, waits until notification-dispatch has dealt with the event, and sees that nothing was sent.
pub(super) fn edit_unnoticed(scene: &mut Scene, visitor: &mut Visitor) -> Outcome<()> {
    let sent_before = sent_to(scene, visitor)?;
    change(scene, visitor, &fresh_name("Deckhand")?)?;
    let event_id = event_of_last_edit(scene, visitor)?;
    await_dispatch(scene)?;
    let sent_after = sent_to(scene, visitor)?;
    ensure!(
        sent_after == sent_before,
        "{} messages were sent without consent",
        sent_after - sent_before
    );
    Ok(((), format!("{event_id} was dispatched, and nothing sent")))
}

/// Waits until nothing is left for notification-dispatch to do. What was seen on the bus before is
/// in its queue by then: the bus delivers to the queue and to our observer in one go.
fn await_dispatch(scene: &Scene) -> Result<()> {
    let Fairlead { aws, stack, .. } = &scene.fairlead;
    let queue_url = stack.output("NotificationQueueUrl")?;
    wait::until(
        "notification-dispatch to empty its queue",
        wait::PATIENCE,
        || Ok(observe::is_drained(aws, queue_url)?.then_some(())),
    )?;
    let dead_letters = observe::is_drained(aws, stack.output("NotificationDeadLetterQueueUrl")?)?;
    ensure!(
        dead_letters,
        "a message ended in notification-dispatch's dead-letter queue"
    );
    Ok(())
}

/// How many SMS and topic messages went out for this person until now.
fn sent_to(scene: &mut Scene, visitor: &Visitor) -> Result<usize> {
    let sms = observe::sms_to(
        &scene.fairlead.http,
        &scene.fairlead.stack,
        &visitor.person.phone,
    )?
    .len();
    let messages = scene.topic.so_far()?;
    Ok(sms
        + messages
            .iter()
            .filter(|message| message.body.contains(&visitor.profile_id))
            .count())
}
