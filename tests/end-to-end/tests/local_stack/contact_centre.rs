//! What the contact centre looks up: configuration as operators edit it in Salesforce, and who calls.

use anyhow::{Context as _, Result};
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::person::fresh_name;
use fairlead_end_to_end::salesforce::{Salesforce, look_up};
use fairlead_end_to_end::wait;
use serde_json::{Value, json};

use crate::visitor::{Visitor, running};

const DAY: &str = "2032-05-04";

/// What is told of a queue at noon of that day.
fn at_noon(fairlead: &Fairlead, queue: &str) -> Result<Value> {
    let asked = json!({ "queue": queue, "at": format!("{DAY}T12:00:00Z"), "time_zone": "UTC" });
    look_up(fairlead, "ContactConfigLookupFunctionName", None, &asked)
}

/// Waits until a queue is closed for that holiday, or open for none.
fn await_holiday(fairlead: &Fairlead, queue: &str, holiday: Option<&str>) -> Result<Value> {
    let what = format!("{queue} to have the holiday {holiday:?}");
    wait::until(&what, wait::PATIENCE, || {
        let told = at_noon(fairlead, queue)?;
        let named = told.get("holiday").and_then(Value::as_str);
        Ok((named == holiday).then_some(told))
    })
}

/// From the first word of a holiday to its end, each told in the same way.
fn lives(telling: &str) -> Result<()> {
    let (running, fairlead) = running()?;
    let salesforce = Salesforce::of(&running)?;
    let queue = fresh_name("queue")?;
    let fields = [("Name", "Regatta"), ("From__c", DAY), ("Queues__c", &queue)];
    let id = salesforce.edit(&[("object", "Holiday__c"), ("telling", telling)], &fields)?;
    let told = await_holiday(&fairlead, &queue, Some("Regatta"))?;
    assert_eq!(told.get("open"), Some(&json!("false")), "{told}");
    let shown = salesforce.outcome(&id, "an outcome", |shown| shown.result() == "Success")?;
    assert_eq!(shown.action(), "created", "{}", shown.all());

    let change = [("records", id.as_str()), ("telling", telling)];
    salesforce.edit(&change, &[("Name", "Great Regatta")])?;
    await_holiday(&fairlead, &queue, Some("Great Regatta"))?;

    let delete = [
        ("records", id.as_str()),
        ("telling", telling),
        ("action", "delete"),
    ];
    salesforce.edit(&delete, &[])?;
    let told = await_holiday(&fairlead, &queue, None)?;
    assert_eq!(told.get("open"), Some(&json!("true")), "{told}");
    let shown = salesforce.outcome(&id, "its end", |shown| shown.action() == "deleted")?;
    assert_eq!(shown.result(), "Success", "{}", shown.all());
    Ok(())
}

#[test]
fn an_edit_that_change_data_capture_tells_gets_there_and_its_outcome_back() -> Result<()> {
    lives("change")
}

#[test]
fn an_edit_that_a_platform_event_tells_gets_there_and_its_outcome_back() -> Result<()> {
    lives("platform")
}

#[test]
fn an_edit_that_an_event_relay_tells_gets_there_and_its_outcome_back() -> Result<()> {
    lives("relay")
}

#[test]
fn an_edit_of_which_only_the_fact_is_told_is_read_from_salesforce() -> Result<()> {
    lives("gap")
}

#[test]
fn what_can_not_be_fails_with_a_reason_and_leaves_standing_what_stood() -> Result<()> {
    let (running, fairlead) = running()?;
    let salesforce = Salesforce::of(&running)?;
    let queue = fresh_name("queue")?;
    let fields = [("Name", "Regatta"), ("From__c", DAY), ("Queues__c", &queue)];
    let id = salesforce.make("Holiday__c", &fields)?;
    await_holiday(&fairlead, &queue, Some("Regatta"))?;
    salesforce.change(&id, &[("Name", "Never"), ("Until__c", "2031-01-01")])?;
    let shown = salesforce.outcome(&id, "a refusal", |shown| shown.result() == "Fail")?;
    assert!(shown.reason().contains("Until__c"), "{}", shown.all());
    await_holiday(&fairlead, &queue, Some("Regatta"))?;
    Ok(())
}

#[test]
fn the_contact_centre_is_told_who_calls_and_the_person_that_it_was() -> Result<()> {
    let visitor = Visitor::new("Carla")?;
    let fairlead = &visitor.fairlead;
    let function = "ContactCallerLookupFunctionName";
    let told = look_up(fairlead, function, Some(&visitor.person.phone), &json!({}))?;
    assert_eq!(told.get("status"), Some(&json!("found")), "{told}");
    let given_name = Some(&json!(visitor.person.given_name));
    assert_eq!(told.get("given_name"), given_name, "{told}");
    let receipt = told.get("receipt_id").and_then(Value::as_str);
    let receipt = receipt.context("a receipt is named")?;
    let token = Some(visitor.tokens.access.as_str());
    let receipts = fairlead
        .api
        .send("GET", "/v1/me/receipts", token, &[], Vec::new())?;
    let receipts = receipts.expect(200)?.text();
    assert!(receipts.contains(receipt), "{receipts}");
    Ok(())
}

#[test]
fn who_is_not_known_is_nobody() -> Result<()> {
    let (_, fairlead) = running()?;
    let function = "ContactCallerLookupFunctionName";
    let told = look_up(&fairlead, function, Some("+15550317264"), &json!({}))?;
    assert_eq!(told.get("status"), Some(&json!("unknown")), "{told}");
    let told = look_up(&fairlead, function, None, &json!({}))?;
    assert_eq!(told.get("found"), Some(&json!("false")), "{told}");
    Ok(())
}
