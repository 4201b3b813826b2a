use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sns::types::MessageAttributeValue;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    Fault, World,
    delivery::{self, Redelivery},
    explore::{self, Part, Report, Scenario},
};

use super::{dynamodb_of, s};

/// What may be wrong with the toy.
#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// The account is written without a condition, under an id of its own each time.
    UnconditionalWrite,
    /// The event is published under another id each time.
    NewEventId,
    /// The row is marked as relayed before the event is published.
    AcknowledgedBeforePublished,
    /// What the bus did not take is not looked at.
    SwallowedFailedEntryCount,
}

/// A toy of two functions: one opens an account for an e-mail, one publishes that it was opened.
struct Toy(Bug);

/// The toy, after an account was opened while the world was set up.
struct SetUp(Toy);

type Failed = Box<dyn std::error::Error>;

impl Toy {
    async fn open(&self, world: &World) -> Result<Value, Failed> {
        let client = dynamodb_of(world);
        let (email, ids) = ("email#anna@example.org", world.ids());
        let put = client
            .put_item()
            .table_name("identifiers")
            .item("identifier", s(email))
            .item("profile_id", s(&format!("prf_{}", ids.uuid().simple())));
        let put = if self.0 == Bug::UnconditionalWrite {
            put
        } else {
            put.condition_expression("attribute_not_exists(identifier)")
        };
        match put.send().await.map_err(aws_sdk_dynamodb::Error::from) {
            Ok(_) | Err(aws_sdk_dynamodb::Error::ConditionalCheckFailedException(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let found = client
            .get_item()
            .table_name("identifiers")
            .key("identifier", s(email))
            .consistent_read(true)
            .send()
            .await?;
        let profile = found
            .item()
            .and_then(|item| item.get("profile_id"))
            .ok_or("there is no account")?;
        let opened = client
            .put_item()
            .table_name("profiles")
            .item("profile_id", profile.clone())
            .item("part", s("outbox"))
            .item("event_id", s(&format!("evt_{}", ids.uuid().simple())))
            .condition_expression("attribute_not_exists(part)");
        match opened.send().await.map_err(aws_sdk_dynamodb::Error::from) {
            Ok(_) | Err(aws_sdk_dynamodb::Error::ConditionalCheckFailedException(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(json!({ "profile": profile.as_s().unwrap() }))
    }

    async fn relay(&self, world: &World, event: Value) -> Result<Value, Failed> {
        let mut failures = Vec::new();
        for record in event["Records"].as_array().unwrap() {
            if record["eventName"] == "INSERT"
                && self
                    .relay_one(world, &record["dynamodb"]["NewImage"])
                    .await
                    .is_err()
            {
                failures.push(json!({ "itemIdentifier": record["dynamodb"]["SequenceNumber"] }));
                break;
            }
        }
        Ok(json!({ "batchItemFailures": failures }))
    }

    async fn relay_one(&self, world: &World, row: &Value) -> Result<(), Failed> {
        let text = |name: &str| row[name]["S"].as_str().unwrap().to_owned();
        if is_marked(world, &text("profile_id")).await? {
            return Ok(());
        }
        if self.0 == Bug::AcknowledgedBeforePublished {
            mark(world, &text("profile_id")).await?;
        }
        let id = if self.0 == Bug::NewEventId {
            world.ids().uuid().to_string()
        } else {
            text("event_id")
        };
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name("fairlead")
            .source("dev.fairlead.toy")
            .detail_type("opened")
            .detail(json!({ "id": id, "subject": text("profile_id") }).to_string());
        let bus = aws_sdk_eventbridge::Client::new(&world.sdk_config(&CallBudget::BATCH));
        let answer = bus.put_events().entries(entry.build()).send().await?;
        if answer.failed_entry_count() > 0 && self.0 != Bug::SwallowedFailedEntryCount {
            return Err("the bus did not take it".into());
        }
        if self.0 == Bug::AcknowledgedBeforePublished {
            return Ok(());
        }
        mark(world, &text("profile_id")).await
    }
}

/// Marks a row as relayed.
async fn mark(world: &World, profile: &str) -> Result<(), Failed> {
    let update = dynamodb_of(world)
        .update_item()
        .table_name("profiles")
        .key("profile_id", s(profile))
        .key("part", s("outbox"))
        .update_expression("SET relayed = :yes")
        .condition_expression("attribute_exists(part)")
        .expression_attribute_values(":yes", AttributeValue::Bool(true));
    update.send().await?;
    Ok(())
}

async fn is_marked(world: &World, profile: &str) -> Result<bool, Failed> {
    let get = dynamodb_of(world)
        .get_item()
        .table_name("profiles")
        .key("profile_id", s(profile))
        .key("part", s("outbox"));
    Ok(get
        .consistent_read(true)
        .send()
        .await?
        .item()
        .is_some_and(|row| row.contains_key("relayed")))
}

impl Scenario for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn setup(&self, world: &World) {
        world.put_row("directory", json!({ "tenant": "ten_1", "part": "tenant" }));
    }

    async fn run(&self, world: &World) -> Value {
        let answer = delivery::cognito(world, &Value::Null, async |_, _| self.open(world).await)
            .await
            .unwrap();
        let relayed = delivery::stream(world, "profiles", async |event, _| {
            self.relay(world, serde_json::from_str(event.get()).unwrap())
                .await
        })
        .await;
        assert!(relayed.discarded.is_empty());
        answer
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &[Redelivery::Same, Redelivery::Split]
    }
}

impl Scenario for SetUp {
    fn name(&self) -> &'static str {
        "set-up"
    }

    fn setup(&self, world: &World) {
        world.block_on(self.0.run(world));
    }

    async fn run(&self, world: &World) -> Value {
        self.0.run(world).await
    }
}

#[test]
fn the_calls_of_the_setting_up_are_not_explored() {
    let report = explore::crashes(&SetUp(Toy(Bug::None)), 1);
    // The row is there and unchanged, so that the stream has nothing to tell.
    assert_eq!(report.points, 3 * 2);
    assert!(report.violations.is_empty(), "{report}");
}

#[test]
fn two_versions_that_do_not_do_the_same_end_differently() {
    let end = |bug| explore::undisturbed(&Toy(bug), 1);
    assert_eq!(end(Bug::None), end(Bug::AcknowledgedBeforePublished));
    assert_ne!(end(Bug::None), end(Bug::NewEventId));
}

/// Sends one and the same text message twice.
struct Repeats;

impl Scenario for Repeats {
    fn name(&self) -> &'static str {
        "repeats"
    }

    fn setup(&self, _: &World) {}

    async fn run(&self, world: &World) -> Value {
        let sns = aws_sdk_sns::Client::new(&world.sdk_config(&CallBudget::BATCH));
        let key = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("notice#1");
        for _ in 0..2 {
            let sms = sns.publish().phone_number("+491721234567").message("m");
            let sms = sms.message_attributes("idempotency.key", key.clone().build().unwrap());
            sms.send().await.unwrap();
        }
        Value::Null
    }
}

#[test]
fn an_effect_that_is_repeated_without_need_is_caught() {
    let report = explore::failures(&Repeats, 1);
    assert!(
        report.violations[0].contains("repeated without need"),
        "{report}"
    );
}

#[test]
fn a_correct_handler_passes_at_every_point() {
    let mut report = explore::crashes(&Toy(Bug::None), 1);
    // Six calls, before and after each, in two ways of coming again.
    assert_eq!(report.points, 6 * 2 * 2);
    // Crashes after PutEvents and before the mark make the relay publish again, under the same id.
    assert_eq!(report.wire_duplicates, 2 * 2);
    report.add(explore::failures(&Toy(Bug::None), 1));
    assert_eq!((report.lost, report.duplicated), (0, 0), "{report}");
    assert!(report.violations.is_empty(), "{report}");
}

#[test]
fn a_correct_handler_passes_wherever_two_things_go_wrong() {
    for pairs in [
        explore::DOUBLE_CRASHES.to_vec(),
        explore::LEAST_MIXED_FAULTS.to_vec(),
        explore::mixed_faults(),
    ] {
        let whole = explore::pairs(&Toy(Bug::None), 1, &pairs, Part::WHOLE);
        assert!(whole.points > 0 && whole.violations.is_empty(), "{whole}");
        // Two halves are the whole.
        let mut halves = Report::default();
        for n in 0..2 {
            halves.add(explore::pairs(
                &Toy(Bug::None),
                1,
                &pairs,
                Part { n, count: 2 },
            ));
        }
        assert_eq!(halves, whole);
    }
}

#[test]
fn a_sample_of_two_things_that_go_wrong_is_the_same_each_time_and_finds_bugs_too() {
    let failures = explore::double_failures();
    let some = |part| explore::sample(&Toy(Bug::None), 1, &failures, 10, part);
    let whole = some(Part::WHOLE);
    assert!((1..=10).contains(&whole.points), "{whole}");
    assert!(whole.violations.is_empty(), "{whole}");
    let mut halves = Report::default();
    for n in 0..2 {
        halves.add(some(Part { n, count: 2 }));
    }
    assert_eq!(halves, whole);
    let crashes = explore::DOUBLE_CRASHES;
    let found = explore::sample(&Toy(Bug::NewEventId), 1, &crashes, 24, Part::WHOLE);
    assert!(found.duplicated > 0, "{found}");
}

#[test]
fn a_bug_that_one_fault_shows_is_found_at_the_first_place() {
    assert!(explore::breaks(&Toy(Bug::NewEventId), 1, &Fault::CRASHES));
    assert!(!explore::breaks(&Toy(Bug::None), 1, &Fault::CRASHES));
}

#[test]
fn a_double_write_is_caught() {
    let report = explore::crashes(&Toy(Bug::UnconditionalWrite), 1);
    assert!(report.duplicated > 0, "{report}");
}

#[test]
fn an_event_that_is_published_again_under_another_id_is_caught() {
    let report = explore::crashes(&Toy(Bug::NewEventId), 1);
    assert!(report.duplicated > 0, "{report}");
}

#[test]
fn an_acknowledgement_before_the_event_is_caught() {
    let report = explore::crashes(&Toy(Bug::AcknowledgedBeforePublished), 1);
    assert!(report.lost > 0, "{report}");
}

#[test]
fn a_swallowed_failed_entry_count_is_caught_by_half_a_batch() {
    assert!(
        explore::crashes(&Toy(Bug::SwallowedFailedEntryCount), 1)
            .violations
            .is_empty()
    );
    let report = explore::failures(&Toy(Bug::SwallowedFailedEntryCount), 1);
    assert!(report.lost > 0, "{report}");
}

#[test]
fn a_violation_replays_from_its_line() {
    let report = explore::crashes(&Toy(Bug::NewEventId), 1);
    let line = report.violations[0].lines().next().unwrap();
    let replayed = explore::replay(&Toy(Bug::NewEventId), line).unwrap();
    assert_eq!(replayed.violations, [report.violations[0].clone()]);
    assert!(
        explore::replay(&Toy(Bug::None), line)
            .unwrap()
            .violations
            .is_empty()
    );
}
