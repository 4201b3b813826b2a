//! The executable under Lambda's Runtime API: its variables, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_erasure-reminders");
const VARIABLES: [&str; 3] = [
    "ERASURES_TABLE",
    "PROFILES_TABLE",
    "ERASURE_REMINDER_SECONDS",
];
const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";

#[test]
fn what_names_no_erasure_fails_and_nothing_of_it_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let error = host.invoke(&json!({ "erasure_id": "canary@example.com" }));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("the input names no erasure"), "{error}");
    assert_discreet(&host.stop());
}

/// The metrics that are printed when the function looks at an erasure whose time is up at `deadline`,
/// of which two partners were told, and one has acknowledged.
fn metrics(deadline: &str) -> Vec<Value> {
    let host = RuntimeHost::start(EXECUTABLE, variables(VARIABLES)).unwrap();
    let erasure = json!({
        "erasure_id": ERASURE,
        "part": "erasure",
        "state": "erasing",
        "profile_id": "prf_019bc0e2128070000000000000000001",
        "members": 1,
        "requested_at": deadline,
        "removal_at": deadline,
        "told_at": deadline,
        "acknowledge_by": deadline,
        "request_id": "request-1",
    });
    host.engines().put_row("erasures", &erasure);
    for (partner, acknowledged_at) in [("chandlery", None), ("sailmaker", Some(deadline))] {
        let mut told = json!({
            "erasure_id": ERASURE,
            "part": format!("partner#harbour#{partner}"),
            "tenant": "harbour",
            "partner": partner,
            "profiles": [],
            "told_at": deadline,
            "acknowledge_by": deadline,
        });
        if let Some(at) = acknowledged_at {
            told["acknowledged_at"] = at.into();
        }
        host.engines().put_row("erasures", &told);
    }
    host.invoke(&json!({ "erasure_id": ERASURE })).unwrap();
    let lines = host.stop().into_iter();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    lines.filter(|line| line.get("_aws").is_some()).collect()
}

/// What the alarm waits for: cdk/test/alarms.test.ts holds it to these names.
#[test]
fn the_metric_of_the_alarm_counts_who_has_not_acknowledged_once_the_time_is_up() {
    let printed = metrics("2020-01-16T09:00:00Z");
    assert_eq!(printed.len(), 1);
    let described = &printed[0]["_aws"]["CloudWatchMetrics"];
    assert_eq!(
        *described,
        json!([{
            "Namespace": "Fairlead",
            "Dimensions": [["service"]],
            "Metrics": [{ "Name": "erasures_unacknowledged", "Unit": "Count" }],
        }])
    );
    assert_eq!(printed[0]["service"], "erasure-reminders");
    assert_eq!(printed[0]["erasures_unacknowledged"], 1);
}

#[test]
fn no_metric_sets_the_alarm_off_while_there_is_time() {
    assert_eq!(metrics("2999-01-16T09:00:00Z"), Vec::<Value>::new());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
