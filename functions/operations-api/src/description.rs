//! What the routes take and answer, for the API's description.

use openapi::{Answer, Caller, Method, Route, Service, json};

use crate::{
    SCOPE,
    representation::{FlowsResponse, HouseResponse},
};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![house(), flows()],
    }
}

fn house() -> Route {
    let example = json!({
        "as_of": "2026-01-15T09:03:20Z",
        "from": "2026-01-15T08:05:00Z",
        "to": "2026-01-15T09:05:00Z",
        "step_seconds": 300,
        "parts": [{
            "part": "queue/events-in",
            "kind": "queue",
            "name": "events-in",
            "context": "intake",
            "feeds": ["function/event-router"],
            "dead_letters": "dead-letters/events-in-dead-letters",
            "through": 5,
            "done": 4,
            "waiting": 1,
            "oldest_seconds": 12,
            "series": {
                "through": [null, null, null, 2, 1, null, null, null, null, 2, null, null],
                "done": [null, null, null, 2, 1, null, null, null, null, 1, null, null],
                "waiting": [null, null, null, 0, 0, null, null, null, null, 1, 1, null],
                "oldest_seconds": [null, null, null, 0, 0, null, null, null, null, 8, 12, null],
            },
        }],
    });
    Route::new(
        Method::Get,
        "/v1/operations/house",
        "How much went through each part of the house, what waits there and what failed",
    )
    .caller(Caller::Operator(SCOPE))
    .details("Figures are CloudWatch's, up to a minute old. One that it does not have is absent, which is not 0.")
    .query::<OverName>("over", "Of which time; without it, of an hour.")
    .answers(Answer::json::<HouseResponse<'_>>(
        200,
        "Every part, with what it feeds and its figures.",
        &example,
    ))
    .problems(&["invalid-parameter"])
}

fn flows() -> Route {
    let example = json!({
        "flows": [{
            "flow": "fairlead-production-salesforce-outcomes",
            "way": "out",
            "state": "mending",
            "since": "2026-01-15T09:00:00Z",
            "cause": "rejected",
            "tries": 1,
            "tried": ["redrive"],
            "acted_at": "2026-01-15T09:00:02Z",
            "next_try_at": "2026-01-15T09:00:48Z",
            "next": ["redrive"],
            "people_told": false,
            "repairs": [{
                "since": "2026-01-12T03:10:00Z",
                "until": "2026-01-12T03:16:00Z",
                "cause": "deactivated",
                "tries": 1,
                "tried": ["start"],
                "people_told": false,
            }],
        }],
    });
    Route::new(
        Method::Get,
        "/v1/operations/flows",
        "How the flows between Salesforce and Fairlead are doing, and what was repaired of late",
    )
    .caller(Caller::Operator(SCOPE))
    .answers(Answer::json::<FlowsResponse<'_>>(
        200,
        "Every flow that there has to be; none where a stage has no Salesforce.",
        &example,
    ))
}

/// The name of a part of the house.
pub(crate) struct PartName;

/// A time that figures are of.
struct OverName;

openapi::texts! {
    PartName: "A part of the house: its kind, and its name among those of its kind.", "^[a-z-]+/[0-9A-Za-z_-]+$", "queue/events-in";
}

openapi::choices! {
    OverName: "An hour in steps of five minutes, or a day in steps of an hour.", ["1h", "24h"];
}
