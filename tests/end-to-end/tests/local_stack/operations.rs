//! Who is on call, and what people answer by text message.

use anyhow::Result;
use fairlead_end_to_end::observe::Observer;
use fairlead_end_to_end::person::{Person, fresh_name};
use fairlead_end_to_end::salesforce::{Salesforce, look_up};
use fairlead_end_to_end::wait;
use serde_json::{Value, json};

use crate::visitor::running;

#[test]
fn who_is_on_shift_is_told_by_text_message_and_named_to_callers() -> Result<()> {
    let (running, fairlead) = running()?;
    let salesforce = Salesforce::of(&running)?;
    let queue = fresh_name("queue")?;
    let phone = Person::newcomer("Otto")?.phone;
    // A shift of years, so that it is on whenever this runs.
    let fields = [
        ("Name", "Long watch"),
        ("From__c", "2026-01-01T00:00:00Z"),
        ("Until__c", "2099-01-01T00:00:00Z"),
        ("Line__c", "1"),
        ("Phone__c", phone.as_str()),
        ("Queues__c", queue.as_str()),
    ];
    let id = salesforce.make("Roster__c", &fields)?;
    salesforce.outcome(&id, "an outcome", |shown| shown.result() == "Success")?;
    let asked = json!({ "queue": queue });
    wait::until("the first line to be named", wait::PATIENCE, || {
        let told = look_up(&fairlead, "ContactConfigLookupFunctionName", None, &asked)?;
        let named = told.get("first_line").and_then(Value::as_str);
        Ok((named == Some(phone.as_str())).then_some(()))
    })?;

    let topic = fairlead.stack.output("OnCallTopicArn")?;
    let assign = fairlead
        .stack
        .output("OperationsOncallAssignFunctionName")?;
    let is_subscribed = || -> Result<bool> {
        fairlead.aws.invoke(assign, &json!({}))?;
        Ok(fairlead.aws.subscriptions(topic)?.contains(&phone))
    };
    wait::until("the number to be subscribed", wait::PATIENCE, || {
        Ok(is_subscribed()?.then_some(()))
    })?;
    salesforce.delete(&id)?;
    salesforce.outcome(&id, "its end", |shown| shown.action() == "deleted")?;
    wait::until(
        "the number to be subscribed no more",
        wait::PATIENCE,
        || Ok((!is_subscribed()?).then_some(())),
    )
}

#[test]
fn a_text_message_is_passed_on_once_and_without_the_number() -> Result<()> {
    let (_, fairlead) = running()?;
    let messages = fairlead.stack.output("SmsMessagesTopicArn")?;
    let name = fresh_name("text-messages")?;
    let mut seen = Observer::of(&fairlead.stack, &fairlead.aws, &name, messages)?;
    let inbound = fairlead.stack.output("SmsInboundTopicArn")?;
    let number = Person::newcomer("Sven")?.phone;
    let say = |words: &str, id: &str| {
        let message = json!({
            "originationNumber": number,
            "destinationNumber": "+15550000009",
            "messageKeyword": "KEYWORD",
            "messageBody": words,
            "inboundMessageId": id,
        });
        fairlead.aws.publish(inbound, &message.to_string())
    };
    let (first, last) = (fresh_name("On my way")?, fresh_name("I am there")?);
    let id = fresh_name("cae173d2")?;
    // AWS delivers at least once: the same message may come again.
    say(&first, &id)?;
    say(&first, &id)?;
    seen.wait_for("the text message", |message| message.body == first)?;
    say(&last, &fresh_name("cae173d2")?)?;
    seen.wait_for("the one after it", |message| message.body == last)?;
    let all = seen.so_far()?;
    let count = all.iter().filter(|message| message.body == first).count();
    assert_eq!(count, 1, "it was passed on {count} times");
    assert!(all.iter().all(|message| !message.body.contains(&number)));
    Ok(())
}
