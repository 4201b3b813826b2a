//! The handler on a simulated AWS: what CloudFormation asks for is there, and it is answered.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::net::IpAddr;

use lambda_kit::aws::CallBudget;
use salesforce_flow_connection::{App, handle};
use serde_json::{Value, json};
use testkit::{World, delivery};

const HOST: &str =
    "cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com";
const CHANGES: &str = "fairlead-simulated-salesforce-holiday-changes";

fn world() -> World {
    let world = World::new(1);
    let address = IpAddr::from([52, 219, 170, 1]);
    world.engines().put_host(HOST, &[address]);
    world.engines().put_salesforce_grant();
    world
}

fn flows(world: &World) -> Value {
    serde_json::from_str(world.environment().required("SALESFORCE_FLOWS").unwrap()).unwrap()
}

fn request(wish: &str, properties: &Value) -> Value {
    json!({
        "RequestType": wish,
        "ResponseURL": format!("https://{HOST}/answer?signature=x"),
        "StackId": "arn:stack",
        "RequestId": wish,
        "LogicalResourceId": "SalesforceFlows",
        "ResourceProperties": properties,
    })
}

/// CloudFormation asks; what it is answered.
fn asks(world: &World, request: &Value) -> Value {
    let run = delivery::schedule(world, request, async |event, invocation| {
        let app = App::new(
            &world.environment(),
            &world.sdk_config(&CallBudget::BATCH),
            world.outside(),
        );
        handle(&app, event, invocation).await
    });
    world.block_on(run).unwrap();
    let received = world.engines().received_webhooks();
    serde_json::from_str(&received.last().unwrap().body).unwrap()
}

fn status(world: &World, flow: &str) -> Option<String> {
    world.engines().flows().flow(flow).map(|flow| flow.status)
}

#[test]
fn what_is_asked_for_is_there_and_at_work_and_the_answer_names_the_event_source() {
    let world = world();
    let flows = flows(&world);
    let answer = asks(
        &world,
        &request("Create", &json!({ "Flows": flows.to_string() })),
    );
    assert_eq!(answer["Status"], "SUCCESS");
    assert_eq!(answer["Data"]["EventSourceName"], flows["event_source"]);
    assert_eq!(status(&world, CHANGES).as_deref(), Some("Active"));
}

#[test]
fn flows_stay_off_until_they_are_to_be_switched_on() {
    let world = world();
    let mut properties = json!({ "Flows": flows(&world).to_string(), "Activate": "false" });
    asks(&world, &request("Create", &properties));
    assert_eq!(status(&world, CHANGES).as_deref(), Some("Draft"));
    properties["Activate"] = "true".into();
    asks(&world, &request("Update", &properties));
    assert_eq!(status(&world, CHANGES).as_deref(), Some("Active"));
}

#[test]
fn what_is_there_before_is_taken_over() {
    let world = world();
    let properties = json!({ "Flows": flows(&world).to_string() });
    asks(&world, &request("Create", &properties));
    let mut again = request("Create", &properties);
    again["RequestId"] = "another".into();
    assert_eq!(asks(&world, &again)["Status"], "SUCCESS");
}

#[test]
fn what_is_not_asked_for_any_more_is_removed_and_in_the_end_everything_is() {
    let world = world();
    let old = flows(&world);
    let mut new = old.clone();
    new["changes"]
        .as_object_mut()
        .unwrap()
        .remove("salesforce-holiday-changes");
    asks(
        &world,
        &request("Create", &json!({ "Flows": old.to_string() })),
    );
    let mut update = request("Update", &json!({ "Flows": new.to_string() }));
    update["OldResourceProperties"] = json!({ "Flows": old.to_string() });
    asks(&world, &update);
    assert_eq!(status(&world, CHANGES), None);
    let delete = request("Delete", &json!({ "Flows": new.to_string() }));
    assert_eq!(asks(&world, &delete)["Status"], "SUCCESS");
    assert_eq!(world.engines().flows().described(), Vec::<Value>::new());
    assert_eq!(asks(&world, &delete)["Status"], "SUCCESS");
}

#[test]
fn credentials_that_salesforce_refuses_fail_the_deployment_with_that_reason() {
    let world = world();
    world.engines().flows().end_session(false);
    let answer = asks(
        &world,
        &request("Create", &json!({ "Flows": flows(&world).to_string() })),
    );
    assert_eq!(answer["Status"], "FAILED");
    let reason = answer["Reason"].as_str().unwrap();
    assert!(
        reason.contains("ConnectorAuthenticationException"),
        "{reason}"
    );
}

#[test]
fn a_description_that_nobody_can_read_fails_and_can_be_removed() {
    let world = world();
    let properties = json!({ "Flows": "{}" });
    assert_eq!(
        asks(&world, &request("Create", &properties))["Status"],
        "FAILED"
    );
    assert_eq!(
        asks(&world, &request("Delete", &properties))["Status"],
        "SUCCESS"
    );
}

#[test]
fn an_answer_goes_nowhere_but_to_cloudformation() {
    let world = world();
    let mut request = request("Delete", &json!({}));
    request["ResponseURL"] = "https://internal.example.com/".into();
    let run = delivery::schedule(&world, &request, async |event, invocation| {
        let app = App::new(
            &world.environment(),
            &world.sdk_config(&CallBudget::BATCH),
            world.outside(),
        );
        handle(&app, event, invocation).await
    });
    assert!(world.block_on(run).is_err());
    assert_eq!(world.engines().received_webhooks(), []);
}
