use std::path::PathBuf;

use serde_json::json;
use testkit::{
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost, StartError},
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
