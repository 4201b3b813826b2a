use serde_json::{Value, json};

use crate::{
    ADDRESS, DEVICE, JANE, JOAN, assert_problem, body, machine, person, request, rows, send, world,
};

const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

fn keyed(mut request: Value) -> Value {
    request["headers"]["idempotency-key"] = KEY.into();
    request
}

#[test]
fn who_takes_over_a_device_gets_one_new_id_for_one_key() {
    let world = world();
    let body_of = json!({ "anonymous_id": DEVICE });
    send(&world, &request(&person(&world, JOAN), &body_of));
    let mine = keyed(request(&person(&world, JANE), &body_of));
    let first = body(&send(&world, &mine));
    assert!(first["anonymous_id"].is_string(), "{first}");
    assert_eq!(body(&send(&world, &mine)), first);
    let ledger = json!(world.rows("ledger")).to_string();
    assert!(!ledger.contains(first["anonymous_id"].as_str().unwrap()));
}

#[test]
fn no_kept_answer_tells_of_who_was_erased_or_asked_for_it() {
    for closed in ["erasing", "erased"] {
        let world = world();
        let mine = keyed(request(
            &person(&world, JANE),
            &json!({ "anonymous_id": DEVICE }),
        ));
        assert_eq!(send(&world, &mine)["statusCode"], 200);
        let mut profiles = world.rows("profiles").into_iter();
        let mut jane = profiles
            .find(|row| row["profile_id"] == JANE && row["part"] == "profile")
            .unwrap();
        jane["closed"] = closed.into();
        world.put_row("profiles", jane);
        assert_problem(&send(&world, &mine), 404, "no-such-profile", None);
    }
}

#[test]
fn a_machine_that_repeats_itself_changes_nothing_and_a_second_thing_takes_a_second_key() {
    let world = world();
    let crm = machine(&world, "crm");
    let said = keyed(request(&crm, &json!({ "email": ADDRESS })));
    assert_eq!(send(&world, &said)["statusCode"], 204);
    let before = rows(&world);
    assert_eq!(send(&world, &said)["statusCode"], 204);
    assert_eq!(rows(&world), before);
    let other = keyed(request(&crm, &json!({ "external_id": "C-17" })));
    let field = Some("Idempotency-Key");
    assert_problem(&send(&world, &other), 422, "idempotency-key-reused", field);
    let of_another = machine(&world, "shop");
    let of_another = keyed(request(&of_another, &json!({ "external_id": "C-17" })));
    assert_eq!(send(&world, &of_another)["statusCode"], 204);
}
