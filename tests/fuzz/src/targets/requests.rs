//! What API Gateway and Cognito hand over: requests, their bodies and keys, tokens, triggers.

use cloudevent::Incoming;
use dataset::Push;
use identity::cognito::Trigger;
use intake::{Schema, breaks};
use lambda_kit::{aws::CallBudget, http::Request, idempotency::Key};
use profile::ProfilePatch;
use serde_json::{Value, value::RawValue};
use testkit::{
    World,
    tokens::{ACCESS_TOKEN_KEY, Token, sign},
};
use token::{Gateway, Verifier};

use super::{Parser, Target, shape, text, told};

pub(super) static TARGETS: [Target; 9] = [
    Target::new("http-request", request),
    Target::new("idempotency-key", idempotency_key),
    Target::new("token", token).with(good_token),
    Target::new("token-claims", claims),
    Target::new("trigger", trigger),
    Target::new("profile-patch", patch),
    Target::new("dataset-push", push),
    Target::new("event-schema", schema),
    Target::new("schema-change", schema_change),
];

/// The body is never longer than is taken.
fn request() -> Parser {
    const LIMIT: usize = 1_000;
    let world = World::new(1);
    let gateway = Gateway::new(&world.environment()).expect("the environment is whole");
    Box::new(move |input| {
        let read: Result<Request, _> = serde_json::from_slice(input);
        let Ok(request) = read else {
            return "no request".to_owned();
        };
        let body = request.body(LIMIT);
        assert!(body.as_ref().map_or(0, |body| body.len()) <= LIMIT);
        let caller = gateway.verified(&request);
        let key = Key::of(&request, "login#sub#harbour");
        let headers = request.headers().count().min(3);
        let answers = [told(&body), told(&caller), told(&key)];
        format!("{} {headers}", answers.join(" "))
    })
}

fn idempotency_key() -> Parser {
    Box::new(|input| {
        let request = serde_json::json!({
            "routeKey": "PATCH /v1/me",
            "headers": { "idempotency-key": text(input) },
            "requestContext": { "requestId": "request" },
        });
        let request: Request = serde_json::from_value(request).expect("it is a request");
        told(&Key::of(&request, "login#sub#harbour"))
    })
}

/// A world with the keys of the user pool, and whoever verifies by them.
fn verifier() -> (World, Verifier) {
    let world = World::new(1);
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let verifier = Verifier::new(&world.environment(), &sdk, world.clock());
    let verifier = verifier.expect("the environment is whole");
    (world, verifier)
}

fn token() -> Parser {
    let (world, verifier) = verifier();
    Box::new(move |input| {
        let header = text(input);
        told(&world.block_on(verifier.verify(Some(&header))))
    })
}

/// A machine's token, and the same with another header.
fn good_token() -> Vec<Vec<u8>> {
    let world = World::new(1);
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let other = token.clone().member("alg", "none");
    [token, other]
        .map(|token| token.bearer().into_bytes())
        .to_vec()
}

/// Whatever was signed by the pool's key.
fn claims() -> Parser {
    let (world, verifier) = verifier();
    let header = serde_json::json!({ "kid": ACCESS_TOKEN_KEY.id, "alg": "RS256" }).to_string();
    Box::new(move |input| {
        let token = sign(&header, input, &ACCESS_TOKEN_KEY);
        let header = format!("Bearer {token}");
        told(&world.block_on(verifier.verify(Some(&header))))
    })
}

fn trigger() -> Parser {
    Box::new(|input| {
        let event: Result<Box<RawValue>, _> = serde_json::from_slice(input);
        let Ok(event) = event else {
            return "no event".to_owned();
        };
        let trigger = Trigger::parse(&event);
        let kind = trigger.as_ref().ok().map(|trigger| shape(&trigger.source));
        format!("{} {kind:?}", told(&trigger))
    })
}

fn patch() -> Parser {
    Box::new(|input| {
        let patch = ProfilePatch::parse(input);
        let names = patch.as_ref().map_or(0, |patch| patch.names().count());
        format!("{} {names}", told(&patch))
    })
}

fn push() -> Parser {
    Box::new(|input| told(&Push::parse(input)))
}

/// The schema and the data that it is held against come as one.
fn schema() -> Parser {
    Box::new(|input| {
        let both: Value = serde_json::from_slice(input).unwrap_or_default();
        let schema = Schema::compile(&both["schema"].to_string());
        let event = serde_json::json!({
            "specversion": "1.0", "id": "1", "source": "/", "type": "t.v1", "data": both["data"],
        });
        let Some(event) = Incoming::from_json(&event.to_string()) else {
            return "no event".to_owned();
        };
        let checked = schema
            .as_ref()
            .ok()
            .map(|schema| schema.check(&event).is_ok());
        format!("{} {checked:?}", told(&schema))
    })
}

/// A change that is seen to break nothing is held against the data, too.
fn schema_change() -> Parser {
    Box::new(|input| {
        let all: Value = serde_json::from_slice(input).unwrap_or_default();
        let broken = breaks(&all["old"], &all["new"]);
        assert_eq!(
            breaks(&all["old"], &all["old"]),
            Vec::<String>::new(),
            "no change breaks something"
        );
        let schemas = ["old", "new"].map(|name| Schema::compile(&all[name].to_string()));
        let [Ok(old), Ok(new)] = &schemas else {
            return format!("{} no schemas", broken.len());
        };
        let event = serde_json::json!({
            "specversion": "1.0", "id": "1", "source": "/", "type": "t.v1", "data": all["data"],
        });
        let Some(event) = Incoming::from_json(&event.to_string()) else {
            return "no event".to_owned();
        };
        let (before, after) = (old.check(&event).is_ok(), new.check(&event).is_ok());
        assert!(
            !(before && !after && broken.is_empty()),
            "what was taken is refused, and nobody said so"
        );
        format!("{} {before} {after}", broken.len())
    })
}
