//! What the routes take and answer, for the API's description.

use erasure::Certificate;
use identity::{ErasureId, ProfileId};
use openapi::{Answer, Caller, Method, Route, Service, Value, json};

use crate::{
    representation::{Open, Status},
    routes::{
        machines,
        operators::{self, ErasureRequest},
        people,
    },
};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![
            request(),
            own(),
            withdraw(),
            request_for(),
            read(),
            certificate(),
            open(),
            acknowledge(),
        ],
    }
}

fn request() -> Route {
    let begun = Answer::json::<Status<'_>>(202, "What was begun, or had been before.", &status());
    Route::new(Method::Delete, "/v1/me", "Erases all that is held on you")
        .people(people::WRITE)
        .answers(begun.header::<Place>("location", "Where to ask how far it is."))
        .problems(&["no-such-erasure", "no-such-profile"])
}

fn request_for() -> Route {
    let begun = Answer::json::<Status<'_>>(202, "What was begun, or had been before.", &status());
    Route::new(
        Method::Post,
        "/v1/profiles/{profile_id}/erasure",
        "Erases a person who has no login to ask by",
    )
    .caller(Caller::Operator(operators::ERASE))
    .path::<ProfileId>("profile_id", "Whom.")
    .takes::<ErasureRequest>(&["application/json"], &json!({ "case": "desk/2026-0042" }))
    .answers(begun.header::<Place>("location", "Where to ask how far it is."))
    .problems(&["invalid-field", "no-such-profile", "settling"])
}

fn own() -> Route {
    Route::new(Method::Get, "/v1/me/erasure", "How far your erasure is")
        .people(people::READ)
        .answers(how_far())
        .problems(&["no-such-erasure", "no-such-profile"])
}

fn withdraw() -> Route {
    Route::new(Method::Delete, "/v1/me/erasure", "Takes your erasure back")
        .people(people::WRITE)
        .answers(Answer::empty(204, "You stay, or were not leaving."))
        .problems(&["erasure-under-way", "no-such-erasure", "no-such-profile"])
}

fn read() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/erasures/{erasure_id}",
        "How far an erasure is",
    );
    open_to_its_holder(route).answers(how_far())
}

fn certificate() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/erasures/{erasure_id}/certificate",
        "What was erased, and who was told",
    );
    open_to_its_holder(route).answers(Answer::json::<Certificate>(
        200,
        "The certificate, which never changes.",
        &certified(),
    ))
}

fn open() -> Route {
    let example = json!({
        "erasures": [{
            "erasure_id": "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2",
            "profile_ids": [
                "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
                "prf_0198f2a1d2e37f408b5c6d7e8f901223",
            ],
            "shared": [{
                "profile_id": "prf_0198f2a1d2e37f408b5c6d7e8f901223",
                "from": "2025-11-03T14:20:00Z",
                "until": "2025-11-05T08:45:30Z",
            }],
            "told_at": "2026-01-18T09:10:02Z",
            "acknowledge_by": "2026-02-01T09:10:03Z",
            "reminders": 0,
        }],
    });
    Route::new(
        Method::Get,
        "/v1/erasures",
        "Whom you were given, and have not said to have erased",
    )
    .caller(Caller::AnyMachine(machines::READ))
    .answers(Answer::json::<Open<'_>>(200, "The oldest fifty.", &example))
}

fn acknowledge() -> Route {
    let route = Route::new(
        Method::Post,
        "/v1/erasures/{erasure_id}/ack",
        "Says that you erased what you were given of the person",
    );
    of_one(route)
        .caller(Caller::AnyMachine(machines::READ))
        .answers(Answer::empty(204, "It is on record."))
}

/// Whoever has the id may ask.
fn open_to_its_holder(route: Route) -> Route {
    of_one(route)
        .details(
            "Whoever has the id may ask: once their logins are gone, a person has no other way.",
        )
        .problems(&["unavailable"])
}

fn of_one(route: Route) -> Route {
    route
        .path::<ErasureId>("erasure_id", "Which erasure.")
        .problems(&["no-such-erasure"])
}

fn how_far() -> Answer {
    Answer::json::<Status<'_>>(200, "How far it is.", &status())
}

/// A path of this API.
struct Place;

openapi::texts! {
    Place as "ErasurePlace": "Where an erasure is to be asked about.", "^/v1/erasures/era_[0-9a-f]{32}$", "/v1/erasures/era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
}

fn status() -> Value {
    json!({
        "erasure_id": "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2",
        "state": "requested",
        "next": "Nobody reads or changes your profile. At removal_at your logins and then your data are removed, …",
        "requested_at": "2026-01-15T09:10:00Z",
        "removal_at": "2026-01-18T09:10:00Z",
        "told": 0,
        "acknowledged": 0,
    })
}

fn certified() -> Value {
    json!({
        "schema_version": "fairlead.erasure/1",
        "erasure_id": "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2",
        "requested_at": "2026-01-15T09:10:00Z",
        "frozen_at": "2026-01-15T09:10:03Z",
        "logins_removed_at": "2026-01-18T09:10:01Z",
        "data_removed_at": "2026-01-18T09:10:02Z",
        "erased": { "profiles": 1, "logins": 1, "identifiers": 3, "records": 12, "reasons_in_receipts": 2 },
        "kept": [
            "a keyed hash of each identifier, by which nothing brings the person back",
            "receipts of who read what, without names, values and reasons, under the bare id: for the rest of twelve months at hand, afterwards in an archive",
            "events that were refused and in which nobody can be told, or that came later: with their senders, for 14 days",
        ],
        "recipients": [{
            "tenant": "harbour",
            "partner": "chandlery",
            "told_at": "2026-01-18T09:10:02Z",
            "reminders": 1,
            "acknowledged_at": "2026-01-19T11:00:00Z",
        }],
        "acknowledge_by": "2026-02-01T09:10:03Z",
        "issued_at": "2026-01-20T09:10:02Z",
    })
}
