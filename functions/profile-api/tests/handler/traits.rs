use serde_json::json;
use testkit::World;

use crate::{JANE, JOAN, assert_problem, body, claims, request, send, world};

/// That code of `tenant` noted something of somebody.
fn note(world: &World, (id, tenant): (&str, &str), name: &str, value: &serde_json::Value, day: u8) {
    let mut row = json!({
        "profile_id": id, "part": format!("trait#{tenant}#{name}"), "tenant": tenant, "name": name,
        "at": format!("2026-01-{day:02}T09:00:00Z"), "extension": "greeter",
    });
    if !value.is_null() {
        row["value"] = value.clone();
    }
    world.put_row("profiles", row);
}

#[test]
fn a_person_reads_what_code_of_their_tenant_noted_of_them_by_whichever_member() {
    let world = world(1);
    let member = "prf_019bc10dd48070008000000000000099";
    let row = json!({ "profile_id": JANE, "part": format!("member#{member}") });
    world.put_row("profiles", row);
    note(&world, (JANE, "harbour"), "greeting", &json!("Hello"), 3);
    note(
        &world,
        (member, "harbour"),
        "greeting",
        &json!("Guten Tag"),
        9,
    );
    note(&world, (JANE, "harbour"), "visits", &json!(4), 3);
    note(&world, (JANE, "harbour"), "vip", &json!(null), 3);
    note(&world, (JANE, "airport"), "lounge", &json!(true), 5);
    note(&world, (JOAN, "harbour"), "greeting", &json!("Ciao"), 11);
    let answer = send(&world, &request("GET /v1/me/traits"));
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let noted = |name: &str, value, day: u8| {
        json!({
            "name": name, "value": value, "extension": "greeter",
            "noted_at": format!("2026-01-{day:02}T09:00:00Z"),
        })
    };
    let expected = json!({
        "tenant": "harbour",
        "traits": [noted("greeting", json!("Guten Tag"), 9), noted("visits", json!(4), 3)],
    });
    assert_eq!(body(&answer), expected);
}

#[test]
fn without_a_tenant_there_is_nothing_to_read() {
    let world = world(1);
    let mut homeless = request("GET /v1/me/traits");
    claims(&mut homeless)
        .as_object_mut()
        .unwrap()
        .remove("fairlead:tenant");
    assert_problem(&send(&world, &homeless), 403, "no-tenant-in-token", None);
}
