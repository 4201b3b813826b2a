//! Operators who edit configuration in Salesforce, and what the partner event bus makes of it.

use lambda_kit::aws::CallBudget;
use serde_json::{Map, Value, json};
use testkit::{
    World, delivery,
    engine::{SALESFORCE_CONFIG_QUEUE, SALESFORCE_EVENTS_BUCKET, SALESFORCE_REREAD_QUEUE},
};

/// The record that is edited.
pub const HOLIDAY: &str = "a0B5f00002J9YYEEA3";

/// When the first edit is committed, in milliseconds: a minute before the world begins.
const FIRST: u64 = 1_768_467_540_000;

/// The operator.
const OPERATOR: &str = "0055f000005mc66AAA";

/// A holiday as Salesforce has it.
#[must_use]
pub fn holiday(name: &str, day: &str) -> Value {
    json!({
        "Name": name, "From__c": day, "Until__c": null, "Starts__c": null, "Ends__c": null,
        "Every_Year__c": false, "Countries__c": "DE;AT",
    })
}

fn on_the_bus(detail_type: &str, detail: &Value) -> String {
    json!({
        "version": "0",
        "detail-type": detail_type,
        "source": "aws.partner/appflow/salesforce.com/111122223333/crm-prod",
        "time": "2026-01-15T08:59:30Z",
        "detail": detail,
    })
    .to_string()
}

/// The `n`th edit of `records`, told by Change Data Capture with `fields`.
#[must_use]
pub fn changes_of(n: u64, change_type: &str, records: &[&str], fields: &Value) -> Value {
    let named: Vec<&String> = fields
        .as_object()
        .map(Map::keys)
        .into_iter()
        .flatten()
        .collect();
    let mut detail = json!({
        "ChangeEventHeader": {
            "entityName": "Holiday__c",
            "recordIds": records,
            "changeType": change_type,
            "transactionKey": format!("transaction-{n}"),
            "sequenceNumber": 1,
            "commitTimestamp": FIRST + n * 1_000,
            "commitNumber": 248_197_218_000 + n,
            "commitUser": OPERATOR,
            "changedFields": if change_type == "UPDATE" { json!(named) } else { json!([]) },
        },
    });
    let members = detail.as_object_mut().into_iter();
    members.for_each(|members| members.extend(fields.as_object().cloned().unwrap_or_default()));
    detail
}

/// The same of the one holiday, as the bus has it.
#[must_use]
pub fn change(n: u64, change_type: &str, fields: &Value) -> String {
    let detail = changes_of(n, change_type, &[HOLIDAY], fields);
    on_the_bus("Holiday__ChangeEvent", &detail)
}

/// The same of several holidays.
#[must_use]
pub fn change_of_many(n: u64, change_type: &str, records: &[&str], fields: &Value) -> String {
    let detail = changes_of(n, change_type, records, fields);
    on_the_bus("Holiday__ChangeEvent", &detail)
}

/// A change whose event lies in the bucket of large events, under `key`; what the bus has is a pointer.
#[must_use]
pub fn large_change(world: &World, n: u64, key: &str, fields: &Value) -> String {
    let detail = changes_of(n, "CREATE", &[HOLIDAY], fields).to_string();
    world
        .engines()
        .put_object(SALESFORCE_EVENTS_BUCKET, key, "application/json", detail);
    let place = format!("s3://{SALESFORCE_EVENTS_BUCKET}/{key}");
    on_the_bus("Holiday__ChangeEvent", &json!({ "pointer": place }))
}

/// A platform event of a feature flag.
#[must_use]
pub fn flag_switched(uuid: &str, record: &str, fields: &Value) -> String {
    let mut detail = json!({
        "CreatedDate": "2026-01-15T08:59:22.931Z",
        "CreatedById": OPERATOR,
        "EventUuid": uuid,
        "Record_Id__c": record,
        "Action__c": "created",
    });
    let members = detail.as_object_mut().into_iter();
    members.for_each(|members| members.extend(fields.as_object().cloned().unwrap_or_default()));
    on_the_bus("Feature_Flag_Change__e", &detail)
}

/// The queue hands these messages over, again as long as they fail; how many end as dead letters.
pub async fn are_written(world: &World, bodies: Vec<String>) -> usize {
    let queue = SALESFORCE_CONFIG_QUEUE;
    let outcome = delivery::sqs(world, queue, bodies, async |event, invocation| {
        use salesforce_config_writer::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    outcome.await.dead_letters.len()
}

/// Each record that was asked for is read from Salesforce, where it is as `fields` say, and written.
pub async fn are_read_again(world: &World, fields: &Value) -> usize {
    let asked = world.sent_messages(SALESFORCE_REREAD_QUEUE);
    let mut bodies: Vec<String> = asked
        .iter()
        .map(|message| found(&message.body, fields))
        .collect();
    bodies.dedup();
    are_written(world, bodies).await
}

fn found(request: &str, fields: &Value) -> String {
    let request: Value = serde_json::from_str(request).expect("it is a request");
    json!({
        "reread": {
            "object": request.get("object"),
            "record_id": request.get("record_id"),
            "state": { "present": fields },
            "read_at": "2026-01-15T09:10:00Z",
            "asked": request.get("asked"),
        },
    })
    .to_string()
}
