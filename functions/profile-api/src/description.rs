//! What the routes take and answer, for the API's description.

use identity::ProfileId;
use openapi::{Answer, EntityTag, Method, NoTag, Route, Service, Value, json};
use profile::{ProfilePatch, TimelinePlace};
use tenancy::Purpose;

use crate::{
    caller::{READ, WRITE},
    representation::{
        ConsentsResponse, DecisionResponse, EventsResponse, HistoryResponse, NoticesResponse,
        ProfileResponse, TraitsResponse,
    },
    routes::consents::ConsentRequest,
};

/// The digest of a text.
const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![
            read(),
            patch(),
            events(),
            traits(),
            consents(),
            consent(),
            decide(),
            notices(),
            test(),
        ],
    }
}

fn read() -> Route {
    let profile = Answer::json::<ProfileResponse<'_>>(200, "The profile.", &profile());
    let unchanged = Answer::empty(304, "It still is at the version of If-None-Match.");
    of_the_person(Route::new(Method::Get, "/v1/me", "Your profile"), READ)
        .header::<NoTag>("If-None-Match", "The etag that you have.")
        .answers(profile.header::<EntityTag>("etag", "The profile's version."))
        .answers(unchanged.header::<EntityTag>("etag", "The profile's version."))
}

fn patch() -> Route {
    let takes = ["application/merge-patch+json", "application/json"];
    let example = json!({ "given_name": "Ada", "birthdate": null });
    let profile = Answer::json::<ProfileResponse<'_>>(200, "The profile as it now is.", &profile());
    of_the_person(
        Route::new(Method::Patch, "/v1/me", "Changes your profile"),
        WRITE,
    )
    .needed_header::<NoTag>("If-Match", "The etag that the change builds on.")
    .takes::<ProfilePatch>(&takes, &example)
    .answers(profile.header::<EntityTag>("etag", "The profile's version."))
    .problems(&[
        "invalid-field",
        "read-only-field",
        "repeated-field",
        "stale-version",
        "unknown-field",
        "version-needed",
    ])
}

fn events() -> Route {
    let example = json!({
        "tenant": "harbour",
        "events": [{
            "partner": "chandlery",
            "id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
            "source": "/shops/17",
            "type": "com.example.order.placed.v1",
            "time": "2026-01-15T08:59:00Z",
            "accepted_at": "2026-01-15T09:00:00Z",
            "event": {
                "specversion": "1.0",
                "id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
                "source": "/shops/17",
                "type": "com.example.order.placed.v1",
                "data": { "order": "4711" },
            },
        }],
    });
    let route = Route::new(
        Method::Get,
        "/v1/me/events",
        "What partners of your tenant told of you, the newest first",
    );
    of_the_person(route, READ)
        .query::<TimelinePlace>("cursor", "next of the page before.")
        .answers(Answer::json::<EventsResponse<'_>>(
            200,
            "A page of your timeline.",
            &example,
        ))
        .problems(&["invalid-parameter", "no-tenant-in-token"])
}

fn traits() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/me/traits",
        "What code of your tenant noted of you",
    );
    let example = json!({
        "tenant": "harbour",
        "traits": [{
            "name": "greeting",
            "value": "Guten Tag",
            "noted_at": "2026-01-15T09:00:00Z",
            "extension": "greeter",
        }],
    });
    of_the_person(route, READ)
        .answers(Answer::json::<TraitsResponse<'_>>(
            200,
            "What counts of it, by name.",
            &example,
        ))
        .problems(&["no-tenant-in-token"])
}

fn consents() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/me/consents",
        "Where you stand on each purpose of your tenant",
    );
    let example = json!({ "tenant": "harbour", "purposes": [standing()] });
    of_the_person(route, READ)
        .answers(Answer::json::<ConsentsResponse<'_>>(
            200,
            "Each purpose, with your latest decision.",
            &example,
        ))
        .problems(&["no-tenant-in-token"])
}

fn consent() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/me/consents/{purpose}",
        "Where you stand on one purpose, with the evidence of each decision",
    );
    let example = openapi::with(standing(), "history", json!([record()]));
    on_a_purpose(of_the_person(route, READ))
        .query::<ProfileId>("cursor", "next of the page before.")
        .answers(Answer::json::<HistoryResponse<'_>>(
            200,
            "Where you stand, and your decisions by whichever login, the latest first.",
            &example,
        ))
        .problems(&["invalid-parameter"])
}

fn decide() -> Route {
    let route = Route::new(
        Method::Put,
        "/v1/me/consents/{purpose}",
        "Your decision on a purpose",
    );
    let example = json!({ "decision": "granted", "text_version": "2026-01" });
    on_a_purpose(of_the_person(route, WRITE))
        .takes::<ConsentRequest>(&["application/json"], &example)
        .answers(Answer::json::<DecisionResponse<'_>>(
            200,
            "The decision as it now holds.",
            &decision(),
        ))
        .problems(&[
            "conflicts-with-gpc",
            "not-a-matter-of-consent",
            "unknown-text-version",
        ])
}

fn notices() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/me/notices",
        "By which ways notices of your tenant reach you",
    );
    let example = json!({
        "tenant": "harbour",
        "ways": [
            { "way": "sms", "open": false, "reason": "number-not-proven" },
            { "way": "topic", "open": true, "test": "sent" },
        ],
        "tested_at": "2026-01-15T09:00:00Z",
    });
    of_the_person(route, READ)
        .answers(Answer::json::<NoticesResponse<'_>>(
            200,
            "Each way, why it is closed if it is, and what became of the last test of the day.",
            &example,
        ))
        .problems(&["no-tenant-in-token"])
}

fn test() -> Route {
    let route = Route::new(
        Method::Post,
        "/v1/me/notices/test",
        "Sends you a test message by the ways that are open",
    );
    let example = json!({
        "tenant": "harbour",
        "ways": [
            { "way": "sms", "open": false, "reason": "declined" },
            { "way": "topic", "open": true, "test": "waiting" },
        ],
        "tested_at": "2026-01-15T09:00:00Z",
    });
    of_the_person(route, WRITE)
        .answers(Answer::json::<NoticesResponse<'_>>(
            202,
            "It is on its way: GET /v1/me/notices tells how far it is.",
            &example,
        ))
        .problems(&["no-open-way", "no-tenant-in-token", "too-soon"])
}

/// What all of them have in common.
fn of_the_person(route: Route, scope: &'static str) -> Route {
    route.people(scope).problems(&["no-such-profile"])
}

fn on_a_purpose(route: Route) -> Route {
    route
        .path::<Purpose>("purpose", "Which purpose.")
        .problems(&["invalid-field", "no-tenant-in-token", "unknown-purpose"])
}

fn profile() -> Value {
    json!({
        "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "version": 3,
        "email": "ada@example.com",
        "email_verified": true,
        "given_name": "Ada",
        "locale": "en",
        "created_at": "2026-01-15T09:00:00Z",
        "updated_at": "2026-01-15T09:05:12Z",
    })
}

fn standing() -> Value {
    json!({
        "purpose": "newsletter",
        "display_name": "The Harbour Letter",
        "legal_basis": "consent",
        "text_versions": ["2025-06", "2026-01"],
        "notices": [{
            "text_version": "2026-01",
            "url": "https://harbour.example/privacy/newsletter/2026-01",
            "sha256": DIGEST,
            "recipients": ["Printers"],
            "retention": "Until you unsubscribe",
        }],
        "sale_or_sharing": false,
        "state": "granted",
        "permitted": true,
        "latest": decision(),
    })
}

fn decision() -> Value {
    json!({
        "tenant": "harbour",
        "purpose": "newsletter",
        "decision": "granted",
        "text_version": "2026-01",
        "language": "en",
        "surface": "self-service",
        "decided_at": "2026-01-15T09:06:00Z",
        "expires_at": "2028-01-15T09:06:00Z",
        "version": 1,
    })
}

fn record() -> Value {
    json!({
        "decision_id": "dec_0198f2a1b3c47d5e8f90a1b2c3d4e5a4",
        "schema_version": "fairlead.consent/1",
        "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "tenant": "harbour",
        "purpose": "newsletter",
        "legal_basis": "consent",
        "decision": "granted",
        "text_version": "2026-01",
        "text_sha256": DIGEST,
        "surface": "self-service",
        "decided_at": "2026-01-15T09:06:00Z",
        "withdrawal_method": "self-service",
        "version": 1,
        "request_id": "JKJaXmPLvHcESHA=",
    })
}
