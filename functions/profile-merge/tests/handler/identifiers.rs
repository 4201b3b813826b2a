//! What points at a person, as operators see it.

use serde_json::{Value, json};
use testkit::{Service, World, tokens::Token};

use crate::{OLDER, YOUNGER, merge, operator, request, send, world};

const ROUTE: &str = "GET /v1/profiles/{profile_id}/identifiers";

/// `kind` with the value `value`, which came with `member`; `said` is what else the other table has of it.
fn put(world: &World, member: &str, (kind, n, value): (&str, u32, &str), said: &Value) {
    let key = format!("{kind}#{n:064x}");
    world.put_row(
        "profiles",
        json!({
            "profile_id": member, "part": format!("identifier#{key}"), "value": value,
            "at": "2025-06-01T00:00:00Z",
        }),
    );
    let mut row = json!({
        "identifier": key, "profile_id": member, "member": member, "verified": false,
    });
    for (name, value) in said.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("identifiers", row);
}

/// Jane, who is known by an address, a login at Google and two partners; and Janet on a device.
fn known() -> World {
    let world = world();
    let proven = json!({ "verified": true });
    put(&world, OLDER, ("email", 1, "jane@example.com"), &proven);
    put(&world, OLDER, ("social", 2, "Google 1093"), &proven);
    for (n, partner) in [(3, "harbour/chandlery"), (4, "airport/lounge")] {
        let said = json!({ "asserted_by": partner });
        put(&world, OLDER, ("external", n, "C-17"), &said);
    }
    put(&world, YOUNGER, ("anonymous", 5, "d3b07384"), &json!({}));
    world
}

fn asked(world: &World, token: &Token, cursor: Option<&str>) -> (u64, Value) {
    let mut request = request(ROUTE, token, &Value::Null);
    if let Some(cursor) = cursor {
        request["queryStringParameters"] = json!({ "cursor": cursor });
    }
    send(world, &request)
}

#[test]
fn an_operator_sees_what_hangs_on_which_member_and_none_of_it_itself() {
    let world = known();
    assert_eq!(merge(&world).0, 200);
    let (status, told) = asked(&world, &operator(&world), None);
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["profile_id"], OLDER);
    let of = |n: usize, name: &str| told["identifiers"][n][name].clone();
    let kinds: Vec<Value> = (0..5).map(|n| of(n, "kind")).collect();
    assert_eq!(
        kinds,
        ["email", "external", "external", "social", "anonymous"]
    );
    let members: Vec<Value> = (0..5).map(|n| of(n, "member")).collect();
    assert_eq!(members, [OLDER, OLDER, OLDER, OLDER, YOUNGER]);
    assert_eq!(of(0, "verified"), true);
    assert_eq!(of(0, "by"), "person");
    assert_eq!(of(0, "digest"), "0000000000000000");
    assert_eq!(of(3, "provider"), "Google");
    let whole = told.to_string();
    for value in ["jane@example.com", "1093", "C-17", "d3b07384"] {
        assert!(!whole.contains(value), "{value}: {whole}");
    }
}

#[test]
fn of_partners_the_own_tenants_are_named() {
    let world = known();
    let told = asked(&world, &operator(&world), None).1;
    let words = [1, 2].map(|n| {
        let identifier = &told["identifiers"][n];
        (identifier["by"].clone(), identifier.get("partner").cloned())
    });
    assert_eq!(
        words,
        [
            (json!("partner"), Some(json!("chandlery"))),
            (json!("partner"), None)
        ]
    );
    assert!(!told.to_string().contains("airport"), "{told}");
    let of_none = operator(&world).without("fairlead:tenant");
    let told = asked(&world, &of_none, None).1.to_string();
    assert!(!told.contains("chandlery"), "{told}");
}

#[test]
fn pages_have_a_hundred_each_and_no_identifier_is_on_two() {
    let world = world();
    for n in 0..130 {
        put(&world, OLDER, ("anonymous", n, "x"), &json!({}));
    }
    for n in 130..250 {
        put(&world, YOUNGER, ("anonymous", n, "x"), &json!({}));
    }
    assert_eq!(merge(&world).0, 200);
    let (mut found, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let (status, told) = asked(&world, &operator(&world), cursor.as_deref());
        assert_eq!(status, 200, "{told}");
        let page = told["identifiers"].as_array().unwrap().clone();
        assert!(page.len() <= 100);
        found.extend(page.into_iter().map(|each| each["member"].clone()));
        pages += 1;
        let Some(next) = told["next"].as_str() else {
            break;
        };
        cursor = Some(next.to_owned());
    }
    assert_eq!((found.len(), pages), (250, 3));
    let of_older = found.iter().filter(|member| *member == OLDER).count();
    assert_eq!(of_older, 130);
}

#[test]
fn what_is_no_place_and_who_is_nobody_is_said_to_be_none() {
    let world = known();
    for cursor in ["", "prf_1", &format!("{OLDER}.email.1")] {
        let (status, problem) = asked(&world, &operator(&world), Some(cursor));
        assert_eq!(status, 400, "{problem}");
        assert_eq!(problem["field"], "cursor");
    }
    let mut nobody = request(ROUTE, &operator(&world), &Value::Null);
    nobody["pathParameters"]["profile_id"] = "prf_019bc0e2128070000000000000000003".into();
    assert_eq!(send(&world, &nobody).0, 404);
    nobody["pathParameters"]["profile_id"] = "prf_1".into();
    assert_eq!(send(&world, &nobody).0, 400);
    let person = Token::person(world.clock().now(), OLDER).scope("fairlead/profile.merge");
    assert_eq!(asked(&world, &person, None).0, 403);
    let without_scope = Token::operator(world.clock().now(), OLDER).scope("fairlead/profile.read");
    assert_eq!(asked(&world, &without_scope, None).0, 403);
    world.faults().down(Service::DynamoDb);
    assert_eq!(asked(&world, &operator(&world), None).0, 503);
}
