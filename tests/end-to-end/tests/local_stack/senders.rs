//! Partners' events, sent by clients that others wrote for Python.

use anyhow::{Context as _, Result, ensure};
use fairlead_end_to_end::aws::JsonService;
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::interop::sender;
use fairlead_end_to_end::person::fresh_name;
use fairlead_end_to_end::seed::{HOOK_SECRET, ORDER_PLACED, PARTNER, SYSTEM, TENANT, WRITE_KEY};
use fairlead_end_to_end::wait;
use serde_json::{Value, json};

use crate::visitor::running;

/// The types of the entries in whosever timeline that speak of `marker`, in alphabetical order.
fn entries(fairlead: &Fairlead, marker: &str) -> Result<Vec<String>> {
    let table = fairlead.stack.output("ProfilesTable")?;
    let mut kinds = Vec::new();
    let mut request = json!({
        "TableName": table,
        "FilterExpression": "begins_with(part, :event) AND contains(body, :marker)",
        "ExpressionAttributeValues": { ":event": { "S": "event#" }, ":marker": { "S": marker } },
    });
    loop {
        let page = fairlead.aws.call(JsonService::DynamoDb, "Scan", &request)?;
        let rows = page.get("Items").and_then(Value::as_array);
        for row in rows.into_iter().flatten() {
            let kind = row.pointer("/type/S").and_then(Value::as_str);
            kinds.push(kind.context("an entry has a type")?.to_owned());
        }
        let (Some(next), Some(request)) = (page.get("LastEvaluatedKey"), request.as_object_mut())
        else {
            kinds.sort_unstable();
            return Ok(kinds);
        };
        request.insert("ExclusiveStartKey".to_owned(), next.clone());
    }
}

/// Waits until the timeline has these kinds of messages of `user`, and no others.
fn await_messages(fairlead: &Fairlead, user: &str, kinds: &[&str]) -> Result<()> {
    let expected: Vec<String> = kinds
        .iter()
        .map(|kind| format!("dev.fairlead.segment.{kind}.v1"))
        .collect();
    wait::until("the messages in the timeline", wait::PATIENCE, || {
        Ok((entries(fairlead, user)? == expected).then_some(()))
    })
}

/// The calls of an SDK, which takes each of them for a success.
fn sdk(fairlead: &Fairlead, library: &str, key: &str, calls: &Value) -> Result<Value> {
    let done = sender(&json!({
        "do": "sdk",
        "library": library,
        "write_key": key,
        "url": fairlead.api.url,
        "gzip": library == "rudder",
        "calls": calls,
    }))?;
    done.get("failures")
        .cloned()
        .context("it tells of failures")
}

#[test]
fn the_sdks_of_segment_and_rudderstack_deliver_unchanged() -> Result<()> {
    let (_, fairlead) = running()?;
    for library in ["segment", "rudder"] {
        let user = fresh_name(library)?;
        let traits = json!({ "firstName": "Ada", "plan": "gold" });
        let first = json!([
            { "name": "identify", "with": { "user_id": user, "traits": traits } },
        ]);
        let failures = sdk(&fairlead, library, WRITE_KEY, &first)?;
        assert_eq!(failures, json!([]), "{library}");
        await_messages(&fairlead, &user, &["identify"])?;
        let rest = json!([
            { "name": "track", "with": { "user_id": user, "event": "Order placed" } },
            { "name": "page", "with": { "user_id": user, "name": "Pricing" } },
            { "name": "screen", "with": { "user_id": user, "name": "Basket" } },
            { "name": "group", "with": { "user_id": user, "group_id": "crew-7" } },
            { "name": "alias", "with": { "previous_id": user, "user_id": format!("{user}-2") } },
        ]);
        let failures = sdk(&fairlead, library, WRITE_KEY, &rest)?;
        assert_eq!(failures, json!([]), "{library}");
        let all = ["alias", "group", "identify", "page", "screen", "track"];
        await_messages(&fairlead, &user, &all)?;
    }
    Ok(())
}

#[test]
fn an_sdk_is_told_that_its_key_is_wrong_and_gives_up() -> Result<()> {
    let (_, fairlead) = running()?;
    for library in ["segment", "rudder"] {
        let calls = json!([{ "name": "track", "with": { "user_id": "C-17", "event": "seen" } }]);
        let failures = sdk(&fairlead, library, "another", &calls)?;
        let told = failures.pointer("/0").and_then(Value::as_str);
        let told = told.context("it failed")?;
        assert!(
            told.contains("write-key-invalid") && told.contains("401"),
            "{told}"
        );
    }
    Ok(())
}

/// What became of the one event of each answer.
fn statuses(answers: &Value) -> Result<Vec<(u64, String)>> {
    let answers = answers.as_array().context("there are answers")?;
    let told = answers.iter().map(|answer| {
        let status = answer.get("status").and_then(Value::as_u64);
        let kept = answer.pointer("/body/events/0/status");
        let told = kept.or_else(|| answer.pointer("/body/type"));
        let told = told.and_then(Value::as_str).unwrap_or_default();
        let told = told.rsplit('/').next().unwrap_or_default().to_owned();
        Ok((status.context("an answer has a status")?, told))
    });
    told.collect()
}

#[test]
fn an_event_of_the_cloudevents_sdk_is_one_in_both_modes() -> Result<()> {
    let (running, fairlead) = running()?;
    let answers = sender(&json!({
        "do": "events",
        "url": format!("{}/v1/events", fairlead.api.url),
        "token": fairlead.partner_token(&running.world)?,
        "attributes": {
            "id": fresh_name("order")?,
            "source": "/shops/17",
            "type": ORDER_PLACED,
            "datacontenttype": "application/json",
            "note": "Größe 50 %",
        },
        "data": { "order": "4711" },
    }))?;
    let expected = [(202, "accepted".to_owned()), (202, "duplicate".to_owned())];
    assert_eq!(statuses(&answers)?, expected);
    Ok(())
}

#[test]
fn what_the_reference_library_signs_is_taken_once_and_nothing_else() -> Result<()> {
    let (_, fairlead) = running()?;
    let customer = fresh_name("customer")?;
    let calls = json!([{ "name": "identify", "with": { "user_id": customer } }]);
    sdk(&fairlead, "segment", WRITE_KEY, &calls)?;
    await_messages(&fairlead, &customer, &["identify"])?;
    let answers = sender(&json!({
        "do": "webhook",
        "url": format!("{}/v1/hooks/{TENANT}.{PARTNER}/{SYSTEM}", fairlead.api.url),
        "secret": HOOK_SECRET,
        "id": fresh_name("msg")?,
        "message": {
            "type": ORDER_PLACED,
            "timestamp": "2026-01-15T09:00:00Z",
            "data": { "order": "Größe 50", "customer": customer },
        },
    }))?;
    let expected = [
        (202, "accepted".to_owned()),
        (202, "duplicate".to_owned()),
        (401, "signature-invalid".to_owned()),
    ];
    assert_eq!(statuses(&answers)?, expected);
    wait::until("the order in the timeline", wait::PATIENCE, || {
        let kinds = entries(&fairlead, &customer)?;
        ensure!(kinds.len() <= 2, "the timeline has {kinds:?}");
        Ok(kinds.iter().any(|kind| kind == ORDER_PLACED).then_some(()))
    })
}
