//! The handler on a simulated AWS: who may push, see and switch what, and what is told.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod telling;

use std::time::Duration;

use bytes::Bytes;
use extension_api::{App, handle};
use http::Request;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    World,
    engine::{EXTENSION_UPLOADS_QUEUE, EXTENSIONS_BUCKET},
    tokens::Token,
};

const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";
const EXTENSIONS: &str = "/v1/directory/{tenant}/extensions";
const EXTENSION: &str = "/v1/directory/{tenant}/extensions/{extension}";

/// A request of the harbour's operator, under an id of its own.
struct Asking<'a> {
    world: &'a World,
    token: Token,
    tenant: &'a str,
    id: &'a str,
    upload: &'a str,
    query: Value,
    headers: Vec<(&'a str, &'a str)>,
}

impl<'a> Asking<'a> {
    fn of(world: &'a World) -> Self {
        let token = Token::operator(world.clock().now(), OPERATOR);
        Self {
            world,
            token: token.scope("fairlead/extensions.read fairlead/extensions.write"),
            tenant: "harbour",
            id: "request-1",
            upload: "",
            query: json!({}),
            headers: vec![],
        }
    }

    fn id(self, id: &'a str) -> Self {
        Self { id, ..self }
    }

    fn query(self, query: Value) -> Self {
        Self { query, ..self }
    }

    fn send(self, route: &str, body: &Value) -> (u64, Value) {
        let mut request = json!({
            "routeKey": route,
            "headers": { "authorization": self.token.bearer(), "content-type": "application/json" },
            "pathParameters": {
                "tenant": self.tenant, "extension": "greeter", "upload_id": self.upload,
            },
            "queryStringParameters": self.query,
            "body": (!body.is_null()).then(|| body.to_string()),
            "requestContext": { "requestId": self.id },
        });
        for (name, value) in self.headers {
            request["headers"][name] = value.into();
        }
        let sdk = self.world.sdk_config(&CallBudget::HTTP);
        let (clock, ids) = (self.world.clock(), self.world.ids());
        let app = App::new(&self.world.environment(), &sdk, clock, ids).unwrap();
        let event = to_raw_value(&request).unwrap();
        let invocation = self.world.invocation(Duration::from_secs(10));
        let answer = self
            .world
            .block_on(handle(&app, &event, invocation))
            .unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        let body = answer["body"].as_str();
        let body = body.map_or(Value::Null, |body| serde_json::from_str(body).unwrap());
        (answer["statusCode"].as_u64().unwrap(), body)
    }

    fn get(self, path: &str) -> (u64, Value) {
        self.send(&format!("GET {path}"), &Value::Null)
    }

    fn post(self, path: &str, body: &Value) -> (u64, Value) {
        self.send(&format!("POST {path}"), body)
    }
}

fn problem((status, body): (u64, Value)) -> (u64, String) {
    let kind = body["type"].as_str().unwrap_or_default();
    (status, kind.rsplit('/').next().unwrap().to_owned())
}

fn is(answer: (u64, Value), status: u64, name: &str) {
    let told = answer.1.to_string();
    assert_eq!(problem(answer), (status, name.to_owned()), "{told}");
}

/// The harbour has an extension, of which version 2 runs and version 1 ran before; version 3 can't be run.
fn world() -> World {
    let world = World::new(1);
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": "extension#greeter", "name": "greeter", "state": "active",
            "active": "2", "previous": "1", "kind": "wasm", "events": ["com.example.seen.v1"],
            "ordered": false, "timeout_ms": 1_000, "revision": 2, "told": 2,
            "created_at": "2026-01-14T09:00:00Z", "changed_at": "2026-01-14T09:00:00Z",
            "changed_by": "operator", "last_request": "an earlier request",
        }),
    );
    for (version, state) in [("1", "ready"), ("2", "ready"), ("3", "refused")] {
        let manifest = json!({
            "name": "greeter", "version": version, "kind": "wasm", "code": "main.wasm",
            "events": ["com.example.seen.v1"], "ordered": false,
            "limits": { "timeout_ms": 1_000, "memory_mib": 64 },
            "output": { "events": [], "traits": [] }, "needs": { "clock": false, "random": false },
        });
        let problems = json!([{ "field": "main.wasm", "problem": "it imports env.sneak" }]);
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour", "part": format!("extension-version#greeter#{version}"),
                "name": "greeter", "version": version, "state": state,
                "manifest": manifest.to_string(), "digest": "00", "package_key": "packages/x",
                "upload": "upl_1", "created_at": format!("2026-01-1{version}T09:00:00Z"),
                "problems": if state == "refused" { problems } else { json!([]) }, "revision": 2,
            }),
        );
    }
    world
}

fn extension(world: &World) -> Value {
    let rows = world.rows("directory").into_iter();
    let mut extensions = rows.filter(|row| row["part"] == "extension#greeter");
    extensions.next().unwrap()
}

fn announced(bytes: u64) -> Value {
    json!({ "bytes": bytes, "sha256": "0a".repeat(32) })
}

#[test]
fn a_link_takes_the_package_that_was_announced_for_this_extension_of_this_tenant_once() {
    let world = world();
    let package = "package";
    let sha256 = "bc4a71180870f7945155fbb02f4b0a2e3faa2a62d6d31b7039013055ed19869a";
    let body = json!({ "bytes": package.len(), "sha256": sha256 });
    let (status, created) = Asking::of(&world).post(&format!("{EXTENSION}/uploads"), &body);
    assert_eq!(status, 201, "{created}");
    let id = created["upload_id"].as_str().unwrap();
    let put = |body: &'static str| {
        let mut request = Request::put(created["put"]["url"].as_str().unwrap());
        for (name, value) in created["put"]["headers"].as_object().unwrap() {
            request = request.header(name, value.as_str().unwrap());
        }
        let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        world.engines().call(&request).status().as_u16()
    };
    assert_ne!(put("another"), 200);
    assert_eq!(put(package), 200);
    assert_ne!(put(package), 200);
    let objects = world.objects(EXTENSIONS_BUCKET);
    assert_eq!(objects[0].key, format!("uploads/harbour/greeter/{id}.zip"));
    let asking = Asking {
        upload: id,
        ..Asking::of(&world)
    };
    let (status, upload) = asking.get(&format!("{EXTENSION}/uploads/{{upload_id}}"));
    assert_eq!(
        (status, &upload["state"]),
        (200, &json!("waiting")),
        "{upload}"
    );
}

#[test]
fn what_is_announced_is_within_bounds() {
    let world = world();
    let path = format!("{EXTENSION}/uploads");
    for (body, field) in [
        (announced(0), "bytes"),
        (announced(20 * 1024 * 1024 + 1), "bytes"),
        (json!({ "bytes": 1, "sha256": "canary" }), "sha256"),
        (
            json!({ "bytes": "canary", "sha256": "0a".repeat(32) }),
            "bytes",
        ),
    ] {
        let answer = Asking::of(&world).post(&path, &body);
        assert_eq!(answer.1["field"], field, "{answer:?}");
        assert!(!answer.1.to_string().contains("canary"), "{answer:?}");
        is(answer, 400, "invalid-field");
    }
    is(
        Asking::of(&world).post(&path, &json!({ "tenant": "airport" })),
        400,
        "malformed-body",
    );
    assert!(world.rows("ledger").is_empty());
}

#[test]
fn nobody_learns_of_another_tenants_extensions_or_without_the_scope() {
    let world = world();
    for route in [
        format!("GET {EXTENSIONS}"),
        format!("GET {EXTENSION}"),
        format!("DELETE {EXTENSION}"),
        format!("POST {EXTENSION}/uploads"),
        format!("POST {EXTENSION}/rollback"),
        format!("GET {EXTENSION}/logs"),
        format!("GET {EXTENSION}/usage"),
    ] {
        let asking = Asking {
            tenant: "airport",
            ..Asking::of(&world)
        };
        is(asking.send(&route, &announced(1)), 403, "another-tenant");
        let token =
            Token::operator(world.clock().now(), OPERATOR).scope("fairlead/directory.write");
        let asking = Asking {
            token,
            ..Asking::of(&world)
        };
        is(asking.send(&route, &announced(1)), 403, "scope-missing");
    }
    assert_eq!(extension(&world)["revision"], 2);
}

#[test]
fn versions_are_switched_on_top_of_what_is_and_only_to_what_can_be_run() {
    let world = world();
    let (status, shown) = Asking::of(&world).post(&format!("{EXTENSION}/rollback"), &Value::Null);
    assert_eq!(
        (status, &shown["active"], &shown["previous"]),
        (200, &json!("1"), &json!("2"))
    );
    let activate = format!("{EXTENSION}/activate");
    let answer = Asking::of(&world)
        .id("request-2")
        .post(&activate, &json!({ "version": "3" }));
    is(answer, 409, "extension-state");
    let answer = Asking::of(&world)
        .id("request-3")
        .post(&activate, &json!({ "version": "4" }));
    is(answer, 404, "no-such-version");
    let answer = Asking::of(&world)
        .id("request-4")
        .post(&activate, &json!({ "version": "no version" }));
    is(answer, 400, "invalid-field");
    let (_, shown) = Asking::of(&world)
        .id("request-5")
        .post(&activate, &json!({ "version": "2" }));
    assert_eq!(shown["active"], "2");
    let told = world.published_events();
    let active: Vec<&Value> = told
        .iter()
        .map(|event| &event.detail["data"]["active"])
        .collect();
    assert_eq!(active, [&json!("1"), &json!("2")]);
}

#[test]
fn a_request_that_is_repeated_goes_back_once() {
    let world = world();
    for _ in 0..3 {
        let (status, shown) =
            Asking::of(&world).post(&format!("{EXTENSION}/rollback"), &Value::Null);
        assert_eq!((status, &shown["active"]), (200, &json!("1")));
    }
    assert_eq!(
        (
            &extension(&world)["revision"],
            world.published_events().len()
        ),
        (&json!(3), 1)
    );
}

#[test]
fn what_is_stopped_runs_again_when_somebody_says_so() {
    let world = world();
    for (n, (what, state)) in [
        ("disable", "disabled"),
        ("disable", "disabled"),
        ("enable", "active"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("request-{n}");
        let answer = Asking::of(&world)
            .id(&id)
            .post(&format!("{EXTENSION}/{what}"), &Value::Null);
        assert_eq!((answer.0, &answer.1["state"]), (200, &json!(state)));
    }
    assert_eq!(extension(&world)["revision"], 4);
}

#[test]
fn what_is_removed_is_on_its_way_out_at_once_and_comes_back_by_no_means() {
    let world = world();
    let remove = format!("DELETE {EXTENSION}");
    let (status, shown) = Asking::of(&world).send(&remove, &Value::Null);
    assert_eq!((status, &shown["state"]), (202, &json!("removing")));
    let sent = world.sent_messages(EXTENSION_UPLOADS_QUEUE);
    let task: Value = serde_json::from_str(&sent[0].body).unwrap();
    assert_eq!(
        task,
        json!({ "task": "remove", "tenant": "harbour", "extension": "greeter" })
    );
    for what in ["rollback", "enable", "disable"] {
        let answer = Asking::of(&world)
            .id("request-2")
            .post(&format!("{EXTENSION}/{what}"), &Value::Null);
        is(answer, 409, "extension-state");
    }
}
