//! The handler on a simulated AWS: who subscribes to what, and who sees and changes it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use lambda_kit::aws::CallBudget;
use partner_subscriptions::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use subscription::SecretSource;
use testkit::{World, tokens::Token};

const ONE: &str = "/v1/subscriptions/{subscription_id}";
const DELIVERY: &str = "dlv_01010101010101010101010101010101";

fn world() -> World {
    let world = World::new(1);
    for partner in ["chandlery", "crm"] {
        let client = Token::client_row("harbour", partner, "letters");
        world.put_row("directory", client);
    }
    world
}

fn wanted(url: &str) -> Value {
    json!({ "url": url, "types": ["com.example.order.placed.v1"], "purpose": "newsletter" })
}

/// A request of a partner's, each under an id of its own.
struct Asked<'a> {
    world: &'a World,
    partner: &'a str,
    id: &'a str,
}

impl Asked<'_> {
    fn send(&self, route: &str, body: Option<&Value>) -> Value {
        static REQUESTS: AtomicU8 = AtomicU8::new(0);
        let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
        let world = self.world;
        let token = Token::machine(world.clock().now(), "harbour", self.partner, "letters");
        let scopes = "fairlead/subscriptions.write fairlead/profile.read";
        let request = json!({
            "routeKey": route,
            "headers": {
                "authorization": token.scope(scopes).bearer(),
                "content-type": "application/json",
            },
            "pathParameters": { "subscription_id": self.id, "delivery_id": DELIVERY },
            "body": body.map(Value::to_string),
            "requestContext": { "requestId": format!("request-{number}") },
        });
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let secrets = SecretSource::from_fn(move || Some([number; 32]));
        let environment = world.environment();
        let app = App::new(&environment, &sdk, world.clock(), world.ids(), secrets).unwrap();
        let event = to_raw_value(&request).unwrap();
        let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
        serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
    }
}

const fn of<'a>(world: &'a World, partner: &'a str, id: &'a str) -> Asked<'a> {
    Asked { world, partner, id }
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn problem(answer: &Value) -> (u64, String) {
    let kind = body(answer)["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name)
}

/// The chandlery subscribes; what its subscription is called.
fn subscribe(world: &World) -> String {
    let wanted = wanted("https://chandlery.example.com/hooks");
    let answer = of(world, "chandlery", "").send("POST /v1/subscriptions", Some(&wanted));
    assert_eq!(answer["statusCode"], 201, "{answer}");
    let id = &body(&answer)["subscription"]["subscription_id"];
    id.as_str().unwrap().to_owned()
}

#[test]
fn a_partner_subscribes_and_is_shown_the_secret_once() {
    let world = world();
    let wanted = wanted("https://chandlery.example.com/hooks");
    let made = of(&world, "chandlery", "").send("POST /v1/subscriptions", Some(&wanted));
    let made = body(&made);
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let id = made["subscription"]["subscription_id"].as_str().unwrap();
    let one = of(&world, "chandlery", id).send(&format!("GET {ONE}"), None);
    assert_eq!(body(&one), made["subscription"]);
    let list = of(&world, "chandlery", "").send("GET /v1/subscriptions", None);
    assert_eq!(body(&list)["subscriptions"], json!([made["subscription"]]));
    for answer in [one, list] {
        assert!(!answer.to_string().contains(secret), "{answer}");
    }
    let row = &world.rows("subscriptions")[0];
    assert_eq!(row["secrets"]["current"], secret);
    assert_eq!(row["agreement"], "letters");
    assert_eq!(
        row["scopes"],
        json!(["fairlead/profile.read", "fairlead/subscriptions.write"])
    );
}

#[test]
fn nothing_is_sent_to_the_inside_or_in_clear() {
    let world = world();
    for url in [
        "http://chandlery.example.com/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://user@chandlery.example.com/",
        "https://chandlery.example.com:8443/",
        "no url",
    ] {
        let answer = of(&world, "chandlery", "").send("POST /v1/subscriptions", Some(&wanted(url)));
        assert_eq!(problem(&answer), (400, "invalid-field".to_owned()), "{url}");
        assert_eq!(body(&answer)["field"], "url");
    }
    assert!(world.rows("subscriptions").is_empty());
}

#[test]
fn what_nobody_is_told_of_can_not_be_asked_for() {
    let world = world();
    for types in [
        json!([]),
        json!(["dev.fairlead.consent.granted.v1"]),
        json!(["*"]),
    ] {
        let mut wanted = wanted("https://chandlery.example.com/");
        wanted["types"] = types;
        let answer = of(&world, "chandlery", "").send("POST /v1/subscriptions", Some(&wanted));
        assert_eq!(body(&answer)["field"], "types", "{answer}");
    }
}

#[test]
fn another_partners_subscription_is_answered_as_one_that_does_not_exist() {
    let world = world();
    let id = subscribe(&world);
    let wanted = wanted("https://crm.example.com/hooks");
    for (route, body) in [
        ("GET", None),
        ("PUT", Some(&wanted)),
        ("POST secret", None),
        ("GET deliveries", None),
    ] {
        let (method, rest) = route.split_once(' ').unwrap_or((route, ""));
        let path = format!("{method} {ONE}/{rest}");
        let answer = of(&world, "crm", &id).send(path.trim_end_matches('/'), body);
        assert_eq!(
            problem(&answer),
            (404, "no-such-subscription".to_owned()),
            "{route}"
        );
    }
    let removed = of(&world, "crm", &id).send(&format!("DELETE {ONE}"), None);
    assert_eq!(removed["statusCode"], 204);
    assert_eq!(world.rows("subscriptions").len(), 1);
}

#[test]
fn a_secret_is_put_in_place_of_another_beside_which_it_signs_for_a_day() {
    let world = world();
    let id = subscribe(&world);
    let first = world.rows("subscriptions")[0]["secrets"]["current"].clone();
    let rotated = of(&world, "chandlery", &id).send(&format!("POST {ONE}/secret"), None);
    let rotated = body(&rotated);
    assert_eq!(
        rotated["subscription"]["both_secrets_until"],
        "2026-01-16T09:00:00Z"
    );
    let secrets = &world.rows("subscriptions")[0]["secrets"];
    assert_eq!(secrets["current"], rotated["secret"]);
    assert_eq!(secrets["previous"]["secret"], first);
    world.advance(Duration::from_hours(24));
    let one = of(&world, "chandlery", &id).send(&format!("GET {ONE}"), None);
    assert_eq!(body(&one).get("both_secrets_until"), None);
}

#[test]
fn a_subscription_whose_endpoint_was_gone_starts_again_by_its_partners_word() {
    let world = world();
    let id = subscribe(&world);
    let mut row = world.rows("subscriptions")[0].clone();
    row["state"] = "disabled".into();
    row["disabled_because"] = "gone".into();
    world.put_row("subscriptions", row);
    let asked = of(&world, "chandlery", &id);
    let one = body(&asked.send(&format!("GET {ONE}"), None));
    assert_eq!(one["disabled_because"], "gone");
    let wanted = wanted("https://chandlery.example.com/new");
    let changed = body(&asked.send(&format!("PUT {ONE}"), Some(&wanted)));
    assert_eq!(changed["state"], "active");
    assert_eq!(changed["url"], "https://chandlery.example.com/new");
    assert_eq!(changed.get("disabled_because"), None);
    assert_eq!(
        asked.send(&format!("DELETE {ONE}"), None)["statusCode"],
        204
    );
    assert!(world.rows("subscriptions").is_empty());
}

/// Something that it was sent, and never took.
fn put_failed(world: &World, id: &str) {
    world.put_row(
        "deliveries",
        json!({
            "subscription": format!("harbour#chandlery#{id}"),
            "delivery_id": DELIVERY,
            "tenant": "harbour",
            "partner": "chandlery",
            "subscription_id": id,
            "type": "com.example.order.placed.v1",
            "message": { "of": "partner", "event": "harbour#abc" },
            "created_at": "2026-01-14T09:00:00Z",
            "state": "failed",
            "attempts": 10,
            "tried": [{ "at": "2026-01-14T09:00:01Z", "outcome": "refused", "status": 500 }],
            "expires_at": 1_900_000_000,
            "version": 21,
        }),
    );
}

#[test]
fn what_failed_is_shown_and_sent_again_under_the_same_id() {
    let world = world();
    let id = subscribe(&world);
    put_failed(&world, &id);
    let asked = of(&world, "chandlery", &id);
    let page = body(&asked.send(&format!("GET {ONE}/deliveries"), None));
    assert_eq!(page["deliveries"][0]["state"], "failed");
    assert_eq!(page["deliveries"][0]["tried"][0]["status"], 500);
    let route = format!("POST {ONE}/deliveries/{{delivery_id}}/retry");
    for _ in 0..2 {
        let answer = asked.send(&route, None);
        assert_eq!(answer["statusCode"], 202, "{answer}");
        assert_eq!(body(&answer)["state"], "waiting");
    }
    let row = &world.rows("deliveries")[0];
    assert_eq!((&row["attempts"], &row["version"]), (&json!(0), &json!(22)));
    assert!(row.get("due_shard").is_some());
}

#[test]
fn of_what_is_disabled_its_partner_learns_why_and_nothing_is_sent_again_before_it_is_active() {
    let world = world();
    let id = subscribe(&world);
    let mut row = world.rows("subscriptions")[0].clone();
    row["state"] = "disabled".into();
    row["disabled_because"] = "failing".into();
    row["failing_since"] = "2026-01-10T09:00:00Z".into();
    world.put_row("subscriptions", row);
    put_failed(&world, &id);
    let asked = of(&world, "chandlery", &id);
    let shown = body(&asked.send(&format!("GET {ONE}"), None));
    assert_eq!(shown["state"], "disabled");
    assert_eq!(shown["disabled_because"], "failing");
    assert_eq!(shown["failing_since"], "2026-01-10T09:00:00Z");
    let route = format!("POST {ONE}/deliveries/{{delivery_id}}/retry");
    let refused = asked.send(&route, None);
    assert_eq!(problem(&refused), (409, "subscription-disabled".to_owned()));
    assert_eq!(world.rows("deliveries")[0]["state"], "failed");
    let wanted = wanted("https://chandlery.example.com/hooks");
    let active = body(&asked.send(&format!("PUT {ONE}"), Some(&wanted)));
    assert_eq!(active["state"], "active");
    assert_eq!(active.get("failing_since"), None);
    assert_eq!(asked.send(&route, None)["statusCode"], 202);
    assert_eq!(world.rows("deliveries")[0]["state"], "waiting");
}

#[test]
fn a_partner_has_no_more_than_fifty() {
    let world = world();
    for _ in 0..50 {
        subscribe(&world);
    }
    let wanted = wanted("https://chandlery.example.com/hooks");
    let answer = of(&world, "chandlery", "").send("POST /v1/subscriptions", Some(&wanted));
    assert_eq!(problem(&answer), (409, "too-many-subscriptions".to_owned()));
}

#[test]
fn a_machine_is_believed_as_long_as_the_directory_says_the_same_of_its_client() {
    let world = world();
    let mut row = Token::client_row("harbour", "chandlery", "letters");
    row["partner"] = "crm".into();
    world.put_row("directory", row);
    let wanted = wanted("https://chandlery.example.com/hooks");
    let answer = of(&world, "chandlery", "").send("POST /v1/subscriptions", Some(&wanted));
    assert_eq!(problem(&answer), (401, "token-invalid".to_owned()));
    assert!(world.rows("subscriptions").is_empty());
}

#[test]
fn a_token_without_the_scope_opens_nothing() {
    let world = world();
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": "GET /v1/subscriptions",
        "headers": { "authorization": token.scope("fairlead/events.write").bearer() },
        "requestContext": { "requestId": "request-1" },
    });
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let secrets = SecretSource::from_fn(|| None);
    let environment = world.environment();
    let app = App::new(&environment, &sdk, world.clock(), world.ids(), secrets).unwrap();
    let event = to_raw_value(&request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
    let answer = serde_json::to_value(world.block_on(answer).unwrap()).unwrap();
    assert_eq!(problem(&answer), (403, "scope-missing".to_owned()));
}
