//! Requests as API Gateway delivers them, and Cognito's events.

use serde_json::{Value, json};
use testkit::{World, tokens::Token};

use super::scene::id;

/// A key that no other request has.
pub(super) const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

/// What Cognito asks about the person `n`.
pub(super) fn trigger(source: &str, client: &str, n: u32) -> Value {
    json!({
        "version": "3",
        "triggerSource": source,
        "userPoolId": "eu-central-1_Simulated",
        "userName": "jane",
        "callerContext": { "clientId": client },
        "request": {
            "userAttributes": {
                "sub": format!("sub-{n}"),
                "email": format!("login-{n}@example.com"),
                "email_verified": "true",
                "phone_number": format!("+4930{:07}", 1_000_000 + n),
                "phone_number_verified": "true",
                "given_name": "Jane",
            },
        },
        "response": {},
    })
}

/// A request by the first person, whose token the gateway verified.
pub(super) fn own(route: &str, name: &str, body: Option<Value>) -> Value {
    json!({
        "routeKey": route,
        "headers": { "content-type": "application/json" },
        "pathParameters": { "purpose": name, "name": name },
        "requestContext": {
            "requestId": "JKJaXmPLvHcESHA=",
            "authorizer": { "jwt": { "claims": {
                "sub": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
                "username": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
                "iss": testkit::tokens::TOKEN_ISSUER,
                "token_use": "access",
                "client_id": testkit::tokens::WEB_CLIENT,
                "scope": "fairlead/profile.read fairlead/profile.write",
                "fairlead:profile": id(0),
                "fairlead:tenant": "harbour",
            } } },
        },
        "body": body.map(|body| body.to_string()),
    })
}

/// A request with a token that nobody verified yet.
fn with_token(route: &str, token: &Token, body: &Value) -> Value {
    json!({
        "routeKey": route,
        "headers": {
            "authorization": token.bearer(),
            "content-type": "application/json",
            "fairlead-purpose": "newsletter",
        },
        "requestContext": { "requestId": "JKJaXmPLvHcESHA=" },
        "body": body.to_string(),
    })
}

/// A request by the chandlery's machine.
pub(super) fn partners(world: &World, route: &str, body: &Value) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let token = token.scope("fairlead/profile.read fairlead/profile.identify");
    with_token(route, &token, body)
}

/// A request by an operator.
pub(super) fn operators(world: &World, route: &str, body: &Value) -> Value {
    let token = Token::operator(world.clock().now(), &id(99));
    let token = token.scope("fairlead/profile.merge fairlead/receipts.read");
    with_token(route, &token, body)
}

/// The app of the person with the profile `profile` says on which device it runs.
pub(super) fn on_device(world: &World, profile: &str, device: u32) -> Value {
    let token = Token::person(world.clock().now(), profile).scope("fairlead/profile.write");
    let body = json!({ "anonymous_id": format!("d3b07384-d113-4dec-89ea-{device:012x}") });
    with_token("POST /v1/identify", &token, &body)
}

/// The chandlery reads the person `n` by their id.
pub(super) fn by_id(world: &World, n: u32) -> Value {
    let request = partners(world, "GET /v1/profiles/{profile_id}", &Value::Null);
    with(request, "pathParameters", json!({ "profile_id": id(n) }))
}

/// The chandlery reads a hundred people.
pub(super) fn batch(world: &World, person: impl Fn(u32) -> Value) -> Value {
    let people: Vec<Value> = (0..100).map(person).collect();
    let body = json!({ "profiles": people });
    partners(world, "POST /v1/profiles/batch", &body)
}

/// The request with one of its members set.
pub(super) fn with(mut request: Value, name: &str, value: Value) -> Value {
    if let Some(members) = request.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    request
}

/// The request with one of its headers set.
pub(super) fn with_header(mut request: Value, name: &str, value: &str) -> Value {
    if let Some(headers) = request.get_mut("headers").and_then(Value::as_object_mut) {
        headers.insert(name.to_owned(), value.into());
    }
    request
}

/// What Amazon Connect sends of a call from `number`.
pub(super) fn contact(number: &str) -> Value {
    json!({
        "Details": {
            "ContactData": {
                "ContactId": "4a573372-1f28-4e26-b97b-1c1d1e1f2021",
                "CustomerEndpoint": { "Address": number, "Type": "TELEPHONE_NUMBER" },
                "Queue": null,
            },
            "Parameters": { "language": "de", "format": "JSON" },
        },
        "Name": "ContactFlowEvent",
    })
}
