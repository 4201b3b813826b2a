use identity::{ExternalId, Identifier};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::tokens::SUB;

use crate::{DEVICE, JANE, assert_problem, body, point, posted, receipts, resolve, send, world};

#[rstest]
#[case(json!({ "email": "Jane@Example.com" }))]
#[case(json!({ "phone_number": "+49 30 901820" }))]
#[case(json!({ "external_id": "C-17" }))]
#[case(json!({ "anonymous_id": DEVICE }))]
#[case(json!({ "cognito_sub": SUB }))]
#[case(json!({ "social": { "issuer": "https://idp.example", "subject": "1093" } }))]
fn a_person_is_found_by_anything_that_points_at_them(#[case] identifier: Value) {
    let world = world(1);
    let answer = send(&world, &resolve(&world, &identifier));
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(body(&answer)["profile_id"], JANE);
}

#[test]
fn what_another_partner_calls_people_is_not_looked_up() {
    let world = world(1);
    for (tenant, partner) in [("harbour", "sailmaker"), ("airport", "chandlery")] {
        let id = ExternalId::new(tenant, partner, "S-1").unwrap();
        let row = json!({ "profile_id": JANE, "member": JANE, "verified": true });
        point(&world, &Identifier::External(id), &row);
    }
    for text in ["S-1", "harbour/sailmaker/S-1", "../sailmaker/S-1"] {
        let answer = send(&world, &resolve(&world, &json!({ "external_id": text })));
        assert_problem(&answer, 404, "no-such-person", None);
    }
}

#[rstest]
#[case(json!({ "email": "jane" }), "email")]
#[case(json!({ "phone_number": "030 901820" }), "phone_number")]
#[case(json!({ "external_id": "" }), "external_id")]
#[case(json!({ "anonymous_id": "0000000000000000" }), "anonymous_id")]
#[case(json!({ "cognito_sub": "6b1f0e2a 7c4d" }), "cognito_sub")]
#[case(json!({ "social": { "issuer": "", "subject": "1" } }), "social")]
fn what_can_not_be_an_identifier_is_refused_and_named(
    #[case] identifier: Value,
    #[case] field: &str,
) {
    let world = world(1);
    let answer = send(&world, &resolve(&world, &identifier));
    assert_problem(&answer, 400, "invalid-field", Some(field));
    assert!(receipts(&world).is_empty());
}

#[rstest]
#[case("")]
#[case("{}")]
#[case("[]")]
#[case("\"jane@example.com\"")]
#[case(r#"{"email":"jane@example.com","phone_number":"+4930901820"}"#)]
#[case(r#"{"email":["jane@example.com"]}"#)]
#[case(r#"{"sub":"6b1f0e2a"}"#)]
#[case(r#"{"profile_id":"prf_01010101010171018101010101010101"}"#)]
#[case(r#"{"social":{"issuer":"a","subject":"b","tenant":"c"}}"#)]
fn one_identifier_is_resolved_and_nothing_else(#[case] text: &str) {
    let world = world(1);
    let answer = send(&world, &posted(&world, "POST /v1/profiles/resolve", text));
    assert_problem(&answer, 400, "malformed-body", None);
    assert!(receipts(&world).is_empty());
}
