use std::time::Duration;

use lambda_kit::{aws::CallBudget, http::Response, problem::Problem};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{
    Service, World,
    tokens::{OPERATORS_CLIENT, Token, WEB_CLIENT, machine_client},
};
use token::{Cause, Principal, TenantsVerifier, TokenError, Verified};

use crate::{SCOPE, machine, operator, person, verify};

const UNKNOWN: Result<Verified, TokenError> = Err(TokenError::Invalid(Cause::UnknownClient));
/// An app client of the user pool that the deployment knows nothing of.
const ANOTHER: &str = "4another0000000000000000000";

/// The row by which people come to `tenant` by the other app client.
fn row(tenant: &str) -> Value {
    json!({ "tenant": format!("client#{ANOTHER}"), "part": "client", "owner_tenant": tenant })
}

fn tenants_verifier(world: &World) -> TenantsVerifier {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    TenantsVerifier::new(&world.environment(), &sdk, world.clock()).unwrap()
}

fn by(client: &str, token: Token) -> Token {
    token.claim("client_id", client)
}

#[rstest]
#[case(ANOTHER)]
#[case("1WEBCLIENT0000000000000000")]
#[case("1webclient000000000000000")]
fn whoever_signed_in_by_an_app_client_that_nobody_knows_is_refused(#[case] client: &str) {
    let world = World::new(1);
    for token in [person(&world), operator(&world)] {
        let nobody = token.clone().without("fairlead:profile");
        for token in [token, nobody] {
            assert_eq!(verify(&world, &by(client, token.clone())), UNKNOWN);
            let tenants = tenants_verifier(&world);
            let bearer = by(client, token).bearer();
            assert_eq!(world.block_on(tenants.verify(Some(&bearer))), UNKNOWN);
        }
    }
}

#[test]
fn an_app_client_of_a_partners_machine_is_none_of_people() {
    let world = World::new(1);
    let row = Token::client_row("harbour", "post", "parcels-2026");
    world.put_row("directory", row);
    let token = by(&machine_client("harbour", "post"), person(&world));
    let tenants = tenants_verifier(&world);
    let outcome = world.block_on(tenants.verify(Some(&token.bearer())));
    assert_eq!(outcome, UNKNOWN);
}

#[test]
fn who_is_in_the_group_is_an_operator_by_the_operators_app_client_alone() {
    let world = World::new(1);
    world.put_row("directory", row("harbour"));
    let verified = verify(&world, &by(WEB_CLIENT, operator(&world))).unwrap();
    assert!(matches!(verified.principal(), Principal::Person(_)));
    assert_eq!(verified.operator(SCOPE).unwrap_err().status, 403);
    let tenants = tenants_verifier(&world);
    let bearer = by(ANOTHER, operator(&world)).bearer();
    let verified = world.block_on(tenants.verify(Some(&bearer))).unwrap();
    assert!(matches!(verified.principal(), Principal::Person(_)));
    let verified = verify(&world, &by(OPERATORS_CLIENT, person(&world))).unwrap();
    assert!(matches!(verified.principal(), Principal::Person(_)));
}

#[test]
fn people_come_by_the_app_client_of_their_tenant_where_that_is_looked_for() {
    let world = World::new(1);
    world.put_row("directory", row("harbour"));
    let token = by(ANOTHER, person(&world));
    let tenants = tenants_verifier(&world);
    for _ in 0..3 {
        let verified = world.block_on(tenants.verify(Some(&token.bearer())));
        assert!(verified.unwrap().person(SCOPE).is_ok());
    }
    assert_eq!(reads(&world), 1);
    for token in [
        token.clone().claim("fairlead:tenant", "airport"),
        token.clone().without("fairlead:tenant"),
    ] {
        let outcome = world.block_on(tenants.verify(Some(&token.bearer())));
        assert_eq!(outcome, UNKNOWN);
    }
    assert_eq!(verify(&world, &token), UNKNOWN);
}

#[test]
fn an_app_client_that_went_to_another_tenant_serves_for_a_minute_and_no_longer() {
    let world = World::new(1);
    world.put_row("directory", row("harbour"));
    let bearer = by(ANOTHER, person(&world)).bearer();
    let tenants = tenants_verifier(&world);
    assert!(world.block_on(tenants.verify(Some(&bearer))).is_ok());
    world.put_row("directory", row("airport"));
    world.advance(Duration::from_mins(1));
    assert_eq!(world.block_on(tenants.verify(Some(&bearer))), UNKNOWN);
}

#[test]
fn the_deployments_own_app_clients_and_machines_cost_no_read() {
    let world = World::new(1);
    world.faults().down(Service::DynamoDb);
    let tenants = tenants_verifier(&world);
    for token in [person(&world), operator(&world), machine(&world)] {
        let outcome = world.block_on(tenants.verify(Some(&token.bearer())));
        assert!(outcome.is_ok(), "{outcome:?}");
    }
    assert_eq!(reads(&world), 0);
}

#[test]
fn whose_app_client_can_not_be_looked_for_is_asked_to_come_again() {
    let world = World::new(1);
    world.faults().down(Service::DynamoDb);
    let bearer = by(ANOTHER, person(&world)).bearer();
    let tenants = tenants_verifier(&world);
    let error = world.block_on(tenants.verify(Some(&bearer))).unwrap_err();
    assert!(matches!(error, TokenError::NoDirectory(_)), "{error:?}");
    let response: Response = Problem::from(error).into();
    assert_eq!(response.status_code, 503);
    assert_eq!(response.headers["retry-after"], "5");
}

/// How often the directory was asked.
fn reads(world: &World) -> usize {
    let calls = world.trace();
    let to_dynamodb = calls
        .iter()
        .filter(|call| call.call.service == Service::DynamoDb);
    to_dynamodb.count()
}
