//! What answering partners costs at DynamoDB: calls and units of each kind of read, counted on the
//! simulated tables by a process that is warm.

use std::fmt::Write as _;

use identity::{Identifier, IdentifierKey};
use lambda_kit::aws::CallBudget;
use partner_api::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

const LIMIT: std::time::Duration = std::time::Duration::from_secs(10);

/// What DynamoDB asks in us-east-1 for a million read units and a million write units, in dollars
/// (<https://aws.amazon.com/dynamodb/pricing/on-demand/>).
const PER_MILLION_READS: f64 = 0.125;
const PER_MILLION_WRITES: f64 = 0.625;

/// A kind of read, and the request for it.
struct Operation {
    name: &'static str,
    request: fn(&World) -> Value,
}

const OPERATIONS: [Operation; 6] = [
    Operation {
        name: "by id",
        request: |world| by_id(world, 0),
    },
    Operation {
        name: "by id, of nobody",
        request: |world| by_id(world, 1_000),
    },
    Operation {
        name: "by the id of a profile that was merged",
        request: |world| by_id(world, 500),
    },
    Operation {
        name: "by an identifier",
        request: |world| posted(world, "resolve", &json!({ "email": email(0) })),
    },
    Operation {
        name: "100 people by their ids",
        request: |world| batch(world, |n| json!({ "profile_id": id(n) })),
    },
    Operation {
        name: "100 people by identifiers",
        request: |world| batch(world, |n| json!({ "email": email(n) })),
    },
];

/// The costs as a table in Markdown.
#[must_use]
pub fn table() -> String {
    let mut table = "| a read | calls | read units | write units | dollars per million |\n\
                     | --- | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for operation in &OPERATIONS {
        let (calls, reads, writes) = cost(operation);
        let dollars = dollars(reads, writes);
        let name = operation.name;
        // Writing to a text can't fail.
        let _ = writeln!(
            table,
            "| {name} | {calls} | {reads} | {writes} | {dollars:.2} |"
        );
    }
    table
}

/// What a million of something cost that takes so many units.
pub(crate) fn dollars(reads: f64, writes: f64) -> f64 {
    reads.mul_add(PER_MILLION_READS, writes * PER_MILLION_WRITES)
}

/// The calls, read units and write units of one answer.
fn cost(operation: &Operation) -> (usize, f64, f64) {
    let world = world();
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
        .expect("the environment is whole");
    let event = to_raw_value(&(operation.request)(&world)).expect("a request is JSON");
    let answer = || {
        let answer = world.block_on(handle(&app, &event, world.invocation(LIMIT)));
        assert!(answer.is_ok_and(|answer| [200, 404].contains(&answer.status_code)));
        (world.trace().len(), world.engines().consumed())
    };
    let (calls_before, before) = answer();
    let (calls, after) = answer();
    (
        calls - calls_before,
        after.reads - before.reads,
        after.writes - before.writes,
    )
}

/// A hundred people who agreed to the newsletter, one of them with a second profile, and a partner
/// that may send it to them.
fn world() -> World {
    let world = World::new(1);
    for row in [
        json!({
            "tenant": "harbour", "part": "purpose#newsletter", "display_name": "Newsletter",
            "legal_basis": "consent", "text_versions": ["2026-01"],
        }),
        json!({
            "tenant": "harbour", "part": "agreement#letters", "partner": "chandlery",
            "terms": { "newsletter": ["names", "contacts"] },
        }),
    ] {
        world.put_row("directory", row);
    }
    let key = IdentifierKey::from_environment(&world.environment());
    let key = key.expect("the environment is whole");
    for n in 0..100 {
        put_person(&world, n, &key);
    }
    world.put_row(
        "profiles",
        json!({ "profile_id": id(500), "part": "profile", "closed": "merged", "merged_into": id(0) }),
    );
    world
}

fn put_person(world: &World, n: u32, key: &IdentifierKey) {
    let field = |value: &str| json!({ "value": value, "verified": true, "at": "2025-06-01T00:00:00Z", "source": "login" });
    world.put_row(
        "profiles",
        json!({
            "profile_id": id(n),
            "part": "profile",
            "version": 3,
            "fields": {
                "email": field(&email(n)),
                "phone_number": field("+4930901820"),
                "given_name": field("Jane"),
                "family_name": field("Keel"),
                "birthdate": field("1990-12-31"),
                "locale": field("de-CH"),
            },
            "created_at": "2025-06-01T00:00:00Z",
            "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    world.put_row(
        "profiles",
        json!({
            "profile_id": id(n), "part": "consent#harbour#newsletter", "tenant": "harbour",
            "purpose": "newsletter", "ruling": "granted", "text_version": "2026-01",
            "surface": "self-service", "decided_at": "2025-07-01T00:00:00Z", "version": 1,
        }),
    );
    let address = email(n).parse().expect("it is an address");
    world.put_row(
        "identifiers",
        json!({
            "identifier": Identifier::Email(address).key(key), "profile_id": id(n),
            "member": id(n), "verified": true, "at": "2025-06-01T00:00:00Z",
        }),
    );
}

fn id(n: u32) -> String {
    format!("prf_{n:032x}")
}

fn email(n: u32) -> String {
    format!("person-{n}@example.com")
}

fn by_id(world: &World, n: u32) -> Value {
    let mut request = request(world, "GET /v1/profiles/{profile_id}");
    add(
        &mut request,
        "pathParameters",
        json!({ "profile_id": id(n) }),
    );
    request
}

fn batch(world: &World, person: impl Fn(u32) -> Value) -> Value {
    let people: Vec<Value> = (0..100).map(person).collect();
    posted(world, "batch", &json!({ "profiles": people }))
}

fn posted(world: &World, route: &str, body: &Value) -> Value {
    let mut request = request(world, &format!("POST /v1/profiles/{route}"));
    add(&mut request, "body", body.to_string().into());
    request
}

fn add(request: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = request {
        members.insert(name.to_owned(), value);
    }
}

fn request(world: &World, route: &str) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    json!({
        "routeKey": route,
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "content-type": "application/json",
            "fairlead-purpose": "newsletter",
        },
        "requestContext": { "requestId": "JKJaXmPLvHcESHA=" },
    })
}
