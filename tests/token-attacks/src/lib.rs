//! Forged tokens, each of which has to be refused, and odd ones that have to be taken. A report
//! says how many were not.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a test harness"
)]

pub mod attacks;
pub mod benign;
mod genuine;
pub mod planted;

use std::fmt;

use lambda_kit::{aws::CallBudget, http::Request};
use serde_json::{Value, json};
use testkit::{
    World,
    tokens::{Token, key_set, machine_client},
};
use token::{Gateway, TenantsVerifier, TokenError, Verified, Verifier};

pub use genuine::{Genuine, Kind};

/// An app client by which people come to the tenant of the genuine tokens.
pub(crate) const TENANTS_CLIENT: &str = "4harbour";
/// An app client by which people come to another tenant.
pub(crate) const OTHERS_CLIENT: &str = "5airport";

/// One request with a token.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What it tries.
    pub name: String,
    /// The value of its `Authorization` header, if it has one.
    pub authorization: Option<String>,
    /// What the user pool shows as its keys meanwhile; its own if not said otherwise.
    pub keys: Option<String>,
    /// The claims that a gateway which let it through hands on; without them it comes as it is.
    pub handed_on: Option<Value>,
    /// Whether its route lets people in who come by a tenant's own app client.
    pub is_for_tenants: bool,
}

impl Attempt {
    /// A request with this `Authorization` header.
    #[must_use]
    pub fn new(name: impl Into<String>, authorization: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            authorization: Some(authorization.into()),
            keys: None,
            handed_on: None,
            is_for_tenants: false,
        }
    }

    /// The same token behind a gateway that let it through.
    #[must_use]
    pub fn handed_on(name: impl Into<String>, token: &Token) -> Self {
        Self {
            handed_on: Some(Value::Object(token.claims.clone())),
            ..Self::new(name, token.bearer())
        }
    }

    /// The same to a route that lets people in who come by a tenant's own app client.
    #[must_use]
    pub fn for_tenants(name: impl Into<String>, token: &Token) -> Self {
        Self {
            is_for_tenants: true,
            ..Self::new(name, token.bearer())
        }
    }

    /// The same while the user pool shows these keys.
    #[must_use]
    pub fn with_keys(mut self, keys: impl Into<String>) -> Self {
        self.keys = Some(keys.into());
        self
    }
}

/// What became of all attempts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many forged tokens were tried.
    pub mutants: usize,
    /// Those that opened something.
    pub admitted: Vec<String>,
    /// How many tokens were tried that mean what a genuine one means.
    pub benign: usize,
    /// Those that opened nothing.
    pub refused: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            mutants,
            admitted,
            benign,
            refused,
        } = self;
        write!(
            f,
            "tokens: mutants {mutants}; admitted {}; benign {benign}; benign refused {}",
            admitted.len(),
            refused.len()
        )
    }
}

/// Tries everything, for every kind of caller. What is random comes from `seed`.
#[must_use]
pub fn run(seed: u64) -> Report {
    let world = world(seed);
    let mut report = Report::default();
    for kind in Kind::ALL {
        let genuine = Genuine::of(kind, world.clock().now());
        for attempt in attacks::all(&genuine, seed) {
            report.mutants += 1;
            if is_admitted(&world, kind, &attempt) {
                report.admitted.push(format!("{kind:?}: {}", attempt.name));
            }
        }
        for attempt in benign::all(&genuine) {
            report.benign += 1;
            if !is_admitted(&world, kind, &attempt) {
                report.refused.push(format!("{kind:?}: {}", attempt.name));
            }
        }
    }
    report
}

/// A world whose directory has an app client for people of two tenants each, and one of a machine.
#[must_use]
pub fn world(seed: u64) -> World {
    let world = World::new(seed);
    for (client, tenant) in [(TENANTS_CLIENT, "harbour"), (OTHERS_CLIENT, "airport")] {
        let key = format!("client#{client}");
        let row = json!({ "tenant": key, "part": "client", "owner_tenant": tenant });
        world.put_row("directory", row);
    }
    let row = Token::client_row("harbour", "post", "parcels-2026");
    world.put_row("directory", row);
    world
}

/// The app clients of the pool by which no person comes to the tenant of the genuine tokens, and what
/// looks like one by which they do.
pub(crate) fn foreign_clients(own: &str) -> [String; 7] {
    [
        "someone0else".to_owned(),
        OTHERS_CLIENT.to_owned(),
        TENANTS_CLIENT.to_uppercase(),
        machine_client("harbour", "post"),
        own.to_uppercase(),
        own[..own.len() - 1].to_owned(),
        format!("{own}0"),
    ]
}

/// Whether `attempt` gets where only callers of this kind, with their scope, may go.
#[must_use]
pub fn is_admitted(world: &World, kind: Kind, attempt: &Attempt) -> bool {
    if let Some(claims) = &attempt.handed_on {
        let gateway = Gateway::new(&world.environment())
            .expect("the world's environment names the user pool");
        let context = json!({ "authorizer": { "jwt": { "claims": claims } } });
        let request = json!({ "routeKey": "GET /v1/me", "requestContext": context });
        let request: Request = serde_json::from_value(request).expect("it is a request");
        let outcome = gateway.verified(&request);
        return outcome.is_ok_and(|verified| kind.is_let_in(&verified));
    }
    let shown = attempt.keys.clone();
    let keys = shown.unwrap_or_else(|| key_set().to_string());
    world.engines().serve_keys(&keys);
    let outcome = world.block_on(verified(world, attempt));
    outcome.is_ok_and(|verified| kind.is_let_in(&verified))
}

/// What a new process makes of the token.
async fn verified(world: &World, attempt: &Attempt) -> Result<Verified, TokenError> {
    const WHOLE: &str = "the world's environment has all that a verifier needs";
    let (environment, sdk) = (world.environment(), world.sdk_config(&CallBudget::HTTP));
    let authorization = attempt.authorization.as_deref();
    if attempt.is_for_tenants {
        let verifier = TenantsVerifier::new(&environment, &sdk, world.clock()).expect(WHOLE);
        verifier.verify(authorization).await
    } else {
        let verifier = Verifier::new(&environment, &sdk, world.clock()).expect(WHOLE);
        verifier.verify(authorization).await
    }
}
