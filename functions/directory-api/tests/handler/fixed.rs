//! What is fixed once it is defined.

use serde_json::{Value, json};
use testkit::World;

use super::{AGREEMENT, Asking, PURPOSE, TENANT, harbour, letter, named, notice, problem};

fn changed(world: &World, id: &str, path: &str, name: &str, body: &Value) -> (u64, Value) {
    Asking::of(world, name).id(id).at(1).put(path, body)
}

#[test]
fn a_purpose_keeps_its_legal_basis_and_the_texts_that_were_published() {
    let world = harbour();
    let with = |member: &str, value: Value| {
        let mut body = letter();
        body[member] = value;
        body
    };
    let refused = [
        ("legal_basis", json!("legitimate_interests")),
        ("text_versions", json!(["2026-02"])),
        ("text_versions", json!(["2025-12", "2026-01"])),
    ];
    for (n, (member, value)) in refused.into_iter().enumerate() {
        let id = format!("refused-{n}");
        let answer = changed(&world, &id, PURPOSE, "newsletter", &with(member, value));
        assert_eq!(answer.1["field"], member);
        assert_eq!(problem(answer), named(409, "fixed-once-defined"));
    }
    let longer = with("text_versions", json!(["2026-01", "2026-02"]));
    assert_eq!(
        changed(&world, "longer", PURPOSE, "newsletter", &longer).0,
        200
    );
}

#[test]
fn what_people_are_told_with_a_text_is_kept_as_it_was_published() {
    let world = harbour();
    let put = |id, version, notices: Value| {
        let mut body = letter();
        body["notices"] = notices;
        let asking = Asking::of(&world, "newsletter").id(id).at(version);
        asking.put(PURPOSE, &body)
    };
    let told = json!([notice("2026-01")]);
    let (status, body) = put("told", 1, told.clone());
    assert_eq!((status, &body["notices"]), (200, &told));
    let rows = world.rows("directory");
    let row = rows.iter().find(|row| row["part"] == "purpose#newsletter");
    assert_eq!(row.unwrap()["notices"], told);
    let mut another = notice("2026-01");
    another["sha256"] = "0b".repeat(32).into();
    for (id, notices) in [("another", json!([another])), ("none", json!([]))] {
        let answer = put(id, 2, notices);
        assert_eq!(answer.1["field"], "notices");
        assert_eq!(problem(answer), named(409, "fixed-once-defined"));
    }
}

#[test]
fn an_agreement_is_ended_and_stays() {
    let world = harbour();
    let ended = json!({
        "partner": "chandlery",
        "terms": { "newsletter": ["names"] },
        "valid_until": "2026-01-15T09:00:00Z",
    });
    let (status, body) = changed(&world, "ended", AGREEMENT, "deliveries", &ended);
    assert_eq!((status, &body["valid_until"]), (200, &ended["valid_until"]));
    let (_, shown) = Asking::of(&world, "deliveries").get(AGREEMENT);
    assert_eq!(shown["version"], 2);
}

#[test]
fn an_app_client_belongs_to_one_tenant() {
    let world = harbour();
    let row = json!({
        "tenant": "client#1machine",
        "part": "client",
        "owner_tenant": "harbour",
        "partner": "chandlery",
        "agreement": "deliveries",
    });
    world.put_row("directory", row);
    let body = |client: &str| json!({ "display_name": "Airport", "app_clients": [client] });
    let define = |id, client| {
        let airport = Asking {
            tenant: "airport",
            ..Asking::of(&world, "")
        };
        airport.id(id).absent().put(TENANT, &body(client))
    };
    for (id, client) in [("one", "1webclient"), ("other", "1machine")] {
        assert_eq!(problem(define(id, client)), named(409, "app-client-taken"));
    }
    assert_eq!(define("own", "1airportclient").0, 201);
}

#[test]
fn an_app_client_that_is_taken_away_is_free() {
    let world = harbour();
    let without = json!({ "display_name": "Harbour Stores" });
    assert_eq!(changed(&world, "without", TENANT, "", &without).0, 200);
    let body = json!({ "display_name": "Airport", "app_clients": ["1webclient"] });
    let airport = Asking {
        tenant: "airport",
        ..Asking::of(&world, "")
    };
    assert_eq!(airport.id("airport").absent().put(TENANT, &body).0, 201);
}
