//! Operators define what others read, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod authority;
mod binary;
mod fan_outs;
mod fixed;
mod hooks;
mod identifier_rules;
mod messages;
mod notification_rules;
mod refusals;
mod write_keys;

use std::time::Duration;

use directory_api::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use tenancy::{AgreementReader, ClientReader, PartnerReader, PurposeReader, WriteKeySource};
use testkit::{World, tokens::Token};

const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";
const SCOPES: &str =
    "fairlead/directory.read fairlead/directory.write fairlead/identifier-rules.write";

const TENANT: &str = "/v1/directory/{tenant}";
const PARTNER: &str = "/v1/directory/{tenant}/partners/{partner}";
const PURPOSE: &str = "/v1/directory/{tenant}/purposes/{purpose}";
const AGREEMENT: &str = "/v1/directory/{tenant}/agreements/{agreement}";
const RULE: &str = "/v1/directory/{tenant}/notification-rules/{type}";
const MESSAGE: &str = "/v1/directory/{tenant}/messages/{kind}/{language}";
const RULES: &str = "/v1/identifier-rules";
const WRITE_KEYS: &str = "/v1/directory/{tenant}/partners/{partner}/write-keys";
const WRITE_KEY: &str = "/v1/directory/{tenant}/partners/{partner}/write-keys/{write_key_id}";
const HOOK: &str = "/v1/directory/{tenant}/hooks/{partner}/{source}";
const FAN_OUT: &str = "/v1/directory/{tenant}/fan-outs/{partner}";

/// What the harbour's operator asks, under a request id of its own.
struct Asking<'a> {
    world: &'a World,
    token: Token,
    tenant: &'a str,
    name: &'a str,
    id: &'a str,
    headers: Vec<(&'a str, String)>,
}

impl<'a> Asking<'a> {
    fn of(world: &'a World, name: &'a str) -> Self {
        Self {
            world,
            token: Token::operator(world.clock().now(), OPERATOR).scope(SCOPES),
            tenant: "harbour",
            name,
            id: "request-1",
            headers: vec![],
        }
    }

    fn id(self, id: &'a str) -> Self {
        Self { id, ..self }
    }

    fn header(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn absent(self) -> Self {
        self.header("if-none-match", "*")
    }

    fn at(self, version: u64) -> Self {
        self.header("if-match", format!("\"{version}\""))
    }

    /// The answer's status and body.
    fn send(self, method: &str, path: &str, body: &Value) -> (u64, Value) {
        // A message has two names, and so has a hook, or a write key with whose it is.
        let (kind, language) = self.name.split_once('/').unwrap_or((self.name, ""));
        let mut request = json!({
            "routeKey": format!("{method} {path}"),
            "headers": { "authorization": self.token.bearer(), "content-type": "application/json" },
            "pathParameters": {
                "tenant": self.tenant,
                "partner": kind,
                "purpose": self.name,
                "agreement": self.name,
                "type": self.name,
                "kind": kind,
                "language": language,
                "source": language,
                "write_key_id": language,
            },
            "body": body.to_string(),
            "requestContext": { "requestId": self.id },
        });
        for (name, value) in self.headers {
            request["headers"][name] = value.into();
        }
        send(self.world, &request)
    }

    fn post(self, path: &str) -> (u64, Value) {
        self.send("POST", path, &Value::Null)
    }

    fn delete(self, path: &str) -> (u64, Value) {
        self.send("DELETE", path, &Value::Null)
    }

    fn put(self, path: &str, body: &Value) -> (u64, Value) {
        self.send("PUT", path, body)
    }

    fn get(self, path: &str) -> (u64, Value) {
        self.send("GET", path, &Value::Null)
    }
}

fn send(world: &World, request: &Value) -> (u64, Value) {
    let keys = WriteKeySource::system();
    send_with(world, keys, request)
}

fn send_with(world: &World, keys: WriteKeySource, request: &Value) -> (u64, Value) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids(), keys).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(&app, &event, invocation)).unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let body = answer["body"].as_str();
    let body = body.map_or(Value::Null, |body| serde_json::from_str(body).unwrap());
    (answer["statusCode"].as_u64().unwrap(), body)
}

fn letter() -> Value {
    json!({
        "display_name": "The Harbour Letter",
        "legal_basis": "consent",
        "text_versions": ["2026-01"],
        "valid_for_days": 730,
    })
}

/// What people are told with a version of its text.
fn notice(text_version: &str) -> Value {
    json!({
        "text_version": text_version,
        "url": "https://harbour.example/privacy/newsletter/2026-01",
        "sha256": "0a".repeat(32),
        "recipients": ["Printers"],
        "retention": "Until you unsubscribe",
    })
}

/// The harbour with a partner, a purpose and an agreement, by the routes themselves.
fn harbour() -> World {
    let world = World::new(1);
    let tenant = json!({ "display_name": "Harbour Stores", "app_clients": ["1webclient"] });
    let partner = json!({ "display_name": "The Chandlery" });
    let terms = json!({ "partner": "chandlery", "terms": { "newsletter": ["names", "contacts"] } });
    for (name, path, body) in [
        ("harbour", TENANT, tenant),
        ("chandlery", PARTNER, partner),
        ("newsletter", PURPOSE, letter()),
        ("deliveries", AGREEMENT, terms),
    ] {
        let (status, answer) = Asking::of(&world, name).absent().put(path, &body);
        assert_eq!((status, &answer["version"]), (201, &json!(1)), "{answer}");
    }
    world
}

fn problem((status, body): (u64, Value)) -> (u64, String) {
    let kind = body["type"].as_str().unwrap_or_default();
    (status, kind.rsplit('/').next().unwrap().to_owned())
}

fn named(status: u64, name: &str) -> (u64, String) {
    (status, name.to_owned())
}

#[test]
fn what_is_defined_is_read_by_those_whom_it_is_for() {
    let world = harbour();
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let tenant = "harbour".parse().unwrap();
    let purposes = PurposeReader::new(&sdk, "directory", world.clock());
    let purposes = world.block_on(purposes.all(&tenant)).unwrap();
    let letter = purposes.get(&"newsletter".parse().unwrap()).unwrap();
    assert_eq!(letter.display_name().as_str(), "The Harbour Letter");
    let agreements = AgreementReader::new(&sdk, "directory", world.clock());
    let deliveries = "deliveries".parse().unwrap();
    let agreement = world.block_on(agreements.find(&tenant, &deliveries));
    assert_eq!(agreement.unwrap().unwrap().partner().as_str(), "chandlery");
    let partners = PartnerReader::new(&sdk, "directory", world.clock());
    let chandlery = "chandlery".parse().unwrap();
    let partner = world.block_on(partners.find(&tenant, &chandlery));
    assert_eq!(
        partner.unwrap().unwrap().requests_per_minute.per_minute(),
        3_000
    );
    let clients = ClientReader::new(&sdk, "directory", world.clock());
    let client = world.block_on(clients.find(Some("1webclient"))).unwrap();
    assert_eq!(client.tenant, tenant);
}

#[test]
fn who_changed_it_and_when_goes_with_it() {
    let world = harbour();
    let (status, shown) = Asking::of(&world, "newsletter").get(PURPOSE);
    assert_eq!(status, 200);
    let token = Token::operator(world.clock().now(), OPERATOR);
    assert_eq!(shown["changed_by"], token.claims["sub"]);
    assert!(shown["changed_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(shown["valid_for_days"], 730);
}

#[test]
fn a_change_is_made_on_top_of_what_was_seen_alone() {
    let world = harbour();
    let renamed = json!({ "display_name": "Chandlers" });
    let change = |id, version| {
        let asking = Asking::of(&world, "chandlery").id(id).at(version);
        asking.put(PARTNER, &renamed)
    };
    let (status, body) = change("request-2", 1);
    assert_eq!((status, &body["version"]), (200, &json!(2)));
    assert_eq!(problem(change("request-3", 1)), named(412, "stale-version"));
    let again = Asking::of(&world, "chandlery").id("request-4").absent();
    let again = again.put(PARTNER, &renamed);
    assert_eq!(problem(again), named(412, "stale-version"));
    let absent = Asking::of(&world, "ferry-line").id("request-5").at(1);
    let absent = absent.put(PARTNER, &renamed);
    assert_eq!(problem(absent), named(412, "stale-version"));
}

#[test]
fn what_the_seed_wrote_can_be_changed_once_it_was_seen() {
    let world = World::new(1);
    let row = json!({ "tenant": "harbour", "part": "tenant", "display_name": "Harbour" });
    world.put_row("directory", row);
    let (_, shown) = Asking::of(&world, "harbour").get(TENANT);
    assert_eq!(shown["version"], 0);
    let named = json!({ "display_name": "Harbour Stores" });
    let (status, body) = Asking::of(&world, "harbour").at(0).put(TENANT, &named);
    assert_eq!((status, &body["version"]), (200, &json!(1)), "{body}");
}

#[test]
fn lists_go_on_where_a_page_ends() {
    let world = harbour();
    let plain = json!({ "display_name": "Service", "legal_basis": "contract" });
    for n in 0..60 {
        let (name, id) = (format!("purpose-{n:02}"), format!("purpose-request-{n}"));
        let asking = Asking::of(&world, &name).id(&id).absent();
        assert_eq!(asking.put(PURPOSE, &plain).0, 201);
    }
    let list = "/v1/directory/{tenant}/purposes";
    let (_, first) = Asking::of(&world, "").get(list);
    assert_eq!(first["purposes"].as_array().unwrap().len(), 50);
    let request = json!({
        "routeKey": format!("GET {list}"),
        "headers": { "authorization": Asking::of(&world, "").token.bearer() },
        "pathParameters": { "tenant": "harbour" },
        "queryStringParameters": { "cursor": first["next"] },
        "requestContext": { "requestId": "request-1" },
    });
    let (_, second) = send(&world, &request);
    assert_eq!(second["purposes"].as_array().unwrap().len(), 11);
    assert_eq!(second.get("next"), None);
    let (_, tenants) = Asking::of(&world, "").get("/v1/directory");
    assert_eq!(tenants, json!({ "tenants": ["harbour"] }));
}

#[test]
fn a_tenant_has_no_more_purposes_than_can_be_read() {
    let world = harbour();
    let row = json!({ "tenant": "harbour", "part": "purpose-count", "purposes": 256 });
    world.put_row("directory", row);
    let plain = json!({ "display_name": "Service", "legal_basis": "contract" });
    let asking = Asking::of(&world, "one-more").id("request-2").absent();
    assert_eq!(
        problem(asking.put(PURPOSE, &plain)),
        named(409, "too-many-purposes")
    );
}
