//! What keeping and reading audiences costs at DynamoDB, counted as [`crate::costs`] counts.

use std::{fmt::Write as _, time::Duration};

use audience::Projection;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

use crate::costs::dollars;

const LIMIT: Duration = Duration::from_secs(10);

/// Calls, read units and write units.
type Cost = (usize, f64, f64);

/// The costs as a table in Markdown.
#[must_use]
pub fn table() -> String {
    let mut table =
        "| for an audience | calls | read units | write units | dollars per million |\n\
                     | --- | ---: | ---: | ---: | ---: |\n"
            .to_owned();
    for (name, (calls, reads, writes)) in costs() {
        let dollars = dollars(reads, writes);
        // Writing to a text can't fail.
        let _ = writeln!(
            table,
            "| {name} | {calls} | {reads} | {writes} | {dollars:.2} |"
        );
    }
    table
}

fn costs() -> Vec<(&'static str, Cost)> {
    let world = world();
    let mut costs = vec![
        ("somebody enters", keeps(&world, 0)),
        ("an event that changes nothing", keeps(&world, 0)),
    ];
    put_person(&world, 0, 2);
    costs.push(("they change", keeps(&world, 0)));
    consents(&world, 0, "withdrawn");
    costs.push(("they leave", keeps(&world, 0)));
    let place = reads(&world, "GET /v1/changes", &json!({})).0["next"].clone();
    for n in 1..101 {
        keeps(&world, n);
    }
    let (list, feed) = ("GET /v1/profiles", "GET /v1/changes");
    let filter = json!({ "segment": "regulars", "country": "CH" });
    let (page, whole_page) = reads(&world, feed, &json!({ "since": place }));
    let since = json!({ "since": page["next"] });
    let (page, _) = reads(&world, feed, &since);
    costs.extend([
        ("a list of 100 people", reads(&world, list, &json!({})).1),
        (
            "a list of 50 of them, by segment and country",
            reads(&world, list, &filter).1,
        ),
        ("the place in a feed", reads(&world, feed, &json!({})).1),
        ("a page of 100 changes", whole_page),
        (
            "a page without a change",
            reads(&world, feed, &json!({ "since": page["next"] })).1,
        ),
    ]);
    costs
}

/// What it costs to keep the audiences of a person.
fn keeps(world: &World, n: u32) -> Cost {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let projection = Projection::new(&sdk, "profiles", "audiences", world.clock());
    let id = id(n).parse().expect("it is an id");
    let (kept, cost) = counted(world, || world.block_on(projection.keep(id)));
    kept.expect("they are kept");
    cost
}

/// What a partner is answered by a process that is warm, and what that costs.
fn reads(world: &World, route: &str, query: &Value) -> (Value, Cost) {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": route,
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "fairlead-purpose": "newsletter",
        },
        "queryStringParameters": query,
        "requestContext": { "requestId": "JKJaXmPLvHcESHA=" },
    });
    let event = to_raw_value(&request).expect("a request is JSON");
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let (environment, clock, ids) = (world.environment(), world.clock(), world.ids());
    let answer: Box<dyn Fn() -> Option<String>> = if route == "GET /v1/profiles" {
        let app = partner_list::App::new(&environment, &sdk, clock, ids);
        let app = app.expect("the environment is whole");
        Box::new(move || {
            let answer = partner_list::handle(&app, &event, world.invocation(LIMIT));
            world.block_on(answer).ok()?.body
        })
    } else {
        let app = partner_changes::App::new(&environment, &sdk, clock, ids);
        let app = app.expect("the environment is whole");
        Box::new(move || {
            let answer = partner_changes::handle(&app, &event, world.invocation(LIMIT));
            world.block_on(answer).ok()?.body
        })
    };
    answer();
    let (body, cost) = counted(world, answer);
    let body = body.expect("an answer has a body");
    (
        serde_json::from_str(&body).expect("an answer is JSON"),
        cost,
    )
}

fn counted<T>(world: &World, action: impl FnOnce() -> T) -> (T, Cost) {
    let (calls, before) = (world.trace().len(), world.engines().consumed());
    let outcome = action();
    let after = world.engines().consumed();
    let cost = (
        world.trace().len() - calls,
        after.reads - before.reads,
        after.writes - before.writes,
    );
    (outcome, cost)
}

/// People who agreed to the newsletter, each with a country and every second with a segment, in no
/// audience yet; and a partner that may list them.
fn world() -> World {
    let world = World::new(1);
    for row in [
        json!({
            "tenant": "harbour", "part": "purpose#newsletter", "display_name": "Newsletter",
            "legal_basis": "consent", "text_versions": ["2026-01"],
        }),
        json!({
            "tenant": "harbour", "part": "agreement#letters", "partner": "chandlery",
            "terms": { "newsletter": ["names", "demographics"] },
        }),
        Token::client_row("harbour", "chandlery", "letters"),
    ] {
        world.put_row("directory", row);
    }
    for n in 0..101 {
        put_person(&world, n, 1);
        consents(&world, n, "granted");
        if n.is_multiple_of(2) {
            world.put_row(
                "profiles",
                json!({
                    "profile_id": id(n), "part": "traits#harbour", "tenant": "harbour", "partner": "crm",
                    "segments": ["regulars"], "at": "2025-06-01T00:00:00Z",
                }),
            );
        }
    }
    world
}

fn put_person(world: &World, n: u32, version: u32) {
    let field =
        |value: &str| json!({ "value": value, "at": "2025-06-01T00:00:00Z", "source": "person" });
    world.put_row(
        "profiles",
        json!({
            "profile_id": id(n), "part": "profile", "version": version,
            "fields": { "given_name": field("Jane"), "family_name": field("Keel"), "country": field("CH") },
            "created_at": "2025-06-01T00:00:00Z", "updated_at": format!("2025-06-0{version}T00:00:00Z"),
            "last_request": "an earlier request",
        }),
    );
}

fn consents(world: &World, n: u32, ruling: &str) {
    world.put_row(
        "profiles",
        json!({
            "profile_id": id(n), "part": "consent#harbour#newsletter", "tenant": "harbour",
            "purpose": "newsletter", "ruling": ruling, "text_version": "2026-01",
            "surface": "self-service", "decided_at": "2025-05-01T00:00:00Z", "version": 1,
        }),
    );
}

fn id(n: u32) -> String {
    format!("prf_{n:032x}")
}
