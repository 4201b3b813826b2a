use serde_json::{Value, json};
use testkit::tokens::Token;

use crate::{ADDRESS, DEVICE, JANE, machine, person, rows, says, world};

#[test]
fn a_machine_is_answered_the_same_whoever_is_known() {
    let world = world();
    let crm = machine(&world, "crm");
    let said = |body: &Value| {
        let mut answer = says(&world, &crm, body);
        // It counts the partner's own requests.
        answer["headers"]["ratelimit"] = "r".into();
        answer
    };
    let unknown = said(&json!({ "email": ADDRESS, "external_id": "C-17" }));
    assert_eq!(unknown["statusCode"], 204);
    assert_eq!(unknown.get("body"), None);
    for body in [
        json!({ "email": ADDRESS }),
        json!({ "email": ADDRESS, "external_id": "C-17" }),
        json!({ "email": "someone@else.example" }),
        json!({ "anonymous_id": DEVICE }),
        json!({ "anonymous_id": DEVICE, "external_id": "C-18", "phone_number": "+49 30 901820" }),
    ] {
        assert_eq!(said(&body), unknown, "{body}");
    }
}

/// The time that an answer takes is that of its calls.
#[test]
fn an_address_that_is_known_takes_the_calls_of_one_that_is_not() {
    let world = world();
    let crm = machine(&world, "crm");
    let shop = machine(&world, "shop");
    says(
        &world,
        &shop,
        &json!({ "email": ADDRESS, "external_id": "1" }),
    );
    says(&world, &crm, &json!({ "external_id": "C-17" }));
    let calls = |body: &Value| {
        let before = world.trace().len();
        says(&world, &crm, body);
        let calls = world.trace().split_off(before).into_iter();
        calls
            .map(|traced| traced.call.operation)
            .collect::<Vec<_>>()
    };
    let device = json!({ "anonymous_id": DEVICE });
    says(&world, &person(&world, JANE), &device);
    says(&world, &crm, &device);
    for (unknown, beside) in [
        ("nobody@example.com", json!({})),
        ("no-one@example.com", json!({ "external_id": "C-17" })),
        ("not-a-soul@example.com", device),
    ] {
        let with = |email: &str| {
            let mut body = beside.clone();
            body["email"] = email.into();
            calls(&body)
        };
        let known = with(ADDRESS);
        assert_eq!(known, with(unknown), "{beside}");
        assert_eq!(known, with(ADDRESS), "{beside}");
    }
}

#[test]
fn what_a_machine_says_makes_a_profile_and_again_changes_nothing() {
    let world = world();
    let body = json!({
        "external_id": "C-17",
        "anonymous_id": DEVICE,
        "email": ADDRESS,
        "traits": { "given_name": "Jane", "locale": "de-CH" },
        "segments": ["regulars"],
    });
    says(&world, &machine(&world, "crm"), &body);
    let made = rows(&world);
    assert_eq!(made[1].len(), 3);
    let segments = |row: &&Value| row["part"] == "traits#harbour";
    let said = made[0].iter().find(segments);
    assert_eq!(said.unwrap()["segments"], json!(["regulars"]));
    says(&world, &machine(&world, "crm"), &body);
    assert_eq!(rows(&world), made);
    let profile = made[0]
        .iter()
        .find(|row| row["part"] == "profile" && row["known_by"] == json!(["harbour/crm"]));
    let fields = &profile.unwrap()["fields"];
    assert_eq!(fields["given_name"]["source"], "partner");
    assert_eq!(fields["email"]["value"], ADDRESS);
    assert_eq!(fields["email"].get("verified"), None);
}

#[test]
fn a_partners_ids_are_its_own() {
    let world = world();
    for partner in ["crm", "shop"] {
        says(
            &world,
            &machine(&world, partner),
            &json!({ "external_id": "17" }),
        );
    }
    let owners: Vec<Value> = rows(&world)[1]
        .iter()
        .map(|row| row["profile_id"].clone())
        .collect();
    assert_eq!(owners.len(), 2);
    assert_ne!(owners[0], owners[1]);
}

#[test]
fn a_device_of_somebody_with_a_login_leads_no_machine_to_them() {
    let world = world();
    says(
        &world,
        &person(&world, JANE),
        &json!({ "anonymous_id": DEVICE }),
    );
    let jane = rows(&world)[0]
        .iter()
        .find(|row| row["profile_id"] == JANE && row["part"] == "profile")
        .cloned();
    let body = json!({ "anonymous_id": DEVICE, "external_id": "C-17", "traits": { "given_name": "Mallory" } });
    says(&world, &machine(&world, "crm"), &body);
    assert!(rows(&world)[0].contains(&jane.unwrap()));
}

#[test]
fn a_device_leads_no_machine_to_the_customer_of_another_tenants() {
    let world = world();
    let body = json!({ "external_id": "C-17", "anonymous_id": DEVICE });
    says(&world, &machine(&world, "crm"), &body);
    let before = rows(&world);
    let row = Token::client_row("quay", "crm", "visitors-2026");
    world.put_row("directory", row);
    let quay = Token::machine(world.clock().now(), "quay", "crm", "visitors-2026")
        .scope("fairlead/profile.identify");
    let body = json!({ "external_id": "Q-4", "anonymous_id": DEVICE, "traits": { "given_name": "Mallory" } });
    assert_eq!(says(&world, &quay, &body)["statusCode"], 200);
    let after = rows(&world);
    assert_ne!(after, before);
    for (before, after) in before.iter().zip(&after) {
        assert!(before.iter().all(|row| after.contains(row)));
    }
}

#[test]
fn the_operators_rules_are_read_from_the_directory() {
    let world = world();
    world.put_row(
        "directory",
        json!({ "tenant": "*", "part": "identifier-rules", "blocked": ["c-17"], "limits": { "external": 1 } }),
    );
    let crm = machine(&world, "crm");
    let blocked = says(&world, &crm, &json!({ "external_id": "C-17" }));
    crate::assert_problem(&blocked, 400, "invalid-field", Some("external_id"));
    let placeholder = json!({ "external_id": "C-1", "email": "null@example.com" });
    let blocked = says(&world, &crm, &placeholder);
    crate::assert_problem(&blocked, 400, "invalid-field", Some("email"));
    let known = json!({ "external_id": "C-1", "email": ADDRESS });
    assert_eq!(says(&world, &crm, &known)["statusCode"], 204);
}

#[test]
fn a_word_that_is_mistyped_in_the_rules_keeps_nobody_out() {
    let world = world();
    world.put_row(
        "directory",
        json!({
            "tenant": "*", "part": "identifier-rules",
            "blocked": ["c-17", 17], "limits": { "emails": 5, "external": 1, "phone": "three" },
        }),
    );
    let crm = machine(&world, "crm");
    let known = json!({ "external_id": "C-1", "email": ADDRESS });
    assert_eq!(says(&world, &crm, &known)["statusCode"], 204);
    let blocked = says(&world, &crm, &json!({ "external_id": "C-17" }));
    crate::assert_problem(&blocked, 400, "invalid-field", Some("external_id"));
}
