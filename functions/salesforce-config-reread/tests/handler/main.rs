//! The handler on a simulated AWS and a simulated Salesforce: which records are handed over, and up to where
//! it is noted that everything was.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use salesforce::{BUDGET, CATCH_UP};
use salesforce_config_reread::{App, RereadError, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    Fault, Service, World,
    engine::{SALESFORCE_CONFIG_QUEUE, SALESFORCE_SECRET, Salesforce},
};

const LIMIT: Duration = Duration::from_mins(5);
const HOLIDAY: &str = "a015f00000AbCdEAAV";
const JANE: &str = "0055f000005mc66AAA";

/// A world that knows Salesforce's secret.
fn world() -> World {
    let world = World::new(1);
    let engines = world.engines();
    engines.put_secret(SALESFORCE_SECRET, &Salesforce::secret());
    world
}

fn holiday(id: &str, name: &str, changed: &str) -> Value {
    json!({
        "Id": id,
        "IsDeleted": false,
        "SystemModstamp": changed,
        "LastModifiedById": JANE,
        "Name": name,
        "From__c": "2026-12-24",
        "Secret__c": "nothing of ours",
    })
}

fn put(world: &World, record: &Value) {
    world.engines().salesforce().put("Holiday__c", record);
}

fn start(world: &World, event: &Value, limit: Duration) -> Result<Value, RereadError> {
    let (sdk, outside) = (
        world.sdk_config(&CallBudget::BATCH),
        world.sdk_config(&BUDGET),
    );
    let app = App::new(&world.environment(), &sdk, &outside, world.clock()).unwrap();
    let event = to_raw_value(event).unwrap();
    let answer = world.block_on(handle(&app, &event, world.invocation(limit)))?;
    Ok(serde_json::to_value(answer).unwrap())
}

/// The nightly run.
fn night(world: &World) -> Result<Value, RereadError> {
    let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
    start(world, &event, LIMIT)
}

/// Whether a message with this body is done with.
fn deliver(world: &World, body: &str) -> bool {
    let event = json!({ "Records": [{ "messageId": "m-1", "body": body }] });
    start(world, &event, LIMIT).unwrap() == json!({ "batchItemFailures": [] })
}

fn request(object: &str, id: Option<&str>) -> String {
    let mut request = json!({
        "object": object,
        "asked": { "event": "the event", "position": "a position", "action": "created", "operator": JANE },
    });
    if let Some(id) = id {
        request["record_id"] = id.into();
    }
    request.to_string()
}

/// What was handed over.
fn handed_over(world: &World) -> Vec<Value> {
    let sent = world.sent_messages(SALESFORCE_CONFIG_QUEUE).into_iter();
    let states = sent.map(|message| serde_json::from_str::<Value>(&message.body).unwrap());
    states.map(|message| message["reread"].clone()).collect()
}

/// Several are handed over at once, in any order.
fn names(states: &[Value]) -> Vec<&str> {
    let names = states.iter();
    let names = names.map(|state| state["state"]["present"]["Name"].as_str().unwrap());
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names
}

/// Up to where holidays were read.
fn watermark(world: &World) -> Option<String> {
    let rows = world.rows("config").into_iter();
    let row = rows.into_iter().find(|row| row["kind"] == "reread")?;
    assert_eq!(row["record_id"], "watermark");
    row["holiday"].as_str().map(str::to_owned)
}

#[test]
fn a_record_is_handed_over_as_salesforce_holds_it_with_the_edit_because_of_which_it_was_read() {
    let world = world();
    put(
        &world,
        &holiday(HOLIDAY, "Harbour day", "2026-01-15T08:59:30.000+0000"),
    );
    assert!(deliver(&world, &request("Holiday__c", Some(HOLIDAY))));
    let [state] = &handed_over(&world)[..] else {
        panic!("one state is handed over")
    };
    assert_eq!(state["object"], "Holiday__c");
    assert_eq!(state["record_id"], HOLIDAY);
    assert_eq!(state["changed_by"], JANE);
    assert_eq!(state["asked"]["event"], "the event");
    assert_eq!(state["state"]["present"]["Name"], "Harbour day");
    assert_eq!(state["state"]["present"]["Until__c"], Value::Null);
    assert!(!state.to_string().contains("nothing of ours"));
    assert_eq!(watermark(&world), None);
}

#[test]
fn what_lies_in_the_recycle_bin_or_is_not_there_is_deleted() {
    let world = world();
    let mut record = holiday(HOLIDAY, "Harbour day", "2026-01-15T08:59:30.000+0000");
    record["IsDeleted"] = true.into();
    put(&world, &record);
    for id in [HOLIDAY, "a015f00000AbCdFAAV"] {
        assert!(deliver(&world, &request("Holiday__c", Some(id))));
    }
    let states = handed_over(&world);
    assert_eq!(states.len(), 2);
    assert!(states.iter().all(|state| state["state"] == "deleted"));
}

#[test]
fn what_was_read_counts_from_before_it_was_asked_for_by_salesforces_clock() {
    let world = world();
    put(
        &world,
        &holiday(HOLIDAY, "Harbour day", "2026-01-15T08:59:30.000+0000"),
    );
    world
        .faults()
        .once(Fault::Delay(Duration::from_secs(3)), |call| {
            call.operation == "QueryAll"
        });
    let before = world.clock().now();
    assert!(deliver(&world, &request("Holiday__c", Some(HOLIDAY))));
    let read_at = handed_over(&world)[0]["read_at"]
        .as_str()
        .unwrap()
        .to_owned();
    let read_at: jiff::Timestamp = read_at.parse().unwrap();
    assert!(read_at <= before, "{read_at} is after {before}");
}

#[test]
fn a_night_hands_over_what_changed_page_by_page_with_what_was_deleted() {
    let world = world();
    world.engines().salesforce().page_by(2);
    for n in 0..5 {
        let id = format!("a015f0000000{n:03}AAA");
        let mut record = holiday(&id, "Holiday", "2026-01-14T08:00:00.000+0000");
        record["IsDeleted"] = (n == 3).into();
        put(&world, &record);
    }
    night(&world).unwrap();
    let states = handed_over(&world);
    assert_eq!(states.len(), 5);
    assert!(states.iter().all(|state| state.get("asked").is_none()));
    let deleted = states.iter().filter(|state| state["state"] == "deleted");
    assert_eq!(deleted.count(), 1);
}

#[test]
fn the_next_night_begins_an_hour_before_the_end_of_the_last_one() {
    let world = world();
    put(
        &world,
        &holiday(
            "a015f0000000001AAA",
            "Long ago",
            "2026-01-14T08:00:00.000+0000",
        ),
    );
    put(
        &world,
        &holiday(
            "a015f0000000002AAA",
            "Committed late",
            "2026-01-15T08:30:00.000+0000",
        ),
    );
    night(&world).unwrap();
    assert_eq!(names(&handed_over(&world)), ["Committed late", "Long ago"]);
    world.advance(Duration::from_hours(24));
    put(
        &world,
        &holiday("a015f0000000003AAA", "New", "2026-01-15T20:00:00.000+0000"),
    );
    night(&world).unwrap();
    let states = handed_over(&world);
    assert_eq!(names(&states[2..]), ["Committed late", "New"]);
}

#[test]
fn nothing_is_noted_before_everything_is_handed_over() {
    let world = world();
    put(
        &world,
        &holiday(HOLIDAY, "Harbour day", "2026-01-14T08:00:00.000+0000"),
    );
    world.faults().down(Service::Sqs);
    assert!(night(&world).is_err());
    assert_eq!(watermark(&world), None);
    world.faults().heal();
    night(&world).unwrap();
    assert_eq!(handed_over(&world).len(), 1);
    assert!(watermark(&world).is_some());
}

#[test]
fn what_there_was_no_time_for_comes_the_next_time() {
    let world = world();
    world.engines().salesforce().page_by(2);
    for n in 0..4 {
        let (id, at) = (
            format!("a015f0000000{n:03}AAA"),
            format!("2026-01-1{n}T08:00:00.000+0000"),
        );
        put(&world, &holiday(&id, &format!("{n}"), &at));
    }
    let event = json!({ "source": "aws.events" });
    let cut_off = start(&world, &event, Duration::from_secs(10));
    assert!(matches!(cut_off, Err(RereadError::OutOfTime)));
    assert_eq!(names(&handed_over(&world)), ["0", "1"]);
    night(&world).unwrap();
    let states = handed_over(&world);
    assert_eq!(names(&states[2..]), ["1", "2", "3"]);
}

#[test]
fn a_kind_that_can_not_be_read_holds_up_no_other() {
    let world = world();
    put(
        &world,
        &holiday(HOLIDAY, "Harbour day", "2026-01-14T08:00:00.000+0000"),
    );
    world.faults().always(Fault::Unavailable, |call| {
        let query = call.input["q"].as_str().unwrap_or_default();
        query.contains("FROM Announcement__c")
    });
    assert!(night(&world).is_err());
    assert_eq!(handed_over(&world).len(), 1);
}

#[test]
fn whoever_finds_that_events_may_be_lost_asks_for_what_changed() {
    let world = world();
    put(
        &world,
        &holiday(HOLIDAY, "Harbour day", "2026-01-14T08:00:00.000+0000"),
    );
    assert!(deliver(&world, CATCH_UP));
    assert_eq!(handed_over(&world).len(), 1);
    assert!(watermark(&world).is_some());
}

#[test]
fn of_an_event_that_may_be_about_any_record_all_are_read() {
    let world = world();
    put(
        &world,
        &holiday(HOLIDAY, "Harbour day", "2020-01-14T08:00:00.000+0000"),
    );
    night(&world).unwrap();
    assert!(deliver(&world, &request("Holiday__c", None)));
    let states = handed_over(&world);
    assert_eq!(names(&states), ["Harbour day", "Harbour day"]);
    assert!(states.iter().all(|state| state.get("asked").is_none()));
}

#[test]
fn what_is_no_configuration_and_what_is_no_request_stays() {
    let world = world();
    for body in [
        request("Account", Some(HOLIDAY)),
        request("Holiday__c", Some("no id")),
        String::new(),
        "{}".to_owned(),
        "[]".to_owned(),
    ] {
        assert!(!deliver(&world, &body), "{body}");
    }
    assert_eq!(world.trace().len(), 0);
}

#[test]
fn while_salesforce_is_down_the_message_stays() {
    let world = world();
    put(
        &world,
        &holiday(HOLIDAY, "Harbour day", "2026-01-14T08:00:00.000+0000"),
    );
    world.faults().down(Service::Salesforce);
    assert!(!deliver(&world, &request("Holiday__c", Some(HOLIDAY))));
    world.faults().heal();
    assert!(deliver(&world, &request("Holiday__c", Some(HOLIDAY))));
}
