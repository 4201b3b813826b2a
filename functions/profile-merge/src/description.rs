//! What the routes take and answer, for the API's description.

use identity::ProfileId;
use openapi::{Answer, Caller, Method, Route, Service, json};
use profile::{IdentifierPlace, LogPlace};

use crate::{
    MERGE,
    representation::{IdentifiersResponse, MergedResponse, MergesResponse, PartedResponse},
    routes::{MergeRequest, SplitRequest},
};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![merge(), merges(), identifiers(), split()],
    }
}

fn merge() -> Route {
    let asked = json!({
        "profiles": ["prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012", "prf_0198f2a1d2e37f408b5c6d7e8f901223"],
        "dry_run": false,
    });
    let example = json!({
        "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "merge_id": "mrg_0198f2a2e3f4705192a3b4c5d6e7f809",
    });
    let about = "Who the two are now, or with dry_run, what would become of them.";
    let route = Route::new(Method::Post, "/v1/profiles/merge", "Makes two persons one");
    of_operators(route)
        .takes::<MergeRequest>(&["application/json"], &asked)
        .answers(Answer::json::<MergedResponse<'_>>(200, about, &example))
        .problems(&["merge-refused", "settling"])
}

fn merges() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/profiles/{profile_id}/merges",
        "The merges that a person went through",
    );
    let example = json!({
        "merges": [{
            "merge_id": "mrg_0198f2a2e3f4705192a3b4c5d6e7f809",
            "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "absorbed_id": "prf_0198f2a1d2e37f408b5c6d7e8f901223",
            "status": "done",
            "at": "2026-01-15T09:00:00Z",
            "by": "operator",
            "operator": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
            "request_id": "JKJaXmPLvHcESHA=",
        }],
    });
    of_operators(route)
        .path::<ProfileId>("profile_id", "Whose merges.")
        .query::<LogPlace>("cursor", "next of the page before.")
        .answers(Answer::json::<MergesResponse>(
            200,
            "The oldest first, a hundred at a time.",
            &example,
        ))
        .problems(&["invalid-parameter"])
}

fn identifiers() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/profiles/{profile_id}/identifiers",
        "What points at a person, without what it says",
    );
    let example = json!({
        "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "identifiers": [{
            "member": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "kind": "email",
            "digest": "9f86d081884c7d65",
            "verified": true,
            "by": "person",
            "since": "2026-01-15T09:00:00Z",
        }, {
            "member": "prf_0198f2a1d2e37f408b5c6d7e8f901223",
            "kind": "external",
            "digest": "2c26b46b68ffc68f",
            "verified": false,
            "by": "partner",
            "partner": "chandlery",
            "since": "2026-01-14T17:30:00Z",
        }],
    });
    of_operators(route)
        .path::<ProfileId>("profile_id", "Whose identifiers.")
        .query::<IdentifierPlace>("cursor", "next of the page before.")
        .answers(Answer::json::<IdentifiersResponse<'_>>(
            200,
            "Those of one member after those of another, a hundred at a time.",
            &example,
        ))
        .problems(&["invalid-parameter"])
}

fn split() -> Route {
    let route = Route::new(
        Method::Post,
        "/v1/profiles/{profile_id}/split",
        "Undoes a merge",
    );
    let example = json!({
        "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "restored_id": "prf_0198f2a1d2e37f408b5c6d7e8f901223",
        "merge_id": "mrg_0198f2a2e3f4705192a3b4c5d6e7f809",
    });
    let asked = json!({ "merge_id": "mrg_0198f2a2e3f4705192a3b4c5d6e7f809" });
    of_operators(route)
        .path::<ProfileId>("profile_id", "Who is to be two again.")
        .takes::<SplitRequest>(&["application/json"], &asked)
        .answers(Answer::json::<PartedResponse>(
            200,
            "Who the two are.",
            &example,
        ))
        .problems(&["no-such-merge", "settling"])
}

fn of_operators(route: Route) -> Route {
    route
        .caller(Caller::Operator(MERGE))
        .problems(&["invalid-field", "no-such-profile"])
}
