use lambda_kit::{config::Environment, http::Request};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{World, tokens::Token};
use token::{Cause, Gateway, Principal, TokenError, Verified};

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

fn from_gateway(world: &World, request: &Request) -> Result<Verified, TokenError> {
    Gateway::new(&world.environment())
        .unwrap()
        .verified(request)
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
        assert_eq!(from_gateway(&world, &request(&token)), Ok(verified));
    }
}

#[test]
fn a_list_that_the_gateway_hands_on_as_one_is_read_as_well() {
    let world = World::new(1);
    let claims = Value::Object(operator(&world).claims);
    let request = with_authorizer(&json!({ "jwt": { "claims": claims } }));
    let verified = from_gateway(&world, &request).unwrap();
    assert!(matches!(verified.principal(), Principal::Operator(_)));
}

#[test]
fn a_request_that_no_authorizer_saw_has_no_token() {
    let world = World::new(1);
    for authorizer in [json!(null), json!({}), json!({ "jwt": null })] {
        let outcome = from_gateway(&world, &with_authorizer(&authorizer));
        assert_eq!(outcome, Err(TokenError::Missing));
    }
}

#[test]
fn an_id_token_is_none_even_if_the_gateway_let_it_through() {
    let world = World::new(1);
    let token = person(&world).claim("token_use", "id").scope(SCOPE);
    let refused = Err(TokenError::Invalid(Cause::Use));
    assert_eq!(from_gateway(&world, &request(&token)), refused);
}

#[rstest]
#[case("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Another")]
#[case("https://elsewhere.example/pool")]
#[case("")]
fn a_token_of_another_issuer_is_none_even_if_the_gateway_let_it_through(#[case] issuer: &str) {
    let world = World::new(1);
    let token = person(&world).claim("iss", issuer);
    let refused = Err(TokenError::Invalid(Cause::Issuer));
    assert_eq!(from_gateway(&world, &request(&token)), refused);
    let unnamed = person(&world).without("iss");
    assert_eq!(from_gateway(&world, &request(&unnamed)), refused);
}

#[test]
fn a_gateway_without_an_issuer_does_not_start() {
    let error = Gateway::new(&Environment::default()).unwrap_err();
    assert!(error.to_string().contains("TOKEN_ISSUER"));
}

#[rstest]
#[case("4another0000000000000000000")]
#[case("1WEBCLIENT0000000000000000")]
#[case("1webclient0000000000000000,4another")]
fn a_token_of_another_app_client_is_none_even_if_the_gateway_let_it_through(#[case] client: &str) {
    let world = World::new(1);
    let token = person(&world).claim("client_id", client);
    let outcome = from_gateway(&world, &request(&token));
    let is_refused = matches!(
        outcome,
        Err(TokenError::Invalid(Cause::UnknownClient | Cause::Client))
    );
    assert!(is_refused, "{outcome:?}");
}
