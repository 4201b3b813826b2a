use std::{path::PathBuf, sync::Arc, time::Duration};

use lambda_kit::clock::Clock;
use serde_json::json;
use testkit::{
    Fault,
    engine::{Engines, variables},
    fault::FaultPlan,
    runtime_host::{FunctionError, RuntimeHost, Services, StartError},
};

/// Cargo builds the examples beside the tests.
fn function() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples/hosted-function")
}

#[test]
fn a_hosted_function_answers_and_reaches_the_engines() {
    let host = RuntimeHost::start(function(), variables(["PROFILES_TABLE"])).unwrap();
    assert_eq!(
        host.invoke(&json!("store")).unwrap(),
        json!({ "stored": true })
    );
    assert_eq!(
        host.invoke(&json!("store")).unwrap(),
        json!({ "stored": true })
    );
    assert_eq!(host.engines().rows("profiles").len(), 1);
    assert!(host.time_to_first_next().as_millis() > 0);
    assert!(host.resident_memory().unwrap() > 1_000_000);
    let lines = host.stop();
    for printed in ["storing", "and complaining"] {
        assert_eq!(lines.iter().filter(|line| *line == printed).count(), 2);
    }
}

#[test]
fn an_error_of_a_hosted_function_comes_back_and_it_lives_on() {
    let host = RuntimeHost::start(function(), variables(["PROFILES_TABLE"])).unwrap();
    let FunctionError::Returned { message, .. } = host.invoke(&json!("fail")).unwrap_err() else {
        panic!("it returned an error");
    };
    assert_eq!(message, "it was told to fail");
    host.invoke(&json!("store")).unwrap();
}

#[test]
fn a_hosted_function_that_dies_is_reported_at_once() {
    let host = RuntimeHost::start(function(), variables(["PROFILES_TABLE"])).unwrap();
    let FunctionError::Ended { status, .. } = host.invoke(&json!("exit")).unwrap_err() else {
        panic!("it ended");
    };
    assert_eq!(status, "exit status: 3");
}

#[test]
fn a_function_that_does_not_start_shows_what_it_printed() {
    let Err(StartError::Ended { status, output, .. }) = RuntimeHost::start(function(), []) else {
        panic!("it lacks a variable");
    };
    assert_eq!(status, "exit status: 1");
    assert!(output.contains("PROFILES_TABLE"), "{output}");
}

#[test]
fn an_executable_that_is_not_there_is_named() {
    let Err(error) = RuntimeHost::start("no/such/bootstrap", []) else {
        panic!("there is none")
    };
    assert_eq!(
        error.to_string(),
        "no/such/bootstrap can't be run; was it built?"
    );
}

#[test]
fn a_process_ends_with_its_host() {
    let host = RuntimeHost::start(function(), variables(["PROFILES_TABLE"])).unwrap();
    let process = PathBuf::from(format!("/proc/{}", host.process_id()));
    assert!(process.exists());
    drop(host);
    assert!(!process.exists());
}

/// Services on the way to which the first call meets `fault`.
fn services(fault: Fault) -> Arc<Services> {
    let faults = FaultPlan::default();
    faults.at(1, fault);
    let engines = Engines::new(&Clock::system());
    Arc::new(Services::start(engines, faults).unwrap())
}

fn beside(services: &Arc<Services>) -> RuntimeHost {
    RuntimeHost::start_beside(services, function(), variables(["PROFILES_TABLE"])).unwrap()
}

#[test]
fn a_crash_kills_the_process_and_another_one_goes_on_beside_the_same_services() {
    for (fault, rows) in [(Fault::CrashBefore, 0), (Fault::CrashAfter, 1)] {
        let services = services(fault);
        let error = beside(&services).invoke(&json!("store")).unwrap_err();
        let FunctionError::Ended { status, .. } = error else {
            panic!("it was killed");
        };
        assert_eq!(status, "signal: 9 (SIGKILL)");
        assert_eq!(services.engines().rows("profiles").len(), rows);
        beside(&services).invoke(&json!("store")).unwrap();
        assert_eq!(services.engines().rows("profiles").len(), 1);
        assert_eq!(services.kills(), 1);
    }
}

#[test]
fn a_process_lives_through_what_only_fails() {
    let delay = Fault::Delay(Duration::from_millis(50));
    for fault in [Fault::LoseAcknowledgement, Fault::Unavailable, delay] {
        let services = services(fault);
        let host = beside(&services);
        assert_eq!(
            host.invoke(&json!("store")).unwrap(),
            json!({ "stored": true })
        );
        assert_eq!(
            (services.kills(), services.are_awaiting_calls()),
            (0, false)
        );
    }
}

#[test]
fn a_call_arrives_as_it_is_adapted() {
    let engines = Engines::new(&Clock::system());
    let services = Services::start_adapting(engines, FaultPlan::default(), |call| {
        call.input["Item"]["part"]["S"] = "adapted".into();
    });
    let services = Arc::new(services.unwrap());
    beside(&services).invoke(&json!("store")).unwrap();
    let rows = services.engines().rows("profiles");
    assert_eq!((rows.len(), &rows[0]["part"]), (1, &json!("adapted")));
}
