//! Flows between Salesforce and Fairlead: CloudFormation makes them, AppFlow runs them, and
//! salesforce-flow-repair looks after them.

use std::{net::IpAddr, time::Duration};

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, engine::SALESFORCE_OUTCOMES_BUCKET};

/// A flow that brings changes.
pub const CHANGES: &str = "fairlead-simulated-salesforce-holiday-changes";
/// The flow that takes outcomes back.
pub const OUTCOMES: &str = "fairlead-simulated-salesforce-outcomes";

/// Where CloudFormation takes answers.
const ANSWERS: &str =
    "cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com";

/// The flows that the functions' environment describes.
#[must_use]
pub fn described(world: &World) -> Value {
    let environment = world.environment();
    let flows = environment.required("SALESFORCE_FLOWS");
    serde_json::from_str(flows.expect("the environment is whole")).expect("flows are in JSON")
}

/// CloudFormation asks for flows, again until it is answered. `before` is what it asked for the last time.
pub async fn cloudformation_asks(world: &World, wish: &str, flows: &Value, before: Option<&Value>) {
    let address = IpAddr::from([52, 219, 170, 1]);
    world.engines().put_salesforce_grant();
    world.engines().put_host(ANSWERS, &[address]);
    let properties = |flows: &Value| json!({ "ServiceToken": "x", "Flows": flows.to_string() });
    let mut request = json!({
        "RequestType": wish,
        "ResponseURL": format!("https://{ANSWERS}/{}?signature=x", wish.to_lowercase()),
        "StackId": "arn:aws:cloudformation:eu-central-1:111122223333:stack/salesforce/1",
        "RequestId": format!("request-to-{wish}"),
        "LogicalResourceId": "SalesforceFlows",
        "ResourceProperties": properties(flows),
    });
    if let Some(members) = request.as_object_mut().filter(|_| wish != "Create") {
        members.insert("PhysicalResourceId".to_owned(), "salesforce-flows".into());
        let old = before.map(properties);
        members.insert("OldResourceProperties".to_owned(), old.into());
    }
    let asked = delivery::schedule(world, &request, async |request, invocation| {
        use salesforce_flow_connection::{App, handle};
        let app = App::new(
            &world.environment(),
            &world.sdk_config(&CallBudget::BATCH),
            world.outside(),
        );
        handle(&app, request, invocation).await
    });
    asked.await.expect("CloudFormation is answered");
}

/// The flows are there and at work, three outcomes were taken, and nothing is missing.
pub fn flows_are_at_work(world: &World) {
    let flows = described(world);
    world.block_on(cloudformation_asks(world, "Create", &flows, None));
    world.put_row(
        "config",
        json!({ "kind": "count", "record_id": "2026-01-15", "events": 4, "written": 3, "unchanged": 0, "failed": 1, "outcomes": 4 }),
    );
    for n in 1..=3_u8 {
        is_decided(world, n);
    }
    world.advance(Duration::from_mins(1));
    world
        .engines()
        .run_flow(OUTCOMES, SALESFORCE_OUTCOMES_BUCKET);
    world.advance(Duration::from_secs(10));
}

/// An outcome is written, of the record with that number.
pub fn is_decided(world: &World, n: u8) {
    let key = format!("outcomes/a0x00000000000{n}AAA-event-updated-2026-01-15-09_00_0{n}.csv");
    let csv = format!(
        "Record_ID__c,Action__c,Result__c,Reason__c,Time__c\r\na0x00000000000{n}AAA,updated,Success,,2026-01-15T09:00:0{n}Z\r\n"
    );
    world
        .engines()
        .put_object(SALESFORCE_OUTCOMES_BUCKET, &key, "text/csv", csv);
}

/// Of two outcomes one is taken; the other is written in the moment in which that run begins, too late for it
/// and too early for the next.
pub async fn one_of_two_is_taken(world: &World) {
    is_decided(world, 4);
    tokio::time::sleep(Duration::from_secs(50)).await;
    world
        .engines()
        .run_flow(OUTCOMES, SALESFORCE_OUTCOMES_BUCKET);
    is_decided(world, 5);
}

/// The schedule starts salesforce-flow-repair.
pub async fn flows_are_looked_after(world: &World) {
    let tick = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
    is_told(world, &tick).await;
}

/// AppFlow says that a flow was switched off.
pub async fn is_deactivated(world: &World, flow: &str, reason: &str) {
    let event = json!({
        "source": "aws.appflow",
        "detail-type": "AppFlow Event Flow Deactivated",
        "detail": { "flow-name": flow, "deactivation-reason": reason, "deactivation-time": "2026-01-15T09:01:00.000Z[UTC]" },
    });
    is_told(world, &event).await;
}

/// AppFlow says that a run failed.
pub async fn a_run_failed(world: &World, flow: &str, error: &str) {
    let event = json!({
        "source": "aws.appflow",
        "detail-type": "AppFlow End Flow Run Report",
        "detail": { "flow-name": flow, "status": "Execution Failed", "error": error, "num-of-record-failures": "1" },
    });
    is_told(world, &event).await;
}

/// Minutes pass in which nobody looks but at the times that were scheduled; the flow of outcomes runs once in
/// each.
pub async fn minutes_pass(world: &World, minutes: u32) {
    for _ in 0..minutes {
        tokio::time::sleep(Duration::from_secs(50)).await;
        for schedule in world.engines().take_due_schedules(world.clock().now()) {
            is_told(world, &schedule.input).await;
        }
        tokio::time::sleep(Duration::from_secs(10)).await;
        world
            .engines()
            .run_flow(OUTCOMES, SALESFORCE_OUTCOMES_BUCKET);
    }
    // What is written at the moment of a run is neither that run's nor the next one's.
    tokio::time::sleep(Duration::from_secs(10)).await;
}

async fn is_told(world: &World, event: &Value) {
    let told = delivery::schedule(world, event, async |event, invocation| {
        use salesforce_flow_repair::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    told.await.expect("flows are looked after");
}
