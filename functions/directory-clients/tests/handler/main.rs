//! Operators make and remove the app clients of partners' machines, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use directory_clients::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use tenancy::{ClientReader, ClientRole};
use testkit::{World, tokens::Token};

const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";
const SCOPES: &str = "fairlead/directory.read fairlead/directory.write";
const CREATE: &str = "POST /v1/directory/{tenant}/partners/{partner}/clients";
const LIST: &str = "GET /v1/directory/{tenant}/partners/{partner}/clients";
const DELETE: &str = "DELETE /v1/directory/{tenant}/partners/{partner}/clients/{client}";

fn world() -> World {
    let world = World::new(1);
    for row in [
        json!({ "tenant": "harbour", "part": "partner#chandlery", "display_name": "The Chandlery" }),
        json!({ "tenant": "harbour", "part": "partner#ferry-line", "display_name": "Ferry Line" }),
        json!({
            "tenant": "harbour",
            "part": "agreement#deliveries",
            "partner": "chandlery",
            "terms": { "newsletter": ["names"] },
        }),
    ] {
        world.put_row("directory", row);
    }
    world
}

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), OPERATOR).scope(SCOPES)
}

fn request(token: &Token, route: &str, id: &str, client: &Value) -> Value {
    json!({
        "routeKey": route,
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "pathParameters": { "tenant": "harbour", "partner": "chandlery", "client": client },
        "body": json!({ "agreement": "deliveries", "scopes": ["fairlead/profile.read"] }).to_string(),
        "requestContext": { "requestId": id },
    })
}

/// The answer's status and, if it has one, its body.
fn send(world: &World, request: &Value) -> (u64, Value) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(&app, &event, invocation)).unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let body = answer.get("body").and_then(Value::as_str);
    let body = body.and_then(|body| serde_json::from_str(body).ok());
    (
        answer["statusCode"].as_u64().unwrap(),
        body.unwrap_or_default(),
    )
}

fn create(world: &World, id: &str) -> (u64, Value) {
    send(world, &request(&operator(world), CREATE, id, &json!("")))
}

fn delete(world: &World, client: &Value) -> (u64, Value) {
    send(
        world,
        &request(&operator(world), DELETE, "a removal", client),
    )
}

fn states(world: &World) -> Vec<Value> {
    let (status, list) = send(
        world,
        &request(&operator(world), LIST, "a list", &json!("")),
    );
    assert_eq!(status, 200);
    assert!(!list.to_string().contains("secret"), "{list}");
    let clients = list["clients"].as_array().unwrap().iter();
    clients.map(|client| client["state"].clone()).collect()
}

fn problem((status, body): &(u64, Value)) -> (u64, &str) {
    let kind = body["type"].as_str().unwrap_or_default();
    (*status, kind.rsplit('/').next().unwrap())
}

#[test]
fn a_client_speaks_for_the_partner_under_its_agreement() {
    let world = world();
    let (status, made) = create(&world, "request-1");
    assert_eq!(status, 201);
    let pool = world.engines().user_pool().app_clients();
    assert_eq!(pool.len(), 1);
    assert_eq!(pool[0]["ClientName"], made["client"]);
    assert_eq!(pool[0]["ClientSecret"], made["client_secret"]);
    assert_eq!(
        pool[0]["AllowedOAuthScopes"],
        json!(["fairlead/profile.read"])
    );
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let reader = ClientReader::new(&sdk, "directory", world.clock());
    let client = world
        .block_on(reader.find(made["client_id"].as_str()))
        .unwrap();
    let ClientRole::Partner { partner, agreement } = client.role else {
        panic!("the client is people's");
    };
    let agreement = agreement.unwrap();
    assert_eq!(
        (partner.as_str(), agreement.as_str()),
        ("chandlery", "deliveries")
    );
    assert_eq!(states(&world), ["active"]);
}

#[test]
fn a_secret_is_renewed_by_a_second_client_after_which_the_first_one_goes() {
    let world = world();
    let (_, first) = create(&world, "request-1");
    let (_, second) = create(&world, "request-2");
    assert_ne!(first["client_secret"], second["client_secret"]);
    assert_eq!(delete(&world, &first["client"]).0, 204);
    assert_eq!(delete(&world, &first["client"]).0, 204);
    let pool = world.engines().user_pool().app_clients();
    assert_eq!(pool.len(), 1);
    assert_eq!(pool[0]["ClientId"], second["client_id"]);
    let mut states = states(&world);
    states.sort_by_key(Value::to_string);
    assert_eq!(states, ["active", "deleted"]);
    let owners = world.rows("directory").into_iter();
    let owners = owners.filter(|row| row["part"] == "client");
    assert_eq!(owners.count(), 1);
}

#[test]
fn a_client_that_was_removed_is_nobodys_within_a_minute() {
    let world = world();
    let (_, made) = create(&world, "request-1");
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let reader = ClientReader::new(&sdk, "directory", world.clock());
    let id = made["client_id"].as_str().unwrap();
    let is_known = || world.block_on(reader.current(id)).unwrap().is_some();
    assert!(is_known());
    assert_eq!(delete(&world, &made["client"]).0, 204);
    world.advance(Duration::from_mins(1));
    assert!(!is_known());
}

#[test]
fn what_is_being_made_is_not_removed_meanwhile() {
    let world = world();
    let token = operator(&world);
    let row = json!({
        "tenant": "harbour",
        "part": "partner-client#chandlery#pcl_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "id": "pcl_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "state": "creating",
        "agreement": "deliveries",
        "scopes": ["fairlead/profile.read"],
        "changed_by": "somebody",
        "changed_at": world.clock().now(),
        "request": "an earlier request",
        "lease_until": world.clock().now().as_millisecond() + 60_000,
    });
    world.put_row("directory", row);
    let client = json!("pcl_0198f2a0c1d27e3f8a4b5c6d7e8f9012");
    let removal = request(&token, DELETE, "a removal", &client);
    assert_eq!(problem(&send(&world, &removal)), (409, "client-being-made"));
    world.advance(Duration::from_secs(61));
    assert_eq!(send(&world, &removal).0, 204);
    assert_eq!(states(&world), ["deleted"]);
}

#[test]
fn a_partner_is_let_in_under_its_own_agreement_alone() {
    let world = world();
    let mut asked = request(&operator(&world), CREATE, "request-1", &json!(""));
    asked["pathParameters"]["partner"] = "ferry-line".into();
    assert_eq!(problem(&send(&world, &asked)), (404, "no-such-definition"));
    asked["pathParameters"]["partner"] = "nobody".into();
    assert_eq!(problem(&send(&world, &asked)), (404, "no-such-definition"));
    assert_eq!(
        world.engines().user_pool().app_clients(),
        Vec::<Value>::new()
    );
}

#[test]
fn no_machine_is_granted_what_is_not_for_machines() {
    let world = world();
    for (scopes, name) in [
        (json!(["fairlead/profile.merge"]), "malformed-body"),
        (json!([]), "invalid-field"),
    ] {
        let mut asked = request(&operator(&world), CREATE, "request-1", &json!(""));
        let body = json!({ "agreement": "deliveries", "scopes": scopes });
        asked["body"] = body.to_string().into();
        assert_eq!(problem(&send(&world, &asked)), (400, name));
    }
}

#[test]
fn only_operators_of_the_tenant_with_the_scope_may() {
    let world = world();
    let now = world.clock().now();
    let person = Token::person(now, OPERATOR).scope(SCOPES);
    let reader = Token::operator(now, OPERATOR).scope("fairlead/directory.read");
    let stranger = operator(&world).claim("fairlead:tenant", "airport");
    let of_nobody = operator(&world).without("fairlead:tenant");
    for (token, name) in [
        (person, "wrong-principal"),
        (reader, "scope-missing"),
        (stranger, "another-tenant"),
        (of_nobody, "no-tenant-in-token"),
    ] {
        let answer = send(&world, &request(&token, CREATE, "request-1", &json!("")));
        assert_eq!(problem(&answer), (403, name));
    }
}
