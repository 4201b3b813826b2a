use lambda_kit::http::Request;
use serde_json::{Value, json};
use testkit::{World, tokens::Token};
use token::{Cause, Principal, TokenError, Verified, from_gateway};

use crate::{SCOPE, machine, operator, person, verify};

/// What the gateway hands on of `token`: all values as texts.
fn request(token: &Token) -> Request {
    let claims = token.claims.iter().map(|(name, claim)| {
        let text = match claim {
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                format!("[{}]", items.join(" "))
            }
            other => other.to_string(),
        };
        (name.clone(), text)
    });
    let claims: Value = claims.collect();
    with_authorizer(&json!({ "jwt": { "claims": claims } }))
}

fn with_authorizer(authorizer: &Value) -> Request {
    let context = json!({ "authorizer": authorizer });
    serde_json::from_value(json!({ "routeKey": "GET /v1/me", "requestContext": context })).unwrap()
}

#[test]
fn the_gateways_claims_make_the_principal_that_the_token_makes() {
    let world = World::new(1);
    let two_groups = json!(["staff", "operators"]);
    for token in [
        person(&world),
        machine(&world),
        operator(&world),
        operator(&world).claim("cognito:groups", two_groups),
        person(&world).without("fairlead:profile"),
    ] {
        let verified: Verified = verify(&world, &token).unwrap();
        assert_eq!(from_gateway(&request(&token)), Ok(verified));
    }
}

#[test]
fn a_list_that_the_gateway_hands_on_as_one_is_read_as_well() {
    let world = World::new(1);
    let claims = Value::Object(operator(&world).claims);
    let verified = from_gateway(&with_authorizer(&json!({ "jwt": { "claims": claims } }))).unwrap();
    assert!(matches!(verified.principal(), Principal::Operator(_)));
}

#[test]
fn a_request_that_no_authorizer_saw_has_no_token() {
    for authorizer in [json!(null), json!({}), json!({ "jwt": null })] {
        let outcome = from_gateway(&with_authorizer(&authorizer));
        assert_eq!(outcome, Err(TokenError::Missing));
    }
}

#[test]
fn an_id_token_is_none_even_if_the_gateway_let_it_through() {
    let world = World::new(1);
    let token = person(&world).claim("token_use", "id").scope(SCOPE);
    let refused = Err(TokenError::Invalid(Cause::Use));
    assert_eq!(from_gateway(&request(&token)), refused);
}
