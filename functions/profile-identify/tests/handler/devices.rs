//! Devices of somebody else, as a partner's machine speaks of them.

use identity::{Identifier, IdentifierKey};
use serde_json::{Value, json};
use testkit::World;

use crate::{ADDRESS, DEVICE, JANE, JOAN, body, machine, person, request, rows, says, send, world};

const KEY: &str = "1f0c6a4e-0b52-4b1f-9d4d-2f6a4c0e9b77";

/// The id by which a machine is told that the device goes on.
fn next(answer: &Value) -> Value {
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let told = body(answer);
    assert_eq!(told.as_object().unwrap().len(), 1, "{told}");
    let id = told["anonymous_id"].clone();
    assert!(id.as_str().unwrap().len() >= 32 && id != DEVICE);
    id
}

/// The row `profile` of whoever has the device.
fn on_device(world: &World, id: &Value) -> Value {
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let device = Identifier::Anonymous(id.as_str().unwrap().parse().unwrap());
    let [profiles, identifiers] = rows(world);
    let is_it = |row: &&Value| row["identifier"] == device.key(&key).as_str();
    let owner = identifiers.iter().find(is_it).unwrap()["profile_id"].clone();
    let is_root = |row: &&Value| row["profile_id"] == owner && row["part"] == "profile";
    profiles.iter().find(is_root).unwrap().clone()
}

#[test]
fn after_a_logout_the_next_visit_has_a_profile_and_an_id_of_its_own() {
    let world = world();
    let device = json!({ "anonymous_id": DEVICE });
    says(&world, &person(&world, JOAN), &device);
    let joan = on_device(&world, &json!(DEVICE));
    let crm = machine(&world, "crm");
    let visit = json!({ "anonymous_id": DEVICE, "traits": { "locale": "de-CH" } });
    let fresh = next(&says(&world, &crm, &visit));
    let visitor = on_device(&world, &fresh);
    assert_eq!(visitor["fields"]["locale"]["value"], "de-CH");
    assert_eq!(on_device(&world, &json!(DEVICE)), joan);
    // Said once more, and from then on by the new id: it is the same visitor.
    let before = rows(&world);
    assert_eq!(next(&says(&world, &crm, &visit)), fresh);
    let gone_on = says(&world, &crm, &json!({ "anonymous_id": fresh }));
    assert_eq!(gone_on["statusCode"], 204);
    assert_eq!(rows(&world), before);
    let joined = says(
        &world,
        &person(&world, JANE),
        &json!({ "anonymous_id": fresh }),
    );
    assert_eq!(body(&joined), json!({ "profile_id": JANE }));
    assert_eq!(on_device(&world, &fresh)["profile_id"], JANE);
}

#[test]
fn nothing_tells_a_machine_who_had_the_device_before() {
    let told = |before: &dyn Fn(&World)| {
        let world = world();
        before(&world);
        let mut answer = says(
            &world,
            &machine(&world, "crm"),
            &json!({ "anonymous_id": DEVICE, "traits": { "given_name": "Mallory" } }),
        );
        // It counts the partner's own requests.
        answer["headers"]["ratelimit"] = "r".into();
        answer
    };
    let device = json!({ "anonymous_id": DEVICE });
    let customer = json!({ "anonymous_id": DEVICE, "external_id": "S-1" });
    let login = told(&|world| {
        says(world, &person(world, JANE), &device);
    });
    let of_the_shop = told(&|world| {
        says(world, &machine(world, "shop"), &customer);
    });
    let erased = told(&|world| {
        let key = IdentifierKey::from_environment(&world.environment()).unwrap();
        let device = Identifier::Anonymous(DEVICE.parse().unwrap());
        let mark = json!({ "identifier": device.key(&key), "erased_at": "2026-01-10T00:00:00Z" });
        world.put_row("identifiers", mark);
    });
    next(&login);
    assert_eq!(login, of_the_shop);
    assert_eq!(login, erased);
}

#[test]
fn the_next_customer_on_a_device_of_anothers_has_an_id_for_it_at_once() {
    let world = world();
    let crm = machine(&world, "crm");
    let said = |id: &str| json!({ "external_id": id, "anonymous_id": DEVICE, "email": ADDRESS });
    assert_eq!(says(&world, &crm, &said("C-17"))["statusCode"], 204);
    let fresh = next(&says(&world, &crm, &said("C-18")));
    let [first, second] = [json!(DEVICE), fresh.clone()].map(|id| on_device(&world, &id));
    assert_ne!(first["profile_id"], second["profile_id"]);
    assert_eq!(second["known_by"], json!(["harbour/crm"]));
    let before = rows(&world);
    assert_eq!(next(&says(&world, &crm, &said("C-18"))), fresh);
    assert_eq!(rows(&world), before);
}

#[test]
fn a_visit_that_is_repeated_under_its_key_is_one_visit_and_one_new_id() {
    let world = world();
    let device = json!({ "anonymous_id": DEVICE });
    says(&world, &person(&world, JANE), &device);
    let mut visit = request(&machine(&world, "crm"), &device);
    visit["headers"]["idempotency-key"] = KEY.into();
    let fresh = next(&send(&world, &visit));
    let before = rows(&world);
    let again = send(&world, &visit);
    assert_eq!(again["headers"]["idempotency-replayed"], "true");
    assert_eq!(next(&again), fresh);
    assert_eq!(rows(&world), before);
    let ledger = json!(world.rows("ledger")).to_string();
    assert!(!ledger.contains(fresh.as_str().unwrap()));
}
