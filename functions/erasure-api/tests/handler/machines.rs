use std::time::Duration;

use serde_json::json;
use testkit::{World, tokens::Token};

use crate::{MEMBER, NOBODY, ROOT, app, asks, by_anybody, by_machine, of_machine, send_to, world};

/// A partner was told of the erasure.
fn is_told(world: &World, id: &str, partner: &str) {
    world.put_row(
        "erasures",
        json!({
            "erasure_id": id,
            "part": format!("partner#harbour#{partner}"),
            "tenant": "harbour",
            "partner": partner,
            "profiles": [ROOT],
            "told_at": "2026-01-15T09:00:00Z",
            "acknowledge_by": "2026-01-29T09:00:00Z",
            "open_for": format!("harbour#{partner}"),
        }),
    );
}

#[test]
fn a_partner_sees_what_it_was_told_of_and_acknowledges_it_once() {
    let world = world();
    let id = asks(&world).1["erasure_id"].as_str().unwrap().to_owned();
    is_told(&world, &id, "chandlery");
    let (status, open) = by_machine(&world, "GET /v1/erasures", "chandlery", "");
    assert_eq!(
        (status, &open["erasures"][0]["erasure_id"]),
        (200, &json!(id))
    );
    assert_eq!(open["erasures"][0]["profile_ids"], json!([ROOT]));
    assert_eq!(
        by_machine(&world, "GET /v1/erasures", "sailmaker", "").1,
        json!({ "erasures": [] })
    );
    let ack = "POST /v1/erasures/{erasure_id}/ack";
    assert_eq!(by_machine(&world, ack, "chandlery", &id).0, 204);
    let before = world.rows("erasures");
    world.advance(Duration::from_mins(1));
    assert_eq!(by_machine(&world, ack, "chandlery", &id).0, 204);
    assert_eq!(world.rows("erasures"), before);
    assert_eq!(
        by_machine(&world, "GET /v1/erasures", "chandlery", "").1,
        json!({ "erasures": [] })
    );
}

#[test]
fn a_partner_sees_when_an_id_was_also_that_of_somebody_who_stays() {
    let world = world();
    let id = asks(&world).1["erasure_id"].as_str().unwrap().to_owned();
    is_told(&world, &id, "chandlery");
    let open = || by_machine(&world, "GET /v1/erasures", "chandlery", "").1;
    assert_eq!(open()["erasures"][0].get("shared"), None);
    let mut rows = world.rows("erasures").into_iter();
    let told = rows.find(|row| row["part"] == "partner#harbour#chandlery");
    let mut told = told.unwrap();
    let shared = json!([{
        "profile_id": MEMBER,
        "from": "2026-01-10T08:00:00Z",
        "until": "2026-01-10T10:00:00Z",
    }]);
    told["shared"] = shared.clone();
    world.put_row("erasures", told);
    assert_eq!(open()["erasures"][0]["shared"], shared);
}

#[test]
fn who_was_not_told_is_answered_as_if_there_were_none() {
    let world = world();
    let id = asks(&world).1["erasure_id"].as_str().unwrap().to_owned();
    is_told(&world, &id, "chandlery");
    let ack = "POST /v1/erasures/{erasure_id}/ack";
    let none = by_machine(&world, ack, "sailmaker", NOBODY);
    assert_eq!(none.0, 404);
    assert_eq!(by_machine(&world, ack, "sailmaker", &id), none);
    assert_eq!(by_machine(&world, ack, "sailmaker", "no id at all"), none);
    assert_eq!(
        by_anybody(&world, "GET /v1/erasures/{erasure_id}", NOBODY),
        none
    );
    assert_eq!(
        by_anybody(&world, "GET /v1/erasures/{erasure_id}/certificate", NOBODY),
        none
    );
}

#[test]
fn a_machine_that_the_directory_does_not_have_as_its_token_does_gets_nothing() {
    let world = world();
    let id = asks(&world).1["erasure_id"].as_str().unwrap().to_owned();
    is_told(&world, &id, "chandlery");
    let mut row = Token::client_row("harbour", "chandlery", "letters");
    row["partner"] = "sailmaker".into();
    world.put_row("directory", row);
    let before = world.rows("erasures");
    for route in ["GET /v1/erasures", "POST /v1/erasures/{erasure_id}/ack"] {
        for partner in ["chandlery", "ropemaker"] {
            assert_eq!(by_machine(&world, route, partner, &id).0, 401, "{route}");
        }
    }
    assert_eq!(world.rows("erasures"), before);
}

#[test]
fn a_partner_at_its_limit_is_told_when_to_come_again_on_either_route() {
    let world = world();
    let (_, begun) = asks(&world);
    let id = begun["erasure_id"].as_str().unwrap();
    is_told(&world, id, "chandlery");
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "partner#chandlery",
            "display_name": "The Chandlery",
            "requests_per_minute": 100,
        }),
    );
    let app = app(&world);
    let ask = |route| send_to(&app, &world, &of_machine(&world, route, "chandlery", id));
    for _ in 0..100 {
        assert_eq!(ask("GET /v1/erasures").0, 200);
    }
    let ack = "POST /v1/erasures/{erasure_id}/ack";
    for route in ["GET /v1/erasures", ack] {
        let (status, problem) = ask(route);
        assert_eq!(status, 429, "{problem}");
        assert!(problem["type"].as_str().unwrap().ends_with("rate-limited"));
    }
    world.advance(Duration::from_mins(1));
    assert_eq!(ask(ack).0, 204);
}
