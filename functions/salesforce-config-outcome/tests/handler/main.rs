//! The handler on a simulated AWS: which file each outcome has, that it is counted once, and from where on a
//! batch comes again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use configuration::{Action, OutcomeRow, Reason, Verdict};
use lambda_kit::{aws::CallBudget, config::Environment};
use salesforce_config_outcome::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    Service, World,
    engine::{SALESFORCE_OUTCOMES_BUCKET, resource_environment},
};

const LIMIT: Duration = Duration::from_secs(30);

fn outcome(n: usize, decided_at: &str) -> OutcomeRow {
    let id = format!("a015f0000000{n:03}AAA");
    OutcomeRow {
        kind: "outcome#holiday".to_owned(),
        record_id: format!("{id}#key-{n}"),
        salesforce_id: id,
        action: Action::Updated,
        result: Verdict::Fail,
        reason: Reason::new("From__c: is no date, \"really\""),
        decided_at: decided_at.parse().unwrap(),
        operator: None,
        expires_at: 1_771_059_600,
    }
}

/// The stream's records of these outcomes, whose rows are there.
fn decided(world: &World, outcomes: &[OutcomeRow]) -> Vec<Value> {
    let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
    for outcome in outcomes {
        let item = serde_dynamo::to_item(outcome).unwrap();
        let put = client.put_item().table_name("config").set_item(Some(item));
        world.block_on(put.send()).unwrap();
    }
    world.engines().changes("config")
}

fn deliver_with(world: &World, environment: &Environment, records: &[Value]) -> Value {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(environment, &sdk, world.clock()).unwrap();
    let event = to_raw_value(&json!({ "Records": records })).unwrap();
    let answer = world.block_on(handle(&app, &event, world.invocation(LIMIT)));
    serde_json::to_value(answer.unwrap()).unwrap()
}

fn deliver(world: &World, records: &[Value]) -> Value {
    deliver_with(world, &world.environment(), records)
}

fn done() -> Value {
    json!({ "batchItemFailures": [] })
}

fn written(world: &World) -> Vec<(String, String)> {
    let objects = world.objects(SALESFORCE_OUTCOMES_BUCKET).into_iter();
    let written = |object: testkit::engine::StoredObject| {
        let body = String::from_utf8(object.body.to_vec()).unwrap();
        (object.key, body)
    };
    objects.map(written).collect()
}

/// How many outcomes each day has.
fn counted(world: &World) -> Vec<(String, u64)> {
    let rows = world.rows("config").into_iter();
    let rows = rows.filter(|row| row["kind"] == "count");
    rows.map(|row| {
        let day = row["record_id"].as_str().unwrap().to_owned();
        (day, row["outcomes"].as_u64().unwrap())
    })
    .collect()
}

#[test]
fn an_outcome_has_a_file_that_is_named_after_it() {
    let world = World::new(1);
    let records = decided(&world, &[outcome(1, "2026-01-15T09:00:07Z")]);
    assert_eq!(deliver(&world, &records), done());
    let [(key, body)] = &written(&world)[..] else {
        panic!("one file is written")
    };
    assert_eq!(
        key,
        "outcomes/a015f0000000001AAA-event-updated-2026-01-15-09_00_07.csv"
    );
    assert_eq!(
        body,
        "Record_ID__c,Action__c,Result__c,Reason__c,Time__c\r\n\
         a015f0000000001AAA,updated,Fail,\"From__c: is no date, \"\"really\"\"\",2026-01-15T09:00:07Z\r\n"
    );
}

#[test]
fn what_comes_again_changes_nothing_and_is_counted_once() {
    let world = World::new(1);
    let outcomes = [
        outcome(1, "2026-01-15T23:59:59Z"),
        outcome(2, "2026-01-16T00:00:00Z"),
        outcome(3, "2026-01-16T00:00:00Z"),
    ];
    let records = decided(&world, &outcomes);
    deliver(&world, &records);
    let before = world.objects(SALESFORCE_OUTCOMES_BUCKET);
    world.advance(Duration::from_mins(1));
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(world.objects(SALESFORCE_OUTCOMES_BUCKET), before);
    assert_eq!(before.len(), 3);
    let expected = [("2026-01-15", 1), ("2026-01-16", 2)];
    assert_eq!(
        counted(&world),
        expected.map(|(day, count)| (day.to_owned(), count))
    );
}

#[test]
fn what_names_no_record_has_no_file() {
    let world = World::new(1);
    let mut unknown = outcome(1, "2026-01-15T09:00:00Z");
    unknown.kind = "outcome#unknown".to_owned();
    unknown.record_id = "unknown#key".to_owned();
    unknown.salesforce_id = "unknown".to_owned();
    let records = decided(&world, &[unknown]);
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(written(&world), []);
    assert_eq!(counted(&world), []);
    assert_eq!(world.sent_messages("parking"), []);
}

#[test]
fn rows_that_are_no_new_outcomes_are_passed_over() {
    let world = World::new(1);
    let outcomes = [1, 2].map(|n| outcome(n, "2026-01-15T09:00:00Z"));
    let mut records = decided(&world, &outcomes);
    records[0]["eventName"] = "MODIFY".into();
    records[1]["dynamodb"]["Keys"]["kind"] = json!({ "S": "holiday" });
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(written(&world), []);
}

#[test]
fn what_is_no_outcome_is_parked_and_its_neighbours_are_written() {
    let world = World::new(1);
    let outcomes = [1, 2].map(|n| outcome(n, "2026-01-15T09:00:00Z"));
    let mut records = decided(&world, &outcomes);
    records[0]["dynamodb"]["NewImage"]["action"] = json!({ "S": "copied" });
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(written(&world).len(), 1);
    let [parked] = &world.sent_messages("parking")[..] else {
        panic!("one row is parked")
    };
    let body: Value = serde_json::from_str(&parked.body).unwrap();
    assert_eq!(body["cause"], "the row holds no outcome");
    assert_eq!(body["payload"], records[0]);
}

#[test]
fn while_something_is_down_the_stream_waits_at_the_first_outcome() {
    for service in [Service::S3, Service::DynamoDb] {
        let world = World::new(1);
        let outcomes = [1, 2].map(|n| outcome(n, "2026-01-15T09:00:00Z"));
        let records = decided(&world, &outcomes);
        world.faults().down(service);
        let first = &records[0]["dynamodb"]["SequenceNumber"];
        let again = json!({ "batchItemFailures": [{ "itemIdentifier": first }] });
        assert_eq!(deliver(&world, &records), again, "{service}");
        world.faults().heal();
        assert_eq!(deliver(&world, &records), done(), "{service}");
        assert_eq!(written(&world).len(), 2, "{service}");
        assert_eq!(counted(&world)[0].1, 2, "{service}");
    }
}

#[test]
fn what_the_bucket_refuses_for_good_is_parked_and_not_counted() {
    let world = World::new(1);
    let records = decided(&world, &[outcome(1, "2026-01-15T09:00:00Z")]);
    let pairs = resource_environment().into_iter().map(|(name, value)| {
        let is_bucket = name == "SALESFORCE_OUTCOMES_BUCKET";
        (
            name,
            if is_bucket {
                "elsewhere".to_owned()
            } else {
                value
            },
        )
    });
    let environment = Environment::from_pairs(pairs);
    assert_eq!(deliver_with(&world, &environment, &records), done());
    assert_eq!(world.sent_messages("parking").len(), 1);
    assert_eq!(counted(&world), []);
}
