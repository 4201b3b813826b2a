//! Calls every route that is described, as everyone, with ids that are theirs and ids that are not, on
//! a simulated AWS; and compares what is answered with a model that was written from docs/http-api.md
//! alone. Then bugs are planted, and each has to be found. The last line is the figure.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test harness stops at once, with a sentence that says why"
)]

mod callers;
mod extensions;
mod logins;
mod model;
mod planted;
mod requests;
mod rows;
mod uploads;
mod world;

use std::{process::ExitCode, time::Duration};

use erasure::ErasureIdSource;
use lambda_kit::aws::CallBudget;
use mimalloc::MiMalloc;
use serde_json::{Value, value::to_raw_value};
use subscription::SecretSource;
use tenancy::WriteKeySource;
use testkit::{World, explore::side_by_side};

use crate::{
    callers::Caller,
    model::Expected,
    requests::MERGE,
    world::{Subject, people},
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What is said of the API: the routes come from here, so that none is left out.
const DESCRIPTION: &str = include_str!("../../../docs/openapi.json");

#[derive(Default)]
struct Tally {
    questions: u64,
    admitted: u64,
    admitted_wrongly: u64,
    refused_wrongly: u64,
    /// Nothing is printed of what is wrong, since it is meant to be.
    is_quiet: bool,
}

impl Tally {
    fn quiet() -> Self {
        Self {
            is_quiet: true,
            ..Self::default()
        }
    }

    fn and(self, other: &Self) -> Self {
        Self {
            questions: self.questions + other.questions,
            admitted: self.admitted + other.admitted,
            admitted_wrongly: self.admitted_wrongly + other.admitted_wrongly,
            refused_wrongly: self.refused_wrongly + other.refused_wrongly,
            is_quiet: self.is_quiet,
        }
    }
}

fn main() -> ExitCode {
    let routes = routes();
    let asked: Vec<(&String, Caller)> = routes
        .iter()
        .flat_map(|route| callers::ALL.iter().map(move |caller| (route, *caller)))
        .collect();
    let tallies = side_by_side(&asked, |(route, caller)| {
        let mut tally = Tally::default();
        ask_about_everyone(route, *caller, &mut tally);
        tally
    });
    let tally = tallies.iter().fold(Tally::default(), Tally::and);
    println!(
        "{} of {} requests are answered by yes",
        tally.admitted, tally.questions
    );
    let (caught, planted) = planted::caught();
    println!(
        "routes {} × principals {} × foreign ids {}: admitted wrongly {}; refused wrongly {}; planted bugs caught {caught}/{planted}",
        routes.len(),
        callers::ALL.len(),
        Subject::ALL.len(),
        tally.admitted_wrongly,
        tally.refused_wrongly
    );
    let has_both = tally.admitted > 0 && tally.admitted < tally.questions;
    if has_both && caught == planted && tally.admitted_wrongly + tally.refused_wrongly == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The keys of all routes: `GET /v1/me`.
fn routes() -> Vec<String> {
    let document: Value = serde_json::from_str(DESCRIPTION).expect("docs/openapi.json is JSON");
    let paths = document["paths"]
        .as_object()
        .expect("a description has paths");
    let routes = paths.iter().flat_map(|(path, operations)| {
        let methods = operations
            .as_object()
            .expect("a path has operations")
            .keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    routes.collect()
}

/// Calls `route` as `caller` with each id in turn, in one world: what is done by a request changes no
/// other one's answer. A merge is asked about, and done.
fn ask_about_everyone(route: &str, caller: Caller, tally: &mut Tally) {
    let world = world::world();
    let merge_id = world::merge(&world);
    if route.contains("erasure") {
        leave(&world, &merge_id);
    }
    if route == MERGE {
        world::add_twins(&world);
    }
    for subject in Subject::ALL {
        let request = requests::request(&world, route, caller, subject, &merge_id);
        let answer = send(&world, route, &request);
        let expected = model::expected(route, caller, subject);
        judge(route, caller, subject, (&answer, &expected), tally);
        if route == MERGE {
            merge(&world, caller, subject, request, tally);
        }
    }
    if !logins::joan_gets_in(&world) {
        tally.admitted_wrongly += 1;
        println!("admitted wrongly: {route} by {caller:?} took Joan's login off");
    }
}

/// What `asked` only asked about is done, to somebody who was made for it; who is told no has done
/// nothing, either.
fn merge(world: &World, caller: Caller, subject: Subject, asked: Value, tally: &mut Tally) {
    let request = requests::for_real(asked, subject);
    let answer = send(world, MERGE, &request);
    let expected = model::expected_for_real(caller, subject);
    judge(MERGE, caller, subject, (&answer, &expected), tally);
    let wrongly = match (world::are_one(world, subject), expected.is_yes) {
        (true, false) => &mut tally.admitted_wrongly,
        (false, true) => &mut tally.refused_wrongly,
        _ => return,
    };
    *wrongly += 1;
    if !tally.is_quiet {
        println!("{MERGE} by {caller:?} about {subject:?} did not do what it said: {answer}");
    }
}

/// Jane asks to be erased, and may still take it back.
fn leave(world: &World, merge_id: &str) {
    let route = "DELETE /v1/me";
    let request = requests::request(world, route, Caller::Person, Subject::Jane, merge_id);
    let answer = send(world, route, &request);
    assert_eq!(answer["statusCode"], 202, "{answer}");
}

/// The function's answer.
fn send(world: &World, route: &str, request: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let environment = world.environment();
    let invocation = world.invocation(Duration::from_secs(10));
    let event = to_raw_value(request).unwrap();
    let (clock, ids) = (world.clock(), world.ids());
    macro_rules! answer {
        ($function:ident $(, $more:expr)*) => {{
            let app = $function::App::new(&environment, &sdk, clock $(, $more)*).unwrap();
            let answer = world.block_on($function::handle(&app, &event, invocation));
            serde_json::to_value(answer.unwrap()).unwrap()
        }};
    }
    match requests::function(route) {
        "dead-letters-api" => answer!(dead_letters_api, ids),
        "directory-api" => answer!(directory_api, ids, WriteKeySource::system()),
        "directory-clients" => answer!(directory_clients, ids),
        "docs-api" => answer!(docs_api),
        "erasure-api" => {
            let more = world.ids();
            let erasure_ids = if route == requests::ERASE {
                ErasureIdSource::from_fn(move || Some(more.uuid().into_bytes()))
            } else {
                ErasureIdSource::from_fn(|| Some(world::ERASURE))
            };
            answer!(erasure_api, ids, erasure_ids)
        }
        "extension-api" => answer!(extension_api, ids),
        "event-data" => answer!(event_data, ids),
        "event-rejected" => answer!(event_rejected, ids),
        "event-types" => answer!(event_types, ids),
        "event-uploaded" => answer!(event_uploaded, ids),
        "event-uploads" => answer!(event_uploads, ids),
        "identity-logins" => answer!(identity_logins, ids),
        "operations-api" => answer!(operations_api),
        "partner-api" => answer!(partner_api, ids),
        "partner-changes" => answer!(partner_changes, ids),
        "partner-hooks" => answer!(partner_hooks, ids),
        "partner-ingest" => answer!(partner_ingest, ids),
        "partner-list" => answer!(partner_list, ids),
        "partner-segment" => answer!(partner_segment, ids),
        "partner-subscriptions" => {
            let secrets = SecretSource::from_fn(|| Some([1; 32]));
            answer!(partner_subscriptions, ids, secrets)
        }
        "profile-api" => answer!(profile_api, ids),
        "profile-datasets" => answer!(profile_datasets, ids),
        "profile-export" => answer!(profile_export, ids),
        "profile-identify" => answer!(profile_identify, ids),
        "profile-merge" => answer!(profile_merge, ids),
        "receipt-api" => answer!(receipt_api, ids),
        other => panic!("main.rs does not know how to call {other}"),
    }
}

/// Whether the answer is a yes, and what it tells of anybody, against what may be.
fn judge(
    route: &str,
    caller: Caller,
    subject: Subject,
    (answer, expected): (&Value, &Expected),
    tally: &mut Tally,
) {
    let whole = answer.to_string();
    let told: Vec<&str> = people()
        .filter(|person| whole.contains(person.marker) || whole.contains(person.id))
        .filter(|person| !expected.may_be_told_of.contains(&person.id))
        .map(|person| person.marker)
        .collect();
    let is_yes = is_yes(
        route,
        answer["statusCode"].as_u64().unwrap_or_default(),
        answer["body"].as_str().unwrap_or_default(),
    );
    tally.questions += 1;
    tally.admitted += u64::from(is_yes);
    let verdict = if (is_yes && !expected.is_yes) || !told.is_empty() {
        tally.admitted_wrongly += 1;
        "admitted wrongly"
    } else if !is_yes && expected.is_yes {
        tally.refused_wrongly += 1;
        "refused wrongly"
    } else {
        return;
    };
    if tally.is_quiet {
        return;
    }
    println!("{verdict}: {route} by {caller:?} about {subject:?}, told of {told:?}: {answer}");
}

/// A batch is a yes if its one answer is, and a list for partners if somebody is on it.
fn is_yes(route: &str, status: u64, body: &str) -> bool {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let has_any = |list: &str| body[list].as_array().is_some_and(|list| !list.is_empty());
    let is_told = match route {
        "POST /v1/profiles/batch" => body["answers"][0]["status"] == 200,
        "GET /v1/profiles" => has_any("profiles"),
        "GET /v1/changes" => has_any("changes"),
        "GET /v1/erasures" => has_any("erasures"),
        _ => true,
    };
    // One route leads elsewhere.
    is_told && ((200..300).contains(&status) || status == 307)
}
