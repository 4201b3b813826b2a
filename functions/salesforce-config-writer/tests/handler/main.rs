//! The handler on a simulated AWS: what an edit in Salesforce makes of the table, and what it does not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
use configuration::{CONTACT, FLAGS, FlagSet, Flags, Published, PublishedReader};
use lambda_kit::aws::CallBudget;
use salesforce_config_writer::{App, handle};
use serde_json::{Value, json};
use testkit::{
    Call, Fault, World, delivery,
    engine::{SALESFORCE_CONFIG_QUEUE, SALESFORCE_EVENTS_BUCKET, SALESFORCE_REREAD_QUEUE},
};

const RECORD: &str = "a0B5f00002J9YYEEA3";
const OTHER: &str = "a0B5f00002J9YYFEA3";

fn bus(detail_type: &str, detail: &Value) -> String {
    json!({
        "detail-type": detail_type,
        "source": "aws.partner/appflow/salesforce.com/111122223333/crm-prod",
        "time": "2026-01-15T08:59:00Z",
        "detail": detail,
    })
    .to_string()
}

/// The `n`th change of `records`.
fn detail(n: u64, change_type: &str, records: &[&str], fields: &Value) -> Value {
    let named: Vec<&String> = fields.as_object().unwrap().keys().collect();
    let mut detail = json!({
        "ChangeEventHeader": {
            "entityName": "Holiday__c", "recordIds": records, "changeType": change_type,
            "transactionKey": format!("transaction-{n}"), "sequenceNumber": 1,
            "commitTimestamp": 1_768_467_540_000_u64 + n, "commitNumber": n,
            "commitUser": "0055f000005mc66AAA", "changedFields": named,
        },
    });
    let fields = fields.as_object().unwrap().clone();
    detail.as_object_mut().unwrap().extend(fields);
    detail
}

fn change(n: u64, change_type: &str, fields: &Value) -> String {
    let detail = detail(n, change_type, &[RECORD], fields);
    bus("Holiday__ChangeEvent", &detail)
}

fn holiday(name: &str) -> Value {
    json!({ "Name": name, "From__c": "2027-01-01" })
}

fn flag(record: &str, fields: &Value) -> String {
    let mut detail = json!({
        "CreatedDate": "2026-01-15T08:59:22.931Z", "CreatedById": "0055f000005mc66AAA",
        "Record_Id__c": record, "Action__c": "created",
    });
    let fields = fields.as_object().unwrap().clone();
    detail.as_object_mut().unwrap().extend(fields);
    bus("Feature_Flag_Change__e", &detail)
}

/// How many messages end as dead letters.
fn deliver(world: &World, bodies: &[String]) -> usize {
    let bodies = bodies.to_vec();
    let queue = SALESFORCE_CONFIG_QUEUE;
    let outcome = delivery::sqs(world, queue, bodies, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(outcome).dead_letters.len()
}

fn published(world: &World, name: &str) -> Published {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let reader = PublishedReader::new(&sdk, "config");
    let row = world.block_on(reader.read(name)).unwrap();
    row.map_or_else(Published::default, |row| row.open().unwrap())
}

/// The names of the holidays that the contact centre reads.
fn holidays(world: &World) -> Vec<String> {
    let published = published(world, CONTACT);
    let names = published
        .of_kind("holiday")
        .map(|(_, record)| record["name"].as_str().unwrap().to_owned());
    names.collect()
}

/// The rows whose kind begins so.
fn rows(world: &World, kind: &str) -> Vec<Value> {
    let mut rows = world.rows("config");
    rows.retain(|row| row["kind"].as_str().unwrap().starts_with(kind));
    rows
}

/// What became of each edit: of which record, and how.
fn outcomes(world: &World) -> Vec<(String, String, String)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let mut rows = rows(world, "outcome#");
    rows.sort_by_key(|row| text(row, "decided_at"));
    rows.iter()
        .map(|row| {
            (
                text(row, "action"),
                text(row, "result"),
                text(row, "reason"),
            )
        })
        .collect()
}

fn outcome(action: &str, result: &str, reason: &str) -> (String, String, String) {
    (action.to_owned(), result.to_owned(), reason.to_owned())
}

#[test]
fn an_edit_is_read_by_the_contact_centre_and_has_an_outcome() {
    let world = World::new(1);
    assert_eq!(
        deliver(&world, &[change(1, "CREATE", &holiday("New Year"))]),
        0
    );
    assert_eq!(holidays(&world), ["New Year"]);
    assert_eq!(
        outcomes(&world),
        [outcome("created", "Success", "it counts")]
    );
    let row = &rows(&world, "outcome#holiday")[0];
    assert_eq!(row["salesforce_id"], RECORD);
    assert_eq!(row["operator"], "0055f000005mc66AAA");
    assert_eq!(row["decided_at"], "2026-01-15T09:00:00Z");
    let count = &rows(&world, "count")[0];
    assert_eq!(count["record_id"], "2026-01-15");
    assert_eq!(
        (&count["events"], &count["written"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn an_event_that_comes_again_changes_nothing() {
    let world = World::new(1);
    let event = change(1, "CREATE", &holiday("New Year"));
    deliver(&world, &[event.clone(), event.clone()]);
    let before = world.rows("config");
    assert_eq!(deliver(&world, &[event]), 0);
    assert_eq!(world.rows("config"), before);
}

#[test]
fn an_older_event_overwrites_nothing_and_is_answered() {
    let world = World::new(1);
    deliver(&world, &[change(3, "CREATE", &holiday("New Year"))]);
    let older = change(2, "UPDATE", &json!({ "Name": "Ney Year" }));
    assert_eq!(deliver(&world, &[older]), 0);
    assert_eq!(holidays(&world), ["New Year"]);
    let overtaken = outcome("updated", "Success", "a later change of the record stands");
    assert_eq!(outcomes(&world)[1], overtaken);
    assert_eq!(rows(&world, "count")[0]["unchanged"], 1);
}

#[test]
fn what_is_deleted_is_read_no_more_and_what_is_back_is_again() {
    let world = World::new(1);
    deliver(&world, &[change(1, "CREATE", &holiday("New Year"))]);
    deliver(&world, &[change(2, "DELETE", &json!({}))]);
    assert_eq!(holidays(&world), Vec::<String>::new());
    deliver(&world, &[change(3, "UNDELETE", &holiday("New Year"))]);
    assert_eq!(holidays(&world), ["New Year"]);
    let actions: Vec<String> = outcomes(&world)
        .into_iter()
        .map(|(action, ..)| action)
        .collect();
    assert_eq!(actions, ["created", "deleted", "created"]);
}

#[test]
fn one_event_of_several_records_has_an_outcome_for_each() {
    let world = World::new(1);
    let detail = detail(
        1,
        "CREATE",
        &[RECORD, OTHER, "canary"],
        &holiday("New Year"),
    );
    assert_eq!(deliver(&world, &[bus("Holiday__ChangeEvent", &detail)]), 0);
    assert_eq!(holidays(&world).len(), 2);
    assert_eq!(rows(&world, "outcome#holiday").len(), 2);
    let unknown = &rows(&world, "outcome#unknown")[0];
    assert_eq!(unknown["reason"], "the event names what is no record");
}

#[test]
fn what_is_not_valid_fails_with_its_field_and_what_stands_goes_on_to_stand() {
    let world = World::new(1);
    deliver(&world, &[change(1, "CREATE", &holiday("New Year"))]);
    let event = change(2, "UPDATE", &json!({ "Name": "Ney Year", "From__c": null }));
    assert_eq!(deliver(&world, &[event]), 0);
    assert_eq!(
        outcomes(&world)[1],
        outcome("updated", "Fail", "From__c: is missing")
    );
    assert_eq!(holidays(&world), ["New Year"]);
    assert_eq!(rows(&world, "count")[0]["failed"], 1);
}

#[test]
fn an_edit_of_what_is_not_read_has_no_outcome() {
    let world = World::new(1);
    deliver(&world, &[change(1, "CREATE", &holiday("New Year"))]);
    let before = world.rows("config");
    let event = change(2, "UPDATE", &json!({ "Result__c": "Success" }));
    assert_eq!(deliver(&world, &[event]), 0);
    assert_eq!(world.rows("config"), before);
}

#[test]
fn a_record_that_was_never_whole_is_asked_for_and_its_edit_answered_by_what_was_read() {
    let world = World::new(1);
    let event = change(1, "UPDATE", &json!({ "Name": "New Year" }));
    assert_eq!(deliver(&world, std::slice::from_ref(&event)), 0);
    assert_eq!(outcomes(&world), []);
    let asked = world.sent_messages(SALESFORCE_REREAD_QUEUE);
    assert_eq!(asked.len(), 1);
    let request: Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(
        (&request["object"], &request["record_id"]),
        (&json!("Holiday__c"), &json!(RECORD))
    );
    let read = json!({
        "reread": {
            "object": "Holiday__c", "record_id": RECORD, "state": { "present": holiday("New Year") },
            "read_at": "2026-01-15T09:00:00Z", "asked": request["asked"],
        },
    });
    assert_eq!(deliver(&world, &[read.to_string(), event]), 0);
    assert_eq!(
        outcomes(&world),
        [outcome("updated", "Success", "it counts")]
    );
    assert_eq!(holidays(&world), ["New Year"]);
    assert_eq!(world.sent_messages(SALESFORCE_REREAD_QUEUE).len(), 1);
}

#[test]
fn where_salesforce_lost_what_changed_each_record_is_asked_for_or_all_of_them() {
    let world = World::new(1);
    let detail = detail(1, "GAP_UPDATE", &[RECORD, OTHER], &json!({}));
    let overflow = change(2, "GAP_OVERFLOW", &json!({}));
    let overflow = overflow.replace(RECORD, "a0B*");
    assert_eq!(
        deliver(&world, &[bus("Holiday__ChangeEvent", &detail), overflow]),
        0
    );
    let asked = world.sent_messages(SALESFORCE_REREAD_QUEUE).into_iter();
    let asked: Vec<Value> = asked
        .map(|message| serde_json::from_str(&message.body).unwrap())
        .collect();
    let mut ids: Vec<Option<&str>> = asked
        .iter()
        .map(|asked| asked["record_id"].as_str())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, [None, Some(RECORD), Some(OTHER)]);
    assert_eq!(world.rows("config"), Vec::<Value>::new());
}

#[test]
fn a_large_event_is_fetched_from_our_bucket_and_from_no_other() {
    let world = World::new(1);
    let event = detail(1, "CREATE", &[RECORD], &holiday("New Year")).to_string();
    world.engines().put_object(
        SALESFORCE_EVENTS_BUCKET,
        "crm/1.json",
        "application/json",
        event.clone(),
    );
    world
        .engines()
        .put_object("exports", "crm/1.json", "application/json", event);
    let pointer = |bucket: &str| {
        let at = json!({ "at": format!("s3://{bucket}/crm/1.json") });
        bus("Holiday__ChangeEvent", &at)
    };
    assert_eq!(deliver(&world, &[pointer("exports")]), 0);
    assert!(
        !world
            .trace()
            .iter()
            .any(|traced| traced.call.operation == "GetObject")
    );
    assert_eq!(holidays(&world), Vec::<String>::new());
    let reason = &rows(&world, "outcome#unknown")[0]["reason"];
    assert_eq!(*reason, "the event lies in a bucket that is not read from");
    assert_eq!(deliver(&world, &[pointer(SALESFORCE_EVENTS_BUCKET)]), 0);
    assert_eq!(holidays(&world), ["New Year"]);
}

#[test]
fn a_large_event_that_is_not_there_stays_in_the_queue_and_one_that_is_no_event_fails() {
    let world = World::new(1);
    let pointer = |key: &str| {
        let at = json!({ "at": format!("s3://{SALESFORCE_EVENTS_BUCKET}/{key}") });
        bus("Holiday__ChangeEvent", &at)
    };
    let bytes = vec![0xff; 16];
    world
        .engines()
        .put_object(SALESFORCE_EVENTS_BUCKET, "odd", "application/json", bytes);
    assert_eq!(deliver(&world, &[pointer("missing"), pointer("odd")]), 1);
    assert_eq!(
        outcomes(&world),
        [outcome("updated", "Fail", "the large event is no JSON")]
    );
}

#[test]
fn what_is_not_understood_is_an_outcome_and_never_a_silence() {
    let world = World::new(1);
    let of_another = change(1, "CREATE", &holiday("New Year")).replace("Holiday__c", "Account");
    let odd = change(2, "RENAME", &holiday("New Year"));
    assert_eq!(deliver(&world, &["canary".to_owned(), of_another, odd]), 0);
    let mut reasons: Vec<String> = outcomes(&world)
        .into_iter()
        .map(|(_, _, reason)| reason)
        .collect();
    reasons.sort();
    let expected = [
        "the event is no JSON",
        "the event is of no change that is known",
        "there is no such kind of configuration",
    ];
    assert_eq!(reasons, expected);
    assert_eq!(rows(&world, "outcome#unknown").len(), 2);
    let odd = &rows(&world, "outcome#holiday")[0];
    assert_eq!(
        (&odd["salesforce_id"], &odd["result"]),
        (&json!(RECORD), &json!("Fail"))
    );
    let count = &rows(&world, "count")[0];
    assert_eq!(
        (&count["events"], &count["unknown"], &count["failed"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert!(!json!(world.rows("config")).to_string().contains("canary"));
}

#[test]
fn a_flag_that_is_switched_in_salesforce_is_seen_once_what_was_kept_is_old() {
    let world = World::new(1);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let flags = Flags::new(&sdk, "config", world.clock());
    let is_on = |tenant: &str| world.block_on(flags.is_on("partner-webhooks", tenant, true));
    assert!(is_on("harbour"));
    let fields =
        json!({ "Name__c": "partner-webhooks", "Tenant__c": "harbour", "Enabled__c": false });
    assert_eq!(deliver(&world, &[flag("a0C5f00002J9YYEEA3", &fields)]), 0);
    assert!(is_on("harbour"));
    world.advance(std::time::Duration::from_secs(31));
    assert!(!is_on("harbour"));
    assert!(is_on("airport"));
    let read = FlagSet::of(&published(&world, FLAGS));
    assert_eq!(read.is_on("partner-webhooks", "harbour"), Some(false));
}

#[test]
fn while_the_table_is_down_flags_are_as_they_were_or_as_is_safe() {
    let world = World::new(1);
    let fields = json!({ "Name__c": "partner-webhooks", "Enabled__c": false });
    deliver(&world, &[flag("a0C5f00002J9YYEEA3", &fields)]);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let flags = Flags::new(&sdk, "config", world.clock());
    let is_on = |flags: &Flags| world.block_on(flags.is_on("partner-webhooks", "harbour", true));
    assert!(!is_on(&flags));
    world.faults().always(Fault::Unavailable, |call: &Call| {
        call.operation == "GetItem"
    });
    world.advance(std::time::Duration::from_secs(31));
    assert!(!is_on(&flags));
    assert!(is_on(&Flags::new(&sdk, "config", world.clock())));
}

#[test]
fn what_can_not_be_written_stays_in_the_queue() {
    let world = World::new(1);
    world.faults().always(Fault::Unavailable, |call: &Call| {
        call.operation == "TransactWriteItems"
    });
    let event = change(1, "CREATE", &holiday("New Year"));
    assert_eq!(deliver(&world, std::slice::from_ref(&event)), 1);
    assert_eq!(world.rows("config"), Vec::<Value>::new());
    world.faults().heal();
    assert_eq!(deliver(&world, &[event]), 0);
    assert_eq!(holidays(&world), ["New Year"]);
}
