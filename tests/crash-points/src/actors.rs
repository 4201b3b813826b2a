//! Who does what in the scenarios: people, Cognito, queues and streams around the real handlers.
//!
//! Each handler is built anew for each delivery, as a new process would build it.

pub mod audience;
pub mod configuration;
pub mod contact;
pub mod datasets;
pub mod dead_letters;
pub mod description;
pub mod directory;
pub mod erasure;
pub mod events;
pub mod export;
pub mod extensions;
pub mod fan_out;
pub mod flows;
pub mod hooks;
pub mod identify;
pub mod login;
pub mod logins;
pub mod messages;
pub mod migration;
pub mod notices;
pub mod operations;
pub mod outcomes;
pub mod pages;
pub mod partner;
pub mod receipts;
pub mod registering;
pub mod reread;
pub mod running;
pub mod sdks;
pub mod settling;
pub mod uploads;
pub mod webhooks;

use identity::{Identifier, IdentifierKey};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, tokens::Token};

/// The app client by which people come; it belongs to the tenant `harbour`.
const CLIENT: &str = "web-client";

/// A person as Cognito knows them.
#[derive(Debug, Clone)]
pub struct Person {
    /// `userAttributes`.
    pub attributes: Value,
}

impl Person {
    /// A person who proved both contacts.
    #[must_use]
    pub fn jane() -> Self {
        Self {
            attributes: json!({
                "sub": "jane-sub",
                "email": "Jane@Example.com",
                "email_verified": "true",
                "phone_number": "+49 30 901820",
                "phone_number_verified": "true",
                "given_name": "Jane",
            }),
        }
    }

    /// The same person with one attribute changed.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Some(attribute) = self.attributes.get_mut(name) {
            *attribute = value.into();
        }
        self
    }

    fn trigger(&self, source: &str) -> Value {
        json!({
            "version": "2",
            "triggerSource": source,
            "userPoolId": "eu-central-1_EXAMPLE01",
            "userName": "jane",
            "callerContext": { "awsSdkVersion": "x", "clientId": CLIENT },
            "request": { "userAttributes": self.attributes, "groupConfiguration": { "groupsToOverride": ["readers"] } },
            "response": {},
        })
    }
}

/// The directory knows whose client people come by, and what the tenant processes data for.
pub fn set_the_scene(world: &World) {
    world.put_row("directory", json!({ "tenant": format!("client#{CLIENT}"), "part": "client", "owner_tenant": "harbour" }));
    for (purpose, basis, is_sale) in [
        ("account-notices", "consent", false),
        ("newsletter", "consent", false),
        ("partner-offers", "consent", true),
        ("customer-service", "contract", false),
    ] {
        define_purpose(world, purpose, basis, is_sale, None);
    }
}

/// An operator defines a purpose; a grant stands for `days`, or until it is withdrawn.
pub fn define_purpose(world: &World, purpose: &str, basis: &str, is_sale: bool, days: Option<u16>) {
    let mut row = json!({
        "tenant": "harbour",
        "part": format!("purpose#{purpose}"),
        "display_name": purpose,
        "legal_basis": basis,
        "text_versions": ["2026-01"],
        "notices": [{
            "text_version": "2026-01",
            "url": format!("https://harbour.example/privacy/{purpose}/2026-01"),
            "sha256": "5e".repeat(32),
            "recipients": ["Printers"],
            "retention": "Until you withdraw",
        }],
        "sale_or_sharing": is_sale,
    });
    if let (Some(days), Some(columns)) = (days, row.as_object_mut()) {
        columns.insert("valid_for_days".to_owned(), days.into());
    }
    world.put_row("directory", row);
}

/// What the table `identifiers` calls `identifier`.
#[must_use]
pub fn key_of(world: &World, identifier: &Identifier) -> String {
    let key = IdentifierKey::from_environment(&world.environment());
    identifier.key(&key.expect("the environment is whole"))
}

/// Cognito tells identity-post-confirmation that `person` confirmed their account.
pub async fn confirms(world: &World, person: &Person) {
    let event = person.trigger("PostConfirmation_ConfirmSignUp");
    let confirmed = delivery::cognito(world, &event, async |event, invocation| {
        use identity_post_confirmation::{App, handle};
        let sdk = world.sdk_config(&CallBudget::COGNITO);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    confirmed.await.expect("post-confirmation answers");
}

/// Cognito asks identity-pre-token-generation what `person`'s token should say; returns its claims.
pub async fn gets_a_token(world: &World, person: &Person) -> Value {
    let event = person.trigger("TokenGeneration_HostedAuth");
    let answer = delivery::cognito(world, &event, async |event, invocation| {
        use identity_pre_token_generation::{App, handle};
        let sdk = world.sdk_config(&CallBudget::COGNITO);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    let answer = answer.await.expect("a token is made");
    let generation =
        answer.pointer("/response/claimsAndScopeOverrideDetails/accessTokenGeneration");
    generation
        .and_then(|generation| generation.get("claimsToAddOrOverride"))
        .cloned()
        .unwrap_or_default()
}

/// A person's app sends a request to profile-api, again until it is answered.
async fn sends(
    world: &World,
    claims: &Value,
    route: &str,
    headers: Value,
    body: Option<Value>,
) -> Value {
    // `PUT /v1/me/consents/newsletter` is a request to the route that has the purpose's place.
    let purpose = route.rsplit_once("/consents/").map(|(_, purpose)| purpose);
    let route_key = purpose.map_or_else(
        || route.to_owned(),
        |purpose| route.replace(purpose, "{purpose}"),
    );
    let request = json!({
        "routeKey": route_key,
        "headers": headers,
        "pathParameters": purpose.map(|purpose| json!({ "purpose": purpose })),
        "body": body.as_ref().map(Value::to_string),
        "requestContext": { "requestId": "", "authorizer": { "jwt": { "claims": access_token(claims) } } },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use profile_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    answer.await.expect("the API answers")
}

/// The claims that API Gateway verified: those that every token has, and what was added to them.
fn access_token(claims: &Value) -> Value {
    let mut token = json!({
        "sub": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
        "username": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
        "client_id": testkit::tokens::WEB_CLIENT,
        "iss": testkit::tokens::TOKEN_ISSUER,
        "token_use": "access",
        "scope": "openid fairlead/profile.read fairlead/profile.write",
    });
    if let (Some(token), Some(claims)) = (token.as_object_mut(), claims.as_object()) {
        token.extend(claims.clone());
    }
    token
}

/// A person's app reads the profile.
pub async fn reads(world: &World, claims: &Value) -> Value {
    sends(world, claims, "GET /v1/me", json!({}), None).await
}

/// A person's app changes the profile that it read as `before`.
pub async fn patches(world: &World, claims: &Value, before: &Value, patch: Value) -> Value {
    // Who was told of no version tries one.
    let version = before.pointer("/headers/etag").cloned();
    let headers = json!({
        "content-type": "application/merge-patch+json",
        "if-match": version.unwrap_or_else(|| "\"1\"".into()),
    });
    sends(world, claims, "PATCH /v1/me", headers, Some(patch)).await
}

/// The same under an idempotency key.
pub async fn patches_under(
    world: &World,
    key: &str,
    claims: &Value,
    before: &Value,
    patch: Value,
) -> Value {
    let headers = json!({
        "content-type": "application/merge-patch+json",
        "if-match": before.pointer("/headers/etag"),
        "idempotency-key": key,
    });
    sends(world, claims, "PATCH /v1/me", headers, Some(patch)).await
}

/// A person's app changes the profile, and reads it afterwards: an app that is told that its
/// version is stale, because its first attempt was applied and the answer lost, finds its own
/// change there. Returns what the person sees in the end.
pub async fn changes(world: &World, claims: &Value, patch: Value) -> Value {
    let before = reads(world, claims).await;
    patches(world, claims, &before, patch).await;
    reads(world, claims).await
}

/// A person decides on notices.
pub async fn decides(world: &World, claims: &Value, decision: &str) -> Value {
    decides_on(world, claims, "account-notices", decision).await
}

/// A person decides on a purpose.
pub async fn decides_on(world: &World, claims: &Value, purpose: &str, decision: &str) -> Value {
    decides_in(world, claims, purpose, decision, "en").await
}

/// A person decides on a purpose whose text they read in `language`.
pub async fn decides_in(
    world: &World,
    claims: &Value,
    purpose: &str,
    decision: &str,
    language: &str,
) -> Value {
    let body = json!({ "decision": decision, "text_version": "2026-01", "language": language });
    let headers = json!({ "content-type": "application/json" });
    let route = format!("PUT /v1/me/consents/{purpose}");
    let answer = sends(world, claims, &route, headers, Some(body)).await;
    answer.get("body").cloned().unwrap_or_default()
}

/// A person's app asks where they stand on all purposes.
pub async fn reads_consents(world: &World, claims: &Value) -> Value {
    let answer = sends(world, claims, "GET /v1/me/consents", json!({}), None).await;
    answer.get("body").cloned().unwrap_or_default()
}

/// A person's app asks where they stand on a purpose, and how they came there.
pub async fn reads_history(world: &World, claims: &Value, purpose: &str) -> Value {
    let route = format!("GET /v1/me/consents/{purpose}");
    let answer = sends(world, claims, &route, json!({}), None).await;
    let body = answer.get("body").and_then(Value::as_str);
    serde_json::from_str(body.expect("an answer has a body")).expect("an answer is JSON")
}

/// A person reads their profile in a browser with Global Privacy Control.
pub async fn reads_with_gpc(world: &World, claims: &Value) -> Value {
    sends(world, claims, "GET /v1/me", json!({ "sec-gpc": "1" }), None).await
}

/// An operator sends a request to profile-merge, again until it is answered; returns the answer's
/// body. Transactions are of at most `limit` writes.
pub async fn operates(world: &World, limit: usize, route: &str, id: &str, body: Value) -> Value {
    let request = operators_request(world, "merge", route, id, &body);
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use profile_merge::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app.with_transactions_of(limit), request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    body.and_then(|body| serde_json::from_str(body).ok())
        .unwrap_or_default()
}

/// What an operator sends, by a token for the scope `fairlead/profile.<scope>`.
fn operators_request(world: &World, scope: &str, route: &str, id: &str, body: &Value) -> Value {
    let scope = format!("fairlead/profile.{scope}");
    let token = Token::operator(world.clock().now(), id).scope(&scope);
    json!({
        "routeKey": route,
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "pathParameters": { "profile_id": id },
        "body": body.to_string(),
        "requestContext": { "requestId": "" },
    })
}

/// What was begun reaches profile-settle, which finishes what is left of it.
pub async fn settling_is_finished(world: &World, limit: usize) {
    let published = world.published_events().into_iter();
    let begun = published.filter(|event| event.detail_type == "dev.fairlead.profile.settling.v1");
    let bodies: Vec<String> = begun
        .map(|event| json!({ "version": "0", "detail": event.detail }).to_string())
        .collect();
    let outcome = delivery::sqs(world, "settling", bodies, async |event, invocation| {
        use profile_settle::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app.with_transactions_of(limit), event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}

/// The stream of the profiles reaches profile-stream, until nothing is left of it.
pub async fn stream_flows(world: &World) {
    let outcome = delivery::stream(world, "profiles", async |event, invocation| {
        use profile_stream::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.discarded, Vec::<Value>::new());
}

/// The schedule starts profile-sweep.
pub async fn sweep_runs(world: &World) {
    let swept = delivery::schedule(world, &Value::Null, async |_, invocation| {
        use profile_sweep::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, invocation).await
    });
    swept.await.expect("the sweep gets through");
}

/// The rule on the bus fills the queue, and the queue reaches notification-dispatch.
pub async fn notices_go_out(world: &World) {
    let concerns = |kind: &str| kind.starts_with("dev.fairlead.profile.");
    let published = world
        .published_events()
        .into_iter()
        .filter(|event| concerns(&event.detail_type));
    let bodies: Vec<String> = published
        .map(|event| {
            json!({ "version": "0", "source": event.source, "detail-type": event.detail_type, "detail": event.detail })
                .to_string()
        })
        .collect();
    let outcome = delivery::sqs(world, "notifications", bodies, async |event, invocation| {
        use notification_dispatch::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}
