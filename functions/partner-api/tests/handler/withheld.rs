use identity::Identifier;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{World, tokens::Token};

use crate::{
    ERASED, JANE, JESS, JOAN, JUNE, NOBODY, SETTLING, SETTLING_STRANGER, STRANGER, agree, app,
    assert_problem, body, by_id, decide, point, receipts, resolve, send, send_to, token, world,
};

#[rstest]
#[case(JOAN, "newsletter", "consent-withdrawn")]
#[case(JUNE, "newsletter", "consent-expired")]
#[case(JOAN, "fraud-prevention", "objected")]
#[case(JANE, "survey", "purpose-not-in-agreement")]
#[case(NOBODY, "survey", "purpose-not-in-agreement")]
fn a_refusal_has_its_reason_and_its_receipt(
    #[case] id: &str,
    #[case] purpose: &str,
    #[case] reason: &str,
) {
    let world = world(1);
    let mut asked = by_id(&world, id);
    asked["headers"]["fairlead-purpose"] = purpose.into();
    let answer = send(&world, &asked);
    assert_problem(&answer, 403, "not-permitted", None);
    assert_eq!(body(&answer)["reason"], reason);
    let receipt = &receipts(&world)[0];
    assert_eq!(receipt["outcome"], "refused");
    assert_eq!(body(&answer)["receipt_id"], receipt["receipt_id"]);
    assert_eq!(answer["headers"]["fairlead-receipt"], receipt["receipt_id"]);
}

#[test]
fn no_group_beyond_the_agreement_is_given_however_it_is_asked_for() {
    let world = world(1);
    let mut asked = by_id(&world, JANE);
    asked["queryStringParameters"] = json!({ "fields": "demographics" });
    let answer = send(&world, &asked);
    assert_problem(&answer, 403, "not-permitted", None);
    assert_eq!(body(&answer)["reason"], "group-not-in-agreement");
}

#[test]
fn without_an_agreement_nothing_is_given_and_that_is_on_record() {
    let world = world(1);
    agree(&world, "anothers", &json!({ "partner": "sailmaker" }));
    agree(
        &world,
        "over",
        &json!({ "valid_until": "2026-01-15T09:00:00Z" }),
    );
    for (agreement, reason) in [
        ("unheard-of", "no-agreement"),
        ("anothers", "agreement-of-another"),
        ("over", "agreement-expired"),
    ] {
        let client = Token::client_row("harbour", "chandlery", agreement);
        world.put_row("directory", client);
        for id in [JANE, NOBODY] {
            let mut asked = by_id(&world, id);
            let token = token(&world).claim("fairlead:agreement", agreement);
            asked["headers"]["authorization"] = token.bearer().into();
            let before = receipts(&world).len();
            let answer = send(&world, &asked);
            assert_problem(&answer, 403, "not-permitted", None);
            assert_eq!(body(&answer)["reason"], reason);
            assert_eq!(receipts(&world).len(), before + 1);
        }
    }
}

#[test]
fn what_changes_takes_effect_at_once() {
    let world = world(1);
    let app = app(&world);
    let asked = by_id(&world, JANE);
    assert_eq!(send_to(&app, &world, &asked)["statusCode"], 200);
    decide(&world, JANE, "newsletter", "withdrawn", None);
    assert_eq!(send_to(&app, &world, &asked)["statusCode"], 403);
}

/// An answer without what is its own: the receipt's id, and how many requests the partner made.
fn shape(answer: &Value) -> (Value, Value, Value) {
    let mut body = body(answer);
    body["receipt_id"] = "rcp".into();
    let mut headers = answer["headers"].clone();
    headers["fairlead-receipt"] = "rcp".into();
    headers["ratelimit"] = "r".into();
    (answer["statusCode"].clone(), headers, body)
}

/// The kinds of calls that answering by a process that is warm takes.
fn calls(world: &World, request: &Value) -> (Value, Vec<String>) {
    let app = app(world);
    send_to(&app, world, request);
    let before = world.trace().len();
    let answer = send_to(&app, world, request);
    let calls = world.trace().into_iter().skip(before);
    let calls = calls.map(|traced| format!("{}:{}", traced.call.service, traced.call.operation));
    (answer, calls.collect())
}

#[test]
fn nobody_the_erased_and_strangers_are_answered_alike_by_the_same_calls() {
    let world = world(1);
    let (nobody, expected) = calls(&world, &by_id(&world, NOBODY));
    assert_problem(&nobody, 404, "no-such-person", None);
    for id in [ERASED, JESS, SETTLING_STRANGER] {
        let (answer, calls) = calls(&world, &by_id(&world, id));
        assert_eq!(shape(&answer), shape(&nobody), "{id}");
        assert_eq!(calls, expected, "{id}");
    }
}

#[test]
fn where_no_consent_is_needed_whoever_deals_with_other_tenants_alone_is_nobody() {
    let world = world(1);
    let of = |id: &str, purpose: &str| {
        let mut asked = by_id(&world, id);
        asked["headers"]["fairlead-purpose"] = purpose.into();
        calls(&world, &asked)
    };
    for purpose in ["customer-service", "fraud-prevention"] {
        let (nobody, expected) = of(NOBODY, purpose);
        assert_problem(&nobody, 404, "no-such-person", None);
        let (stranger, calls) = of(STRANGER, purpose);
        assert_eq!(shape(&stranger), shape(&nobody), "{purpose}");
        assert_eq!(calls, expected, "{purpose}");
        let known = of(JESS, purpose).0;
        assert_eq!(known["statusCode"], 200);
        let settling = of(SETTLING, purpose).0;
        assert_problem(&settling, 503, "settling", None);
    }
    let reasons = receipts(&world).into_iter();
    let reasons = reasons.filter(|receipt| receipt["profile_id"] == STRANGER);
    for receipt in reasons {
        assert_eq!(receipt["withheld"]["names"], "person-of-another");
    }
}

#[test]
fn who_decided_on_a_tenants_purpose_deals_with_it() {
    let world = world(1);
    decide(&world, STRANGER, "customer-service", "granted", None);
    let mut asked = by_id(&world, STRANGER);
    asked["headers"]["fairlead-purpose"] = "customer-service".into();
    let answer = body(&send(&world, &asked));
    assert_eq!(answer["data"], json!({ "given_name": "Jodie" }));
}

#[test]
fn an_identifier_that_leads_nowhere_takes_the_calls_of_one_that_leads_to_somebody() {
    let world = world(1);
    for (name, row) in [
        ("erased", json!({ "erased_at": "2026-01-01T00:00:00Z" })),
        (
            "unproven",
            json!({ "profile_id": JANE, "member": JANE, "verified": false }),
        ),
        (
            "jess",
            json!({ "profile_id": JESS, "member": JESS, "verified": true }),
        ),
    ] {
        let email = Identifier::Email(format!("{name}@example.com").parse().unwrap());
        point(&world, &email, &row);
    }
    let asked = |name: &str| resolve(&world, &json!({ "email": format!("{name}@example.com") }));
    let (jane, expected) = calls(&world, &asked("jane"));
    assert_eq!(jane["statusCode"], 200);
    let (nobody, of_nobody) = calls(&world, &asked("nobody"));
    assert_problem(&nobody, 404, "no-such-person", None);
    assert_eq!(of_nobody, expected);
    for name in ["erased", "unproven", "jess"] {
        let (answer, calls) = calls(&world, &asked(name));
        assert_eq!(shape(&answer), shape(&nobody), "{name}");
        assert_eq!(calls, expected, "{name}");
    }
}

#[test]
fn only_the_receipts_tell_who_is_not_there_from_who_was_erased() {
    let world = world(1);
    let reason_of = |id: &str| {
        let answer = send(&world, &by_id(&world, id));
        let receipt = body(&answer)["receipt_id"].clone();
        let mut all = receipts(&world).into_iter();
        let receipt = all.find(|row| row["receipt_id"] == receipt).unwrap();
        (
            receipt["profile_id"].clone(),
            receipt["withheld"]["names"].clone(),
        )
    };
    assert_eq!(
        reason_of(NOBODY),
        (json!("unknown#harbour#chandlery"), json!("person-unknown"))
    );
    assert_eq!(reason_of(ERASED), (json!(ERASED), json!("person-erased")));
    assert_eq!(reason_of(JESS), (json!(JESS), json!("consent-missing")));
}

#[test]
fn who_is_being_merged_can_be_read_in_a_second() {
    let world = world(1);
    let answer = send(&world, &by_id(&world, SETTLING));
    assert_problem(&answer, 503, "settling", None);
    assert_eq!(answer["headers"]["retry-after"], "1");
    assert_eq!(receipts(&world)[0]["withheld"]["names"], "person-locked");
}
