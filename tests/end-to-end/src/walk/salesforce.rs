//! What an operator of the contact centre edits in Salesforce, and what comes of it.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Outcome, Scene, Steps};
use crate::observe::Observer;
use crate::person::fresh_name;
use crate::running::Running;
use crate::salesforce::{OPERATOR, Salesforce, look_up};
use crate::seed;
use crate::wait;

/// The day of the holiday, and a moment of it.
const DAY: &str = "2031-03-03";
const NOON: &str = "2031-03-03T12:00:00Z";

/// The flow that tells of holidays.
const FLOW: &str = "salesforce-holiday-changes";

/// An edit in Salesforce, from the operator's screen to the caller's ear and back.
pub(super) fn flow(steps: &mut Steps<'_>, scene: &Scene, running: &Running) -> Result<()> {
    let salesforce = &Salesforce::of(running)?;
    let stack = &scene.fairlead.stack;
    let topic = stack.output("ConfigurationChangesTopicArn")?;
    let name = fresh_name("walk-changes")?;
    let mut mail = Observer::of(stack, &scene.fairlead.aws, &name, topic)?;
    let queue = fresh_name("queue")?;
    steps.take("an operator says where mail reaches them", || {
        wants_mail(salesforce)
    })?;
    let holiday = steps.take("an operator makes a holiday in Salesforce", || {
        make(salesforce, &queue)
    })?;
    steps.take("the contact centre is closed on that day", || {
        is_closed(scene, &queue, "Founders' Day")
    })?;
    steps.take("the operator sees on the record that it counts", || {
        is_answered(salesforce, &holiday)
    })?;
    steps.take("the operator and the team are written to", || {
        are_written_to(&mut mail, &holiday)
    })?;
    steps.take("what can't be is refused, and says why", || {
        is_refused(scene, salesforce, (&queue, &holiday))
    })?;
    let flow = steps.take("the flow that tells of holidays breaks", || {
        breaks(salesforce, &holiday)
    })?;
    steps.take("it is repaired", || is_repaired(scene, salesforce, &flow))?;
    steps.take("the edit that was lost meanwhile is made up for", || {
        is_closed(scene, &queue, "Founders' Day, at last")
    })
}

fn wants_mail(salesforce: &Salesforce) -> Outcome<()> {
    let email = seed::operator().email;
    let fields = [
        ("User__c", OPERATOR),
        ("Email__c", email.as_str()),
        ("Wants_Mail__c", "true"),
    ];
    let id = salesforce.make("Operator__c", &fields)?;
    let shown = salesforce.outcome(&id, "an outcome", |shown| !shown.result().is_empty())?;
    ensure!(shown.result() == "Success", "it says {}", shown.all());
    Ok(((), format!("user {OPERATOR} at {email}")))
}

fn make(salesforce: &Salesforce, queue: &str) -> Outcome<String> {
    let fields = [
        ("Name", "Founders' Day"),
        ("From__c", DAY),
        ("Queues__c", queue),
    ];
    let id = salesforce.make("Holiday__c", &fields)?;
    let result = format!("{id} on {DAY}, for {queue}");
    Ok((id, result))
}

/// Asks as a flow of Amazon Connect does, until the answer names the holiday.
fn is_closed(scene: &Scene, queue: &str, holiday: &str) -> Outcome<()> {
    let asked = json!({ "queue": queue, "at": NOON, "time_zone": "UTC" });
    let answer = wait::until("the look-up to name the holiday", wait::PATIENCE, || {
        let answer = look_up(
            &scene.fairlead,
            "ContactConfigLookupFunctionName",
            None,
            &asked,
        )?;
        let named = answer.get("holiday").and_then(Value::as_str);
        Ok((named == Some(holiday)).then_some(answer))
    })?;
    ensure!(
        answer.get("open") == Some(&json!("false")),
        "the look-up says {answer}"
    );
    Ok(((), format!("\"{holiday}\", says contact-config-lookup")))
}

fn is_answered(salesforce: &Salesforce, holiday: &str) -> Outcome<()> {
    let shown = salesforce.outcome(holiday, "an outcome", |shown| !shown.result().is_empty())?;
    ensure!(
        (shown.action(), shown.result()) == ("created", "Success"),
        "it says {}",
        shown.all()
    );
    Ok(((), format!("created, Success, {}", shown.time())))
}

/// The team gets mail of every edit, and the operator of their own.
fn are_written_to(mail: &mut Observer, holiday: &str) -> Outcome<()> {
    let mut told = Vec::new();
    for audience in ["operator", "team"] {
        let what = format!("mail about the holiday to the {audience}");
        let message = mail.wait_for(&what, |message| {
            message.attribute("audience") == Some(audience) && message.body.contains(holiday)
        })?;
        let mut lines = message.body.lines();
        let line = lines.find(|line| line.contains(holiday));
        let line = line.context("a mail says what became of the edit")?;
        told.push(format!("{audience}: \"{}\"", line.trim()));
    }
    Ok(((), told.join("; ")))
}

fn is_refused(
    scene: &Scene,
    salesforce: &Salesforce,
    (queue, holiday): (&str, &str),
) -> Outcome<()> {
    salesforce.change(holiday, &[("Until__c", "2031-03-01")])?;
    let shown = salesforce.outcome(holiday, "a refusal", |shown| shown.result() == "Fail")?;
    let reason = shown.reason().to_owned();
    ensure!(reason.contains("Until__c"), "the reason is {reason}");
    // What was published stays.
    is_closed(scene, queue, "Founders' Day")?;
    salesforce.change(holiday, &[("Until__c", "")])?;
    salesforce.outcome(holiday, "an outcome", |shown| shown.result() == "Success")?;
    Ok(((), format!("Fail: {reason}")))
}

/// Somebody deactivates the flow, and an edit is made before anybody knows.
fn breaks(salesforce: &Salesforce, holiday: &str) -> Outcome<String> {
    let flows = salesforce.flows()?;
    let names = flows.iter().filter_map(|flow| flow.get("name")?.as_str());
    let flow = names.into_iter().find(|name| name.ends_with(FLOW));
    let flow = flow.context("there is a flow of holidays")?.to_owned();
    // Nobody tells of it, so that the edit comes before the repair.
    salesforce.break_flow(&flow, "suspended", 1)?;
    salesforce.change(holiday, &[("Name", "Founders' Day, at last")])?;
    Ok((flow.clone(), format!("{flow} is suspended")))
}

/// The function that mends flows looks at all of them, as it does every five minutes.
fn is_repaired(scene: &Scene, salesforce: &Salesforce, flow: &str) -> Outcome<()> {
    let function = scene
        .fairlead
        .stack
        .output("SalesforceFlowRepairFunctionName")?;
    let tick = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
    wait::until("the flow to be active again", wait::PATIENCE, || {
        scene.fairlead.aws.invoke(function, &tick)?;
        Ok((salesforce.status(flow)? == "Active").then_some(()))
    })?;
    Ok(((), format!("{flow} is active again")))
}
