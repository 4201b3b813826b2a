use std::time::Duration;

use serde_json::{Value, json};
use testkit::{World, tokens::Token};

use crate::{
    JANE, JOAN, NOBODY, agree, app, assert_problem, body, by_id, decide, every_route, receipts,
    send, send_to, token, world,
};

fn with(request: &Value, token: &Token) -> Value {
    let mut request = request.clone();
    request["headers"]["authorization"] = token.bearer().into();
    request
}

/// Every principal but a partner's machine, and what it is told.
fn strangers(world: &World) -> Vec<(Token, u16, &'static str)> {
    let now = world.clock().now();
    let read = "fairlead/profile.read";
    vec![
        (Token::person(now, JANE).scope(read), 403, "wrong-principal"),
        (Token::program(now).scope(read), 403, "wrong-principal"),
        (
            token(world).without("fairlead:partner"),
            403,
            "wrong-principal",
        ),
        (
            token(world).without("fairlead:agreement"),
            401,
            "token-invalid",
        ),
        (
            token(world).without("fairlead:tenant"),
            403,
            "wrong-principal",
        ),
        (token(world).claim("exp", 1), 401, "token-invalid"),
        (
            token(world).claim("iss", "https://elsewhere.example/pool"),
            401,
            "token-invalid",
        ),
        (token(world).claim("token_use", "id"), 401, "token-invalid"),
        (token(world).member("alg", "none"), 401, "token-invalid"),
    ]
}

#[test]
fn every_route_is_for_machines_and_operators_alone() {
    let world = world(1);
    for request in every_route(&world) {
        for (token, status, problem) in strangers(&world) {
            assert_problem(
                &send(&world, &with(&request, &token)),
                status,
                problem,
                None,
            );
        }
        let mut bare = request.clone();
        bare["headers"]
            .as_object_mut()
            .unwrap()
            .remove("authorization");
        assert_problem(&send(&world, &bare), 401, "token-needed", None);
    }
    assert!(receipts(&world).is_empty());
}

#[test]
fn whoever_lacks_the_scope_is_refused_on_record_and_nobody_is_looked_up() {
    let world = world(1);
    for (n, request) in every_route(&world).iter().enumerate() {
        for scope in ["", "fairlead/events.write", "fairlead/profile.reads"] {
            let before = receipts(&world);
            let unscoped = with(request, &token(&world).scope(scope));
            let answer = send(&world, &unscoped);
            assert_problem(&answer, 403, "scope-missing", None);
            assert_eq!(
                answer["headers"]["www-authenticate"],
                r#"Bearer error="insufficient_scope""#
            );
            assert_eq!(body(&answer)["reason"], "scope-missing");
            let all = receipts(&world);
            assert_eq!(all.len(), before.len() + 1, "route {n}");
            let receipt = all.iter().find(|receipt| !before.contains(receipt));
            let receipt = receipt.unwrap();
            assert_eq!(receipt["profile_id"], "unknown#harbour#chandlery");
            assert_eq!(receipt["outcome"], "refused");
            assert_eq!(receipt["purpose"], "newsletter");
            assert_eq!(body(&answer)["receipt_id"], receipt["receipt_id"]);
            assert_eq!(answer["headers"]["fairlead-receipt"], receipt["receipt_id"]);
        }
    }
    let looked_up = |call: &str| call.contains("profiles") || call.contains("identifiers");
    let mut calls = world.trace().into_iter();
    assert!(!calls.any(|traced| looked_up(&traced.call.to_string())));
}

#[test]
fn a_partner_without_an_agreement_is_refused_on_record() {
    let world = world(1);
    let mut row = Token::client_row("harbour", "chandlery", "letters");
    row.as_object_mut().unwrap().remove("agreement");
    world.put_row("directory", row);
    let without = token(&world).without("fairlead:agreement");
    let answer = send(&world, &with(&by_id(&world, JANE), &without));
    assert_problem(&answer, 403, "not-permitted", None);
    assert_eq!(body(&answer)["reason"], "no-agreement");
    let receipts = receipts(&world);
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["profile_id"], JANE);
    assert_eq!(body(&answer)["receipt_id"], receipts[0]["receipt_id"]);
}

#[test]
fn a_token_is_believed_as_long_as_the_directory_says_the_same_of_its_client() {
    let row = || Token::client_row("harbour", "chandlery", "letters");
    let mut of_another_tenant = row();
    of_another_tenant["owner_tenant"] = "airport".into();
    let mut of_another_partner = row();
    of_another_partner["partner"] = "shop".into();
    let mut of_another_agreement = row();
    of_another_agreement["agreement"] = "parcels".into();
    let mut of_people = row();
    for part in ["partner", "agreement"] {
        of_people.as_object_mut().unwrap().remove(part);
    }
    for outdated in [
        of_another_tenant,
        of_another_partner,
        of_another_agreement,
        of_people,
    ] {
        let world = world(1);
        for request in every_route(&world) {
            world.put_row("directory", outdated.clone());
            assert_problem(&send(&world, &request), 401, "token-invalid", None);
        }
        assert!(receipts(&world).is_empty());
        world.put_row("directory", row());
        assert_eq!(send(&world, &by_id(&world, JANE))["statusCode"], 200);
    }
}

#[test]
fn what_the_directory_no_longer_says_is_over_within_a_minute() {
    let world = world(1);
    let app = app(&world);
    let ask = || send_to(&app, &world, &by_id(&world, JANE))["statusCode"].clone();
    assert_eq!(ask(), 200);
    let mut ended = Token::client_row("harbour", "chandlery", "letters");
    ended["partner"] = "shop".into();
    world.put_row("directory", ended);
    world.advance(Duration::from_mins(1));
    assert_eq!(ask(), 401);
}

#[test]
fn each_of_a_partners_app_clients_is_let_in_once_it_is_there() {
    let world = world(1);
    let second = "4second00000000000000000000";
    let of_second = token(&world)
        .claim("client_id", second)
        .claim("sub", second);
    let ask = |token: &Token| send(&world, &with(&by_id(&world, JANE), token));
    assert_problem(&ask(&of_second), 401, "token-invalid", None);
    let mut row = Token::client_row("harbour", "chandlery", "letters");
    row["tenant"] = format!("client#{second}").into();
    world.put_row("directory", row);
    for token in [&of_second, &token(&world)] {
        assert_eq!(ask(token)["statusCode"], 200);
    }
}

#[test]
fn a_machine_whose_row_can_not_be_read_is_told_to_come_back() {
    let world = world(1);
    let mut row = Token::client_row("harbour", "chandlery", "letters");
    row["owner_tenant"] = "Not A Name".into();
    world.put_row("directory", row);
    let answer = send(&world, &by_id(&world, JANE));
    assert_problem(&answer, 503, "unavailable", None);
    assert!(receipts(&world).is_empty());
}

#[test]
fn a_partner_that_is_in_no_directory_gets_nothing() {
    let world = world(1);
    let stranger = Token::machine(world.clock().now(), "harbour", "shop", "letters")
        .scope("fairlead/profile.read");
    for request in every_route(&world) {
        let answer = send(&world, &with(&request, &stranger));
        assert_problem(&answer, 401, "token-invalid", None);
    }
    assert!(receipts(&world).is_empty());
}

#[test]
fn nothing_but_the_token_says_who_asks() {
    let world = world(1);
    for mut request in every_route(&world) {
        request["requestContext"]["authorizer"] = json!({ "jwt": { "claims": {
            "fairlead:tenant": "airport", "fairlead:partner": "airline", "token_use": "access",
        } } });
        request["headers"]["fairlead-tenant"] = "airport".into();
        request["headers"]["fairlead-partner"] = "airline".into();
        request["queryStringParameters"] = json!({ "tenant": "airport", "partner": "airline" });
        assert_eq!(send(&world, &request)["statusCode"], 200);
    }
    for receipt in receipts(&world) {
        assert_eq!(receipt["tenant"], "harbour");
        assert_eq!(receipt["partner"], "chandlery");
    }
}

#[test]
fn a_consent_to_one_tenant_opens_nothing_to_another() {
    let world = world(1);
    world.put_row(
        "directory",
        json!({
            "tenant": "airport", "part": "purpose#newsletter", "display_name": "Newsletter",
            "legal_basis": "consent", "text_versions": ["2026-01"],
        }),
    );
    world.put_row(
        "directory",
        json!({
            "tenant": "airport", "part": "agreement#flights", "partner": "airline",
            "terms": { "newsletter": ["names"] },
        }),
    );
    world.put_row(
        "directory",
        Token::client_row("airport", "airline", "flights"),
    );
    let airline = Token::machine(world.clock().now(), "airport", "airline", "flights")
        .scope("fairlead/profile.read");
    for id in [JANE, JOAN, NOBODY] {
        let answer = send(&world, &with(&by_id(&world, id), &airline));
        assert_problem(&answer, 404, "no-such-person", None);
    }
}

#[test]
fn a_consent_to_one_purpose_opens_nothing_for_another() {
    let world = world(1);
    agree(
        &world,
        "letters",
        &json!({ "terms": { "survey": ["names"] } }),
    );
    decide(&world, JOAN, "survey", "granted", None);
    let of = |id: &str| {
        let mut asked = by_id(&world, id);
        asked["headers"]["fairlead-purpose"] = "survey".into();
        send(&world, &asked)
    };
    assert_problem(&of(JANE), 404, "no-such-person", None);
    assert_eq!(body(&of(JOAN))["data"], json!({ "given_name": "Joan" }));
}
