//! Partners' events, sent by clients that others wrote.

use anyhow::{Context as _, Result, ensure};
use fairlead_end_to_end::aws::JsonService;
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::interop::Clients;
use fairlead_end_to_end::person::fresh_name;
use fairlead_end_to_end::seed::{HOOK_SECRET, ORDER_PLACED, PARTNER, SYSTEM, TENANT, WRITE_KEY};
use fairlead_end_to_end::wait;
use serde_json::{Value, json};

use crate::front::{Fate, Front};
use crate::visitor::running;

/// The SDKs of Segment for Python and for Node.js, and that of RudderStack.
const SDKS: [&str; 3] = ["segment", "segment-node", "rudder"];

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

/// Makes calls by an SDK that is told of its key and the host alone; what it took for failures.
fn sdk(library: &str, key: &str, host: &str, calls: &Value) -> Result<Value> {
    let clients = Clients::from_environment()?;
    let instruction = json!({
        "do": "sdk",
        "library": library,
        "write_key": key,
        "url": host,
        "gzip": library == "rudder",
        "calls": calls,
    });
    let done = if library == "segment-node" {
        clients.node_sdk(&instruction)?
    } else {
        clients.sender(&instruction)?
    };
    let failures = done.get("failures").cloned();
    failures.context("it tells of failures")
}

#[test]
fn the_sdks_of_segment_and_rudderstack_deliver_unchanged() -> Result<()> {
    let (_, fairlead) = running()?;
    let front = Front::of(&fairlead, &[])?;
    for library in SDKS {
        let user = fresh_name(library)?;
        let traits = json!({ "firstName": "Ada", "plan": "gold" });
        let first = json!([
            { "name": "identify", "with": { "userId": user, "traits": traits } },
        ]);
        let failures = sdk(library, WRITE_KEY, &front.url(), &first)?;
        assert_eq!(failures, json!([]), "{library}");
        await_messages(&fairlead, &user, &["identify"])?;
        let rest = json!([
            { "name": "track", "with": { "userId": user, "event": "Order placed" } },
            { "name": "page", "with": { "userId": user, "name": "Pricing" } },
            { "name": "screen", "with": { "userId": user, "name": "Basket" } },
            { "name": "group", "with": { "userId": user, "groupId": "crew-7" } },
            { "name": "alias", "with": { "previousId": user, "userId": format!("{user}-2") } },
        ]);
        let failures = sdk(library, WRITE_KEY, &front.url(), &rest)?;
        assert_eq!(failures, json!([]), "{library}");
        let all = ["alias", "group", "identify", "page", "screen", "track"];
        await_messages(&fairlead, &user, &all)?;
    }
    Ok(())
}

#[test]
fn what_an_sdk_tells_of_somebody_before_it_says_who_they_are_is_theirs_later() -> Result<()> {
    let (_, fairlead) = running()?;
    let front = Front::of(&fairlead, &[])?;
    for library in SDKS {
        let user = fresh_name(library)?;
        let told = json!([
            { "name": "track", "with": { "userId": user, "event": "Order placed" } },
        ]);
        sdk(library, WRITE_KEY, &front.url(), &told)?;
        let known = json!([{ "name": "identify", "with": { "userId": user } }]);
        sdk(library, WRITE_KEY, &front.url(), &known)?;
        await_messages(&fairlead, &user, &["identify", "track"])?;
    }
    Ok(())
}

#[test]
fn what_an_sdk_sends_again_is_taken_once_whatever_kept_it_from_being_answered() -> Result<()> {
    let (_, fairlead) = running()?;
    let fates = [
        Fate::TurnedAway(503),
        Fate::TurnedAway(429),
        Fate::AnswerLost,
    ];
    for library in SDKS {
        let user = fresh_name(library)?;
        let known = json!([{ "name": "identify", "with": { "userId": user } }]);
        let front = Front::of(&fairlead, &[])?;
        sdk(library, WRITE_KEY, &front.url(), &known)?;
        await_messages(&fairlead, &user, &["identify"])?;
        let event = "Order placed";
        let calls = json!([{ "name": "track", "with": { "userId": user, "event": event } }]);
        let front = Front::of(&fairlead, &fates)?;
        let failures = sdk(library, WRITE_KEY, &front.url(), &calls)?;
        assert_eq!(
            (failures, front.left()),
            (json!([]), 0),
            "{library} gave up, or was let through at once"
        );
        await_messages(&fairlead, &user, &["identify", "track"])?;
    }
    Ok(())
}

#[test]
fn an_sdk_is_told_that_its_key_is_wrong_and_gives_up() -> Result<()> {
    let (_, fairlead) = running()?;
    let front = Front::of(&fairlead, &[])?;
    for library in SDKS {
        let calls = json!([{ "name": "track", "with": { "userId": "C-17", "event": "seen" } }]);
        let failures = sdk(library, "another", &front.url(), &calls)?;
        let told = failures.pointer("/0").and_then(Value::as_str);
        let told = told.context("it failed")?;
        assert!(told.contains("401"), "{library}: {told}");
        // Segment's SDK for Node.js tells the status alone.
        let is_named = told.contains("write-key-invalid") || library == "segment-node";
        assert!(is_named, "{library}: {told}");
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
    let answers = Clients::from_environment()?.sender(&json!({
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
    let calls = json!([{ "name": "identify", "with": { "userId": customer } }]);
    sdk("segment", WRITE_KEY, &fairlead.api.url, &calls)?;
    await_messages(&fairlead, &customer, &["identify"])?;
    let answers = Clients::from_environment()?.sender(&json!({
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
