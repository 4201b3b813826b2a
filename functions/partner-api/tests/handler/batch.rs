use serde_json::{Value, json};

use crate::{
    JANE, JESS, JOAN, MERGED, NOBODY, SETTLING, app, assert_problem, batch, body, decide, posted,
    put_person, receipts, send, send_to, world,
};

#[test]
fn each_is_answered_by_itself_in_order_and_with_its_own_receipt() {
    let world = world(1);
    let asked = json!([
        { "profile_id": JOAN },
        { "email": "jane@example.com" },
        { "external_id": "unheard of" },
        { "profile_id": MERGED },
        { "profile_id": JANE },
        { "profile_id": JESS },
        { "profile_id": SETTLING },
        { "profile_id": NOBODY },
    ]);
    let answer = send(&world, &batch(&world, &asked));
    assert_eq!(answer["statusCode"], 200);
    let answers = body(&answer)["answers"].as_array().unwrap().clone();
    let told: Vec<(u64, Option<&str>)> = answers
        .iter()
        .map(|answer| {
            let status = answer["status"].as_u64().unwrap();
            let problem = answer["type"]
                .as_str()
                .and_then(|kind| kind.rsplit('/').next());
            (status, answer["profile_id"].as_str().or(problem))
        })
        .collect();
    assert_eq!(
        told,
        [
            (403, Some("not-permitted")),
            (200, Some(JANE)),
            (404, Some("no-such-person")),
            (200, Some(JANE)),
            (200, Some(JANE)),
            (404, Some("no-such-person")),
            (503, Some("settling")),
            (404, Some("no-such-person")),
        ]
    );
    let on_record = receipts(&world);
    assert_eq!(on_record.len(), 8);
    for answer in &answers {
        let receipt = on_record
            .iter()
            .find(|row| row["receipt_id"] == answer["receipt_id"])
            .unwrap();
        assert_eq!(receipt["outcome"] == "allowed", answer["status"] == 200);
    }
}

#[test]
fn a_hundred_people_take_four_calls() {
    let world = world(1);
    let id = |n: u32| format!("prf_{n:032x}");
    for n in 0..100 {
        put_person(&world, &id(n), "Jane", &json!({}));
        decide(&world, &id(n), "newsletter", "granted", None);
    }
    let everybody: Vec<Value> = (0..99)
        .map(|n| json!({ "profile_id": id(n) }))
        .chain([json!({ "email": "jane@example.com" })])
        .collect();
    let asked = batch(&world, &everybody.into());
    let app = app(&world);
    // The second share of the partner's limit is enough for two.
    send_to(&app, &world, &asked);
    send_to(&app, &world, &asked);
    let before = world.trace().len();
    let answer = send_to(&app, &world, &asked);
    let answers = body(&answer)["answers"].as_array().unwrap().clone();
    assert!(answers.iter().all(|answer| answer["status"] == 200));
    assert_eq!(receipts(&world).len(), 300);
    let calls = world.trace().into_iter().skip(before);
    let calls: Vec<String> = calls.map(|traced| traced.call.operation).collect();
    // The identifier, the people in two halves, and the receipts.
    assert_eq!(
        calls,
        [
            "BatchGetItem",
            "BatchGetItem",
            "BatchGetItem",
            "TransactWriteItems"
        ]
    );
}

#[test]
fn a_batch_has_one_to_a_hundred_people() {
    let world = world(1);
    let people = |count: usize| vec![json!({ "profile_id": JANE }); count];
    for profiles in [json!([]), people(101).into(), json!({}), json!("all")] {
        let answer = send(&world, &batch(&world, &profiles));
        assert_problem(&answer, 400, "malformed-body", None);
    }
    for text in ["{}", "[]", r#"{"profiles":[],"purpose":"newsletter"}"#] {
        let answer = send(&world, &posted(&world, "POST /v1/profiles/batch", text));
        assert_problem(&answer, 400, "malformed-body", None);
    }
    assert!(receipts(&world).is_empty());
}

#[test]
fn one_that_can_not_be_anybody_is_named_by_its_place() {
    let world = world(1);
    for (wrong, field) in [
        (json!({ "profile_id": "jane" }), "profiles[1].profile_id"),
        (json!({ "email": "jane" }), "profiles[1].email"),
    ] {
        let asked = json!([{ "profile_id": JANE }, wrong]);
        let answer = send(&world, &batch(&world, &asked));
        assert_problem(&answer, 400, "invalid-field", Some(field));
    }
    assert!(receipts(&world).is_empty());
}
