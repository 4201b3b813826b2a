//! The handler on a simulated AWS: who is told of what, once, and in how many mails.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use configuration::{Action, OutcomeRow, Published, PublishedItem, Reason, RecordId, Verdict};
use lambda_kit::{aws::CallBudget, config::Environment};
use salesforce_config_notifier::{App, handle};
use serde::Serialize;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    Fault, Service, World,
    engine::{Notification, resource_environment},
};

const LIMIT: Duration = Duration::from_secs(30);
const JANE: &str = "0055f000005mc66AAA";
const JOE: &str = "0055f000005mc67AAA";

/// Puts a row into the table, so that the stream tells of it.
fn put(world: &World, row: &impl Serialize) {
    let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
    let item = serde_dynamo::to_item(row).unwrap();
    let put = client.put_item().table_name("config").set_item(Some(item));
    world.block_on(put.send()).unwrap();
}

fn outcome(n: usize, operator: Option<&str>, result: Verdict) -> OutcomeRow {
    let id = format!("a015f0000000{n:03}AAA");
    OutcomeRow {
        kind: "outcome#holiday".to_owned(),
        record_id: format!("{id}#key-{n}"),
        salesforce_id: id,
        action: Action::Updated,
        result,
        reason: match result {
            Verdict::Success => Reason::new("it counts"),
            Verdict::Fail => Reason::new("From__c: is no date"),
        },
        decided_at: "2026-01-15T09:00:00Z".parse().unwrap(),
        operator: operator.map(str::to_owned),
        expires_at: 1_771_059_600,
    }
}

/// The operators with their addresses, and whether they want mail.
fn operators(world: &World, operators: &[(&str, &str, bool)]) {
    let mut published = Published::default();
    for (n, (user, email, wants_mail)) in operators.iter().enumerate() {
        let id: RecordId = format!("a025f00000000{n:02}").parse().unwrap();
        let record = json!({ "user": user, "email": email, "wants_mail": wants_mail });
        published.apply("operator", &id, Some(&record));
    }
    let row = PublishedItem {
        kind: "published".to_owned(),
        record_id: "operators".to_owned(),
        records: published.pack().unwrap(),
        version: 1,
        changed_at: world.clock().now(),
        last_request: "an event".to_owned(),
    };
    put(world, &row);
}

/// The stream's records of these outcomes.
fn decided(world: &World, outcomes: &[OutcomeRow]) -> Vec<Value> {
    let before = world.engines().changes("config").len();
    for outcome in outcomes {
        put(world, outcome);
    }
    world.engines().changes_after("config", before)
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

/// What was sent to an audience.
fn sent(world: &World, audience: &str) -> Vec<Notification> {
    let all = world.notifications().into_iter();
    all.filter(|sent| sent.attributes["audience"] == audience)
        .collect()
}

#[test]
fn a_change_is_told_to_the_team_and_to_whoever_made_it() {
    let world = World::new(1);
    operators(
        &world,
        &[
            (JANE, "jane@example.com", true),
            (JOE, "joe@example.com", true),
        ],
    );
    let records = decided(&world, &[outcome(1, Some(JANE), Verdict::Success)]);
    assert_eq!(deliver(&world, &records), done());
    let ([to_team], [to_jane]) = (&sent(&world, "team")[..], &sent(&world, "operator")[..]) else {
        panic!("two mails are sent")
    };
    let subject = Some("Fairlead: holiday a015f0000000001AAA updated: Success");
    assert_eq!(to_team.subject.as_deref(), subject);
    assert_eq!(to_jane.subject.as_deref(), subject);
    assert!(to_team.message.contains(JANE));
    assert!(!to_jane.message.contains(JANE));
    assert!(!to_team.attributes.contains_key("operator"));
    assert_ne!(
        to_team.attributes["idempotency.key"],
        to_jane.attributes["idempotency.key"]
    );
}

#[test]
fn many_changes_are_told_in_one_mail_and_everybody_reads_of_their_own() {
    let world = World::new(1);
    operators(
        &world,
        &[
            (JANE, "jane@example.com", true),
            (JOE, "joe@example.com", true),
        ],
    );
    let outcomes: Vec<OutcomeRow> = (0..60)
        .map(|n| {
            let (user, result) = match n % 3 {
                0 => (JANE, Verdict::Fail),
                1 => (JANE, Verdict::Success),
                _ => (JOE, Verdict::Success),
            };
            outcome(n, Some(user), result)
        })
        .collect();
    let records = decided(&world, &outcomes);
    assert_eq!(deliver(&world, &records), done());
    let subjects = |audience: &str| -> Vec<Option<String>> {
        let sent = sent(&world, audience).into_iter();
        sent.map(|sent| sent.subject).collect()
    };
    let told = |many: usize, failed: usize| {
        Some(format!(
            "Fairlead: {many} changes of configuration, {failed} failed"
        ))
    };
    assert_eq!(subjects("team"), [told(60, 20)]);
    let mut to_operators = subjects("operator");
    to_operators.sort();
    assert_eq!(to_operators, [told(20, 0), told(40, 20)]);
}

#[test]
fn more_than_one_mail_holds_are_told_in_two() {
    let world = World::new(1);
    let outcomes: Vec<OutcomeRow> = (0..100)
        .map(|n| outcome(n, None, Verdict::Success))
        .collect();
    let records = decided(&world, &outcomes);
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(sent(&world, "team").len(), 2);
}

#[test]
fn what_comes_again_in_another_batch_is_told_once() {
    let world = World::new(1);
    operators(&world, &[(JANE, "jane@example.com", true)]);
    let outcomes = [1, 2, 3, 4].map(|n| outcome(n, Some(JANE), Verdict::Success));
    let records = decided(&world, &outcomes);
    for batch in [&records[..], &records[..2], &records[2..], &records[1..3]] {
        assert_eq!(deliver(&world, batch), done());
    }
    assert_eq!(world.notifications().len(), 2);
}

#[test]
fn what_was_cut_off_is_told_as_it_was_to_be_and_what_is_new_by_another_mail() {
    let world = World::new(1);
    let records = decided(
        &world,
        &[1, 2, 3].map(|n| outcome(n, None, Verdict::Success)),
    );
    world.faults().down(Service::Sns);
    assert_ne!(deliver(&world, &records[..2]), done());
    world.faults().heal();
    assert_eq!(deliver(&world, &records[1..]), done());
    let subjects: Vec<Option<String>> = sent(&world, "team")
        .into_iter()
        .map(|sent| sent.subject)
        .collect();
    let one = "Fairlead: holiday a015f0000000003AAA updated: Success";
    let two = "Fairlead: 2 changes of configuration, 0 failed";
    assert_eq!(subjects.len(), 2);
    assert!(subjects.contains(&Some(one.to_owned())), "{subjects:?}");
    assert!(subjects.contains(&Some(two.to_owned())), "{subjects:?}");
}

#[test]
fn a_mail_whose_acknowledgement_is_lost_is_the_same_again() {
    let world = World::new(1);
    let records = decided(&world, &[outcome(1, None, Verdict::Success)]);
    world.faults().once(Fault::LoseAcknowledgement, |call| {
        call.operation == "Publish"
    });
    assert_eq!(deliver(&world, &records), done());
    let all = sent(&world, "team");
    assert!(
        all.iter()
            .all(|sent| sent.message == all[0].message && sent.attributes == all[0].attributes)
    );
}

#[test]
fn who_wants_no_mail_and_whom_nobody_knows_get_none() {
    let world = World::new(1);
    operators(&world, &[(JOE, "joe@example.com", false)]);
    let outcomes = [
        outcome(1, Some(JANE), Verdict::Success),
        outcome(2, Some(JOE), Verdict::Success),
        outcome(3, Some("nobody"), Verdict::Success),
    ];
    let records = decided(&world, &outcomes);
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(sent(&world, "team").len(), 1);
    assert_eq!(sent(&world, "operator"), []);
    assert_eq!(world.engines().subscriptions(), []);
}

#[test]
fn a_users_id_of_15_characters_is_that_of_18() {
    let world = World::new(1);
    operators(&world, &[(&JANE[..15], "jane@example.com", true)]);
    let records = decided(&world, &[outcome(1, Some(JANE), Verdict::Success)]);
    deliver(&world, &records);
    assert_eq!(sent(&world, "operator").len(), 1);
}

#[test]
fn an_operator_is_subscribed_once_to_what_is_for_them() {
    let world = World::new(1);
    operators(&world, &[(JANE, "jane@example.com", true)]);
    for n in 1..=3 {
        let records = decided(&world, &[outcome(n, Some(JANE), Verdict::Success)]);
        assert_eq!(deliver(&world, &records), done());
    }
    let asked = world.trace().into_iter();
    let asked = asked.filter(|call| call.call.operation == "Subscribe");
    assert_eq!(asked.count(), 1);
    let [subscription] = &world.engines().subscriptions()[..] else {
        panic!("there is one subscription")
    };
    assert_eq!(subscription.endpoint, "jane@example.com");
    assert_eq!(subscription.protocol, "email");
    let policy: Value = serde_json::from_str(&subscription.attributes["FilterPolicy"]).unwrap();
    let mail = &sent(&world, "operator")[0];
    assert_eq!(policy["audience"], json!(["operator"]));
    assert_eq!(policy["operator"], json!([mail.attributes["operator"]]));
    assert!(!mail.attributes["operator"].contains("jane"));
}

#[test]
fn who_did_not_confirm_is_asked_again_after_half_a_month() {
    let world = World::new(1);
    operators(&world, &[(JANE, "jane@example.com", true)]);
    for n in 1..=2 {
        let records = decided(&world, &[outcome(n, Some(JANE), Verdict::Success)]);
        assert_eq!(deliver(&world, &records), done());
        for _ in 0..3 {
            world.advance(Duration::from_hours(6 * 24));
        }
    }
    let asked = world.trace().into_iter();
    let asked = asked.filter(|call| call.call.operation == "Subscribe");
    assert_eq!(asked.count(), 2);
}

#[test]
fn what_is_for_a_new_address_does_not_reach_the_old_one() {
    let world = World::new(1);
    for (n, email) in [(1, "jane@example.com"), (2, "jane@example.org")] {
        operators(&world, &[(JANE, email, true)]);
        let records = decided(&world, &[outcome(n, Some(JANE), Verdict::Success)]);
        assert_eq!(deliver(&world, &records), done());
    }
    let sent = sent(&world, "operator");
    let addressed = |n: usize| &sent[n].attributes["operator"];
    assert_ne!(addressed(0), addressed(1));
    assert_eq!(world.engines().subscriptions().len(), 2);
}

#[test]
fn an_operator_who_can_not_be_subscribed_holds_nobody_up() {
    let world = World::new(1);
    operators(&world, &[(JANE, "jane@example.com", true)]);
    let client = aws_sdk_sns::Client::new(&world.sdk_config(&CallBudget::BATCH));
    let environment = world.environment();
    let topic = environment
        .required("CONFIGURATION_CHANGES_TOPIC_ARN")
        .unwrap();
    // Somebody subscribed her by hand, to everything.
    let by_hand = client
        .subscribe()
        .topic_arn(topic)
        .protocol("email")
        .endpoint("jane@example.com");
    world.block_on(by_hand.send()).unwrap();
    let records = decided(&world, &[outcome(1, Some(JANE), Verdict::Success)]);
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(sent(&world, "team").len(), 1);
    assert_eq!(world.engines().subscriptions().len(), 1);
}

#[test]
fn what_is_no_outcome_is_parked_and_its_neighbours_are_told() {
    let world = World::new(1);
    let mut records = decided(&world, &[1, 2].map(|n| outcome(n, None, Verdict::Success)));
    let image = &mut records[0]["dynamodb"]["NewImage"];
    image["result"] = json!({ "S": "Perhaps" });
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(sent(&world, "team").len(), 1);
    let [parked] = &world.sent_messages("parking")[..] else {
        panic!("one row is parked")
    };
    let body: Value = serde_json::from_str(&parked.body).unwrap();
    assert_eq!(body["cause"], "the row holds no outcome");
    assert_eq!(body["payload"], records[0]);
}

#[test]
fn rows_that_are_no_new_outcomes_are_passed_over() {
    let world = World::new(1);
    let mut records = decided(&world, &[1, 2].map(|n| outcome(n, None, Verdict::Success)));
    records[0]["eventName"] = "MODIFY".into();
    records[1]["dynamodb"]["Keys"]["kind"] = json!({ "S": "holiday" });
    let before = world.trace().len();
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(world.trace().len(), before);
}

#[test]
fn while_something_is_down_all_comes_again_and_is_told_once() {
    for service in [Service::Sns, Service::DynamoDb] {
        let world = World::new(1);
        operators(&world, &[(JANE, "jane@example.com", true)]);
        let records = decided(
            &world,
            &[1, 2].map(|n| outcome(n, Some(JANE), Verdict::Success)),
        );
        world.faults().down(service);
        let first = &records[0]["dynamodb"]["SequenceNumber"];
        let again = json!({ "batchItemFailures": [{ "itemIdentifier": first }] });
        assert_eq!(deliver(&world, &records), again, "{service}");
        world.faults().heal();
        assert_eq!(deliver(&world, &records), done(), "{service}");
        assert_eq!(world.notifications().len(), 2, "{service}");
    }
}

#[test]
fn a_mail_that_sns_refuses_for_good_is_parked_once() {
    let world = World::new(1);
    let records = decided(&world, &[outcome(1, None, Verdict::Success)]);
    let elsewhere = "arn:aws:sns:eu-central-1:111122223333:elsewhere";
    let pairs = resource_environment().into_iter().map(|(name, value)| {
        let is_topic = name == "CONFIGURATION_CHANGES_TOPIC_ARN";
        (
            name,
            if is_topic {
                elsewhere.to_owned()
            } else {
                value
            },
        )
    });
    let environment = Environment::from_pairs(pairs);
    for _ in 0..2 {
        assert_eq!(deliver_with(&world, &environment, &records), done());
    }
    let [parked] = &world.sent_messages("parking")[..] else {
        panic!("one mail is parked")
    };
    assert!(parked.body.contains("a015f0000000001AAA#key-1"));
}
