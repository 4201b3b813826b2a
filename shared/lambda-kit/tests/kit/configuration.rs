use lambda_kit::{
    aws::{CallBudget, sdk_config},
    config::{ConfigError, Environment},
};

const LAMBDA_SETS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"];

fn without(missing: &str) -> Environment {
    let there = LAMBDA_SETS.into_iter().filter(|name| *name != missing);
    Environment::from_pairs(there.map(|name| (name, "x")))
}

#[test]
fn a_variable_that_lambda_should_have_set_is_named() {
    for missing in LAMBDA_SETS {
        let error = sdk_config(&without(missing), &CallBudget::HTTP).unwrap_err();
        assert_eq!(error, ConfigError::Missing(missing));
        assert!(error.to_string().contains(missing));
    }
}

#[test]
fn what_lambda_sets_makes_a_configuration() {
    let sdk = sdk_config(&without(""), &CallBudget::HTTP).unwrap();
    assert_eq!(sdk.region().map(AsRef::as_ref), Some("x"));
    assert_eq!(sdk.endpoint_url(), None);
    let timeouts = sdk.timeout_config().unwrap();
    assert_eq!(
        timeouts.operation_timeout(),
        Some(CallBudget::HTTP.operation_timeout)
    );
    assert_eq!(
        timeouts.operation_attempt_timeout(),
        Some(CallBudget::HTTP.attempt_timeout)
    );
    assert_eq!(
        sdk.retry_config().unwrap().max_attempts(),
        CallBudget::HTTP.max_attempts
    );
}

#[test]
fn an_endpoint_is_taken_from_the_environment() {
    let pairs = LAMBDA_SETS.map(|name| (name, "x"));
    let endpoint = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
    let environment = Environment::from_pairs(pairs.into_iter().chain(endpoint));
    let sdk = sdk_config(&environment, &CallBudget::BATCH).unwrap();
    assert_eq!(sdk.endpoint_url(), Some("http://127.0.0.1:1"));
}

#[test]
fn all_attempts_of_a_call_fit_into_its_budget() {
    for budget in [CallBudget::COGNITO, CallBudget::HTTP, CallBudget::BATCH] {
        assert!(budget.attempt_timeout * budget.max_attempts <= budget.operation_timeout);
    }
}
