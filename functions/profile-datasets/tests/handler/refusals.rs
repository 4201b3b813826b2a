use rstest::rstest;
use serde_json::{Value, json};

use crate::{DELETE, PULL, assert_problem, of, pull, push, request, send, world};

#[rstest]
#[case("")]
#[case("a b")]
#[case("a#b")]
#[case("../profile")]
fn a_name_that_is_none_is_refused(#[case] name: &str) {
    let world = world(1);
    for route in [request(PULL), request(DELETE), push(&[("a", Some("1"), 0)])] {
        assert_problem(
            &send(&world, &of(name, route)),
            400,
            "invalid-field",
            Some("name"),
        );
    }
    assert!(world.trace().is_empty());
}

#[rstest]
#[case("since", "")]
#[case("since", "-1")]
#[case("since", "1.5")]
#[case("since", "99999999999999999999")]
#[case("cursor", "")]
#[case("cursor", "1")]
#[case("cursor", "1.30")]
#[case("cursor", "1.03")]
#[case("cursor", "x.1")]
fn a_parameter_that_makes_no_sense_is_named(#[case] parameter: &str, #[case] value: &str) {
    let world = world(1);
    let mut request = pull(0);
    request["queryStringParameters"][parameter] = value.into();
    assert_problem(
        &send(&world, &request),
        400,
        "invalid-field",
        Some(parameter),
    );
    assert!(world.trace().is_empty());
}

#[rstest]
#[case(1)]
#[case(9_007_199_254_740_991)]
fn a_version_that_never_was_is_no_error(#[case] since: u64) {
    let world = world(1);
    assert_eq!(
        crate::granted(&world, &pull(since))["full_sync_needed"],
        true
    );
    crate::granted(&world, &push(&[("a", Some("1"), 0)]));
    let told = crate::granted(&world, &pull(since));
    assert_eq!(told["full_sync_needed"], true);
}

#[rstest]
#[case("", "malformed-body", None)]
#[case("[]", "malformed-body", None)]
#[case(r#"{"changes":[{"key":"a","version":0}]}"#, "malformed-body", None)]
#[case(r#"{"changes":[],"more":1}"#, "malformed-body", None)]
#[case(r#"{"changes":[]}"#, "invalid-field", Some("changes"))]
#[case(
    r#"{"changes":[{"key":"","value":"1","version":0}]}"#,
    "invalid-field",
    Some("changes[0].key")
)]
#[case(
    r#"{"changes":[{"key":"a","value":"\u0001","version":0}]}"#,
    "invalid-field",
    Some("changes[0].value")
)]
#[case(
    r#"{"device":"\n","changes":[{"key":"a","value":"1","version":0}]}"#,
    "invalid-field",
    Some("device")
)]
fn a_push_that_can_not_be_read_is_refused(
    #[case] sent: &str,
    #[case] problem: &str,
    #[case] field: Option<&str>,
) {
    let world = world(1);
    let mut request = push(&[]);
    request["body"] = sent.into();
    assert_problem(&send(&world, &request), 400, problem, field);
    assert!(world.trace().is_empty());
}

#[test]
fn nesting_without_end_is_refused_without_harm() {
    let world = world(1);
    let mut request = push(&[]);
    request["body"] = format!(r#"{{"changes":{}"#, "[".repeat(1_000_000)).into();
    assert_problem(&send(&world, &request), 400, "malformed-body", None);
}

#[test]
fn a_body_that_is_too_large_or_of_another_type_is_refused() {
    let world = world(1);
    let mut request = push(&[("a", Some("1"), 0)]);
    request["body"] = " ".repeat(3 * 1_024 * 1_024 + 1).into();
    assert_problem(&send(&world, &request), 413, "body-too-large", None);
    for media_type in [
        json!(null),
        json!("text/plain"),
        json!("application/merge-patch+json"),
    ] {
        let mut request = push(&[("a", Some("1"), 0)]);
        request["headers"]["content-type"] = media_type;
        if request["headers"]["content-type"].is_null() {
            request["headers"]
                .as_object_mut()
                .unwrap()
                .remove("content-type");
        }
        assert_problem(&send(&world, &request), 415, "media-type", None);
    }
}

#[test]
fn a_value_full_of_quotation_marks_fits_into_a_push_and_into_an_answer() {
    let world = world(1);
    let value = "\"".repeat(1_048_575);
    crate::granted(&world, &push(&[("k", Some(&value), 0)]));
    let answer = send(&world, &pull(0));
    // Lambda takes the answer as JSON, and at most 6 MB of it.
    assert!(answer.to_string().len() < 6_000_000);
    assert_eq!(crate::body(&answer)["records"][0]["value"], value);
}

#[test]
fn a_route_that_is_not_there_is_not_there() {
    let world = world(1);
    let answer = send(&world, &request("PUT /v1/me/datasets/{name}"));
    assert_problem(&answer, 404, "no-such-route", None);
}

#[test]
fn what_is_no_request_is_an_error() {
    let world = world(1);
    let event = serde_json::value::to_raw_value(&Value::Null).unwrap();
    let sdk = world.sdk_config(&lambda_kit::aws::CallBudget::HTTP);
    let app =
        profile_datasets::App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let invocation = world.invocation(std::time::Duration::from_secs(10));
    let answer = world.block_on(profile_datasets::handle(&app, &event, invocation));
    assert!(answer.is_err());
}
