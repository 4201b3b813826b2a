//! The handler on a simulated AWS: each way in which a flow fails, and what comes of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use flow::{FlowMaker, FlowStarter, Flows, ProfileKeeper};
use lambda_kit::aws::CallBudget;
use salesforce_flow_repair::{App, handle};
use serde_json::{Value, json};
use testkit::{
    Fault, Service, World, delivery,
    engine::{Rows, SALESFORCE_OUTCOMES_BUCKET, SALESFORCE_REREAD_QUEUE},
};

const CHANGES: &str = "fairlead-simulated-salesforce-holiday-changes";
const OUTCOMES: &str = "fairlead-simulated-salesforce-outcomes";

/// A world in which all flows are at work.
fn world() -> World {
    let world = World::new(1);
    world.engines().put_salesforce_grant();
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let flows = Flows::read(world.environment().required("SALESFORCE_FLOWS").unwrap()).unwrap();
    world.block_on(async {
        ProfileKeeper::new(&sdk, &sdk)
            .make(&flows, "t")
            .await
            .unwrap();
        for flow in flows.each() {
            FlowMaker::new(&sdk).make(&flow, None, "t").await.unwrap();
            FlowStarter::new(&sdk).start(&flow.name, "t").await.unwrap();
        }
    });
    world
}

/// The event reaches the function; what it did.
fn told(world: &World, event: &Value) -> Value {
    let run = delivery::schedule(world, event, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(run).unwrap()
}

fn tick(world: &World) -> Value {
    told(world, &json!({ "source": "aws.events" }))
}

fn deactivated(flow: &str, reason: &str) -> Value {
    json!({
        "source": "aws.appflow",
        "detail-type": "AppFlow Event Flow Deactivated",
        "detail": { "flow-name": flow, "deactivation-reason": reason },
    })
}

/// Minutes pass; the flow of outcomes runs in each, and looks that are due are had.
fn pass(world: &World, minutes: u32) {
    for _ in 0..minutes {
        world.advance(Duration::from_secs(50));
        for schedule in world.engines().take_due_schedules(world.clock().now()) {
            told(world, &schedule.input);
        }
        world.advance(Duration::from_secs(10));
        world
            .engines()
            .run_flow(OUTCOMES, SALESFORCE_OUTCOMES_BUCKET);
    }
    world.advance(Duration::from_secs(10));
}

fn put_outcome(world: &World, record: &str, time: &str) {
    let key = format!("outcomes/{record}-event-updated-2026-01-15-{time}.csv");
    let engines = world.engines();
    engines.put_object(SALESFORCE_OUTCOMES_BUCKET, &key, "text/csv", "x\r\n");
}

fn status(world: &World, flow: &str) -> String {
    world.engines().flows().flow(flow).unwrap().status
}

fn subjects(world: &World) -> Vec<String> {
    let notifications = world.notifications().into_iter();
    notifications.filter_map(|sent| sent.subject).collect()
}

/// The rows of flows that are not well.
fn not_well(world: &World) -> Vec<Value> {
    let rows = world.rows("config").into_iter();
    rows.filter(|row| row["kind"] == "flow" && row["state"] != "well")
        .collect()
}

#[test]
fn where_all_flows_are_well_nothing_is_done_and_nobody_is_told() {
    let world = world();
    pass(&world, 2);
    let done = tick(&world);
    assert_eq!(
        done,
        json!({ "looked_at": 3, "tried": 0, "mended": 0, "given_up": 0 })
    );
    assert_eq!(not_well(&world), Vec::<Value>::new());
    assert_eq!(world.notifications(), []);
}

#[test]
fn a_flow_that_was_switched_off_is_on_again_at_once_and_nobody_is_told() {
    let world = world();
    world.engines().flows().put_into(CHANGES, "Draft", "");
    let done = told(&world, &deactivated(CHANGES, ""));
    assert_eq!(done["mended"], 1);
    assert_eq!(status(&world, CHANGES), "Active");
    assert_eq!(not_well(&world), Vec::<Value>::new());
    assert_eq!(world.notifications(), []);
    let asked = world.sent_messages(SALESFORCE_REREAD_QUEUE);
    let asked: Vec<&str> = asked.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(
        asked,
        [r#"{"reread":"changes"}"#],
        "what was edited meanwhile is read"
    );
}

#[test]
fn what_appflow_forgot_to_tell_is_found_by_looking() {
    for (state, flow) in [
        ("Errored", OUTCOMES),
        ("Suspended", CHANGES),
        ("Draft", OUTCOMES),
    ] {
        let world = world();
        world.engines().flows().put_into(flow, state, "");
        tick(&world);
        assert_eq!(status(&world, flow), "Active", "{state}");
    }
}

#[test]
fn flows_of_others_are_left_alone() {
    let world = world();
    let before = world.trace().len();
    told(&world, &deactivated("somebody-elses", ""));
    assert_eq!(world.trace().len(), before);
}

#[test]
fn a_session_that_is_over_is_begun_anew() {
    let world = world();
    world.engines().flows().end_session(true);
    tick(&world);
    pass(&world, 5);
    tick(&world);
    assert_eq!(status(&world, CHANGES), "Active");
    assert_eq!(status(&world, OUTCOMES), "Active");
    assert_eq!(not_well(&world), Vec::<Value>::new());
}

#[test]
fn credentials_that_are_refused_are_told_of_once_with_the_next_step_and_once_more_when_they_are_mended()
 {
    let world = world();
    let flows = world.engines().flows();
    flows.put_into(CHANGES, "Errored", "Authentication failed");
    flows.end_session(false);
    told(&world, &deactivated(CHANGES, "Authentication failed"));
    pass(&world, 90);
    let said = world.notifications();
    let said: Vec<_> = said
        .iter()
        .filter(|said| said.message.contains(CHANGES))
        .collect();
    assert_eq!(said.len(), 1);
    assert!(
        said[0].message.contains("client's id and secret"),
        "{}",
        said[0].message
    );
    flows.mend_credentials();
    for _ in 0..24 {
        pass(&world, 5);
        tick(&world);
    }
    let again = subjects(&world);
    let of_flow = again.iter().filter(|subject| subject.contains(CHANGES));
    assert_eq!(of_flow.count(), 2);
    assert!(
        again
            .iter()
            .any(|subject| subject.ends_with("is well again"))
    );
    assert_eq!(not_well(&world), Vec::<Value>::new());
}

#[test]
fn a_flow_that_does_not_stay_on_is_tried_four_times_and_then_told_of_once() {
    let world = world();
    let flows = world.engines().flows();
    flows.keep_off(CHANGES, true);
    flows.put_into(CHANGES, "Suspended", "");
    tick(&world);
    pass(&world, 25);
    let starts = flows.flow(CHANGES).unwrap().started_by.len();
    assert_eq!(starts, 1 + 4);
    for _ in 0..6 {
        tick(&world);
    }
    assert_eq!(
        subjects(&world),
        [format!(
            "Fairlead: Salesforce flow {CHANGES} is broken: suspended"
        )]
    );
}

#[test]
fn a_flow_that_drifted_is_made_as_it_has_to_be() {
    let world = world();
    let to = "destinationFlowConfigList/0/destinationConnectorProperties/Salesforce/object";
    world
        .engines()
        .flows()
        .change(OUTCOMES, to, "Account".into());
    tick(&world);
    let flow = world.engines().flows().flow(OUTCOMES).unwrap();
    let object = flow.description["destinationFlowConfigList"]
        .pointer("/0/destinationConnectorProperties/Salesforce/object");
    assert_eq!(object, Some(&json!("Fairlead_Outcome__c")));
    assert_eq!(flow.status, "Active");
}

#[test]
fn a_flow_that_is_gone_is_told_of_at_once() {
    let world = World::new(1);
    tick(&world);
    tick(&world);
    let subjects = subjects(&world);
    assert_eq!(subjects.len(), 3);
    assert!(
        subjects
            .iter()
            .all(|subject| subject.ends_with("is broken: missing"))
    );
}

#[test]
fn rows_that_were_refused_are_taken_once_salesforce_takes_them() {
    let world = world();
    let flows = world.engines().flows();
    flows.make_of_rows(OUTCOMES, Rows::Refused);
    put_outcome(&world, "a0x1", "09_00_00");
    pass(&world, 1);
    tick(&world);
    assert_eq!(not_well(&world)[0]["cause"], "rejected");
    flows.make_of_rows(OUTCOMES, Rows::Taken);
    pass(&world, 3);
    tick(&world);
    assert_eq!(flows.accepted().len(), 1);
    assert_eq!(not_well(&world), Vec::<Value>::new());
}

#[test]
fn a_flow_that_is_throttled_is_left_time_and_nobody_is_told() {
    let world = world();
    let flows = world.engines().flows();
    flows.make_of_rows(OUTCOMES, Rows::Throttled);
    put_outcome(&world, "a0x1", "09_00_00");
    pass(&world, 1);
    tick(&world);
    assert_eq!(not_well(&world)[0]["cause"], "throttled");
    flows.make_of_rows(OUTCOMES, Rows::Taken);
    pass(&world, 3);
    tick(&world);
    assert_eq!(not_well(&world), Vec::<Value>::new());
    assert_eq!(world.notifications(), []);
}

#[test]
fn files_that_a_run_overlooked_are_written_again_and_of_each_record_the_latest_alone() {
    let world = world();
    let flows = world.engines().flows();
    flows.make_of_rows(OUTCOMES, Rows::Overlooked);
    put_outcome(&world, "a0x1", "09_00_00");
    put_outcome(&world, "a0x1", "09_00_30");
    pass(&world, 2);
    let before = world.objects(SALESFORCE_OUTCOMES_BUCKET);
    tick(&world);
    let after = world.objects(SALESFORCE_OUTCOMES_BUCKET);
    assert_eq!(before[0], after[0]);
    assert!(after[1].last_modified > before[1].last_modified);
    flows.make_of_rows(OUTCOMES, Rows::Taken);
    pass(&world, 2);
    let file = "a0x1-event-updated-2026-01-15-09_00_30.csv";
    assert_eq!(
        flows.accepted(),
        [json!({ "record": "a0x1", "file": file })]
    );
}

#[test]
fn what_was_cut_off_while_it_wrote_files_again_leaves_none_behind() {
    let world = world();
    put_outcome(&world, "a0x1", "09_00_00");
    world.advance(Duration::from_mins(1));
    let engines = world.engines();
    engines.run_flow(OUTCOMES, SALESFORCE_OUTCOMES_BUCKET);
    // In the moment in which the run began, too late for it and too early for the next.
    put_outcome(&world, "a0x2", "09_01_00");
    pass(&world, 1);
    world.faults().always(Fault::Unavailable, |call| {
        call.operation == "PutObject" && call.input.to_string().contains("a0x2")
    });
    tick(&world);
    world.faults().heal();
    assert_eq!(engines.flows().accepted().len(), 1);
    for _ in 0..3 {
        pass(&world, 2);
        tick(&world);
    }
    assert_eq!(engines.flows().accepted().len(), 2);
    assert_eq!(not_well(&world), Vec::<Value>::new());
    assert_eq!(world.notifications(), []);
}

#[test]
fn changes_of_which_nothing_says_what_became_are_read_again_if_that_stays_so() {
    let world = world();
    let count = json!({ "kind": "count", "record_id": "2026-01-15", "events": 2, "written": 1, "outcomes": 1, "accepted": 1 });
    world.put_row("config", count);
    tick(&world);
    assert_eq!(world.sent_messages(SALESFORCE_REREAD_QUEUE), []);
    pass(&world, 2);
    let sent = world.sent_messages(SALESFORCE_REREAD_QUEUE);
    assert_eq!(sent[0].body, r#"{"reread":"changes"}"#);
}

#[test]
fn a_gap_that_stays_is_told_of_once() {
    let world = world();
    let count = json!({ "kind": "count", "record_id": "2026-01-15", "events": 2, "written": 2, "outcomes": 1, "accepted": 1 });
    world.put_row("config", count);
    for _ in 0..8 {
        tick(&world);
        pass(&world, 5);
    }
    assert_eq!(
        subjects(&world),
        ["Fairlead: Salesforce flow reconciliation is broken: unwritten"]
    );
}

#[test]
fn while_appflow_does_not_answer_no_flow_counts_as_broken() {
    let world = world();
    world.faults().down(Service::AppFlow);
    let tick = json!({});
    let run = delivery::schedule(&world, &tick, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        handle(&app, event, invocation).await
    });
    assert!(world.block_on(run).is_err());
    assert_eq!(not_well(&world), Vec::<Value>::new());
    assert_eq!(world.notifications(), []);
}
