//! What the route takes and answers, for the API's description.

use openapi::{Answer, Method, Moment, Route, Service, json};
use partner::description::{about_an_audience, for_a_purpose, given};
use tenancy::Segment;

use crate::Page;

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![list()],
    }
}

fn list() -> Route {
    let example = json!({ "profiles": [given()], "next": "eyJzaGFyZCI6" });
    let page = Answer::json::<Page<'_>>(
        200,
        "A hundred people at most; the last page has no next.",
        &example,
    );
    let route = Route::new(Method::Get, "/v1/profiles", "Who consented to a purpose");
    let route = for_a_purpose(route)
        .query::<Segment>("segment", "Those whom your tenant calls so.")
        .query::<CountryCode>("country", "Those who live there.")
        .query::<Moment>("updated_since", "Those who changed then or later.")
        .query::<Cursor>(
            "cursor",
            "next of the page before, with the same purpose and filters.",
        );
    about_an_audience(route, page)
}

/// A country as it is asked for.
struct CountryCode;

/// A place in a list.
struct Cursor;

openapi::texts! {
    CountryCode: "A country's code of ISO 3166-1, in any case.", "^[A-Za-z]{2}$", "CH";
    Cursor as "AudienceCursor": "What the page before gave as next.", "^[A-Za-z0-9_-]+$", "eyJzaGFyZCI6";
}
