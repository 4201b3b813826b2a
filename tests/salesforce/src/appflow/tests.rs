use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Flows, Trouble};
use crate::csv_rows::Run;

const AT: Timestamp = Timestamp::constant(1_790_842_529, 0);

fn flows() -> Flows {
    let mut flows = Flows::of("111122223333", "eu-central-1");
    flows.put_profile("salesforce");
    flows.put(
        "outcomes",
        json!({ "triggerConfig": { "triggerType": "Scheduled" } }),
    );
    flows
}

fn status(flows: &mut Flows) -> Value {
    let described = flows.answer("describe-flow", &json!({ "flowName": "outcomes" }));
    described.unwrap()["flowStatus"].clone()
}

#[test]
fn a_flow_that_is_deactivated_lets_nothing_through_until_it_is_started() {
    let mut flows = flows();
    assert!(flows.lets_through("outcomes"));
    let report = flows.make("outcomes", Trouble::Deactivated, AT);
    let told = report.expect("AppFlow tells of it").envelope("1", "2");
    assert_eq!(told["detail-type"], "AppFlow Scheduled Flow Deactivated");
    assert!(!flows.lets_through("outcomes"));
    assert!(flows.begins("outcomes").is_none());
    assert_eq!(status(&mut flows), "Suspended");
    flows
        .answer("start-flow", &json!({ "flowName": "outcomes" }))
        .unwrap();
    assert_eq!(status(&mut flows), "Active");
    assert_eq!(flows.begins("outcomes"), Some(Ok(())));
}

#[test]
fn without_credentials_a_start_fails_until_somebody_brings_others() {
    let mut flows = flows();
    flows.make("outcomes", Trouble::Credentials, AT);
    flows
        .answer("start-flow", &json!({ "flowName": "outcomes" }))
        .unwrap();
    assert_eq!(status(&mut flows), "Errored");
    let profile = json!({
        "connectorProfileName": "salesforce",
        "connectorProfileConfig": { "connectorProfileCredentials": {} },
    });
    flows.answer("update-connector-profile", &profile).unwrap();
    flows
        .answer("start-flow", &json!({ "flowName": "outcomes" }))
        .unwrap();
    assert_eq!(status(&mut flows), "Active");
}

#[test]
fn a_run_that_fails_is_on_record_and_told_of_with_counts_in_texts() {
    let mut flows = flows();
    flows.make("outcomes", Trouble::Throttled(1), AT);
    let error = flows.begins("outcomes").unwrap().unwrap_err();
    let reports = flows.ended("outcomes", Err(error), AT);
    assert_eq!(reports[0].detail["status"], "Execution Failed");
    assert_eq!(reports[0].detail["num-of-records-processed"], "0");
    flows.ended("outcomes", Ok(Run::default()), AT);
    let asked = json!({ "flowName": "outcomes" });
    let records = flows
        .answer("describe-flow-execution-records", &asked)
        .unwrap();
    let records = records["flowExecutions"].as_array().unwrap().clone();
    let statuses = records
        .iter()
        .map(|record| record["executionStatus"].clone());
    assert_eq!(statuses.collect::<Vec<_>>(), ["Successful", "Error"]);
}

#[test]
fn so_many_events_rows_and_files_go_wrong_as_were_asked_for() {
    let mut flows = flows();
    flows.make("outcomes", Trouble::Drops(1), AT);
    assert_eq!(
        [(); 2].map(|()| flows.lets_through("outcomes")),
        [false, true]
    );
    flows.make("outcomes", Trouble::Rejects(1), AT);
    assert!(flows.rejects_row("outcomes").is_some());
    assert!(flows.rejects_row("outcomes").is_none());
    flows.make("outcomes", Trouble::Skips(1), AT);
    assert_eq!(
        [(); 2].map(|()| flows.skips_file("outcomes")),
        [true, false]
    );
}

#[test]
fn a_flow_that_is_not_there_is_not_found() {
    let refused = flows().answer("describe-flow", &json!({ "flowName": "another" }));
    assert_eq!(refused.unwrap_err().code, "ResourceNotFoundException");
}
