use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, tokens::Token};

use crate::{
    ADDRESS, DEVICE, JANE, assert_problem, machine, person, request, rows, says, send, world,
};

#[rstest]
#[case(json!({ "anonymous_id": "short" }), "anonymous_id")]
#[case(json!({ "anonymous_id": "00000000-0000-0000-0000-000000000000" }), "anonymous_id")]
#[case(json!({ "external_id": "" }), "external_id")]
#[case(json!({ "external_id": "null" }), "external_id")]
#[case(json!({ "email": "jane" }), "email")]
#[case(json!({ "email": "test@test.com" }), "email")]
#[case(json!({ "phone_number": "030 901820" }), "phone_number")]
#[case(json!({ "phone_number": "+490000000000" }), "phone_number")]
#[case(json!({ "external_id": "C-17", "traits": { "birthdate": "soon" } }), "traits.birthdate")]
#[case(json!({ "external_id": "C-17", "traits": { "email": ADDRESS } }), "traits.email")]
#[case(json!({ "external_id": "C-17", "segments": ["VIP"] }), "segments")]
#[case(json!({ "external_id": "C-17", "segments": (0..17).map(|n| format!("s{n}")).collect::<Vec<_>>() }), "segments")]
#[case(json!({ "external_id": "C-17", "traits": { "notices_by_sms": "yes" } }), "traits.notices_by_sms")]
fn what_is_wrong_is_refused_by_name_before_anything_is_read(
    #[case] body: Value,
    #[case] field: &str,
) {
    let world = world();
    let before = rows(&world);
    let answer = says(&world, &machine(&world, "crm"), &body);
    assert_problem(&answer, 400, "invalid-field", Some(field));
    assert_eq!(rows(&world), before);
}

#[rstest]
#[case(json!({}))]
#[case(json!({ "traits": { "given_name": "Jane" } }))]
#[case(json!({ "user_id": "17" }))]
#[case(json!({ "email": [ADDRESS] }))]
#[case(json!([ADDRESS]))]
#[case(json!({ "external_id": "C-17", "traits": [1] }))]
#[case(json!({ "external_id": "C-17", "segments": "regulars" }))]
fn what_says_nothing_that_can_be_used_is_refused(#[case] body: Value) {
    let world = world();
    let answer = says(&world, &machine(&world, "crm"), &body);
    assert_problem(&answer, 400, "malformed-body", None);
}

#[rstest]
#[case("external_id", json!("C-17"))]
#[case("email", json!(ADDRESS))]
#[case("phone_number", json!("+49 30 901820"))]
#[case("segments", json!(["regulars"]))]
fn a_person_brings_a_device_and_nothing_else(#[case] field: &str, #[case] value: Value) {
    let world = world();
    let answer = says(&world, &person(&world, JANE), &json!({ field: value }));
    assert_problem(&answer, 400, "invalid-field", Some(field));
}

#[test]
fn only_a_token_with_the_scope_of_its_kind_is_taken() {
    let world = world();
    let now = world.clock().now();
    let crossed = [
        Token::person(now, JANE).scope("fairlead/profile.identify fairlead/profile.read"),
        Token::machine(now, "harbour", "crm", "a-1").scope("fairlead/profile.write"),
    ];
    let before = rows(&world);
    for token in crossed {
        let answer = says(&world, &token, &json!({ "anonymous_id": DEVICE }));
        assert_problem(&answer, 403, "scope-missing", None);
    }
    let expired = machine(&world, "crm").claim("exp", now.as_second() - 60);
    let answer = says(&world, &expired, &json!({ "anonymous_id": DEVICE }));
    assert_problem(&answer, 401, "token-invalid", None);
    let mut without = request(&machine(&world, "crm"), &json!({ "anonymous_id": DEVICE }));
    without["headers"]
        .as_object_mut()
        .unwrap()
        .remove("authorization");
    assert_problem(&send(&world, &without), 401, "token-needed", None);
    assert_eq!(rows(&world), before);
}

#[test]
fn a_machine_is_believed_as_long_as_the_directory_says_the_same_of_its_client() {
    let world = world();
    let mut row = Token::client_row("harbour", "crm", "visitors-2026");
    row["partner"] = "shop".into();
    world.put_row("directory", row);
    let before = rows(&world);
    for partner in ["crm", "stranger"] {
        let said = json!({ "external_id": "C-17" });
        let answer = says(&world, &machine(&world, partner), &said);
        assert_problem(&answer, 401, "token-invalid", None);
    }
    assert_eq!(rows(&world), before);
}

#[test]
fn people_come_by_the_app_clients_of_their_tenant_and_by_no_other_of_the_pool() {
    let world = world();
    let said = json!({ "anonymous_id": DEVICE });
    let token = person(&world, JANE).claim("client_id", "4another");
    let before = rows(&world);
    let refused = says(&world, &token, &said);
    assert_problem(&refused, 401, "token-invalid", None);
    let row =
        |tenant| json!({ "tenant": "client#4another", "part": "client", "owner_tenant": tenant });
    world.put_row("directory", row("airport"));
    let refused = says(&world, &token, &said);
    assert_problem(&refused, 401, "token-invalid", None);
    assert_eq!(rows(&world), before);
    world.put_row("directory", row("harbour"));
    assert_eq!(says(&world, &token, &said)["statusCode"], 200);
}

#[test]
fn other_routes_media_types_and_endless_bodies_are_refused() {
    let world = world();
    let good = request(&machine(&world, "crm"), &json!({ "anonymous_id": DEVICE }));
    for (path, value, status, name) in [
        ("/routeKey", json!("GET /v1/identify"), 404, "no-such-route"),
        (
            "/headers/content-type",
            json!("text/plain"),
            415,
            "media-type",
        ),
        ("/body", json!("x".repeat(65_537)), 413, "body-too-large"),
    ] {
        let mut request = good.clone();
        *request.pointer_mut(path).unwrap() = value;
        assert_problem(&send(&world, &request), status, name, None);
    }
}

#[test]
fn what_can_not_be_done_now_is_to_be_tried_again() {
    let world = world();
    let body = json!({ "anonymous_id": DEVICE });
    world
        .faults()
        .always(Fault::Unavailable, testkit::Call::is_table_write);
    let answer = says(&world, &machine(&world, "crm"), &body);
    assert_problem(&answer, 503, "unavailable", None);
    world.faults().heal();
    let mut jane = rows(&world)[0]
        .iter()
        .find(|row| row["profile_id"] == JANE)
        .cloned()
        .unwrap();
    for (closed, status, name) in [
        ("settling", 503, "settling"),
        ("erased", 404, "no-such-profile"),
    ] {
        jane["closed"] = closed.into();
        world.put_row("profiles", jane.clone());
        let answer = says(&world, &person(&world, JANE), &body);
        assert_problem(&answer, status, name, None);
    }
}
