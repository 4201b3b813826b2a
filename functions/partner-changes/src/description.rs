//! What the route takes and answers, for the API's description.

use openapi::{Answer, Method, Route, Service, json};
use partner::description::{about_an_audience, for_a_purpose, given};

use crate::Page;

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![changes()],
    }
}

fn changes() -> Route {
    let changed = openapi::with(given(), "change", json!("changed"));
    let example = json!({
        "changes": [
            changed,
            { "change": "gone", "profile_id": "prf_0198f2a1d2e37f408b5c6d7e8f901223" },
        ],
        "next": "eyJhdCI6IjIw",
        "more": false,
    });
    let page = Answer::json::<Page<'_>>(
        200,
        "A hundred changes at most; next is the place after them.",
        &example,
    );
    let route = Route::new(
        Method::Get,
        "/v1/changes",
        "What became of those who consented to a purpose",
    );
    let route = for_a_purpose(route).query::<Since>(
        "since",
        "next of the page before, with the same purpose; without it, next is the place of this moment.",
    );
    about_an_audience(route, page).problems(&["cursor-expired"])
}

/// A place in the feed.
struct Since;

openapi::texts! {
    Since as "FeedPlace": "What the page before gave as next.", "^[A-Za-z0-9_-]+$", "eyJhdCI6IjIw";
}
