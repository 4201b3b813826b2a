use std::time::Duration;

use serde_json::{Value, json};
use testkit::{World, tokens::Token};

use crate::{
    MEMBER, NOBODY, ROOT, app, asks, by_anybody, by_machine, of_machine, send, send_to, world,
};

/// A partner was told of the erasure.
pub(crate) fn is_told(world: &World, id: &str, partner: &str) {
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

/// What a machine asks whose app client the directory has without an agreement.
fn without_agreement(world: &World, route: &str, scope: &str, id: &str) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let token = token.without("fairlead:agreement").scope(scope);
    let mut request = of_machine(world, route, "chandlery", id);
    request["headers"]["authorization"] = token.bearer().into();
    request
}

#[test]
fn a_partner_without_an_agreement_acknowledges_what_it_was_told_of_and_nothing_else() {
    let world = world();
    let id = asks(&world).1["erasure_id"].as_str().unwrap().to_owned();
    is_told(&world, &id, "chandlery");
    let others = "era_0123456789abcdef0123456789abcdef";
    is_told(&world, others, "sailmaker");
    let mut row = Token::client_row("harbour", "chandlery", "letters");
    row.as_object_mut().unwrap().remove("agreement");
    world.put_row("directory", row);
    let (list, ack) = ("GET /v1/erasures", "POST /v1/erasures/{erasure_id}/ack");
    // What a token of before says is not so any more.
    assert_eq!(by_machine(&world, list, "chandlery", "").0, 401);
    let read = "fairlead/profile.read";
    let ask = |route: &str, id: &str| send(&world, &without_agreement(&world, route, read, id));
    let (status, open) = ask(list, "");
    let told = open["erasures"].as_array().unwrap();
    assert_eq!((status, told.len()), (200, 1));
    assert_eq!(told[0]["erasure_id"], json!(id));
    assert_eq!(ask(ack, others).0, 404);
    assert_eq!(ask(ack, &id).0, 204);
    assert_eq!(ask(list, "").1, json!({ "erasures": [] }));
    for route in [list, ack] {
        let request = without_agreement(&world, route, "fairlead/profile.identify", &id);
        assert_eq!(send(&world, &request).0, 403, "{route}");
    }
}

#[test]
fn a_partner_acknowledges_after_its_agreement_has_ended() {
    let world = world();
    let id = asks(&world).1["erasure_id"].as_str().unwrap().to_owned();
    is_told(&world, &id, "chandlery");
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "agreement#letters",
            "partner": "chandlery",
            "terms": { "newsletter": ["names"] },
            "valid_until": "2026-01-14T09:00:00Z",
        }),
    );
    let (_, open) = by_machine(&world, "GET /v1/erasures", "chandlery", "");
    assert_eq!(open["erasures"][0]["erasure_id"], json!(id));
    let ack = "POST /v1/erasures/{erasure_id}/ack";
    assert_eq!(by_machine(&world, ack, "chandlery", &id).0, 204);
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
