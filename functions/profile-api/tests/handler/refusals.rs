use base64::{Engine as _, prelude::BASE64_STANDARD};
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

use crate::{JANE, MERGE_PATCH, assert_problem, body, outbox, patch, request, row, send, world};

/// The longest body that is looked at.
const LIMIT: usize = 65_536;

fn encoded(bytes: &[u8]) -> Value {
    let mut request = patch(&BASE64_STANDARD.encode(bytes), "\"3\"");
    request["isBase64Encoded"] = true.into();
    request
}

fn assert_untouched(world: &World) {
    assert_eq!(row(world, JANE, "profile").unwrap()["version"], 3);
    assert!(outbox(world).is_empty());
    assert!(world.trace().iter().all(|call| !call.call.is_table_write()));
}

#[rstest]
#[case::unknown(r#"{"nickname":"J"}"#, "unknown-field", "nickname")]
#[case::unknown_beside_known(r#"{"given_name":"J","is_admin":true}"#, "unknown-field", "is_admin")]
#[case::misspelt(r#"{"Given_Name":"J"}"#, "unknown-field", "Given_Name")]
#[case::prototype(r#"{"__proto__":{}}"#, "unknown-field", "__proto__")]
#[case::id(r#"{"profile_id":"prf_1"}"#, "read-only-field", "profile_id")]
#[case::version(r#"{"version":9}"#, "read-only-field", "version")]
#[case::email(r#"{"email":"j@example.com"}"#, "read-only-field", "email")]
#[case::verified(
    r#"{"phone_number_verified":true}"#,
    "read-only-field",
    "phone_number_verified"
)]
#[case::repeated(r#"{"locale":"de","locale":"fr"}"#, "repeated-field", "locale")]
#[case::repeated_null(r#"{"locale":null,"locale":"fr"}"#, "repeated-field", "locale")]
#[case::repeated_escaped(r#"{"locale":"de","\u006cocale":"fr"}"#, "repeated-field", "locale")]
#[case::number(r#"{"given_name":7}"#, "invalid-field", "given_name")]
#[case::object(r#"{"given_name":{"a":1}}"#, "invalid-field", "given_name")]
#[case::blank(r#"{"given_name":"  "}"#, "invalid-field", "given_name")]
#[case::control(r#"{"display_name":"a\u0000b"}"#, "invalid-field", "display_name")]
#[case::no_country(r#"{"country":"XX"}"#, "invalid-field", "country")]
#[case::no_date(r#"{"birthdate":"1990-02-30"}"#, "invalid-field", "birthdate")]
#[case::no_locale(r#"{"locale":"german"}"#, "invalid-field", "locale")]
#[case::no_zone(r#"{"time_zone":"Berlin"}"#, "invalid-field", "time_zone")]
fn a_field_that_is_wrong_is_named(#[case] sent: &str, #[case] name: &str, #[case] field: &str) {
    let world = world(1);
    assert_problem(&send(&world, &patch(sent, "\"3\"")), 400, name, Some(field));
    assert_untouched(&world);
}

#[rstest]
#[case::nothing("")]
#[case::array(r#"["given_name"]"#)]
#[case::null("null")]
#[case::half(r#"{"given_name":"#)]
#[case::more(r#"{"given_name":"J"} {}"#)]
#[case::lone_surrogate(r#"{"given_name":"\ud800"}"#)]
fn a_body_that_is_no_json_object_is_refused(#[case] sent: &str) {
    let world = world(1);
    let answer = send(&world, &patch(sent, "\"3\""));
    assert_problem(&answer, 400, "malformed-body", None);
    assert_untouched(&world);
}

#[test]
fn a_body_is_nested_at_most_32_levels() {
    let nested = |levels: usize| {
        format!(
            "{{\"given_name\":{}{}}}",
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    let world = world(1);
    for levels in [32, 30_000] {
        let answer = send(&world, &patch(&nested(levels), "\"3\""));
        assert_problem(&answer, 400, "malformed-body", None);
        assert!(body(&answer)["detail"].as_str().unwrap().contains("32"));
    }
    let answer = send(&world, &patch(&nested(31), "\"3\""));
    assert_problem(&answer, 400, "invalid-field", Some("given_name"));
    assert_untouched(&world);
}

#[test]
fn a_body_is_utf_8() {
    let world = world(1);
    for bytes in [
        &b"{\"given_name\":\"\xff\"}"[..],
        b"{\"given_name\":\"\xed\xa0\x80\"}",
        b"\xfe\xff\x00{\x00}",
    ] {
        assert_problem(&send(&world, &encoded(bytes)), 400, "malformed-body", None);
    }
    assert_untouched(&world);
}

#[test]
fn a_body_is_at_most_64_kib_encoded_or_not() {
    let padded = |size: usize| {
        let patch = r#"{"given_name":"Zoe"}"#;
        patch.to_owned() + &" ".repeat(size - patch.len())
    };
    for encode in [false, true] {
        let request = |size| {
            if encode {
                encoded(padded(size).as_bytes())
            } else {
                patch(&padded(size), "\"3\"")
            }
        };
        let world = world(1);
        for size in [LIMIT + 1, 10 * LIMIT] {
            assert_problem(&send(&world, &request(size)), 413, "body-too-large", None);
        }
        assert_untouched(&world);
        assert_eq!(send(&world, &request(LIMIT))["statusCode"], 200, "{encode}");
    }
}

#[test]
fn a_body_that_is_no_base64_is_refused() {
    let world = world(1);
    let mut request = patch("{}", "\"3\"");
    request["isBase64Encoded"] = true.into();
    assert_problem(&send(&world, &request), 400, "malformed-body", None);
}

#[rstest]
#[case("text/plain", 415)]
#[case("application/json-patch+json", 415)]
#[case("", 415)]
#[case("application/json", 200)]
#[case("Application/Merge-Patch+JSON; charset=utf-8", 200)]
fn only_a_merge_patch_is_taken(#[case] media_type: &str, #[case] status: u16) {
    let world = world(1);
    let mut request = patch(r#"{"given_name":"Zoe"}"#, "\"3\"");
    request["headers"]["content-type"] = media_type.into();
    let answer = send(&world, &request);
    assert_eq!(answer["statusCode"], status);
    if status == 415 {
        assert_problem(&answer, 415, "media-type", None);
        assert!(
            body(&answer)["detail"]
                .as_str()
                .unwrap()
                .contains(MERGE_PATCH)
        );
    }
}

#[test]
fn a_long_field_name_is_not_sent_back_whole() {
    let world = world(1);
    let sent = json!({ "ä".repeat(5_000): 1 }).to_string();
    let answer = send(&world, &patch(&sent, "\"3\""));
    assert_problem(&answer, 400, "unknown-field", Some(&"ä".repeat(64)));
}

#[test]
fn a_route_that_is_not_there_is_not_found() {
    let world = world(1);
    for route in ["DELETE /v1/me", "$default", "GET /v1/profiles/{id}"] {
        let mut request = request("GET /v1/me");
        request["routeKey"] = route.into();
        assert_problem(&send(&world, &request), 404, "no-such-route", None);
    }
    assert!(world.trace().is_empty());
}

#[test]
fn an_event_that_is_no_request_fails() {
    let world = world(1);
    let sdk = world.sdk_config(&lambda_kit::aws::CallBudget::HTTP);
    let app =
        profile_api::App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    for event in [
        json!({}),
        json!("GET /v1/me"),
        json!({ "routeKey": "GET /v1/me" }),
    ] {
        let event = to_raw_value(&event).unwrap();
        let invocation = world.invocation(std::time::Duration::from_secs(10));
        let failed = world.block_on(profile_api::handle(&app, &event, invocation));
        assert!(
            failed
                .unwrap_err()
                .to_string()
                .contains("payload format 2.0")
        );
    }
}
