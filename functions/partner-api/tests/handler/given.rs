use rstest::rstest;
use serde_json::json;

use crate::{JANE, MERGED, body, by_id, receipts, send, world};

#[test]
fn a_partner_is_given_what_was_agreed_on_and_consented_to_with_a_receipt() {
    let world = world(1);
    let mut asked = by_id(&world, JANE);
    asked["headers"]["fairlead-reason"] = "order 4711".into();
    let answer = send(&world, &asked);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["headers"]["content-type"], "application/json");
    assert_eq!(answer["headers"]["cache-control"], "no-store");
    let [receipt] = &receipts(&world)[..] else {
        panic!("there is one receipt")
    };
    assert_eq!(answer["headers"]["fairlead-receipt"], receipt["receipt_id"]);
    assert_eq!(
        body(&answer),
        json!({
            "status": 200,
            "profile_id": JANE,
            "data": { "email": "jane@example.com", "email_verified": true, "given_name": "Jane" },
            "withheld": [],
            "receipt_id": receipt["receipt_id"],
        })
    );
    for (name, value) in [
        ("profile_id", json!(JANE)),
        ("partner", json!("chandlery")),
        ("tenant", json!("harbour")),
        ("agreement", json!("letters")),
        ("purpose", json!("newsletter")),
        ("legal_basis", json!("consent")),
        ("reason", json!("order 4711")),
        ("outcome", json!("allowed")),
        ("allowed", json!(["names", "contacts"])),
        ("request_id", json!("request-1")),
    ] {
        assert_eq!(receipt[name], value, "{name}");
    }
    assert!(!receipt.to_string().contains("jane@example.com"));
}

#[test]
fn who_asks_for_less_is_given_less() {
    let world = world(1);
    let mut asked = by_id(&world, JANE);
    asked["queryStringParameters"] = json!({ "fields": "names" });
    let answer = body(&send(&world, &asked));
    assert_eq!(answer["data"], json!({ "given_name": "Jane" }));
    assert_eq!(receipts(&world)[0]["allowed"], json!(["names"]));
}

#[test]
fn who_asks_for_more_is_given_what_they_may_have_and_told_what_is_withheld() {
    let world = world(1);
    let mut asked = by_id(&world, JANE);
    asked["queryStringParameters"] = json!({ "fields": "names,demographics" });
    let answer = body(&send(&world, &asked));
    assert_eq!(answer["data"], json!({ "given_name": "Jane" }));
    assert_eq!(
        answer["withheld"],
        json!([{ "group": "demographics", "reason": "group-not-in-agreement" }])
    );
    assert_eq!(receipts(&world)[0]["outcome"], "partly");
}

#[test]
fn a_profile_that_was_merged_is_answered_by_its_root() {
    let world = world(1);
    let answer = body(&send(&world, &by_id(&world, MERGED)));
    assert_eq!(answer["profile_id"], JANE);
    assert_eq!(answer["data"]["given_name"], "Jane");
    assert_eq!(receipts(&world)[0]["profile_id"], JANE);
}

#[rstest]
#[case("customer-service")]
#[case("fraud-prevention")]
fn where_the_basis_is_not_consent_none_is_needed(#[case] purpose: &str) {
    let world = world(1);
    let mut asked = by_id(&world, crate::JESS);
    asked["headers"]["fairlead-purpose"] = purpose.into();
    let answer = body(&send(&world, &asked));
    assert_eq!(answer["data"], json!({ "given_name": "Jess" }), "{answer}");
}
